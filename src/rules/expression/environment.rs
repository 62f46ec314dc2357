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
    /// What the message of a counting rule sees: the names of the distinct ones.
    names: Option<&'f [String]>,
    /// What the values of a fix see: the answers, by their keys.
    answers: Option<&'f BTreeMap<String, FactValue>>,
}

impl<'f> Environment<'f> {
    /// The environment of expressions on `fact`.
    pub(in crate::rules) fn new(fact: &'f Fact, target: Target) -> Self {
        Self { fact, target, names: None, answers: None }
    }

    /// Adds what the message of a counting rule sees: the number of distinct ones and their names.
    pub(in crate::rules) fn with_group(self, names: &'f [String]) -> Self {
        Self { names: Some(names), ..self }
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
            Variable::Count => Value::Int(i64::try_from(self.names?.len()).unwrap_or(i64::MAX)),
            Variable::Values => {
                Value::List(List::Own(Arc::new(self.names?.iter().map(|name| name.as_str().into()).collect())))
            }
        })
    }

    /// An attribute of the fact; null for one that it does not have, `None` for one that its kind does not have.
    pub(super) fn attribute(&self, name: &str) -> Option<Value<'f>> {
        attribute_of(self.fact, name)
    }
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
}

impl Variable {
    /// The variable of that name. `counting` is whether the rule counts.
    pub(super) fn from_name(name: &str, counting: bool) -> Option<Self> {
        Some(match name {
            "fact" => Self::Fact,
            "target" => Self::Target,
            "count" if counting => Self::Count,
            "values" if counting => Self::Values,
            _ => return None,
        })
    }
}
