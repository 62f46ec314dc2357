//! Which rules fire on which facts, and which of them stay silent for a more specific one.

use super::answers::Answers;
use super::count::{self, Group};
use super::expression::{Environment, Expression};
use super::file::RuleFile;
use super::finding::Match;
use super::set::{Compiled, Rule, RuleSet};
use super::severity::Severity;
use crate::diagnostics::UserError;
use crate::facts::{Fact, Installed, Kind};
use crate::workers::WORTH_SHARING;
use osgi_config::Target;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where a rule failed, by indices.
pub(super) enum Failing {
    /// The rule, and the fact that its conditions have no value on.
    Condition { rule: usize, fact: usize },
    /// The fault that no finding can be made of.
    Finding(usize),
}

/// A rule that fired on a subject.
struct Fired {
    rule: usize,
    /// On which of its facts, and with which levels.
    on: Vec<(usize, Severity)>,
}

/// A rule at work.
#[derive(Clone, Copy)]
pub(super) struct Active<'a> {
    pub(super) rule: &'a Rule,
    pub(super) file: &'a RuleFile,
    pub(super) compiled: &'a Compiled,
}

/// What is known while facts are judged.
pub(super) struct Judge<'a> {
    pub(super) rules: Vec<Active<'a>>,
    /// For each fact the rules that may fire on it.
    candidates: Vec<Vec<usize>>,
    pub(super) facts: &'a [Fact],
    pub(super) installed: &'a Installed,
    pub(super) target: Target,
    pub(super) answers: &'a Answers,
    /// For each fact the number of its subject: facts of one deployment, place and mark are about one subject.
    pub(super) subjects: Vec<usize>,
    /// For each subject the rules that fired on it, with the facts and the levels.
    fired: HashMap<usize, Vec<Fired>>,
    /// The rules that each rule stays silent for; `None` for all others.
    defers_to: Vec<Option<Vec<usize>>>,
}

impl<'a> Judge<'a> {
    /// Compiles the rules that may fire on some fact.
    pub(super) fn new(
        rules: &'a RuleSet,
        facts: &'a [Fact],
        installed: &'a Installed,
        target: Target,
        answers: &'a Answers,
    ) -> Result<Self, UserError> {
        let mut by_kind: BTreeMap<Kind, Vec<usize>> = BTreeMap::new();
        for (number, rule) in rules.rules().iter().enumerate() {
            rule.on.iter().for_each(|kind| by_kind.entry(*kind).or_default().push(number));
        }
        let may_fire = |fact: &Fact| {
            let of_kind = by_kind.get(&fact.kind()).into_iter().flatten().copied();
            of_kind.filter(|&number| rules.rules()[number].may_fire(fact, target)).collect()
        };
        let mut candidates: Vec<Vec<usize>> = map_each(facts, may_fire);
        // By one thread: starting others takes longer than the few rules that are left.
        let mut active = Vec::new();
        let needed: BTreeSet<usize> = candidates.iter().flatten().copied().collect();
        for rule in needed.iter().map(|&number| &rules.rules()[number]) {
            active.push(Active { rule, file: rule.file()?, compiled: rule.compiled()? });
        }
        let numbers: BTreeMap<usize, usize> = needed.into_iter().enumerate().map(|(new, old)| (old, new)).collect();
        candidates.iter_mut().flatten().for_each(|number| *number = numbers[number]);
        let defers_to = |rule: &Active<'_>| {
            let named = &rule.file.defers_to;
            let index = |id: &str| active.iter().position(|other| other.rule.id.as_ref() == id);
            (!named.iter().any(|text| text.value == "*"))
                .then(|| named.iter().filter_map(|text| index(&text.value)).collect())
        };
        Ok(Self {
            subjects: subjects(facts),
            defers_to: active.iter().map(defers_to).collect(),
            rules: active,
            candidates,
            facts,
            installed,
            target,
            answers,
            fired: HashMap::new(),
        })
    }

    /// The rule that fired.
    pub(super) fn rule(&self, hit: &Match) -> Active<'a> {
        self.rules[hit.rule]
    }

    /// Every rule that fires on every fact, in the order of the facts, and those that fail on one.
    pub(super) fn hits(&self) -> (Vec<Match>, Vec<Failing>) {
        let all: Vec<usize> = (0..self.facts.len()).collect();
        let (hits, failed): (Vec<_>, Vec<_>) = map_each(&all, |&fact| self.hits_on(fact)).into_iter().unzip();
        (hits.into_iter().flatten().collect(), failed.into_iter().flatten().collect())
    }

    fn hits_on(&self, fact: usize) -> (Vec<Match>, Vec<Failing>) {
        let mut scope = None;
        let (mut hits, mut failed) = (Vec::new(), Vec::new());
        for &rule in &self.candidates[fact] {
            let scope = &*scope.get_or_insert_with(|| Environment::new(&self.facts[fact], self.target));
            match self.hit(rule, fact, scope) {
                Ok(hit) => hits.extend(hit),
                Err(_) => failed.push(Failing::Condition { rule, fact }),
            }
        }
        (hits, failed)
    }

    /// Whether a rule fires on a fact.
    pub(super) fn hit(&self, number: usize, index: usize, scope: &Environment<'_>) -> Result<Option<Match>, UserError> {
        let (fact, Active { file, compiled, .. }) = (&self.facts[index], self.rules[number]);
        // Whether it shows that something is missing is asked again in the end; that it cannot be said is said now.
        is_expecting(file, compiled, scope, fact)?;
        let Some(case) = first_case(file, compiled, scope, fact)? else { return Ok(None) };
        let key =
            |expression: &Expression| expression.evaluate(file, scope, fact).map(|value| value.display().into_owned());
        let group = compiled.per.as_ref().map(key).transpose()?.unwrap_or_default();
        let distinct = compiled.distinct.as_ref().map(key).transpose()?;
        Ok(Some(Match { rule: number, fact: index, case, group, distinct }))
    }

    /// Remembers which rules fired on which subjects.
    pub(super) fn note(&mut self, hits: &[Match]) {
        for hit in hits {
            let level = self.rule(hit).file.cases[hit.case].level;
            let rules = self.fired.entry(self.subjects[hit.fact]).or_default();
            match rules.iter_mut().find(|fired| fired.rule == hit.rule) {
                Some(fired) => fired.on.push((hit.fact, level)),
                None => {
                    // On most subjects there fires one rule on one fact.
                    rules.reserve_exact(1);
                    rules.push(Fired { rule: hit.rule, on: vec![(hit.fact, level)] });
                }
            }
        }
    }

    /// Whether a rule that this one defers to fired on the same fact, or on a fact of another kind about the same
    /// subject. Facts of one kind about one subject, such as two secrets in one configuration, are separate faults.
    pub(super) fn is_silent(&self, hit: &Match) -> bool {
        let Some(fired) = self.fired.get(&self.subjects[hit.fact]) else { return false };
        let kind = self.facts[hit.fact].kind();
        let same_fault = |facts: &[(usize, Severity)], lowest: Severity| {
            let same = |fact: usize| fact == hit.fact || self.facts[fact].kind() != kind;
            facts.iter().any(|&(fact, level)| level >= lowest && same(fact))
        };
        let mut others = fired.iter().filter(|fired| fired.rule != hit.rule);
        match &self.defers_to[hit.rule] {
            Some(rules) => others.any(|fired| rules.contains(&fired.rule) && same_fault(&fired.on, Severity::Note)),
            // A note beside does not say that something is wrong.
            None => others.any(|fired| same_fault(&fired.on, Severity::Warning)),
        }
    }

    /// The groups of counting rules that have too many, too few, or not the exact number.
    pub(super) fn too_many(&self, hits: Vec<Match>) -> Vec<Group> {
        let mut groups: BTreeMap<(usize, u32, String), Vec<Match>> = BTreeMap::new();
        for hit in hits {
            let key = (hit.rule, self.facts[hit.fact].deployment, hit.group.clone());
            groups.entry(key).or_default().push(hit);
        }
        let mut found = self.missing(&groups);
        for ((rule, ..), mut hits) in groups {
            hits.sort_by_key(|hit| (&self.facts[hit.fact].place, self.facts[hit.fact].mark));
            if let Some(counting) = &self.rules[rule].file.counting {
                found.extend(count::too_many(hits, counting.limit, self.facts, self.installed));
            }
        }
        found
    }

    /// For each rule that expects something in certain deployments, and each of these in which it is not: the first fact that
    /// shows so.
    fn missing(&self, groups: &BTreeMap<(usize, u32, String), Vec<Match>>) -> Vec<Group> {
        let mut missing = BTreeMap::new();
        for (number, active) in self.rules.iter().enumerate() {
            let counting = active.file.counting.as_ref().filter(|counting| counting.expected_in.is_some());
            if !counting.is_some_and(|counting| counting.limit.is_broken_by_none()) {
                continue;
            }
            for (index, fact) in self.facts.iter().enumerate().filter(|(_, fact)| fact.takes_effect()) {
                let key = (number, fact.deployment);
                let has_some = groups.contains_key(&(number, fact.deployment, String::new()));
                let scope = || Environment::new(fact, self.target);
                if !has_some
                    && !missing.contains_key(&key)
                    && is_expecting(active.file, active.compiled, &scope(), fact).unwrap_or(false)
                {
                    let hit = Match { rule: number, fact: index, case: 0, group: String::new(), distinct: None };
                    missing.insert(key, Group::missing(hit));
                }
            }
        }
        missing.into_values().collect()
    }
}

/// Whether a fact shows that what the rule counts must be in its deployment.
fn is_expecting(file: &RuleFile, compiled: &Compiled, scope: &Environment<'_>, fact: &Fact) -> Result<bool, UserError> {
    let Some(expected) = file.counting.as_ref().and_then(|counting| counting.expected_in.as_ref()) else {
        return Ok(false);
    };
    let when = compiled.expected_in.as_ref().and_then(|expected| expected.when.as_ref());
    Ok(expected.on.contains(&fact.kind()) && when.map_or(Ok(true), |when| when.holds(file, scope, fact))?)
}

/// What `work` makes of each item, in their order, whatever the number of threads.
pub(super) fn map_each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Send + Sync) -> Vec<R> {
    if items.len() < WORTH_SHARING {
        return items.iter().map(work).collect();
    }
    items.par_iter().map(work).collect()
}

/// For each fact the number of its subject.
fn subjects(facts: &[Fact]) -> Vec<usize> {
    let key = |index: &usize| (facts[*index].deployment, &facts[*index].place, facts[*index].mark);
    let mut order: Vec<usize> = (0..facts.len()).collect();
    // Linked facts are in this order, which costs a fraction of telling them apart by hashes.
    order.sort_by(|a, b| key(a).cmp(&key(b)));
    let mut subjects = vec![0; facts.len()];
    for (number, facts) in order.chunk_by(|a, b| key(a) == key(b)).enumerate() {
        facts.iter().for_each(|&fact| subjects[fact] = number);
    }
    subjects
}

/// The first case of the rule that holds on the fact.
fn first_case(
    file: &RuleFile,
    compiled: &Compiled,
    scope: &Environment<'_>,
    fact: &Fact,
) -> Result<Option<usize>, UserError> {
    for (index, (case, compiled)) in file.cases.iter().zip(&compiled.cases).enumerate() {
        if !case.on.contains(&fact.kind()) {
            continue;
        }
        let mut holds = true;
        for when in &compiled.when {
            if !when.holds(file, scope, fact)? {
                holds = false;
                break;
            }
        }
        if holds {
            return Ok(Some(index));
        }
    }
    Ok(None)
}
