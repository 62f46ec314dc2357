use crate::facts::testing::{Run, json, text};
use crate::facts::{Fact, Kind};
use serde_json::json;

const PID: &str = "com.adobe.granite.auth.oauth.accesstoken.provider";
const JWT: &str = "auth.token.provider.title=\"Smart Tags\"\nauth.token.provider.keypair.alias=\"k\"\n";
const OAUTH: &str =
    "auth.token.provider.title=\"smart tags\"\nauth.token.provider.authorization.grants=\"client_credentials\"\n";

fn why(fact: &Fact) -> &str {
    fact.not_installed.as_deref().unwrap_or("installed")
}

fn provider(run: Run) -> Fact {
    run.one(Kind::TokenProvider)
}

fn in_folder(folder: &str) -> String {
    format!("{folder}/{PID}-1.config")
}

#[test]
fn only_watched_folders_are_installed() {
    let at = |folder: &str| Run::tree().content(&in_folder(folder), OAUTH);
    let fact = provider(at("/apps/x/config.author.prod"));
    assert_eq!((why(&fact), fact.run_modes.to_string().as_str()), ("installed", "author.prod"));
    assert!(why(&provider(at("/apps/x/conf"))).contains("does not lie in a folder"));
    assert!(!provider(at("/apps/a/b/c/config")).installed(), "the installer looks at four levels");
    assert!(provider(at("/apps/a/b/c/config").cloud()).installed(), "the converter at all");
    assert!(!provider(at("/content/x/config")).installed());
}

#[test]
fn the_converter_sees_nodes_only_in_files_of_their_own() {
    let node = r#"<jcr:root xmlns:sling="http://sling.apache.org/jcr/sling/1.0" xmlns:jcr="http://www.jcp.org/jcr/1.0" jcr:primaryType="sling:OsgiConfig"/>"#;
    for (name, in_the_cloud) in [(format!("{PID}-1.xml"), true), (format!("{PID}-1/.content.xml"), false)] {
        let run = || Run::tree().content(&format!("/apps/x/config/{name}"), node);
        assert!(provider(run()).installed(), "{name}");
        assert_eq!(provider(run().cloud()).installed(), in_the_cloud, "{name}");
    }
}

#[test]
fn the_workspace_filter_decides() {
    let covered = provider(Run::zip().filter(&["/apps/x"]).content(&in_folder("/apps/x/config"), OAUTH));
    assert_eq!(why(&covered), "installed");
    let other = provider(Run::zip().filter(&["/apps/xy"]).content(&in_folder("/apps/x/config"), OAUTH));
    assert_eq!(why(&other), "no workspace filter covers it");
    let none = provider(Run::zip().content(&in_folder("/apps/x/config"), OAUTH));
    assert!(why(&none).contains("META-INF/vault/filter.xml"));
    let rejected =
        Run::zip().file("META-INF/vault/filter.xml", "<filters/>").content(&in_folder("/apps/x/config"), OAUTH);
    assert!(why(&provider(rejected)).contains("AEM rejects its package"));
    assert!(
        provider(Run::tree().content(&in_folder("/apps/x/config"), OAUTH)).installed(),
        "the build adds the filter"
    );
}

#[test]
fn a_pattern_that_cannot_be_decided_is_said() {
    let filter = r#"<workspaceFilter version="1.0"><filter root="/apps"><include pattern="(?x)/apps/x .*"/></filter></workspaceFilter>"#;
    let run = Run::zip().file("META-INF/vault/filter.xml", filter).content(&in_folder("/apps/x/config"), OAUTH);
    let undecided = run.one(Kind::Unread);
    assert!(text(&undecided, "reason").contains("pattern"));
    assert_eq!(undecided.place.to_string(), "a.zip!/META-INF/vault/filter.xml");
    assert_eq!(why(&provider(run)), "installed");
}

#[test]
fn packages_in_packages_inherit_run_modes() {
    let nested = |path: &str| {
        let outer = Run::zip().filter(&["/apps/all", "/etc/packages"]);
        outer.inside(&format!("jcr_root{path}")).filter(&["/apps/x"]).content(&in_folder("/apps/x/config.prod"), OAUTH)
    };
    let fact = provider(nested("/apps/all/application/install.author/a.zip"));
    assert_eq!((why(&fact), fact.run_modes.to_string().as_str()), ("installed", "author.prod"));
    assert_eq!(
        fact.place.to_string(),
        format!(
            "a.zip!/jcr_root/apps/all/application/install.author/a.zip!/jcr_root{}",
            in_folder("/apps/x/config.prod")
        )
    );
    assert!(provider(nested("/etc/packages/acme/a.zip")).installed());
    assert!(why(&provider(nested("/apps/all/files/a.zip"))).contains("neither in an install folder"));
    assert!(why(&provider(nested("/apps/other/install/a.zip"))).contains("no workspace filter covers it"));
    let contradiction = provider(nested("/apps/all/a/install.dev/a.zip"));
    assert!(why(&contradiction).contains("no instance has the run modes"), "{}", why(&contradiction));
}

#[test]
fn what_is_in_a_package_that_is_not_installed_is_not_either() {
    let run = Run::zip().filter(&["/apps/all"]).inside("jcr_root/apps/all/files/outer.zip").filter(&["/apps/in"]);
    let run = run.inside("jcr_root/apps/in/install/inner.zip").filter(&["/apps/x"]);
    let fact = provider(run.content(&in_folder("/apps/x/config"), OAUTH));
    assert!(why(&fact).contains("neither in an install folder"));
}

#[test]
fn an_archive_of_packages_is_like_a_directory_of_packages() {
    let run = Run::zip().inside("delivery/a.zip").filter(&["/apps/x"]).content(&in_folder("/apps/x/config"), OAUTH);
    assert_eq!(why(&provider(run)), "installed");
}

#[test]
fn initial_content_of_a_bundle() {
    let bundle = |header: &str, entry: &str| {
        let manifest = format!("Bundle-SymbolicName: a.b\n{header}\n\n");
        let run = Run::zip().filter(&["/apps/all"]).inside("jcr_root/apps/all/install/a.jar");
        provider(run.file("META-INF/MANIFEST.MF", manifest).file(&format!("{entry}/{PID}.1.config"), OAUTH))
    };
    let header = "Sling-Initial-Content: SLING-INF/apps;path:=/apps/x";
    let loaded = bundle(header, "SLING-INF/apps/config");
    assert_eq!(why(&loaded), "installed");
    assert_eq!(loaded.path, Some(format!("/apps/x/config/{PID}.1.config")));
    assert!(why(&bundle(header, "SLING-INF/other/config")).contains("Sling-Initial-Content"));
    assert!(!bundle("Bundle-Version: 1", "config").installed());
}

#[test]
fn json_of_a_bundle_is_content() {
    let bundle = |header: &str| {
        let manifest = format!("Bundle-SymbolicName: a.b\n{header}\n\n");
        let run = Run::zip().filter(&["/apps/all"]).inside("jcr_root/apps/all/install/a.jar");
        let node = r#"{"jcr:primaryType": "sling:OsgiConfig", "auth.token.provider.scope": ["openid", "AdobeID"]}"#;
        let folder = format!(r#"{{"jcr:primaryType": "sling:Folder", "{PID}-two": {node}}}"#);
        provider(
            run.file("META-INF/MANIFEST.MF", manifest)
                .file(&format!("SLING-INF/apps/config/{PID}-one.json"), node)
                .file("SLING-INF/other/config.json", folder.replace(PID, "com.acme.Other")),
        )
    };
    let header = "Sling-Initial-Content: SLING-INF/apps;path:=/apps/x";
    let loaded = bundle(header);
    assert_eq!(why(&loaded), "installed");
    assert_eq!(loaded.path, Some(format!("/apps/x/config/{PID}-one")));
    assert_eq!(json(&loaded, "scopes"), json!(["openid", "AdobeID"]));
    assert!(why(&bundle(&format!("{header};ignoreImportProviders:=json"))).contains("as files"));
    assert!(why(&bundle("Bundle-Version: 1")).contains("does not cover it"));
}

#[test]
fn resources_of_the_configurator() {
    let bundle = |header: &str| {
        let manifest = format!("Bundle-SymbolicName: a.b\n{header}\n\n");
        let run = Run::zip().filter(&["/apps/all"]).inside("jcr_root/apps/all/install.author/a.jar");
        let text = format!(
            r#"{{":configurator:resource-version": 1, "{PID}~one": {{":configurator:ranking": 3, "auth.token.provider.scope": "openid"}}}}"#
        );
        provider(run.file("META-INF/MANIFEST.MF", manifest).file("OSGI-INF/configurator/acme.json", text))
    };
    let asked = "Require-Capability: osgi.extender;filter:=\"(osgi.extender=osgi.configurator)\"";
    let active = bundle(asked);
    assert_eq!((why(&active), text(&active, "instance")), ("installed", "one"));
    assert_eq!(active.run_modes.to_string(), "author");
    assert!(why(&bundle("Bundle-Version: 1")).contains("does not ask for the OSGi Configurator"));
}

#[test]
fn the_facts_of_packages() {
    let properties = r#"<?xml version="1.0"?><!DOCTYPE properties SYSTEM "http://java.sun.com/dtd/properties.dtd">
        <properties><entry key="group">acme</entry><entry key="name">all</entry><entry key="version">1</entry><entry key="packageType">container</entry></properties>"#;
    let run = Run::zip().filter(&["/apps/all"]).file("META-INF/vault/properties.xml", properties);
    let fact = run.one(Kind::Package);
    let names = ["group", "name", "version", "package_type"].map(|name| text(&fact, name).to_owned());
    assert_eq!(names, ["acme", "all", "1", "container"]);
    assert_eq!((json(&fact, "depth"), fact.place.to_string()), (json!(1), "a.zip".to_owned()));
    let tree = Run::tree().filter(&["/apps/x"]).one(Kind::Package);
    assert_eq!((json(&tree, "depth"), tree.place.to_string()), (json!(0), "src".to_owned()));
}

#[test]
fn duplicates_between_which_chance_decides() {
    let one = "com.acme.A-x.config";
    let two = "com.acme.A~x.cfg.json";
    let run = |first: &str, second: &str| {
        let run = Run::tree().content(&format!("{first}/{one}"), "a=\"1\"\n");
        run.content(&format!("{second}/{two}"), "{\"a\": \"2\"}").of(Kind::Configuration)
    };
    let rivals = run("/apps/x/config", "/apps/y/config");
    for (fact, other) in rivals.iter().zip([1, 0]) {
        assert_eq!(json(fact, "duplicate_of"), json!([rivals[other].place.to_string()]));
    }
    for (first, second) in [
        ("/apps/x/config", "/apps/x/config.author"),
        ("/apps/x/config.author", "/apps/x/config.publish"),
        ("/apps/x/config.dev", "/apps/x/config.prod"),
        ("/libs/x/config", "/apps/x/config"),
        ("/apps/x/config", "/content/x/config"),
    ] {
        assert!(run(first, second).iter().all(|fact| json(fact, "duplicate_of") == json!([])), "{first} {second}");
    }
    assert_eq!(
        json(&run("/apps/x/config.author", "/apps/x/config.dev")[0], "duplicate_of").as_array().unwrap().len(),
        1
    );
}

#[test]
fn the_same_file_in_two_packages() {
    let path = "/apps/x/config/com.acme.A.config";
    let run = Run::zip().filter(&["/apps/x"]).content(path, "a=\"1\"\n").beside("b.zip").filter(&["/apps/x"]);
    let conflict = run.content(path, "a=\"2\"\n").one(Kind::ConfigurationConflict);
    assert_eq!(["cause", "confidence"].map(|name| text(&conflict, name)), ["installation", "medium"]);
    assert!(text(&conflict, "decision").contains("installed last"));
    assert_eq!(conflict.place.to_string(), format!("b.zip!/jcr_root{path}"));
}

/// The conflicts between configurations of one PID in these folders: each with other values but where the same letter
/// stands before the folder.
fn conflicts(target: fn(Run) -> Run, folders: &[&str]) -> Vec<String> {
    let file = |run: Run, (number, folder): (usize, &&str)| {
        let (value, folder) = folder.split_once(':').map_or((number.to_string(), *folder), |(a, b)| (a.to_owned(), b));
        run.content(&format!("{folder}/com.acme.A.config"), format!("a=\"{value}\"\n"))
    };
    let run = folders.iter().enumerate().fold(target(Run::tree()), file);
    let describe = |fact: &Fact| {
        let attributes = ["count", "same_values"].map(|name| json(fact, name).to_string());
        [attributes[0].as_str(), text(fact, "on_instances"), text(fact, "confidence"), &attributes[1]].join(" ")
    };
    run.of(Kind::ConfigurationConflict).iter().map(describe).collect()
}

#[test]
fn conflicts_are_those_of_instances() {
    let on_premise: [(&[&str], &[&str]); 8] = [
        (&["/apps/a/config", "/apps/b/config"], &["2 on every instance high false"]),
        (&["/apps/a/config", "/apps/b/config.author"], &[]),
        (&["/apps/a/config.author", "/apps/b/config.dev"], &["2 on author, dev high false"]),
        (&["/apps/a/config.dev", "/apps/a/config.stage", "/apps/a/config.prod", "/apps/a/config.local"], &[]),
        (
            &["/apps/a/config.author", "/apps/b/config.author", "/apps/a/config.publish", "/apps/b/config.publish"],
            &["2 on author high false", "2 on publish high false"],
        ),
        (&["/apps/a/config.emea", "/apps/a/config.apac"], &["2 where run modes apac and emea are set low false"]),
        (&["x:/apps/a/config", "x:/apps/b/config"], &["2 on every instance high true"]),
        (&["/apps/a/config", "/apps/b/config", "/apps/c/config.author,publish"], &[]),
    ];
    for (folders, expected) in on_premise {
        assert_eq!(conflicts(|run| run, folders), expected, "{folders:?}");
    }
    assert!(conflicts(Run::cloud, &["/apps/a/config.qa", "/apps/b/config.uat"]).is_empty());
    assert_eq!(
        conflicts(Run::cloud, &["/libs/a/config", "/apps/b/config"]),
        ["2 on every instance high false"],
        "the converter makes no difference between roots"
    );
}

fn package(run: Run, name: &str, version: &str) -> Run {
    let properties = format!(
        r#"<properties><entry key="group">acme</entry><entry key="name">{name}</entry><entry key="version">{version}</entry></properties>"#
    );
    run.filter(&["/apps/x"]).file("META-INF/vault/properties.xml", properties)
}

#[test]
fn a_higher_version_of_a_package_replaces_the_lower() {
    let run = package(Run::zip(), "a", "1.9.0").content(&in_folder("/apps/x/config"), JWT);
    let run = package(run.beside("b.zip"), "a", "1.10.0").content(&in_folder("/apps/x/config"), OAUTH);
    let facts = run.of(Kind::TokenProvider);
    assert_eq!(why(&facts[0]), "version 1.10.0 of its package is there, too, and replaces it");
    assert_eq!(why(&facts[1]), "installed");
    assert!(run.none(Kind::ConfigurationConflict));
    let run = package(Run::zip(), "a", "1.9.0").content(&in_folder("/apps/x/config"), JWT);
    let other = package(run.beside("b.zip"), "b", "1.10.0").content(&in_folder("/apps/x/config"), OAUTH);
    assert_eq!(text(&other.one(Kind::ConfigurationConflict), "cause"), "installation");
}

#[test]
fn what_a_higher_version_replaces_is_replaced_with_all_that_is_in_it() {
    let all = |run: Run, version: &str, entry: &str| {
        let all = package(run, "all", version).filter(&["/apps/all"]);
        package(all.inside(&format!("jcr_root/apps/all/{entry}")), "b", version)
    };
    // The new container has no package b any more, and deletes that of the old one.
    let old = || all(Run::zip(), "1.0", "install/b.zip").content(&in_folder("/apps/x/config"), JWT);
    let alone = why(&provider(old())).to_owned();
    let run = package(old().beside("b.zip"), "all", "2.0").filter(&["/apps/all"]);
    let replaced = provider(run.content("/apps/all/install/c.config", "a=\"1\"\n"));
    assert_eq!(alone, "installed");
    assert_eq!(
        why(&replaced),
        "the archive around it is not installed, since version 2.0 of its package is there, too, and replaces it"
    );
}

#[test]
fn a_higher_version_replaces_only_where_it_is_installed() {
    let nested = |run: Run, entry: &str, version: &str| {
        package(
            run.beside("all.zip").filter(&["/apps/all"]).inside(&format!("jcr_root/apps/all/{entry}")),
            "b",
            version,
        )
    };
    let lower = |folder: &str| {
        nested(Run::zip(), &format!("{folder}/b1.zip"), "1.0").content(&in_folder("/apps/x/config"), JWT)
    };
    let why_with = |folder: &str, higher: &str| {
        let run = nested(lower(folder), higher, "2.0").content("/apps/x/config/com.acme.A.config", "a=\"1\"\n");
        why(&provider(run)).to_owned()
    };
    assert!(why_with("install", "install/b2.zip").contains("version 2.0"));
    assert!(why_with("install.author", "install/b2.zip").contains("version 2.0"));
    assert!(why_with("install.author", "install.author/b2.zip").contains("version 2.0"));
    assert_eq!(why_with("install", "files/b2.zip"), "installed");
    assert_eq!(why_with("install", "install.author/b2.zip"), "installed");
}

#[test]
fn content_that_packages_write_differently() {
    let page = |tenant: &str, changed: &str| {
        format!(
            r#"<jcr:root xmlns:sling="http://sling.apache.org/jcr/sling/1.0" xmlns:jcr="http://www.jcp.org/jcr/1.0"
            jcr:primaryType="cq:Page"><jcr:content jcr:primaryType="cq:PageContent" changed="{changed}" jcr:title="Acme"
            sling:resourceType="dam/components/mediaportal/config" tenantURL="https://{tenant}.brand-portal.adobe.com"/></jcr:root>"#
        )
    };
    let at = "/conf/global/settings/cloudconfigs/mediaportal/acme/.content.xml";
    let two = |a: &str, b: &str| {
        Run::zip().filter(&["/conf"]).content(at, a).beside("b.zip").filter(&["/conf"]).content(at, b)
    };
    let conflict = two(&page("acme", "1"), &page("acme-europe", "1")).one(Kind::ContentConflict);
    assert_eq!(text(&conflict, "written"), "brand_portal_configuration");
    assert_eq!((json(&conflict, "count"), text(&conflict, "confidence")), (json!(2), "medium"));
    assert_eq!(conflict.place.to_string(), format!("b.zip!/jcr_root{at}"));
    assert!(two(&page("acme", "1"), &page("acme", "2")).none(Kind::ContentConflict), "what is read of it is equal");
    let modules = Run::tree().content(at, page("acme", "1")).beside("b.zip");
    assert!(modules.none(Kind::ContentConflict));
}

#[test]
fn a_configuration_that_another_one_always_beats_is_overridden() {
    let at = |folder: &str| format!("{folder}/{PID}-1.config");
    let run = Run::tree()
        .content(&at("/apps/x/config"), JWT)
        .content(&at("/apps/x/config.author"), OAUTH)
        .content(&at("/apps/x/config.publish"), OAUTH);
    let overridden: Vec<bool> = run.of(Kind::TokenProvider).iter().map(|fact| fact.overridden.is_some()).collect();
    assert_eq!(overridden, [false, false, true], "config.author, config.publish, config");
    let run = Run::tree().content(&at("/apps/x/config"), JWT).content(&at("/apps/x/config.author"), OAUTH);
    assert!(run.of(Kind::TokenProvider).iter().all(Fact::takes_effect));
    let never = provider(Run::tree().cloud().content(&at("/apps/x/config.qa"), OAUTH));
    assert_eq!(why(&never), "no instance has the run modes of its folder");
    let never = provider(Run::tree().content(&at("/apps/x/config.dev.prod"), OAUTH));
    assert!(why(&never).starts_with("no instance has the run modes"), "{}", why(&never));
}

#[test]
fn an_old_configuration_beside_the_new_one() {
    let folder = "/apps/system/config";
    let run = Run::tree()
        .content(&format!("{folder}/{PID}.42.config"), JWT)
        .content(&format!("{folder}/{PID}-42.config"), OAUTH);
    let superseded: Vec<String> =
        run.of(Kind::TokenProvider).iter().map(|fact| text(fact, "superseded_by").to_owned()).collect();
    assert_eq!(superseded, ["", &format!("src/jcr_root{folder}/{PID}-42.config")]);
    // A JWT provider under another name, with the same title.
    let run = Run::tree()
        .content(&format!("{folder}/{PID}-1.config"), JWT)
        .content(&format!("{folder}/{PID}-2.config"), OAUTH);
    assert!(text(&run.of(Kind::TokenProvider)[0], "superseded_by").ends_with("-2.config"));
    // Not if the successor is never active where the old one is, or is not installed.
    for other in ["/apps/system/config.publish", "/content"] {
        let run = Run::tree()
            .content(&format!("/apps/system/config.author/{PID}-1.config"), JWT)
            .content(&format!("{other}/{PID}-2.config"), OAUTH);
        assert!(run.of(Kind::TokenProvider).iter().all(|fact| text(fact, "superseded_by").is_empty()), "{other}");
    }
}

#[test]
fn providers_of_different_solutions_do_not_replace_each_other() {
    let common = "auth.token.validator.type=\"adobe-ims\"\ntoken.request.customizer.type=\"shared\"\n";
    let run = Run::tree()
        .content(
            &in_folder("/apps/x/config"),
            format!("auth.token.provider.title=\"Target\"\nauth.token.provider.keypair.alias=\"k\"\n{common}"),
        )
        .content(
            &format!("/apps/x/config/{PID}-2.config"),
            format!("auth.token.provider.title=\"Brand Portal\"\nauth.token.provider.orgId=\"X\"\n{common}"),
        );
    assert!(run.of(Kind::TokenProvider).iter().all(|fact| text(fact, "superseded_by").is_empty()));
}

#[test]
fn providers_and_customizers() {
    let customizer = "com.adobe.granite.auth.ims.impl.IMSAccessTokenRequestCustomizerImpl";
    let provider = |kind: &str| {
        Run::tree()
            .content(&in_folder("/apps/x/config"), format!("token.request.customizer.type=\"{kind}\"\n"))
            .content(&format!("/apps/x/config/{customizer}-1.config"), "customizer.type=\"one\"\n")
            .one(Kind::TokenProvider)
    };
    assert_eq!(json(&provider("one"), "customizer_found"), json!(true));
    assert_eq!(json(&provider("two"), "customizer_found"), json!(false));
    assert_eq!(json(&provider("$[env:C]"), "customizer_found"), json!(true));
    assert_eq!(json(&provider(""), "customizer_found"), json!(null));
}

#[test]
fn facts_come_in_the_order_of_places() {
    let names: Vec<String> = (0..20).map(|n| format!("/apps/x/config/com.acme.A-{n:02}.config")).collect();
    let run = |names: &mut dyn Iterator<Item = &String>| {
        names.fold(Run::tree(), |run, name| run.content(name, "b.secret=\"x\"\na=\"https://a.adobe.io\"\n")).facts()
    };
    let lines = |facts: Vec<Fact>| facts.iter().map(|fact| fact.to_json().to_string()).collect::<Vec<_>>();
    let there = lines(run(&mut names.iter()));
    assert_eq!(there, lines(run(&mut names.iter().rev())));
    assert_eq!(there.len(), 60);
}

#[test]
fn a_file_with_a_dot_beside_its_successor_is_superseded() {
    let at = |suffix: &str| format!("/apps/system/config/{PID}{suffix}.config");
    let run = Run::tree().content(&at(".7"), OAUTH).content(&at("-8"), OAUTH);
    let superseded: Vec<bool> =
        run.of(Kind::TokenProvider).iter().map(|fact| !json(fact, "superseded_by").is_null()).collect();
    assert_eq!(superseded, [false, true], "the one with the hyphen comes first");
    let other = OAUTH.replace("smart tags", "Adobe Target");
    let run = Run::tree().content(&at(".7"), OAUTH).content(&at("-8"), other);
    assert!(run.of(Kind::TokenProvider).iter().all(|fact| json(fact, "superseded_by").is_null()));
}

#[test]
fn references_by_pid_resolve() {
    let page = |reference: &str| {
        format!(
            r#"<jcr:root xmlns:jcr="http://www.jcp.org/jcr/1.0" jcr:primaryType="cq:PageContent" imsConfig="{reference}"/>"#
        )
    };
    for (reference, resolved) in [
        (format!("{PID}.1"), true),
        (format!("{PID}~1"), true),
        ("1".to_owned(), true),
        ("smart tags".to_owned(), true),
        (format!("{PID}.2"), false),
    ] {
        let run = Run::tree()
            .content(&in_folder("/apps/x/config"), OAUTH)
            .content("/conf/x/settings/cloudconfigs/a/.content.xml", page(&reference));
        assert_eq!(json(&run.one(Kind::ImsReference), "resolved"), json!(resolved), "{reference}");
    }
}

#[test]
fn a_keystore_file_belongs_to_its_node() {
    let folder = "/home/users/system/dam/x/keystore";
    let node = r#"<jcr:root xmlns:jcr="http://www.jcp.org/jcr/1.0" jcr:primaryType="rep:AuthorizableFolder" a="b"/>"#;
    let store = [0x30, 0x82, 0, 9, 2, 1, 3];
    let run = Run::tree().content(&format!("{folder}/store.p12"), store);
    assert_eq!(json(&run.one(Kind::KeyMaterial), "keystore"), json!(null));
    let run = run.content(&format!("{folder}/.content.xml"), node);
    let keystores: Vec<_> = run.of(Kind::KeyMaterial).iter().map(|fact| json(fact, "keystore")).collect();
    assert_eq!(keystores, [json!(null), json!(folder)]);
}

/// Run::facts compares every run with the same one in brief; this one has all that makes a configuration ordinary or not.
#[test]
fn ordinary_configurations_need_no_fact_unless_they_are_duplicates() {
    let run = Run::tree()
        .content("/apps/x/config/com.acme.A.config", "a=\"1\"\n")
        .content("/apps/x/config.author/com.acme.A.config", "a=\"1\"\n")
        .content("/apps/x/config/com.acme.B.config", "# note\nb=\"1\"\nc=\"2\"\n")
        .content("/apps/x/config/com.acme.B.cfg.json", "{\n  // note\n  \"b\": 1\n}")
        .content("/apps/x/config/com.acme.C.config", "c=\"x\" y\n")
        .content("/apps/x/config/com.acme.D.config", "url=\"HTTPS://ims-na1.adobelogin.com/ims/token\"\n")
        .content("/apps/x/config/com.acme.E.config", "privateKey=\"k\"\nid=\"a@TECHACCT.ADOBE.COM\"\n")
        .content("/apps/x/config/com.acme.F.config", "a=\"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhY21lIn0.c2ln\"\n")
        .content("/apps/x/config/com.acme.G.config", "imsConfig=\"x\"\n")
        .content("/apps/x/other/com.acme.H.cfg.json", "{\"a\": 1}");
    let duplicates: Vec<String> = run
        .of(Kind::Configuration)
        .iter()
        .filter(|fact| json(fact, "duplicate_of") != json!([]))
        .map(|fact| text(fact, "pid").to_owned())
        .collect();
    assert_eq!(duplicates, ["com.acme.B", "com.acme.B"]);
}

/// A run that is large enough is linked by several threads.
#[test]
fn many_files_are_linked_as_few_are() {
    const FOLDERS: [&str; 5] =
        ["/apps/x/config", "/apps/x/config.author.prod", "/apps/y/config", "/apps/x/conf", "/etc/config"];
    const PACKAGES: usize = 6;
    let package = |run: Run, number: usize| {
        let run = run.beside(&format!("{}.zip", PACKAGES - number));
        let mut run = if number == 0 { run } else { run.filter(&["/apps/x", "/etc"]) };
        for file in 0..60 {
            let folder = FOLDERS[(file + number) % FOLDERS.len()];
            run = run.content(&format!("{folder}/com.acme.A{number}-{file}.config"), "a=\"1\"\n");
            // The second half are duplicates of the first.
            let (half, name) = (file / 30, file % 30);
            run = run.content(&format!("{folder}/{half}/com.acme.B{number}n{name}.config"), "a=\"1\"\n");
        }
        run
    };
    let told = |run: &Run| -> Vec<String> {
        let facts = run.facts();
        let one = |fact: &Fact| {
            let (kind, Fact { place, path, run_modes, .. }) = (fact.kind(), fact);
            let duplicate_of = json(fact, "duplicate_of");
            format!("{} {place} {path:?} {run_modes} {} {duplicate_of}", kind.name(), why(fact))
        };
        facts.iter().map(one).collect()
    };
    let together = told(&(0..PACKAGES).fold(Run::zip(), package));
    let apart: Vec<String> = (0..PACKAGES).rev().flat_map(|number| told(&package(Run::zip(), number))).collect();
    assert!(together.len() > 2 * crate::workers::WORTH_SHARING, "{}", together.len());
    assert!(together.iter().filter(|fact| fact.contains("com.acme.B") && !fact.ends_with("[]")).count() > 100);
    assert_eq!(together, apart);
}
