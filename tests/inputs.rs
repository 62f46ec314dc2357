//! What is handed to aemlint, and how it is named: paths relative to the repository wherever a run is started, inputs that
//! cannot be read, and runs that have nothing to judge.
#![allow(clippy::unwrap_used, reason = "what fails in a test should fail loudly")]

use serde_json::Value;
use std::path::Path;
use std::process::Command;

const CONFIG: &str = "jcr_root/apps/x/config/com.adobe.granite.auth.oauth.accesstoken.provider-a.config";
const JWT: &str = "auth.token.provider.title=\"Adobe Target\"\n\
                   auth.access.token.request=\"https://ims-na1.adobelogin.com/ims/exchange/jwt/\"\n\
                   auth.token.provider.keypair.alias=\"acme-target\"\n";

fn write(directory: &Path, name: &str, text: &str) {
    let path = directory.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A repository with a module that has one finding of `jwt-credentials`, below a directory that is none.
fn repository() -> (tempfile::TempDir, std::path::PathBuf) {
    let outer = tempfile::tempdir().unwrap();
    let root = outer.path().canonicalize().unwrap().join("project");
    write(&root, ".git/HEAD", "ref: refs/heads/main\n");
    write(&root, &format!("ui.config/{CONFIG}"), JWT);
    write(&root, "ui.apps/jcr_root/apps/x/.content.xml", "<jcr:root/>");
    (outer, root)
}

struct Run {
    code: i32,
    report: Value,
    errors: String,
}

fn check(directory: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_aemlint"))
        .args(["check", "--format", "json"])
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    Run {
        code: output.status.code().unwrap(),
        report: serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {errors}")),
        errors,
    }
}

impl Run {
    /// The paths of the findings of a rule.
    fn paths(&self, rule: &str) -> Vec<&str> {
        let findings = self.report["findings"].as_array().unwrap().iter();
        findings
            .filter(|finding| finding["rule"] == rule)
            .map(|finding| finding["location"]["path"].as_str().unwrap())
            .collect()
    }

    /// Place and reason of what was not analysed.
    fn unread(&self) -> Vec<(&str, &str)> {
        let unread = self.report["unread"].as_array().unwrap().iter();
        unread.map(|one| (one["location"]["path"].as_str().unwrap(), one["reason"].as_str().unwrap())).collect()
    }
}

#[test]
fn paths_are_relative_to_the_repository_wherever_a_run_is_started() {
    let (outer, root) = repository();
    let shown = format!("ui.config/{CONFIG}");
    let absolute = root.join("ui.config");
    let absolute = absolute.to_str().unwrap();
    for (start, input) in [
        (root.clone(), "."),
        (root.clone(), "ui.config"),
        (root.join("ui.config"), "."),
        (root.join("ui.config/jcr_root/apps"), "."),
        (root.join("ui.config/jcr_root/apps"), "../../jcr_root"),
        (root.join("ui.apps"), "../ui.config"),
        (root.join("ui.apps"), absolute),
        (outer.path().to_owned(), absolute),
        (outer.path().to_owned(), "project/ui.config"),
    ] {
        let run = check(&start, &[input]);
        assert_eq!(run.paths("jwt-credentials"), [&shown], "{} {input}", start.display());
    }
    // Without a repository they are relative to the start, as before; so they are to a root that is named.
    std::fs::remove_dir_all(root.join(".git")).unwrap();
    assert_eq!(check(&root.join("ui.config"), &["."]).paths("jwt-credentials"), [CONFIG]);
    assert_eq!(check(&root.join("ui.apps"), &["../ui.config"]).paths("jwt-credentials"), [format!("../{shown}")]);
    assert_eq!(check(&root.join("ui.apps"), &["../ui.config", "--root", ".."]).paths("jwt-credentials"), [&shown]);
    assert_eq!(
        check(outer.path(), &["project", "--root", "project/ui.config"]).paths("jwt-credentials"),
        [format!("project/{shown}")],
        "what lies outside keeps the path that was given"
    );
}

#[test]
fn baselines_and_ignores_hold_from_any_directory() {
    let (_outer, root) = repository();
    let select = ["--select", "jwt-credentials"];
    let code = |start: &str, arguments: &[&str]| check(&root.join(start), &[&select[..], arguments].concat()).code;
    let baseline = root.join("baseline.json");
    let baseline = baseline.to_str().unwrap();
    assert_eq!(code("ui.config", &["--write-baseline", baseline]), 0);
    let recorded: Value = serde_json::from_slice(&std::fs::read(baseline).unwrap()).unwrap();
    assert_eq!(recorded["findings"][0]["path"], format!("ui.config/{CONFIG}"));
    let starts = [(".", "."), ("ui.config", "."), ("ui.apps", "../ui.config"), ("ui.config/jcr_root/apps", ".")];
    for (start, input) in starts {
        assert_eq!(code(start, &[input]), 1);
        assert_eq!(code(start, &[input, "--baseline", baseline]), 0, "{start} {input}");
    }
    // The path of a report, the same as a glob, and relative to a configuration that is not at the root.
    let shown = format!("ui.config/{CONFIG}");
    for (file, path) in [
        ("aemlint.toml", shown.as_str()),
        ("aemlint.toml", "ui.config/**"),
        ("ui.config/aemlint.toml", shown.as_str()),
        ("ui.config/aemlint.toml", "jcr_root/apps/**"),
    ] {
        let ignore = format!("[[ignore]]\nrule = \"jwt-credentials\"\npath = \"{path}\"\nreason = \"known\"\n");
        write(&root, file, &ignore);
        for (start, input) in starts {
            let found = file == "aemlint.toml" || start.starts_with("ui.config");
            assert_eq!(code(start, &[input]), i32::from(!found), "{file} {path} {start} {input}");
        }
        std::fs::remove_file(root.join(file)).unwrap();
    }
}

#[test]
fn excludes_are_relative_to_the_start_or_written_as_reports_show_paths() {
    let (_outer, root) = repository();
    for (start, glob) in [
        (".", "ui.config/jcr_root"),
        ("ui.config", "jcr_root"),
        ("ui.config", "./jcr_root/apps"),
        ("ui.config", "ui.config/jcr_root"),
        ("ui.apps", "../ui.config/**"),
    ] {
        let run = check(&root.join(start), &[root.to_str().unwrap(), "--exclude", glob]);
        assert_eq!((run.code, run.paths("jwt-credentials").len()), (0, 0), "{start} {glob}: {}", run.errors);
    }
}

#[test]
fn a_path_with_brackets_is_ignored_as_it_is_shown() {
    let (_outer, root) = repository();
    let shown = format!("a[1]{{b,c}}/{CONFIG}");
    write(&root, &shown, JWT);
    write(&root, "aemlint.toml", &format!("[[ignore]]\nrule = \"ims\"\npath = \"{shown}\"\nreason = \"known\"\n"));
    let run = check(&root, &["--select", "jwt-credentials"]);
    assert_eq!(run.paths("jwt-credentials"), [format!("ui.config/{CONFIG}")]);
}

#[test]
fn an_input_that_cannot_be_read_does_not_end_the_run() {
    let (_outer, root) = repository();
    write(&root, "notes.txt", "hello");
    write(&root, "vendor/acme.7z", "7z");
    let run = check(&root, &["gone.zip", "notes.txt", "vendor/acme.7z", "ui.config"]);
    assert_eq!((run.code, run.paths("jwt-credentials").len()), (3, 1));
    let places: Vec<&str> = run.unread().into_iter().map(|(place, _)| place).collect();
    assert_eq!(places, ["gone.zip", "notes.txt", "vendor/acme.7z"]);
    assert_eq!(run.paths("unread-content"), places);
}

#[test]
fn what_is_named_twice_is_judged_once() {
    let (_outer, root) = repository();
    for inputs in [&[".", "."][..], &["ui.config", "./ui.config/", "."], &[".", &format!("ui.config/{CONFIG}")]] {
        assert_eq!(check(&root, inputs).paths("jwt-credentials").len(), 1, "{inputs:?}");
    }
}

#[test]
fn nothing_to_judge_is_no_success() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), "core/src/main/java/A.java", "class A {}");
    write(directory.path(), &format!("all/target/vault-work/{CONFIG}"), JWT);
    for input in [".", "core", "all"] {
        let run = check(directory.path(), &[input]);
        let unread = run.unread();
        assert_eq!((run.code, unread.len()), (3, 1), "{input}");
        assert!(unread[0].0 == input && unread[0].1.starts_with("there is nothing to judge"), "{unread:?}");
        assert_eq!(unread[0].1.contains("`target`"), input != "core", "{unread:?}");
        assert_eq!(run.paths("unread-content"), [input]);
        let run = check(directory.path(), &[input, "--allow-empty"]);
        assert_eq!((run.code, run.unread().len()), (0, 0), "{}", run.errors);
    }
    let run = check(directory.path(), &[".", "--no-default-excludes", "--exclude", "all"]);
    assert!(run.code == 3 && run.unread()[0].1.contains("a path was left out by an exclude"), "{:?}", run.unread());
    // Something in one of them is something to judge.
    write(directory.path(), "ui.apps/jcr_root/apps/x/logo.png", "pixels");
    assert_eq!(check(directory.path(), &["core", "ui.apps"]).code, 0);
    assert_eq!(check(directory.path(), &["core", "all", "--no-default-excludes"]).code, 1);
}

#[cfg(unix)]
#[test]
fn files_of_the_user_are_never_waited_for() {
    let (_outer, root) = repository();
    let _listener = std::os::unix::net::UnixListener::bind(root.join("pipe.toml")).unwrap();
    std::fs::create_dir_all(root.join("policy/x")).unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_aemlint")).args(arguments).current_dir(&root).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    for arguments in [["check", "--config", "pipe.toml"], ["check", "--baseline", "pipe.toml"]] {
        let (code, errors) = run(&arguments);
        assert!(code == 2 && errors.contains("not a regular file"), "{arguments:?}: {errors}");
    }
    std::fs::rename(root.join("pipe.toml"), root.join("aemlint.toml")).unwrap();
    let (code, errors) = run(&["check"]);
    assert!(code == 2 && errors.contains("not a regular file"), "{errors}");
}

#[cfg(not(feature = "remote"))]
#[test]
fn a_url_is_refused_where_nothing_can_open_it_and_no_credential_of_it_is_shown() {
    let (_outer, root) = repository();
    let url = "https://user:hunter2@host.invalid/a.zip?sig=hunter2";
    for arguments in [&["check", url][..], &["check", ".", url], &["facts", url], &["diff", url, "."], &["fix", url]] {
        let output = Command::new(env!("CARGO_BIN_EXE_aemlint")).args(arguments).current_dir(&root).output().unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        // Long lines are broken, with a line of the frame before the rest.
        let said: String = errors.split_whitespace().filter(|word| *word != "│").collect();
        assert!(said.contains("https://host.invalid/a.zip") && !said.contains("hunter2"), "{arguments:?}: {errors}");
        assert!(output.stdout.is_empty());
    }
}
