//! The properties of configurations and nodes, as facts carry them.

use super::value::Value;
use crate::stored::{Stored, array};
use serde_json::Value as Json;
use text_spans::SourceRange;

/// A property of a configuration or node, as a fact carries it.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The key or qualified name.
    pub name: String,
    /// The plain value: string, number, boolean or list. Secrets are [`Value::Secret`].
    pub value: Value,
    /// How it is declared, for the JSON form.
    pub declared: Declared,
    /// Key and value together.
    pub mark: SourceRange,
}

/// The declared type of a [`Property`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Declared {
    /// Of an OSGi configuration: shape (`scalar`, `array`, `vector`) and Java type.
    Osgi {
        /// `scalar`, `array` or `vector`.
        shape: &'static str,
        /// Java type name.
        type_name: &'static str,
    },
    /// Of a node: JCR type (`undefined` where none is written) and whether it is a multi value.
    Node {
        /// JCR type name.
        type_name: &'static str,
        /// Whether it is a multi value.
        multi: bool,
    },
}

impl Stored for Property {
    fn write(&self) -> Json {
        Json::Array(vec![self.name.write(), self.value.write(), self.declared.write(), self.mark.write()])
    }

    fn read(json: &Json) -> Option<Self> {
        let [name, value, declared, mark] = array(json)?;
        Some(Self {
            name: Stored::read(name)?,
            value: Stored::read(value)?,
            declared: Stored::read(declared)?,
            mark: Stored::read(mark)?,
        })
    }
}

/// The name of the type, and the shape of an OSGi value or whether a property of a node is a multi value.
impl Stored for Declared {
    fn write(&self) -> Json {
        match self {
            Self::Osgi { shape, type_name } => Json::Array(vec![type_name.write(), shape.write()]),
            Self::Node { type_name, multi } => Json::Array(vec![type_name.write(), multi.write()]),
        }
    }

    fn read(json: &Json) -> Option<Self> {
        let [type_name, other] = array(json)?;
        let type_name = Stored::read(type_name)?;
        Some(match other {
            Json::Bool(multi) => Self::Node { type_name, multi: *multi },
            shape => Self::Osgi { shape: Stored::read(shape)?, type_name },
        })
    }
}
