//! Judges facts by rules: the findings on what they hold, ordered and within the memory of a run.

use super::answers::Answers;
use super::copies;
use super::expression::Environment;
use super::finding::{Finding, Match};
use super::fingerprint::{self, FingerprintInput};
use super::judge::{Failing, Judge, map_each};
use super::make_finding::Fault;
use super::not_judged::{self, Failure, NotJudged};
use super::set::RuleSet;
use crate::diagnostics::UserError;
use crate::facts::walked::findings_left_out;
use crate::facts::{Fact, Installed, Packages};
use osgi_config::Target;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use text_spans::SourceRange;
use zip_audit::{LimitKind, Limits, Place};

/// Of the memory of a run, the part that findings may take.
const FINDINGS_SHARE: u64 = 4;
/// Findings that are made before their memory is looked at.
const FINDINGS_PER_CHUNK: usize = 4_096;

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

/// What rules say of a part of a run, before findings that nothing tells apart are numbered: parts are joined in it.
#[derive(Debug, Default)]
pub(crate) struct PartJudgement {
    findings: Vec<(FingerprintInput, Finding)>,
    not_judged: Vec<NotJudged>,
    left_out: Vec<Fact>,
}

impl PartJudgement {
    /// Adds another part, of which the numbers of sources and facts grow by so much, and those of deployments become others.
    pub(crate) fn join(&mut self, mut other: Self, sources: u32, facts: usize, deployment: impl Fn(u32) -> u32) {
        for (_, finding) in &mut other.findings {
            finding.sources.iter_mut().for_each(|source| *source = source.saturating_add(sources));
            finding.same_fault = finding.same_fault.map(|(rule, case, fact)| (rule, case, fact.saturating_add(facts)));
        }
        other.renumber_deployments(deployment);
        self.findings.append(&mut other.findings);
        self.not_judged.append(&mut other.not_judged);
        self.left_out.append(&mut other.left_out);
    }

    /// Changes the numbers of deployments.
    pub(crate) fn renumber_deployments(&mut self, deployment: impl Fn(u32) -> u32) {
        self.findings.iter_mut().for_each(|(_, finding)| finding.deployment = deployment(finding.deployment));
        let facts = self.not_judged.iter_mut().map(|failure| &mut failure.fact).chain(&mut self.left_out);
        facts.for_each(|fact| fact.deployment = deployment(fact.deployment));
    }

    /// The judgement of all parts.
    pub(crate) fn finish(mut self) -> Judgement {
        self.findings.sort_by(|(_, a), (_, b)| sort_key(a).cmp(&sort_key(b)));
        let Self { findings, not_judged, left_out } = self;
        Judgement { findings: fingerprint::number(findings), not_judged, left_out }
    }
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
    evaluate_part(rules, facts, installed, target, answers, memory).map(PartJudgement::finish)
}

/// Judges as [`evaluate_with_answers`] does what is a part of a run.
///
/// # Errors
/// As [`evaluate`].
pub(crate) fn evaluate_part(
    rules: &RuleSet,
    facts: &[Fact],
    installed: &Installed,
    target: Target,
    answers: &Answers,
    memory: u64,
) -> Result<PartJudgement, UserError> {
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
    let packages = Packages::of_facts(facts);
    for (_, finding) in &mut findings {
        finding.package = packages.around(&finding.location.place).cloned();
    }
    Ok(PartJudgement { findings, not_judged, left_out })
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
    let made = make_findings(&judge, &faults, most);
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
        Failing::Finding(fault) => judge.make_finding(&faults[fault]).err(),
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

/// The findings on all faults, as far as they take no more than `most` bytes; the worst come first then.
fn make_findings(judge: &Judge<'_>, faults: &[Fault<'_>], most: usize) -> Made {
    let mut order: Vec<usize> = (0..faults.len()).collect();
    if faults.len() > FINDINGS_PER_CHUNK {
        let level = |fault: usize| judge.rule(faults[fault].hit).file.cases[faults[fault].hit.case].level;
        order.sort_by_key(|&fault| Reverse(level(fault)));
    }
    let mut made = Made::default();
    let mut room = Some(most);
    for chunk in order.chunks(FINDINGS_PER_CHUNK) {
        if room.is_none() {
            for &fault in chunk {
                let fact = &judge.facts[faults[fault].hit.fact];
                *made.left_out.entry((fact.deployment, fact.place.file.clone())).or_default() += 1;
            }
            continue;
        }
        let of_chunk = map_each(chunk, |&fault| judge.make_finding(&faults[fault]).ok());
        made.findings.reserve_exact(chunk.len());
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

/// The order of findings: by place, then by rule and message.
fn sort_key(finding: &Finding) -> (&Place, SourceRange, &str, &str) {
    (&finding.location.place, finding.location.mark, &finding.rule, &finding.message)
}
