//! The hook of `.pre-commit-hooks.yaml` refuses a commit of each kind of file that aemlint reads, if the file is broken.
//!
//! Each file is staged in a repository of its own, and what pre-commit would do is done: the entry runs if a staged file matches
//! the pattern, and nothing is committed if it fails. With `AEMLINT_PRE_COMMIT`, the path of pre-commit, pre-commit does it.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use aemlint::internals::documents::EXTENSIONS;
use aemlint::internals::signals::{self, SignalKind};
use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

const KEY: &str = "-----BEGIN PRIVATE KEY-----\nQUJDREVGR0hJSktMTU5PUA==\n-----END PRIVATE KEY-----\n";
const PID: &str = "com.adobe.granite.auth.oauth.accesstoken.provider";

/// A file to commit.
struct Broken {
    path: String,
    bytes: Vec<u8>,
}

impl Broken {
    fn new(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into() }
    }
}

/// The value of a key in the first hook.
fn of_hook(key: &str) -> String {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml")).unwrap();
    let value = text.lines().find_map(|line| line.trim().strip_prefix(&format!("{key}: "))).unwrap();
    value.trim_start_matches("&files ").trim_matches('\'').to_owned()
}

fn git(directory: &Path, arguments: &[&str]) -> Output {
    Command::new("git")
        .args(["-c", "user.name=acme", "-c", "user.email=acme@example.com", "-c", "init.defaultBranch=main"])
        .args(["-c", "commit.gpgSign=false", "-c", "core.autocrlf=false"])
        .args(arguments)
        .current_dir(directory)
        .env("PATH", search_path())
        .output()
        .unwrap()
}

/// With the program under test first.
fn search_path() -> OsString {
    let folder = Path::new(env!("CARGO_BIN_EXE_aemlint")).parent().unwrap().to_owned();
    let others = std::env::var_os("PATH").unwrap();
    std::env::join_paths(std::iter::once(folder).chain(std::env::split_paths(&others))).unwrap()
}

/// Whether files are committed in a repository that has others already, and what was printed.
fn is_committed(others: &[Broken], files: &[Broken]) -> (bool, String) {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    assert!(git(directory, &["init", "--quiet"]).status.success());
    let pre_commit = std::env::var("AEMLINT_PRE_COMMIT").ok();
    if let Some(pre_commit) = &pre_commit {
        install(directory, pre_commit);
    }
    stage(directory, others);
    git(directory, &["commit", "--quiet", "--no-verify", "--message", "Add what is there already"]);
    stage(directory, files);
    if pre_commit.is_none()
        && let Some(run) = run_hook(directory)
        && !run.status.success()
    {
        return (false, text_of(&run));
    }
    let commit = git(directory, &["commit", "--quiet", "--message", "Add what is broken"]);
    (commit.status.success(), text_of(&commit))
}

fn stage(directory: &Path, files: &[Broken]) {
    for Broken { path, bytes } in files {
        let path = directory.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
    }
    assert!(git(directory, &["add", "."]).status.success());
}

fn text_of(run: &Output) -> String {
    String::from_utf8_lossy(&[run.stdout.as_slice(), &run.stderr].concat()).into_owned()
}

/// Runs the entry if a staged file matches the pattern.
fn run_hook(directory: &Path) -> Option<Output> {
    let staged = git(directory, &["diff", "--cached", "--name-only", "-z"]);
    let staged = String::from_utf8(staged.stdout).unwrap();
    let pattern = regex::Regex::new(&of_hook("files")).unwrap();
    staged.split_terminator('\0').find(|path| pattern.is_match(path))?;
    let entry = of_hook("entry");
    let (program, arguments) = entry.split_once(' ').unwrap();
    assert_eq!(program, "aemlint");
    let program = env!("CARGO_BIN_EXE_aemlint");
    Some(Command::new(program).args(arguments.split(' ')).current_dir(directory).output().unwrap())
}

/// Has pre-commit run the hook, with the program under test instead of one that it builds.
fn install(directory: &Path, pre_commit: &str) {
    let config = format!(
        "repos:\n- repo: local\n  hooks:\n  - id: aemlint\n    name: aemlint\n    language: system\n    entry: {}\n    \
         files: '{}'\n    pass_filenames: false\n    require_serial: true\n",
        of_hook("entry"),
        of_hook("files")
    );
    stage(directory, &[Broken::new(".pre-commit-config.yaml", config)]);
    let installed = Command::new(pre_commit).arg("install").current_dir(directory).output().unwrap();
    assert!(installed.status.success(), "{installed:?}");
}

fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A configuration with a JWT credential, in the form that the extension names; a private key for all that is no configuration.
fn content_of(extension: &str) -> String {
    let alias = "auth.token.provider.keypair.alias";
    match extension {
        ".config" => format!("{alias}=\"acme\"\n"),
        ".cfg" | ".properties" => format!("{alias}=acme\n"),
        ".cfg.json" => format!("{{\"{alias}\": \"acme\"}}\n"),
        ".xml" => format!(
            "<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" xmlns:sling=\"http://sling.apache.org/jcr/sling/1.0\" \
             jcr:primaryType=\"sling:OsgiConfig\" {alias}=\"acme\"/>\n"
        ),
        ".json" => format!("{{\"privateKey\": \"{}\"}}\n", KEY.replace('\n', "\\n")),
        _ => KEY.to_owned(),
    }
}

fn broken_files() -> Vec<Broken> {
    let content = "ui.config/src/main/content/jcr_root/apps/acme";
    let texts = signals::FAMILIES.iter().flat_map(|family| family.signals);
    let texts = texts.filter(|signal| signal.kind == SignalKind::ProseExtension).map(|signal| signal.literal);
    let mut files: Vec<Broken> = EXTENSIONS
        .into_iter()
        .chain(texts)
        .map(|extension| Broken::new(format!("{content}/config/{PID}-acme{extension}"), content_of(extension)))
        .collect();
    files.push(Broken::new(format!("{content}/id_rsa"), KEY));
    let config = format!("jcr_root/apps/acme/config/{PID}-acme.cfg.json");
    files.push(Broken::new("vendor/acme.zip", zip(&[(&config, content_of(".cfg.json").as_bytes())])));
    let manifest = b"Manifest-Version: 1.0\nBundle-SymbolicName: acme\n";
    files
        .push(Broken::new("vendor/acme.jar", zip(&[("META-INF/MANIFEST.MF", manifest), ("acme.pem", KEY.as_bytes())])));
    files.push(Broken::new("aemlint.toml", "[levels]\nno-such-rule = \"error\"\n"));
    files
}

#[test]
fn a_broken_file_of_each_kind_is_not_committed() {
    let mut committed = Vec::new();
    for file in broken_files() {
        let path = file.path.clone();
        let (is_committed, printed) = is_committed(&[], &[file]);
        if is_committed || printed.contains("Skipped") {
            committed.push(format!("{path}: {printed}"));
        }
    }
    assert!(committed.is_empty(), "the hook let these through:\n{}", committed.join("\n"));
}

/// The tree is broken already: whether the hook runs decides.
#[test]
fn what_only_says_how_others_are_read_runs_the_hook_too() {
    let content = "ui.config/src/main/content";
    let config = [Broken::new(format!("{content}/jcr_root/apps/acme/config/{PID}-acme.config"), content_of(".config"))];
    let manifest = [Broken::new(format!("{content}/META-INF/MANIFEST.MF"), "Manifest-Version: 1.0\n")];
    let (is_run, printed) = is_committed(&config, &manifest);
    assert!(!is_run && printed.contains("jwt-credentials"), "{printed}");
}

#[test]
fn what_is_not_read_is_committed_without_a_run() {
    let config = [Broken::new(format!("jcr_root/apps/acme/config/{PID}-acme.config"), content_of(".config"))];
    let others = [Broken::new("README.md", KEY), Broken::new("core/src/main/java/Acme.java", "class Acme {}\n")];
    let (is_committed, printed) = is_committed(&config, &others);
    assert!(is_committed, "{printed}");
}
