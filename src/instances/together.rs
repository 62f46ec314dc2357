//! On which instances more than so many things are active at once.

use super::axes::Axes;
use super::contest::{Candidate, Contest};
use super::describe::InstanceSet;
use super::installer::Outcome;
use super::universe::{ActiveModes, Universe};
use super::{Assumption, Certainty};
use osgi_config::RunModes;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What makes a fact active.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Activity<'a> {
    /// The configuration that it is about wins: its index among the judged candidates.
    Configuration(usize),
    /// The content at a repository path is there: nodes and files other than configurations.
    Content {
        /// Equal for facts that are one thing however often it is written, such as the repository path.
        path: &'a str,
        run_modes: &'a RunModes,
        /// The module that writes it, if one does.
        module: Option<usize>,
    },
}

/// A fact to be counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FactActivity<'a> {
    pub(crate) activity: Activity<'a>,
    /// Facts with the same value count once, such as two agents of one tenant. `None`: each PID or path counts once.
    pub(crate) counts_as: Option<&'a str>,
}

/// More things are active together than may be.
#[derive(Clone, Debug)]
pub(crate) struct Conflict {
    /// The instances, those on which it is surest.
    pub(crate) instances: InstanceSet,
    pub(crate) certainty: Certainty,
    pub(crate) assumptions: Vec<Assumption>,
    /// The facts that are active on them: places in the given slice.
    pub(crate) facts: Vec<usize>,
    /// The most that are active on one of these instances.
    pub(crate) count: usize,
    /// Whether there are more instances to tell apart than were looked at.
    pub(crate) bound_reached: bool,
}

/// One PID or path, and the facts about what may be there.
#[derive(Default)]
struct Thing<'a> {
    /// The facts by candidate.
    by_candidate: BTreeMap<usize, Vec<usize>>,
    /// The facts of content: the run modes and the place of each.
    content: Vec<(&'a RunModes, usize)>,
}

/// What a thing may count as on one instance.
struct Choices<'a> {
    keys: BTreeSet<&'a str>,
    /// Whether something else may be there in its place.
    sure: bool,
    /// Whether configurations tie for it, so that the instance chooses.
    tie: bool,
    /// Whether several packages, none of which is known to be last, or several modules write it.
    from_modules: bool,
    /// The modules that are alternatives and write it.
    modules: BTreeSet<usize>,
    /// Whether something else writes it, too.
    elsewhere: bool,
    facts: Vec<usize>,
}

/// The instances of one deployment on which more than `at_most` of these facts are active. `candidates` and `outcome`
/// are those of the [judgement](super::judge).
pub(crate) fn together(
    candidates: &[Candidate<'_>],
    outcome: &Outcome,
    axes: &Axes,
    facts: &[FactActivity<'_>],
    at_most: usize,
) -> Option<Conflict> {
    let mut things: BTreeMap<(Option<usize>, &str), Thing<'_>> = BTreeMap::new();
    for (place, fact) in facts.iter().enumerate() {
        match fact.activity {
            Activity::Configuration(candidate) => {
                let configuration = outcome.configuration_of.get(candidate).copied()?;
                let thing = things.entry((Some(configuration), "")).or_default();
                thing.by_candidate.entry(candidate).or_default().push(place);
            }
            Activity::Content { path, run_modes, .. } => {
                things.entry((None, path)).or_default().content.push((run_modes, place));
            }
        }
    }
    let distinct: BTreeSet<Option<&str>> = facts.iter().map(|fact| fact.counts_as).collect();
    if things.len() <= at_most && (distinct.contains(&None) || distinct.len() <= at_most) {
        return None;
    }
    let contests: Vec<Option<Contest<'_, '_>>> = things
        .keys()
        .map(|(configuration, _)| {
            let slots = &outcome.configurations.get((*configuration)?)?.slots;
            Some(Contest::new(candidates, slots, axes.target()))
        })
        .collect();
    // What counts by itself counts as its number.
    let things: Vec<(Thing<'_>, String)> =
        things.into_values().enumerate().map(|(number, thing)| (thing, number.to_string())).collect();
    let of_content = things.iter().flat_map(|(thing, _)| thing.content.iter().map(|(run_modes, _)| *run_modes));
    let specs = contests.iter().flatten().flat_map(Contest::specs).chain(of_content);
    let universe = Universe::new(specs, axes);
    let mut found: Vec<Found> = Vec::new();
    for (member, instance) in universe.instances.iter().enumerate() {
        let active = universe.active(instance);
        let choices = things.iter().zip(&contests).map(|((thing, name), contest)| {
            let key = |fact: usize| facts.get(fact).and_then(|fact| fact.counts_as).unwrap_or(name);
            match contest {
                Some(contest) => configured(thing, contest, &active, candidates, outcome, key),
                None => written(thing, &active, facts, outcome, key),
            }
        });
        let choices: Vec<Choices<'_>> = choices.filter(|choice| !choice.facts.is_empty()).collect();
        let count = most(&choices, |_| true);
        if count > at_most {
            found.push(judged(member, count, at_most, &choices, outcome, universe.certainty(instance)));
        }
    }
    let certainty = found.iter().map(|found| found.certainty).max()?;
    found.retain(|found| found.certainty == certainty);
    let assumptions = found.iter().min_by_key(|found| found.assumptions.len()).map(|found| found.assumptions.clone());
    let members: Vec<usize> = found.iter().map(|found| found.member).collect();
    let instances = InstanceSet::new(Arc::clone(&universe), members);
    let mut assumptions = assumptions.unwrap_or_default();
    assumptions.extend(instances.assumption());
    let facts: BTreeSet<usize> = found.iter().flat_map(|found| found.facts.iter().copied()).collect();
    Some(Conflict {
        certainty,
        assumptions,
        facts: facts.into_iter().collect(),
        count: found.iter().map(|found| found.count).max().unwrap_or(0),
        bound_reached: universe.bound_reached,
        instances,
    })
}

impl<'a> Choices<'a> {
    fn none() -> Self {
        Self {
            keys: BTreeSet::new(),
            sure: true,
            tie: false,
            from_modules: true,
            modules: BTreeSet::new(),
            elsewhere: false,
            facts: Vec::new(),
        }
    }

    /// Adds facts of what a package, or this module, writes.
    fn add(&mut self, facts: &[usize], module: Option<usize>, outcome: &Outcome, key: impl Fn(usize) -> &'a str) {
        self.facts.extend(facts);
        self.keys.extend(facts.iter().map(|&fact| key(fact)));
        self.from_modules &= module.is_some();
        match module.filter(|&module| outcome.alternatives.group(module).is_some()) {
            Some(module) => drop(self.modules.insert(module)),
            None => self.elsewhere = true,
        }
    }
}

/// What a PID may count as.
fn configured<'a>(
    thing: &Thing<'_>,
    contest: &Contest<'_, '_>,
    active: &ActiveModes<'_>,
    candidates: &[Candidate<'_>],
    outcome: &Outcome,
    key: impl Fn(usize) -> &'a str,
) -> Choices<'a> {
    let mut choice = Choices::none();
    let winners = contest.decide(active, &mut 0).winners;
    choice.tie = winners.len() > 1;
    for winner in winners.into_iter().flat_map(|slot| contest.active_of(slot, active)) {
        let of = thing.by_candidate.get(&winner);
        choice.sure &= of.is_some();
        let Some((of, candidate)) = of.zip(candidates.get(winner)) else { continue };
        choice.add(of, candidate.is_module.then_some(candidate.origin), outcome, &key);
    }
    choice
}

/// What a path of content may count as.
fn written<'a>(
    thing: &Thing<'_>,
    active: &ActiveModes<'_>,
    facts: &[FactActivity<'_>],
    outcome: &Outcome,
    key: impl Fn(usize) -> &'a str,
) -> Choices<'a> {
    let mut choice = Choices::none();
    for &(run_modes, fact) in &thing.content {
        if !active.lists().any(|modes| run_modes.matched(modes).is_some()) {
            continue;
        }
        let module = match facts.get(fact).map(|fact| fact.activity) {
            Some(Activity::Content { module, .. }) => module,
            _ => None,
        };
        choice.add(&[fact], module, outcome, &key);
    }
    choice
}

/// A conflict on one instance.
struct Found {
    member: usize,
    certainty: Certainty,
    assumptions: Vec<Assumption>,
    facts: Vec<usize>,
    count: usize,
}

fn judged(
    member: usize,
    count: usize,
    at_most: usize,
    choices: &[Choices<'_>],
    outcome: &Outcome,
    mut certainty: Certainty,
) -> Found {
    let mut assumptions = Vec::new();
    let certain: BTreeSet<&str> = choices
        .iter()
        .filter(|choice| choice.sure && choice.keys.len() == 1)
        .flat_map(|choice| choice.keys.iter().copied())
        .collect();
    if certain.len() <= at_most {
        certainty = certainty.min(Certainty::Medium);
        let open = || choices.iter().filter(|choice| !choice.sure || choice.keys.len() > 1);
        if open().any(|choice| choice.tie) {
            assumptions.push(Assumption::Choice);
        }
        if open().any(|choice| !choice.tie && choice.from_modules) {
            assumptions.push(Assumption::Build);
        }
        if open().any(|choice| !choice.tie && !choice.from_modules) {
            assumptions.push(Assumption::OrderOfInstallation);
        }
    }
    // One module of each group of alternatives: the one that brings the most.
    let mut brought: BTreeMap<usize, usize> = BTreeMap::new();
    for &module in choices.iter().filter(|choice| !choice.elsewhere).flat_map(|choice| &choice.modules) {
        *brought.entry(module).or_default() += 1;
    }
    let mut built: BTreeMap<Option<usize>, (usize, usize)> = BTreeMap::new();
    for (module, number) in brought {
        let best = built.entry(outcome.alternatives.group(module)).or_insert((module, number));
        if number > best.1 {
            *best = (module, number);
        }
    }
    let is_built = |choice: &Choices<'_>| {
        choice.elsewhere || choice.modules.iter().any(|module| built.values().any(|(best, _)| best == module))
    };
    if most(choices, is_built) <= at_most {
        certainty = Certainty::Low;
        assumptions.retain(|assumption| *assumption != Assumption::Build);
        assumptions.push(Assumption::Build);
    }
    let facts = choices.iter().flat_map(|choice| choice.facts.iter().copied()).collect();
    Found { member, certainty, assumptions, facts, count }
}

/// How many different keys the chosen things may have at most, each thing one of its own: those without a choice first.
fn most<'a>(choices: &[Choices<'a>], chosen: impl Fn(&Choices<'a>) -> bool) -> usize {
    let mut chosen: Vec<&Choices<'a>> = choices.iter().filter(|choice| chosen(choice)).collect();
    chosen.sort_by_key(|choice| choice.keys.len());
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    for choice in chosen {
        if let Some(key) = choice.keys.iter().find(|key| !taken.contains(**key)) {
            taken.insert(key);
        }
    }
    taken.len()
}
