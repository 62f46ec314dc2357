//! The law: judging what was collected is judging the packages.

use super::sets::{Files, examples, set};
use super::{aemlint, three};
use std::fs;
use std::path::Path;

/// Sets of packages: those that are always tried, and all.
const FEW: u64 = 12;
const ALL: u64 = 300;

/// The forms of report, but for the usual one, which standard output has.
const FORMATS: [&str; 10] =
    ["json", "sarif", "markdown", "html", "csv", "github", "gitlab", "junit", "concise", "grouped"];
/// The forms of a difference, but for the usual one.
const DIFF_FORMATS: [&str; 3] = ["json", "sarif", "markdown"];

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
    let facts = |arguments: &[&str]| aemlint(directory, &[arguments, &["--no-config"]].concat());
    let expected = facts(&words(&["facts", "--together"]));
    let found = facts(&["facts", "--together", "--from", "bundles"]);
    assert_eq!(expected.stdout, found.stdout, "set {seed}: facts");
    assert_eq!(expected.status.code(), found.status.code(), "set {seed}: facts");
    if let [old, .., new] = paths.as_slice() {
        check_difference(directory, old, new, seed);
    }
}

/// Each side of a difference may be a package or tree, its bundle, or a directory of bundles.
fn check_difference(directory: &Path, old: &str, new: &str, seed: u64) {
    let compare = |old: &str, new: &str| {
        let mut arguments = vec!["diff".to_owned(), old.to_owned(), new.to_owned(), "--no-config".to_owned()];
        for format in DIFF_FORMATS {
            arguments.extend(["--output".to_owned(), format!("{format}=difference.{format}")]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = aemlint(directory, &arguments);
        let read = |format| (format, fs::read_to_string(directory.join(format!("difference.{format}"))).unwrap());
        (output.status.code(), String::from_utf8(output.stdout).unwrap(), DIFF_FORMATS.map(read))
    };
    for (path, bundles) in [(old, "old"), (new, "new")] {
        assert_ne!(aemlint(directory, &["collect", path, "-o", bundles]).status.code(), Some(2));
    }
    // Of a package that could not be opened there is none.
    let bundle = |of: &str| super::bundles(&directory.join(of)).first().map(|path| path.to_str().unwrap().to_owned());
    let (Some(old_bundle), Some(new_bundle)) = (bundle("old"), bundle("new")) else { return };
    let expected = compare(old, new);
    for (one, other) in [("old", "new"), ("old", new), (old, "new"), (&*old_bundle, new), ("old", &*new_bundle)] {
        assert_eq!(compare(one, other), expected, "set {seed}: difference of {one} and {other}");
    }
    let (code, text, _) = compare(&old_bundle, "old");
    assert_ne!(code, Some(1), "set {seed}: a package differs from itself: {text}");
}

#[test]
fn what_was_collected_is_judged_as_the_packages_are() {
    let examples = examples();
    let sets = if std::env::var_os("AEMLINT_WHOLE_SETS").is_some() { ALL } else { FEW };
    (0..sets).for_each(|seed| check_set(seed, &examples));
}

const PROVIDER: &str = "jcr_root/apps/x/config/com.adobe.granite.auth.oauth.accesstoken.provider-1.config";

/// A project with a file that has a safe fix, which SARIF suggests.
fn project() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let text = "auth.token.provider.title=\"a\"\nauth.token.provider.client.id=\" c1\"\nclient.secret=\"p8e-hunter2-x9\"\n\
                auth.access.token.request.endpoint=\"http://ims-na1.adobelogin.com/ims/token/v3\"\n";
    for module in ["ui.a", "ui.b"] {
        let path = directory.path().join("project").join(module).join(PROVIDER.replace("-1", &format!("-{module}")));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    directory
}

fn number_of_fixes(directory: &Path, arguments: &[&str]) -> usize {
    let arguments = [&["check", "--no-config", "--format", "sarif"][..], arguments].concat();
    let report = String::from_utf8(aemlint(directory, &arguments).stdout).unwrap();
    assert!(!report.contains("hunter2"));
    report.matches("\"fixes\"").count()
}

#[test]
fn fixes_are_suggested_for_files_that_are_as_they_were_collected() {
    let project = project();
    let root = project.path();
    aemlint(root, &["collect", "project", "-o", "bundles"]);
    let fixes = |arguments: &[&str]| number_of_fixes(root, arguments);
    let all = fixes(&["project"]);
    assert!(all > 0 && all.is_multiple_of(2), "{all}");
    assert_eq!(fixes(&["--from", "bundles"]), all);
    assert_eq!(number_of_fixes(&root.join("bundles"), &["--from", "."]), 0, "no file lies at its path from here");
    let file = root.join("project/ui.a").join(PROVIDER.replace("-1", "-ui.a"));
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replace("\"a\"", "\"b\"")).unwrap();
    assert_eq!(fixes(&["--from", "bundles"]), all / 2, "one file is another one");
    fs::write(&file, text.replace("hunter2", "hunter3")).unwrap();
    assert_eq!(fixes(&["--from", "bundles"]), all, "what is masked is not compared");
    fs::remove_file(&file).unwrap();
    assert_eq!(fixes(&["--from", "bundles"]), all / 2, "one file is gone");
}

#[test]
fn what_does_not_fit_into_memory_is_named_by_both() {
    let directory = three();
    let root = directory.path();
    let memory = ["--max-memory", "2k"];
    aemlint(root, &[&["collect", "a.zip", "-o", "small"], &memory[..]].concat());
    aemlint(root, &["collect", "a.zip", "-o", "whole"]);
    for paths in [&["a.zip"][..], &["--from", "small"], &["--from", "whole"]] {
        let output = aemlint(root, &[&["check", "--no-config", "--format", "json"], paths, &memory[..]].concat());
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(3), "{paths:?}");
        assert!(report["unread"].to_string().contains("memory"), "{paths:?}: {report}");
    }
}
