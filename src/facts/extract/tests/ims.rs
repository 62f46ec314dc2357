use crate::facts::Kind;
use crate::facts::testing::{Run, json, text};
use serde_json::json;

const PID: &str = "com.adobe.granite.auth.oauth.accesstoken.provider";
const CUSTOMIZER: &str = "com.adobe.granite.auth.ims.impl.IMSAccessTokenRequestCustomizerImpl";

/// As Adobe's document on OAuth for Smart Tags says, round brackets included.
const OAUTH: &str = r#"auth.token.provider.title="Smart Tags"
auth.token.provider.authorization.grants="client_credentials"
auth.token.provider.orgId="ABC@AdobeOrg"
auth.token.provider.default.claims=("\"iss\"\ :\ \"ABC@AdobeOrg\"")
auth.token.provider.scope="read_pc.dma_smart_content,\ openid,\ AdobeID,\ additional_info.projectedProductContext"
auth.token.validator.type="adobe-ims-similaritysearch"
auth.token.provider.client.id="abcdef"
auth.access.token.request="https://ims-na1.adobelogin.com/ims/token/v3"
token.request.customizer.type="adobe-ims-similaritysearch"
"#;

fn file(suffix: &str) -> String {
    format!("/apps/system/config/{PID}{suffix}")
}

fn credential(lines: &str) -> String {
    let provider = Run::tree().content(&file("-1.config"), lines).one(Kind::TokenProvider);
    text(&provider, "credential").to_owned()
}

#[test]
fn an_oauth_provider_as_adobe_documents_it() {
    let fact = Run::tree().content(&file("-1.config"), OAUTH).one(Kind::TokenProvider);
    assert_eq!(text(&fact, "credential"), "oauth");
    assert_eq!(text(&fact, "solution"), "smart-tags");
    assert_eq!(text(&fact, "title"), "Smart Tags");
    assert_eq!(text(&fact, "name_form"), "hyphen");
    assert_eq!(text(&fact, "org_id"), "ABC@AdobeOrg");
    assert_eq!(json(&fact, "claims"), json!({"iss": "ABC@AdobeOrg"}));
    let scopes = ["read_pc.dma_smart_content", "openid", "AdobeID", "additional_info.projectedProductContext"];
    assert_eq!(json(&fact, "scopes"), json!(scopes));
    assert_eq!(json(&fact, "grants"), json!(["client_credentials"]));
    assert_eq!(json(&fact, "unknown"), json!([]));
    assert_eq!(json(&fact, "partial"), json!(false));
    assert_eq!(json(&fact, "customizer_found"), json!(false));
    assert_eq!(json(&fact, "proper_name"), json!(null));
    assert!(fact.installed());
    assert_eq!(fact.source_range_of("auth.token.provider.scope").unwrap().start.line, 5);
    assert_eq!(fact.source_range_of("scopes"), fact.source_range_of("auth.token.provider.scope"));
}

#[test]
fn the_same_in_every_format() {
    let cfg_json = r#"{"auth.token.provider.authorization.grants": "client_credentials",
        "auth.token.provider.default.claims": ["\"iss\" : \"ABC@AdobeOrg\""],
        "auth.token.validator.type": "adobe-ims-similaritysearch"}"#;
    let cfg = "auth.token.provider.authorization.grants=client_credentials\nauth.token.provider.default.claims=\"iss\" : \"ABC@AdobeOrg\"\nauth.token.validator.type=adobe-ims-similaritysearch\n";
    let xml = r#"<?xml version="1.0" encoding="UTF-8"?>
        <jcr:root xmlns:sling="http://sling.apache.org/jcr/sling/1.0" xmlns:jcr="http://www.jcp.org/jcr/1.0"
            jcr:primaryType="sling:OsgiConfig"
            auth.token.provider.authorization.grants="client_credentials"
            auth.token.provider.default.claims="[&quot;iss&quot; : &quot;ABC@AdobeOrg&quot;]"
            auth.token.validator.type="adobe-ims-similaritysearch"/>"#;
    for (suffix, content, format) in [
        ("~x.cfg.json", cfg_json, "cfg.json"),
        ("-x.cfg", cfg, "cfg"),
        ("-x.properties", cfg, "properties"),
        ("-x.xml", xml, "osgi-node"),
        ("-x/.content.xml", xml, "osgi-node"),
    ] {
        let run = Run::tree().content(&file(suffix), content);
        let fact = run.one(Kind::TokenProvider);
        assert_eq!(text(&fact, "credential"), "oauth", "{suffix}");
        assert_eq!(json(&fact, "claims"), json!({"iss": "ABC@AdobeOrg"}), "{suffix}");
        assert_eq!(text(&fact, "solution"), "smart-tags", "{suffix}");
        assert_eq!(text(&fact, "instance"), "x", "{suffix}");
        let configuration = run.one(Kind::Configuration);
        assert_eq!(text(&configuration, "format"), format);
        assert_eq!(text(&configuration, "pid"), format!("{PID}~x"));
        assert!(configuration.installed(), "{suffix}: {:?}", configuration.not_installed);
    }
}

#[test]
fn credentials_are_told_by_their_signs() {
    let oauth = "auth.token.provider.authorization.grants=\"client_credentials\"\n";
    let alias = "auth.token.provider.keypair.alias=\"key\"\n";
    let exchange = "auth.access.token.request=\"https://ims-na1.adobelogin.com/ims/exchange/jwt/\"\n";
    let claims = r#"auth.token.provider.default.claims=["\"sub\":\"1@techacct.adobe.com\"","\"https://ims-na1.adobelogin.com/s/ent_marketing_sdk\":true"]"#;
    for jwt in [alias, exchange, claims] {
        assert_eq!(credential(jwt), "jwt", "{jwt}");
        assert_eq!(credential(&format!("{oauth}{jwt}")), "mixed", "{jwt}");
        assert_eq!(credential(&format!("auth.token.provider.scope=\"openid\"\n{jwt}")), "jwt", "{jwt}");
    }
    for line in [
        "auth.token.provider.orgId=\"X\"",
        "auth.token.provider.scope=\"openid\"",
        "auth.access.token.request=\"https://ims-na1.adobelogin.com/ims/token/v2\"",
        "auth.token.provider.authorization.grants=\"$[env:GRANT]\"",
    ] {
        assert_eq!(credential(line), "oauth", "{line}");
    }
    assert_eq!(credential("name=\"x\""), "unknown");
    assert_eq!(credential("auth.token.provider.keypair.alias=\" \""), "unknown");
}

#[test]
fn service_credentials_of_the_aem_developer_console_are_told_apart() {
    let exchange = "auth.access.token.request=\"https://ims-na1.adobelogin.com/ims/exchange/jwt\"\n";
    let client = "auth.token.provider.client.id=\"cm-p1234-e5678-integration-0\"\n";
    assert_eq!(credential(&format!("{exchange}{client}")), "service-credentials");
    let claim =
        "auth.token.provider.default.claims=[\"\\\"https://ims-na1.adobelogin.com/s/ent_aem_cloud_api\\\":true\"]\n";
    assert_eq!(credential(&format!("{exchange}{claim}")), "service-credentials");
    assert_eq!(credential(&format!("{exchange}auth.token.provider.client.id=\"cm-people-east\"\n")), "jwt");
}

#[test]
fn a_placeholder_is_unknown_and_not_missing() {
    let lines = "auth.token.provider.authorization.grants=\"client_credentials\"\nauth.token.provider.scope=\"$[env:SCOPE]\"\nauth.token.provider.keypair.alias=\"$[env:ALIAS]\"\n";
    let fact = Run::tree().content(&file("-1.config"), lines).one(Kind::TokenProvider);
    assert_eq!(text(&fact, "credential"), "oauth");
    assert_eq!(json(&fact, "scopes"), json!(["$[env:SCOPE]"]));
    assert_eq!(json(&fact, "unknown"), json!(["scopes", "keypair_alias"]));
}

#[test]
fn a_cut_file_is_partial() {
    let fact = Run::tree().content(&file("-1.config"), "name=\"x\"\nauth.token.provider.scope=openid\n");
    assert_eq!(json(&fact.one(Kind::TokenProvider), "partial"), json!(true));
    let configuration = fact.one(Kind::Configuration);
    assert_eq!(json(&configuration, "dropped"), json!(["auth.token.provider.scope"]));
    assert_eq!(configuration.source_range_of("dropped").unwrap().start.line, 2);
}

#[test]
fn a_dot_before_the_instance_name() {
    let fact = Run::tree().content(&file(".12345.config"), OAUTH).one(Kind::TokenProvider);
    assert_eq!((text(&fact, "name_form"), text(&fact, "instance")), ("dot", "12345"));
    assert_eq!(text(&fact, "proper_name"), format!("{PID}-12345.config"));
    let name = format!("/apps/system/config/{CUSTOMIZER}.0a1b2c3d-0000-1111-2222-333344445555.config");
    let secret = "customizer.type=\"x\"\nauth.ims.client.secret=\"{0123456789abcdef0123456789abcdef}\"\n";
    let fact = Run::tree().content(&name, secret).one(Kind::TokenCustomizer);
    assert_eq!((text(&fact, "name_form"), text(&fact, "secret_state")), ("dot-uuid", "encrypted"));
}

#[test]
fn a_provider_is_judged_wherever_it_lies() {
    let name = format!("{PID}.1.config");
    for (run, installed) in [
        (Run::tree().content(&format!("/content/{name}"), OAUTH), false),
        (Run::tree().file(&format!("resources/{name}"), OAUTH), false),
        (Run::zip().filter(&["/apps/x"]).content(&format!("/apps/system/config/{name}"), OAUTH), false),
        (Run::zip().filter(&["/apps/system"]).content(&format!("/apps/system/config/{name}"), OAUTH), true),
    ] {
        let fact = run.one(Kind::TokenProvider);
        assert_eq!(fact.installed(), installed, "{:?}", fact.not_installed);
    }
    let model = format!(r#"{{"configurations": {{"{PID}~x": {{"auth.token.provider.scope": "openid"}}}}}}"#);
    assert!(!Run::tree().file("feature.json", &model).one(Kind::TokenProvider).installed());
    assert!(!Run::tree().content("/apps/x/install/feature.json", model).one(Kind::TokenProvider).installed());
}

#[test]
fn references_to_providers() {
    let page = |id: &str| {
        format!(
            r#"<jcr:root xmlns:cq="http://www.day.com/jcr/cq/1.0" xmlns:jcr="http://www.jcp.org/jcr/1.0" jcr:primaryType="cq:Page">
               <jcr:content jcr:primaryType="cq:PageContent" imsConfigId="{id}"/></jcr:root>"#
        )
    };
    let path = "/conf/x/settings/cloudconfigs/dtm-reactor/.content.xml";
    let run = |id: &str| Run::tree().content(path, page(id)).content(&file("-1.config"), OAUTH);
    let fact = run("Smart Tags").one(Kind::ImsReference);
    assert_eq!((text(&fact, "consumer"), json(&fact, "resolved")), ("launch", json!(true)));
    assert_eq!(json(&run("Adobe Launch").one(Kind::ImsReference), "resolved"), json!(false));
    assert!(Run::tree().content("/content/x/.content.xml", page("x")).none(Kind::ImsReference));
}

#[test]
fn placeholders_of_documentation() {
    let lines = "auth.token.provider.orgId=\"<OrgID>\"\nauth.token.provider.client.id=\"$[env:ID]\"\n";
    let fact = Run::tree().content(&file("-<randomnumber>.config"), lines).one(Kind::TokenProvider);
    assert_eq!(json(&fact, "samples"), json!(["auth.token.provider.orgId"]));
    assert_eq!(text(&fact, "sample_name"), "<randomnumber>");
    let fact = Run::tree().content(&file("-1.config"), OAUTH).one(Kind::TokenProvider);
    assert_eq!((json(&fact, "samples"), json(&fact, "sample_name")), (json!([]), json!(null)));
    let secret = |value: &str| {
        let customizer = format!("/apps/system/config/{CUSTOMIZER}-1.config");
        let run = Run::tree().content(&customizer, format!("auth.ims.client.secret=\"{value}\"\n"));
        json(&run.one(Kind::Secret), "sample")
    };
    assert_eq!((secret("<ClientSecret>"), secret("changeit")), (json!(true), json!(false)));
}
