//! All mistakes in the expressions of a rule file at once, and what in them may fail on some fact.

use super::expression::{Expression, Template, may_fail};
use super::file::{Case, RuleFile};
use super::fix;
use super::toml_reader::Text;
use crate::diagnostics::UserError;
use crate::facts::Kind;

/// All mistakes in the expressions of a rule.
pub(super) fn in_expressions(rule: &RuleFile) -> Vec<UserError> {
    let (file, counts) = (rule.source(), rule.counting.is_some());
    let condition = |text: &Text, on: &[Kind]| Expression::compile(file, text, on, false).err();
    let template = |text: &Text, on: &[Kind]| Template::compile(file, text, on, counts).err();
    let mut mistakes = Vec::new();
    for case in &rule.cases {
        mistakes.extend(case.when.iter().chain(&case.see).filter_map(|text| condition(text, &case.on)));
        let texts = case.at.iter().chain([&case.message]).chain(&case.advice);
        mistakes.extend(texts.filter_map(|text| template(text, &case.on)));
    }
    let on = rule.meta.on.as_slice();
    if let Some(counting) = &rule.counting {
        mistakes.extend(counting.per.iter().chain(&counting.distinct).filter_map(|text| condition(text, on)));
        if let Some(expected) = &counting.expected_in {
            mistakes.extend(expected.when.iter().filter_map(|text| condition(text, &expected.on)));
            mistakes.extend(template(&expected.message, &expected.on));
        }
    }
    mistakes.extend(rule.related.iter().filter_map(|text| template(text, on)));
    mistakes.extend(rule.fixes.iter().filter_map(|fix| fix::compile(file, std::slice::from_ref(fix), on).err()));
    mistakes
}

/// What in the conditions of a rule may fail: a function that is called on what can be null. `None` if there is nothing.
pub(super) fn warnings(rule: &RuleFile) -> Option<UserError> {
    let of_case = |case: &Case| may_fail(rule.source(), &case.when, &case.on);
    UserError::all(rule.cases.iter().flat_map(of_case).collect::<Vec<_>>())
}
