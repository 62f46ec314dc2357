//! Why an expression has no value on a fact.

use super::value::Value;

/// Why an expression has no value on a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rules) struct EvalError(pub(super) String);

impl EvalError {
    /// No form of a function or operator takes values of these types.
    pub(super) fn overload(name: &str, arguments: &[&Value<'_>], method: bool) -> Self {
        let types: Vec<&str> = arguments.iter().map(|value| value.type_name()).collect();
        let types = match types.split_first() {
            Some((this, others)) if method => format!("{this}.({})", others.join(", ")),
            _ => format!("({})", types.join(", ")),
        };
        Self(format!("found no matching overload for '{name}' applied to '{types}'"))
    }

    pub(super) fn unexpected(got: &Value<'_>, want: &str) -> Self {
        Self(format!("Unexpected type: got '{}', want '{want}'", got.type_name()))
    }

    pub(super) fn no_key(key: &Value<'_>) -> Self {
        Self(format!("No such key: {}", key.display()))
    }
}

/// A value, or why there is none.
pub(super) type Evaluated<'a> = Result<Value<'a>, EvalError>;

/// A function that cannot do its work on its arguments.
pub(super) fn failed(function: &str, message: impl std::fmt::Display) -> EvalError {
    EvalError(format!("Error executing function '{function}': {message}"))
}
