//! Conflicts between configurations of one PID: nothing that their authors decided tells which one an instance uses.

use super::Configuration;
use super::conflict::{ConfigurationConflict, ConflictCause};
use crate::facts::attribute::{Confidence, RareList};
use crate::facts::fact::{Fact, OfKind};
use crate::facts::link::competitor::Competitor;
use crate::facts::link::installed::Installed;
use crate::facts::whereabouts::Whereabouts;
use crate::instances::{Assumption, Certainty, InstanceSet, sentence_of, telling_ties};
use osgi_config::Target;
use std::collections::{BTreeMap, BTreeSet};

/// Most configurations of one conflict that are named.
const MAX_NAMED_CONFIGURATIONS: usize = 20;

/// Most conflicts of one PID that are told, from the first path on: each is described by itself.
const MAX_CONFLICTS_PER_PID: usize = 200;

/// A conflict that was found.
struct Found {
    cause: ConflictCause,
    /// The competitors, by their numbers.
    members: Vec<usize>,
    same_values: bool,
    instances: InstanceSet,
    certainty: Certainty,
    assumptions: Vec<Assumption>,
}

/// Adds the facts of kind `configuration_conflict`, and sets `duplicate_of` of the configurations.
pub(in crate::facts) fn link(facts: &mut Vec<Fact>, installed: &mut Installed) {
    let found = find_conflicts(installed);
    let mut duplicates: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for conflict in found {
        let competitors: Vec<&Competitor> =
            conflict.members.iter().filter_map(|&member| installed.competitors().get(member)).collect();
        let mut sorted = competitors.clone();
        sorted.sort_by_key(|competitor| (&competitor.whereabouts.place, competitor.whereabouts.mark));
        // The first one was there before the others: what is one too many is the second.
        let Some(subject) = sorted.get(1).or(sorted.first()).map(|competitor| competitor.fact) else { continue };
        let Some(fact) = facts.get(subject) else { continue };
        let others: Vec<Whereabouts> = sorted
            .iter()
            .filter(|competitor| competitor.fact != subject)
            .flat_map(|competitor| std::iter::once(&competitor.whereabouts).chain(&competitor.copies))
            .take(MAX_NAMED_CONFIGURATIONS)
            .cloned()
            .collect();
        for competitor in &competitors {
            let rivals = sorted.iter().filter(|rival| rival.fact != competitor.fact);
            let places = rivals.take(MAX_NAMED_CONFIGURATIONS).map(|rival| rival.whereabouts.place.to_string());
            duplicates.entry(competitor.fact).or_default().extend(places);
        }
        let data = describe(&conflict, &sorted, installed.target());
        let fact = installed.add_conflict(fact, data, others);
        facts.push(fact);
    }
    for (fact, places) in duplicates {
        let configuration = facts.get_mut(fact).and_then(Configuration::of_mut);
        if let Some(configuration) = configuration {
            configuration.duplicate_of = RareList::new(places.into_iter().collect(), None);
        }
    }
}

fn find_conflicts(installed: &Installed) -> Vec<Found> {
    let outcome = installed.outcome();
    let mut found = Vec::new();
    for configuration in &outcome.configurations {
        found.extend(telling_ties(&configuration.ties).take(MAX_CONFLICTS_PER_PID).map(|tie| Found {
            cause: ConflictCause::Priority,
            members: tie.candidates.clone(),
            same_values: tie.same_content,
            instances: tie.instances.clone(),
            certainty: tie.certainty,
            assumptions: tie.assumptions.clone(),
        }));
        for slot in &configuration.slots {
            let is_contested = |member: &&usize| {
                installed.competitors().get(**member).is_some_and(|competitor| competitor.is_contested)
            };
            let members: Vec<usize> = slot.candidates.iter().filter(is_contested).copied().collect();
            let standing = members.first().and_then(|&member| outcome.standings.get(member));
            let Some(standing) = standing.filter(|standing| members.len() > 1 && !standing.wins.is_empty()) else {
                continue;
            };
            found.push(Found {
                cause: ConflictCause::Installation,
                members,
                same_values: false,
                instances: standing.wins.clone(),
                // The order of installation decides, which is not random, but not known.
                certainty: standing.wins.certainty().min(Certainty::Medium),
                assumptions: standing.wins.assumption().into_iter().collect(),
            });
        }
    }
    found
}

fn describe(conflict: &Found, sorted: &[&Competitor], target: Target) -> ConfigurationConflict {
    let paths: BTreeSet<Option<&str>> =
        sorted.iter().map(|competitor| competitor.whereabouts.node.as_deref()).collect();
    let count = match conflict.cause {
        ConflictCause::Priority => paths.len(),
        ConflictCause::Installation => sorted.len(),
    };
    let decision = match (conflict.cause, target) {
        (ConflictCause::Installation, _) => "the package that is installed last overwrites the others",
        (ConflictCause::Priority, Target::Aem65) => {
            "a fresh instance uses the one whose path comes first in alphabetical order, and an instance that already \
             uses another one keeps that"
        }
        (ConflictCause::Priority, Target::Cloud) => {
            "the build uses the one whose path comes first in alphabetical order, if it does not refuse all"
        }
    };
    ConfigurationConflict {
        pid: sorted.first().map(|competitor| competitor.pid.clone()).unwrap_or_default(),
        cause: conflict.cause,
        count: i64::try_from(count).unwrap_or(i64::MAX),
        files: sorted
            .iter()
            .take(MAX_NAMED_CONFIGURATIONS)
            .map(|competitor| competitor.whereabouts.place.to_string())
            .collect(),
        same_values: conflict.same_values,
        instances: conflict.instances.names().into_iter().collect(),
        on_instances: conflict.instances.to_string(),
        decision,
        confidence: Confidence::from(conflict.certainty),
        assumption: sentence_of(&conflict.assumptions),
    }
}
