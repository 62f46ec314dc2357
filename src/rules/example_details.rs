//! What a rule saw of an example that failed: the facts of its kinds, and what each part of its conditions came to.

use super::expression::{Environment, Expression};
use super::file::{Case, RuleFile};
use super::guard::conjuncts;
use super::toml_reader::Text;
use crate::facts::Fact;
use osgi_config::Target;

/// A fact of an example, as the rule saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenFact {
    /// The fact as `aemlint facts` prints it.
    pub json: serde_json::Value,
    /// The parts of the conditions, in their order, each with its value or why it has none.
    pub conditions: Vec<(String, String)>,
}

/// What the rule saw of these facts.
pub(super) fn seen_facts(rule: &RuleFile, facts: &[Fact], target: Target) -> Vec<SeenFact> {
    let seen = facts.iter().filter(|fact| rule.meta.on.contains(&fact.kind()));
    let seen = seen.map(|fact| SeenFact { json: fact.to_json(), conditions: conditions(rule, fact, target) });
    seen.collect()
}

fn conditions(rule: &RuleFile, fact: &Fact, target: Target) -> Vec<(String, String)> {
    let cases = rule.cases.iter().filter(|case| case.on.contains(&fact.kind()));
    let parts = cases.flat_map(|case| {
        let parts = case.when.iter().flat_map(|when| conjuncts(&when.value).into_iter().map(move |part| (when, part)));
        parts.map(move |(when, part)| (case, when, part.trim()))
    });
    let mut values: Vec<(String, String)> = Vec::new();
    for (case, when, part) in parts {
        // Cases share the condition of the top of the file.
        if !values.iter().any(|(known, _)| known == part) {
            values.push((part.to_owned(), value(rule, case, when, part, fact, target)));
        }
    }
    values
}

fn value(rule: &RuleFile, case: &Case, when: &Text, part: &str, fact: &Fact, target: Target) -> String {
    let text = Text { value: part.to_owned(), span: when.span.clone(), content: None };
    let compiled = Expression::compile(rule.source(), &text, &case.on, false);
    let environment = Environment::new(fact, target);
    compiled.map_or_else(
        |error| format!("an error: {error}"),
        |expression| match expression.evaluate(rule, &environment, fact) {
            Ok(value) => value.display().into_owned(),
            Err(error) => format!("an error: {}", error.reason()),
        },
    )
}
