//! `aemlint fix` on disk: what is written is read again, and a run that is cut off leaves nothing half done.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what fails in a test should fail loudly")]

use aemlint::internals::rules::RuleSet;
use mending::{ANSWERS, command, files, json, write_package, write_tree};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

#[path = "support/mending.rs"]
mod mending;

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
                    write_package(folder, &files(example))
                } else {
                    write_tree(folder, &files(example))
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

/// `AEMLINT_KILLED_RUNS` sets how many runs are killed.
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
    let runs = std::env::var("AEMLINT_KILLED_RUNS").map_or(20, |runs| runs.parse().unwrap());
    for step in 1..=runs {
        let folder = fresh();
        let mut child = command(folder.path(), &fix).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Most of the time goes into planning; the end is where something can be half done.
        let part = 0.5 + f64::from(step) / f64::from(2 * runs);
        std::thread::sleep(length.mul_f64(part).max(Duration::from_millis(1)));
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

/// A package and a tree with something to mend.
fn something_to_mend() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/packages/acme.all-1.4.0.zip");
    fs::copy(source, folder.path().join("all.zip")).unwrap();
    let config = folder.path().join("jcr_root/apps/x/config");
    fs::create_dir_all(&config).unwrap();
    let text = "auth.token.provider.title=\"Launch\"\nauth.token.provider.scope=\"openid\"\n\
                auth.access.token.request=\"https://ims-na1.adobelogin.com/ims/token/v2\"\n";
    fs::write(config.join("com.adobe.granite.auth.oauth.accesstoken.provider-launch.config"), text).unwrap();
    folder
}

/// Runs a command that must fail with 2 and one error of one sentence; gives that.
fn refused(mut command: Command) -> String {
    let output = command.output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{error}");
    assert_eq!(error.matches('×').count(), 1, "{error}");
    assert!(output.stdout.is_empty());
    error
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_cannot_be_written_to_is_one_error_and_nothing_is_lost() {
    let folder = something_to_mend();
    let before = snapshot(folder.path());
    let fix = ["fix", ".", "--write", "--set", "region=emea", "--output-dir", "/proc/self"];
    let error = refused(command(folder.path(), &fix));
    assert!(error.contains("cannot be written"), "{error}");
    assert_eq!(snapshot(folder.path()), before);
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_one_error_and_nothing_is_lost() {
    let folder = something_to_mend();
    let before = snapshot(folder.path());
    for options in [&["."][..], &[".", "--in-place"], &["all.zip"]] {
        // No file may become longer than this many blocks: to a writer that is as if the disk was full.
        let mut shell = Command::new("sh");
        let script = "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"";
        shell.args([
            "-c",
            script,
            env!("CARGO_BIN_EXE_aemlint"),
            "fix",
            "--write",
            "--no-config",
            "--set",
            "region=emea",
        ]);
        shell.args(options).current_dir(folder.path()).env_clear();
        let error = refused(shell);
        assert!(error.contains("File too large"), "{error}");
        assert_eq!(snapshot(folder.path()), before);
        let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left.len(), 2, "no temporary file is left: {left:?}");
    }
}
