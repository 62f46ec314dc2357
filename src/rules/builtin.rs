//! The built-in rules: their texts, and the little of each that is needed before a fact turns up.
//!
//! The build script makes the table, so that a run without findings parses no rule file.

use crate::facts::Kind;

/// What the build script takes from a rule file.
pub(super) struct Builtin {
    pub(super) id: &'static str,
    pub(super) family: &'static str,
    /// The kinds of facts that the rule looks at.
    pub(super) on: &'static [Kind],
    pub(super) needles: &'static [&'static str],
    pub(super) text: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/builtin_rules.rs"));
