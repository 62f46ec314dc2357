//! The report as Markdown: for the step summary of GitHub Actions, a merge request or a mail.

use super::form::{ReportForm, Style};
use super::model::{Report, RuleInfo};
use super::{phrases, summary};
use crate::escape;
use crate::rules::{Finding, Severity};

/// Findings shown in full. GitHub takes one megabyte of a step summary.
const MOST: usize = 200;
const MOST_RELATED: usize = 10;

pub(super) const FORM: ReportForm = ReportForm {
    name: "markdown",
    about: "Tables for a summary or a comment",
    needs_all_rules: false,
    shows_inputs: false,
    shows_audit: false,
    has_summary: false,
    render,
};

/// The report as Markdown, the worst findings first.
fn render(report: &Report, rules: &[RuleInfo], _: &Style) -> String {
    let mut out = format!("# aemlint\n\n{}\n", escape::markdown(&phrases::sentence(&summary::line(report))));
    let findings = phrases::worst_first(&report.findings);
    for level in [Severity::Error, Severity::Warning, Severity::Note] {
        let of_level: Vec<&Finding> =
            findings.iter().take(MOST).copied().filter(|found| found.severity == level).collect();
        if of_level.is_empty() {
            continue;
        }
        let heading = match level {
            Severity::Error => "Errors",
            Severity::Warning => "Warnings",
            Severity::Note => "Notes",
        };
        out += &format!("\n## {heading}\n\n");
        of_level.iter().for_each(|finding| out += &item(finding, rules));
    }
    if findings.len() > MOST {
        out += &format!(
            "\n{} more are not shown here.\n",
            phrases::count((findings.len() - MOST) as u64, "finding", "findings")
        );
    }
    let unread = phrases::untold_unread(report);
    if !unread.is_empty() {
        out += "\n## Not read\n\n";
        for thing in unread.iter().take(MOST) {
            let path = escape::clip(&thing.place.to_string(), escape::LONGEST_NAME).into_owned();
            let reason = escape::markdown(&phrases::reason(thing));
            out += &format!("- {}: {reason}\n", escape::markdown_code(&path));
        }
    }
    out
}

fn item(finding: &Finding, rules: &[RuleInfo]) -> String {
    let message = escape::markdown(&escape::clip(&finding.message, escape::LONGEST_MESSAGE));
    let title = rules.iter().find(|rule| rule.id == finding.rule.as_ref()).map(|rule| rule.title.as_str());
    let title = title.map_or(String::new(), |title| format!(" {}", escape::markdown(title)));
    let mut out = format!("- **{}**{title}  \n", escape::markdown_code(&finding.rule));
    out += &format!("  {}  \n  {message}\n", escape::markdown_code(&phrases::place(&finding.location)));
    for related in finding.related.iter().take(MOST_RELATED) {
        let says = escape::markdown(&escape::clip(&related.message, escape::LONGEST_MESSAGE));
        out += &format!("  - {}: {says}\n", escape::markdown_code(&phrases::place(&related.location)));
    }
    if finding.related.len() > MOST_RELATED {
        out += &format!("  - {} more places\n", finding.related.len() - MOST_RELATED);
    }
    if let Some(advice) = phrases::advice(finding) {
        out += &format!("\n  {}\n", escape::markdown(&escape::clip(&advice, escape::LONGEST_MESSAGE)));
    }
    out
}
