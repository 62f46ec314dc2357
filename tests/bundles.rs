//! Judging what was collected is judging the packages, byte for byte in every form of report.
//!
//! Sets of packages are made of the files of the rules' examples. A few sets are tried; with `AEMLINT_WHOLE_SETS=1` all.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "what fails in a test should fail loudly")]
#![allow(unreachable_pub, reason = "modules of several tests")]

#[path = "support/random.rs"]
mod random;

use aemlint::internals::rules::RuleSet;
use random::Random;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Sets of packages: those that are always tried, and all.
const FEW: u64 = 12;
const ALL: u64 = 300;

/// The forms of report, but for those that show the time or are made to be looked at in a terminal.
const FORMATS: [&str; 9] = ["json", "sarif", "markdown", "html", "csv", "github", "gitlab", "junit", "concise"];

type Files = Vec<(String, Vec<u8>)>;

fn aemlint(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aemlint"));
    command.args(arguments).current_dir(directory).env_clear().env("SOURCE_DATE_EPOCH", "1767225600").output().unwrap()
}

fn pack(files: &Files) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut names = std::collections::BTreeSet::new();
    for (name, content) in files.iter().filter(|(name, _)| names.insert(name.clone())) {
        writer.start_file(name.as_str(), zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// The files of every example of a built-in rule.
fn examples() -> Vec<Files> {
    let rules = RuleSet::builtin();
    let ids: Vec<String> = rules.ids().map(str::to_owned).collect();
    let mut found = Vec::new();
    for id in &ids {
        for example in &rules.rule(id).unwrap().examples {
            let files = example.bad.iter().chain(&example.with).chain(&example.good);
            let files: Files = files.map(|file| (file.file.clone(), file.content.clone())).collect();
            if !files.is_empty() {
                found.push(files);
            }
        }
    }
    assert!(found.len() > 80, "{}", found.len());
    found
}

const FILTER: &str = r#"<workspaceFilter version="1.0"><filter root="/apps"/><filter root="/conf"><exclude pattern="/conf/x/.*"/></filter><filter root="/etc"/></workspaceFilter>"#;

fn properties(random: &mut Random) -> String {
    let (name, version) = (random.below(3), random.below(3));
    format!(
        r#"<properties><entry key="group">acme</entry><entry key="name">p{name}</entry><entry key="version">1.{version}</entry></properties>"#
    )
}

/// A package of the files of some examples.
fn package(random: &mut Random, examples: &[Files]) -> Vec<u8> {
    let mut files: Files = Vec::new();
    for _ in 0..1 + random.below(3) {
        files.extend(random.pick(examples).iter().cloned());
    }
    if !random.one_in(4) {
        files.push(("META-INF/vault/filter.xml".to_owned(), FILTER.into()));
        files.push(("META-INF/vault/properties.xml".to_owned(), properties(random).into()));
    }
    if random.one_in(6) {
        files.push(("jcr_root/apps/acme/broken.xml".to_owned(), b"<jcr:root imsConfig=\"a".to_vec()));
    }
    if random.one_in(6) {
        files.push(("jcr_root/apps/acme/install/none.zip".to_owned(), b"no archive".to_vec()));
    }
    if random.one_in(5) {
        let inner = pack(random.pick(examples));
        files.push(("jcr_root/apps/acme/install.author/sub-1.0.zip".to_owned(), inner));
    }
    let mut bytes = pack(&files);
    if random.one_in(8) {
        bytes.truncate(bytes.len() * 2 / 3);
    }
    bytes
}

/// A set of packages in a directory, by their paths.
fn set(directory: &Path, seed: u64, examples: &[Files]) -> Vec<String> {
    let random = &mut Random::new(seed);
    let mut paths = Vec::new();
    let mut last: Option<Vec<u8>> = None;
    for number in 0..1 + random.below(4) {
        let again = last.take().filter(|_| random.one_in(4));
        let bytes = again.unwrap_or_else(|| package(random, examples));
        let path = format!("{}/p{number}-1.{}.zip", ["a", "b"][random.below(2)], random.below(3));
        fs::create_dir_all(directory.join(&path).parent().unwrap()).unwrap();
        fs::write(directory.join(&path), &bytes).unwrap();
        last = Some(bytes);
        paths.push(path);
    }
    paths.sort();
    paths
}

/// What a run says: all of its reports, and its exit code.
fn reports(directory: &Path, command: &[&str], name: &str) -> Vec<(String, Vec<u8>)> {
    let mut arguments: Vec<String> = command.iter().map(|&word| word.to_owned()).collect();
    arguments.extend(["--no-times", "--no-config", "--format", "text"].map(str::to_owned));
    for format in FORMATS {
        arguments.push("--output".to_owned());
        arguments.push(format!("{format}={name}.{format}"));
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = aemlint(directory, &arguments);
    assert_ne!(output.status.code(), Some(2), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    let mut all = vec![
        ("text".to_owned(), output.stdout),
        ("code".to_owned(), output.status.code().unwrap().to_string().into_bytes()),
    ];
    for format in FORMATS {
        let file = directory.join(format!("{name}.{format}"));
        all.push((format.to_owned(), fs::read(&file).unwrap()));
    }
    all
}

fn assert_same(expected: &[(String, Vec<u8>)], found: &[(String, Vec<u8>)], context: &str) {
    for ((form, expected), (_, found)) in expected.iter().zip(found) {
        if expected == found {
            continue;
        }
        let (expected, found) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(found));
        let differing = expected.lines().zip(found.lines()).enumerate().find(|(_, (a, b))| a != b);
        panic!("{context}: {form} differs: {differing:#?}\n{} and {} bytes", expected.len(), found.len());
    }
}

fn check_set(seed: u64, examples: &[Files]) {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let paths = set(directory, seed, examples);
    let words = |first: &[&'static str]| -> Vec<&str> {
        first.iter().copied().chain(paths.iter().map(String::as_str)).collect()
    };
    let collected = aemlint(directory, &words(&["collect", "-o", "bundles"]));
    assert_ne!(collected.status.code(), Some(2), "{}", String::from_utf8_lossy(&collected.stderr));
    for target in [&[][..], &["--target", "cloud"]] {
        let expected = words(&[&["check", "--together"][..], target].concat());
        let expected = reports(directory, &expected, "expected");
        let found = reports(directory, &[&["check", "--together", "--from", "bundles"][..], target].concat(), "found");
        assert_same(&expected, &found, &format!("set {seed} {target:?}"));
    }
    let apart = reports(directory, &words(&["check"]), "expected");
    let shelf = reports(directory, &["check", "--from", "bundles"], "found");
    assert_same(&apart, &shelf, &format!("set {seed} as a shelf"));
    let list = |arguments: &[&str]| aemlint(directory, &[arguments, &["--no-config", "--format", "json"]].concat());
    let with = ["--with", "secrets,keys,references,endpoints"];
    let expected = list(&[&words(&["inventory", "--together"])[..], &with].concat());
    let found = list(&[&["inventory", "--together", "--from", "bundles"][..], &with].concat());
    assert_eq!(expected.stdout, found.stdout, "set {seed}: inventory");
    assert_eq!(expected.status.code(), found.status.code(), "set {seed}: inventory");
}

#[test]
fn what_was_collected_is_judged_as_the_packages_are() {
    let examples = examples();
    let sets = if std::env::var_os("AEMLINT_WHOLE_SETS").is_some() { ALL } else { FEW };
    (0..sets).for_each(|seed| check_set(seed, &examples));
}

fn bundles(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|end| end == "bundle")).collect();
    found.sort();
    found
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A directory with the packages `a.zip` and `copy.zip`, which are equal, and `b.zip`.
fn three() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let config = |value: &str| {
        let name = "jcr_root/apps/x/config/com.adobe.granite.auth.oauth.accesstoken.provider-1.config";
        pack(&vec![
            (name.to_owned(), format!("auth.token.provider.title=\"{value}\"\n").into_bytes()),
            ("META-INF/vault/filter.xml".to_owned(), FILTER.into()),
        ])
    };
    for (name, value) in [("a.zip", "a"), ("copy.zip", "a"), ("b.zip", "b")] {
        fs::write(directory.path().join(name), config(value)).unwrap();
    }
    directory
}

#[test]
fn equal_packages_are_one_bundle_and_no_package_is_read_twice() {
    let directory = three();
    let collect = |paths: &[&str]| {
        let arguments = [&["collect", "-o", "out", "--format", "json"][..], paths].concat();
        lines(&aemlint(directory.path(), &arguments))
    };
    let first = collect(&["."]);
    assert_eq!(first.len(), 3);
    let made: Vec<&str> = first.iter().map(|line| line["bundle"].as_str().unwrap()).collect();
    assert_eq!(
        made.iter().filter(|made| **made == "made").count() + made.iter().filter(|made| **made == "kept").count(),
        3
    );
    let there = bundles(&directory.path().join("out"));
    assert_eq!(there.len(), 2);
    let before: Vec<Vec<u8>> = there.iter().map(|path| fs::read(path).unwrap()).collect();
    let again = collect(&["a.zip", "b.zip", "copy.zip"]);
    assert!(again.iter().all(|line| line["bundle"] == "kept" && line["status"] == "ok"), "{again:#?}");
    let after: Vec<Vec<u8>> = there.iter().map(|path| fs::read(path).unwrap()).collect();
    assert_eq!(before, after);
    // The same package read in another way is another reading.
    let shallow = collect(&["--max-depth", "1", "b.zip"]);
    assert_eq!(shallow[0]["bundle"], "made");
    let report = aemlint(directory.path(), &["check", "--from", "out", "--format", "json", "--no-config"]);
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    let inputs: Vec<&str> =
        report["inputs"].as_array().unwrap().iter().map(|it| it["path"].as_str().unwrap()).collect();
    assert_eq!(inputs, ["a.zip", "b.zip", "copy.zip"]);
}

#[test]
fn what_cannot_be_collected_is_said_and_the_others_are_collected() {
    let directory = three();
    let list = directory.path().join("list");
    fs::write(&list, "missing.zip\na.zip\nlist\n").unwrap();
    let output = aemlint(
        directory.path(),
        &["collect", "--files-from", "list", "-o", "out", "--format", "json", "--threads", "1"],
    );
    assert_eq!(output.status.code(), Some(3));
    let lines = lines(&output);
    let status = |path: &str| {
        let line = lines.iter().find(|line| line["path"] == path).unwrap();
        (line["status"].as_str().unwrap().to_owned(), line["reason"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(status("a.zip").0, "ok");
    assert_eq!(status("missing.zip"), ("failed".to_owned(), "it does not exist".to_owned()));
    assert_eq!(status("list").0, "failed");
    assert_eq!(bundles(&directory.path().join("out")).len(), 1);
}

#[test]
fn damaged_and_foreign_bundles_are_named_and_the_others_judged() {
    let directory = three();
    let root = directory.path();
    aemlint(root, &["collect", "a.zip", "b.zip", "-o", "out"]);
    let there = bundles(&root.join("out"));
    let whole = fs::read(&there[0]).unwrap();
    let judged = || {
        let output = aemlint(root, &["check", "--from", "out", "--format", "json", "--no-config"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let unread = report["unread"].as_array().unwrap().clone();
        (output.status.code(), unread, report["summary"]["packages"].as_u64().unwrap())
    };
    assert_eq!(judged().2, 2);
    let version = |bytes: &[u8]| String::from_utf8_lossy(bytes).replacen(env!("CARGO_PKG_VERSION"), "99.0.0", 1);
    let end = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let other = [version(&whole[..end]).as_bytes(), &whole[end..]].concat();
    let mut flipped = whole.clone();
    let middle = whole.len() / 2;
    flipped[middle] ^= 0x10;
    let longer = [&whole[..], b"x"].concat();
    let stranger = fs::read(&there[1]).unwrap();
    for (bytes, word) in [
        (b"PK\x03\x04".to_vec(), "damaged"),
        (Vec::new(), "damaged"),
        (whole[..whole.len() - 9].to_vec(), "damaged"),
        (flipped, "damaged"),
        (longer, "damaged"),
        (other, "version 99.0.0"),
        (stranger, "another package"),
    ] {
        fs::write(&there[0], bytes).unwrap();
        let (code, unread, packages) = judged();
        assert_eq!((code, packages), (Some(3), 1), "{word}");
        assert_eq!(unread.len(), 1);
        assert!(unread[0].to_string().contains(word), "{unread:?}");
    }
    // What is not whole is collected again.
    let again = aemlint(root, &["collect", "a.zip", "b.zip", "-o", "out", "--format", "json"]);
    let made = lines(&again).iter().filter(|line| line["bundle"] == "made").count();
    assert_eq!(made, 1);
    assert_eq!(fs::read(&there[0]).unwrap(), whole);
}

#[test]
fn a_map_says_what_is_one_deployment() {
    let directory = three();
    let root = directory.path();
    aemlint(root, &["collect", ".", "-o", "out"]);
    let check = |map: &str| {
        fs::write(root.join("map.csv"), map).unwrap();
        let arguments = ["check", "--from", "out", "--deployments", "map.csv", "--format", "json", "--no-config"];
        let output = aemlint(root, &arguments);
        let report = serde_json::from_slice::<Value>(&output.stdout).unwrap_or_default();
        (output.status.code(), report, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (_, report, _) = check("deployment,path\nprod,a.zip\nprod,b.zip\n");
    assert_eq!(report["summary"]["deployments"], 1);
    assert_eq!(report["summary"]["packages"], 2);
    let (_, report, notes) = check("deployment,path\nprod,b.zip\n");
    assert_eq!(report["summary"]["packages"], 1);
    assert!(notes.contains("no line of the map names: 1"), "{notes}");
    let (_, report, _) = check("deployment,path\nprod,a.zip\nstage,b.zip\n");
    assert_eq!(report["summary"]["deployments"], 2);
    // A package in two deployments is judged in each.
    let (_, report, _) = check("deployment,path\nstage,a.zip\nprod,a.zip\nprod,b.zip\n");
    assert_eq!(report["summary"]["deployments"], 2);
    assert_eq!(report["summary"]["packages"], 3);
    let (code, _, error) = check("deployment,path\nprod,a.zip\nprod,none.zip\n");
    assert_eq!(code, Some(2));
    assert!(error.contains("map.csv:3"), "{error}");
}
