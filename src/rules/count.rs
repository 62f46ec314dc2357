//! Counting: whether some instance has more of the facts of a group than a rule allows, too few, or not the exact number.

use super::expression::Seen;
use super::file::Limit;
use super::finding::Match;
use super::severity::{Confidence, Severity};
use crate::facts::{Fact, Installed, Thing};
use crate::instances::{Certainty, Conflict, sentence_of};
use std::collections::BTreeSet;

/// What is said of a group whose run modes tell apart more instances than are looked at.
const MORE_INSTANCES: &str = "The run modes tell apart more instances than were looked at.";

/// A group with too many members, or not the exact number.
pub(super) struct Group {
    /// The members that are too many together, by place.
    pub(super) hits: Vec<Match>,
    /// Which of them is the first surplus one.
    surplus: usize,
    /// What its message sees.
    pub(super) seen: Seen,
    certainty: Certainty,
    /// What it depends on, as a sentence.
    pub(super) assumption: Option<String>,
    /// Whether there is no member at all. Then the only hit is the fact which shows that there should be some.
    pub(super) is_missing: bool,
}

impl Group {
    /// A group without members, where the fact of `hit` shows that there should be some.
    pub(super) fn missing(hit: Match) -> Self {
        Self {
            hits: vec![hit],
            surplus: 0,
            seen: Seen::default(),
            certainty: Certainty::High,
            assumption: None,
            is_missing: true,
        }
    }

    /// The place to report.
    pub(super) fn primary(&self) -> &Match {
        &self.hits[self.surplus]
    }

    /// The other places.
    pub(super) fn others(&self) -> impl Iterator<Item = &Match> {
        self.hits.iter().enumerate().filter(|(index, _)| *index != self.surplus).map(|(_, hit)| hit)
    }

    /// The highest severity and confidence of a finding on it: what depends on an assumption is no error.
    pub(super) fn at_most(&self) -> (Severity, Confidence) {
        match self.certainty {
            Certainty::High => (Severity::Error, Confidence::High),
            Certainty::Medium => (Severity::Warning, Confidence::Medium),
            Certainty::Low => (Severity::Note, Confidence::Low),
        }
    }
}

/// What tells members apart: the value of `distinct`, else the PID or the repository path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Name(&'a str),
    Thing(Thing<'a>),
}

/// Judges the members of one group, which are sorted by place and installed.
pub(super) fn too_many(hits: Vec<Match>, limit: Limit, facts: &[Fact], installed: &Installed) -> Option<Group> {
    let counted: Vec<(&Fact, Option<&str>)> =
        hits.iter().filter_map(|hit| Some((facts.get(hit.fact)?, hit.distinct.as_deref()))).collect();
    let (allowed, conflict) = match limit {
        Limit::AtMost(allowed) => (allowed, installed.together(&counted, allowed)?),
        Limit::AtLeast(number) => (number, too_few(&counted, number, installed)?),
        Limit::Exactly(number) => (number, not_exactly(&counted, number, installed)?),
    };
    let keys: Vec<Key<'_>> =
        counted.iter().map(|(fact, name)| name.map_or_else(|| Key::Thing(installed.thing(fact)), Key::Name)).collect();
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    for &member in &conflict.facts {
        let (Some(key), Some((fact, name))) = (keys.get(member), counted.get(member)) else { continue };
        if !seen.insert(*key) {
            continue;
        }
        let place = || fact.path.clone().unwrap_or_else(|| fact.place.to_string());
        names.push(name.map_or_else(place, str::to_owned));
    }
    let Conflict { instances, certainty, assumptions, count, bound_reached, .. } = &conflict;
    let bound = bound_reached.then(|| MORE_INSTANCES.to_owned());
    let group = Group {
        surplus: if *count > allowed { first_surplus(&counted, &conflict.facts, allowed, installed) } else { 0 },
        seen: Seen { count: *count, names, instances: instances.names(), on_instances: instances.to_string() },
        certainty: *certainty,
        assumption: sentence_of(assumptions).into_iter().chain(bound).reduce(|a, b| format!("{a} {b}")),
        hits: conflict.facts.iter().filter_map(|&index| hits.get(index).cloned()).collect(),
        is_missing: false,
    };
    (!group.hits.is_empty()).then_some(group)
}

/// Most members of a group among which the first surplus one is looked for.
const MAX_TRIED_MEMBERS: usize = 200;

/// The first of these members with which some instance has more than are allowed.
fn first_surplus(counted: &[(&Fact, Option<&str>)], members: &[usize], allowed: usize, installed: &Installed) -> usize {
    // Each step judges the members again: of very many not all are tried.
    let members: Vec<(&Fact, Option<&str>)> = members
        .iter()
        .take(MAX_TRIED_MEMBERS.max(allowed + 1))
        .filter_map(|&member| counted.get(member).copied())
        .collect();
    let lengths: Vec<usize> = (1..=members.len()).collect();
    let fits =
        |length: &usize| members.get(..*length).is_some_and(|first| installed.together(first, allowed).is_none());
    let surplus = lengths.partition_point(fits);
    surplus.min(members.len().saturating_sub(1))
}

/// Where more than `number` are active; else, if some are active and nowhere as many, where they are.
fn not_exactly(counted: &[(&Fact, Option<&str>)], number: usize, installed: &Installed) -> Option<Conflict> {
    if let Some(conflict) = installed.together(counted, number) {
        return Some(conflict);
    }
    too_few(counted, number, installed)
}

/// Where some are active, if nowhere as many as `number`.
fn too_few(counted: &[(&Fact, Option<&str>)], number: usize, installed: &Installed) -> Option<Conflict> {
    let enough = number.checked_sub(1).is_none_or(|fewer| installed.together(counted, fewer).is_some());
    if enough { None } else { installed.together(counted, 0) }
}
