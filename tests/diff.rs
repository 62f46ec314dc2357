//! What is the same to `aemlint diff`, and what is not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails in a test should fail loudly")]

use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Cursor, Write};
use std::path::Path;
use std::process::Command;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

const PROVIDER: &str = "com.adobe.granite.auth.oauth.accesstoken.provider";
const CUSTOMIZER: &str = "com.adobe.granite.auth.ims.impl.IMSAccessTokenRequestCustomizerImpl";
/// Two secrets in plain text, as nothing else in these tests looks like.
const SECRETS: [&str; 2] = ["p8e-Qm9ndXNTZWNyZXRGb3JUZXN0cw", "p8e-QW5vdGhlclNlY3JldEhlcmUxMg"];

/// The files of a package by their names.
#[derive(Clone, Debug, Default, PartialEq)]
struct Package(BTreeMap<String, Vec<u8>>);

impl Package {
    fn new(name: &str, version: &str) -> Self {
        let properties = format!(
            "<?xml version=\"1.0\"?>\n<!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">\n<properties>\n\
             <entry key=\"group\">com.acme</entry>\n<entry key=\"name\">{name}</entry>\n\
             <entry key=\"version\">{version}</entry>\n</properties>\n"
        );
        let filter = "<?xml version=\"1.0\"?>\n<workspaceFilter version=\"1.0\"><filter root=\"/apps/acme\"/></workspaceFilter>\n";
        Self::default().with("META-INF/vault/properties.xml", properties).with("META-INF/vault/filter.xml", filter)
    }

    fn with(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.0.insert(name.to_owned(), bytes.into());
        self
    }

    fn config(self, folder: &str, name: &str, text: impl Into<Vec<u8>>) -> Self {
        self.with(&format!("jcr_root/apps/acme/{folder}/{name}"), text)
    }

    fn zip(&self, method: CompressionMethod) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in &self.0 {
            zip.start_file(name, SimpleFileOptions::default().compression_method(method)).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn write_zip(&self, path: &Path) {
        std::fs::write(path, self.zip(CompressionMethod::Deflated)).unwrap();
    }

    fn write_tree(&self, directory: &Path) {
        for (name, bytes) in &self.0 {
            let path = directory.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
}

/// The lines of an IMS configuration without a scope.
fn provider(title: &str) -> Vec<String> {
    vec![
        format!("auth.token.provider.title=\"{title}\""),
        "auth.token.provider.authorization.grants=\"client_credentials\"".to_owned(),
        "auth.token.provider.orgId=\"0123456789ABCDEF01234567@AdobeOrg\"".to_owned(),
        "auth.token.provider.client.id=\"fedcba9876543210fedcba9876543210\"".to_owned(),
        "auth.access.token.request=\"https://ims-na1.adobelogin.com/ims/token/v3\"".to_owned(),
        format!("token.request.customizer.type=\"{title}\""),
    ]
}

fn text(lines: &[String]) -> String {
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn customizer(title: &str, secret: &str) -> String {
    format!("auth.ims.client.secret=\"{secret}\"\ncustomizer.type=\"{title}\"\n")
}

fn delivery() -> Package {
    Package::new("acme.config", "1.0")
        .config("config.author", &format!("{PROVIDER}-one.config"), text(&provider("One")))
        .config("config.author", &format!("{CUSTOMIZER}-one.config"), customizer("One", SECRETS[0]))
}

struct Run {
    code: i32,
    out: String,
}

impl Run {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }
}

fn aemlint(directory: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_aemlint")).args(arguments).current_dir(directory).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let code = output.status.code().unwrap();
    assert_ne!(code, 2, "{arguments:?}: {err}");
    Run { code, out }
}

fn diff(directory: &Path, old: &str, new: &str) -> Run {
    aemlint(directory, &["diff", "--no-config", "--format", "json", old, new])
}

const SECTIONS: [&str; 5] = ["packages", "integrations", "hosts", "secrets", "coverage"];

#[track_caller]
fn assert_same(directory: &Path, old: &str, new: &str) {
    for (old, new) in [(old, new), (new, old)] {
        let run = diff(directory, old, new);
        let json = run.json();
        assert!(SECTIONS.iter().all(|section| json.get(section).is_none()), "{old} and {new}: {}", run.out);
        assert!(json["findings"].get("new").is_none() && json["findings"].get("gone").is_none(), "{}", run.out);
        assert!(json["findings"]["unchanged"].as_u64().unwrap() > 0, "nothing was compared: {}", run.out);
        assert_eq!(run.code, 0);
    }
}

#[test]
fn a_rebuilt_or_renamed_or_unpacked_package_is_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    delivery().write_zip(&here.join("acme-1.0.zip"));
    std::fs::write(here.join("other.zip"), delivery().zip(CompressionMethod::Stored)).unwrap();
    delivery().write_tree(&here.join("tree"));
    std::fs::create_dir(here.join("shelf")).unwrap();
    delivery().write_zip(&here.join("shelf/x.zip"));
    for new in ["acme-1.0.zip", "other.zip", "tree", "shelf"] {
        assert_same(here, "acme-1.0.zip", new);
    }
}

#[test]
fn the_order_of_properties_and_the_form_of_the_name_do_not_matter() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    delivery().write_zip(&here.join("old.zip"));
    let mut lines = provider("One");
    lines.reverse();
    lines.insert(0, "# a comment".to_owned());
    Package::new("acme.config", "1.0")
        .config("config.author", &format!("{PROVIDER}~one.config"), text(&lines))
        .config("config.author", &format!("{CUSTOMIZER}~one.config"), customizer("One", SECRETS[0]))
        .write_zip(&here.join("new.zip"));
    assert_same(here, "old.zip", "new.zip");
}

#[test]
fn a_package_that_moves_into_a_container_is_the_same_package() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    delivery().write_zip(&here.join("acme.config.zip"));
    Package::new("acme.all", "1.0")
        .with("jcr_root/apps/acme/install/acme.config-1.0.zip", delivery().zip(CompressionMethod::Deflated))
        .write_zip(&here.join("all.zip"));
    let run = diff(here, "acme.config.zip", "all.zip");
    let json = run.json();
    let changed: Vec<&str> = SECTIONS.into_iter().filter(|section| json.get(section).is_some()).collect();
    assert_eq!(changed, ["packages"], "{}", run.out);
    assert_eq!(json["packages"]["added"][0]["name"], "acme.all");
    assert!(json["packages"].get("removed").is_none() && json["packages"].get("changed").is_none(), "{}", run.out);
    assert!(json["findings"].get("new").is_none() && json["findings"].get("gone").is_none(), "{}", run.out);
}

#[test]
fn another_version_alone_is_no_failure() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    delivery().write_zip(&here.join("acme-1.0.zip"));
    let other = Package::new("acme.config", "2.0").0["META-INF/vault/properties.xml"].clone();
    delivery().with("META-INF/vault/properties.xml", other).write_zip(&here.join("acme-2.0.zip"));
    let run = diff(here, "acme-1.0.zip", "acme-2.0.zip");
    let changed =
        serde_json::json!({"changed": [{"group": "com.acme", "name": "acme.config", "old": "1.0", "new": "2.0"}]});
    assert_eq!(run.json()["packages"], changed);
    assert_eq!(run.code, 0);
}

#[test]
fn directories_of_packages_are_compared_package_by_package() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let package =
        |name: &str, version: &str, scope: bool| {
            let mut lines = provider(name);
            lines.extend(scope.then(|| "auth.token.provider.scope=\"openid\"".to_owned()));
            Package::new(name, version)
                .config("config.author", &format!("{PROVIDER}-{name}.config"), text(&lines))
                .config("config.author", &format!("{CUSTOMIZER}-{name}.config"), customizer(name, "{0a1b2c3d4e5f}"))
        };
    for (path, package) in [
        ("old/a.zip", package("one", "1.0", true)),
        ("old/b.zip", package("two", "1.0", false)),
        ("old/c.zip", package("three", "1.0", false)),
        ("new/c-1.0.zip", package("one", "1.1", false)),
        ("new/a-1.0.zip", package("two", "1.0", false)),
        ("new/vendor/four.zip", package("four", "1.0", true)),
    ] {
        let path = here.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        package.write_zip(&path);
    }
    let json =
        aemlint(here, &["diff", "--no-config", "--select", "missing-scope", "--format", "json", "old", "new"]).json();
    let names = |section: &str, list: &str| -> Vec<String> {
        let items = json[section][list].as_array().cloned().unwrap_or_default();
        items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        [names("packages", "added"), names("packages", "removed"), names("packages", "changed")],
        [["four"], ["three"], ["one"]]
    );
    assert_eq!([names("integrations", "added"), names("integrations", "removed")], [["four"], ["three"]]);
    let of = |list: &str| -> Vec<(String, String)> {
        let found = json["findings"][list].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        found.iter().map(|finding| (text(&finding["rule"]), text(&finding["package"]["name"]))).collect()
    };
    let scope = |name: &str| vec![("missing-scope".to_owned(), name.to_owned())];
    assert_eq!((of("new"), of("gone")), (scope("one"), scope("three")));
    assert_eq!(json["findings"]["unchanged"], 1);
    assert_eq!(json["new"]["inputs"].as_array().unwrap().len(), 3);
}

/// Paths of each checkout are relative to itself, so that what the project accepts is accepted in both.
#[test]
fn ignores_mean_the_same_files_in_two_checkouts() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["project", "base"] {
        let checkout = directory.path().join(name);
        std::fs::create_dir_all(checkout.join(".git")).unwrap();
        delivery().write_tree(&checkout.join("ui"));
    }
    let project = directory.path().join("project");
    let ignores = "[[ignore]]\nrule = \"missing-scope\"\npath = \"ui/**\"\nreason = \"to be mended\"\n";
    std::fs::write(project.join("aemlint.toml"), ignores).unwrap();
    let json = aemlint(&project, &["diff", "--format", "json", "../base", "."]).json();
    assert!(json["findings"].get("new").is_none() && json["findings"].get("gone").is_none(), "{json}");
    let shown = aemlint(&project, &["check", "--format", "json", "."]).json();
    assert_eq!(json["findings"]["unchanged"], shown["findings"].as_array().unwrap().len());
}

/// Which of several configurations is the surplus one depends on the names of files; what is wrong does not.
#[test]
fn what_counts_is_the_same_in_packages_with_other_names() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let tenant = |name: &str, tenant: &str| {
        let node = format!(
            "<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" xmlns:sling=\"http://sling.apache.org/jcr/sling/1.0\" \
             jcr:primaryType=\"cq:Page\"><jcr:content jcr:primaryType=\"cq:PageContent\" \
             sling:resourceType=\"dam/components/mediaportal/config\" name=\"{tenant}\" \
             tenantURL=\"https://{tenant}.brand-portal.adobe.com\"/></jcr:root>"
        );
        Package::new(name, "1.0").with(&format!("jcr_root/apps/acme/mediaportal/{tenant}/.content.xml"), node)
    };
    for (shelf, first, second) in [("old", "a.zip", "b.zip"), ("new", "b.zip", "a.zip")] {
        std::fs::create_dir(here.join(shelf)).unwrap();
        tenant("one", "acme").write_zip(&here.join(shelf).join(first));
        tenant("two", "japan").write_zip(&here.join(shelf).join(second));
    }
    let check = |shelf: &str| aemlint(here, &["check", "--no-config", "--together", "--format", "concise", shelf]).out;
    assert!(check("old").contains("multiple-brand-portal-tenants"), "{}", check("old"));
    let json = aemlint(here, &["diff", "--no-config", "--together", "--format", "json", "old", "new"]).json();
    assert!(json["findings"].get("new").is_none() && json["findings"].get("gone").is_none(), "{json}");
}

#[test]
fn a_move_between_run_modes_is_seen() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let moved = |folder: &str| {
        Package::new("acme.config", "1.0")
            .config(folder, &format!("{PROVIDER}-one.config"), text(&provider("One")))
            .config(folder, &format!("{CUSTOMIZER}-one.config"), customizer("One", SECRETS[0]))
    };
    moved("config.author.dev").write_zip(&here.join("old.zip"));
    moved("config.author").write_zip(&here.join("new.zip"));
    let run = diff(here, "old.zip", "new.zip");
    let json = run.json();
    let change = &json["integrations"]["changed"][0]["changes"][0];
    assert_eq!(*change, serde_json::json!({"attribute": "run_modes", "old": ["author.dev"], "new": ["author"]}));
    assert_eq!(json["secrets"]["added"][0]["run_modes"], serde_json::json!(["author"]));
    assert_eq!(run.code, 1, "what was wrong on some instances is wrong on more: {}", run.out);
}

#[test]
fn a_secret_that_was_replaced_by_another_is_the_same_and_no_form_shows_or_hashes_it() {
    use sha2::{Digest, Sha256};
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    let with = |secret: &str| {
        delivery().config("config.author", &format!("{CUSTOMIZER}-one.config"), customizer("One", secret))
    };
    with(SECRETS[0]).write_zip(&here.join("old.zip"));
    with(SECRETS[1]).write_zip(&here.join("rotated.zip"));
    with("{8f2a1c0b9d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a}").write_zip(&here.join("encrypted.zip"));
    assert_same(here, "old.zip", "rotated.zip");
    let run = diff(here, "encrypted.zip", "old.zip");
    let json = run.json();
    let change = &json["secrets"]["changed"][0];
    assert_eq!((&change["old"], &change["new"]), (&"encrypted".into(), &"plain".into()));
    for format in ["text", "markdown", "json", "sarif"] {
        for (old, new) in [("old.zip", "rotated.zip"), ("encrypted.zip", "old.zip"), ("old.zip", "encrypted.zip")] {
            let run = aemlint(here, &["diff", "--no-config", "--all", "--format", format, old, new]);
            for secret in SECRETS {
                let hash: String = Sha256::digest(secret).iter().map(|byte| format!("{byte:02x}")).collect();
                assert!(!run.out.contains(secret), "{format}: {}", run.out);
                assert!(!run.out.contains(&hash[..12]), "{format}: {}", run.out);
            }
        }
    }
}

#[test]
fn a_side_that_was_not_read_is_no_success() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    delivery().write_zip(&here.join("old.zip"));
    std::fs::create_dir(here.join("empty")).unwrap();
    let mut broken = delivery().zip(CompressionMethod::Deflated);
    broken.truncate(broken.len() / 2);
    std::fs::write(here.join("broken.zip"), broken).unwrap();
    for new in ["empty", "broken.zip", "missing.zip"] {
        let run = diff(here, "old.zip", new);
        assert_eq!(run.code, 3, "{new}: {}", run.out);
        assert_eq!(run.json()["new"]["incomplete"], true, "{new}");
        assert_eq!(diff(here, new, "old.zip").code, 3, "{new}");
        let text = aemlint(here, &["diff", "--no-config", "old.zip", new]).out;
        assert!(text.contains("NEW was not read or judged as a whole"), "{new}: {text}");
    }
}

#[test]
fn a_level_that_rose_is_new() {
    let directory = tempfile::tempdir().unwrap();
    let here = directory.path();
    delivery().write_zip(&here.join("new.zip"));
    // What no filter covers is not installed, and a warning at most.
    let other = "<workspaceFilter version=\"1.0\"><filter root=\"/apps/other\"/></workspaceFilter>";
    delivery().with("META-INF/vault/filter.xml", other).write_zip(&here.join("old.zip"));
    let run = diff(here, "old.zip", "new.zip");
    let json = run.json();
    let new = json["findings"]["new"].as_array().unwrap();
    let rose = new.iter().find(|finding| finding["rule"] == "missing-scope").expect("a finding whose level rose");
    assert_eq!((&rose["level"], &rose["previous_level"]), (&"error".into(), &"warning".into()), "{}", run.out);
    assert_eq!(run.code, 1);
    let back = diff(here, "new.zip", "old.zip");
    assert_eq!(back.code, 0, "a level that fell fails nothing: {}", back.out);
}

/// A package with some of the things that are compared.
fn packages() -> impl Strategy<Value = Package> {
    let one = (
        prop::sample::select(vec!["config", "config.author", "config.author.prod"]),
        prop::sample::select(vec!["-one", "~one", "-two"]),
        any::<bool>(),
        prop::sample::select(vec!["https://ims-na1.adobelogin.com", "https://proxy.example"]),
        prop::sample::select(vec![SECRETS[0], SECRETS[1], "{0a1b2c3d4e5f}", "$[secret:x]"]),
    );
    let configs = prop::collection::vec(one, 0..4);
    let nodes = prop::collection::vec((prop::sample::select(vec!["acme", "japan"]), any::<bool>()), 0..3);
    (prop::sample::select(vec!["1.0", "1.1"]), configs, nodes).prop_map(|(version, configs, nodes)| {
        let mut package = Package::new("acme.config", version);
        for (folder, name, scope, host, secret) in configs {
            let mut lines = provider(name);
            lines[4] = format!("auth.access.token.request=\"{host}/ims/token/v3\"");
            if scope {
                lines.push("auth.token.provider.scope=\"openid\"".to_owned());
            }
            package = package
                .config(folder, &format!("{PROVIDER}{name}.config"), text(&lines))
                .config(folder, &format!("{CUSTOMIZER}{name}.config"), customizer(name, secret));
        }
        for (tenant, has_ims) in nodes {
            let ims = if has_ims { " imsConfig=\"ims\"" } else { "" };
            let node = format!(
                "<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" xmlns:sling=\"http://sling.apache.org/jcr/sling/1.0\" \
                 jcr:primaryType=\"cq:Page\"><jcr:content jcr:primaryType=\"cq:PageContent\" \
                 sling:resourceType=\"dam/components/mediaportal/config\" name=\"{tenant}\"{ims} \
                 tenantURL=\"https://{tenant}.brand-portal.adobe.com\"/></jcr:root>"
            );
            package = package.with(&format!("jcr_root/apps/acme/mediaportal/{tenant}/.content.xml"), node);
        }
        package
    })
}

/// What the findings of a list are, whatever their order.
fn fingerprints(findings: &Value) -> Vec<String> {
    let found = findings.as_array().into_iter().flatten();
    let mut found: Vec<String> =
        found.map(|finding| format!("{} {}", finding["level"], finding["fingerprint"])).collect();
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// New and unchanged findings are those of a check of NEW, gone and unchanged ones those of OLD; the other way round
    /// everything changes places.
    #[test]
    fn the_difference_adds_up_and_can_be_turned_round(old in packages(), new in packages()) {
        let directory = tempfile::tempdir().unwrap();
        let here = directory.path();
        old.write_zip(&here.join("acme.zip"));
        std::fs::create_dir(here.join("new")).unwrap();
        new.write_zip(&here.join("new/acme.zip"));
        let check = |path: &str| aemlint(here, &["check", "--no-config", "--format", "json", path]).json();
        let count = |report: &Value| report["findings"].as_array().unwrap().len();
        let there = diff(here, "acme.zip", "new/acme.zip").json();
        let back = diff(here, "new/acme.zip", "acme.zip").json();
        let length = |list: &Value| list.as_array().map_or(0, Vec::len);
        let unchanged = usize::try_from(there["findings"]["unchanged"].as_u64().unwrap()).unwrap();
        prop_assert_eq!(length(&there["findings"]["new"]) + unchanged, count(&check("new/acme.zip")));
        prop_assert_eq!(length(&there["findings"]["gone"]) + unchanged, count(&check("acme.zip")));
        prop_assert_eq!(fingerprints(&there["findings"]["new"]), fingerprints(&back["findings"]["gone"]));
        prop_assert_eq!(fingerprints(&there["findings"]["gone"]), fingerprints(&back["findings"]["new"]));
        for section in SECTIONS {
            prop_assert_eq!(&there[section]["added"], &back[section]["removed"], "{}", section);
            prop_assert_eq!(&there[section]["removed"], &back[section]["added"], "{}", section);
            prop_assert_eq!(length(&there[section]["changed"]), length(&back[section]["changed"]), "{}", section);
        }
        let same = old == new;
        prop_assert!(!same || SECTIONS.iter().all(|section| there.get(section).is_none()));
    }
}
