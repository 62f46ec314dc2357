//! What AEM reads under another name, from another place or in another form than most: the canary is found in all of them.

use super::canary::{IMS, IMS_TEXT, JWT, LEGACY, URL, other, page};
use super::program::{self, Report};
use super::zipbytes::{Archive, Entry};
use std::fs;

const EXCHANGE: &str = "https://ims-na1.adobelogin.com/ims/exchange/jwt/";
/// The same, as no search in bytes finds it.
const CUT_EXCHANGE: &str = "https://ims-na1.adobe<![CDATA[login.com/ims]]><!-- a --><![CDATA[/exch]]>ange/jwt/";
const MANIFEST: &[u8] = b"Manifest-Version: 1.0\nBundle-ManifestVersion: 2\nBundle-SymbolicName: a.b\n\
                          Sling-Initial-Content: SLING-INF/content;path:=/apps/x/config\n\n";

/// The PID and name of the canary.
fn pid() -> &'static str {
    IMS.rsplit('/').next().unwrap().strip_suffix(".config").unwrap()
}

/// A JSON object with the properties of the canary.
fn json() -> String {
    let pid = pid();
    format!(r#"{{"configurations":{{"{pid}":{{"auth.access.token.request":"{EXCHANGE}","name":"x"}}}}}}"#)
}

/// An archive with the canary in it, behind what is no part of an archive.
fn behind_a_script() -> Vec<u8> {
    let package = Archive::of([Entry::deflated(IMS, IMS_TEXT.as_bytes())]).bytes();
    [b"#!/bin/sh\nexec java -jar $0\n".to_vec(), package].concat()
}

fn check_package(entries: Vec<(String, Vec<u8>)>) -> Report {
    let directory = tempfile::tempdir().unwrap();
    let entries = entries.into_iter().map(|(name, content)| Entry::deflated(name, &content));
    fs::write(directory.path().join("a.zip"), Archive::of(std::iter::once(other()).chain(entries)).bytes()).unwrap();
    program::check(directory.path(), "a.zip", &[])
}

fn check_tree(files: Vec<(String, Vec<u8>)>) -> Report {
    let directory = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = directory.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    program::check(directory.path(), ".", &[])
}

/// A file with the text.
fn file(name: impl Into<String>, content: impl AsRef<[u8]>) -> (String, Vec<u8>) {
    (name.into(), content.as_ref().to_vec())
}

#[track_caller]
fn assert_found(what: &str, rule: &str, report: &Report) {
    assert!(report.has(rule), "{what}: {:?}", report.rules());
    assert_eq!(report.code, 1, "{what}: {:?}", report.unread());
}

#[test]
fn names_are_judged_as_they_are_decoded() {
    let ims = IMS.strip_suffix(".config").unwrap();
    let typed = format!(r#"{{"auth.access.token.request":"{EXCHANGE}","name":"x"}}"#);
    let page = page("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", LEGACY);
    for (name, content, rule) in [
        (format!("{ims}%2econfig"), IMS_TEXT.as_bytes().to_vec(), JWT),
        (format!("{ims}.con%66ig"), IMS_TEXT.as_bytes().to_vec(), JWT),
        (format!("{ims}%2E%63%6F%6E%66%69%67"), IMS_TEXT.as_bytes().to_vec(), JWT),
        (format!("{ims}.cfg%2ejson"), typed.into_bytes(), JWT),
        ("jcr_root/conf/x/smartcontent%2exml".to_owned(), page.clone().into_bytes(), URL),
        ("jcr_root/conf/x/smartcontent.x%6dl".to_owned(), page.into_bytes(), URL),
        ("jcr_root/etc/packages/x%2ezip".to_owned(), behind_a_script(), JWT),
    ] {
        assert_found(&name, rule, &check_package(vec![file(name.as_str(), &content)]));
        assert_found(&name, rule, &check_tree(vec![file(name.as_str(), &content)]));
    }
}

#[test]
fn the_content_of_a_file_may_stand_elsewhere() {
    let folder = |of: &str| format!("{of}/_jcr_content/_jcr_data.binary");
    let escaped = IMS_TEXT.replace('"', "&quot;").replace('\n', "&#xa;");
    let resource = format!("<jcr:content jcr:primaryType=\"nt:unstructured\" jcr:data=\"{escaped}\"/>");
    let root = |below: &str| {
        format!("<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" jcr:primaryType=\"nt:file\">{below}</jcr:root>")
    };
    let parent = IMS.rsplit_once('/').unwrap().0;
    let pid = pid();
    for (name, content) in [
        (folder(IMS), IMS_TEXT.as_bytes().to_vec()),
        (folder(&format!("{IMS}.dir")), IMS_TEXT.as_bytes().to_vec()),
        (folder(IMS).replace(".binary", "%2ebinary"), IMS_TEXT.as_bytes().to_vec()),
        (folder("jcr_root/etc/packages/x.zip"), behind_a_script()),
        (format!("{IMS}/.content.xml"), root(&resource).into_bytes()),
        (
            format!("{parent}/.content.xml"),
            root(&format!("<{pid}.config jcr:primaryType=\"nt:file\">{resource}</{pid}.config>")).into_bytes(),
        ),
    ] {
        assert_found(&name, JWT, &check_package(vec![file(name.as_str(), content)]));
    }
}

#[test]
fn initial_content_and_feature_models_are_read_in_every_form() {
    let pid = pid();
    let bundle = |name: &str, content: String| {
        check_package(vec![file("META-INF/MANIFEST.MF", MANIFEST), file(format!("SLING-INF/content/{name}"), content)])
    };
    let node = |url: &str| {
        format!(
            "<node><name>{pid}</name><primaryNodeType>sling:OsgiConfig</primaryNodeType>\
             <property><name>auth.access.token.request</name><value>{url}</value></property></node>"
        )
    };
    let view = |url: &str| {
        format!(
            "<sv:node xmlns:sv=\"http://www.jcp.org/jcr/sv/1.0\" sv:name=\"{pid}\"><sv:property sv:name=\"jcr:primaryType\" \
             sv:type=\"Name\"><sv:value>sling:OsgiConfig</sv:value></sv:property><sv:property \
             sv:name=\"auth.access.token.request\" sv:type=\"String\"><sv:value>{url}</sv:value></sv:property></sv:node>"
        )
    };
    let json_node =
        format!(r#"{{"{pid}":{{"jcr:primaryType":"sling:OsgiConfig","auth.access.token.request":"{EXCHANGE}"}}}}"#);
    for url in [EXCHANGE, CUT_EXCHANGE] {
        assert_found("XML of the content loader", JWT, &bundle("a.xml", node(url)));
        assert_found("a system view", JWT, &bundle("a.jcr.xml", view(url)));
        assert_found("any XML", JWT, &bundle("a.xml", format!("<a><b>{}</b></a>", url.replace("<!-- a -->", ""))));
    }
    assert_found("JSON", JWT, &bundle("a.json", json_node));
    assert_found("a feature model", JWT, &check_package(vec![file("a.slingosgifeature", json())]));
}

#[test]
fn the_metadata_of_a_package_is_searched() {
    let client_secret = ["p8", "e-aaaabbbbccccddddeeee"].concat();
    let definition = format!("[a:b] > nt:base\n - a (string) = '{client_secret}' autocreated\n");
    let properties = |entry: &str| {
        format!(
            "<?xml version=\"1.0\"?><!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">\n\
             <properties><entry key=\"name\">a</entry>{entry}</properties>"
        )
    };
    for (name, content, rule) in [
        ("META-INF/vault/nodetypes.cnd", definition.clone(), "plain-text-secret"),
        ("SLING-INF/nodetypes/a.cnd", definition, "plain-text-secret"),
        ("META-INF/vault/settings.xml", page("", LEGACY), URL),
        ("META-INF/vault/config.xml", page("", LEGACY), URL),
        (
            "META-INF/vault/properties.xml",
            properties("<entry key=\"clientSecret\">kX7pQ2vL9sTn4WbR</entry>"),
            "plain-text-secret",
        ),
        (
            "META-INF/vault/properties.xml",
            properties(&format!("<entry key=\"description\">{client_secret}</entry>")),
            "plain-text-secret",
        ),
    ] {
        let report = check_package(vec![file(name, content)]);
        assert_found(name, rule, &report);
        let shown = report.json.to_string();
        assert!(!shown.contains("kX7pQ2vL9sTn4WbR") && !shown.contains(&client_secret), "{name}");
    }
}

#[test]
fn trees_are_looked_at_beside_content() {
    let pid = pid();
    let archive = Archive::of([Entry::deflated("features/a.json", json().as_bytes())]).bytes();
    let configuration = format!(r#"{{"{pid}":{{"auth.access.token.request":"{EXCHANGE}"}}}}"#);
    for (name, content) in [
        (format!("aem/crx-quickstart/install/{pid}.config"), IMS_TEXT.as_bytes().to_vec()),
        (format!("crx-quickstart/install.author/{pid}.config"), IMS_TEXT.as_bytes().to_vec()),
        (format!("core/src/main/resources/SLING-INF/a/{pid}.config"), IMS_TEXT.as_bytes().to_vec()),
        ("core/src/main/resources/OSGI-INF/configurator/a.json".to_owned(), configuration.into_bytes()),
        ("features/src/main/features/a.json".to_owned(), json().into_bytes()),
        ("a/b.slingosgifeature".to_owned(), json().into_bytes()),
        ("a/b.far".to_owned(), archive),
        (IMS.replace("/system/", "/target/"), IMS_TEXT.as_bytes().to_vec()),
        (IMS.replace("/system/", "/node_modules/"), IMS_TEXT.as_bytes().to_vec()),
    ] {
        assert_found(&name, JWT, &check_tree(vec![file(name.as_str(), content)]));
    }
}

#[test]
fn slack_behind_a_packed_text_is_told_in_small_archives() {
    for slack in [&b"x"[..], b"ten bytes.", IMS_TEXT.as_bytes()] {
        let text = Entry::deflated("jcr_root/a/pom.xml", "<project/>".repeat(400).as_bytes()).with(|entry| {
            entry.data.extend_from_slice(slack);
            entry.local.packed = entry.data.len() as u64;
            entry.central.packed = entry.data.len() as u64;
        });
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("a.zip"), Archive::of([text]).bytes()).unwrap();
        assert_eq!(program::classes(directory.path(), "a.zip"), ["unclaimed-data"], "{} bytes", slack.len());
    }
}

#[test]
fn a_default_that_is_the_endpoint_counts() {
    let value = |value: &str| IMS_TEXT.replace(EXCHANGE, value).replace("keypair.alias", "keypair.other");
    for text in [
        value("$[env:X;default\\=https://ims-na1.adobelogin.com/ims/exchange/jwt]"),
        value("https://ims-na1.adobelogin.com/ims/$[env:X;default\\=exchange]/jwt"),
    ] {
        assert_found(&text, JWT, &check_package(vec![file(IMS, text.as_str())]));
    }
}

/// The facts of one kind in a package of these entries.
fn facts(kind: &str, entries: Vec<(String, Vec<u8>)>) -> Vec<serde_json::Value> {
    let directory = tempfile::tempdir().unwrap();
    let filter = file("META-INF/vault/filter.xml", "<workspaceFilter version=\"1.0\"><filter/></workspaceFilter>");
    let entries = std::iter::once(filter).chain(entries).map(|(name, content)| Entry::deflated(name, &content));
    fs::write(directory.path().join("a.zip"), Archive::of(entries).bytes()).unwrap();
    let run = program::aemlint(directory.path(), ["facts", "--no-config", "--kind", kind, "a.zip"]);
    run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_the_installer_never_looks_at_is_not_installed() {
    let pid = pid();
    let node = |inside: &str| {
        format!("<{pid} jcr:primaryType=\"sling:OsgiConfig\" auth.access.token.request=\"{EXCHANGE}\">{inside}</{pid}>")
    };
    let docview = |nodes: &str| {
        let text = format!(
            "<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" xmlns:sling=\"http://sling.apache.org/jcr/sling/1.0\" \
             jcr:primaryType=\"sling:Folder\">{nodes}</jcr:root>"
        );
        vec![file("jcr_root/apps/x/config/.content.xml", text)]
    };
    let second = node("").replace(&format!("<{pid}"), &format!("<{pid}_x005b_2_x005d_"));
    let second = second.replace(&format!("</{pid}"), &format!("</{pid}_x005b_2_x005d_"));
    let vlt = |name: &str| vec![file(format!("jcr_root/apps/x/config/{name}"), IMS_TEXT)];
    for (what, entries, expected) in [
        ("a node", docview(&node("")), vec![true]),
        ("a node in a node", docview(&node(&node(""))), vec![true, false]),
        ("a node in a folder", docview(&format!("<a jcr:primaryType=\"sling:Folder\">{}</a>", node(""))), vec![true]),
        ("the second of its name", docview(&second), vec![false]),
        ("a folder of vlt", vlt(&format!(".vlt-a/{pid}.config")), vec![false]),
        ("a file of vlt", vlt(&format!(".vlt/{pid}.config")), vec![false]),
    ] {
        let facts = facts("token_provider", entries);
        let installed: Vec<bool> = facts.iter().map(|fact| fact["installed"].as_bool().unwrap()).collect();
        assert_eq!(installed, expected, "{what}: {facts:?}");
    }
}

#[test]
fn install_hooks_are_told() {
    let hook = |main: &str| Archive::of([Entry::deflated("META-INF/MANIFEST.MF", main.as_bytes())]).bytes();
    let class = hook("Manifest-Version: 1.0\nMain-Class: com.acme.Hook\n\n");
    let properties = "<?xml version=\"1.0\"?><!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">\
                      <properties><entry key=\"installhook.a.class\">com.acme.Hook</entry>\
                      <entry key=\"installhook.class\">no</entry></properties>";
    for (entry, in_package) in
        [(file("META-INF/vault/hooks/a.jar", &class), true), (file("META-INF/vault/properties.xml", properties), false)]
    {
        let facts = facts("install_hook", vec![entry]);
        assert_eq!(facts.len(), 1, "{facts:?}");
        let fact = &facts[0];
        assert_eq!((&fact["class"], &fact["in_package"]), (&"com.acme.Hook".into(), &in_package.into()));
        assert_eq!(fact["installed"], true, "{fact}");
    }
    for entry in [file("jcr_root/apps/a/install/a.jar", &class), file("META-INF/vault/hooks/b/a.jar", &class)] {
        assert!(facts("install_hook", vec![entry]).is_empty());
    }
}

#[test]
fn the_time_limit_acts_inside_an_archive_and_a_file() {
    let config = (0..30_000).map(|n| format!("a{n}.title=\"{n}\"\n")).collect::<String>();
    let directory = tempfile::tempdir().unwrap();
    let many = (0..20).map(|n| Entry::deflated(format!("jcr_root/apps/a/config/a{n}.config"), config.as_bytes()));
    fs::write(directory.path().join("a.zip"), Archive::of(many).bytes()).unwrap();
    let report = program::check(directory.path(), "a.zip", &["--max-time", "1ms", "--threads", "1"]);
    assert_eq!(report.code, 3);
    assert!(report.limits().iter().any(|limit| limit.starts_with("--max-time")), "{:?}", report.unread());
}
