//! The rule engine: rules are TOML files with CEL conditions; this loads, compiles, evaluates and tests them.
//!
//! [`RuleSet`] holds the rules, [`evaluate()`] judges facts by them, [`test_rules`] runs the examples of the rule files,
//! [`manual_page`] makes the page of a rule. Nothing here knows where facts come from or where findings go.

mod answers;
mod builtin;
mod copies;
mod count;
mod evaluate;
mod example;
mod example_details;
mod example_fixes;
mod example_runner;
mod expression;
mod file;
mod finding;
mod fingerprint;
mod fix;
mod fix_source;
mod guard;
mod judge;
mod make_finding;
mod markdown_terminal;
mod mistakes;
mod not_judged;
mod property_usage;
mod rule_page;
mod rule_text;
mod schema;
mod set;
mod severity;
mod skeleton;

#[cfg(test)]
mod tests;

use crate::diagnostics::toml_reader;

pub use answers::{AnswerKey, Answers};
pub use builtin::UNREAD_RULE;
pub use copies::merge_copies;

pub use evaluate::{Judgement, evaluate, evaluate_with_answers};
#[cfg(test)]
pub(crate) use example::ExampleFile;
pub use example::{Example, ExampleInput};
pub use example_runner::{Failure, test_rules};
pub use file::Meta;
pub use finding::{Finding, Related};
pub(crate) use fingerprint::without_version;
pub use fix::Fix;
pub use markdown_terminal::{Style, render_markdown};
pub use property_usage::looks_at_properties;
pub use rule_page::manual_page;
pub(crate) use rule_text::RuleText;
pub use schema::rule_schema;
pub use set::{Needles, RuleSet};
pub use severity::{Confidence, Severity};
pub use skeleton::rule_skeleton;
