//! GitLab Code Quality: a JSON list, shown in merge requests.

use super::form::{ReportForm, Style};
use super::model::{Report, RuleInfo};
use super::phrases;
use crate::escape;
use crate::rules::{Finding, Severity};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::HashSet;

#[derive(Serialize)]
struct Issue<'r> {
    description: String,
    check_name: &'r str,
    fingerprint: String,
    severity: &'static str,
    location: LocationForm,
}

#[derive(Serialize)]
struct LocationForm {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

pub(super) const FORM: ReportForm = ReportForm::new("gitlab", "GitLab Code Quality", render);

fn render(report: &Report, _: &[RuleInfo], _: &Style) -> String {
    let mut used = HashSet::new();
    let issues: Vec<Issue<'_>> = report.findings.iter().map(|finding| issue(finding, &mut used)).collect();
    let left_out = phrases::left_out_sentence(report).map(|left_out| Issue {
        description: left_out,
        check_name: "report",
        fingerprint: unique("left-out", &mut used),
        severity: "info",
        location: LocationForm { path: ".".to_owned(), lines: Lines { begin: 1 } },
    });
    let issues: Vec<Issue<'_>> = issues.into_iter().chain(left_out).collect();
    // Serialising structs of strings and numbers into a string cannot fail.
    let text = serde_json::to_string_pretty(&issues).unwrap_or_default();
    let mut out = escape::json(&text).into_owned();
    out.push('\n');
    out
}

fn issue<'r>(finding: &'r Finding, used: &mut HashSet<String>) -> Issue<'r> {
    let location = &finding.location;
    // GitLab shows neither the name of the check nor a path in an archive.
    let mut description =
        format!("{}: {}", escape::terminal(&finding.rule), escape::terminal_message(&finding.message));
    let in_archive = !location.place.inside.is_empty();
    if in_archive {
        description += &format!(" ({})", phrases::place(location));
    }
    Issue {
        description,
        check_name: &finding.rule,
        fingerprint: unique(&finding.fingerprint, used),
        severity: match finding.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
            Severity::Note => "info",
        },
        location: LocationForm {
            path: location.place.file.trim_start_matches("./").to_owned(),
            lines: Lines { begin: if in_archive { 1 } else { location.mark.start.line } },
        },
    }
}

/// GitLab drops an issue whose fingerprint another one has: hashed again until it is new.
fn unique(fingerprint: &str, used: &mut HashSet<String>) -> String {
    let mut candidate = fingerprint.to_owned();
    while !used.insert(candidate.clone()) {
        let digest = Sha256::digest(candidate.as_bytes());
        candidate = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    }
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_unique_and_do_not_depend_on_chance() {
        let mut used = HashSet::new();
        let all: Vec<String> = (0..3).map(|_| unique("0123456789abcdef", &mut used)).collect();
        assert_eq!(all[0], "0123456789abcdef");
        assert!(all[1] != all[0] && all[2] != all[1]);
        assert_eq!(unique("0123456789abcdef", &mut HashSet::from([all[0].clone()])), all[1]);
    }
}
