//! What an expression of a rule sees.

use super::value::{List, Map, Value, attribute_of};
use crate::facts::{Fact, Value as FactValue};
use osgi_config::Target;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What expressions see: the fact, the target, and in messages of counting rules the members of a group.
#[derive(Clone, Copy)]
pub(in crate::rules) struct Environment<'f> {
    fact: &'f Fact,
    target: Target,
    /// What the message of a counting rule sees.
    group: Option<&'f Seen>,
    /// What the values of a fix see: the answers, by their keys.
    answers: Option<&'f BTreeMap<String, FactValue>>,
}

impl<'f> Environment<'f> {
    /// The environment of expressions on `fact`.
    pub(in crate::rules) fn new(fact: &'f Fact, target: Target) -> Self {
        Self { fact, target, group: None, answers: None }
    }

    /// Adds what the message of a counting rule sees.
    pub(in crate::rules) fn with_group(self, group: &'f Seen) -> Self {
        Self { group: Some(group), ..self }
    }

    /// Adds what the values of a fix see.
    pub(in crate::rules) fn with_answers(self, answers: &'f BTreeMap<String, FactValue>) -> Self {
        Self { answers: Some(answers), ..self }
    }

    /// The value of a variable; `None` for one that is not known here.
    pub(super) fn variable(&self, variable: Variable) -> Option<Value<'f>> {
        Some(match variable {
            Variable::Fact => Value::Map(Map::Fact(self.fact)),
            Variable::Target => self.target.name().into(),
            Variable::Answer => Value::Map(Map::Members(self.answers?)),
            Variable::Count => Value::Int(i64::try_from(self.group?.count).unwrap_or(i64::MAX)),
            Variable::Values => list(&self.group?.names),
            Variable::Instances => list(&self.group?.instances),
            Variable::OnInstances => self.group?.on_instances.as_str().into(),
        })
    }

    /// An attribute of the fact; null for one that it does not have, `None` for one that its kind does not have.
    pub(super) fn attribute(&self, name: &str) -> Option<Value<'f>> {
        attribute_of(self.fact, name)
    }
}

fn list(texts: &[String]) -> Value<'_> {
    Value::List(List::Own(Arc::new(texts.iter().map(|text| text.as_str().into()).collect())))
}

/// What the messages of a counting rule see of a group.
#[derive(Clone, Debug, Default)]
pub(in crate::rules) struct Seen {
    /// The most that one instance has.
    pub(in crate::rules) count: usize,
    /// The names of the distinct ones, in the order of their places.
    pub(in crate::rules) names: Vec<String>,
    /// The instances, each such as `author, stage`.
    pub(in crate::rules) instances: Vec<String>,
    /// The same for a sentence: `on author, stage`.
    pub(in crate::rules) on_instances: String,
}

/// A variable that is not bound by a macro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    Fact,
    Target,
    /// Of fixes: the answers.
    Answer,
    /// Of counting rules: the number of distinct ones.
    Count,
    /// Of counting rules: their names.
    Values,
    /// Of counting rules: the instances that have them.
    Instances,
    /// Of counting rules: the same for a sentence.
    OnInstances,
}

impl Variable {
    /// The variable of that name. `counting` is whether the rule counts.
    pub(super) fn from_name(name: &str, counting: bool) -> Option<Self> {
        Some(match name {
            "fact" => Self::Fact,
            "target" => Self::Target,
            "count" if counting => Self::Count,
            "values" if counting => Self::Values,
            "instances" if counting => Self::Instances,
            "on_instances" if counting => Self::OnInstances,
            _ => return None,
        })
    }
}
