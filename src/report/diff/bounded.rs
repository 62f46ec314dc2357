//! The bound of a report on a difference: whatever was compared, each form has at most
//! [`MAX_REPORT_BYTES`](crate::report::bounded) bytes. The worst findings and the first of all other changes are shown.

use super::model::DiffReport;
use crate::diff::{Changes, Difference};
use std::cmp::Reverse;

/// The shares of the lists are counted in parts of this.
const WHOLE: usize = 1 << 20;

/// A report in no more than so many bytes. `form` makes it of what is to be shown and of the number of changes and findings that
/// are left out.
pub(super) fn render(report: &DiffReport, most: usize, form: impl Fn(&DiffReport, usize) -> String) -> String {
    let text = form(report, 0);
    if text.len() <= most {
        return text;
    }
    let mut length = text.len();
    drop(text);
    let mut share = WHOLE;
    loop {
        let fits = share as u128 * most as u128 / length as u128;
        share = usize::try_from(fits - fits / 16).unwrap_or(0).min(share / 2);
        let mut shown = report.clone();
        let left_out = shorten(&mut shown, share);
        let text = form(&shown, left_out);
        if text.len() <= most || share == 0 {
            return text;
        }
        length = text.len();
    }
}

/// Keeps that share of each list; returns how many items are left out.
fn shorten(report: &mut DiffReport, share: usize) -> usize {
    let Difference { packages, integrations, hosts, secrets, coverage, findings } = &mut report.difference;
    findings.new.sort_by_key(|new| Reverse(new.finding.severity));
    findings.gone.sort_by_key(|gone| Reverse(gone.severity));
    findings.unchanged.sort_by_key(|unchanged| Reverse(unchanged.severity));
    changes(packages, share)
        + changes(integrations, share)
        + changes(hosts, share)
        + changes(secrets, share)
        + changes(coverage, share)
        + list(&mut findings.new, share)
        + list(&mut findings.gone, share)
        + list(&mut findings.unchanged, share)
        + list(&mut report.old.inputs, share)
        + list(&mut report.new.inputs, share)
        + list(&mut report.old.unread, share)
        + list(&mut report.new.unread, share)
}

fn changes<T, C>(changes: &mut Changes<T, C>, share: usize) -> usize {
    list(&mut changes.added, share) + list(&mut changes.removed, share) + list(&mut changes.changed, share)
}

fn list<T>(list: &mut Vec<T>, share: usize) -> usize {
    let all = list.len();
    let kept = all as u128 * share as u128 / WHOLE as u128;
    list.truncate(usize::try_from(kept).unwrap_or(0));
    all - list.len()
}
