//! The values that attributes and properties of facts have.

use crate::secret::{MASK, Secret};
use crate::stored::Stored;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The type of the value of an attribute, as expressions of rules see it. A value that stands for a secret is a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// `true` or `false`.
    Bool,
    /// An integer.
    Int,
    /// A string.
    Text,
    /// The value of a property as it is written: a boolean, an integer, a floating-point number or a string.
    Scalar,
    /// A list with items of one type.
    List(&'static ValueType),
    /// A map from strings to values of any type.
    Map,
    /// The properties of the configuration or node: a map from their names to scalars and lists of scalars.
    Properties,
}

impl ValueType {
    /// What it is called in the documentation.
    pub fn name(self) -> String {
        match self {
            Self::Bool => "boolean".to_owned(),
            Self::Int => "number".to_owned(),
            Self::Text => "string".to_owned(),
            Self::Scalar => "string, number or boolean".to_owned(),
            Self::List(item) => match item {
                Self::Text => "list of strings".to_owned(),
                Self::Int => "list of numbers".to_owned(),
                _ => "list".to_owned(),
            },
            Self::Map | Self::Properties => "map".to_owned(),
        }
    }
}

/// A value as rules and reports see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Absent.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A floating-point number.
    Double(f64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// A map.
    Map(BTreeMap<String, Value>),
    /// A secret: shows as [`MASK`] to rules and reports alike.
    Secret(Secret),
}

impl Value {
    /// The string, if it is one that may be shown.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> usize {
        size_of::<Self>() + ValueRef::from(self).weight()
    }

    /// Keeps the beginning only of long texts and of long lists.
    pub fn clip(&mut self, bytes: usize, items: usize) {
        match self {
            Self::Text(text) => clip_text(text, bytes),
            Self::Secret(secret) if secret.expose().len() > bytes => *secret = Secret::new(MASK),
            Self::List(values) => {
                values.truncate(items);
                values.shrink_to_fit();
                values.iter_mut().for_each(|value| value.clip(bytes, items));
            }
            Self::Map(map) => {
                while map.len() > items {
                    map.pop_last();
                }
                map.values_mut().for_each(|value| value.clip(bytes, items));
            }
            _ => {}
        }
    }

    /// Hands every text that is shown to `change`.
    pub fn change_texts(&mut self, change: &mut dyn FnMut(&mut String)) {
        match self {
            Self::Text(text) => change(text),
            Self::List(values) => values.iter_mut().for_each(|value| value.change_texts(change)),
            Self::Map(map) => map.values_mut().for_each(|value| value.change_texts(change)),
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Double(_) | Self::Secret(_) => {}
        }
    }

    /// The JSON form, secrets masked.
    pub fn to_json(&self) -> serde_json::Value {
        ValueRef::from(self).to_json()
    }
}

/// A secret is written as such, without anything of it; a number with its bits, so that it is the same one.
impl Stored for Value {
    fn write(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::from(*value),
            Self::Int(value) => Json::from(*value),
            Self::Text(text) => Json::from(text.as_str()),
            Self::List(values) => values.write(),
            Self::Double(value) => json!({ "d": value.to_bits() }),
            Self::Map(map) => json!({ "m": map.write() }),
            Self::Secret(_) => json!({ "s": true }),
        }
    }

    fn read(json: &Json) -> Option<Self> {
        Some(match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(number) => Self::Int(number.as_i64()?),
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(_) => Self::List(Stored::read(json)?),
            Json::Object(members) => match members.iter().next()? {
                (name, bits) if name == "d" => Self::Double(f64::from_bits(u64::read(bits)?)),
                (name, map) if name == "m" => Self::Map(Stored::read(map)?),
                (name, _) if name == "s" => Self::Secret(Secret::new(MASK)),
                _ => return None,
            },
        })
    }
}

/// Keeps the beginning only of a long text.
pub(super) fn clip_text(text: &mut String, bytes: usize) {
    if text.len() > bytes {
        let kept = text.char_indices().take_while(|&(at, _)| at < bytes).map(|(_, c)| c);
        *text = kept.chain(['…']).collect();
    }
}

/// A [`Value`] that is borrowed from the fact that it belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ValueRef<'f> {
    /// Absent.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A floating-point number.
    Double(f64),
    /// A string.
    Text(&'f str),
    /// A list.
    List(&'f [Value]),
    /// A map.
    Map(&'f BTreeMap<String, Value>),
    /// A secret: shows as [`MASK`] to rules and reports alike.
    Secret(&'f Secret),
}

impl<'f> ValueRef<'f> {
    /// The string, if it is one that may be shown.
    pub fn as_text(self) -> Option<&'f str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// About how many bytes of memory it takes beside its own.
    pub fn weight(self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Secret(secret) => secret.expose().len(),
            Self::List(values) => values.iter().map(Value::weight).sum(),
            Self::Map(map) => map.iter().map(|(key, value)| key.len() + value.weight()).sum(),
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Double(_) => 0,
        }
    }

    /// The JSON form, secrets masked.
    pub fn to_json(self) -> serde_json::Value {
        match self {
            Self::Null => serde_json::Value::Null,
            Self::Bool(value) => value.into(),
            Self::Int(value) => value.into(),
            Self::Double(value) => value.into(),
            Self::Text(value) => value.into(),
            Self::List(values) => values.iter().map(Value::to_json).collect(),
            Self::Map(map) => {
                map.iter().map(|(key, value)| (key.clone(), value.to_json())).collect::<serde_json::Map<_, _>>().into()
            }
            Self::Secret(_) => MASK.into(),
        }
    }
}

impl<'f> From<&'f Value> for ValueRef<'f> {
    fn from(value: &'f Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Int(*value),
            Value::Double(value) => Self::Double(*value),
            Value::Text(text) => Self::Text(text),
            Value::List(values) => Self::List(values),
            Value::Map(map) => Self::Map(map),
            Value::Secret(secret) => Self::Secret(secret),
        }
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(Into::into).collect())
    }
}
