//! All mistakes in the expressions of a rule file at once, and what in them may fail on some fact.

use super::expression::{Expression, NullCheck, Template};
use super::file::RuleFile;
use super::fix;
use super::fix_source::FixSource;
use super::toml_reader::Text;
use crate::diagnostics::{UserError, did_you_mean, list_words};
use crate::facts::Kind;
use std::collections::BTreeSet;

/// All mistakes in the expressions of a rule.
pub(super) fn in_expressions(rule: &RuleFile) -> Vec<UserError> {
    let (file, counts) = (rule.source(), rule.counting.is_some());
    let condition = |text: &Text, on: &[Kind]| Expression::compile(file, text, on, false).err();
    let template = |text: &Text, on: &[Kind]| Template::compile(file, text, on, counts).err();
    let mut mistakes = Vec::new();
    for case in &rule.cases {
        mistakes.extend(case.when.iter().chain(&case.see).filter_map(|text| condition(text, &case.on)));
        mistakes.extend(case.at.iter().filter_map(|name| names_nothing(rule, name, &case.on)));
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

/// The mistake of a name in `at` that no fact of these kinds can have: it is no attribute, and they have no properties.
fn names_nothing(rule: &RuleFile, name: &Text, kinds: &[Kind]) -> Option<UserError> {
    let has = |name: &str| kinds.iter().any(|kind| kind.attribute(name).is_some());
    if name.value.contains(['{', '}']) || has(&name.value) || has("properties") {
        return None;
    }
    let known: BTreeSet<&str> = kinds.iter().flat_map(|kind| kind.attributes()).map(|spec| spec.name).collect();
    let known: Vec<&str> = known.into_iter().collect();
    let hint = did_you_mean(&name.value, known.iter().copied());
    let help =
        format!("{hint}Name one of {}, or a property by its attribute, such as {{fact.property}}.", list_words(&known));
    let message = format!("`{}` is no attribute of what the rule looks at", name.value);
    Some(rule.source().error(name.span.clone(), message, "underlines nothing", help))
}

/// What in the expressions of a rule may fail: a function that is called on what can be null. `None` if there is nothing.
pub(super) fn warnings(rule: &RuleFile) -> Option<UserError> {
    let (file, counts) = (rule.source(), rule.counting.is_some());
    let mut warnings = Vec::new();
    for case in &rule.cases {
        let mut check = NullCheck::new(file, &case.on, counts);
        for when in &case.when {
            warnings.extend(check.condition(when));
        }
        let texts = case.at.iter().chain([&case.message]).chain(&case.advice).chain(&rule.related);
        warnings.extend(texts.flat_map(|text| check.template(text)));
        let keys = rule.counting.iter().flat_map(|counting| counting.per.iter().chain(&counting.distinct));
        warnings.extend(case.see.iter().chain(keys).flat_map(|text| check.expression(text)));
        warnings.extend(rule.fixes.iter().flat_map(|fix| warnings_of_fix(fix, check.clone())));
    }
    if let Some(expected) = rule.counting.as_ref().and_then(|counting| counting.expected_in.as_ref()) {
        let mut check = NullCheck::new(file, &expected.on, true);
        warnings.extend(expected.when.iter().flat_map(|when| check.condition(when)).collect::<Vec<_>>());
        warnings.extend(check.template(&expected.message));
    }
    UserError::all(warnings)
}

/// `check` knows what holds where the rule fires.
fn warnings_of_fix(fix: &FixSource, mut check: NullCheck<'_>) -> Vec<UserError> {
    let mut warnings: Vec<UserError> = fix.when.iter().flat_map(|when| check.condition(when)).collect();
    let pairs = [&fix.set, &fix.append, &fix.replace, &fix.rename_properties].into_iter().flatten();
    let (names, values): (Vec<&Text>, Vec<&Text>) = pairs.map(|(name, value)| (name, value)).unzip();
    let needs = fix.needs.iter().filter_map(|need| need.when.as_ref());
    warnings.extend(values.into_iter().chain(&fix.rename).chain(needs).flat_map(|text| check.expression(text)));
    let texts = names.into_iter().chain(&fix.remove).chain(&fix.afterwards);
    warnings.extend(texts.flat_map(|text| check.template(text)));
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    /// They are not looked through when they are loaded.
    #[test]
    fn built_in_rules_have_no_mistakes_and_no_warnings() {
        let rules = RuleSet::builtin();
        for id in rules.ids() {
            let rule = rules.rule(id).unwrap();
            let mistakes = in_expressions(rule);
            assert!(mistakes.is_empty(), "{mistakes:?}");
            let warnings = warnings(rule);
            assert!(warnings.is_none(), "{warnings:?}");
        }
    }
}
