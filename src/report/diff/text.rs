//! The difference for people at a terminal.

use super::model::DiffReport;
use super::phrases;
use crate::escape::{terminal_message, terminal_name};
use crate::report::phrases as common;
use crate::rules::Finding;
use std::fmt::Write as _;

/// Writes a line; writing to a string cannot fail.
macro_rules! line {
    ($out:expr, $($arguments:tt)*) => {{
        let _ = writeln!($out, $($arguments)*);
    }};
}

/// `whole` is the report before so many changes and findings were left out of it.
pub(super) fn render(report: &DiffReport, whole: &DiffReport, left_out: usize) -> String {
    let mut out = counts(whole);
    if left_out > 0 {
        line!(out, "{} left out below: the report would be too long", common::count(left_out as u64, "item", "items"));
    }
    let difference = &report.difference;
    let findings = &difference.findings;
    heading(&mut out, "New findings", !findings.new.is_empty());
    let level = |finding: &Finding| std::cmp::Reverse(finding.severity);
    let mut new: Vec<_> = findings.new.iter().collect();
    new.sort_by_key(|new| level(&new.finding));
    for new in new {
        let before = new.previous_level.map(|level| format!(", {} before", level.name())).unwrap_or_default();
        finding(&mut out, &new.finding, &before);
    }
    let packages = &difference.packages;
    heading(&mut out, "Packages", !packages.is_empty());
    packages.added.iter().for_each(|added| line!(out, "  + {}", terminal_name(&phrases::package(added))));
    packages.removed.iter().for_each(|removed| line!(out, "  - {}", terminal_name(&phrases::package(removed))));
    for change in &packages.changed {
        let name = terminal_name(&phrases::package_name(&change.group, &change.name));
        line!(out, "  ~ {name}: {} -> {}", version(&change.old), version(&change.new));
    }
    integrations(&mut out, report);
    let hosts = &difference.hosts;
    heading(&mut out, "Hosts", !hosts.is_empty());
    hosts.added.iter().for_each(|host| line!(out, "  + {}", terminal_name(host)));
    hosts.removed.iter().for_each(|host| line!(out, "  - {}", terminal_name(host)));
    secrets(&mut out, report);
    let coverage = &difference.coverage;
    heading(&mut out, "Not read", !coverage.is_empty());
    for (sign, list) in [('+', &coverage.added), ('-', &coverage.removed)] {
        for item in list {
            line!(out, "  {sign} {}: {}", terminal_name(&item.path), terminal_message(&item.reason));
        }
    }
    heading(&mut out, "Findings that are gone", !findings.gone.is_empty());
    common::worst_first(&findings.gone).into_iter().for_each(|gone| finding(&mut out, gone, ""));
    out
}

fn counts(report: &DiffReport) -> String {
    let mut out = String::new();
    line!(out, "{}", phrases::findings(report));
    let others = phrases::other_changes(report);
    if others.is_empty() {
        line!(out, "Nothing else changed");
    } else {
        line!(out, "{}", others.join(", "));
    }
    if let Some(note) = phrases::incomplete(report) {
        line!(out, "{note}");
    }
    out
}

fn heading(out: &mut String, text: &str, wanted: bool) {
    if wanted {
        line!(out, "\n{text}");
    }
}

fn finding(out: &mut String, finding: &Finding, before: &str) {
    line!(out, "  {}[{}]{before}", finding.severity.name(), terminal_name(&finding.rule));
    line!(out, "      {}", terminal_message(&finding.message));
    line!(out, "      {}", common::place(&finding.location));
}

fn version(version: &str) -> String {
    if version.is_empty() { "no version".to_owned() } else { terminal_name(version) }
}

fn integrations(out: &mut String, report: &DiffReport) {
    let integrations = &report.difference.integrations;
    heading(out, "Integrations", !integrations.is_empty());
    for (sign, list) in [('+', &integrations.added), ('-', &integrations.removed)] {
        for item in list {
            line!(out, "  {sign} {}", terminal_name(&phrases::integration(item)));
            line!(out, "      {} in {}", terminal_name(&item.key), terminal_name(&phrases::run_modes(&item.run_modes)));
            line!(out, "      {}", terminal_name(&item.path));
        }
    }
    for change in &integrations.changed {
        let item = &change.integration;
        line!(out, "  ~ {}", terminal_name(&phrases::integration(item)));
        line!(out, "      {} in {}", terminal_name(&item.key), terminal_name(&phrases::run_modes(&item.run_modes)));
        line!(out, "      {}", terminal_name(&item.path));
        for change in &change.changes {
            let [old, new] = phrases::values(change).map(|value| terminal_message(&value));
            line!(out, "      {}: {old} -> {new}", change.attribute);
        }
    }
}

fn secrets(out: &mut String, report: &DiffReport) {
    let secrets = &report.difference.secrets;
    heading(out, "Secrets and keys", !secrets.is_empty());
    for (sign, list) in [('+', &secrets.added), ('-', &secrets.removed)] {
        for item in list {
            let modes = terminal_name(&phrases::run_modes(&item.run_modes));
            line!(out, "  {sign} {}: {} in {modes}", terminal_name(&phrases::secret(item)), phrases::state(item));
        }
    }
    for change in &secrets.changed {
        let item = &change.secret;
        line!(out, "  ~ {}: {} -> {}", terminal_name(&phrases::secret(item)), change.old, item.state);
    }
}
