//! Guards against CEL: where a guard says no, CEL says no too, and without an error.

use super::{fact, try_rules};
use crate::facts::{Fact, Kind, Value};
use crate::rules::RuleSet;
use crate::rules::expression::{Environment, Value as Seen};
use crate::rules::guard::Guard;
use osgi_config::Target;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

pub(in crate::rules) fn value() -> impl Strategy<Value = Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    let map = BTreeMap::from([("x".to_owned(), text("y"))]);
    select(vec![
        Value::Null,
        Value::Bool(true),
        Value::Bool(false),
        Value::Int(0),
        Value::Int(7),
        text(""),
        text(" \t"),
        text("x"),
        text("&&"),
        text("oauth"),
        text("blank"),
        Value::List(Vec::new()),
        Value::List(vec![text("x")]),
        Value::Map(BTreeMap::new()),
        Value::Map(map),
        Value::Secret(crate::secret::Secret::new("x")),
    ])
}

/// Conditions of what guards understand and of what they do not.
pub(in crate::rules) fn condition() -> impl Strategy<Value = String> {
    let name = || select(vec!["error", "integration", "dropped", "installed", "path", "properties", "run_modes"]);
    let literal = || select(vec!["null", "true", "false", "''", "'x'", "\"x\"", "'&&'", "r'x'", "'''x'''", "7"]);
    let leaf = prop_oneof![
        (name(), literal()).prop_map(|(name, literal)| format!("fact.{name} == {literal}")),
        (name(), literal()).prop_map(|(name, literal)| format!("fact.{name} != {literal}")),
        name().prop_map(|name| format!("blank(fact.{name})")),
        name().prop_map(|name| format!("!blank( fact.{name} )")),
        name().prop_map(|name| format!("fact.{name}")),
        name().prop_map(|name| format!("!fact.{name}")),
        name().prop_map(|name| format!("fact.{name}.size() > 0")),
        Just("target == 'cloud'".to_owned()),
        Just("target == \"aem-6.5\"".to_owned()),
        Just("'x' in fact.dropped".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} && {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}\n||{b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a}) ? ({b}) : ({c})")),
        ]
    })
}

/// What CEL says of the only condition of each case of the only rule; `None` for an error.
fn by_cel(set: &RuleSet, index: usize, fact: &Fact, target: Target) -> Option<bool> {
    let rule = &set.rules()[index];
    let (file, compiled) = (rule.file().unwrap(), rule.compiled().unwrap());
    let scope = Environment::new(fact, target);
    for (case, compiled) in file.cases.iter().zip(&compiled.cases) {
        if !case.on.contains(&fact.kind()) {
            continue;
        }
        let mut holds = true;
        for when in &compiled.when {
            match when.evaluate(file, &scope, fact).ok()? {
                Seen::Bool(true) => {}
                Seen::Bool(false) => {
                    holds = false;
                    break;
                }
                _ => return None,
            }
        }
        if holds {
            return Some(true);
        }
    }
    Some(false)
}

pub(in crate::rules) fn facts_of(kind: Kind, values: &[Value], hidden: bool) -> Fact {
    let names = kind.attributes().iter().map(|spec| spec.name).filter(|name| *name != "properties");
    let attributes: Vec<_> = names.zip(values.iter().cycle().cloned()).collect();
    let mut fact = fact(kind, "a.config", &attributes);
    fact.not_installed = hidden.then(|| "a reason".to_owned());
    fact
}

#[test]
fn a_guard_says_no_only_where_cel_does() {
    let said_no = Cell::new(0);
    let inputs = (condition(), proptest::collection::vec(value(), 3), any::<bool>(), any::<bool>());
    TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(512) })
        .run(&inputs, |(condition, values, hidden, cloud)| {
            let target = if cloud { Target::Cloud } else { Target::Aem65 };
            let logic = format!("on = \"configuration\"\nwhen = {condition:?}\nmessage = \"A message.\"");
            // What compares values that are never equal is no rule.
            let Ok(set) = try_rules(&[("a-rule", &logic)]) else { return Ok(()) };
            let attributes: Vec<_> = ["error", "integration", "dropped"].into_iter().zip(values).collect();
            let mut fact = fact(Kind::Configuration, "a.config", &attributes);
            fact.not_installed = hidden.then(|| "a reason".to_owned());
            if !Guard::all([condition.as_str()]).may_hold(&fact, target) {
                said_no.set(said_no.get() + 1);
                prop_assert_eq!(by_cel(&set, 0, &fact, target), Some(false), "{}", condition);
            }
            Ok(())
        })
        .unwrap();
    assert!(said_no.get() > 0, "no condition was decided");
}

#[test]
fn no_built_in_rule_is_skipped_where_it_fires() {
    let set = RuleSet::builtin();
    let skipped = RefCell::new(BTreeSet::new());
    let inputs = (proptest::collection::vec(value(), 1..40), any::<bool>(), any::<bool>());
    TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(64) })
        .run(&inputs, |(values, hidden, cloud)| {
            let target = if cloud { Target::Cloud } else { Target::Aem65 };
            for (index, rule) in set.rules().iter().enumerate() {
                for &kind in &rule.on {
                    let fact = facts_of(kind, &values, hidden);
                    if !rule.may_fire(&fact, target) {
                        skipped.borrow_mut().insert(rule.id.clone());
                        prop_assert_eq!(by_cel(&set, index, &fact, target), Some(false), "{}", rule.id);
                    }
                }
            }
            Ok(())
        })
        .unwrap();
    assert!(skipped.borrow().len() > 30, "{skipped:?}");
}

#[test]
fn the_guards_of_the_table_are_those_of_the_files() {
    let set = RuleSet::builtin();
    for (row, rule) in crate::rules::builtin::BUILTIN.iter().zip(set.rules()) {
        let file = rule.file().unwrap();
        assert_eq!(row.cases.len(), file.cases.len(), "{}", rule.id);
        for (row, case) in row.cases.iter().zip(&file.cases) {
            assert_eq!(row.on, case.on, "{}", rule.id);
            assert!(row.when.iter().copied().eq(case.when.iter().map(|when| when.value.as_str())), "{}", rule.id);
        }
    }
}

#[test]
fn a_configuration_without_mistakes_needs_no_cel() {
    let plain = fact(Kind::Configuration, "a.config", &[("integration", Value::Bool(false))]);
    for rule in RuleSet::builtin().rules() {
        assert!(!rule.may_fire(&plain, Target::Cloud), "{}", rule.id);
    }
}
