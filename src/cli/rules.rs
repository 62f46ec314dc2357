//! `aemlint rules`: the rules as a list, and the examples of rules as tests.

use super::args::RuleSource;
use super::console::Console;
use super::setup::Settings;
use crate::escape;
use crate::rules::{RuleSet, test_rules};
use crate::scan::facts_of_example;
use miette::Report;
use std::fmt::Write;
use std::path::Path;

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
    let report = test_rules(&rules, &|example| facts_of_example(&rules, example))?;
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
