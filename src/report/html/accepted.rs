//! Findings that somebody accepted, and why.

use super::markup::Markup;
use super::table;
use crate::escape;
use crate::policy::Suppression;
use crate::report::model::Report;
use crate::report::phrases;

/// Accepted findings that are listed.
const MAX_ACCEPTED: usize = 5_000;

pub(super) fn write(out: &mut Markup, report: &Report) {
    let columns = [
        ("Rule", false),
        ("Severity", false),
        ("Place", false),
        ("Accepted by", false),
        ("Reason", false),
        ("Until", false),
    ];
    table::wide(out, "Findings that are accepted", &columns, |out| {
        for accepted in report.suppressed.iter().take(MAX_ACCEPTED) {
            table::row(out, |out| {
                table::head(out, |out| out.code(&accepted.finding.rule));
                table::text(out, phrases::level(accepted.finding.severity));
                table::code(out, &phrases::place(&accepted.finding.location));
                let by = match accepted.by {
                    Suppression::Comment => "a comment in the file",
                    Suppression::Entry => "the configuration",
                    Suppression::Baseline => "the baseline",
                };
                table::text(out, by);
                table::text(out, &escape::clip(&accepted.reason, escape::MAX_MESSAGE_CHARS));
                table::text(out, &accepted.until.map(|date| date.to_string()).unwrap_or_default());
            });
        }
    });
    if report.suppressed.len() > MAX_ACCEPTED {
        let left = report.suppressed.len() - MAX_ACCEPTED;
        out.line("p", &[], &format!("{left} more accepted findings are not listed here."));
    }
}
