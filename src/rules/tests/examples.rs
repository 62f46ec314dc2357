//! The examples of the built-in rules, scanned as a user's files are.

use crate::facts::Linked;
use crate::rules::{ExampleInput, RuleSet, evaluate, test_rules};
use crate::scan::facts_of_example;

#[test]
fn the_examples_of_the_built_in_rules_do_what_the_rules_say() {
    let rules = RuleSet::builtin();
    let report = test_rules(&rules, &|example| facts_of_example(&rules, example)).unwrap();
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert!(report.tried > 2 && report.passed(), "{}", failures.join("\n"));
}

/// What is shown as right must be right in every respect. A complete legacy page is still a legacy page.
#[test]
fn good_examples_raise_no_other_rule_either() {
    let rules = RuleSet::builtin();
    let mut others = Vec::new();
    for id in rules.ids() {
        for example in rules.rule(id).unwrap().examples.iter().filter(|example| !example.good.is_empty()) {
            let files = example.good.iter().chain(&example.with).cloned().collect();
            let sample = ExampleInput {
                files,
                target: example.target,
                target_named: example.target_named,
                now: example.now.clone(),
            };
            let Linked { facts, installed } = facts_of_example(&rules, &sample).unwrap();
            let findings = evaluate(&rules, &facts, &installed, example.target).unwrap().findings;
            let found = findings.iter().filter(|finding| finding.rule.as_ref() != "legacy-smart-tags-service");
            others.extend(found.map(|finding| format!("{id}: {}: {}", finding.rule, finding.message)));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}
