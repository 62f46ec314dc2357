//! `path:line:column: level[rule] message`: one line a finding, for editors, scripts and grep.

use super::form::{ReportForm, Style};
use super::model::{Report, RuleInfo};
use super::phrases;
use crate::escape;
use crate::rules::Severity;

pub(super) const FORM: ReportForm = ReportForm::new("concise", "One line for each finding", render);

/// One line a finding. Whatever the messages and names hold, each line begins with a path and is one line.
fn render(report: &Report, _: &[RuleInfo], style: &Style) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        let start = finding.location.mark.start;
        let level = phrases::painted_level(style.color, finding.severity);
        let path = phrases::path(&finding.location);
        let message = escape::terminal_message(&finding.message);
        out += &format!(
            "{path}:{}:{}: {level}[{}] {message}\n",
            start.line,
            start.column,
            escape::terminal(&finding.rule)
        );
    }
    for unread in phrases::untold_unread(report) {
        let path = phrases::path_of(&unread.place);
        out += &format!(
            "{path}:1:1: {}[unread] {}\n",
            phrases::painted_level(style.color, Severity::Error),
            phrases::reason(unread)
        );
    }
    if let Some(left_out) = phrases::left_out(report) {
        out += &format!(".:1:1: {}[report] {left_out}\n", phrases::painted_level(style.color, Severity::Note));
    }
    out
}
