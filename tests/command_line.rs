//! The program as its users meet it: exit codes, what goes to which stream, configuration, ignores, the baseline.
#![allow(clippy::unwrap_used, reason = "what fails in a test should fail loudly")]

use std::path::Path;
use std::process::{Command, Output};

const PROVIDER: &str = "jcr_root/apps/x/config/com.adobe.granite.auth.oauth.accesstoken.provider~a.cfg.json";

/// An OAuth credential without a scope.
const NO_SCOPE: &str = r#"{
  "auth.token.provider.title": "Smart Tags",
  "auth.token.provider.authorization.grants": "client_credentials",
  "auth.token.provider.orgId": "0123456789ABCDEF01234567@AdobeOrg"
}
"#;

fn run(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_aemlint"))
        .args(arguments)
        .current_dir(directory)
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("GITHUB_STEP_SUMMARY")
        .output()
        .unwrap()
}

/// Exit code, standard output, standard error.
fn said(directory: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = run(directory, arguments);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn write(directory: &Path, name: &str, text: &str) {
    let path = directory.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A project with one finding of `missing-scope`.
fn project() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), PROVIDER, NO_SCOPE);
    directory
}

const SCOPE: &[&str] = &["check", "--select", "missing-scope", "--format", "concise"];

fn scope(directory: &Path, more: &[&str]) -> (i32, String, String) {
    said(directory, &[SCOPE, more].concat())
}

#[test]
fn a_finding_is_on_standard_output_and_the_exit_code_is_1() {
    let project = project();
    let (code, out, err) = scope(project.path(), &[]);
    assert_eq!(code, 1, "{err}");
    assert_eq!(out.lines().count(), 1, "{out}");
    assert!(out.starts_with(PROVIDER) && out.contains("[missing-scope]"), "{out}");
    assert!(err.starts_with("aemlint: 1 error in "), "{err}");
    assert_eq!(scope(project.path(), &["--quiet"]).2, "");
    assert_eq!(scope(project.path(), &["--fail-on", "never"]).0, 0);
}

#[test]
fn mistakes_in_the_call_are_one_clear_error_and_exit_code_2() {
    let project = project();
    for (arguments, expected) in [
        (&["check", "--select", "mising-scope"][..], "Did you mean `missing-scope`?"),
        (&["check", "--colour", "always"], "--color"),
        (&["check", "--max-memory", "lots"], "64MiB"),
        (&["check", "--output", "pdf=x"], "sarif"),
        (&["check", "--config", "none.toml"], "none.toml cannot be read"),
        (&["check", "--rules", "no-such-directory"], "no-such-directory"),
        (&["check", "--root", "no-such-directory"], "no-such-directory is not a directory"),
        (&["check", "--baseline", "none.json"], "none.json cannot be read"),
        (&["check", "--output", "json=no/such/directory/x.json"], "cannot be written"),
        (&["explain", "jwt"], "there is no rule `jwt`"),
        (&["facts", "--kind", "tokens"], "token_provider"),
        (&["man", "chekc"], "there is no subcommand `chekc`"),
        (&["lint"], "unrecognized subcommand"),
    ] {
        let (code, out, err) = said(project.path(), arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}: {err}");
        let err = err.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(err.contains(expected), "{arguments:?}: {err}");
    }
}

#[test]
fn a_mistake_in_the_configuration_is_underlined() {
    let project = project();
    write(project.path(), "aemlint.toml", "min-severty = \"note\"\n");
    let (code, out, err) = said(project.path(), &["check"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("aemlint.toml:1:1") && err.contains("Did you mean `min-severity`?"), "{err}");
    assert_eq!(scope(project.path(), &["--no-config"]).0, 1);
}

#[test]
fn the_configuration_is_that_of_the_start_directory_and_never_that_of_the_input() {
    let project = project();
    write(project.path(), "jcr_root/aemlint.toml", "[levels]\nmissing-scope = \"off\"\n");
    assert_eq!(scope(project.path(), &["jcr_root"]).0, 1);
    write(project.path(), "aemlint.toml", "fail-on = \"never\"\n");
    assert_eq!(scope(project.path(), &["jcr_root"]).0, 0);
}

#[test]
fn globs_of_a_configuration_above_hold_below() {
    let project = project();
    std::fs::create_dir(project.path().join(".git")).unwrap();
    let ignore = "[[ignore]]\nrule = \"missing-scope\"\npath = \"jcr_root/apps/x/**\"\nreason = \"known\"\n";
    write(project.path(), "aemlint.toml", ignore);
    let below = project.path().join("jcr_root/apps");
    let (code, out, err) = scope(&below, &[]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("1 finding not shown"), "{err}");
    assert_eq!(scope(&below, &["--no-ignores"]).0, 1, "an auditor sees everything");
    write(project.path(), "aemlint.toml", "exclude = [\"jcr_root/apps/x\"]");
    write(&below, "y/.content.xml", "<jcr:root/>");
    let (code, out, err) = scope(&below, &[]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
}

#[test]
fn a_tree_means_the_same_wherever_in_it_aemlint_is_started() {
    let project = project();
    let filter = |root: &str| format!("<workspaceFilter version=\"1.0\"><filter root=\"{root}\"/></workspaceFilter>");
    let apps = project.path().join("jcr_root/apps");
    for (covered, root) in [(true, "/apps/x"), (false, "/apps/other")] {
        write(project.path(), "META-INF/vault/filter.xml", &filter(root));
        for (start, shown) in [(project.path(), PROVIDER), (&*apps, PROVIDER.strip_prefix("jcr_root/apps/").unwrap())] {
            let (code, out, err) = scope(start, &[]);
            assert_eq!(code, 1, "{err}");
            assert!(out.starts_with(&format!("{shown}:")), "{out}");
            assert_eq!(out.contains(": error["), covered, "what no filter covers is a warning: {out}");
        }
    }
    let (_, out, _) = said(&apps, &["facts", "--kind", "configuration"]);
    let fact: serde_json::Value = serde_json::from_str(out.trim()).unwrap();
    let path = "/apps/x/config/com.adobe.granite.auth.oauth.accesstoken.provider~a.cfg.json";
    assert_eq!((&fact["path"], &fact["installed"]), (&path.into(), &false.into()));
}

#[test]
fn an_ignore_comment_needs_a_reason_and_hides_one_finding() {
    let project = project();
    write(project.path(), PROVIDER, &format!("// aemlint-ignore missing-scope: set by the platform\n{NO_SCOPE}"));
    let (code, out, err) = scope(project.path(), &[]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    write(project.path(), PROVIDER, &format!("// aemlint-ignore missing-scope\n{NO_SCOPE}"));
    let (code, _, err) = scope(project.path(), &[]);
    assert_eq!(code, 1);
    assert!(err.contains(&format!("{PROVIDER}:1: The ignore comment has no effect: it gives no reason")), "{err}");
}

#[test]
fn a_baseline_parks_what_is_there_and_survives_moved_lines() {
    let project = project();
    let (code, _, err) = scope(project.path(), &["--write-baseline", "baseline.json"]);
    assert_eq!(code, 0, "{err}");
    write(project.path(), PROVIDER, &NO_SCOPE.replacen('{', "{\n\n\n", 1));
    let (code, out, err) = scope(project.path(), &["--baseline", "baseline.json"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");

    let other = PROVIDER.replace("~a.", "~b.");
    std::fs::remove_file(project.path().join(PROVIDER)).unwrap();
    write(project.path(), &other, NO_SCOPE);
    let (code, out, err) = scope(project.path(), &["--baseline", "baseline.json"]);
    assert_eq!(code, 1);
    assert!(out.contains("~b.") && err.contains("recorded in the baseline and gone"), "{out}{err}");
    let (_, _, err) = scope(project.path(), &["--write-baseline", "baseline.json"]);
    assert!(err.contains("records 1 finding; 1 that are gone were dropped"), "{err}");
}

#[test]
fn further_reports_go_to_files_and_suppressed_findings_to_sarif_on_request() {
    let project = project();
    write(project.path(), "aemlint.toml", "[[ignore]]\nrule = \"ims\"\npath = \"**\"\nreason = \"known\"\n");
    let suppressions = |more: &[&str]| {
        let outputs = ["--output", "sarif=a.sarif", "--output", "json=a.json"];
        let (code, _, err) = scope(project.path(), &[&outputs, more].concat());
        assert_eq!(code, 0, "{err}");
        let json: serde_json::Value =
            serde_json::from_slice(&std::fs::read(project.path().join("a.json")).unwrap()).unwrap();
        assert_eq!((&json["version"], &json["summary"]["exit_code"]), (&1.into(), &0.into()));
        let sarif: serde_json::Value =
            serde_json::from_slice(&std::fs::read(project.path().join("a.sarif")).unwrap()).unwrap();
        sarif["runs"][0]["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|result| result["suppressions"].clone())
            .collect::<Vec<_>>()
    };
    assert!(suppressions(&[]).is_empty());
    let kept = suppressions(&["--sarif-include-suppressed"]);
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0][0]["kind"], "external");
    assert_eq!(kept[0][0]["justification"], "known");
}

#[test]
fn what_cannot_be_read_makes_the_audit_incomplete() {
    let project = project();
    let (code, out, err) = said(project.path(), &["check", "--format", "concise", "--max-text-size", "10"]);
    assert_eq!(code, 3, "{out}{err}");
    assert!(out.contains(PROVIDER), "{out}");
    assert!(err.contains("1 thing was not read"), "{err}");
}

#[test]
fn facts_inventory_completions_and_pages_are_printed() {
    let project = project();
    let (code, out, err) = said(project.path(), &["facts", "--kind", "token_provider"]);
    assert_eq!(code, 0, "{err}");
    let fact: serde_json::Value = serde_json::from_str(out.trim()).unwrap();
    assert_eq!((&fact["kind"], &fact["credential"]), (&"token_provider".into(), &"oauth".into()));
    let (code, out, _) = said(project.path(), &["inventory", "--format", "csv"]);
    assert!(code == 0 && out.contains("Smart Tags"), "{out}");
    for (arguments, expected) in [
        (&["completions", "bash"][..], "complete"),
        (&["man", "check"], ".TH"),
        (&["rules"], "missing-scope"),
        (&["explain", "missing-scope"], "Why it matters"),
        (&["--version"], "aemlint "),
        (&["check", "--help"], "--write-baseline"),
    ] {
        let (code, out, err) = said(project.path(), arguments);
        assert!(code == 0 && out.contains(expected), "{arguments:?}: {out}{err}");
    }
}

/// A reader that goes away early, such as `head`, is no error.
#[test]
fn a_closed_pipe_is_no_error() {
    let project = project();
    let mut child = Command::new(env!("CARGO_BIN_EXE_aemlint"))
        .args(SCOPE)
        .current_dir(project.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{err}");
    assert!(!err.contains("cannot be written"), "{err}");
}

#[test]
fn a_new_rule_file_passes_its_own_tests_and_is_not_overwritten() {
    let directory = tempfile::tempdir().unwrap();
    let new = || said(directory.path(), &["rules", "new", "policy/acme/no-debug.toml"]);
    let (code, out, err) = new();
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.contains("aemlint rules test policy/acme/no-debug.toml"), "{err}");
    for path in ["policy/acme/no-debug.toml", "policy/acme", "policy"] {
        let (code, out, err) = said(directory.path(), &["rules", "test", path]);
        assert_eq!((code, out.as_str()), (0, "1 rule, 2 examples, 0 failed\n"), "{path}: {err}");
    }
    let (code, _, err) = new();
    assert!(code == 2 && err.contains("exists"), "{err}");
    let (code, _, err) = said(directory.path(), &["rules", "new", "Acme/x.toml"]);
    assert!(code == 2 && err.contains("`Acme` is not a family"), "{err}");
}

#[test]
fn an_example_that_fails_shows_what_the_rule_saw() {
    let directory = tempfile::tempdir().unwrap();
    said(directory.path(), &["rules", "new", "acme/no-debug.toml"]);
    let file = directory.path().join("acme/no-debug.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let condition = "fact.pid == 'com.example.Service'";
    std::fs::write(&file, text.replace(condition, &format!("{condition} && fact.path.size() < 3"))).unwrap();
    let (code, short, _) = said(directory.path(), &["rules", "test", "acme"]);
    assert!(code == 1 && !short.contains("fact {"), "{short}");
    let (_, long, _) = said(directory.path(), &["rules", "test", "acme", "-v"]);
    for part in ["  fact {\"", "fact.pid == 'com.example.Service'  is true\n", "fact.path.size() < 3  is false\n"] {
        assert!(long.contains(part), "{part}: {long}");
    }
}

#[test]
fn the_list_of_rules_has_the_levels_in_force() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "aemlint.toml", "[levels]\nmissing-scope = \"note\"\nsecrets = \"off\"\n");
    let (code, out, err) = said(directory.path(), &["rules", "list", "--format", "json"]);
    assert_eq!(code, 0, "{err}");
    let rules: serde_json::Value = serde_json::from_str(&out).unwrap();
    let level = |id: &str| {
        let rule = rules.as_array().unwrap().iter().find(|rule| rule["id"] == id).unwrap();
        (rule["level"].as_str().unwrap().to_owned(), rule["default_level"].as_str().unwrap().to_owned())
    };
    assert_eq!(level("missing-scope"), ("note".to_owned(), "error".to_owned()));
    assert_eq!(level("private-key").0, "off");
    let (_, table, _) = said(directory.path(), &["rules", "list"]);
    assert!(table.lines().any(|line| line.starts_with("missing-scope ") && line.contains("  note  ")), "{table}");
}
