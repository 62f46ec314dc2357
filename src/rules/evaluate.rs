//! Judges facts by rules: which rules fire on which facts, which of them stay silent for a more specific one, and the
//! findings that remain.

use super::answers::Answers;
use super::copies;
use super::count::{self, Group};
use super::expression::{Environment, Expression, Template, Value as Seen};
use super::file::RuleFile;
use super::finding::{Finding, Match, Related, SameFault};
use super::fingerprint::{self, FingerprintInput};
use super::fix::{self, Fix};
use super::not_judged::{self, Failure, NotJudged};
use crate::diagnostics::UserError;
use crate::escape;

use super::set::{Compiled, Rule, RuleSet};
use super::severity::{Confidence, Severity};
use crate::facts::walked::findings_left_out;
use crate::facts::{Fact, Installed, Kind, Packages, Value, ValueRef, Whereabouts};
use crate::workers::WORTH_SHARING;
use osgi_config::Target;
use rayon::prelude::*;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use text_spans::SourceRange;
use zip_audit::{LimitKind, Limits, Place};

/// What other places of a finding say where the rule has no `related` text.
const RELATED: &str = "Also here.";
/// What the place of a configuration says that is used instead of the one that a finding is about.
const WINNER: &str = "This one is used instead.";

/// Of the memory of a run, the part that findings may take.
const FINDINGS_SHARE: u64 = 4;
/// Characters of a message; the values that it quotes can have any length.
const MAX_MESSAGE_CHARS: usize = 4_096;
/// Findings that are made before their memory is looked at.
const AT_ONCE: usize = 4_096;

/// What rules say of facts.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// The findings, ordered by place and rule.
    pub findings: Vec<Finding>,
    /// Facts that a rule could not judge: its condition or its message has no value on them. A finding says so of each, if
    /// there is a rule on facts of kind `unread`.
    pub not_judged: Vec<NotJudged>,
    /// Facts that say of each file on disk how many findings on what it holds were left out, the least severe ones, for want
    /// of memory. There is a finding on each of them, too.
    pub left_out: Vec<Fact>,
}

/// Judges `facts` by `rules`. A rule that fails on a fact fails on that fact alone. `installed` is what was linked together
/// with the facts.
///
/// # Errors
/// A rule file with a mistake.
pub fn evaluate(
    rules: &RuleSet,
    facts: &[Fact],
    installed: &Installed,
    target: Target,
) -> Result<Judgement, UserError> {
    evaluate_with_answers(rules, facts, installed, target, &Answers::default(), Limits::default().memory)
}

/// Judges as [`evaluate`] does, with the answers that fixes need, in a run that may hold so many bytes of memory.
///
/// # Errors
/// As [`evaluate`].
pub fn evaluate_with_answers(
    rules: &RuleSet,
    facts: &[Fact],
    installed: &Installed,
    target: Target,
    answers: &Answers,
    memory: u64,
) -> Result<Judgement, UserError> {
    let most = usize::try_from(memory / FINDINGS_SHARE).unwrap_or(usize::MAX);
    let Judged { mut findings, mut not_judged, left_out } = judge(rules, facts, installed, target, answers, most)?;
    let limit = (LimitKind::Memory, memory);
    let left_out: Vec<Fact> = (left_out.into_iter())
        .map(|((deployment, file), count)| findings_left_out(Place::on_disk(file), deployment, count, limit))
        .collect();
    if !not_judged.is_empty() || !left_out.is_empty() {
        // What could not be judged is judged as content that was not analysed. Where that fails, too, it has been told.
        let unread = not_judged.iter().map(|failure| &failure.fact).chain(&left_out);
        let unread: Vec<Fact> = unread.cloned().collect();
        let more = judge(rules, &unread, &Installed::nothing(target), target, answers, most)?;
        findings.extend(more.findings);
        not_judged.extend(more.not_judged);
    }
    findings.sort_by(|(_, a), (_, b)| order(a).cmp(&order(b)));
    let packages = Packages::of_facts(facts);
    for (_, finding) in &mut findings {
        finding.package = packages.around(&finding.location.place).cloned();
    }
    Ok(Judgement { findings: fingerprint::number(findings), not_judged, left_out })
}

/// The findings without their fingerprints, and the failures.
struct Judged {
    findings: Vec<(FingerprintInput, Finding)>,
    not_judged: Vec<NotJudged>,
    left_out: LeftOut,
}

/// How many findings were left out, for each deployment and file on disk.
type LeftOut = BTreeMap<(u32, Arc<str>), u64>;

fn judge(
    rules: &RuleSet,
    facts: &[Fact],
    installed: &Installed,
    target: Target,
    answers: &Answers,
    most: usize,
) -> Result<Judged, UserError> {
    let mut judge = Judge::new(rules, facts, installed, target, answers)?;
    let (hits, failed) = judge.hits();
    let (counted, hits): (Vec<Match>, Vec<Match>) =
        hits.into_iter().partition(|hit| judge.rule(hit).file.counting.is_some());
    judge.note(&hits);
    let counted = counted.into_iter().filter(|hit| facts[hit.fact].takes_effect() && !judge.is_silent(hit)).collect();
    let groups = judge.too_many(counted);
    for group in &groups {
        judge.note(&group.hits);
    }
    let single: Vec<&Match> = hits.iter().filter(|hit| !judge.is_silent(hit)).collect();
    let same = copies::find_same_faults(facts, &single);
    let single = single.into_iter().zip(same).map(|(hit, same)| Fault { hit, same, group: None });
    let counted = groups.iter().map(|group| Fault { hit: group.primary(), same: None, group: Some(group) });
    let faults: Vec<Fault<'_>> = single.chain(counted).collect();
    let made = judge.findings(&faults, most);
    let mut failures: Vec<Failing> = failed.into_iter().chain(made.silent.into_iter().map(Failing::Finding)).collect();
    let subject = |failing: &Failing| match *failing {
        Failing::Condition { rule, fact } => (rule, fact),
        Failing::Finding(fault) => (faults[fault].hit.rule, faults[fault].hit.fact),
    };
    failures.sort_by_key(|failing| subject(failing).1);
    let told: Vec<Failure<'_>> = (failures.iter().map(subject))
        .map(|(rule, fact)| Failure { rule: &judge.rules[rule].rule.id, fact: &facts[fact] })
        .collect();
    let error_of = |index: usize| match failures[index] {
        Failing::Condition { rule, fact } => judge.hit(rule, fact, &Environment::new(&facts[fact], target)).err(),
        Failing::Finding(fault) => judge.finding(&faults[fault]).err(),
    };
    let not_judged = not_judged::list(&told, error_of);
    Ok(Judged { findings: made.findings, not_judged, left_out: made.left_out })
}

/// What was made of faults.
#[derive(Default)]
struct Made {
    findings: Vec<(FingerprintInput, Finding)>,
    /// The faults that no finding can be made of.
    silent: Vec<usize>,
    left_out: LeftOut,
}

/// Where a rule failed, by indices.
enum Failing {
    /// The rule, and the fact that its conditions have no value on.
    Condition { rule: usize, fact: usize },
    /// The fault that no finding can be made of.
    Finding(usize),
}

/// What `work` makes of each item, in their order, whatever the number of threads.
fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Send + Sync) -> Vec<R> {
    if items.len() < WORTH_SHARING {
        return items.iter().map(work).collect();
    }
    items.par_iter().map(work).collect()
}

/// A rule at work.
#[derive(Clone, Copy)]
struct Active<'a> {
    rule: &'a Rule,
    file: &'a RuleFile,
    compiled: &'a Compiled,
}

/// Something to be reported.
struct Fault<'a> {
    hit: &'a Match,
    /// Equal for the same fault in copies of one file.
    same: Option<SameFault>,
    /// What was counted.
    group: Option<&'a Group>,
}

/// What is known while facts are judged.
struct Judge<'a> {
    rules: Vec<Active<'a>>,
    /// For each fact the rules that may fire on it.
    candidates: Vec<Vec<usize>>,
    facts: &'a [Fact],
    installed: &'a Installed,
    target: Target,
    answers: &'a Answers,
    /// For each fact the number of its subject: facts of one deployment, place and mark are about one subject.
    subjects: Vec<usize>,
    /// For each subject the rules that fired on it, with the facts and the levels.
    fired: HashMap<usize, BTreeMap<usize, Vec<(usize, Severity)>>>,
    /// The rules that each rule stays silent for; `None` for all others.
    defers_to: Vec<Option<Vec<usize>>>,
}

impl<'a> Judge<'a> {
    /// Compiles the rules that may fire on some fact.
    fn new(
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
        let mut candidates: Vec<Vec<usize>> = each(facts, may_fire);
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

    fn rule(&self, hit: &Match) -> Active<'a> {
        self.rules[hit.rule]
    }

    /// Every rule that fires on every fact, in the order of the facts, and those that fail on one.
    fn hits(&self) -> (Vec<Match>, Vec<Failing>) {
        let all: Vec<usize> = (0..self.facts.len()).collect();
        let (hits, failed): (Vec<_>, Vec<_>) = each(&all, |&fact| self.hits_on(fact)).into_iter().unzip();
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
    fn hit(&self, number: usize, index: usize, scope: &Environment<'_>) -> Result<Option<Match>, UserError> {
        let (fact, Active { file, compiled, .. }) = (&self.facts[index], self.rules[number]);
        let Some(case) = first_case(file, compiled, scope, fact)? else { return Ok(None) };
        let key =
            |expression: &Expression| expression.evaluate(file, scope, fact).map(|value| value.display().into_owned());
        let group = compiled.per.as_ref().map(key).transpose()?.unwrap_or_default();
        let distinct = compiled.distinct.as_ref().map(key).transpose()?;
        Ok(Some(Match { rule: number, fact: index, case, group, distinct }))
    }

    /// Remembers which rules fired on which subjects.
    fn note(&mut self, hits: &[Match]) {
        for hit in hits {
            let level = self.rule(hit).file.cases[hit.case].level;
            let rules = self.fired.entry(self.subjects[hit.fact]).or_default();
            rules.entry(hit.rule).or_default().push((hit.fact, level));
        }
    }

    /// Whether a rule that this one defers to fired on the same fact, or on a fact of another kind about the same
    /// subject. Facts of one kind about one subject, such as two secrets in one configuration, are separate faults.
    fn is_silent(&self, hit: &Match) -> bool {
        let Some(fired) = self.fired.get(&self.subjects[hit.fact]) else { return false };
        let kind = self.facts[hit.fact].kind();
        let same_fault = |facts: &[(usize, Severity)], lowest: Severity| {
            let same = |fact: usize| fact == hit.fact || self.facts[fact].kind() != kind;
            facts.iter().any(|&(fact, level)| level >= lowest && same(fact))
        };
        match &self.defers_to[hit.rule] {
            Some(rules) => rules.iter().any(|rule| {
                *rule != hit.rule && fired.get(rule).is_some_and(|facts| same_fault(facts, Severity::Note))
            }),
            // A note beside does not say that something is wrong.
            None => fired.iter().any(|(rule, facts)| *rule != hit.rule && same_fault(facts, Severity::Warning)),
        }
    }

    /// The groups of counting rules that have too many, or not the exact number.
    fn too_many(&self, hits: Vec<Match>) -> Vec<Group> {
        let mut groups: BTreeMap<(usize, u32, String), Vec<Match>> = BTreeMap::new();
        for hit in hits {
            let key = (hit.rule, self.facts[hit.fact].deployment, hit.group.clone());
            groups.entry(key).or_default().push(hit);
        }
        let mut found = Vec::new();
        for ((rule, ..), mut hits) in groups {
            hits.sort_by_key(|hit| (&self.facts[hit.fact].place, self.facts[hit.fact].mark));
            if let Some(counting) = &self.rules[rule].file.counting {
                found.extend(count::too_many(hits, counting.limit, self.facts, self.installed));
            }
        }
        found
    }

    /// The findings on all faults, as far as they take no more than `most` bytes; the worst come first then.
    fn findings(&self, faults: &[Fault<'_>], most: usize) -> Made {
        let mut order: Vec<usize> = (0..faults.len()).collect();
        if faults.len() > AT_ONCE {
            let level = |fault: usize| self.rule(faults[fault].hit).file.cases[faults[fault].hit.case].level;
            order.sort_by_key(|&fault| Reverse(level(fault)));
        }
        let mut made = Made::default();
        let mut room = Some(most);
        for chunk in order.chunks(AT_ONCE) {
            if room.is_none() {
                for &fault in chunk {
                    let fact = &self.facts[faults[fault].hit.fact];
                    *made.left_out.entry((fact.deployment, fact.place.file.clone())).or_default() += 1;
                }
                continue;
            }
            let of_chunk = each(chunk, |&fault| self.finding(&faults[fault]).ok());
            for (&fault, finding) in chunk.iter().zip(of_chunk) {
                match finding {
                    None => made.silent.push(fault),
                    Some(finding) => {
                        room = room.and_then(|room| room.checked_sub(finding.1.weight()));
                        made.findings.push(finding);
                    }
                }
            }
        }
        made
    }

    fn finding(&self, fault: &Fault<'_>) -> Result<(FingerprintInput, Finding), UserError> {
        let Fault { hit, group, .. } = *fault;
        let Active { file, compiled, .. } = self.rule(hit);
        let fact = &self.facts[hit.fact];
        let case = &file.cases[hit.case];
        let texts = compiled.cases[hit.case].texts(file, case)?;
        let scope = Environment::new(fact, self.target);
        let scope = match group {
            Some(group) => scope.with_group(&group.seen),
            None => scope,
        };
        let mut message = clipped(texts.message.render(file, &scope, fact)?);
        if let Some(reason) = &fact.not_installed {
            message = format!("{message} It is not installed: {reason}.");
        } else if let Some(reason) = &fact.overridden {
            message = format!("{message} It is overridden: {reason}.");
        }
        let assumption = match group {
            Some(group) => group.assumption.as_deref(),
            None => fact.attribute("assumption").and_then(ValueRef::as_text),
        };
        if let Some(assumption) = assumption {
            message = format!("{message} {assumption}");
        }
        let mut related = Vec::new();
        for &other in self.others(hit, group, &scope)?.iter() {
            related.push(self.related(hit, other, group)?);
        }
        for there in self.installed.related(fact) {
            let message = match &compiled.related(file)? {
                Some(text) if fact.overridden.is_none() => clipped(text.render(file, &scope, fact)?),
                _ if fact.overridden.is_some() => WINNER.to_owned(),
                _ => RELATED.to_owned(),
            };
            related.push(Related { message, location: there.clone() });
        }
        let (at, mark) = place_in(fact, &texts.at, file, &scope)?;
        let (most, surest) = group.map_or((Severity::Error, Confidence::High), Group::at_most);
        let at_most = if fact.takes_effect() { Severity::Error } else { Severity::Warning };
        let confidence = if is_guess(fact) { Confidence::Low } else { case.confidence };
        let input = fingerprint::input(&file.meta.id, fact, &at, &hit.group);
        let finding = Finding {
            rule: file.meta.id.clone(),
            family: file.meta.family.clone(),
            title: file.meta.title.clone(),
            severity: case.level.min(at_most).min(most),
            uncapped: case.level.min(most),
            at_most,
            confidence: confidence.min(surest),
            message,
            advice: texts.advice.as_ref().map(|advice| advice.render(file, &scope, fact).map(clipped)).transpose()?,
            location: Whereabouts::of(fact, mark),
            property: self.property(hit.fact, &at, mark).map(str::to_owned),
            package: None,
            related,
            fingerprint: String::new(),
            group: group.map(|_| hit.group.clone()),
            deployment: fact.deployment,
            sources: self.sources(hit, group),
            same_fault: fault.same,
            instances: self.instances(fact, group),
            fix: self.fix(hit, group)?,
        };
        Ok((input, finding))
    }

    /// What mends a finding: of a counting rule what mends one of the facts that were counted, the reported one first.
    fn fix(&self, hit: &Match, group: Option<&Group>) -> Result<Option<Fix>, UserError> {
        let Active { file, compiled, .. } = self.rule(hit);
        if file.fixes.is_empty() {
            return Ok(None);
        }
        let others = group.into_iter().flat_map(Group::others).map(|other| other.fact);
        for fact in std::iter::once(hit.fact).chain(others) {
            let fact = &self.facts[fact];
            if let Some(fix) = fix::of_finding(file, compiled.fixes(file)?, fact, self.target, self.answers)? {
                return Ok(Some(fix));
            }
        }
        Ok(None)
    }

    /// The sources of the facts that a finding is about.
    fn sources(&self, hit: &Match, group: Option<&Group>) -> Vec<u32> {
        let hits = group.map_or(std::slice::from_ref(hit), |group| group.hits.as_slice());
        let numbers: BTreeSet<u32> = hits.iter().map(|hit| self.facts[hit.fact].installation.source).collect();
        numbers.into_iter().filter(|&number| number > 0).collect()
    }

    /// The name of the property that is underlined. Facts without properties of their own, such as tenants, share their source
    /// with one that has them.
    fn property(&self, fact: usize, at: &str, mark: SourceRange) -> Option<&str> {
        if at.is_empty() {
            return None;
        }
        // Facts of one source are neighbours.
        let is_same = |index: &usize| self.subjects[*index] == self.subjects[fact];
        let before = (0..fact).rev().take_while(is_same);
        let mut neighbours = before.chain((fact + 1..self.facts.len()).take_while(is_same));
        let own = self.facts[fact].property_at(at);
        own.or_else(|| neighbours.find_map(|index| self.facts[index].property_around(mark)))
    }

    /// The instances that a finding is about, where it is about certain ones.
    fn instances(&self, fact: &Fact, group: Option<&Group>) -> Vec<String> {
        match (group, fact.attribute("instances")) {
            (Some(group), _) => group.seen.instances.clone(),
            (None, Some(ValueRef::List(instances))) => {
                instances.iter().filter_map(Value::as_text).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The facts at the further places of a finding.
    fn others(&self, hit: &Match, group: Option<&Group>, scope: &Environment<'_>) -> Result<Vec<usize>, UserError> {
        if let Some(group) = group {
            return Ok(group.others().map(|other| other.fact).collect());
        }
        let Active { file, compiled, .. } = self.rule(hit);
        let fact = &self.facts[hit.fact];
        let Some(see) = &compiled.cases[hit.case].texts(file, &file.cases[hit.case])?.see else {
            return Ok(Vec::new());
        };
        let places = match see.evaluate(file, scope, fact)? {
            Seen::List(places) => places.iter().map(|place| place.display().into_owned()).collect(),
            Seen::Null => Vec::new(),
            other => vec![other.display().into_owned()],
        };
        let find = |place: &String| {
            let there = |index: &usize| {
                let other = &self.facts[*index];
                other.kind() == fact.kind()
                    && other.deployment == fact.deployment
                    && self.subjects[*index] != self.subjects[hit.fact]
                    && other.place.to_string() == *place
            };
            (0..self.facts.len()).find(there)
        };
        Ok(places.iter().filter_map(find).collect())
    }

    fn related(&self, hit: &Match, other: usize, group: Option<&Group>) -> Result<Related, UserError> {
        let Active { file, compiled, .. } = self.rule(hit);
        let fact = &self.facts[other];
        let scope = Environment::new(fact, self.target);
        let scope = match group {
            Some(group) => scope.with_group(&group.seen),
            None => scope,
        };
        let message = match compiled.related(file)? {
            None => RELATED.to_owned(),
            Some(text) => clipped(text.render(file, &scope, fact)?),
        };
        let texts = compiled.cases[hit.case].texts(file, &file.cases[hit.case])?;
        let (_, mark) = place_in(fact, &texts.at, file, &scope)?;
        Ok(Related { message, location: Whereabouts::of(fact, mark) })
    }
}

/// A text of a rule, which may quote a value of any length.
fn clipped(text: String) -> String {
    match escape::clip(&text, MAX_MESSAGE_CHARS) {
        Cow::Borrowed(_) => text,
        Cow::Owned(clipped) => clipped,
    }
}

/// The order of findings: by place, then by rule and message.
fn order(finding: &Finding) -> (&Place, SourceRange, &str, &str) {
    (&finding.location.place, finding.location.mark, &finding.rule, &finding.message)
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

/// The first of the named properties and attributes that the fact has, and its place; else the subject itself.
fn place_in(
    fact: &Fact,
    at: &[Template],
    file: &RuleFile,
    scope: &Environment<'_>,
) -> Result<(String, SourceRange), UserError> {
    for name in at {
        let name = name.render(file, scope, fact)?;
        if let Some(mark) = fact.source_range_of(&name) {
            return Ok((name, mark));
        }
    }
    Ok((String::new(), fact.mark))
}

/// Whether the fact was found in text that could not be parsed.
fn is_guess(fact: &Fact) -> bool {
    fact.attribute("confidence").and_then(ValueRef::as_text) == Some(Confidence::Low.name())
}
