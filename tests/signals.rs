//! What the signals of the families leave out makes no fact: every case, package and example of a rule gives the same facts
//! with and without the prefilter and the look at nodes.
#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use aemlint::internals::facts::{Fact, Installed, Kind, Kinds, Linked};
use aemlint::internals::rules::{RuleSet, test_rules};
use aemlint::internals::scan::{self, Sought};
use osgi_config::Target;
use std::path::Path;

#[path = "support/pack.rs"]
mod pack;

/// The facts of a directory but for nodes, as JSON, of a scan that looks at what the signals let pass, or at everything.
fn facts(directory: &Path, target: Target, everything: bool) -> Vec<Fact> {
    // With nodes among what is sought no node is passed by.
    let sought = if everything {
        Sought::kinds(Kinds::all())
    } else {
        Sought { kinds: Kinds::usual(), ..Sought::by_rules(&RuleSet::builtin()) }
    };
    let options = scan::Options {
        walk: zip_audit::Options { threads: None, ..zip_audit::Options::default() },
        target,
        target_named: true,
        grouping: scan::Grouping::Usual,
        exclusive: Vec::new(),
        sought,
        allow_empty: true,
        digests: false,
        now: jiff::Timestamp::UNIX_EPOCH,
    };
    let mut facts = scan::scan(&[directory.to_path_buf()], &options, &|_, _| {}).facts;
    facts.retain(|fact| fact.kind() != Kind::Node);
    facts
}

/// How many facts a directory gives, if they are the same with and without the quick looks.
fn compare(directory: &Path, name: &str) -> usize {
    let mut number = 0;
    for target in [Target::Aem65, Target::Cloud] {
        let told = |everything| {
            let facts = facts(directory, target, everything);
            facts.iter().map(|fact| fact.to_json().to_string()).collect::<Vec<_>>()
        };
        let (with, without) = (told(false), told(true));
        for (one, other) in with.iter().zip(&without) {
            assert_eq!(one, other, "{name}");
        }
        assert_eq!(with.len(), without.len(), "{name}");
        number += with.len();
    }
    number
}

#[test]
fn every_case_gives_the_same_facts_without_the_quick_looks() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut number = compare(&root.join("packages"), "packages");
    for entry in std::fs::read_dir(root.join("cases")).unwrap() {
        let case = entry.unwrap().path();
        let scratch = tempfile::tempdir().unwrap();
        pack::unfold(&case.join("input"), scratch.path());
        number += compare(scratch.path(), &case.display().to_string());
    }
    assert!(number > 1000, "only {number} facts");
}

#[test]
fn every_example_gives_the_same_facts_without_the_quick_looks() {
    let rules = RuleSet::builtin();
    let report = test_rules(&rules, &|example| {
        let scratch = tempfile::tempdir().map_err(|error| error.to_string())?;
        for file in &example.files {
            let path = scratch.path().join(&file.file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, &file.content).unwrap();
        }
        compare(scratch.path(), &example.files[0].file);
        Ok(Linked { facts: Vec::new(), installed: Installed::nothing(example.target) })
    });
    assert!(report.unwrap().tried > 100);
}
