//! What the instances of each deployment end up with, and questions about it.

use super::competitor::Competitor;
use crate::facts::fact::{Fact, FactData, Installation};
use crate::facts::walked::{Cause, NotAnalysed, Walked};
use crate::facts::whereabouts::Whereabouts;
use crate::instances::{
    Activity, Axes, Candidate, Configuration, Conflict, FactActivity, Gap, MAX_INSTANCES, Outcome, Reason, Standing,
    judge, missing, together,
};
use osgi_config::Target;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use zip_audit::Place;

/// Most facts of which one is needed: if there are more, there is one wherever it is needed.
const MAX_NEEDED: usize = 64;

/// Most decisions about one PID on one instance that questions about single facts cost in a run: seconds.
const MAX_DECISIONS: u64 = 4_000_000;

/// What the instances of each deployment end up with.
#[derive(Debug)]
pub struct Installed {
    axes: Axes,
    competitors: Vec<Competitor>,
    outcome: Outcome,
    /// What questions about single facts have cost, in decisions about one PID on one instance.
    decisions: AtomicU64,
    /// For each conflict between configurations where all of them stand, but for the one that the fact is about.
    conflicts: Vec<Vec<Whereabouts>>,
    /// Content other than configurations that several packages write differently to one path: for each path the facts of
    /// each package, by their places before facts are sorted.
    pub(in crate::facts) contested: Vec<Vec<Range<usize>>>,
}

impl Installed {
    /// Nothing, for facts that were linked in another way, or not at all.
    pub fn nothing(target: Target) -> Self {
        Self::new(Vec::new(), Axes::new(target, &[]))
    }

    pub(super) fn new(competitors: Vec<Competitor>, axes: Axes) -> Self {
        let candidates: Vec<Candidate<'_>> = competitors.iter().map(Competitor::as_candidate).collect();
        let outcome = judge(&candidates, &axes);
        Self { axes, competitors, outcome, decisions: AtomicU64::new(0), conflicts: Vec::new(), contested: Vec::new() }
    }

    /// The PIDs of which some instances were not judged, since there are too many.
    pub(super) fn not_judged(&self) -> Walked {
        let too_many = self.outcome.configurations.iter().filter(|configuration| configuration.bound_reached);
        let first = too_many.filter_map(|configuration| configuration.slots.first()?.candidates.first());
        let competitors = first.filter_map(|&first| self.competitors.get(first));
        let unread = competitors.map(|competitor| NotAnalysed {
            place: competitor.whereabouts.place.clone(),
            cause: Cause::TooManyInstances,
            limit: None,
            input: competitor.deployment,
        });
        Walked { unread: unread.collect(), ..Walked::default() }
    }

    /// The configurations that were judged.
    pub(in crate::facts) fn competitors(&self) -> &[Competitor] {
        &self.competitors
    }

    /// What was found about them.
    pub(in crate::facts) fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// The fact that `data` says about a conflict: it stands where `subject` does, and `others` are further places to show.
    pub(in crate::facts) fn add_conflict(
        &mut self,
        subject: &Fact,
        data: impl Into<FactData>,
        others: Vec<Whereabouts>,
    ) -> Fact {
        let conflict = u32::try_from(self.conflicts.len()).ok();
        self.conflicts.push(others);
        Fact {
            installation: Installation { conflict, ..subject.installation },
            data: data.into(),
            properties: Vec::new(),
            ..subject.clone()
        }
    }

    pub(in crate::facts) fn target(&self) -> Target {
        self.axes.target()
    }

    /// Where the further configurations of a conflict stand; of an overridden configuration, where the winners do.
    pub fn related(&self, fact: &Fact) -> Vec<&Whereabouts> {
        if let Some(conflict) = fact.installation.conflict {
            return self.conflicts.get(conflict as usize).into_iter().flatten().collect();
        }
        if fact.overridden.is_none() {
            return Vec::new();
        }
        self.winners_over(fact).map(|winner| &winner.whereabouts).collect()
    }

    /// The configurations that win wherever this one is active.
    fn winners_over(&self, fact: &Fact) -> impl Iterator<Item = &Competitor> {
        let standing = fact.installation.candidate.and_then(|number| self.outcome.standings.get(number as usize));
        let winners: BTreeSet<usize> =
            standing.into_iter().flat_map(|standing| &standing.losses).map(|loss| loss.to).collect();
        winners.into_iter().filter_map(|winner| self.competitors.get(winner))
    }

    /// Says of configurations of integrations that never win what wins instead, and of those that no instance has the run
    /// modes for that they are not installed.
    pub(super) fn say_what_is_overridden(&self, facts: &mut [Fact]) {
        for fact in facts.iter_mut() {
            let Some(number) = fact.installation.candidate.map(|number| number as usize) else { continue };
            let Some(standing) = self.outcome.standings.get(number).filter(|standing| standing.wins.is_empty()) else {
                continue;
            };
            if self.pid_of(fact).is_none_or(|(_, pid)| pid.bound_reached) {
                continue;
            }
            if standing.losses.is_empty() {
                fact.not_installed.get_or_insert_with(|| "no instance has the run modes of its folder".to_owned());
            } else {
                fact.overridden = Some(why_overridden(standing).into());
            }
        }
    }

    /// The PID of the configuration that a fact is about, if it was judged, and its place in the outcome.
    fn pid_of(&self, fact: &Fact) -> Option<(usize, &Configuration)> {
        let place = self.outcome.configuration_of.get(fact.installation.candidate? as usize).copied()?;
        Some((place, self.outcome.configurations.get(place)?))
    }

    fn candidates(&self) -> Vec<Candidate<'_>> {
        self.competitors.iter().map(Competitor::as_candidate).collect()
    }

    /// What makes a fact active. `place` stands for the repository path of a fact that has none.
    fn activity<'a>(&self, fact: &'a Fact, place: &'a str) -> Activity<'a> {
        match fact.installation.candidate {
            Some(number) if (number as usize) < self.competitors.len() => Activity::Configuration(number as usize),
            _ => Activity::Content {
                path: fact.path.as_deref().unwrap_or(place),
                run_modes: &fact.run_modes,
                module: fact.installation.module.map(|module| module as usize),
            },
        }
    }

    /// The instances on which more than `at_most` of these facts of one deployment are active: each with what it counts
    /// as, if others count as the same.
    pub(crate) fn together(&self, facts: &[(&Fact, Option<&str>)], at_most: usize) -> Option<Conflict> {
        let places: Vec<String> = facts.iter().map(|(fact, _)| place_of(fact)).collect();
        let counted = facts.iter().zip(&places);
        let counted: Vec<FactActivity<'_>> = counted
            .map(|((fact, counts_as), place)| FactActivity {
                activity: self.activity(fact, place),
                counts_as: *counts_as,
            })
            .collect();
        together(&self.candidates(), &self.outcome, &self.axes, &counted, at_most)
    }

    /// Whether both facts are active on one instance, and the conflict between them if so. None is found any more when
    /// such questions have cost too much.
    pub(crate) fn meeting(&self, one: &Fact, other: &Fact) -> Option<Conflict> {
        self.may_decide([one, other])?;
        self.together(&[(one, None), (other, None)], 1)
    }

    /// Adds the decisions that a question about these facts may cost; `None` if that is too many for the whole run.
    fn may_decide<'f>(&self, facts: impl IntoIterator<Item = &'f Fact>) -> Option<()> {
        let (mut pids, mut modes) = (0, BTreeSet::new());
        for fact in facts {
            pids += 1;
            modes.extend(fact.run_modes.literals().flatten().map(|(mode, _)| mode));
        }
        let instances = 1_u64.checked_shl(u32::try_from(modes.len()).unwrap_or(u32::MAX)).unwrap_or(u64::MAX);
        let cost = pids * instances.min(MAX_INSTANCES as u64);
        let before = self.decisions.fetch_add(cost, Ordering::Relaxed);
        (before < MAX_DECISIONS).then_some(())
    }

    /// Whether one fact is active wherever another one is, without a look at the instances: nothing competes with it.
    fn accompanies(&self, other: &Fact, subject: &Fact) -> bool {
        let competing = |pid: &Configuration| pid.slots.iter().map(|slot| slot.candidates.len()).sum::<usize>();
        let is_alone = self.pid_of(other).is_none_or(|(_, pid)| competing(pid) == 1);
        is_alone && (other.run_modes.is_always() || other.run_modes == subject.run_modes)
    }

    /// The instances on which `subject` is active, and none of `needed` is. None is found where very many are needed, or
    /// when such questions have cost too much.
    pub(crate) fn missing(&self, subject: &Fact, needed: &[&Fact]) -> Option<Gap> {
        let is_there = |other: &&Fact| self.accompanies(other, subject);
        if needed.len() > MAX_NEEDED || needed.iter().any(is_there) {
            return None;
        }
        self.may_decide(needed.iter().copied().chain([subject]))?;
        let own = place_of(subject);
        let places: Vec<String> = needed.iter().map(|fact| place_of(fact)).collect();
        let needed: Vec<Activity<'_>> =
            needed.iter().zip(&places).map(|(fact, place)| self.activity(fact, place)).collect();
        missing(&self.candidates(), &self.outcome, &self.axes, self.activity(subject, &own), &needed)
    }

    /// What two facts that are one thing have in common: the PID or the repository path.
    pub(crate) fn thing<'f>(&self, fact: &'f Fact) -> Thing<'f> {
        match (self.pid_of(fact), &fact.path) {
            (Some((pid, _)), _) => Thing::Pid(pid),
            (None, Some(path)) => Thing::Path(path),
            (None, None) => Thing::Place(&fact.place),
        }
    }
}

fn why_overridden(standing: &Standing) -> &'static str {
    if standing.losses.iter().all(|loss| loss.reason == Reason::Root) {
        "another configuration of its PID lies below /apps, and so wins wherever it is active"
    } else {
        "another configuration of its PID is more specific wherever it is active"
    }
}

/// See [`Installed::thing`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Thing<'f> {
    /// The place of a PID in the outcome.
    Pid(usize),
    /// A repository path.
    Path(&'f str),
    /// What has none.
    Place(&'f Place),
}

/// Stands for the repository path of a fact that has none.
fn place_of(fact: &Fact) -> String {
    if fact.path.is_some() { String::new() } else { fact.place.to_string() }
}
