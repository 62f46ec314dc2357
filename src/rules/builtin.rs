//! The built-in rules: their texts, and the little of each that is needed before a fact turns up.
//!
//! The build script makes the table, so that a rule file is parsed only if a fact turns up on which its rule may fire.

use crate::facts::Kind;

/// What the build script takes from a rule file.
pub(super) struct Builtin {
    pub(super) id: &'static str,
    pub(super) family: &'static str,
    /// The kinds of facts that the rule looks at.
    pub(super) on: &'static [Kind],
    pub(super) needles: &'static [&'static str],
    /// The kinds of facts and the conditions of each case.
    pub(super) cases: &'static [BuiltinCase],
    pub(super) text: &'static str,
}

/// What the build script takes from a case of a rule; a rule without `[[case]]` has one.
pub(super) struct BuiltinCase {
    pub(super) on: &'static [Kind],
    /// All must hold.
    pub(super) when: &'static [&'static str],
}

/// The built-in rule on facts of kind `unread`. It cannot be switched off or hidden: a report must not look complete when
/// the audit was not.
pub const UNREAD_RULE: &str = "unread-content";

include!(concat!(env!("OUT_DIR"), "/builtin_rules.rs"));
