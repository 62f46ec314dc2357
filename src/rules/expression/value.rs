//! The values of expressions. Those of facts are borrowed.

use crate::facts::{COMMON, Fact, Kind, Property, Value as FactValue, ValueRef};
use crate::secret::MASK;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A value of an expression.
#[derive(Clone, Debug)]
pub(in crate::rules) enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    UInt(u64),
    Double(f64),
    /// A string; of a secret the mask.
    Text(Cow<'a, str>),
    List(List<'a>),
    Map(Map<'a>),
    /// The name of a type, which `type(x)` gives.
    Type(&'static str),
}

/// A list of values.
#[derive(Clone, Debug)]
pub(in crate::rules) enum List<'a> {
    /// The value of an attribute or property.
    Fact(&'a [FactValue]),
    /// One that an expression made.
    Own(Arc<Vec<Value<'a>>>),
}

/// A map of values.
#[derive(Clone, Debug)]
pub(in crate::rules) enum Map<'a> {
    /// The attributes of a fact.
    Fact(&'a Fact),
    /// The properties of a fact. Of a repeated name, which only a broken file has, the last counts.
    Properties(&'a [Property]),
    /// The value of an attribute.
    Members(&'a BTreeMap<String, FactValue>),
    /// One that an expression made. No key is repeated.
    Own(Arc<Vec<(Value<'a>, Value<'a>)>>),
}

impl<'a> Value<'a> {
    /// The value of an attribute or property.
    pub(super) fn of(value: impl Into<ValueRef<'a>>) -> Self {
        match value.into() {
            ValueRef::Null => Self::Null,
            ValueRef::Bool(value) => Self::Bool(value),
            ValueRef::Int(value) => Self::Int(value),
            ValueRef::Double(value) => Self::Double(value),
            ValueRef::Text(value) => value.into(),
            ValueRef::List(values) => Self::List(List::Fact(values)),
            ValueRef::Map(members) => Self::Map(Map::Members(members)),
            ValueRef::Secret(_) => MASK.into(),
        }
    }

    /// The text, null if there is none.
    pub(super) fn optional(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::from)
    }

    pub(super) fn list(values: Vec<Self>) -> Self {
        Self::List(List::Own(Arc::new(values)))
    }

    /// The name of its type in CEL.
    pub(in crate::rules) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null_type",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::UInt(_) => "uint",
            Self::Double(_) => "double",
            Self::Text(_) => "string",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Type(_) => "type",
        }
    }

    /// Whether it can be looked up in a map.
    pub(super) fn is_key(&self) -> bool {
        matches!(self, Self::Bool(_) | Self::Int(_) | Self::UInt(_) | Self::Double(_) | Self::Text(_))
    }

    /// Whether both are equal: numbers by their value, values of other types only to those of the same type.
    pub(super) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Type(a), Self::Type(b)) => a == b,
            (Self::List(a), Self::List(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.equals(&b)),
            (Self::Map(a), Self::Map(b)) => {
                let same = |key: &Self| match (a.get(key), b.get(key)) {
                    (Some(a), Some(b)) => a.equals(&b),
                    _ => false,
                };
                a.len() == b.len() && a.keys().iter().all(same)
            }
            _ => self.compare(other) == Some(Ordering::Equal),
        }
    }

    /// The order of two values that have one: booleans, strings, and numbers of whatever type.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        #[allow(clippy::cast_precision_loss)]
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(b)),
            (Self::UInt(a), Self::UInt(b)) => Some(a.cmp(b)),
            (Self::Double(a), Self::Double(b)) => a.partial_cmp(b),
            (Self::Int(a), Self::UInt(b)) => Some(u64::try_from(*a).map_or(Ordering::Less, |a| a.cmp(b))),
            (Self::UInt(a), Self::Int(b)) => Some(i64::try_from(*a).map_or(Ordering::Greater, |a| a.cmp(b))),
            (Self::Int(a), Self::Double(b)) => (*a as f64).partial_cmp(b),
            (Self::Double(a), Self::Int(b)) => a.partial_cmp(&(*b as f64)),
            (Self::UInt(a), Self::Double(b)) => (*a as f64).partial_cmp(b),
            (Self::Double(a), Self::UInt(b)) => a.partial_cmp(&(*b as f64)),
            _ => None,
        }
    }

    /// How a message shows it: strings raw, lists joined by a comma, `(none)` for null.
    pub(in crate::rules) fn display(&self) -> Cow<'_, str> {
        match self {
            Self::Null => "(none)".into(),
            Self::Bool(true) => "true".into(),
            Self::Bool(false) => "false".into(),
            Self::Int(value) => value.to_string().into(),
            Self::UInt(value) => value.to_string().into(),
            Self::Double(value) => value.to_string().into(),
            Self::Text(value) => Cow::Borrowed(value),
            Self::List(items) => {
                items.iter().map(|item| item.display().into_owned()).collect::<Vec<_>>().join(", ").into()
            }
            Self::Map(map) => {
                let member = |(key, value): (Value<'_>, Value<'_>)| format!("{}: {}", key.display(), value.display());
                let mut members: Vec<String> = map.members().into_iter().map(member).collect();
                members.sort();
                members.join(", ").into()
            }
            Self::Type(_) => "".into(),
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> List<'a> {
    pub(in crate::rules) fn len(&self) -> usize {
        match self {
            Self::Fact(values) => values.len(),
            Self::Own(values) => values.len(),
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<Value<'a>> {
        match self {
            Self::Fact(values) => values.get(index).map(Value::of),
            Self::Own(values) => values.get(index).cloned(),
        }
    }

    pub(in crate::rules) fn iter(&self) -> impl Iterator<Item = Value<'a>> {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

impl<'a> Map<'a> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Members(members) => members.len(),
            Self::Own(members) => members.len(),
            Self::Fact(_) | Self::Properties(_) => self.keys().len(),
        }
    }

    /// The member; numbers are looked up by their value.
    pub(super) fn get(&self, key: &Value<'_>) -> Option<Value<'a>> {
        match (self, key) {
            (Self::Fact(fact), Value::Text(name)) => attribute_of(fact, name),
            (Self::Properties(properties), Value::Text(name)) => {
                let found = properties.iter().rev().find(|property| property.name == **name);
                found.map(|property| Value::of(&property.value))
            }
            (Self::Members(members), Value::Text(name)) => members.get(&**name).map(Value::of),
            (Self::Own(members), key) => {
                members.iter().find(|(known, _)| known.equals(key)).map(|(_, value)| value.clone())
            }
            _ => None,
        }
    }

    /// The keys. CEL says nothing of their order.
    pub(super) fn keys(&self) -> Vec<Value<'a>> {
        match self {
            Self::Fact(fact) => {
                fact.kind().attributes().iter().chain(COMMON).map(|spec| Value::from(spec.name)).collect()
            }
            Self::Properties(properties) => {
                let names: BTreeSet<&str> = properties.iter().map(|property| property.name.as_str()).collect();
                names.into_iter().map(Value::from).collect()
            }
            Self::Members(members) => members.keys().map(|name| name.as_str().into()).collect(),
            Self::Own(members) => members.iter().map(|(key, _)| key.clone()).collect(),
        }
    }

    /// The keys with their values.
    pub(super) fn members(&self) -> Vec<(Value<'a>, Value<'a>)> {
        self.keys().into_iter().filter_map(|key| self.get(&key).map(|value| (key, value))).collect()
    }
}

/// An attribute of a fact; null for one that it does not have, `None` for one that its kind does not have.
pub(super) fn attribute_of<'f>(fact: &'f Fact, name: &str) -> Option<Value<'f>> {
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
        "overridden" => Value::optional(fact.overridden.as_deref()),
        "error" => fact.attribute(name).map_or(Value::Null, Value::of),
        _ if !has(fact.kind(), name) => return None,
        "properties" => Value::Map(Map::Properties(&fact.properties)),
        _ => fact.attribute(name).map_or(Value::Null, Value::of),
    })
}

/// Whether facts of this kind have an attribute of their own of that name.
fn has(kind: Kind, name: &str) -> bool {
    kind.attributes().iter().any(|spec| spec.name == name)
}
