//! JUnit XML, which every build server shows: a finding is a failed test case of the test suite of its rule.

use super::form::{ReportForm, Style};
use super::model::{Report, RuleInfo};
use super::{phrases, summary};
use crate::escape;
use crate::rules::{Finding, Severity};
use std::collections::BTreeMap;

pub(super) const FORM: ReportForm = ReportForm::new("junit", "JUnit XML", render);

fn render(report: &Report, rules: &[RuleInfo], _: &Style) -> String {
    let pages: BTreeMap<&str, &str> =
        rules.iter().filter_map(|rule| Some((rule.id.as_str(), rule.url.as_deref()?))).collect();
    let mut suites: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        suites.entry(&finding.rule).or_default().push(finding);
    }
    let failures = |findings: &[&Finding]| findings.iter().filter(|finding| finding.severity > Severity::Note).count();
    let untold = phrases::untold_unread(report);
    let tests = report.findings.len().max(usize::from(untold.is_empty())) + untold.len();
    let failed: usize = suites.values().map(|findings| failures(findings)).sum();
    let time = report.summary.milliseconds.map(|time| format!(" time=\"{}.{:03}\"", time / 1_000, time % 1_000));
    let time = time.unwrap_or_default();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out += &format!(
        "<testsuites name=\"aemlint\" tests=\"{tests}\" failures=\"{failed}\" errors=\"{}\"{time}>\n",
        untold.len()
    );
    for (rule, findings) in &suites {
        out += &format!(
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\">\n",
            escape::xml(rule),
            findings.len(),
            failures(findings)
        );
        findings.iter().for_each(|finding| out += &case(finding, pages.get(rule).copied()));
        out += "  </testsuite>\n";
    }
    if !untold.is_empty() {
        let number = untold.len();
        out += &format!("  <testsuite name=\"not read\" tests=\"{number}\" failures=\"0\" errors=\"{number}\">\n");
        for unread in untold {
            out += &format!(
                "    <testcase classname=\"not-read\" name=\"{}\"><error message=\"{}\"/></testcase>\n",
                escape::xml(&phrases::path_of(&unread.place)),
                escape::xml(&phrases::reason(unread))
            );
        }
        out += "  </testsuite>\n";
    }
    if let Some(left_out) = phrases::left_out(report) {
        let name = escape::xml(&left_out);
        out += "  <testsuite name=\"report\" tests=\"1\" failures=\"0\" errors=\"0\">\n";
        out += &format!("    <testcase classname=\"report\" name=\"{name}\"/>\n  </testsuite>\n");
    }
    if suites.is_empty() && untold.is_empty() {
        // Build servers take a report without a test case for a mistake.
        out += "  <testsuite name=\"aemlint\" tests=\"1\" failures=\"0\" errors=\"0\">\n";
        let name = escape::xml(&summary::line(report));
        out += &format!("    <testcase classname=\"aemlint\" name=\"{name}\"/>\n  </testsuite>\n");
    }
    out += "</testsuites>\n";
    out
}

/// `page` is the address of the page of the rule.
fn case(finding: &Finding, page: Option<&str>) -> String {
    let place = phrases::place(&finding.location);
    let message = escape::xml(&escape::terminal_message(&finding.message));
    let rule = escape::xml(&finding.rule);
    let head = format!("    <testcase classname=\"{rule}\" name=\"{}\">", escape::xml(&place));
    let more: String = std::iter::once(phrases::help(finding))
        .chain(finding.related.iter().take(10).map(|related| {
            format!("also: {}: {}", phrases::place(&related.location), escape::terminal_message(&related.message))
        }))
        .chain(page.map(str::to_owned))
        .map(|line| format!("{}\n", escape::xml(&line)))
        .collect();
    let body = match finding.severity {
        Severity::Note => format!("<system-out>note: {message}\n{more}</system-out>"),
        level => format!("<failure type=\"{}\" message=\"{message}\">{more}</failure>", phrases::level(level)),
    };
    format!("{head}\n      {body}\n    </testcase>\n")
}
