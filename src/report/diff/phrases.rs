//! Phrases that the forms for people share.

use super::model::{DiffReport, count_of};
use crate::diff::{AttributeChange, Changes, Integration, SecretEntry};
use crate::escape;
use crate::facts::Coordinates;
use crate::report::phrases::count;
use crate::rules::Severity;
use serde_json::Value as Json;

/// Characters of a value that is shown.
const MAX_VALUE_CHARS: usize = 200;

/// `2 new findings (1 error, 1 warning), 1 gone, 12 unchanged`.
pub(super) fn findings(report: &DiffReport) -> String {
    let findings = &report.difference.findings;
    let levels = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Note, "note", "notes"),
    ];
    let levels: Vec<String> = levels
        .into_iter()
        .map(|(level, one, many)| (count_of(findings.new.iter().map(|new| &new.finding), level), one, many))
        .filter(|(number, ..)| *number > 0)
        .map(|(number, one, many)| count(number as u64, one, many))
        .collect();
    let levels = if levels.is_empty() { String::new() } else { format!(" ({})", levels.join(", ")) };
    let new = count(findings.new.len() as u64, "new finding", "new findings");
    // What was not read is not mended.
    let gone = if report.new.is_incomplete { "gone or not read" } else { "gone" };
    format!("{new}{levels}, {} {gone}, {} unchanged", findings.gone.len(), findings.unchanged.len())
}

/// What changed beside findings, each as `2 packages changed`.
pub(super) fn other_changes(report: &DiffReport) -> Vec<String> {
    let difference = &report.difference;
    let mut parts = Vec::new();
    add(&mut parts, &difference.packages, "package", "packages");
    add(&mut parts, &difference.integrations, "integration", "integrations");
    add(&mut parts, &difference.hosts, "host", "hosts");
    add(&mut parts, &difference.secrets, "secret or key", "secrets or keys");
    let coverage = &difference.coverage;
    if !coverage.added.is_empty() {
        parts.push(format!("{} newly not read", count(coverage.added.len() as u64, "thing", "things")));
    }
    if !coverage.removed.is_empty() {
        parts.push(format!("{} read again", count(coverage.removed.len() as u64, "thing", "things")));
    }
    parts
}

fn add<T, C>(parts: &mut Vec<String>, changes: &Changes<T, C>, one: &str, many: &str) {
    for (number, verb) in
        [(changes.added.len(), "added"), (changes.removed.len(), "removed"), (changes.changed.len(), "changed")]
    {
        if number > 0 {
            parts.push(format!("{} {verb}", count(number as u64, one, many)));
        }
    }
}

/// What to know of a side that was not read as a whole.
pub(super) fn incomplete(report: &DiffReport) -> Option<&'static str> {
    match (report.old.is_incomplete, report.new.is_incomplete) {
        (false, false) => None,
        (true, false) => Some(
            "OLD was not read or judged as a whole: what seems to be new can have been there. `aemlint check` of it says what is missing.",
        ),
        (false, true) => Some(
            "NEW was not read or judged as a whole: what seems to be gone can be there. `aemlint check` of it says what is missing.",
        ),
        (true, true) => Some(
            "Neither OLD nor NEW was read or judged as a whole: what seems to be new or gone need not be. `aemlint check` of each says what is missing.",
        ),
    }
}

/// `group:name`, or the name alone. Not escaped.
pub(super) fn package_name(group: &str, name: &str) -> String {
    if group.is_empty() { name.to_owned() } else { format!("{group}:{name}") }
}

/// `group:name 1.0`. Not escaped.
pub(super) fn package(package: &Coordinates) -> String {
    let name = package_name(&package.group, &package.name);
    if package.version.is_empty() { name } else { format!("{name} {}", package.version) }
}

/// What an integration is called: its name. Not escaped.
pub(super) fn integration(integration: &Integration) -> String {
    format!("{} '{}'", integration.integration, integration.name)
}

/// Run modes for people. Not escaped.
pub(super) fn run_modes(run_modes: &[String]) -> String {
    if run_modes.is_empty() { "all run modes".to_owned() } else { run_modes.join(" or ") }
}

/// Where a secret stands: its configuration or node, and the property. Not escaped.
pub(super) fn secret(secret: &SecretEntry) -> String {
    match &secret.property {
        Some(property) => format!("{} {property}", secret.key),
        None => secret.key.clone(),
    }
}

/// The state of a secret, or which key it is.
pub(super) fn state(secret: &SecretEntry) -> String {
    if secret.kind == "secret" { format!("{} secret", secret.state) } else { secret.state.to_owned() }
}

/// The values of an attribute for people, old and new. Not escaped.
pub(super) fn values(change: &AttributeChange) -> [String; 2] {
    [&change.old, &change.new].map(|value| self::value(change.attribute, value))
}

fn value(attribute: &str, value: &Json) -> String {
    let shown = match value {
        Json::Null => "none".to_owned(),
        Json::Array(items) if attribute == "run_modes" => {
            run_modes(&items.iter().filter_map(Json::as_str).map(str::to_owned).collect::<Vec<_>>())
        }
        Json::Array(items) if items.is_empty() => "none".to_owned(),
        Json::Array(items) if items.iter().all(Json::is_string) => {
            items.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(", ")
        }
        Json::String(text) if text.is_empty() => "\"\"".to_owned(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    escape::clip(&shown, MAX_VALUE_CHARS).into_owned()
}
