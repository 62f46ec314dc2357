use crate::facts::Kind;
use crate::facts::testing::{Run, json, text};
use serde_json::json;

fn page(attributes: &str) -> String {
    format!(
        r#"<jcr:root xmlns:sling="http://sling.apache.org/jcr/sling/1.0" xmlns:cq="http://www.day.com/jcr/cq/1.0" xmlns:jcr="http://www.jcp.org/jcr/1.0" jcr:primaryType="cq:Page"><jcr:content jcr:primaryType="cq:PageContent" {attributes}/></jcr:root>"#
    )
}

fn configuration(tenant: &str) -> String {
    page(&format!(
        r#"sling:resourceType="dam/components/mediaportal/config" agentCount="{{Long}}4" name="Acme" imsConfig="bp" tenantURL="{tenant}""#
    ))
}

fn agent(uri: &str, enabled: &str) -> String {
    page(&format!(r#"sling:resourceType="cq/replication/components/agent" transportUri="{uri}" {enabled}"#))
}

const CLOUD: &str = "/conf/global/settings/cloudconfigs/mediaportal";

#[test]
fn a_configuration_and_its_tenant() {
    let run = Run::tree()
        .content(&format!("{CLOUD}/Acme Portal/.content.xml"), configuration("https://Acme.brand-portal.adobe.com/"))
        .content(&format!("{CLOUD}/.content.xml"), page("jcr:title=\"x\""));
    let fact = run.one(Kind::BrandPortalConfiguration);
    assert_eq!((text(&fact, "name"), text(&fact, "tenant"), text(&fact, "ims_configuration")), ("Acme", "acme", "bp"));
    assert_eq!(
        (json(&fact, "agent_count"), json(&fact, "legacy"), json(&fact, "agents")),
        (json!(4), json!(false), json!(0))
    );
    assert_eq!(fact.path.as_deref(), Some("/conf/global/settings/cloudconfigs/mediaportal/Acme Portal/jcr:content"));
    let tenant = run.one(Kind::BrandPortalTenant);
    assert_eq!((text(&tenant, "tenant"), text(&tenant, "source")), ("acme", "configuration"));
    assert_eq!(text(&run.one(Kind::ImsReference), "consumer"), "brand-portal");
}

#[test]
fn spellings_of_no_tenant() {
    for url in ["https://downloads-na1.brand-portal.adobe.com", "$[env:TENANT]", "https://example.com", ""] {
        let run = Run::tree().content(&format!("{CLOUD}/x/.content.xml"), configuration(url));
        assert_eq!(json(&run.one(Kind::BrandPortalConfiguration), "tenant"), json!(null), "{url}");
        assert!(run.none(Kind::BrandPortalTenant), "{url}");
    }
}

#[test]
fn the_legacy_page_and_empty_order_elements() {
    let path = "/etc/cloudservices/mediaportal/acme/.content.xml";
    let run = Run::tree().content(path, page("tenantURL=\"https://acme.brand-portal.adobe.com\""));
    let fact = run.one(Kind::BrandPortalConfiguration);
    assert_eq!((json(&fact, "legacy"), text(&fact, "name")), (json!(true), "acme"));
    let order = r#"<jcr:root xmlns:jcr="http://www.jcp.org/jcr/1.0" jcr:primaryType="cq:Page"><jcr:content/><Acme/></jcr:root>"#;
    assert!(Run::tree().content(&format!("{CLOUD}/x/.content.xml"), order).none(Kind::BrandPortalConfiguration));
}

#[test]
fn agents_of_a_tenant() {
    let uri = "https://acme.brand-portal.adobe.com/mediaportal/mac?cmd=x";
    let mut run =
        Run::tree().content(&format!("{CLOUD}/x/.content.xml"), configuration("https://acme.brand-portal.adobe.com"));
    for number in 1..=4 {
        let enabled = if number == 4 { "" } else { "enabled=\"true\"" };
        run = run.content(&format!("/etc/replication/agents.author/bp{number}/.content.xml"), agent(uri, enabled));
    }
    run = run.content(
        "/etc/replication/agents.author/publish/.content.xml",
        agent("http://localhost:4503/bin/receive", "enabled=\"{Boolean}true\""),
    );
    let agents = run.of(Kind::ReplicationAgent);
    let enabled: Vec<_> = agents.iter().map(|agent| json(agent, "enabled")).collect();
    assert_eq!(enabled, [json!(true), json!(true), json!(true), json!(false), json!(true)]);
    assert_eq!(json(&agents[0], "configured_tenants"), json!(["acme"]));
    assert_eq!(json(&agents[4], "tenant"), json!(null));
    assert_eq!(json(&run.one(Kind::BrandPortalConfiguration), "agents"), json!(4));
    assert_eq!(run.of(Kind::BrandPortalTenant).len(), 1, "the configuration speaks for the agents");
    assert!(run.of(Kind::Endpoint).iter().all(|fact| text(fact, "host") != "localhost"));
}

#[test]
fn agents_name_tenants_where_no_configuration_does() {
    let run = Run::tree()
        .content("/etc/replication/agents.author/a/.content.xml", agent("https://one.brand-portal.adobe.com/x", ""))
        .content("/etc/replication/agents.author/b/.content.xml", agent("https://legacy-oauth.cloud.adobe.io/x", ""));
    let tenant = run.one(Kind::BrandPortalTenant);
    assert_eq!((text(&tenant, "tenant"), text(&tenant, "source")), ("one", "agent"));
    let legacy: Vec<_> = run.of(Kind::ReplicationAgent).iter().map(|agent| json(agent, "legacy")).collect();
    assert_eq!(legacy, [json!(false), json!(true)]);
}

#[test]
fn the_user_of_the_legacy_gateway() {
    let user = |name: &str, user_type: &str| {
        format!(
            r#"<jcr:root xmlns:jcr="http://www.jcp.org/jcr/1.0" xmlns:rep="internal" jcr:primaryType="rep:AuthorizableFolder"><a jcr:primaryType="{user_type}" rep:authorizableId="{name}"/></jcr:root>"#
        )
    };
    for folder in ["/home/users/mac", "/home/users/x"] {
        let run = Run::tree().content(&format!("{folder}/.content.xml"), user("mac-acme-replication", "rep:User"));
        let fact = run.one(Kind::BrandPortalUser);
        assert_eq!((text(&fact, "user"), text(&fact, "tenant")), ("mac-acme-replication", "acme"), "{folder}");
    }
    for (name, user_type) in [("acme-replication", "rep:User"), ("mac-acme-replication", "rep:Group")] {
        let run = Run::tree().content("/home/users/x/.content.xml", user(name, user_type));
        assert!(run.none(Kind::BrandPortalUser), "{name} {user_type}");
    }
}

#[test]
fn a_rejected_page_says_so_once() {
    let broken = configuration("https://acme.brand-portal.adobe.com").replace("name=", "secret=\"{1f2e}\" name=");
    let run = Run::tree().content(&format!("{CLOUD}/a/.content.xml"), broken);
    assert!(text(&run.one(Kind::BrandPortalConfiguration), "error").contains("write `\\{`"));
    let right = configuration("https://acme.brand-portal.adobe.com").replace("name=", "secret=\"\\{1f2e}\" name=");
    let run = Run::tree().content(&format!("{CLOUD}/a/.content.xml"), right);
    assert_eq!(json(&run.one(Kind::BrandPortalConfiguration), "error"), json!(null));
}
