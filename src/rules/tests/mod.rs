//! Tests of the engine as a whole, on hand-made facts.

mod counting;
mod diagnostics;
mod examples;
mod guards;
mod judging;
mod pages;
mod parsers;

pub(in crate::rules) use guards::{condition, facts_of, value};

use super::set::RuleSet;
use super::{Finding, evaluate};
use crate::excerpts::Excerpts;
use crate::facts::{Attribute, Declared, Fact, FactData, Installation, Installed, Invented, Kind, Property, Value};
use osgi_config::{RunModes, Target};
use std::sync::Arc;
use text_spans::{Lines, SourceRange, Span};
use zip_audit::Place;

/// The text that marks of hand-made facts lie in: one line of ten characters for each number.
fn mark(line: usize) -> SourceRange {
    let text = "123456789\n".repeat(line + 1);
    Lines::new(&text).mark(Span::new(line * 10, line * 10 + 9))
}

fn fact(kind: Kind, file: &str, attributes: &[(&'static str, Value)]) -> Fact {
    Fact {
        place: Place::on_disk(file),
        deployment: 0,
        mark: mark(0),
        path: Some(format!("/{file}")),
        run_modes: RunModes::default(),
        not_installed: None,
        overridden: None,
        error: attributes.iter().find(|(name, _)| *name == "error").and_then(|(_, value)| {
            let reason = value.as_text()?.to_owned();
            Some(Arc::new(Attribute { value: reason, mark: None }))
        }),
        installation: Installation::default(),
        data: FactData::Invented(kind, Invented(attributes.iter().cloned().collect())),
        properties: Vec::new(),
        excerpts: Arc::new(Excerpts::default()),
    }
}

pub(in crate::rules) fn with_property(mut fact: Fact, name: &str, value: Value, line: usize) -> Fact {
    let declared = Declared::Osgi { shape: "scalar", type_name: "String" };
    fact.properties.push(Property { name: name.to_owned(), value, declared, mark: mark(line) });
    fact
}

/// A rule file around `logic`, the part that a test is about.
fn rule_text(logic: &str) -> String {
    format!(
        "title = \"A rule\"\nlevel = \"error\"\n{logic}\n\
         help = '''\n## Why it matters\nIt does.\n## What to do\nMend it.\n'''\n\
         [[example]]\nfile = \"jcr_root/a.config\"\nbad = \"a\"\ngood = \"b\"\n"
    )
}

/// A set of rules, each an id with its logic.
fn rules(rules: &[(&str, &str)]) -> RuleSet {
    try_rules(rules).unwrap()
}

/// The same, or the first mistake in one.
fn try_rules(rules: &[(&str, &str)]) -> Result<RuleSet, crate::diagnostics::UserError> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("test")).unwrap();
    for (id, logic) in rules {
        std::fs::write(folder.path().join("test").join(format!("{id}.toml")), rule_text(logic)).unwrap();
    }
    RuleSet::load(folder.path())
}

fn judge(rules: &RuleSet, facts: &[Fact]) -> Vec<Finding> {
    let judgement = judgement(rules, facts);
    assert!(judgement.not_judged.is_empty(), "{:?}", judgement.not_judged);
    judgement.findings
}

fn judgement(rules: &RuleSet, facts: &[Fact]) -> crate::rules::Judgement {
    evaluate(rules, facts, &Installed::nothing(Target::Aem65), Target::Aem65).unwrap()
}

/// Rule and file of each finding.
fn summary(findings: &[Finding]) -> Vec<(String, String)> {
    findings.iter().map(|finding| (finding.rule.to_string(), finding.location.place.to_string())).collect()
}

#[test]
fn every_built_in_rule_compiles_and_defers_to_rules_that_exist() {
    let rules = RuleSet::builtin();
    rules.compile_all().map_err(|error| format!("{:?}", miette::Report::new(error))).unwrap();
    let ids: Vec<&str> = rules.ids().collect();
    for id in &ids {
        let rule = rules.rule(id).unwrap();
        for other in &rule.defers_to {
            assert!(other.value == "*" || ids.contains(&other.value.as_str()), "{id} defers to {}", other.value);
        }
        assert!(!rule.meta.references.is_empty(), "{id} has no references");
        assert!(rule.cases.iter().all(|case| case.message.value.contains(' ')), "{id}");
    }
    let metas = rules.metas().unwrap();
    assert!(metas.windows(2).all(|pair| pair[0].id < pair[1].id));
    // The table of the build script agrees with the files.
    for (rule, meta) in rules.rules().iter().zip(&metas) {
        let mut on = rule.on.clone();
        on.sort();
        assert_eq!(on, meta.on, "{}", meta.id);
    }
}
