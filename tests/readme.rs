//! The commands in the documentation work, and print what it shows.
//!
//! Every line `$ aemlint …` of a `console` block is run, in the order of the page, in a directory that looks like a user's.
//! The lines that a block shows below a command must be in its output in this order; `…` stands for any number of lines.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::Path;
use std::process::Command;

#[path = "support/pack.rs"]
mod pack;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// A command, and what the page shows of its output.
struct Shown {
    line: String,
    output: Vec<String>,
}

fn commands(page: &str) -> Vec<Shown> {
    let text = std::fs::read_to_string(Path::new(ROOT).join(page)).unwrap();
    let mut shown: Vec<Shown> = Vec::new();
    let mut block = None;
    for line in text.lines() {
        if let Some(language) = line.strip_prefix("```") {
            block = if block.is_some() { None } else { Some(language) };
        } else if block == Some("console") {
            match (line.strip_prefix("$ "), shown.last_mut()) {
                (Some(command), _) => shown.push(Shown { line: command.to_owned(), output: Vec::new() }),
                (None, Some(last)) => last.output.push(line.trim_end().to_owned()),
                (None, None) => panic!("{page}: a console block begins with a command, not with: {line}"),
            }
        }
    }
    shown
}

/// The words of a command without its comment; quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for c in line.chars() {
        match c {
            '\'' | '"' if quote.is_none() => quote = Some(c),
            c if quote == Some(c) => quote = None,
            '#' if quote.is_none() && words.last().is_some_and(String::is_empty) => break,
            ' ' if quote.is_none() => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn without_times(line: &str) -> String {
    let Some((before, rest)) = line.split_once(" files (") else { return line.to_owned() };
    format!("{before} files ({}", rest.split_once(" ms)").map_or(rest, |(_, after)| after))
}

fn check_page(page: &str) -> usize {
    let scratch = tempfile::tempdir().unwrap();
    let package = Path::new(ROOT).join("testdata/packages/acme.all-1.4.0.zip");
    for copy in [
        "testdata/packages/acme.all-1.4.0.zip",
        "packages/acme.all-1.4.0.zip",
        "vendor.zip",
        "deliveries/acme.all-1.4.0.zip",
    ] {
        let copy = scratch.path().join(copy);
        std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
        std::fs::copy(&package, copy).unwrap();
    }
    pack::unfold(&Path::new(ROOT).join("testdata/cases/diff/input"), &scratch.path().join("packages"));
    pack::unfold(&Path::new(ROOT).join("testdata/audit"), scratch.path());
    let commands: Vec<_> = commands(page).into_iter().filter(|shown| shown.line.starts_with("aemlint ")).collect();
    for Shown { line, output } in &commands {
        let run = Command::new(env!("CARGO_BIN_EXE_aemlint"))
            .args(&words(line)[1..])
            .current_dir(scratch.path())
            .env_clear()
            .env("COLUMNS", "100")
            .output()
            .unwrap();
        let (out, err) = (String::from_utf8(run.stdout).unwrap(), String::from_utf8(run.stderr).unwrap());
        assert!(run.status.code().is_some_and(|code| code < 2), "{page}: {line}: {err}");
        let mut rest = out.lines().map(|line| without_times(line.trim_end()));
        let mut anywhere = false;
        for wanted in output {
            if wanted == "…" {
                anywhere = true;
                continue;
            }
            let wanted = without_times(wanted);
            let found = if anywhere { rest.any(|line| line == wanted) } else { rest.next().as_ref() == Some(&wanted) };
            assert!(found, "{page}: {line}: this is not in the output, or not in this place: {wanted}\n{out}");
            anywhere = false;
        }
    }
    commands.len()
}

#[test]
fn commands_of_the_documentation_work_and_print_what_it_shows() {
    for (page, at_least) in
        [("README.md", 10), ("docs/configuration.md", 2), ("docs/ci.md", 4), ("docs/audit.md", 10), ("docs/diff.md", 1)]
    {
        assert!(check_page(page) >= at_least, "{page} lost commands");
    }
}

/// Links to files of the repository lead somewhere.
#[test]
fn links_of_the_documentation_lead_somewhere() {
    let mut pages = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned(), "SECURITY.md".to_owned()];
    for entry in std::fs::read_dir(Path::new(ROOT).join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") {
            pages.push(format!("docs/{name}"));
        }
    }
    for page in pages {
        let text = std::fs::read_to_string(Path::new(ROOT).join(&page)).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            let link = link.split('#').next().unwrap();
            if !link.is_empty() && !link.contains("://") {
                let target = Path::new(ROOT).join(&page).parent().unwrap().join(link);
                assert!(target.exists(), "{page} links to {link}, which does not exist");
            }
        }
    }
}
