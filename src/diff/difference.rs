//! The difference between two sides.

use super::integrations::Integration;
use super::pairing::{Paired, key, pair};
use super::secrets::SecretEntry;
use super::side::{KeyedFinding, NotRead, Side, package_key};
use crate::facts::Coordinates;
use crate::rules::{Finding, Severity};
use serde_json::Value as Json;
use std::collections::HashMap;
use std::sync::Arc;

/// What was added, removed and changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Changes<T, C> {
    /// On the new side only.
    pub added: Vec<T>,
    /// On the old side only.
    pub removed: Vec<T>,
    /// On both sides, and not the same.
    pub changed: Vec<C>,
}

/// Never made: of something that cannot change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unchangeable {}

/// The difference between two deliveries.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Packages, by group and name.
    pub packages: Changes<Arc<Coordinates>, PackageChange>,
    /// Integrations, by PID or repository path, and run modes.
    pub integrations: Changes<Integration, IntegrationChange>,
    /// Hosts that configurations talk to.
    pub hosts: Changes<String, Unchangeable>,
    /// Secrets and keys, by PID or repository path, run modes and property.
    pub secrets: Changes<SecretEntry, SecretChange>,
    /// What was not read.
    pub coverage: Changes<NotRead, Unchangeable>,
    /// What rules find.
    pub findings: FindingsDifference,
}

/// A package with another version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageChange {
    /// Its group.
    pub group: String,
    /// Its name.
    pub name: String,
    /// The version on the old side.
    pub old: String,
    /// The version on the new side.
    pub new: String,
}

/// An integration that is set up in another way.
#[derive(Clone, Debug, PartialEq)]
pub struct IntegrationChange {
    /// The integration as it is on the new side.
    pub integration: Integration,
    /// What is other than it was.
    pub changes: Vec<AttributeChange>,
}

/// An attribute with another value.
#[derive(Clone, Debug, PartialEq)]
pub struct AttributeChange {
    /// Its name.
    pub attribute: &'static str,
    /// The value on the old side, null if there was none.
    pub old: Json,
    /// The value on the new side, null if there is none.
    pub new: Json,
}

/// A secret in another state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretChange {
    /// The secret as it is on the new side.
    pub secret: SecretEntry,
    /// Its state on the old side.
    pub old: &'static str,
}

/// The findings of two deliveries. What is new or unchanged is what a check of the new one finds; what is gone or unchanged,
/// what a check of the old one finds.
#[derive(Clone, Debug, Default)]
pub struct FindingsDifference {
    /// On the new side only, or at another level than before.
    pub new: Vec<NewFinding>,
    /// On the old side only, or at another level than now.
    pub gone: Vec<Finding>,
    /// On both sides, as they are on the new one.
    pub unchanged: Vec<Finding>,
}

/// A finding that the old side does not have, or not at this level.
#[derive(Clone, Debug)]
pub struct NewFinding {
    /// The finding.
    pub finding: Finding,
    /// The level of the same finding on the old side.
    pub previous_level: Option<Severity>,
}

impl NewFinding {
    /// Whether it is worse than what the old side has: not there, or at a lower level.
    pub fn is_worse(&self) -> bool {
        self.previous_level.is_none_or(|previous| previous < self.finding.severity)
    }
}

impl<T, C> Changes<T, C> {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }
}

/// Compares two deliveries.
pub fn compare(old: Side, new: Side) -> Difference {
    Difference {
        packages: packages(old.packages, new.packages),
        integrations: integrations(old.integrations, new.integrations),
        hosts: Changes {
            added: new.hosts.difference(&old.hosts).cloned().collect(),
            removed: old.hosts.difference(&new.hosts).cloned().collect(),
            changed: Vec::new(),
        },
        secrets: secrets(old.secrets, new.secrets),
        coverage: coverage(old.coverage, new.coverage),
        findings: findings(old.findings, new.findings),
    }
}

fn packages(old: Vec<Arc<Coordinates>>, new: Vec<Arc<Coordinates>>) -> Changes<Arc<Coordinates>, PackageChange> {
    let name = |package: &Arc<Coordinates>| package_key(Some(package));
    let version = |package: &Arc<Coordinates>| key([name(package).as_str(), package.version.as_str()]);
    let Paired { pairs, old, new } = pair(old, new, &[&version, &name]);
    let changed = pairs.into_iter().filter(|(old, new)| old.version != new.version).map(|(old, new)| PackageChange {
        group: new.group.clone(),
        name: new.name.clone(),
        old: old.version.clone(),
        new: new.version.clone(),
    });
    Changes { added: new, removed: old, changed: changed.collect() }
}

fn integrations(old: Vec<Integration>, new: Vec<Integration>) -> Changes<Integration, IntegrationChange> {
    let what = |item: &Integration| key([item.integration, item.key.as_str()]);
    let in_package = |item: &Integration| key([what(item).as_str(), package_key(item.package.as_ref()).as_str()]);
    let active = |item: &Integration| key([what(item).as_str(), item.run_modes.join(",").as_str()]);
    let both = |item: &Integration| key([in_package(item).as_str(), item.run_modes.join(",").as_str()]);
    let Paired { pairs, mut old, mut new } = pair(old, new, &[&both, &active, &in_package, &what]);
    let mut changed: Vec<IntegrationChange> = pairs.into_iter().filter_map(|(old, new)| changes(&old, new)).collect();
    old.sort_by(by_key);
    new.sort_by(by_key);
    changed.sort_by(|a, b| by_key(&a.integration, &b.integration));
    Changes { added: new, removed: old, changed }
}

fn by_key(a: &Integration, b: &Integration) -> std::cmp::Ordering {
    (a.integration, &a.key, &a.run_modes, &a.path).cmp(&(b.integration, &b.key, &b.run_modes, &b.path))
}

/// How an integration changed, if it did.
fn changes(old: &Integration, new: Integration) -> Option<IntegrationChange> {
    let mut changes = Vec::new();
    if old.run_modes != new.run_modes {
        let json = |modes: &[String]| modes.iter().map(String::as_str).collect();
        changes.push(AttributeChange { attribute: "run_modes", old: json(&old.run_modes), new: json(&new.run_modes) });
    }
    // Both have the attributes of their kind, in one order.
    for ((attribute, before), (_, after)) in old.attributes.iter().zip(&new.attributes) {
        if before != after {
            changes.push(AttributeChange { attribute, old: before.clone(), new: after.clone() });
        }
    }
    (!changes.is_empty()).then_some(IntegrationChange { integration: new, changes })
}

fn secrets(old: Vec<SecretEntry>, new: Vec<SecretEntry>) -> Changes<SecretEntry, SecretChange> {
    // A secret that moves to other run modes is one that is gone and one that is new: others can read it now.
    let what = |item: &SecretEntry| {
        let own = [item.kind, item.key.as_str(), item.property.as_deref().unwrap_or_default()];
        key(own.into_iter().chain(item.run_modes.iter().map(String::as_str)))
    };
    let in_package = |item: &SecretEntry| key([what(item).as_str(), package_key(item.package.as_ref()).as_str()]);
    let same = |item: &SecretEntry| key([in_package(item).as_str(), item.state]);
    let Paired { pairs, old, new } = pair(old, new, &[&same, &in_package, &what]);
    let changed = pairs.into_iter().filter(|(old, new)| old.state != new.state);
    let changed = changed.map(|(old, new)| SecretChange { secret: new, old: old.state });
    Changes { added: new, removed: old, changed: changed.collect() }
}

fn coverage(old: Vec<NotRead>, new: Vec<NotRead>) -> Changes<NotRead, Unchangeable> {
    let what = |item: &NotRead| item.identity.clone();
    let Paired { old, new, .. } = pair(old, new, &[&what]);
    Changes { added: new, removed: old, changed: Vec::new() }
}

fn findings(old: Vec<KeyedFinding>, new: Vec<KeyedFinding>) -> FindingsDifference {
    let what = |item: &KeyedFinding| key([item.identity().as_str(), item.level()]);
    let in_package = |item: &KeyedFinding| key([what(item).as_str(), item.package().as_str()]);
    let says = |item: &KeyedFinding| key([what(item).as_str(), item.finding.message.as_str()]);
    let both = |item: &KeyedFinding| key([in_package(item).as_str(), item.finding.message.as_str()]);
    let Paired { pairs, old, new } = pair(old, new, &[&both, &in_package, &says, &what]);
    let mut levels: HashMap<String, Vec<Severity>> = HashMap::new();
    for gone in old.iter().rev() {
        levels.entry(gone.identity()).or_default().push(gone.finding.severity);
    }
    let new = new.into_iter().map(|new| NewFinding {
        previous_level: levels.get_mut(&new.identity()).and_then(Vec::pop),
        finding: new.finding,
    });
    FindingsDifference {
        new: new.collect(),
        gone: old.into_iter().map(|gone| gone.finding).collect(),
        unchanged: pairs.into_iter().map(|(_, now)| now.finding).collect(),
    }
}
