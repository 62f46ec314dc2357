//! The last line of defence: no name, path or message with the shape of a secret is reported.
//!
//! Findings are made of masked values, and excerpts are masked when they are made. What remains are names that a
//! package may hold, such as a file called like a token, and mistakes in a rule.

use super::model::{Audit, Report};
use super::unread::Unread;
use crate::facts::{Coordinates, Whereabouts};
use crate::integrations::Integration;
use crate::rules::Finding;
use crate::secret::{mask_shapes, shapes};
use crate::workers::WORTH_SHARING;
use rayon::prelude::*;
use std::borrow::Cow;
use std::sync::Arc;
use zip_audit::Place;

/// The report itself, or a copy in which every such text is masked.
pub(super) fn redacted(report: &Report) -> Cow<'_, Report> {
    let suppressed = || report.suppressed.iter().map(|suppressed| &suppressed.finding);
    let all_clean = if report.findings.len() < WORTH_SHARING {
        report.findings.iter().all(is_clean)
    } else {
        report.findings.par_iter().all(is_clean)
    };
    let is_clean = all_clean
        && report.copies.iter().all(is_clean)
        && suppressed().all(is_clean)
        && report.suppressed.iter().all(|suppressed| shapes(&suppressed.reason).is_empty())
        && report.inputs.iter().all(|input| shapes(&input.path).is_empty())
        && is_clean_audit(&report.audit)
        && report.unread.iter().all(|unread| is_clean_place(&unread.place) && shapes(&unread.reason).is_empty());
    if is_clean {
        return Cow::Borrowed(report);
    }
    let mut copy = report.clone();
    copy.suppressed.iter_mut().for_each(|suppressed| mask(&mut suppressed.reason));
    let suppressed = copy.suppressed.iter_mut().map(|suppressed| &mut suppressed.finding);
    copy.findings.iter_mut().chain(&mut copy.copies).chain(suppressed).for_each(finding);
    copy.inputs.iter_mut().for_each(|input| mask(&mut input.path));
    mask_audit(&mut copy.audit);
    copy.unread.iter_mut().for_each(unread);
    Cow::Owned(copy)
}

/// Masks all of a text that has such a shape.
pub(super) fn text(text: &mut String) {
    mask(text);
}

/// Masks every such text of what was not read.
pub(super) fn unread(unread: &mut Unread) {
    mask(&mut unread.reason);
    mask_place(&mut unread.place);
}

/// Masks every such text of a finding.
pub(crate) fn finding(finding: &mut Finding) {
    mask(&mut finding.message);
    finding.advice.iter_mut().for_each(mask);
    finding.property.iter_mut().for_each(mask);
    mask_package(&mut finding.package);
    mask_location(&mut finding.location);
    for related in &mut finding.related {
        mask(&mut related.message);
        mask_location(&mut related.location);
    }
}

/// Masks every text and every name in a JSON value that has the shape of a secret, however deep it is nested: for what is
/// printed beside reports.
pub fn json(value: &mut serde_json::Value) {
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            serde_json::Value::String(text) => mask(text),
            serde_json::Value::Array(items) => open.extend(items),
            serde_json::Value::Object(members) => {
                if members.keys().any(|name| !shapes(name).is_empty()) {
                    let masked = std::mem::take(members).into_iter();
                    *members = masked.map(|(name, value)| (mask_shapes(&name).into_owned(), value)).collect();
                }
                open.extend(members.values_mut());
            }
            _ => {}
        }
    }
}

fn is_clean(finding: &Finding) -> bool {
    let texts = [Some(finding.message.as_str()), finding.advice.as_deref(), finding.property.as_deref()];
    texts.into_iter().flatten().all(|text| shapes(text).is_empty())
        && finding.package.as_deref().is_none_or(is_clean_package)
        && is_clean_location(&finding.location)
        && finding
            .related
            .iter()
            .all(|related| shapes(&related.message).is_empty() && is_clean_location(&related.location))
}

fn is_clean_package(package: &Coordinates) -> bool {
    [&package.group, &package.name, &package.version].into_iter().all(|text| shapes(text).is_empty())
}

fn is_clean_audit(audit: &Audit) -> bool {
    let nodes = audit.map.nodes.iter().flat_map(|node| [&node.name, &node.detail, &node.package]);
    let details = |integration: &Integration| integration.details.iter().all(|(_, value)| shapes(value).is_empty());
    audit.options.iter().map(|(_, value)| value).chain(nodes).all(|text| shapes(text).is_empty())
        && audit.packages.iter().all(|package| is_clean_place(&package.place) && is_clean_package(&package.coordinates))
        && audit.integrations.iter().all(|integration| {
            shapes(&integration.name).is_empty()
                && details(integration)
                && integration.package.as_deref().is_none_or(is_clean_package)
                && is_clean_location(&integration.location)
        })
}

fn is_clean_location(location: &Whereabouts) -> bool {
    is_clean_place(&location.place) && location.node.as_deref().is_none_or(|node| shapes(node).is_empty())
}

fn is_clean_place(place: &Place) -> bool {
    shapes(&place.file).is_empty() && place.inside.iter().all(|name| shapes(name).is_empty())
}

fn mask_location(location: &mut Whereabouts) {
    mask_place(&mut location.place);
    location.node.iter_mut().for_each(mask);
}

fn mask_audit(audit: &mut Audit) {
    let nodes = audit.map.nodes.iter_mut().flat_map(|node| [&mut node.name, &mut node.detail, &mut node.package]);
    audit.options.iter_mut().map(|(_, value)| value).chain(nodes).for_each(mask);
    for package in &mut audit.packages {
        mask_place(&mut package.place);
        mask_coordinates(&mut package.coordinates);
    }
    for integration in &mut audit.integrations {
        mask(&mut integration.name);
        integration.details.iter_mut().for_each(|(_, value)| mask(value));
        mask_package(&mut integration.package);
        mask_location(&mut integration.location);
    }
}

fn mask_package(package: &mut Option<Arc<Coordinates>>) {
    if let Some(package) = package.as_mut().filter(|package| !is_clean_package(package)) {
        mask_coordinates(Arc::make_mut(package));
    }
}

fn mask_coordinates(package: &mut Coordinates) {
    [&mut package.group, &mut package.name, &mut package.version].into_iter().for_each(mask);
}

fn mask_place(place: &mut Place) {
    if !is_clean_place(place) {
        place.file = mask_shapes(&place.file).into();
        place.inside = place.inside.iter().map(|name| mask_shapes(name).into()).collect();
    }
}

fn mask(text: &mut String) {
    if let Cow::Owned(masked) = mask_shapes(text) {
        *text = masked;
    }
}
