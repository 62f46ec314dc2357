//! What is kept of one delivery to compare it with another one.

use super::integrations::Integration;
use super::pairing::key;
use super::secrets::SecretEntry;
use super::subject::{Subject, Subjects};
use crate::facts::families::endpoints::Endpoint;
use crate::facts::families::reading::{ArchiveAnomaly, Unread};
use crate::facts::{Confidence, Coordinates, Fact, Kind, OfKind, Packages};
use crate::integrations::INTEGRATIONS;
use crate::rules::Finding;
use crate::secret::mask_shapes;
use std::collections::BTreeSet;
use std::sync::Arc;
use zip_audit::AnomalyKind;

/// The kinds of facts that are compared, beside what rules look at.
pub fn kinds() -> impl Iterator<Item = Kind> {
    let integrations = INTEGRATIONS.iter().map(|description| description.kind);
    let others =
        [Kind::Package, Kind::Configuration, Kind::Endpoint, Kind::Secret, Kind::KeyMaterial, Kind::ArchiveAnomaly];
    integrations.chain(others)
}

/// One delivery, after it was judged.
#[derive(Debug, Default)]
pub struct Side {
    /// Whether something was not read or could not be judged.
    pub is_incomplete: bool,
    pub(super) packages: Vec<Arc<Coordinates>>,
    pub(super) integrations: Vec<Integration>,
    pub(super) hosts: BTreeSet<String>,
    pub(super) secrets: Vec<SecretEntry>,
    pub(super) coverage: Vec<NotRead>,
    pub(super) findings: Vec<KeyedFinding>,
}

/// Something that was not analysed. Every text in it is masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRead {
    /// The file.
    pub path: String,
    /// Why, as a clause.
    pub reason: String,
    /// The path in the package, and the word for the cause.
    pub(super) identity: String,
}

/// A finding, and what it is recognised by.
#[derive(Debug)]
pub(super) struct KeyedFinding {
    pub(super) finding: Finding,
    subject: Subject,
}

impl Side {
    /// What is kept of a delivery with these facts, of which `not_judged` says that a rule could not judge others, and these
    /// findings.
    pub fn new(facts: &[Fact], not_judged: &[Fact], findings: Vec<Finding>) -> Self {
        let packages = Packages::of_facts(facts);
        let subjects = Subjects::new(facts, &packages);
        let unread = || facts.iter().chain(not_judged).filter_map(|fact| Some((fact, Unread::of(fact)?)));
        let coverage = unread().map(|(fact, unread)| NotRead {
            path: mask_shapes(&fact.place.to_string()).into_owned(),
            reason: mask_shapes(&unread.reason).into_owned(),
            identity: key([subjects.path_in_package(&fact.place).as_str(), unread.cause.as_str()]),
        });
        let named: BTreeSet<&Arc<Coordinates>> = (facts.iter())
            .filter(|fact| fact.kind() == Kind::Package)
            .filter_map(|fact| packages.around(&fact.place))
            .collect();
        let keyed = |finding: Finding| {
            let subject = subjects.of_location(&finding.location);
            KeyedFinding { finding, subject }
        };
        Self {
            is_incomplete: unread().next().is_some() || facts.iter().any(is_cut_off),
            integrations: facts.iter().filter_map(|fact| Integration::of(fact, &subjects, &packages)).collect(),
            hosts: facts.iter().filter_map(host).collect(),
            secrets: facts.iter().filter_map(|fact| SecretEntry::of(fact, &subjects, &packages)).collect(),
            coverage: coverage.collect(),
            findings: findings.into_iter().map(keyed).collect(),
            packages: named.into_iter().map(masked).collect(),
        }
    }
}

impl KeyedFinding {
    /// What tells it from all others but its level: rule, subject and property, or what it counts.
    pub(super) fn identity(&self) -> String {
        let Finding { rule, property, group, .. } = &self.finding;
        match group {
            Some(group) => key([rule, group.as_str()]),
            None => {
                let own = [rule, self.subject.key.as_str(), property.as_deref().unwrap_or_default()];
                key(own.into_iter().chain(self.subject.run_modes.iter().map(String::as_str)))
            }
        }
    }

    /// Its level, as a part of a key.
    pub(super) fn level(&self) -> &'static str {
        self.finding.severity.name()
    }

    /// The group and name of the package that holds it, as a part of a key.
    pub(super) fn package(&self) -> String {
        package_key(self.finding.package.as_ref())
    }
}

/// A package without its version, as a part of a key.
pub(super) fn package_key(package: Option<&Arc<Coordinates>>) -> String {
    package.map(|package| key([package.group.as_str(), package.name.as_str()])).unwrap_or_default()
}

/// Whether a fact says that an archive lacks its directory: files that came last can be missing without a trace.
fn is_cut_off(fact: &Fact) -> bool {
    ArchiveAnomaly::of(fact).is_some_and(|anomaly| anomaly.class == AnomalyKind::DirectoryBroken.name())
}

/// The host that a fact says is talked to.
fn host(fact: &Fact) -> Option<String> {
    let endpoint = Endpoint::of(fact)?;
    let Endpoint { host, in_prose, sample, placeholder, confidence, .. } = endpoint;
    let is_mentioned = *in_prose || *sample || *placeholder || *confidence == Confidence::Low;
    (!is_mentioned && !host.value.is_empty()).then(|| mask_shapes(&host.value).into_owned())
}

fn masked(package: &Arc<Coordinates>) -> Arc<Coordinates> {
    let [group, name, version] =
        [&package.group, &package.name, &package.version].map(|text| mask_shapes(text).into_owned());
    Arc::new(Coordinates { group, name, version })
}
