use crate::facts::Kind;
use crate::facts::testing::{Run, json, text};
use serde_json::json;

const KEY: &str = "-----BEGIN PRIVATE KEY-----\nQUJDREVGR0hJSktMTU5PUA==\n-----END PRIVATE KEY-----";

fn config(name: &str, content: &str) -> Run {
    Run::tree().content(&format!("/apps/x/config.author/{name}"), content)
}

#[test]
fn acs_commons_of_both_generations() {
    // A base64 text inside quotes must escape its equals signs, or the installer cuts it there.
    let key = KEY.replace('=', "\\=");
    let old = format!(
        "getEndpoint=\"https://ims-na1.adobelogin.com/ims/exchange/jwt\"\ngetPrivateKey=\"{key}\"\ngetClientId=\"abc\"\n"
    );
    let run = config("com.adobe.acs.commons.adobeio.core.service.impl.IntegrationServiceImpl-campaign.config", &old);
    let fact = run.one(Kind::JwtIntegration);
    assert_eq!((text(&fact, "product"), text(&fact, "evidence")), ("ACS AEM Commons Adobe I/O", "getPrivateKey"));
    assert_eq!(json(&fact, "deprecated"), json!(true));
    assert_eq!(fact.source_range_of("evidence").unwrap().start.line, 2);
    assert_eq!(fact.source_range_of("evidence").unwrap().end.line, 4, "the key is one value of three lines");
    assert_eq!(fact.run_modes.to_string(), "author");
    // Whatever it says, and even if it says nothing.
    for name in ["", "~x", "-x", ".x"] {
        let name = format!("com.adobe.acs.commons.adobeio.service.impl.IntegrationServiceImpl{name}.cfg.json");
        assert_eq!(text(&config(&name, "{}").one(Kind::JwtIntegration), "evidence"), "", "{name}");
    }
    let endpoint = "getEndpoint=\"profileAndServicesExt/profile\"\ngetIODomain=\"https://mc.adobe.io\"\n";
    let name = "com.adobe.acs.commons.adobeio.core.service.impl.EndpointServiceImpl-x.config";
    assert!(config(name, endpoint).none(Kind::JwtIntegration));
}

#[test]
fn service_credentials_are_not_deprecated() {
    let name = "com.adobe.acs.commons.adobeio.service.impl.IntegrationServiceImpl.cfg.json";
    for content in [
        r#"{"endpoint": "https://ims-na1.adobelogin.com/ims/exchange/jwt", "clientId": "cm-p12-e345-integration-1"}"#,
        r#"{"adobeLoginClaimKey": ["https://ims-na1.adobelogin.com/s/ent_aem_cloud_api"]}"#,
    ] {
        assert_eq!(json(&config(name, content).one(Kind::JwtIntegration), "deprecated"), json!(false), "{content}");
    }
    let both = r#"{"adobeLoginClaimKey": ["https://ims-na1.adobelogin.com/s/ent_aem_cloud_api", "https://ims-na1.adobelogin.com/s/ent_campaign_sdk"]}"#;
    assert_eq!(json(&config(name, both).one(Kind::JwtIntegration), "deprecated"), json!(true));
}

#[test]
fn adobe_io_events_and_guides() {
    let events = "com.adobe.aio.aem.workspace.internal.WorkspaceSupplierImpl.cfg.json";
    let jwt = r#"{"aio.ims.org.id": "$[env:ORG]", "aio.encoded.pkcs8": "$[env:KEY]"}"#;
    assert_eq!(text(&config(events, jwt).one(Kind::JwtIntegration), "evidence"), "aio.encoded.pkcs8");
    let oauth = r#"{"aio.oauth.scopes": "openid", "aio.meta.scopes": "/s/ent_adobeio_sdk", "aio.encoded.pkcs8": ""}"#;
    assert!(config(events, oauth).none(Kind::JwtIntegration));
    let guides = "com.adobe.aem.guides.eventing.ImsConfiguratorService.cfg.json";
    let oauth = r#"{"service.account.details": "$[secret:SERVICE_ACCOUNT_DETAILS]"}"#;
    assert!(config(guides, oauth).none(Kind::JwtIntegration));
    let jwt = r#"{"service.account.details": "$[secret:A]", "private.key": "$[secret:PRIVATE_KEY]"}"#;
    assert_eq!(text(&config(guides, jwt).one(Kind::JwtIntegration), "evidence"), "private.key");
}

#[test]
fn a_service_of_its_own_is_known_by_its_values() {
    let xml = |attributes: &str| {
        format!(
            r#"<jcr:root xmlns:sling="http://sling.apache.org/jcr/sling/1.0" xmlns:jcr="http://www.jcp.org/jcr/1.0" jcr:primaryType="sling:OsgiConfig" {attributes}/>"#
        )
    };
    let name = "com.acme.core.AdobeIoServiceImpl.xml";
    let run = config(name, &xml(r#"getTechnicalAccountId="1@techacct.adobe.com" getPrivateKeyFile="secret.key""#));
    assert_eq!(text(&run.one(Kind::JwtIntegration), "evidence"), "getPrivateKeyFile");
    let run = config(name, &xml(r#"url="https://ims-na1.adobelogin.com/ims/exchange/v1/jwt/""#));
    assert_eq!(text(&run.one(Kind::JwtIntegration), "evidence"), "url");
    assert!(config(name, &xml(r#"getTechnicalAccountId="1@techacct.adobe.com""#)).none(Kind::JwtIntegration));
    let service = r#"{"credentials": "{\"integration\":{\"imsEndpoint\":\"ims-na1.adobelogin.com\",\"metascopes\":\"ent_aem_cloud_api\",\"id\":\"1@techacct.adobe.com\",\"privateKey\":\"-----BEGIN PRIVATE KEY-----\\nQUJD\\n-----END PRIVATE KEY-----\"}}"}"#;
    let fact = config("com.acme.Aem.cfg.json", service).one(Kind::JwtIntegration);
    assert_eq!(json(&fact, "deprecated"), json!(false));
}

#[test]
fn a_service_of_its_own_is_known_by_names_and_values_together() {
    let found = |content: &str| {
        let facts = config("com.acme.core.Client.cfg.json", content).of(Kind::JwtIntegration);
        facts.first().map(|fact| {
            (
                text(fact, "evidence").to_owned(),
                json(fact, "by_names") == json!(true),
                json(fact, "undecided") == json!(true),
            )
        })
    };
    for (content, evidence, by_names, undecided) in [
        (r#"{"path": "/ims/exchange/jwt/"}"#, "path", false, false),
        (r#"{"url": "https://$[env:IMS_HOST]/ims/exchange/v1/jwt"}"#, "url", false, false),
        (r#"{"metaScope": "/s/ent_campaign_sdk", "technicalAccount": "$[env:ACCOUNT]"}"#, "metaScope", false, false),
        (r#"{"scopes": "ent_campaign_sdk", "sub": "A@techacct.adobe.com"}"#, "scopes", false, false),
        (r#"{"aud": "https://ims-na1.adobelogin.com/c/", "getPrivateKey": ""}"#, "aud", false, false),
        (
            r#"{"imsHost": "https://ims-na1.adobelogin.com", "techAcctId": "", "privateKeyPath": "x"}"#,
            "privateKeyPath",
            true,
            false,
        ),
        (
            r#"{"imsHost": "$[env:H]", "techAcctId": "$[env:A]", "pkcs8": "$[secret:K]", "clientId": "$[env:C]"}"#,
            "pkcs8",
            true,
            true,
        ),
    ] {
        assert_eq!(found(content), Some((evidence.to_owned(), by_names, undecided)), "{content}");
    }
    for content in [
        r#"{"metaScope": "ent_campaign_sdk"}"#,
        r#"{"text": "client_sdk parent_sdk", "privateKey": "$[secret:K]"}"#,
        r#"{"path": "/ims/exchange/jwtx"}"#,
        r#"{"privateKey": "$[secret:K]", "host": "sftp.example.com", "technicalAccountId": "acme"}"#,
        r#"{"imsHost": "ims-na1.adobelogin.com", "technicalAccountId": "", "privateKey": "", "grant_type": "client_credentials"}"#,
        r#"{"imsHost": "ims-na1.adobelogin.com", "technicalAccountId": "", "scopes": "openid"}"#,
    ] {
        assert_eq!(found(content), None, "{content}");
    }
}

#[test]
fn placeholders_can_hide_service_credentials() {
    let name = "com.adobe.acs.commons.adobeio.service.impl.IntegrationServiceImpl.cfg.json";
    let undecided = |content: &str| json(&config(name, content).one(Kind::JwtIntegration), "undecided");
    assert_eq!(undecided(r#"{"clientId": "$[env:ID]", "adobeLoginClaimKey": ["$[env:CLAIM]"]}"#), json!(true));
    let told =
        r#"{"clientId": "$[env:ID]", "adobeLoginClaimKey": ["https://ims-na1.adobelogin.com/s/ent_campaign_sdk"]}"#;
    assert_eq!(undecided(told), json!(false));
    assert_eq!(undecided(r#"{"clientId": "7f3a9c51d2e84b60a1c4e8f70b92d635"}"#), json!(false));
    let old = "com.adobe.io.workspace.internal.WorkspaceSupplierImpl.cfg.json";
    let events = r#"{"aio.api.key": "$[env:ID]", "aio.encoded.pkcs8": "$[secret:K]"}"#;
    let fact = config(old, events).one(Kind::JwtIntegration);
    assert_eq!((text(&fact, "product"), json(&fact, "undecided")), ("Adobe I/O Events", json!(false)));
}

#[test]
fn content_that_speaks_of_the_endpoint_is_no_credential() {
    let page = |text: &str| {
        format!(r#"<jcr:root xmlns:jcr="http://www.jcp.org/jcr/1.0" jcr:primaryType="nt:unstructured" text="{text}"/>"#)
    };
    let prose =
        Run::tree().content("/content/x/.content.xml", page("see https://ims-na1.adobelogin.com/ims/exchange/jwt"));
    assert!(prose.none(Kind::JwtIntegration));
    assert_eq!(json(&prose.one(Kind::Endpoint), "integration"), json!(false));
    let setting = Run::tree().content("/conf/x/.content.xml", page("https://ims-na1.adobelogin.com/ims/exchange/jwt"));
    assert_eq!(json(&setting.one(Kind::Endpoint), "integration"), json!(true));
    setting.one(Kind::JwtIntegration);
}

#[test]
fn the_eventproxy_cloud_service() {
    let page = r#"<jcr:root xmlns:cq="http://www.day.com/jcr/cq/1.0" xmlns:jcr="http://www.jcp.org/jcr/1.0" jcr:primaryType="cq:Page"><jcr:content jcr:primaryType="cq:PageContent" jcr:title="Events"/></jcr:root>"#;
    Run::tree().content("/etc/cloudservices/eventproxy/events/.content.xml", page).one(Kind::JwtIntegration);
    assert!(Run::tree().content("/etc/cloudservices/eventproxy/.content.xml", page).none(Kind::JwtIntegration));
}

#[test]
fn nothing_is_missed_in_broken_files() {
    for (name, content) in [
        (
            "/apps/x/config/a.xml",
            "<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" <<< a=\"https://ims-na1.adobelogin.com/ims/exchange/jwt\"",
        ),
        ("/apps/x/config/com.acme.A.config", "a=\"b\"\n]\nurl=\"https\\://ims-na1.adobelogin.com/ims/exchange/jwt\"\n"),
        (
            "/apps/x/config/com.acme.A.cfg.json",
            "{\"a\": \"https:\\/\\/ims-na1.adobe\\u006cogin.com/ims/exchange/jwt\", }",
        ),
        ("/apps/x/a.json", "{\"a\": [\"https://ims-na1.adobelogin.com/ims/exchange/jwt\"]}"),
        ("/apps/x/sv.xml", "<sv:node>https:&#47;/ims-na1.adobelogin.com/ims/exchange/jwt</sv:node>"),
    ] {
        let run = Run::tree().content(name, content);
        let endpoints = run.of(Kind::Endpoint);
        assert_eq!(endpoints.len(), 1, "{name}");
        assert_eq!(text(&endpoints[0], "host"), "ims-na1.adobelogin.com", "{name}");
        assert_eq!(run.of(Kind::JwtIntegration).len(), 1, "{name}");
    }
    let run = Run::tree().file("docs/notes.xml", format!("<a>{KEY}</a>"));
    let secret = run.one(Kind::Secret);
    assert_eq!((text(&secret, "shape"), text(&secret, "confidence")), ("private-key", "low"));
}
