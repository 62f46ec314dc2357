//! One snapshot for each mistake in a rule file: what a rule author sees.

use super::*;
use crate::rules::file;
use crate::rules::toml_reader::File;
use miette::{GraphicalReportHandler, GraphicalTheme};

fn render(error: &crate::diagnostics::UserError) -> String {
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(110);
    handler.render_report(&mut text, error).unwrap();
    text
}

/// The diagnostic of the rule `bad-rule` with this text.
fn broken(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("test")).unwrap();
    std::fs::write(folder.path().join("test/bad-rule.toml"), text).unwrap();
    let error = RuleSet::load(folder.path()).err().unwrap();
    render(&error).replace(&folder.path().display().to_string(), "rules")
}

macro_rules! mistakes {
    ($($name:ident: $text:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), broken(&$text));
        }
    )*};
}

mistakes! {
    no_toml: "title = \"open\nlevel = \"error\"\n";
    duplicate_key: rule_text("on = 'node'\nmessage = 'm.'\non = 'node'");
    unknown_key: rule_text("on = 'node'\nmesage = 'm.'");
    unknown_kind: rule_text("on = 'token_providr'\nmessage = 'm.'");
    no_kind: rule_text("at-most = 1\nmessage = 'm.'");
    no_message: rule_text("on = 'node'");
    unknown_level: rule_text("on = 'node'\nmessage = 'm.'").replace("\"error\"", "\"fatal\"");
    wrong_type: rule_text("on = 'node'\nmessage = 7");
    unknown_attribute: rule_text("on = 'token_provider'\nwhen = \"fact.credental == 'jwt'\"\nmessage = 'm.'");
    unknown_attribute_in_message: rule_text("on = 'token_provider'\nmessage = 'It is {fact.titel}.'");
    unknown_variable: rule_text("on = 'node'\nwhen = 'facts.path == null'\nmessage = 'm.'");
    unknown_function: rule_text("on = 'node'\nwhen = 'blnk(fact.path)'\nmessage = 'm.'");
    no_cel: rule_text("on = 'node'\nwhen = '''\nfact.path == 'a' &&\n&& true\n'''\nmessage = 'm.'");
    one_equals_sign: rule_text("on = 'node'\nwhen = \"fact.path = 'a'\"\nmessage = 'm.'");
    backslash: rule_text("on = 'node'\nwhen = \"text(fact.path).matches('/a\\\\.b')\"\nmessage = 'm.'");
    no_regular_expression: rule_text("on = 'node'\nwhen = \"text(fact.path).matches('a[')\"\nmessage = 'm.'");
    open_brace: rule_text("on = 'node'\nmessage = 'A {fact.path.'");
    stray_brace: rule_text("on = 'node'\nmessage = 'A fact.path}.'");
    no_heading: rule_text("on = 'node'\nmessage = 'm.'").replace("## What to do", "## What now");
    no_bad_example: rule_text("on = 'node'\nmessage = 'm.'").replace("bad = \"a\"\n", "");
    no_good_example: rule_text("on = 'node'\nmessage = 'm.'").replace("good = \"b\"\n", "");
    no_example_file: rule_text("on = 'node'\nmessage = 'm.'").replace("file = \"jcr_root/a.config\"\n", "");
    both_limits: rule_text("on = 'node'\nmessage = 'm.'\nat-most = 1\nexactly = 2");
    negative_limit: rule_text("on = 'node'\nmessage = 'm.'\nat-most = -1");
    group_without_limit: rule_text("on = 'node'\nmessage = 'm.'\nper = 'fact.path'");
    severity_out_of_range: rule_text("on = 'node'\nmessage = 'm.'\nsecurity-severity = 11");
    reference_without_https: rule_text("on = 'node'\nmessage = 'm.'\nreferences = ['example.com']");
    defers_to_nobody: rule_text("on = 'node'\nmessage = 'm.'\ndefers-to = ['bad-rul']");
    fix_without_edit: with_fix("title = 'Mend it'\nsafe = true");
    fix_with_edits_of_nothing: with_fix("title = 'Mend it'\ndelete = true\nremove = 'x'");
    fix_needs_something_unknown: with_fix("title = 'Mend it'\nneeds = 'regoin'\nremove = 'x'");
    fix_with_unknown_attribute: with_fix("title = 'Mend it'\nset = { x = 'fact.titel' }");
    fix_with_a_number: with_fix("title = 'Mend it'\nset = { x = 1 }");
    answer_outside_of_a_fix: rule_text("on = 'node'\nmessage = 'm.'\nwhen = \"answer.region == 'na'\"");
    unknown_target: rule_text("on = 'node'\nmessage = 'm.'") + "target = 'aem-7'\n";
}

fn with_fix(fix: &str) -> String {
    format!("{}[[fix]]\n{fix}\n", rule_text("on = 'node'\nmessage = 'm.'"))
}

#[test]
fn bad_id() {
    let text = rule_text("on = 'node'");
    let file = File { name: "rules/test/Bad_Rule.toml", text: &text, built_in: false };
    let error = file::read("test", "Bad_Rule", file).err().unwrap();
    insta::assert_snapshot!("bad_id", render(&error));
}

#[test]
fn taken_id() {
    let folder = tempfile::tempdir().unwrap();
    let text = rule_text("on = 'node'\nmessage = 'm.'");
    std::fs::write(folder.path().join("missing-scope.toml"), text).unwrap();
    let error = RuleSet::builtin().add_directory(folder.path()).err().unwrap();
    assert_eq!(error.to_string(), "there is another rule `missing-scope`");
}

#[test]
fn a_missing_directory_and_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let error = RuleSet::load(&folder.path().join("absent")).err().unwrap();
    assert!(error.to_string().starts_with("the rule directory "), "{error}");
    let error = RuleSet::load(folder.path()).err().unwrap();
    assert!(error.to_string().ends_with(" holds no rule file"), "{error}");
}

#[test]
fn an_unknown_rule_id_suggests_the_nearest() {
    let error = RuleSet::builtin().rule("mising-scope").err().unwrap();
    insta::assert_snapshot!("unknown_rule", render(&error));
}

#[test]
fn a_condition_that_fails_at_run_time_is_shown_on_the_rule_file() {
    let rules = rules(&[("fails", "on = 'node'\nwhen = 'fact.primary_type.size() == 3'\nmessage = 'm.'")]);
    let text = render(&failure(&rules));
    let from = text.find("╭─[").unwrap();
    let to = text.find("fails.toml").unwrap();
    insta::assert_snapshot!("fails_at_run_time", text.replace(&text[from..to], "╭─["));
}

#[test]
fn a_condition_that_is_not_true_or_false() {
    let rules = rules(&[("number", "on = 'node'\nwhen = '1 + 1'\nmessage = 'm.'")]);
    assert_eq!(failure(&rules).to_string(), "the rule `number` cannot judge a node in a.xml");
}

/// Why the rules cannot judge a node without a type.
fn failure(rules: &RuleSet) -> crate::diagnostics::UserError {
    judgement(rules, &[fact(Kind::Node, "a.xml", &[])]).not_judged[0].error.clone()
}
