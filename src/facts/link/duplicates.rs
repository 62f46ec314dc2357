//! Configurations with the same PID of which neither is more specific: nothing that their authors decided tells which
//! one becomes active.

use super::{Attribute, Fact, Value};
use crate::facts::extract::Identity;
use crate::osgi::{RunModes, Target};
use std::collections::BTreeMap;

/// A `configuration` fact that may be a duplicate.
pub(super) struct Entry {
    /// The index of the fact.
    fact: usize,
    pid: String,
    /// Priority of the search path, and the run modes of the folder.
    priority: Option<(u32, RunModes)>,
}

impl Entry {
    pub(super) fn new(fact: usize, identity: &Identity, priority: Option<(u32, RunModes)>) -> Self {
        Self { fact, pid: identity.pid.pid.clone(), priority }
    }
}

/// Most rivals of one configuration that are looked at.
const MOST: usize = 200;

/// Sets `duplicate_of`, `winner` and `winner_reason` of the configurations between which chance decides.
pub(super) fn mark(facts: &mut [Fact], entries: Vec<Entry>, target: Target) {
    let mut groups: BTreeMap<(u32, String), Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        let Some(fact) = facts.get(entry.fact) else { continue };
        // What the installer rejects competes with nothing.
        let rejected = fact.attribute("error").is_some_and(|error| *error != Value::Null);
        if fact.installed() && !rejected {
            groups.entry((fact.deployment, entry.pid.clone())).or_default().push(entry);
        }
    }
    for group in groups.into_values().filter(|group| group.len() > 1) {
        let rivals: Vec<Vec<usize>> = group
            .iter()
            .map(|one| {
                let others = group.iter().take(MOST).filter(|other| collide(facts, one, other));
                others.map(|other| other.fact).collect()
            })
            .collect();
        for (entry, rivals) in group.iter().zip(rivals) {
            if rivals.is_empty() {
                continue;
            }
            let winner = rivals.iter().copied().chain([entry.fact]).min_by_key(|&index| order(facts, index));
            let Some(winner) = winner.and_then(|index| facts.get(index)).map(whereabouts) else { continue };
            let places: Vec<String> = rivals.iter().filter_map(|&index| facts.get(index)).map(whereabouts).collect();
            let same_path = rivals
                .iter()
                .all(|&index| facts.get(index).map(|fact| &fact.path) == facts.get(entry.fact).map(|fact| &fact.path));
            let reason = if same_path {
                "they have the same path, so that the package that is installed last overwrites the others"
            } else {
                match target {
                    Target::Aem65 => {
                        "the installer of a fresh instance takes the path that comes first in alphabetical order; an \
                         instance that already has another one keeps that"
                    }
                    Target::Cloud => {
                        "the converter takes the path that comes first in alphabetical order, if it does not refuse all"
                    }
                }
            };
            let winner = if same_path { Value::Null } else { winner.into() };
            let Some(fact) = facts.get_mut(entry.fact) else { continue };
            for (name, value) in [("duplicate_of", places.into()), ("winner", winner), ("winner_reason", reason.into())]
            {
                fact.attributes.insert(name, Attribute { value, mark: None });
            }
        }
    }
}

/// What the installer compares when priorities are equal.
fn order(facts: &[Fact], index: usize) -> (Option<String>, String) {
    facts.get(index).map(|fact| (fact.path.clone(), whereabouts(fact))).unwrap_or_default()
}

/// Where a fact is, for people: the place, and the node if the file holds several.
fn whereabouts(fact: &Fact) -> String {
    fact.place.to_string()
}

/// Whether both can be active on one instance with the same priority.
fn collide(facts: &[Fact], one: &Entry, other: &Entry) -> bool {
    let (Some(a), Some(b)) = (facts.get(one.fact), facts.get(other.fact)) else { return false };
    let (Some((base_a, modes_a)), Some((base_b, modes_b))) = (&one.priority, &other.priority) else { return false };
    one.fact != other.fact
        && base_a == base_b
        && a.run_modes.can_be_active_with(&b.run_modes)
        && equally_specific(modes_a, modes_b)
}

/// Whether some instance matches as many run modes of the one as of the other.
fn equally_specific(a: &RunModes, b: &RunModes) -> bool {
    let specs = |modes: &RunModes| -> Vec<(usize, RunModes)> {
        if modes.is_always() {
            return vec![(0, RunModes::always())];
        }
        modes.alternatives().into_iter().map(|spec| (spec.split('.').count(), RunModes::parse(&spec))).collect()
    };
    let theirs = specs(b);
    specs(a).iter().any(|(count, modes)| {
        theirs.iter().any(|(other_count, other)| count == other_count && modes.can_be_active_with(other))
    })
}
