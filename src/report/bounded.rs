//! The bound of a report: whatever the input, each form has at most [`MAX_REPORT_BYTES`] bytes. The worst findings are
//! shown; how many are left out is said in the report, and they count for the exit code.

use super::form::{ReportForm, Style};
use super::model::{Audit, AuditedPackage, LeftOut, Report, RuleInfo};
use super::unread::Unread;
use crate::facts::Whereabouts;
use crate::integrations::Integration;
use crate::rules::{Finding, UNREAD_RULE};
use crate::scan::Input;
use std::borrow::Cow;
use std::cmp::Reverse;
use zip_audit::Place;

/// The bytes of the longest report.
pub(super) const MAX_REPORT_BYTES: usize = 16 << 20;
/// Further places of one finding that are shown.
const MAX_RELATED_PLACES: usize = 1_000;
/// Findings on what was not read that are shown before all others.
const FIRST_UNREAD: usize = 100;
/// Bytes of a name that forms show at most, about.
const MAX_NAME_BYTES: usize = 4_096;
/// What forms say of a finding, or of what was not read, beside its texts.
const ITEM_BYTES: usize = 400;

/// The report in one form, short enough.
pub(super) fn render(form: &ReportForm, report: &Report, rules: &[RuleInfo], style: &Style) -> String {
    render_within(form, report, rules, style, MAX_REPORT_BYTES)
}

/// The same in no more than so many bytes.
pub(super) fn render_within(
    form: &ReportForm,
    report: &Report,
    rules: &[RuleInfo],
    style: &Style,
    most: usize,
) -> String {
    // The weight of a report is about the length of its longer forms; shorter ones say less of each finding.
    let mut room = most.saturating_mul(4);
    loop {
        let shown = shortened(report, room);
        let text = (form.render)(&shown, rules, style);
        if text.len() <= most || room == 0 {
            return text;
        }
        // How much of its room it needed, and a bit less than would fit.
        let weight = weight_of(&shown).max(1) as u128;
        let fits = weight * most as u128 / text.len() as u128;
        room = usize::try_from(fits - fits / 16).unwrap_or(0).min(room / 2);
    }
}

/// Bytes that are left for texts.
struct Room(usize);

impl Room {
    /// Takes bytes; `false`, and nothing follows, if they are not there.
    fn take(&mut self, bytes: usize) -> bool {
        let left = self.0.checked_sub(bytes);
        self.0 = left.unwrap_or(0);
        left.is_some()
    }
}

/// The report with no more than so many bytes of texts in it.
fn shortened(report: &Report, most: usize) -> Cow<'_, Report> {
    let has_long = |finding: &Finding| finding.related.len() > MAX_RELATED_PLACES;
    if weight_of(report) <= most && !report.findings.iter().any(has_long) {
        return Cow::Borrowed(report);
    }
    // What was not read has its share, however many findings there are.
    let mut room = Room(most - most / 4);
    let mut order: Vec<usize> = (0..report.findings.len()).collect();
    let mut unread = 0;
    // That something was not read is said first, but no number of such findings hides the others.
    order.sort_by_cached_key(|&index| {
        let finding = report.findings.get(index);
        let is_unread = finding.is_some_and(|finding| finding.rule.as_ref() == UNREAD_RULE);
        unread += usize::from(is_unread);
        let rank = if is_unread { if unread <= FIRST_UNREAD { 0 } else { 2 } } else { 1 };
        (rank, finding.map(|finding| Reverse(finding.severity)))
    });
    let mut kept: Vec<usize> = (order.into_iter())
        .take_while(|&index| report.findings.get(index).is_some_and(|finding| room.take(weight(finding))))
        .collect();
    kept.sort_unstable();
    let findings: Vec<Finding> =
        kept.into_iter().filter_map(|index| report.findings.get(index)).map(with_first_related).collect();
    room.0 += most / 4;
    let unread: Vec<Unread> =
        report.unread.iter().take_while(|unread| room.take(weight_of_unread(unread))).cloned().collect();
    let suppressed: Vec<_> =
        report.suppressed.iter().take_while(|suppressed| room.take(weight(&suppressed.finding))).cloned().collect();
    let copies: Vec<Finding> = report.copies.iter().take_while(|copy| room.take(weight(copy))).cloned().collect();
    let inputs: Vec<Input> =
        report.inputs.iter().take_while(|input| room.take(weight_of_input(input))).cloned().collect();
    let mut summary = report.summary.clone();
    let results = |findings: usize, suppressed: usize, copies: usize| (findings + suppressed + copies) as u64;
    summary.left_out = LeftOut {
        findings: results(report.findings.len(), report.suppressed.len(), report.copies.len())
            - results(findings.len(), suppressed.len(), copies.len()),
        unread: (report.unread.len() - unread.len()) as u64,
        inputs: (report.inputs.len() - inputs.len()) as u64,
    };
    let suggestions = report.suggestions.clone();
    let audit = shortened_audit(&report.audit, &mut room);
    Cow::Owned(Report {
        findings,
        copies,
        suppressed,
        suggestions,
        inputs,
        deployments: report.deployments.clone(),
        audit,
        unread,
        summary,
    })
}

/// The audit with the worst integrations and the first packages for which there is room.
fn shortened_audit(audit: &Audit, room: &mut Room) -> Audit {
    let mut integrations: Vec<&Integration> = audit.integrations.iter().collect();
    integrations.sort_by_key(|integration| Reverse(integration.state.badness()));
    let integrations: Vec<Integration> =
        integrations.into_iter().take_while(|one| room.take(weight_of_integration(one))).cloned().collect();
    let packages: Vec<AuditedPackage> =
        audit.packages.iter().take_while(|package| room.take(weight_of_package(package))).cloned().collect();
    Audit {
        more_integrations: audit.integrations.len() - integrations.len(),
        more_packages: audit.packages.len() - packages.len(),
        integrations,
        packages,
        date: audit.date.clone(),
        options: audit.options.clone(),
        map: audit.map.clone(),
    }
}

fn with_first_related(finding: &Finding) -> Finding {
    let mut finding = finding.clone();
    finding.related.truncate(MAX_RELATED_PLACES);
    finding
}

/// About how many bytes of text the longest forms say of a report.
fn weight_of(report: &Report) -> usize {
    let suppressed = report.suppressed.iter().map(|suppressed| &suppressed.finding);
    let findings = report.findings.iter().chain(suppressed).chain(&report.copies).map(weight);
    let unread = report.unread.iter().map(weight_of_unread);
    let integrations = report.audit.integrations.iter().map(weight_of_integration);
    let audit = integrations.chain(report.audit.packages.iter().map(weight_of_package));
    findings.chain(unread).chain(audit).chain(report.inputs.iter().map(weight_of_input)).sum()
}

fn weight(finding: &Finding) -> usize {
    let related = finding.related.iter().take(MAX_RELATED_PLACES);
    let related = related.map(|related| related.message.len() + weight_of_location(&related.location));
    let advice = finding.advice.as_ref().map_or(0, String::len);
    ITEM_BYTES + finding.message.len() + advice + weight_of_location(&finding.location) + related.sum::<usize>()
}

fn weight_of_location(location: &Whereabouts) -> usize {
    weight_of_place(&location.place) + location.node.as_ref().map_or(0, String::len)
}

fn weight_of_place(place: &Place) -> usize {
    let names = std::iter::once(&place.file).chain(place.inside.iter());
    names.map(|name| name.len().min(MAX_NAME_BYTES)).sum()
}

fn weight_of_unread(unread: &Unread) -> usize {
    ITEM_BYTES + unread.reason.len() + weight_of_place(&unread.place)
}

fn weight_of_integration(integration: &Integration) -> usize {
    ITEM_BYTES + weight_of_location(&integration.location)
}

fn weight_of_package(package: &AuditedPackage) -> usize {
    ITEM_BYTES + weight_of_place(&package.place)
}

fn weight_of_input(input: &Input) -> usize {
    ITEM_BYTES + input.path.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::test_report::report;
    use crate::report::{Format, json};
    use crate::rules::Severity;

    fn many(number: usize) -> Report {
        let one = report();
        let findings = (0..number).flat_map(|_| one.findings.clone()).collect();
        Report { findings, ..one }
    }

    #[test]
    fn every_form_keeps_its_bound_and_says_what_is_left_out() {
        let report = many(200);
        let all = report.findings.len();
        for format in Format::all() {
            let whole = format.render_within(&report, usize::MAX);
            let most = 64 << 10;
            let text = format.render_within(&report, most);
            assert!(text.len() <= most, "{format}: {} bytes", text.len());
            // Those for people show like findings as one.
            let is_grouped = ["text", "markdown", "html"].contains(&format.name());
            assert!(text.len() > most / 4 || text == whole || is_grouped, "{format}: {} bytes", text.len());
            if text != whole {
                assert!(text.to_lowercase().contains("left out") || text.contains("left_out"), "{format}: {text}");
            }
        }
        let text = render_within(&json::FORM, &report, &[], &Style::default(), 64 << 10);
        let shown: serde_json::Value = serde_json::from_str(&text).unwrap();
        let kept = shown["findings"].as_array().unwrap();
        let left_out = shown["summary"]["left_out"]["findings"].as_u64().unwrap();
        assert_eq!(kept.len() as u64 + left_out, (all + report.copies.len() + report.suppressed.len()) as u64);
        // The worst are shown.
        let errors = report.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        let is_error = |finding: &&serde_json::Value| finding["level"] == "error";
        assert_eq!(kept.iter().filter(is_error).count(), kept.len().min(errors));
    }

    #[test]
    fn further_places_are_bounded() {
        let mut report = many(1);
        let places = report.findings.iter().find_map(|finding| finding.related.first().cloned()).unwrap();
        report.findings[0].related = vec![places; MAX_RELATED_PLACES + 5];
        let text = render(&json::FORM, &report, &[], &Style::default());
        let shown: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(shown["findings"][0]["related"].as_array().unwrap().len(), MAX_RELATED_PLACES);
    }
}
