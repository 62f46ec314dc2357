//! The difference as SARIF: each result says whether it is new, gone or unchanged.

use super::model::DiffReport;
use crate::report::form::Style;
use crate::report::model::{Report, RuleInfo};
use crate::report::sarif::{Compared, render_results};
use std::cmp::Reverse;

/// `all` adds the results that both sides have.
pub(super) fn render(report: &DiffReport, rules: &[RuleInfo], all: bool) -> String {
    let findings = &report.difference.findings;
    let new = findings.new.iter().map(|new| (&new.finding, Some("new")));
    let gone = findings.gone.iter().map(|gone| (gone, Some("absent")));
    let unchanged = findings.unchanged.iter().filter(|_| all);
    let unchanged = unchanged.map(|finding| (finding, Some("unchanged")));
    let mut results: Vec<Compared<'_>> = new.collect();
    // Of too many the last are left out: first what is new, the worst of it before all else.
    results.sort_by_key(|(finding, _)| Reverse(finding.severity));
    let mut others: Vec<Compared<'_>> = unchanged.chain(gone).collect();
    others.sort_by_key(|(finding, _)| Reverse(finding.severity));
    results.extend(others);
    let run = Report {
        summary: crate::report::Summary { exit_code: report.exit_code, ..Default::default() },
        ..Report::default()
    };
    render_results(&run, results, rules, &Style::default())
}
