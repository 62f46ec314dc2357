//! The finding on a fault: its message, its places, and what mends it.

use super::count::Group;
use super::expression::{Environment, Template, Value as Seen};
use super::file::RuleFile;
use super::finding::{Finding, Match, Related, SameFault};
use super::fingerprint::{self, FingerprintInput};
use super::fix::{self, Fix};
use super::judge::{Active, Judge};
use super::severity::{Confidence, Severity};
use crate::diagnostics::UserError;
use crate::escape;
use crate::facts::{Fact, Value, ValueRef, Whereabouts};
use crate::secret::mask_shapes;
use std::borrow::Cow;
use std::collections::BTreeSet;
use text_spans::SourceRange;

/// What other places of a finding say where the rule has no `related` text.
const RELATED: &str = "Also here.";
/// What the place of a configuration says that is used instead of the one that a finding is about.
const WINNER: &str = "This one is used instead.";

/// Characters of a message; the values that it quotes can have any length.
const MAX_MESSAGE_CHARS: usize = 4_096;
/// Something to be reported.
pub(super) struct Fault<'a> {
    pub(super) hit: &'a Match,
    /// Equal for the same fault in copies of one file.
    pub(super) same: Option<SameFault>,
    /// What was counted.
    pub(super) group: Option<&'a Group>,
}

impl Judge<'_> {
    /// The finding, and what its fingerprint is made of.
    ///
    /// # Errors
    /// Where a text of the rule has no value on the fact.
    pub(super) fn make_finding(&self, fault: &Fault<'_>) -> Result<(FingerprintInput, Finding), UserError> {
        let Fault { hit, group, .. } = *fault;
        let Active { file, compiled, .. } = self.rule(hit);
        let fact = &self.facts[hit.fact];
        let case = &file.cases[hit.case];
        let is_missing = group.is_some_and(|group| group.is_missing);
        let texts = match &compiled.expected_in {
            Some(expected) if is_missing => &expected.texts,
            _ => compiled.cases[hit.case].texts(file, case)?,
        };
        let scope = Environment::new(fact, self.target);
        let scope = match group {
            Some(group) => scope.with_group(&group.seen),
            None => scope,
        };
        let mut message = clipped(texts.message.render(file, &scope, fact)?);
        let (at, mark) = place_in(fact, &texts.at, file, &scope)?;
        if let Some(reason) = &fact.not_installed {
            message = format!("{message} It is not installed: {reason}.");
        } else if let Some(error) = fact.error.as_ref().filter(|_| at != "error") {
            message = clipped(format!("{message} AEM rejects the file: {}.", error.value));
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
        for there in self.installed.related(fact).into_iter().filter(|_| !is_missing) {
            let message = match &compiled.related(file)? {
                Some(text) if fact.overridden.is_none() => clipped(text.render(file, &scope, fact)?),
                _ if fact.overridden.is_some() => WINNER.to_owned(),
                _ => RELATED.to_owned(),
            };
            related.push(Related { message, location: there.clone() });
        }
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
            fix: self.fix(hit, group)?.map(Box::new),
        };
        Ok((input, finding))
    }

    /// What mends a finding: of a counting rule what mends one of the facts that were counted, the reported one first.
    fn fix(&self, hit: &Match, group: Option<&Group>) -> Result<Option<Fix>, UserError> {
        let Active { file, compiled, .. } = self.rule(hit);
        if file.fixes.is_empty() || group.is_some_and(|group| group.is_missing) {
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

/// A text of a rule, which may quote many values, at a bounded length; what has the shape of a secret is masked before.
fn clipped(text: String) -> String {
    match escape::clip(&text, MAX_MESSAGE_CHARS) {
        Cow::Borrowed(_) => text,
        Cow::Owned(_) => escape::clip(&mask_shapes(&text), MAX_MESSAGE_CHARS).into_owned(),
    }
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
