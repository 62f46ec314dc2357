use crate::facts::Kind;
use crate::facts::testing::{Run, text};

const NS: &str = "xmlns:cq=\"http://www.day.com/jcr/cq/1.0\" xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" xmlns:sling=\"http://sling.apache.org/jcr/sling/1.0\"";

fn services(run: Run) -> Vec<(String, String)> {
    let facts = run.of(Kind::RetiredService);
    facts.iter().map(|fact| (text(fact, "service").to_owned(), text(fact, "property").to_owned())).collect()
}

fn node(path: &str, attributes: &str) -> Vec<(String, String)> {
    services(Run::tree().content(&format!("{path}/.content.xml"), format!("<jcr:root {NS} {attributes}/>")))
}

fn config(content: &str) -> Vec<(String, String)> {
    services(Run::tree().content("/apps/x/config/com.acme.Client.cfg.json", content))
}

fn one(service: &str, property: &str) -> Vec<(String, String)> {
    vec![(service.to_owned(), property.to_owned())]
}

#[test]
fn settings_that_connect_to_what_has_ended() {
    for url in [
        "https://api.omniture.com/admin/1.4/rest/",
        "HTTP://API5.Omniture.com:443/admin/1.4/rest/?method=Report.Get",
        "api3.omniture.com",
        "https://$[env:DATA_CENTER]/admin/1.4/rest/",
        "/admin/1.4/rest/",
    ] {
        assert_eq!(config(&format!(r#"{{"url": "{url}"}}"#)), one("analytics-1.4", "url"), "{url}");
    }
    let urls = r#"{"cq.analytics.sitecatalyst.service.datacenter.url": ["https://api.omniture.com/admin/1.4/rest/", "https://api2.omniture.com/admin/1.4/rest/"]}"#;
    assert_eq!(config(urls), one("analytics-1.4", "cq.analytics.sitecatalyst.service.datacenter.url"));
    assert_eq!(config(r#"{"u": "admin3.testandtarget.omniture.com"}"#), one("target-classic", "u"));
    let server = r#"server="https://api4.omniture.com/admin/1.4/rest/""#;
    assert_eq!(node("/etc/cloudservices/sitecatalyst/acme", server), one("analytics-1.4", "server"));
    assert_eq!(node("/conf/acme/settings/cloudconfigs/own", server), one("analytics-1.4", "server"));
}

#[test]
fn what_only_looks_like_it() {
    for content in [
        r#"{"description": "was https://api.omniture.com/admin/1.4/rest/ before"}"#,
        r#"{"url": "https://acme.112.2o7.net/b/ss//6", "other": "https://api9.omniture.com/b/ss"}"#,
        r#"{"url": "https://api.omniture.com.example.com/admin/1.4/rest/"}"#,
        r#"{"url": "https://example.com/admin/1.4/rest/"}"#,
        r#"{"url": "https://acme.tt.omtrdc.net/", "doc": "https://marketing.omniture.com/login"}"#,
    ] {
        assert_eq!(config(content), [], "{content}");
    }
    for (path, attributes) in [
        ("/content/acme/docs", r#"text="https://api.omniture.com/admin/1.4/rest/""#),
        ("/etc/cloudservices/sitecatalyst/acme", r#"note="see https://api.omniture.com/admin/1.4/rest/ please""#),
        ("/content/acme", r#"sling:resourceType="acme/components/sitecatalystpage2" username="a" secret="b""#),
        ("/etc/cloudservices/x", r#"sling:resourceType="cq/analytics/components/sitecatalystpage" company="a""#),
        (
            "/etc/cloudservices/x",
            r#"sling:resourceType="cq/analytics/components/testandtargetpage" apiKind="REST" clientlib="atjs""#,
        ),
        ("/etc/replication/agents.author/tnt", r#"transportUri="https://admin.testandtarget.omniture.com/a""#),
    ] {
        assert_eq!(node(path, attributes), [], "{attributes}");
    }
}

#[test]
fn cloud_services_by_their_type() {
    for (attributes, service, property) in [
        (
            r#"sling:resourceType="cq/analytics/components/sitecatalystpage" username="a" secret="\{1f2e}""#,
            "analytics-1.4",
            "secret",
        ),
        (
            r#"sling:resourceType="cq/analytics/components/testandtargetpage" apiKind="xml""#,
            "target-classic",
            "apiKind",
        ),
        (
            r#"sling:resourceType="cq/analytics/components/testandtargetpage" clientlib="mboxjs""#,
            "mbox-js",
            "clientlib",
        ),
        (r#"sling:resourceType="cq/dtm/components/dynamictagmanagementpage""#, "tag-management", ""),
        (r#"sling:resourceType="/libs/cq/searchpromote/components/searchpromotepage""#, "search-promote", ""),
    ] {
        assert_eq!(node("/etc/cloudservices/x/y", attributes), one(service, property), "{attributes}");
    }
}
