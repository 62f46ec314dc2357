//! `aemlint fix` on disk: what is written is read again, and a run that is cut off leaves nothing half done.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails in a test should fail loudly")]

use aemlint::rules::{Example, ExampleFile, RuleSet};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const ANSWERS: &str = r#"
region = "emea"
org-id = "0123456789ABCDEF01234567@AdobeOrg"
client-id = "0123456789abcdef0123456789abcdef"
client-secret = "{0a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d}"
scope = "openid, AdobeID"
ims-configuration = "brand-portal"
keep-tenant = "acme"
"#;

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aemlint"));
    command.args(arguments).arg("--no-config").current_dir(folder).env_clear();
    command
}

/// Runs a command that prints JSON.
fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = command(folder, arguments).args(["--format", "json"]).output().unwrap();
    assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn files(example: &Example) -> impl Iterator<Item = &ExampleFile> {
    example.bad.iter().chain(&example.with)
}

fn write_tree(folder: &Path, example: &Example) {
    for file in files(example) {
        let path = folder.join(&file.file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &file.content).unwrap();
    }
}

/// The same as a package in a package.
fn write_package(folder: &Path, example: &Example) {
    let pack = |entries: Vec<(String, Vec<u8>)>| {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, content) in entries {
            writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(&content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let inner = pack(files(example).map(|file| (file.file.clone(), file.content.clone())).collect());
    fs::write(folder.join("all.zip"), pack(vec![("jcr_root/apps/x/install/sub.zip".to_owned(), inner)])).unwrap();
}

fn of_rule(findings: &Value, rule: &str) -> usize {
    findings.as_array().unwrap().iter().filter(|finding| finding["rule"] == rule).count()
}

#[test]
fn every_rule_with_a_fix_mends_its_examples_in_trees_and_in_packages() {
    let rules = RuleSet::builtin();
    let mut mended = 0;
    for id in rules.ids() {
        for example in rules.rule(id).unwrap().examples.iter().filter(|example| !example.bad.is_empty()) {
            let target = example.target.name();
            for in_package in [false, true] {
                let folder = tempfile::tempdir().unwrap();
                let folder = folder.path();
                fs::write(folder.join("answers.toml"), ANSWERS).unwrap();
                if in_package {
                    write_package(folder, example)
                } else {
                    write_tree(folder, example)
                }
                let options = ["--select", id, "--target", target];
                let fix = [
                    &["fix", ".", "--write", "--in-place", "--unsafe-fixes", "--answers", "answers.toml"][..],
                    &options,
                ]
                .concat();
                let first = json(folder, &fix);
                let left = of_rule(&first["left"], id);
                let now = json(folder, &[&["check", "."][..], &options].concat());
                assert_eq!(of_rule(&now["findings"], id), left, "{id}, in a package: {in_package}: {first:#}");
                // Not all that is rejected has one right form.
                let is_unclear = |left: &Value| {
                    left["detail"] == "it is not certain what the file is meant to say"
                        && id == "rejected-configuration"
                };
                let left = first["left"].as_array().unwrap().iter().filter(|left| !is_unclear(left));
                let held = left.map(|left| &left["state"]).any(|state| state == "held-back" || state == "not-chosen");
                assert!(!held, "{id}, in a package: {in_package}: {first:#}");
                let again = json(folder, &fix);
                assert_eq!(again["mended"], Value::Array(Vec::new()), "{id}: a second run");
                mended += first["mended"].as_array().unwrap().len();
            }
        }
    }
    assert!(mended > 60, "only {mended} findings were mended");
}

/// Every file below a folder but those that are being written.
fn snapshot(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                open.push(path);
            } else if !name.ends_with(".tmp") {
                found.push((name, fs::read(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_run_that_is_killed_leaves_every_file_old_or_new() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/packages/acme.all-1.4.0.zip");
    let fresh = || {
        let folder = tempfile::tempdir().unwrap();
        fs::copy(&source, folder.path().join("all.zip")).unwrap();
        let config = folder.path().join("jcr_root/apps/x/config");
        fs::create_dir_all(&config).unwrap();
        for number in 0..20 {
            let name = format!("com.adobe.granite.auth.oauth.accesstoken.provider-{number}.config");
            let text = format!(
                "auth.token.provider.title=\"Launch {number}\"\nauth.token.provider.scope=\"openid\"\n\
                 auth.access.token.request=\"https://ims-na1.adobelogin.com/ims/token/v2\"\n"
            );
            fs::write(config.join(name), text).unwrap();
        }
        folder
    };
    let fix =
        ["fix", ".", "--write", "--in-place", "--set", "region=emea", "--select", "wrong-token-endpoint,smart-tags"];
    let whole = fresh();
    let before = snapshot(whole.path());
    let start = std::time::Instant::now();
    assert!(command(whole.path(), &fix).output().unwrap().status.code().is_some());
    let length = start.elapsed();
    let after = snapshot(whole.path());
    assert_ne!(before, after);
    for step in 1..=20_u32 {
        let folder = fresh();
        let mut child = command(folder.path(), &fix).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Most of the time goes into planning; the end is where something can be half done.
        std::thread::sleep(length.mul_f64(0.5 + f64::from(step) / 40.0).max(Duration::from_millis(1)));
        let _ = child.kill();
        child.wait().unwrap();
        for (name, content) in snapshot(folder.path()) {
            let is = |state: &[(String, Vec<u8>)]| state.contains(&(name.clone(), content.clone()));
            assert!(is(&before) || is(&after), "{name} is neither old nor new");
        }
        command(folder.path(), &fix).output().unwrap();
        assert_eq!(snapshot(folder.path()), after, "a run that was cut off is taken up again");
    }
}
