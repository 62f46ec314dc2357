//! The types of expressions, as far as they are known before a fact is.

use super::environment::Variable;
use crate::facts::{Kind, ValueType};

/// The functions that an expression may call: CEL's own, the string extension, and ours.
pub(super) const FUNCTIONS: &[&str] = &[
    "blank",
    "text",
    "get",
    "names",
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "has",
    "all",
    "exists",
    "exists_one",
    "map",
    "filter",
    "int",
    "uint",
    "double",
    "string",
    "bool",
    "type",
    "dyn",
    "charAt",
    "indexOf",
    "lastIndexOf",
    "join",
    "lowerAscii",
    "upperAscii",
    "trim",
    "replace",
    "split",
    "substring",
    "format",
    "reverse",
];

/// The type of an expression. What can be null has the type of its other values: null is equal to null only, and to
/// compare with it is what many rules are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    /// Not known.
    Any,
    Bool,
    Number,
    Text,
    List,
    Map,
    /// What `type(x)` gives.
    Meta,
}

impl Type {
    /// Whether values of both can be equal.
    pub(super) fn can_equal(self, other: Self) -> bool {
        self == Self::Any || other == Self::Any || self == other
    }

    /// The name in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Any => "any value",
            Self::Bool => "a boolean",
            Self::Number => "a number",
            Self::Text => "a string",
            Self::List => "a list",
            Self::Map => "a map",
            Self::Meta => "a type",
        }
    }
}

pub(super) fn of_variable(variable: Variable) -> Type {
    match variable {
        Variable::Fact | Variable::Answer => Type::Map,
        Variable::Target => Type::Text,
        Variable::Count => Type::Number,
        Variable::Values | Variable::Instances => Type::List,
        Variable::OnInstances => Type::Text,
    }
}

/// The type of an attribute of facts of these kinds; `None` if none of them has it.
pub(super) fn of_attribute(kinds: &[Kind], name: &str) -> Option<Type> {
    let found = kinds.iter().filter_map(|kind| kind.attribute(name)).map(|spec| match spec.value_type {
        ValueType::Bool => Type::Bool,
        ValueType::Int => Type::Number,
        ValueType::Text => Type::Text,
        ValueType::Scalar => Type::Any,
        ValueType::List(_) => Type::List,
        ValueType::Map | ValueType::Properties => Type::Map,
    });
    found.reduce(|a, b| if a == b { a } else { Type::Any })
}

pub(super) fn of_function(name: &str) -> Type {
    match name {
        "blank" | "contains" | "startsWith" | "endsWith" | "matches" | "bool" => Type::Bool,
        "text" | "string" | "charAt" | "join" | "lowerAscii" | "upperAscii" | "trim" | "replace" | "substring"
        | "format" | "reverse" => Type::Text,
        "size" | "int" | "uint" | "double" | "indexOf" | "lastIndexOf" => Type::Number,
        "names" | "split" => Type::List,
        "type" => Type::Meta,
        _ => Type::Any,
    }
}
