//! The command line, case by case.
//!
//! A case is a directory `testdata/cases/NAME` with `case.toml` (a comment that says what it shows, and `args`) and `input/`,
//! in which the command runs; a directory there whose name ends in `.zip` or `.jar` is packed first. What the command
//! prints is `testdata/cases/NAME/expected.snap`. `cargo insta review`, or `.ci/update`, accepts a change.
//!
//! A case of several commands has a `[[step]]` for each: its `args`, what `copy = { from = "to" }` and `remove = […]` do to
//! the files before it, and the files to `show` after it. `about` says what the step shows. `columns` is how wide the terminal
//! is: 100 if it is left out, and 0 for none.
#![allow(clippy::unwrap_used, reason = "what fails in a test should fail loudly")]

use libtest_mimic::{Arguments, Trial};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[path = "support/pack.rs"]
mod pack;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// The arguments after `aemlint`, of a case of one command.
    args: Option<Vec<String>>,
    /// Variables of the environment, of a case of one command.
    #[serde(default)]
    env: std::collections::BTreeMap<String, String>,
    /// The columns of the terminal, for a case of one command.
    columns: Option<u32>,
    /// The commands, of a case of several.
    #[serde(default)]
    step: Vec<Step>,
}

#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// What the step shows.
    #[serde(default)]
    about: String,
    /// The arguments after `aemlint`.
    args: Vec<String>,
    /// Variables of the environment, which is else empty.
    #[serde(default)]
    env: std::collections::BTreeMap<String, String>,
    /// The columns of the terminal: 100 if nothing is said, and 0 for none.
    columns: Option<u32>,
    /// Files or directories to copy first, and what they replace.
    #[serde(default)]
    copy: std::collections::BTreeMap<String, String>,
    /// Files to remove first.
    #[serde(default)]
    remove: Vec<String>,
    /// The file that standard input holds; it is else empty.
    stdin: Option<String>,
    /// Files that were written and are to be shown.
    #[serde(default)]
    show: Vec<String>,
}

/// One test for each case: `cargo test --test cases NAME` runs those whose names hold NAME.
fn main() {
    let arguments = Arguments::from_args();
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases");
    let mut directories: Vec<_> = std::fs::read_dir(&cases).unwrap().map(|entry| entry.unwrap().path()).collect();
    directories.sort();
    assert!(directories.len() > 10, "the cases are missing");
    let test = |directory: PathBuf| {
        let name = directory.file_name().unwrap().to_str().unwrap().to_owned();
        Trial::test(name, move || {
            compare(&directory);
            Ok(())
        })
    };
    libtest_mimic::run(&arguments, directories.into_iter().map(test).collect()).exit();
}

/// Compares what the commands of a case print with its snapshot.
fn compare(directory: &Path) {
    let page = run(directory);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(directory);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.add_filter(r"\d+ ms", "[time]");
    settings.add_filter(r#" time="\d+\.\d+""#, r#" time="[time]""#);
    settings.add_filter(r#""milliseconds": \d+"#, r#""milliseconds": 0"#);
    settings.add_filter(r"(?s)<style>.*?</style>", "<style>[style]</style>");
    settings.add_filter(r"&#39;sha256-[^&]*&#39;", "[hash of the style]");
    settings.bind(|| insta::assert_snapshot!("expected", page));
}

/// Runs one case in a directory of its own and shows what came out as a page.
fn run(directory: &Path) -> String {
    let text = std::fs::read_to_string(directory.join("case.toml")).unwrap();
    let case: Case = toml::from_str(&text).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    pack::unfold(&directory.join("input"), scratch.path());
    let mut page: String =
        text.lines().take_while(|line| line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    let only = case.args.map(|args| Step { args, columns: case.columns, env: case.env, ..Step::default() });
    let steps: Vec<Step> = only.into_iter().chain(case.step).collect();
    assert!(!steps.is_empty(), "a case has `args` or a [[step]]");
    for (number, step) in steps.iter().enumerate() {
        if number > 0 || !step.about.is_empty() {
            page.push('\n');
        }
        page += &step.run(scratch.path());
    }
    page
}

impl Step {
    fn run(&self, directory: &Path) -> String {
        for (from, to) in &self.copy {
            std::fs::copy(directory.join(from), directory.join(to)).unwrap();
        }
        for name in &self.remove {
            std::fs::remove_file(directory.join(name)).unwrap();
        }
        let output = Command::new(env!("CARGO_BIN_EXE_aemlint"))
            .args(&self.args)
            .current_dir(directory)
            .env_clear()
            .env("COLUMNS", self.columns.unwrap_or(100).to_string())
            .envs(&self.env)
            .stdin(
                self.stdin
                    .as_ref()
                    .map_or_else(Stdio::null, |name| std::fs::File::open(directory.join(name)).unwrap().into()),
            )
            .output()
            .unwrap();
        let about = if self.about.is_empty() { String::new() } else { format!("# {}\n", self.about) };
        let mut page = format!(
            "{about}$ aemlint {}\n{}\n--- standard error\n{}\n--- exit code {}\n",
            self.args.join(" "),
            String::from_utf8_lossy(&output.stdout).trim_end(),
            String::from_utf8_lossy(&output.stderr).trim_end(),
            output.status.code().unwrap()
        );
        for name in &self.show {
            let text = std::fs::read_to_string(directory.join(name)).unwrap();
            page += &format!("--- {name}\n{}\n", text.trim_end());
        }
        page
    }
}
