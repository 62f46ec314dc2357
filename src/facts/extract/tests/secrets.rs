use crate::facts::Kind;
use crate::facts::testing::{Run, json, text};
use serde_json::json;

const CANARY: &str = "c4naryS3cretV4lue";

/// Secrets by name and by shape, in every format and in files that cannot be read.
fn planted() -> Run {
    let key = format!("-----BEGIN PRIVATE KEY-----\n{CANARY}QUJDREVGR0hJSktMTU5PUA\n-----END PRIVATE KEY-----");
    let docview = |attributes: &str| {
        format!(
            r#"<jcr:root xmlns:jcr="http://www.jcp.org/jcr/1.0" xmlns:sling="http://sling.apache.org/jcr/sling/1.0" {attributes}/>"#
        )
    };
    Run::tree()
        .content(
            "/apps/x/config/a.b.C.config",
            format!(
                "clientSecret=\"{CANARY}\"\nlist.password=[\"{CANARY}\",\"x\"]\nwithin=\"https://x.adobe.io/a?client_secret\\={CANARY}\"\n"
            ),
        )
        .content(
            "/apps/x/config/a.b.D.cfg.json",
            format!("{{\"private.key\": \"{CANARY}\", \"n\": 1, \"note\": {}}}", json!(key)),
        )
        .content("/apps/x/config/a.b.E.cfg", format!("api.secret={CANARY}\nurl=https://me:{CANARY}@x.adobe.io/a\n"))
        .content(
            "/apps/x/config/a.b.F.xml",
            docview(&format!(r#"jcr:primaryType="sling:OsgiConfig" password="{CANARY}""#)),
        )
        .content(
            "/conf/x/.content.xml",
            docview(&format!(r#"jcr:primaryType="nt:unstructured" secret="[{CANARY},{CANARY}2]""#)),
        )
        .content("/conf/y/.content.xml", docview(&format!("text=\"{key}\" <<< broken")))
        .content("/apps/x/config/a.b.G.config", format!("clientSecret=\"$[secret:S;default\\={CANARY}]\"\nb=\"\n{key}"))
        .content("/apps/x/notes.json", json!({"a": {"b": key}}).to_string())
        .content("/etc/key/k.pem", key)
}

#[test]
fn no_secret_leaves_the_process() {
    let facts = planted().facts();
    assert!(facts.len() > 20);
    for fact in &facts {
        for form in [fact.to_json().to_string(), format!("{fact:?}"), format!("{:?}", fact.excerpts)] {
            assert!(!form.contains(CANARY), "{} of {}", fact.kind().name(), fact.place);
        }
    }
}

#[test]
fn states_of_secrets() {
    let run = planted();
    let of = |file: &str| -> Vec<(String, String)> {
        let secrets = run.of(Kind::Secret).into_iter().filter(|fact| fact.place.file.ends_with(file));
        secrets.map(|fact| (text(&fact, "property").to_owned(), text(&fact, "state").to_owned())).collect()
    };
    let plain = |name: &str| (name.to_owned(), "plain".to_owned());
    // The one in the query of a URL, too.
    assert_eq!(of("C.config"), [plain("clientSecret"), plain("list.password"), plain("within")]);
    assert_eq!(of("D.cfg.json"), [plain("private.key"), plain("note")]);
    assert_eq!(of("E.cfg"), [plain("api.secret"), plain("url")]);
    assert_eq!(of("F.xml"), [plain("password")]);
    assert_eq!(of("conf/x/.content.xml"), [plain("secret")]);
    assert!(of("G.config").contains(&plain("clientSecret")), "{:?}", of("G.config"));
    let quiet = "a.secret=\"$[secret:S]\"\nb.secret=\"\"\nc.secret=\"{0123456789abcdef0123456789abcdef}\"\n";
    let states: Vec<String> = Run::tree()
        .content("/apps/x/config/a.b.C.config", quiet)
        .of(Kind::Secret)
        .iter()
        .map(|fact| text(fact, "state").to_owned())
        .collect();
    assert_eq!(states, ["placeholder", "blank", "encrypted"]);
}

#[test]
fn a_url_with_a_password_still_names_its_host() {
    let run = planted();
    let endpoint = run.of(Kind::Endpoint).into_iter().find(|fact| text(fact, "property") == "url").unwrap();
    assert_eq!((text(&endpoint, "host"), text(&endpoint, "url")), ("x.adobe.io", "https://x.adobe.io/a"));
    assert_eq!(json(&endpoint, "confidence"), json!("high"));
}

#[test]
fn properties_in_their_two_declared_forms() {
    let config = Run::tree().content("/apps/x/config/a.b.C.config", "a=L[\"1\",\"2\"]\nb=B\"true\"\nc.secret=\"x\"\n");
    let object = config.one(Kind::Configuration).to_json();
    assert_eq!(
        object["properties"],
        json!({
            "a": {"kind": "array", "type": "Long", "value": [1, 2]},
            "b": {"kind": "scalar", "type": "Boolean", "value": true},
            "c.secret": {"kind": "scalar", "type": "String", "value": "********"},
        })
    );
    assert_eq!(
        object["at"],
        json!({"file": "src/jcr_root/apps/x/config/a.b.C.config", "inside": [], "line": 1, "column": 1})
    );
    let node =
        r#"<jcr:root xmlns:jcr="http://www.jcp.org/jcr/1.0" jcr:primaryType="nt:unstructured" a="{Long}1" b="[x,y]"/>"#;
    let node = Run::tree().content("/conf/x/.content.xml", node).one(Kind::Node).to_json();
    assert_eq!(node["properties"]["a"], json!({"type": "Long", "multi": false, "values": ["1"]}));
    assert_eq!(node["properties"]["b"], json!({"type": "undefined", "multi": true, "values": ["x", "y"]}));
}

#[test]
fn a_secret_that_the_installer_loses_is_a_secret_all_the_same() {
    let text_ = "first=unquoted\nclient.secret=\"k3Vq0vT8\"\n";
    let run = Run::tree().content("/apps/x/config/a.B.config", text_);
    let facts = run.facts();
    let secret = facts.iter().find(|fact| fact.kind() == Kind::Secret).unwrap();
    assert_eq!((text(secret, "property"), text(secret, "state")), ("client.secret", "plain"));
    assert!(!format!("{facts:?}").contains("k3Vq0vT8"));
    let configuration = facts.iter().find(|fact| fact.kind() == Kind::Configuration).unwrap();
    assert!(json(configuration, "dropped").to_string().contains("first"));
}

#[test]
fn a_secret_in_a_connection_string_under_the_name_of_a_secret() {
    let of = |value: &str| {
        let run = Run::tree().content("/apps/x/config/a.b.C.cfg.json", json!({"client.secret": value}).to_string());
        run.of(Kind::Secret)
    };
    for value in ["jdbc:mysql://db/aem?user=aem&password=Hk39sLw02mQzxc", "password=Hk39sLw02mQzxc\nurl=https://a.test"]
    {
        let found = of(value);
        assert_eq!(found.len(), 1, "{value}: {found:?}");
        assert_eq!((text(&found[0], "state"), json(&found[0], "is_part")), ("plain", json!(true)));
    }
    assert!(of("https://vault.acme.test/secret/a").is_empty());
}
