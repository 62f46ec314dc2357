//! `aemlint rules`: the rules as a list, and the examples of rules as tests.

use super::args::RuleListFormat;
use super::console::Console;
use super::options::{RuleSource, WhatCounts};
use super::setup::Settings;
use crate::diagnostics::UserError;
use crate::escape;
use crate::report::redact;
use crate::rules::{Failure, Meta, RuleSet, Severity, rule_skeleton, test_rules};
use crate::scan::facts_of_example;
use miette::Report;
use std::ffi::OsStr;
use std::fmt::Write;
use std::path::Path;

/// Prints id, family, level and title of every rule. The level is that which the configuration gives it.
///
/// # Errors
/// A mistake in a configuration or rule file.
pub(super) fn list(source: &RuleSource, format: RuleListFormat, console: &Console) -> Result<u8, Report> {
    let settings = Settings::load(&source.config)?;
    let rules = settings.rules(&source.directories)?;
    let policy = settings.policy(&WhatCounts::default(), &rules)?;
    let level = |meta: &Meta| policy.level_in_force(&meta.id, meta.level).map_or("off", Severity::name);
    let metas = rules.metas()?;
    let text = match format {
        RuleListFormat::Table => table(&metas, level),
        RuleListFormat::Json => json(&metas, level),
    };
    console.print(text.as_bytes())?;
    Ok(0)
}

fn table(metas: &[&Meta], level: impl Fn(&Meta) -> &'static str) -> String {
    let width = |text: fn(&Meta) -> &str| metas.iter().map(|meta| text(meta).chars().count()).max().unwrap_or(0);
    let (id, family) = (width(|meta| &meta.id), width(|meta| &meta.family));
    let mut out = String::new();
    for meta in metas {
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{:id$}  {:family$}  {:7}  {}",
            escape::terminal(&meta.id),
            escape::terminal(&meta.family),
            level(meta),
            escape::terminal(&meta.title)
        );
    }
    out
}

fn json(metas: &[&Meta], level: impl Fn(&Meta) -> &'static str) -> String {
    let rule = |meta: &&Meta| {
        serde_json::json!({
            "id": &*meta.id,
            "family": &*meta.family,
            "level": level(meta),
            "default_level": meta.level.name(),
            "confidence": meta.confidence.name(),
            "title": meta.title.as_ref(),
            "tags": meta.tags,
            "on": meta.on.iter().map(|kind| kind.name()).collect::<Vec<_>>(),
        })
    };
    let rules: Vec<_> = metas.iter().map(rule).collect();
    escape::json(&format!("{:#}\n", serde_json::Value::from(rules))).into_owned()
}

/// Writes a new rule file.
///
/// # Errors
/// A name that is none for a rule, a file that exists or cannot be written.
pub(super) fn new(file: &Path, console: &Console) -> Result<u8, Report> {
    let file = file.with_extension("toml");
    let name = |path: Option<&OsStr>| path.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let folder = file.parent().and_then(Path::file_name);
    let text = rule_skeleton(&name(folder), &name(file.file_stem()))?;
    let shown = file.display();
    if file.exists() {
        return Err(UserError::plain(format!("{shown} exists"), "Name a file that does not exist yet.").into());
    }
    let made = file.parent().map_or(Ok(()), std::fs::create_dir_all);
    made.and_then(|()| std::fs::write(&file, text)).map_err(|error| {
        let help = "Name a file in a directory that you may write to.";
        UserError::plain(format!("{shown} cannot be written: {error}"), help)
    })?;
    console.note(&format!("aemlint: wrote {shown}; edit it, then run `aemlint rules test {shown}`"));
    Ok(0)
}

/// Runs the examples of the rules in a directory or file, and prints those that do not do what their rule says; if more
/// is wanted, with the facts that the rule saw and what the parts of its conditions came to.
///
/// # Errors
/// A mistake in a rule file.
pub(super) fn test(path: &Path, console: &Console) -> Result<u8, Report> {
    let rules = RuleSet::load(path)?;
    console.warn_of(&rules.warnings());
    let report = test_rules(&rules, &|example| facts_of_example(&rules, example))?;
    let mut out = String::new();
    for failure in &report.failures {
        let _ = writeln!(out, "{}", escape::terminal(&failure.to_string()));
        if console.verbose {
            describe(failure, &mut out);
        }
    }
    let _ = writeln!(
        out,
        "{} {}, {} examples, {} failed",
        report.rules,
        if report.rules == 1 { "rule" } else { "rules" },
        report.tried,
        report.failures.len()
    );
    report.notes.iter().for_each(|note| console.note(&format!("aemlint: {note}")));
    console.print(out.as_bytes())?;
    Ok(u8::from(!report.passed()))
}

/// Adds what the rule of an example that failed saw.
fn describe(failure: &Failure, out: &mut String) {
    if failure.seen.is_empty() {
        out.push_str("  the example has no fact of a kind that the rule looks at\n");
    }
    for seen in &failure.seen {
        let mut json = seen.json.clone();
        redact::json(&mut json);
        let _ = writeln!(out, "  fact {}", escape::terminal(&json.to_string()));
        for (condition, value) in &seen.conditions {
            let _ = writeln!(out, "    {}  is {}", escape::terminal(condition), escape::terminal(value));
        }
    }
}
