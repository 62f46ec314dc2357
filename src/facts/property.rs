//! The properties of configurations and nodes, as facts carry them.

use super::value::Value;
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
