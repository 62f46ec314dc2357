//! Regular expressions of `matches`.

use super::eval_error::{EvalError, failed};
use super::value::Value;
use regex::Regex;
use std::sync::OnceLock;

/// Compiles a regular expression.
pub(super) fn compile(pattern: &str) -> Result<Regex, EvalError> {
    Regex::new(pattern).map_err(|error| failed("matches", format_args!("'{pattern}' not a valid regex:\n{error}")))
}

/// A regular expression that stands in an expression, compiled when it is first needed.
#[derive(Debug)]
pub(super) struct Pattern {
    text: String,
    method: bool,
    regex: OnceLock<Result<Regex, EvalError>>,
}

impl Pattern {
    pub(super) fn new(text: String, method: bool) -> Self {
        Self { text, method, regex: OnceLock::new() }
    }

    pub(super) fn is_match(&self, text: &Value<'_>) -> Result<bool, EvalError> {
        let Value::Text(text) = text else {
            return Err(EvalError::overload("matches", &[text, &self.text.as_str().into()], self.method));
        };
        let regex = self.regex.get_or_init(|| compile(&self.text));
        regex.as_ref().map(|regex| regex.is_match(text)).map_err(Clone::clone)
    }
}
