//! Manual pages and the running of examples.

use super::*;
use crate::facts::Linked;
use crate::rules::{ExampleInput, Style, manual_page, render_markdown, test_rules};

#[test]
fn the_page_of_a_rule() {
    let rules = RuleSet::builtin();
    let page = manual_page(rules.rule("missing-scope").unwrap());
    insta::assert_snapshot!("manual_page", page);
    insta::assert_snapshot!("manual_terminal", render_markdown(&page, Style { width: 80, color: false }));
}

#[test]
fn every_page_is_whole() {
    let rules = RuleSet::builtin();
    for id in rules.ids() {
        let rule = rules.rule(id).unwrap();
        let page = manual_page(rule);
        for part in ["## Why it matters", "## What to do", "### Bad", "### Good", "## References"] {
            assert!(page.contains(part), "{id}: {part}");
        }
        assert_eq!(page.matches("\n```").count() % 2, 0, "{id}");
        assert!(page.lines().all(|line| line.len() <= 500), "{id}");
        assert!(page.contains(rule.meta.help.lines().next().unwrap()), "{id}");
    }
}

/// A node whose primary type is the text of the file.
fn facts_of(sample: &ExampleInput) -> Result<Linked, String> {
    let node = |file: &crate::rules::ExampleFile| {
        let text = String::from_utf8(file.content.clone()).map_err(|_| "no text".to_owned())?;
        Ok(fact(Kind::Node, &file.file, &[("primary_type", text.into())]))
    };
    let facts = sample.files.iter().map(node).collect::<Result<_, String>>()?;
    Ok(Linked { facts, installed: Installed::nothing(Target::Aem65) })
}

#[test]
fn examples_that_do_what_they_should_pass_and_broken_ones_are_named() {
    let good = rules(&[("is-a", "on = 'node'\nwhen = \"fact.primary_type == 'a'\"\nmessage = 'It is a.'")]);
    let report = test_rules(&good, &facts_of).unwrap();
    assert!(report.passed());
    assert_eq!((report.rules, report.tried), (1, 2));
    let broken = rules(&[("is-b", "on = 'node'\nwhen = \"fact.primary_type == 'b'\"\nmessage = 'It is b.'")]);
    let report = test_rules(&broken, &facts_of).unwrap();
    let reasons: Vec<&str> = report.failures.iter().map(|failure| failure.reason.as_str()).collect();
    assert_eq!(reasons, ["has 0 findings of the rule where 1 is expected", "raises the rule: It is b."]);
    assert!(
        report.failures[0].to_string().contains("is-b.toml:12: is-b: the bad example has 0"),
        "{}",
        report.failures[0]
    );
}

#[test]
fn an_example_may_expect_a_message() {
    let text = "on = 'node'\nwhen = \"fact.primary_type == 'a'\"\nmessage = 'It is a.'";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("is-a.toml");
    std::fs::write(&file, rule_text(text) + "expect-message = 'something else'\n").unwrap();
    let report = test_rules(&RuleSet::load(folder.path()).unwrap(), &facts_of).unwrap();
    assert_eq!(report.failures[0].reason, "says \"It is a.\", which does not contain \"something else\"");
}
