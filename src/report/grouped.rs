//! The findings file by file: for people who mend one file after the other.

use super::form::{ReportForm, Style};
use super::model::{Report, RuleInfo};
use super::phrases;
use crate::escape;
use crate::rules::Finding;

pub(super) const FORM: ReportForm =
    ReportForm { has_summary: true, ..ReportForm::new("grouped", "File by file, one line for each finding", render) };

/// The findings of each file under its path, in the order of files and lines. Whatever messages hold, each is one line.
fn render(report: &Report, _: &[RuleInfo], style: &Style) -> String {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| (&finding.location.place, finding.location.mark));
    let mut out = String::new();
    for file in findings.chunk_by(|a, b| a.location.place == b.location.place) {
        let Some(first) = file.first() else { continue };
        out += &format!("{}\n", phrases::path(&first.location));
        let position = |finding: &Finding| match phrases::is_whole_file(&finding.location) {
            true => "-".to_owned(),
            false => format!("{}:{}", finding.location.mark.start.line, finding.location.mark.start.column),
        };
        let widest = file.iter().map(|finding| position(finding).len()).max().unwrap_or_default();
        for finding in file {
            let level = phrases::painted_level(style.color, finding.severity);
            let pad = " ".repeat(7_usize.saturating_sub(phrases::level(finding.severity).len()));
            let message = escape::terminal_message(&finding.message);
            let rule = escape::terminal_name(&finding.rule);
            out += &format!("  {:>widest$}  {level}{pad}  {message} [{rule}]\n", position(finding));
        }
        out.push('\n');
    }
    for unread in phrases::untold_unread(report) {
        out += &format!("{}\n  not read: {}\n\n", phrases::path_of(&unread.place), phrases::reason(unread));
    }
    out += &super::summary::line(report);
    out.push('\n');
    out
}
