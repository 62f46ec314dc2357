//! What an expression of a rule sees.

use super::value::{List, Map, Value};
use crate::facts::{Fact, Kind};
use osgi_config::Target;
use std::sync::Arc;

/// What expressions see: the fact, the target, and in messages of counting rules the members of a group.
#[derive(Clone, Copy)]
pub(in crate::rules) struct Environment<'f> {
    fact: &'f Fact,
    target: Target,
    /// What the message of a counting rule sees: the names of the distinct ones.
    names: Option<&'f [String]>,
}

impl<'f> Environment<'f> {
    /// The environment of expressions on `fact`.
    pub(in crate::rules) fn new(fact: &'f Fact, target: Target) -> Self {
        Self { fact, target, names: None }
    }

    /// Adds what the message of a counting rule sees: the number of distinct ones and their names.
    pub(in crate::rules) fn with_group(self, names: &'f [String]) -> Self {
        Self { names: Some(names), ..self }
    }

    /// The value of a variable; `None` for one that is not known here.
    pub(super) fn variable(&self, variable: Variable) -> Option<Value<'f>> {
        Some(match variable {
            Variable::Fact => Value::Map(Map::Fact(self.fact)),
            Variable::Target => self.target.name().into(),
            Variable::Count => Value::Int(i64::try_from(self.names?.len()).unwrap_or(i64::MAX)),
            Variable::Values => {
                Value::List(List::Own(Arc::new(self.names?.iter().map(|name| name.as_str().into()).collect())))
            }
        })
    }

    /// An attribute of the fact; null for one that it does not have, `None` for one that its kind does not have.
    pub(super) fn attribute(&self, name: &str) -> Option<Value<'f>> {
        attribute(self.fact, name)
    }
}

/// A variable that is not bound by a macro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variable {
    Fact,
    Target,
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

/// An attribute of a fact; null for one that it does not have, `None` for one that its kind does not have.
pub(super) fn attribute<'f>(fact: &'f Fact, name: &str) -> Option<Value<'f>> {
    Some(match name {
        "kind" => fact.kind().name().into(),
        "file" => fact.place.file.as_ref().into(),
        "name_in_archive" if fact.place.inside.is_empty() => Value::Null,
        "name_in_archive" => fact.place.inside.join("!/").into(),
        "path" => Value::optional(fact.path.as_deref()),
        "run_modes" => {
            let modes = fact.run_modes.alternatives().into_iter().map(Value::from).collect();
            Value::List(List::Own(Arc::new(modes)))
        }
        "installed" => Value::Bool(fact.installed()),
        "not_installed" => Value::optional(fact.not_installed.as_deref()),
        _ if !has(fact.kind(), name) => return None,
        "properties" => Value::Map(Map::Properties(&fact.properties)),
        _ => fact.attribute(name).map_or(Value::Null, Value::of),
    })
}

/// Whether facts of this kind have an attribute of their own of that name.
fn has(kind: Kind, name: &str) -> bool {
    kind.attributes().iter().any(|spec| spec.name == name)
}
