//! Errors of rules are errors for the user.

pub use crate::diagnostics::{UserError as RuleError, nearest};
