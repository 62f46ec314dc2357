//! Every fact of a file that AEM rejects says so, whatever its kind.

use crate::facts::testing::{Run, json, text};
use crate::facts::{Fact, Kind};
use std::collections::BTreeSet;

/// A page with a JWT credential, a secret, a reference, an endpoint, a cloud service and a configuration.
fn page(mistake: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<jcr:root xmlns:jcr="http://www.jcp.org/jcr/1.0" xmlns:sling="http://sling.apache.org/jcr/sling/1.0"
    jcr:primaryType="nt:unstructured">
    <first jcr:primaryType="nt:unstructured" imsConfigurationId="acme" clientSecret="p8e-aaaabbbbccccddddeeee"/>
    <second jcr:primaryType="sling:OsgiConfig" service.url="https://ims-na1.adobelogin.com/ims/exchange/jwt"/>
    <jwt jcr:primaryType="nt:unstructured" privateKey="x" technicalAccountId="AAAABBBBCCCCDDDDEEEEFFFF@techacct.adobe.com"
        tokenUrl="https://ims-na1.adobelogin.com/ims/exchange/jwt"/>
    <tags jcr:primaryType="nt:unstructured" serviceUrl="https://smartcontent.adobe.io"{mistake}/>
</jcr:root>"#
    )
}

fn kinds(facts: &[Fact]) -> BTreeSet<Kind> {
    facts.iter().map(Fact::kind).collect()
}

#[test]
fn every_fact_of_a_rejected_page_says_so() {
    let path = "/conf/acme/config/x/.content.xml";
    let facts = Run::tree().content(path, page(" secret=\"{1f2e}\"")).facts();
    for kind in [
        Kind::Configuration,
        Kind::Node,
        Kind::JwtIntegration,
        Kind::SmartTagsService,
        Kind::ImsReference,
        Kind::Endpoint,
        Kind::Secret,
        Kind::RejectedFile,
    ] {
        assert!(kinds(&facts).contains(&kind), "{kind:?}");
    }
    for fact in facts.iter().filter(|fact| !matches!(fact.kind(), Kind::Unread | Kind::ArchiveAnomaly)) {
        assert!(text(fact, "error").contains("write `\\{`"), "{fact:#?}");
        assert_eq!(fact.to_json()["error"], json(fact, "error"));
    }
    let right = Run::tree().content(path, page(" secret=\"\\{1f2e}\"")).facts();
    assert_eq!(right.len() + 1, facts.len(), "the same without the fact on the file");
    assert!(right.iter().all(|fact| fact.error.is_none()));
}

#[test]
fn what_text_search_finds_in_a_rejected_page_says_so_too() {
    // Everything behind the second root is found as text only.
    let broken = page("")
        + "<more url='https://ims-na1.adobelogin.com/ims/exchange/jwt' clientSecret='p8e-zzzzyyyyxxxxwwwwvvvv'/>";
    let facts = Run::tree().content("/conf/acme/.content.xml", broken).facts();
    assert!(facts.len() > 3);
    assert!(facts.iter().all(|fact| fact.kind() == Kind::Unread || fact.error.is_some()), "{facts:#?}");
}

#[test]
fn every_fact_of_a_rejected_configuration_says_so() {
    let name = "com.adobe.granite.auth.oauth.accesstoken.provider-acme";
    for (file, content) in [
        (
            format!("/apps/acme/config/{name}.config"),
            "auth.token.provider.client.secret=\"p8e-aaaabbbbccccddddeeee\"\nname=\"https://smartcontent.adobe.io\"\nlimit=I\"x\"\n",
        ),
        (
            format!("/apps/acme/config/{name}.cfg.json"),
            "{\"auth.token.provider.client.secret\":\"p8e-aaaabbbbccccddddeeee\",\"name\":\"https://smartcontent.adobe.io\",}x",
        ),
    ] {
        let facts = Run::tree().content(&file, content).facts();
        for kind in [Kind::Configuration, Kind::TokenProvider, Kind::Secret] {
            assert!(kinds(&facts).contains(&kind), "{file}: {kind:?}");
        }
        assert!(facts.iter().all(|fact| fact.error.is_some()), "{facts:#?}");
        assert!(!kinds(&facts).contains(&Kind::RejectedFile), "the configuration says it");
    }
}

#[test]
fn what_the_installer_rejects_is_one_configuration_of_its_file() {
    let page = r#"<jcr:root xmlns:jcr="http://www.jcp.org/jcr/1.0" xmlns:sling="http://sling.apache.org/jcr/sling/1.0"
        jcr:primaryType="sling:Folder">
        <a.b jcr:primaryType="sling:OsgiConfig" x="{Name}[a,b]" url="https://smartcontent.adobe.io"/>
        <c.d jcr:primaryType="sling:OsgiConfig" url="https://smartcontent.adobe.io"/></jcr:root>"#;
    let facts = Run::tree().content("/apps/acme/config/.content.xml", page).facts();
    let of = |name: &str| -> Vec<bool> {
        let about =
            |fact: &&Fact| fact.kind() != Kind::Node && fact.path.as_deref().is_some_and(|path| path.ends_with(name));
        facts.iter().filter(about).map(|fact| fact.error.is_some()).collect()
    };
    assert!(!of("a.b").is_empty() && of("a.b").iter().all(|error| *error), "{facts:#?}");
    assert!(!of("c.d").is_empty() && of("c.d").iter().all(|error| !error));
}
