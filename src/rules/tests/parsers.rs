//! The quick parser against the one that users' rules are read with: both read every built-in expression in the same way.

use crate::rules::RuleSet;
use crate::rules::expression::{Expression, Template, parse as parser};
use cel::common::ast::IdedExpr;
use regex::Regex;

/// The tree without the numbers of its nodes, which the parsers give in another order and nothing looks at.
fn shape(tree: &IdedExpr) -> String {
    Regex::new(r"\bid: \d+, ").unwrap().replace_all(&format!("{tree:?}"), "").into_owned()
}

#[test]
fn both_parsers_read_every_built_in_expression_in_the_same_way() {
    let set = RuleSet::builtin();
    let mut seen = 0;
    let mut check = |id: &str, expression: &Expression| {
        let source = expression.source();
        let quick = parser::parse_known(source).unwrap_or_else(|errors| panic!("{id}: {source}: {errors}"));
        let complete = parser::parse(source).unwrap_or_else(|errors| panic!("{id}: {source}: {errors}"));
        assert_eq!(shape(&quick.tree), shape(&complete.tree), "{id}: {source}");
        seen += 1;
    };
    for rule in set.rules() {
        let (file, compiled) = (rule.file().unwrap(), rule.compiled().unwrap());
        assert!(file.source().built_in, "{}", rule.id);
        let keys = compiled.per.iter().chain(&compiled.distinct);
        keys.for_each(|expression| check(&rule.id, expression));
        let mut templates: Vec<&Template> = compiled.related(file).unwrap().into_iter().collect();
        for (case, compiled) in file.cases.iter().zip(&compiled.cases) {
            let texts = compiled.texts(file, case).unwrap();
            compiled.when.iter().chain(&texts.see).for_each(|expression| check(&rule.id, expression));
            templates.extend(texts.at.iter().chain([&texts.message]).chain(&texts.advice));
        }
        templates.iter().flat_map(|template| template.expressions()).for_each(|expression| check(&rule.id, expression));
    }
    assert!(seen > 150, "{seen}");
}

#[test]
fn the_quick_parser_is_not_asked_to_explain_mistakes() {
    let (quick, complete) =
        (parser::parse_known("fact.a ==").err().unwrap(), parser::parse("fact.a ==").err().unwrap());
    assert_eq!(quick.to_string(), complete.to_string());
}

#[test]
fn rules_of_a_directory_are_read_by_the_complete_parser() {
    let set = super::rules(&[("a-rule", "on = \"package\"\nmessage = \"A message.\"")]);
    assert!(!set.rule("a-rule").unwrap().source().built_in);
}
