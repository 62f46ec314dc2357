use crate::facts::Kind;
use crate::facts::testing::{Run, json, text};
use serde_json::json;

fn page(attributes: &str) -> String {
    format!(
        r#"<jcr:root xmlns:sling="http://sling.apache.org/jcr/sling/1.0" xmlns:cq="http://www.day.com/jcr/cq/1.0" xmlns:jcr="http://www.jcp.org/jcr/1.0" jcr:primaryType="cq:Page">
<jcr:content jcr:primaryType="cq:PageContent"
{attributes}/></jcr:root>"#
    )
}

const LEGACY: &str = "/etc/cloudservices/smarttagging/smart/.content.xml";

#[test]
fn the_legacy_page() {
    let content = page(
        r#"sling:resourceType="dam/components/smarttaggingservicepage" serviceUrl="https://mc.adobe.io/marketingcloud/smartcontent"
authServerUrl="https://ims-na1.adobelogin.com" apiKey="0123456789abcdef0123456789abcdef" orgId="X@AdobeOrg" techAcctId="1@techacct.adobe.com"
clientSecret="\{0123456789abcdef0123456789abcdef}""#,
    );
    let run = Run::tree().content(LEGACY, content);
    let fact = run.one(Kind::SmartTagsService);
    assert_eq!((json(&fact, "legacy"), json(&fact, "region")), (json!(true), json!(null)));
    assert_eq!(
        (text(&fact, "api_key"), text(&fact, "secret_state")),
        ("0123456789abcdef0123456789abcdef", "encrypted")
    );
    assert_eq!(text(&fact, "technical_account"), "1@techacct.adobe.com");
    assert_eq!(fact.source_range_of("serviceUrl").unwrap().start.line, 3);
    assert!(run.none(Kind::JwtIntegration), "the page has a rule of its own");
    let paths: Vec<String> = run.of(Kind::Endpoint).iter().map(|fact| text(fact, "url_path").to_owned()).collect();
    assert_eq!(paths, ["/marketingcloud/smartcontent", ""].map(|path| if path.is_empty() { "/" } else { path }));
}

#[test]
fn the_root_page_is_no_service() {
    let content = page(r#"jcr:title="Smart Tags" sling:resourceType="cq/cloudserviceconfigs/components/servicepage""#);
    assert!(Run::tree().content("/etc/cloudservices/smarttagging/.content.xml", content).none(Kind::SmartTagsService));
}

#[test]
fn the_new_service_is_known_by_its_url() {
    for (url, region) in [
        ("https://smartcontent.adobe.io/emea", json!("emea")),
        ("https://smartcontent.adobe.io/", json!(null)),
        ("http://SMARTCONTENT.adobe.io./NA", json!("NA")),
    ] {
        let content = page(&format!("serviceUrl=\"{url}\""));
        let run = Run::tree().content("/conf/global/settings/cloudconfigs/smarttags/x/.content.xml", content);
        let fact = run.one(Kind::SmartTagsService);
        assert_eq!((json(&fact, "legacy"), json(&fact, "region")), (json!(false), region), "{url}");
        assert_eq!(json(&run.one(Kind::Endpoint), "integration"), json!(true));
    }
    let prose = page(r#"text="https://smartcontent.adobe.io/emea is one""#);
    assert!(Run::tree().content("/content/x/.content.xml", prose).none(Kind::SmartTagsService));
}
