//! The examples of the built-in rules, scanned as a user's files are.

use crate::documents::prefilter::Prefilter;
use crate::facts::{Kinds, Linked};
use crate::rules::{ExampleInput, RuleSet, evaluate, test_rules};
use crate::scan;

use std::sync::LazyLock;

static PREFILTER: LazyLock<Prefilter> = LazyLock::new(|| scan::prefilter(&RuleSet::builtin().needles()));

/// Writes the files of a sample to a directory of its own and scans that.
fn facts_of(sample: &ExampleInput) -> Result<Linked, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    for file in &sample.files {
        let path = folder.path().join(&file.file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &file.content).unwrap();
    }
    let now = sample.now.as_deref().map(|now| now.parse().unwrap());
    let options = scan::Options {
        walk: zip_audit::Options {
            limits: zip_audit::Limits::default(),
            default_excludes: true,
            exclude: globset::GlobSet::empty(),
            threads: Some(1),
        },
        target: sample.target,
        target_named: true,
        grouping: scan::Grouping::Usual,
        exclusive: Vec::new(),
        wanted: Kinds::usual(),
        prefilter: PREFILTER.clone(),
        now: now.unwrap_or_else(jiff::Timestamp::now),
    };
    let scanned = scan::scan(&[folder.path().to_owned()], &options, &|_, _| {});
    let linked = scanned.map(|scanned| Linked { facts: scanned.facts, installed: scanned.installed });
    linked.map_err(|errors| format!("{errors:?}"))
}

#[test]
fn the_examples_of_the_built_in_rules_do_what_the_rules_say() {
    let rules = RuleSet::builtin();
    let report = test_rules(&rules, &facts_of).unwrap();
    let failures: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
    assert!(report.passed(), "{}", failures.join("\n"));
}

/// What is shown as right must be right in every respect. A complete legacy page is still a legacy page.
#[test]
fn good_examples_raise_no_other_rule_either() {
    let rules = RuleSet::builtin();
    let mut others = Vec::new();
    for id in rules.ids() {
        for example in rules.rule(id).unwrap().examples.iter().filter(|example| !example.good.is_empty()) {
            let files = example.good.iter().chain(&example.with).cloned().collect();
            let sample = ExampleInput { files, target: example.target, now: example.now.clone() };
            let Linked { facts, installed } = facts_of(&sample).unwrap();
            let findings = evaluate(&rules, &facts, &installed, example.target).unwrap();
            let found = findings.iter().filter(|finding| finding.rule.as_ref() != "legacy-smart-tags-service");
            others.extend(found.map(|finding| format!("{id}: {}: {}", finding.rule, finding.message)));
        }
    }
    assert!(others.is_empty(), "{}", others.join("\n"));
}
