//! Annotations of GitHub Actions, as workflow commands on standard output.
//!
//! GitHub keeps ten annotations a level and step, so the worst come first, the rest follows as plain lines of the log,
//! and a last notice says how many those are. Parameters of a command are not shown in the log: the place is repeated
//! in the message.

use super::form::{ReportForm, Style};
use super::model::{Report, RuleInfo};
use super::{phrases, summary};
use crate::escape;
use crate::rules::{Finding, Severity};

/// Annotations of one level that GitHub keeps of a step.
const MAX_ANNOTATIONS_PER_LEVEL: usize = 10;

pub(super) const FORM: ReportForm =
    ReportForm { has_summary: true, ..ReportForm::new("github", "Annotations of GitHub Actions", render) };

fn render(report: &Report, rules: &[RuleInfo], _: &Style) -> String {
    let mut out = String::new();
    let mut rest = Vec::new();
    for level in [Severity::Error, Severity::Warning, Severity::Note] {
        let all: Vec<&Finding> = report.findings.iter().filter(|finding| finding.severity == level).collect();
        // The notice at the end takes the place of one note.
        let most = if level == Severity::Note { MAX_ANNOTATIONS_PER_LEVEL - 1 } else { MAX_ANNOTATIONS_PER_LEVEL };
        let (shown, more) = all.split_at(all.len().min(most));
        shown.iter().for_each(|finding| out += &annotation(finding, rules));
        rest.extend_from_slice(more);
    }
    for finding in &rest {
        out += &format!(
            "{}: {}[{}] {}\n",
            phrases::place(&finding.location),
            phrases::level(finding.severity),
            escape::terminal(&finding.rule),
            escape::terminal_message(&finding.message)
        );
    }
    let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    for (number, unread) in (errors..).zip(phrases::untold_unread(report)) {
        let path = phrases::path_of(&unread.place);
        let line = phrases::sentence(&format!("{path} was not read: {}", phrases::reason(unread)));
        let command = if number < MAX_ANNOTATIONS_PER_LEVEL { "::error title=not read::" } else { "" };
        out += &format!("{command}{}\n", escape::github_data(&line));
    }
    if !rest.is_empty() {
        let more = phrases::count(rest.len() as u64, "more finding is", "more findings are");
        let text = format!(
            "{more} in the log of this step; GitHub shows {MAX_ANNOTATIONS_PER_LEVEL} annotations of each level."
        );
        out += &format!("::notice title=aemlint::{}\n", escape::github_data(&text));
    }
    out += &summary::line(report);
    out.push('\n');
    out
}

fn annotation(finding: &Finding, rules: &[RuleInfo]) -> String {
    let command = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let location = &finding.location;
    let mut properties = format!("file={}", escape::github_property(&location.place.file));
    // A line of an archive's bytes would mean nothing.
    if location.place.inside.is_empty() && !phrases::is_whole_file(location) {
        let (start, end) = (location.mark.start, location.mark.end);
        properties += &format!(",line={},endLine={}", start.line, end.line);
        // GitHub takes columns only where the annotation stays on one line.
        if start.line == end.line {
            properties += &format!(",col={},endColumn={}", start.column, end.column);
        }
    }
    let title = rules.iter().find(|rule| rule.id == finding.rule.as_ref()).map(|rule| rule.title.as_str());
    let title = title.map_or_else(|| finding.rule.to_string(), |title| format!("{} ({title})", finding.rule));
    properties += &format!(",title={}", escape::github_property(&title));
    let place = phrases::place(location);
    let message = phrases::sentence(&escape::terminal_message(&finding.message));
    let text = escape::github_data(&format!("{place}: {message} {}", phrases::help(finding)));
    format!("::{command} {properties}::{text}\n")
}
