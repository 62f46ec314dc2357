//! Configurations with the same PID of which neither is more specific: nothing that their authors decided tells which
//! one becomes active.

use super::Configuration;
use crate::facts::attribute::RareList;
use crate::facts::fact::{Fact, OfKind};
use osgi_config::{ConfigFolder, RunModes, Target};
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

/// A configuration that may be a duplicate.
pub(in crate::facts) struct Entry {
    /// The index of the fact.
    fact: usize,
    /// The folder that it is taken from.
    folder: Option<Arc<ConfigFolder>>,
    /// Of the PID; different for nearly all different PIDs.
    hash: u64,
}

impl Entry {
    pub(in crate::facts) fn new(fact: usize, configuration: &Configuration, folder: Option<Arc<ConfigFolder>>) -> Self {
        let mut hasher = DefaultHasher::new();
        configuration.pid.hash(&mut hasher);
        Self { fact, folder, hash: hasher.finish() }
    }
}

/// Most rivals of one configuration that are looked at.
const MAX_COMPARED_RIVALS: usize = 200;
/// Most rivals of one configuration that are named. Each of very many copies would name all the others.
const MAX_NAMED_RIVALS: usize = 20;

/// Sets `duplicate_of`, `winner` and `winner_reason` of the configurations between which chance decides.
pub(in crate::facts) fn link(facts: &mut [Fact], mut entries: Vec<Entry>, target: Target) {
    // What the installer rejects competes with nothing.
    let competes = |fact: &Fact| fact.installed() && Configuration::of(fact).is_some_and(|data| data.error.is_none());
    entries.retain(|entry| facts.get(entry.fact).is_some_and(competes));
    // Most groups are of one: they cost nothing but their place in the order, in which those of one deployment and PID
    // are neighbours.
    let key =
        |entry: &Entry| facts.get(entry.fact).and_then(|fact| Some((&Configuration::of(fact)?.pid, fact.deployment)));
    let order = |a: &Entry, b: &Entry| a.hash.cmp(&b.hash).then_with(|| key(a).cmp(&key(b)));
    entries.sort_by(order);
    let groups: Vec<&[Entry]> = entries.chunk_by(|a, b| order(a, b).is_eq()).filter(|group| group.len() > 1).collect();
    for group in groups {
        let rivals = rivals(facts, group);
        for (entry, rivals) in group.iter().zip(rivals) {
            if rivals.is_empty() {
                continue;
            }
            let contestants = rivals.iter().copied().chain([entry.fact]).filter_map(|index| facts.get(index));
            let Some(winner) = contestants.min_by_key(|fact| (&fact.path, &fact.place)).map(whereabouts) else {
                continue;
            };
            let places: Vec<String> =
                rivals.iter().take(MAX_NAMED_RIVALS).filter_map(|&index| facts.get(index)).map(whereabouts).collect();
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
            let Some(configuration) = facts.get_mut(entry.fact).and_then(Configuration::of_mut) else { continue };
            configuration.duplicate_of = RareList::new(places.into_iter().collect(), None);
            configuration.winner = (!same_path).then(|| winner.into());
            configuration.winner_reason = Some(reason);
        }
    }
}

/// Where a fact is, for people: the place, and the node if the file holds several.
fn whereabouts(fact: &Fact) -> String {
    fact.place.to_string()
}

/// For each of these entries the facts of the others that collide with it.
///
/// Most have the same run modes as many others: what they decide is decided once for all of them.
fn rivals(facts: &[Fact], group: &[Entry]) -> Vec<Vec<usize>> {
    let mut numbers = BTreeMap::new();
    let mut kinds = Vec::new();
    let numbered: Vec<Option<usize>> = group
        .iter()
        .map(|entry| {
            let folder = entry.folder.as_deref()?;
            let kind = (folder.priority_base, &folder.run_modes, &facts.get(entry.fact)?.run_modes);
            Some(*numbers.entry(kind).or_insert_with(|| {
                kinds.push(kind);
                kinds.len() - 1
            }))
        })
        .collect();
    let mut known: HashMap<(usize, usize), bool> = HashMap::new();
    let mut collide = |one: usize, other: usize| {
        *known.entry((one, other)).or_insert_with(|| {
            let (Some((base_a, own_a, all_a)), Some((base_b, own_b, all_b))) = (kinds.get(one), kinds.get(other))
            else {
                return false;
            };
            base_a == base_b && all_a.can_be_active_with(all_b) && equally_specific(own_a, own_b)
        })
    };
    let of = |(entry, number): (&Entry, &Option<usize>)| {
        let Some(number) = *number else { return Vec::new() };
        let others =
            group.iter().zip(&numbered).take(MAX_COMPARED_RIVALS).filter(|(other, _)| other.fact != entry.fact);
        others
            .filter(|(_, other)| other.is_some_and(|other| collide(number, other)))
            .map(|(other, _)| other.fact)
            .collect()
    };
    group.iter().zip(&numbered).map(of).collect()
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
