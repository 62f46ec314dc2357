//! The findings as comma-separated values (RFC 4180), for spreadsheets. The order of the columns stays; new ones are added at the end.

use super::form::{ReportForm, Style};
use super::model::{Report, RuleInfo};
use super::phrases;
use crate::escape;
use crate::rules::{Finding, Severity, UNREAD_RULE};
use std::collections::HashMap;
use zip_audit::Place;

/// Characters of one name.
const MAX_NAME_CHARS: usize = 4_096;

const COLUMNS: [&str; 19] = [
    "level",
    "rule",
    "title",
    "message",
    "deployment",
    "package_group",
    "package_name",
    "package_version",
    "file",
    "inside",
    "line",
    "column",
    "node",
    "property",
    "confidence",
    "instances",
    "advice",
    "fingerprint",
    "url",
];

pub(super) const FORM: ReportForm = ReportForm::new("csv", "For spreadsheets: one row for each finding", render);

/// One row a finding, in the order of the JSON report. Things of which no finding says that they were not read follow.
fn render(report: &Report, rules: &[RuleInfo], _: &Style) -> String {
    let urls: HashMap<&str, &str> =
        rules.iter().filter_map(|rule| Some((rule.id.as_str(), rule.url.as_deref()?))).collect();
    let mut out = escape::csv_record(COLUMNS);
    report.findings.iter().for_each(|finding| out += &escape::csv_record(cells(report, finding, &urls)));
    for unread in phrases::untold_unread(report) {
        let mut cells = [const { String::new() }; COLUMNS.len()];
        let known = [
            Severity::Error.name().to_owned(),
            UNREAD_RULE.to_owned(),
            String::new(),
            format!("This was not analysed: {}.", phrases::reason(unread).trim_end_matches('.')),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            name(&unread.place.file),
            inside(&unread.place),
        ];
        cells.iter_mut().zip(known).for_each(|(cell, known)| *cell = known);
        out += &escape::csv_record(cells);
    }
    if let Some(left_out) = phrases::left_out_sentence(report) {
        let mut cells = [const { String::new() }; COLUMNS.len()];
        let known = [Severity::Note.name().to_owned(), String::new(), String::new(), left_out];
        cells.iter_mut().zip(known).for_each(|(cell, known)| *cell = known);
        out += &escape::csv_record(cells);
    }
    out
}

fn name(name: &str) -> String {
    escape::clip(name, MAX_NAME_CHARS).into_owned()
}

fn inside(place: &Place) -> String {
    place.inside.iter().map(|inside| name(inside)).collect::<Vec<_>>().join(" ")
}

fn cells(report: &Report, finding: &Finding, urls: &HashMap<&str, &str>) -> [String; COLUMNS.len()] {
    let package = finding.package.as_deref().cloned().unwrap_or_default();
    let location = &finding.location;
    [
        finding.severity.name().to_owned(),
        finding.rule.to_string(),
        finding.title.to_string(),
        finding.message.clone(),
        phrases::deployment(report, finding),
        package.group,
        package.name,
        package.version,
        name(&location.place.file),
        inside(&location.place),
        location.mark.start.line.to_string(),
        location.mark.start.column.to_string(),
        location.node.clone().unwrap_or_default(),
        finding.property.clone().unwrap_or_default(),
        finding.confidence.name().to_owned(),
        finding.instances.join(" "),
        finding.advice.clone().unwrap_or_default(),
        finding.fingerprint.clone(),
        urls.get(&*finding.rule).copied().unwrap_or_default().to_owned(),
    ]
}
