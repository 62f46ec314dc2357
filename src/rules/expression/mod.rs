//! Expressions of rules: CEL, parsed, checked against the vocabulary, lowered to a small language of their own and evaluated.
//!
//! An expression sees `fact` (a map of the common attributes and those of its kind, absent ones null), `target`
//! (`"aem-6.5"` or `"cloud"`), and in the messages of counting rules `count` and `values`. To the standard functions
//! and the string functions of CEL's extension library come four that take null: `blank(x)`, `text(x)`,
//! `get(map, key)` and `names(map)`. The interpreter of the `cel` crate is what the evaluator is tested against.

mod compiled;
mod environment;
mod eval;
mod eval_error;
mod format;
mod functions;
mod lower;
mod lowered;
mod null_check;
mod nullable;
pub(super) mod parse;
mod pattern;
mod template;
#[cfg(test)]
mod tests;
mod types;
mod value;

pub(super) use compiled::Expression;
pub(super) use environment::{Environment, Seen};
pub(super) use null_check::NullCheck;
pub(super) use template::Template;
pub(super) use value::Value;
