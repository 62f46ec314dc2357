//! Regular expressions of `matches`.

use super::eval_error::{EvalError, failed};
use super::value::Value;
use regex::Regex;
use std::sync::OnceLock;

/// Compiles a regular expression.
pub(super) fn compile(pattern: &str) -> Result<Regex, EvalError> {
    Regex::new(pattern).map_err(|error| failed("matches", format_args!("'{pattern}' not a valid regex:\n{error}")))
}

/// Why a text is no regular expression, in a few words.
///
/// # Errors
/// If it is none.
pub(super) fn reason_if_wrong(pattern: &str) -> Result<(), String> {
    let Err(error) = Regex::new(pattern) else { return Ok(()) };
    let text = error.to_string();
    let reason = text.rsplit("error: ").next().unwrap_or(&text).lines().next().unwrap_or_default();
    Err(reason.to_owned())
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
