//! Packages that somebody else makes: `[[vendor]]` entries name them by place or by group.

use super::config::Vendor;
use super::globs;
use crate::diagnostics::UserError;
use crate::rules::{Finding, Related, Severity};
use globset::GlobSet;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use zip_audit::Place;

/// The most places that a summary names.
const MAX_RELATED: usize = 100;

/// A package that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Package {
    /// The archive, or the directory that it is unpacked in.
    pub place: Place,
    /// The group of its properties; empty if there is none.
    pub group: String,
    /// The name of its properties; empty if there is none.
    pub name: String,
}

/// The `[[vendor]]` entries, ready to be applied.
#[derive(Debug)]
pub(super) struct Vendors(Vec<(Vendor, GlobSet, GlobSet)>);

/// What is said of a package that a finding lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The highest level of findings in it.
    pub(super) level: Option<Severity>,
    /// Whether its findings are put together.
    summarise: bool,
    /// Names the package: `group:name`, or the place.
    name: String,
}

impl Vendors {
    pub(super) fn new(vendors: &[Vendor]) -> Result<Self, UserError> {
        let entry = |vendor: &Vendor| {
            Ok((vendor.clone(), globs::compile_configured(&vendor.paths)?, globs::compile_configured(&vendor.groups)?))
        };
        vendors.iter().map(entry).collect::<Result<_, UserError>>().map(Self)
    }

    /// The lines of the entries that mean none of these packages. `subject` is the path of a place that globs are about.
    pub(super) fn idle(&self, packages: &[Package], subject: impl Fn(&Place) -> String) -> Vec<u32> {
        let means = |(_, paths, groups): &&(Vendor, GlobSet, GlobSet), package: &Package| {
            groups.is_match(&package.group) || paths.is_match(subject(&package.place))
        };
        let idle = self.0.iter().filter(|entry| !packages.iter().any(|package| means(entry, package)));
        idle.map(|(vendor, ..)| vendor.line).collect()
    }

    /// What the first entry that means the package around `place` says of it. A package in a package of a vendor is the
    /// vendor's too.
    pub(super) fn of(&self, subject: &str, place: &Place, packages: &[Package]) -> Option<Origin> {
        if self.0.is_empty() {
            return None;
        }
        let mut around: Vec<&Package> = packages.iter().filter(|package| holds(&package.place, place)).collect();
        around.sort_by_key(|package| (package.place.inside.len(), package.place.file.len()));
        let (vendor, ..) = self.0.iter().find(|(_, paths, groups)| {
            paths.is_match(subject) || around.iter().any(|package| groups.is_match(&package.group))
        })?;
        let name = match around.last() {
            Some(package) if !package.name.is_empty() => format!("{}:{}", package.group, package.name),
            Some(package) => package.place.to_string(),
            None => place.file.to_string(),
        };
        Some(Origin { level: vendor.level, summarise: vendor.summarise, name })
    }
}

/// Whether a package holds a place.
fn holds(package: &Place, place: &Place) -> bool {
    if package.inside.is_empty() && place.inside.is_empty() {
        let directory = package.file.trim_end_matches('/');
        return directory == "."
            || place.file.strip_prefix(directory).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    }
    package.file == place.file && place.inside.starts_with(&package.inside)
}

/// Puts findings of one rule in one package together where that is wanted, at the place of the first.
pub(super) fn summarise(findings: Vec<(Origin, Finding)>) -> Vec<Finding> {
    let mut shown: Vec<(Finding, String, Vec<Finding>)> = Vec::new();
    let mut first: BTreeMap<(String, String, u32), usize> = BTreeMap::new();
    for (origin, finding) in findings {
        if origin.summarise {
            let key = (origin.name.clone(), finding.rule.to_string(), finding.deployment);
            if let Some((.., others)) = first.get(&key).and_then(|&index| shown.get_mut(index)) {
                others.push(finding);
                continue;
            }
            first.insert(key, shown.len());
        }
        shown.push((finding, origin.name, Vec::new()));
    }
    shown.into_iter().map(|(finding, name, others)| join(finding, &name, others)).collect()
}

fn join(mut finding: Finding, name: &str, others: Vec<Finding>) -> Finding {
    if others.is_empty() {
        return finding;
    }
    for other in &others {
        finding.severity = finding.severity.max(other.severity);
        finding.confidence = finding.confidence.max(other.confidence);
    }
    let count = others.len() + 1;
    finding.message = format!("{count} findings in the package '{name}' of a vendor; the first: {}", finding.message);
    // Neither the number nor the order of the findings may change it, or each fix of the vendor would look new.
    let mut hash = Sha256::new();
    for part in ["vendor", finding.rule.as_ref(), name] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    finding.group = Some(format!("package {name}"));
    finding.fingerprint = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let related = |other: Finding| Related { message: other.message, location: other.location };
    finding.related.extend(others.into_iter().map(related));
    finding.related.truncate(MAX_RELATED);
    finding
}
