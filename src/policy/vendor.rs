//! Packages that somebody else makes: `[[vendor]]` entries name them by place or by group.

use super::config::Vendor;
use super::globs::{self, Base, PathGlobs};
use super::origin::Origin;
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
pub(super) struct Vendors(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    vendor: Vendor,
    paths: PathGlobs,
    groups: GlobSet,
}

/// What is said of a package that a finding lies in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Treatment {
    /// The highest level of findings in it.
    pub(super) level: Option<Severity>,
    /// Whether its findings are put together.
    summarise: bool,
    /// Names the package: `group:name`, or the place.
    name: String,
}

impl Vendors {
    pub(super) fn new(vendors: &[Vendor], base: &Base) -> Result<Self, UserError> {
        let entry = |vendor: &Vendor| {
            Ok(Entry {
                vendor: vendor.clone(),
                paths: PathGlobs::new(&vendor.paths, &vendor.origin, base)?,
                groups: globs::compile_configured(&vendor.groups)?,
            })
        };
        vendors.iter().map(entry).collect::<Result<_, UserError>>().map(Self)
    }

    /// The places of the entries that mean none of these packages. `subject` is the path of a place that globs are about.
    pub(super) fn idle(&self, packages: &[Package], subject: impl Fn(&Place) -> String) -> Vec<&Origin> {
        let means = |entry: &Entry, package: &Package| {
            entry.groups.is_match(&package.group) || entry.paths.is_match(&subject(&package.place), &package.place)
        };
        let idle = self.0.iter().filter(|entry| !packages.iter().any(|package| means(entry, package)));
        idle.map(|entry| &entry.vendor.origin).collect()
    }

    /// What the first entry that means the package around `place` says of it. A package in a package of a vendor is the
    /// vendor's too.
    pub(super) fn of(&self, subject: &str, place: &Place, packages: &[Package]) -> Option<Treatment> {
        if self.0.is_empty() {
            return None;
        }
        let mut around: Vec<&Package> = packages.iter().filter(|package| holds(&package.place, place)).collect();
        around.sort_by_key(|package| (package.place.inside.len(), package.place.file.len()));
        let Entry { vendor, .. } = self.0.iter().find(|entry| {
            let is_of_group = |package: &&Package| entry.groups.is_match(&package.group);
            entry.paths.is_match(subject, place) || around.iter().any(is_of_group)
        })?;
        let name = match around.last() {
            Some(package) if !package.name.is_empty() => format!("{}:{}", package.group, package.name),
            Some(package) => package.place.to_string(),
            None => place.file.to_string(),
        };
        Some(Treatment { level: vendor.level, summarise: vendor.summarise, name })
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
pub(super) fn summarise(findings: Vec<(Treatment, Finding)>) -> Vec<Finding> {
    let mut shown: Vec<(Finding, String, Vec<Finding>)> = Vec::new();
    let mut first: BTreeMap<(String, String, u32), usize> = BTreeMap::new();
    for (treatment, finding) in findings {
        if treatment.summarise {
            let key = (treatment.name.clone(), finding.rule.to_string(), finding.deployment);
            if let Some((.., others)) = first.get(&key).and_then(|&index| shown.get_mut(index)) {
                others.push(finding);
                continue;
            }
            first.insert(key, shown.len());
        }
        shown.push((finding, treatment.name, Vec::new()));
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
