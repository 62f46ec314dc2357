//! The report as Markdown: for the step summary of GitHub Actions, a merge request or a mail.

use super::form::{ReportForm, Style};
use super::groups::groups;
use super::model::{Report, RuleInfo};
use super::overview::{Overview, RuleCount};
use super::{phrases, summary};
use crate::escape;
use crate::rules::{Finding, Severity};
use std::collections::BTreeSet;

/// Findings shown in full, and packages. GitHub takes one megabyte of a step summary.
const MAX_ITEMS: usize = 200;
/// Further places of one finding, and of findings that are like those before.
const MAX_PLACES: usize = 10;
/// Things that were not read.
const MAX_UNREAD: usize = 50;
/// Findings without tables before them.
const MAX_FINDINGS_WITHOUT_TABLES: usize = 3;

pub(super) const FORM: ReportForm =
    ReportForm::new("markdown", "For a summary or a comment: tables of numbers, then the findings", render);

/// The report as Markdown: what there is in numbers, then the findings, the worst first.
fn render(report: &Report, rules: &[RuleInfo], _: &Style) -> String {
    let mut out = format!("# aemlint\n\n{}\n", escape::markdown(&phrases::sentence(&summary::line(report))));
    let overview = Overview::of(report, rules);
    if report.findings.len() > MAX_FINDINGS_WITHOUT_TABLES
        || overview.packages.len() > 1
        || !overview.deployments.is_empty()
    {
        tables(&mut out, &overview);
    }
    not_read(&mut out, report);
    let mut items = Items { out, rules, shown: 0, named: BTreeSet::new() };
    items.findings(report);
    items.out
}

fn tables(out: &mut String, overview: &Overview<'_>) {
    *out += "\n| level | findings | rule | |\n|---|---:|---|---|\n";
    for rule in &overview.rules {
        let level = phrases::level(rule.severity);
        *out += &format!("| {level} | {} | {} | {} |\n", rule.number, linked(rule), escape::markdown(rule.title));
    }
    if overview.groups.len() > 1 {
        *out += "\n| group | findings |\n|---|---|\n";
        for group in overview.groups.iter().take(MAX_ITEMS) {
            *out += &format!("| {} | {} |\n", escape::markdown(&group.name), group.numbers());
        }
    }
    if !overview.deployments.is_empty() {
        *out += "\n| deployment | findings |\n|---|---|\n";
        for deployment in overview.deployments.iter().take(MAX_ITEMS) {
            *out += &format!("| {} | {} |\n", escape::markdown(&deployment.name), deployment.numbers());
        }
    }
    *out += "\n| package | findings |\n|---|---|\n";
    for package in overview.packages.iter().take(MAX_ITEMS) {
        *out += &format!("| {} | {} |\n", escape::markdown(&package.name), package.numbers());
    }
    if overview.packages.len() > MAX_ITEMS {
        *out += &format!("| {} more | |\n", overview.packages.len() - MAX_ITEMS);
    }
}

/// The id of a rule in a cell of a table, as a link where it has a page.
fn linked(rule: &RuleCount<'_>) -> String {
    let id = escape::markdown(rule.rule);
    rule.url.map_or(id.clone(), |url| format!("[{id}]({})", url))
}

fn not_read(out: &mut String, report: &Report) {
    if report.unread.is_empty() {
        return;
    }
    *out += "\n## Not read\n\n";
    for thing in report.unread.iter().take(MAX_UNREAD) {
        let path = escape::clip(&thing.place.to_string(), escape::MAX_NAME_CHARS).into_owned();
        let reason = escape::markdown(&phrases::reason(thing));
        *out += &format!("- {}: {reason}\n", escape::markdown_code(&path));
    }
    if report.unread.len() > MAX_UNREAD {
        *out += &format!("- {} more\n", report.unread.len() - MAX_UNREAD);
    }
}

/// The findings of a report as far as they are written.
struct Items<'r> {
    out: String,
    rules: &'r [RuleInfo],
    shown: usize,
    /// The rules whose pages were named.
    named: BTreeSet<&'r str>,
}

impl<'r> Items<'r> {
    fn findings(&mut self, report: &'r Report) {
        let mut level = None;
        let mut left_out = 0;
        for group in groups(&report.findings) {
            let Some(first) = group.shown.first() else { continue };
            if self.shown >= MAX_ITEMS {
                left_out += group.shown.len() + group.further.len();
                continue;
            }
            if level != Some(first.severity) {
                level = Some(first.severity);
                let heading = match first.severity {
                    Severity::Error => "Errors",
                    Severity::Warning => "Warnings",
                    Severity::Note => "Notes",
                };
                self.out += &format!("\n## {heading}\n\n");
            }
            for finding in &group.shown {
                self.item(finding);
            }
            if let Some(first) = group.further.first() {
                self.further(&group.name(first), &group.further);
            }
        }
        if left_out > 0 {
            let number = phrases::count(left_out as u64, "finding", "findings");
            self.out += &format!("\n{number} more are not shown here.\n");
        }
    }

    fn item(&mut self, finding: &'r Finding) {
        self.shown += 1;
        let message = escape::markdown(&escape::clip(&finding.message, escape::MAX_MESSAGE_CHARS));
        let title = match finding.title.is_empty() {
            true => String::new(),
            false => format!(" {}", escape::markdown(&finding.title)),
        };
        let mut rule = format!("**{}**", escape::markdown_code(&finding.rule));
        let info = self.rules.iter().find(|info| info.id == finding.rule.as_ref());
        if let Some(url) = info.and_then(|info| info.url.as_deref()).filter(|_| self.named.insert(&finding.rule)) {
            rule = format!("[{rule}]({})", url);
        }
        let place = escape::markdown_code(&phrases::place(&finding.location));
        self.out += &format!("- {rule}{title}  \n  {place}  \n  {message}\n");
        for related in finding.related.iter().take(MAX_PLACES) {
            let says = escape::markdown(&escape::clip(&related.message, escape::MAX_MESSAGE_CHARS));
            self.out += &format!("  - {}: {says}\n", escape::markdown_code(&phrases::place(&related.location)));
        }
        if finding.related.len() > MAX_PLACES {
            self.out += &format!("  - {} more places\n", finding.related.len() - MAX_PLACES);
        }
        if let Some(advice) = phrases::advice(finding) {
            self.out += &format!("\n  {}\n", escape::markdown(&escape::clip(&advice, escape::MAX_MESSAGE_CHARS)));
        }
    }

    /// Findings that are like those before.
    fn further(&mut self, name: &str, findings: &[&Finding]) {
        let number = phrases::count(findings.len() as u64, "finding", "findings");
        self.out += &format!("- {number} more like this: {}\n", escape::markdown(name));
        for finding in findings.iter().take(MAX_PLACES) {
            self.out += &format!("  - {}\n", escape::markdown_code(&phrases::place(&finding.location)));
        }
        if findings.len() > MAX_PLACES {
            self.out += &format!("  - and {} more\n", findings.len() - MAX_PLACES);
        }
    }
}
