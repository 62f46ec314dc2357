//! Which configurations count, in which order, and what is refused.

use super::*;
use crate::policy::level::{FailOn, Setting};
use crate::rules::{RuleSet, Severity};
use std::fs::{self, File};
use std::io::Write as _;

const RULE: &str = r#"
title = "No group"
level = "warning"
on = "package"
when = "blank(fact.group)"
message = "There is no group."
help = """
## Why it matters
So.
## What to do
So.
"""
[[example]]
file = "META-INF/vault/filter.xml"
bad = "x"
good = "y"
"#;

fn write(root: &Path, path: &str, text: &str) {
    let file = root.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn pack(root: &Path, path: &str, files: &[(&str, &str)]) -> String {
    let mut zip = zip::ZipWriter::new(File::create(root.join(path)).unwrap());
    for (name, text) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    sha256_of(&fs::read(root.join(path)).unwrap())
}

/// The messages of the mistakes, with what to do.
fn mistakes(root: &Path) -> Vec<(String, String)> {
    let error = read(&root.join("aemlint.toml")).unwrap_err();
    error.placed_mistakes().map(|mistake| (mistake.message.to_owned(), mistake.help.to_owned())).collect()
}

fn levels(config: &Config) -> Vec<(&str, Setting)> {
    config.levels.iter().map(|entry| (entry.name.as_str(), entry.setting)).collect()
}

#[test]
fn what_extends_counts_more_key_by_key_and_lists_are_put_together() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    let company = "target = \"cloud\"\nfail-on = \"error\"\nexclude = [\"**/a\"]\n[levels]\nsecrets = \"off\"\nims = \"note\"\n\
                   [limits]\ndepth = 3\nratio = 7\n[[vendor]]\ngroup = \"v\"\n";
    write(root, "company/aemlint.toml", company);
    write(
        root,
        "team.toml",
        "extends = \"company\"\nfail-on = \"never\"\nexclude = [\"**/b\"]\n[levels]\nims = \"warning\"\n",
    );
    let own = "extends = [\"team.toml\", \"company/aemlint.toml\"]\nexclude = [\"**/c\"]\n[levels]\nims = \"error\"\n[limits]\ndepth = 4\n";
    write(root, "aemlint.toml", own);
    let config = read(&root.join("aemlint.toml")).unwrap();
    assert_eq!((config.target, config.fail_on), (Some(osgi_config::Target::Cloud), Some(FailOn::Never)));
    assert_eq!(levels(&config), [("ims", Setting::At(Severity::Error)), ("secrets", Setting::Off)]);
    let excluded: Vec<&str> = config.exclude.iter().map(|exclude| exclude.glob.as_str()).collect();
    assert_eq!(excluded, ["**/c", "**/b", "**/a"], "each file counts once");
    let mut limits = zip_audit::Limits::default();
    config.limits.apply(&mut limits);
    assert_eq!((limits.depth, limits.ratio), (4, 7));
    assert_eq!(config.vendors.len(), 1);
    let origin = |key: &str| config.origins[key].to_string().replace(&root.display().to_string(), "");
    let origins = ["target", "fail-on", "limits.depth", "limits.ratio"].map(origin);
    assert_eq!(origins, ["/company/aemlint.toml:1", "/team.toml:2", "/aemlint.toml:6", "/company/aemlint.toml:9"]);
    assert_eq!(config.extended.len(), 2);
}

#[test]
fn a_later_entry_counts_more() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    write(root, "a.toml", "fail-on = \"never\"\n");
    write(root, "b.toml", "fail-on = \"note\"\n");
    write(root, "aemlint.toml", "extends = [\"a.toml\", \"b.toml\"]\n");
    assert_eq!(read(&root.join("aemlint.toml")).unwrap().fail_on, Some(FailOn::AtLeast(Severity::Note)));
}

#[test]
fn rules_are_relative_to_the_file_that_names_them() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    write(root, "policy/aemlint.toml", "rules = [\"rules\"]\n");
    write(root, "policy/rules/acme/no-group.toml", RULE);
    write(root, "project/aemlint.toml", "extends = ['..\\policy']\n");
    let config = read(&root.join("project/aemlint.toml")).unwrap();
    let mut rules = RuleSet::default();
    config.rules.iter().for_each(|further| further.source.add_to(&mut rules).unwrap());
    assert_eq!(rules.names().collect::<Vec<_>>(), [("no-group", "acme")]);
}

#[test]
fn a_circle_is_refused_with_its_chain() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    write(root, "aemlint.toml", "extends = [\"a.toml\"]\n");
    write(root, "a.toml", "extends = [\"b.toml\"]\n");
    write(root, "b.toml", "extends = [\"./a.toml\"]\n");
    let [(message, _)] = mistakes(root).try_into().unwrap();
    let prefix = format!("{}/", root.display());
    let message = message.replace(&prefix, "").replace("./", "");
    assert_eq!(message, "configurations extend each other: a.toml extends b.toml extends a.toml");
    write(root, "b.toml", "extends = [\"aemlint.toml\"]\n");
    assert_eq!(mistakes(root).len(), 1);
}

#[test]
fn a_chain_and_the_number_of_files_are_bounded() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    write(root, "aemlint.toml", "extends = [\"1.toml\"]\n");
    for number in 1..20 {
        write(root, &format!("{number}.toml"), &format!("extends = [\"{}.toml\"]\n", number + 1));
    }
    write(root, "20.toml", "");
    let [(message, _)] = mistakes(root).try_into().unwrap();
    assert!(message.contains("more than 8 steps"), "{message}");
    let many: Vec<String> = (100..200).map(|number| format!("\"{number}.toml\"")).collect();
    (100..200).for_each(|number| write(root, &format!("{number}.toml"), ""));
    write(root, "aemlint.toml", &format!("extends = [{}]\n", many.join(", ")));
    assert_eq!(mistakes(root).len(), 100 - MAX_EXTENDED_FILES);
}

#[test]
fn a_wrong_hash_is_an_error_with_both_before_anything_is_parsed() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    write(root, "policy.toml", "this is no configuration");
    let (pinned, found) = ("0".repeat(64), sha256_of(b"this is no configuration"));
    write(root, "aemlint.toml", &format!("extends = [{{ path = \"policy.toml\", sha256 = \"{pinned}\" }}]\n"));
    let [(message, help)] = mistakes(root).try_into().unwrap();
    assert_eq!(message, "what is extended here is not what was pinned");
    assert!(
        help.contains(&format!("sha256 = \"{pinned}\"")) && help.contains(&format!("sha256 = \"{found}\"")),
        "{help}"
    );
    let upper = found.to_ascii_uppercase();
    write(root, "aemlint.toml", &format!("extends = [{{ path = \"policy.toml\", sha256 = \"{upper}\" }}]\n"));
    assert!(mistakes(root)[0].0.starts_with("this is not TOML"));
}

#[test]
fn a_file_that_is_pinned_names_nothing_that_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    write(root, "policy/aemlint.toml", "rules = [\"rules\"]\nextends = [\"base.toml\"]\n");
    write(root, "policy/base.toml", "fail-on = \"never\"\n");
    write(root, "policy/rules/acme/no-group.toml", RULE);
    let hash = hash_to_pin(&root.join("policy/aemlint.toml")).unwrap();
    write(root, "aemlint.toml", &format!("extends = [{{ path = \"policy/aemlint.toml\", sha256 = \"{hash}\" }}]\n"));
    let found = mistakes(root);
    let whole = hash_to_pin(&root.join("policy")).unwrap();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().any(|(_, help)| help.contains(&whole)), "{found:?}");
    write(root, "aemlint.toml", &format!("extends = [{{ path = \"policy\", sha256 = \"{whole}\" }}]\n"));
    let config = read(&root.join("aemlint.toml")).unwrap();
    assert_eq!(config.fail_on, Some(FailOn::Never));
    let mut rules = RuleSet::default();
    config.rules[0].source.add_to(&mut rules).unwrap();
    assert_eq!(rules.names().collect::<Vec<_>>(), [("no-group", "acme")]);
    // What is added later is not covered, and what is not read does not matter.
    write(root, "policy/README.md", "new");
    assert_eq!(hash_to_pin(&root.join("policy")).unwrap(), whole);
    write(root, "policy/rules/acme/other.toml", RULE);
    assert_eq!(mistakes(root)[0].0, "what is extended here is not what was pinned");
}

#[test]
fn a_zip_holds_a_configuration_and_its_rules() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    let config = ("aemlint.toml", "rules = [\"rules\"]\nextends = [\"base.toml\"]\n");
    let files =
        [config, ("base.toml", "fail-on = \"never\"\n"), ("rules/acme/no-group.toml", RULE), ("README.md", "x")];
    let hash = pack(root, "policy.zip", &files);
    write(root, "aemlint.toml", &format!("extends = [{{ path = \"policy.zip\", sha256 = \"{hash}\" }}]\n"));
    let config = read(&root.join("aemlint.toml")).unwrap();
    assert_eq!(config.fail_on, Some(FailOn::Never));
    let mut rules = RuleSet::default();
    config.rules[0].source.add_to(&mut rules).unwrap();
    assert_eq!(rules.names().collect::<Vec<_>>(), [("no-group", "acme")]);
    assert!(config.rules[0].source.to_string().ends_with("policy.zip!/rules"));
    // As GitHub and file managers pack a folder.
    let in_folder: Vec<(String, &str)> =
        files.iter().map(|(name, text)| (format!("policy-1.0/{name}"), *text)).collect();
    let in_folder: Vec<(&str, &str)> = in_folder.iter().map(|(name, text)| (name.as_str(), *text)).collect();
    pack(root, "policy.zip", &in_folder);
    write(root, "aemlint.toml", "extends = [\"policy.zip\"]\n");
    let config = read(&root.join("aemlint.toml")).unwrap();
    assert!(config.rules[0].source.to_string().ends_with("policy.zip!/policy-1.0/rules"));
}

#[test]
fn what_a_pack_names_lies_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    write(root, "outside.toml", "");
    write(root, "aemlint.toml", "extends = [\"policy.zip\"]\n");
    for (text, expected) in [
        ("extends = [\"../outside.toml\"]", "this leads out of the pack that it stands in"),
        ("extends = [\"/etc/aemlint.toml\"]", "this leads out of the pack that it stands in"),
        ("rules = ['C:\\rules']", "this leads out of the pack that it stands in"),
        ("rules = [\"nope\"]", "there is no such folder in the pack"),
        ("extends = [\"nope.toml\"]", "what is extended here cannot be read: there is no such file in the pack"),
    ] {
        pack(root, "policy.zip", &[("aemlint.toml", text)]);
        let found = mistakes(root);
        assert_eq!(found.iter().map(|(message, _)| message.as_str()).collect::<Vec<_>>(), [expected], "{text}");
    }
}

#[test]
fn what_cannot_be_read_is_said_where_it_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    write(root, "aemlint.toml", "extends = [\"gone.toml\", \"empty\", \"broken.zip\", \"none.zip\"]\n");
    fs::create_dir(root.join("empty")).unwrap();
    pack(root, "none.zip", &[("a.txt", "x")]);
    fs::write(root.join("broken.zip"), b"PK\x03\x04").unwrap();
    let found = mistakes(root);
    assert_eq!(found.len(), 4, "{found:?}");
    assert!(
        found.iter().all(|(message, _)| message.starts_with("what is extended here cannot be read: ")),
        "{found:?}"
    );
    write(root, "aemlint.toml", "extends = [\"https://example.com/aemlint.toml\"]\n");
    let [(_, help)] = mistakes(root).try_into().unwrap();
    assert!(help.starts_with("Nothing is fetched"), "{help}");
}

#[test]
fn mistakes_of_all_files_are_found_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    write(root, "a.toml", "targt = \"cloud\"\n");
    write(root, "b.toml", "fail-on = 3\n");
    write(root, "aemlint.toml", "extends = [\"a.toml\", \"b.toml\", \"c.toml\"]\n");
    assert_eq!(mistakes(root).len(), 3);
}
