//! Phrases that several forms of report share: places, counts, lists.

use super::model::Report;
use crate::escape;
use crate::facts::{Coordinates, Whereabouts};
use crate::rules::{Finding, Severity, UNREAD_RULE};
use text_spans::SourceRange;
use zip_audit::Place;

/// Whether the location is a file as such, so that there is no line to show.
pub(super) fn is_whole_file(location: &Whereabouts) -> bool {
    location.mark == SourceRange::FILE
}

/// `path`, or `path:line:column` where the location is a place in the file. Escaped and clipped for a terminal.
pub(super) fn place(location: &Whereabouts) -> String {
    let path = path(location);
    if is_whole_file(location) {
        return path;
    }
    format!("{path}:{}:{}", location.mark.start.line, location.mark.start.column)
}

/// The path of a location, archive entries and all. Escaped and clipped for a terminal.
pub(super) fn path(location: &Whereabouts) -> String {
    path_of(&location.place)
}

/// As [`path`], of any place.
pub(super) fn path_of(place: &Place) -> String {
    escape::clip(&names(place).join("!/"), MAX_CHAIN_CHARS).into_owned()
}

/// The file on disk and the archive entries, outermost first, each escaped and clipped for a terminal.
pub(super) fn names(place: &Place) -> Vec<String> {
    let name = |name| escape::terminal(&escape::clip(name, MAX_PATH_CHARS)).into_owned();
    std::iter::once(&place.file).chain(place.inside.iter()).map(|path| name(path)).collect()
}

/// Paths of content are long; a longer one is shown in part.
pub(super) const MAX_PATH_CHARS: usize = 500;
/// The same of a whole chain.
const MAX_CHAIN_CHARS: usize = 2_000;

/// `group:name version`. Clipped for a terminal, not escaped.
pub(super) fn coordinates(package: &Coordinates) -> String {
    let name = [&package.group, &package.name].into_iter().filter(|part| !part.is_empty());
    let name = name.map(String::as_str).collect::<Vec<_>>().join(":");
    let text = [name.as_str(), package.version.as_str()].join(" ");
    escape::clip(text.trim(), escape::MAX_NAME_CHARS).into_owned()
}

/// `1 error`, `2 errors`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `2 errors, 1 note`; `No findings` where there are none.
pub(super) fn numbers(errors: u64, warnings: u64, notes: u64) -> String {
    let found: Vec<String> = [(errors, "error", "errors"), (warnings, "warning", "warnings"), (notes, "note", "notes")]
        .into_iter()
        .filter(|&(number, ..)| number > 0)
        .map(|(number, one, many)| count(number, one, many))
        .collect();
    if found.is_empty() { "No findings".to_owned() } else { found.join(", ") }
}

/// The word for a level with which a line begins.
pub(super) fn level(level: Severity) -> &'static str {
    level.name()
}

/// The same, in the colour of the level where colours are wanted.
pub(super) fn painted_level(color: bool, level: Severity) -> String {
    let name = level.name();
    if !color {
        return name.to_owned();
    }
    let code = match level {
        Severity::Error => 31,
        Severity::Warning => 33,
        Severity::Note => 36,
    };
    format!("\u{1b}[1;{code}m{name}\u{1b}[0m")
}

/// The findings, the worst first; equally bad ones stay in order.
pub(super) fn worst_first<'r>(findings: impl IntoIterator<Item = &'r Finding>) -> Vec<&'r Finding> {
    let mut sorted: Vec<&'r Finding> = findings.into_iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    sorted
}

/// The text as one sentence with a period at its end.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// What to do about a finding, and where to read on.
pub(super) fn help(finding: &Finding) -> String {
    let explain = format!("Run `aemlint explain {}` to read more.", escape::terminal(&finding.rule));
    advice(finding).map_or(explain.clone(), |advice| format!("{} {explain}", escape::terminal_message(&advice)))
}

/// What to do about a finding, where its rule has a short form. Not escaped.
pub(super) fn advice(finding: &Finding) -> Option<String> {
    finding.advice.as_deref().filter(|advice| !advice.trim().is_empty()).map(sentence)
}

/// Why a thing was not read, and the limit that was reached. Escaped for a terminal.
pub(super) fn reason(unread: &super::Unread) -> String {
    let reason = escape::terminal_message(&unread.reason);
    match &unread.limit {
        Some(limit) => format!("{} (limit: {})", reason.trim_end_matches('.'), escape::terminal_name(limit)),
        None => reason,
    }
}

/// What the report leaves out because it would be too long, if anything.
pub(super) fn left_out(report: &super::model::Report) -> Option<String> {
    let left_out = &report.summary.left_out;
    let parts: Vec<String> = [
        (left_out.findings, "finding", "findings"),
        (left_out.unread, "thing that was not read", "things that were not read"),
        (left_out.inputs, "input", "inputs"),
    ]
    .into_iter()
    .filter(|&(number, ..)| number > 0)
    .map(|(number, one, many)| count(number, one, many))
    .collect();
    let names = parts.join(", ");
    (!parts.is_empty()).then(|| format!("left out of this report, which would be longer than 16 MiB: {names}"))
}

/// As [`left_out`], as a sentence of its own.
pub(super) fn left_out_sentence(report: &super::model::Report) -> Option<String> {
    let clause = left_out(report)?;
    let mut rest = clause.chars();
    let first = rest.next()?;
    Some(sentence(&format!("{}{}", first.to_uppercase(), rest.as_str())))
}

/// The things that were not read and of which no finding tells, such as when the rule for them is off.
pub(super) fn untold_unread(report: &super::model::Report) -> &[super::Unread] {
    let told = report.findings.iter().any(|finding| finding.rule.as_ref() == UNREAD_RULE);
    if told { &[] } else { &report.unread }
}

/// The name of the deployment that a finding belongs to, or its number where it has no name.
pub(super) fn deployment(report: &Report, finding: &Finding) -> String {
    let number = finding.deployment as usize;
    report
        .deployments
        .get(number)
        .map_or_else(|| number.to_string(), |name| escape::clip(name, escape::MAX_NAME_CHARS).into_owned())
}
