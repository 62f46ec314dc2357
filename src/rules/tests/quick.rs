//! What is told without CEL against CEL.

use super::guards::{condition, facts_of, value};
use super::{fact, rules};
use crate::facts::{Fact, Kind, Value};
use crate::rules::RuleSet;
use crate::rules::cel::{Expression, Template};
use crate::rules::file::RuleFile;
use crate::rules::quick::Quick;
use crate::rules::scope::Scope;
use osgi_config::Target;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use std::cell::Cell;

/// Whether the expression could be told without CEL; that it is the same as with CEL is asserted.
fn is_told(expression: &Expression, file: &RuleFile, fact: &Fact, target: Target) -> bool {
    let scope = Scope::new(fact, target);
    let Some(quick) = expression.quick(&scope) else { return false };
    let by_cel = expression.evaluate(file, &scope, fact);
    let source = expression.source_and_tree().0;
    assert!(by_cel.is_ok(), "{source} on {fact:?}");
    let shown = super::super::cel::display(by_cel.as_ref().unwrap());
    let same = match (&quick, by_cel.unwrap()) {
        (Quick::Null, cel::Value::Null) => true,
        (Quick::Bool(quick), cel::Value::Bool(by_cel)) => *quick == by_cel,
        (Quick::Text(quick), cel::Value::String(by_cel)) => **quick == **by_cel,
        _ => false,
    };
    assert!(same, "{source} on {fact:?}: {quick:?}");
    assert_eq!(quick.display(), shown, "{source}");
    true
}

/// Expressions of strings, and what can be asked of them.
fn text() -> impl Strategy<Value = String> {
    let leaf = select(vec![
        "fact.error",
        "fact.integration",
        "fact.path",
        "fact.kind",
        "fact.file",
        "fact.not_installed",
        "fact.run_modes",
        "fact.properties",
        "'X'",
        "' '",
        "7",
        "null",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(3, 12, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} + {b})")),
            inner.clone().prop_map(|a| format!("text({a})")),
            inner.clone().prop_map(|a| format!("{a}.lowerAscii()")),
            inner.clone().prop_map(|a| format!("{a}.trim()")),
            inner.clone().prop_map(|a| format!("({a} in fact.dropped)")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}.startsWith({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}.endsWith({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}.contains({b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("(blank({a}) ? {b} : {a})")),
        ]
    })
}

#[test]
fn what_is_told_without_cel_is_what_cel_says() {
    let told = Cell::new(0);
    let expression = prop_oneof![condition(), text(), (text(), text()).prop_map(|(a, b)| format!("{a} == {b}"))];
    let inputs = (expression, proptest::collection::vec(value(), 3), any::<bool>(), any::<bool>());
    TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(1024) })
        .run(&inputs, |(expression, values, hidden, cloud)| {
            let target = if cloud { Target::Cloud } else { Target::Aem65 };
            let logic = format!("on = \"configuration\"\nwhen = {expression:?}\nmessage = \"A message.\"");
            let set = rules(&[("a-rule", &logic)]);
            let attributes: Vec<_> = ["error", "integration", "dropped"].into_iter().zip(values).collect();
            let mut fact = fact(Kind::Configuration, "a.config", &attributes);
            fact.not_installed = hidden.then(|| "a reason".to_owned());
            let rule = &set.rules()[0];
            let when = &rule.compiled().unwrap().cases[0].when[0];
            told.set(told.get() + usize::from(is_told(when, rule.file().unwrap(), &fact, target)));
            Ok(())
        })
        .unwrap();
    assert!(told.get() > 100, "{}", told.get());
}

#[test]
fn built_in_expressions_are_told_as_cel_does() {
    let set = RuleSet::builtin();
    let told = Cell::new(0);
    let text = select(vec!["/marketingcloud/smartcontent/", "mc.adobe.io", "O'Neill"]).prop_map(Value::from);
    let inputs = proptest::collection::vec(prop_oneof![value(), text], 1..40);
    TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(32) })
        .run(&inputs, |values| {
            for rule in set.rules() {
                let (file, compiled) = (rule.file().unwrap(), rule.compiled().unwrap());
                for (case, compiled) in file.cases.iter().zip(&compiled.cases) {
                    let texts = compiled.texts(file, case).unwrap();
                    let templates = texts.at.iter().chain([&texts.message]).chain(&texts.advice);
                    let parts = templates.flat_map(Template::expressions);
                    let expressions: Vec<&Expression> = compiled.when.iter().chain(&texts.see).chain(parts).collect();
                    for fact in case.on.iter().map(|&kind| facts_of(kind, &values, false)) {
                        let is_told = |expression: &&&Expression| is_told(expression, file, &fact, Target::Cloud);
                        told.set(told.get() + expressions.iter().filter(is_told).count());
                    }
                }
            }
            Ok(())
        })
        .unwrap();
    assert!(told.get() > 1000, "{}", told.get());
}
