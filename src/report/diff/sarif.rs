//! The difference as SARIF: each result says whether it is new, gone or unchanged.

use super::model::DiffReport;
use crate::report::form::Style;
use crate::report::model::{LeftOut, Report, RuleInfo, Summary};
use crate::report::sarif::{Compared, render_results};
use crate::report::unread::Unread;
use std::cmp::Reverse;

/// `all` adds the results that both sides have; `left_out` items are not in the report.
pub(super) fn render(report: &DiffReport, rules: &[RuleInfo], all: bool, left_out: usize) -> String {
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
    let unread: Vec<Unread> = report.old.unread.iter().chain(&report.new.unread).cloned().collect();
    // An archive that was cut off may lack something without a trace.
    let is_incomplete = report.old.is_incomplete || report.new.is_incomplete;
    let missing = unread.len().max(usize::from(is_incomplete)) as u64;
    let left_out = LeftOut { findings: left_out as u64, ..LeftOut::default() };
    let summary = Summary { exit_code: report.exit_code, unread: missing, left_out, ..Summary::default() };
    let run = Report { unread, summary, ..Report::default() };
    render_results(&run, results, rules, &Style::default())
}
