//! Judging what was collected is judging the packages, byte for byte in every form of report; what is no bundle is named.
//!
//! Sets of packages and trees are made of the files of the rules' examples. A few sets are tried; with `AEMLINT_WHOLE_SETS=1` all.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "what fails in a test should fail loudly")]
#![allow(unreachable_pub, reason = "modules of several tests")]

#[path = "bundles/damaged.rs"]
mod damaged;
#[path = "bundles/law.rs"]
mod law;
#[path = "support/random.rs"]
mod random;
#[path = "bundles/sets.rs"]
mod sets;

use serde_json::Value;
use sets::{FILTER, pack};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn aemlint(directory: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aemlint"));
    command.args(arguments).current_dir(directory).env_clear().env("SOURCE_DATE_EPOCH", "1767225600").output().unwrap()
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
    assert!(report["deployments"].is_null(), "one goes without saying");
    let (_, report, notes) = check("deployment,path\nprod,b.zip\n");
    assert_eq!(report["summary"]["packages"], 1);
    assert!(notes.contains("no line of the map names: 1"), "{notes}");
    let (_, report, _) = check("\u{feff}deployment,path\r\nstage,b.zip\r\nprod,a.zip\r\n");
    assert_eq!(report["summary"]["deployments"], 2);
    assert_eq!(report["deployments"][1]["name"], "stage");
    // A package in two deployments is judged in each.
    let (_, report, _) = check("deployment,path\nstage,a.zip\nprod,a.zip\nprod,b.zip\n");
    assert_eq!(report["summary"]["deployments"], 2);
    assert_eq!(report["summary"]["packages"], 3);
    let (code, _, error) = check("deployment,path\nprod,a.zip\nprod,none.zip\n");
    assert_eq!(code, Some(2));
    assert!(error.contains("map.csv:3"), "{error}");
    for (map, place, help) in [
        ("deployment,path\nprod,none.zip\n", "map.csv:2", "status lines"),
        ("deployment,sha256\nprod,12\n", "map.csv:2", "status lines"),
        ("deployment\nprod\n", "map.csv:1", "deployment,path"),
        ("deployment;path\nprod;a.zip\n", "map.csv:1", "commas"),
        ("deployment,path\nprod,a.zip,x\n", "map.csv:2", "quotation marks"),
    ] {
        let (code, _, error) = check(map);
        assert_eq!(code, Some(2), "{error}");
        let words = error.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(place) && words.contains(help), "{words}");
    }
    let (code, report, notes) = check("deployment,path\nprod,a.zip\nprod,a.zip\n");
    assert_ne!(code, Some(2));
    assert_eq!(report["summary"]["packages"], 1);
    assert!(notes.contains("map.csv:3") && notes.contains("line 2"), "{notes}");
}

#[test]
fn reports_name_the_deployments_of_a_map() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    let config = "jcr_root/apps/x/config/com.adobe.granite.auth.oauth.accesstoken.provider-1.config";
    let text = "auth.token.provider.title=\"a\"\nauth.token.provider.type=\"ims\"\nclient.secret=\"p8e-hunter2-x9\"\n\
                auth.access.token.request.endpoint=\"http://ims-na1.adobelogin.com/ims/token/v3\"\n";
    for name in ["a.zip", "b.zip"] {
        let files = vec![(config.to_owned(), text.into()), ("META-INF/vault/filter.xml".to_owned(), FILTER.into())];
        fs::write(root.join(name), pack(&files)).unwrap();
    }
    aemlint(root, &["collect", ".", "-o", "out"]);
    fs::write(root.join("map.csv"), "path,deployment\na.zip,stage\nb.zip,prod\n").unwrap();
    for (format, expected) in [
        ("text", "  deployment stage"),
        ("csv", ",stage,"),
        ("html", "deployment stage"),
        ("markdown", "| deployment stage |"),
    ] {
        let arguments = ["check", "--from", "out", "--deployments", "map.csv", "--format", format, "--no-config"];
        let output = aemlint(root, &arguments);
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(text.contains(expected), "{format}: {text}");
    }
}
