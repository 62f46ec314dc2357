//! `aemlint rules`: the rules as a list, and the examples of rules as tests.

use super::args::{Inputs, RuleSource};
use super::console::Console;
use super::setup::Settings;
use crate::documents::prefilter::Prefilter;
use crate::escape;
use crate::facts::{Kinds, Linked};
use crate::policy::LimitSettings;
use crate::rules::{ExampleInput, RuleSet, test_rules};
use crate::scan;
use miette::Report;
use std::fmt::Write;
use std::path::{Component, Path};

/// Prints id, family, level and title of every rule, in columns.
///
/// # Errors
/// A mistake in a configuration or rule file.
pub(super) fn list(source: &RuleSource, console: &Console) -> Result<u8, Report> {
    let rules = Settings::load(&source.config)?.rules(&source.directories)?;
    let metas = rules.metas()?;
    let width =
        |text: fn(&crate::rules::Meta) -> &str| metas.iter().map(|meta| text(meta).chars().count()).max().unwrap_or(0);
    let (id, family) = (width(|meta| &meta.id), width(|meta| &meta.family));
    let mut out = String::new();
    for meta in metas {
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{:id$}  {:family$}  {:7}  {}",
            escape::terminal(&meta.id),
            escape::terminal(&meta.family),
            meta.level.name(),
            escape::terminal(&meta.title)
        );
    }
    console.print(out.as_bytes())?;
    Ok(0)
}

/// Runs the examples of the rules in a directory, and prints those that do not do what their rule says.
///
/// # Errors
/// A mistake in a rule file.
pub(super) fn test(directory: &Path, console: &Console) -> Result<u8, Report> {
    let rules = RuleSet::load(directory)?;
    let report = test_rules(&rules, &facts_of)?;
    let mut out = String::new();
    for failure in &report.failures {
        out += &escape::terminal(&failure.to_string());
        out.push('\n');
    }
    let _ = writeln!(
        out,
        "{} {}, {} examples, {} failed",
        report.rules,
        if report.rules == 1 { "rule" } else { "rules" },
        report.tried,
        report.failures.len()
    );
    console.print(out.as_bytes())?;
    Ok(u8::from(!report.passed()))
}

/// The facts of a sample, by the same way that `check` goes: the files are put into a directory of their own, scanned,
/// and removed.
fn facts_of(sample: &ExampleInput) -> Result<Linked, String> {
    let directory = tempfile::tempdir().map_err(|error| format!("no temporary directory: {error}"))?;
    for file in &sample.files {
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        if !Path::new(&file.file).components().all(plain) {
            return Err(format!("`{}` is no path below the example", file.file));
        }
        let path = directory.path().join(&file.file);
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(&path, &file.content)).map_err(|error| format!("{}: {error}", file.file))?;
    }
    let now = match &sample.now {
        None => jiff::Timestamp::now(),
        Some(now) => now.parse().map_err(|_| format!("`{now}` is no moment such as 2026-03-01T00:00:00Z"))?,
    };
    let options = scan::Options {
        walk: Settings::default()
            .options(&Inputs::default(), &LimitSettings::default())
            .map_err(|error| error.to_string())?,
        target: sample.target,
        target_named: true,
        grouping: scan::Grouping::Together,
        exclusive: Vec::new(),
        wanted: Kinds::all(),
        prefilter: Prefilter::parse_everything(),
        now,
    };
    let inputs = [directory.path().to_path_buf()];
    let scanned = scan::scan(&inputs, &options, &|_, _| {})
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
    Ok(Linked { facts: scanned.facts, installed: scanned.installed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_stays_in_its_directory() {
        let example_file = |file: &str| crate::rules::ExampleFile { file: file.to_owned(), content: Vec::new() };
        for file in ["../x", "/x", "a/../../x"] {
            let sample =
                ExampleInput { files: vec![example_file(file)], target: osgi_config::Target::default(), now: None };
            assert!(facts_of(&sample).unwrap_err().contains("no path below"), "{file}");
        }
    }

    #[test]
    fn the_examples_of_all_built_in_rules_do_what_the_rules_say() {
        let report = test_rules(&RuleSet::builtin(), &facts_of).unwrap();
        let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
        assert!(report.tried > 2 && failures.is_empty(), "{}", failures.join("\n"));
    }
}
