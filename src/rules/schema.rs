//! The schema of rule files: which keys there are, what each may hold, and what it is for.

use super::answers::AnswerKey;
use super::severity::{Confidence, Severity};
use crate::diagnostics::toml_schema::{self, Key, Shape, WrongMember, key, quoted, required, table_schema};
use crate::diagnostics::{MistakeSink, UserError};
use crate::facts::Kind;
use osgi_config::Target;
use serde_json::{Value, json};
use toml::de::{DeTable, DeValue};

/// What a value of a rule file may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum RuleValue {
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// One of these words, or a list of them.
    Words(fn() -> Vec<&'static str>),
    /// A string with something in it.
    Text,
    /// Any string.
    AnyText,
    /// A string, or a list of strings.
    Texts,
    /// A list of `https://` addresses, or one.
    Addresses,
    /// `true` or `false`.
    Flag,
    /// A whole number from 0.
    Count,
    /// A number from 0.1 to 10.
    Score,
    /// A table of strings.
    Pairs,
    /// A string, or a table of strings.
    TextOrPairs,
    /// A word, a list of words, or a table with words as keys and conditions as values.
    Needs(fn() -> Vec<&'static str>),
    /// A text, or a list of tables with these keys.
    Files(&'static [Key<RuleValue>]),
    /// A table with these keys.
    Table(&'static [Key<RuleValue>]),
    /// A list of tables with these keys.
    Tables(&'static [Key<RuleValue>]),
}
use RuleValue::{
    Addresses, AnyText, Count, Files, Flag, Needs, Pairs, Score, Table, Tables, Text, TextOrPairs, Texts, Word, Words,
};

fn levels() -> Vec<&'static str> {
    Severity::ALL.map(Severity::name).to_vec()
}

fn confidences() -> Vec<&'static str> {
    Confidence::ALL.map(Confidence::name).to_vec()
}

fn kinds() -> Vec<&'static str> {
    Kind::ALL.iter().map(|kind| kind.name()).collect()
}

fn answers() -> Vec<&'static str> {
    AnswerKey::ALL.map(AnswerKey::name).to_vec()
}

fn targets() -> Vec<&'static str> {
    Target::ALL.map(Target::name).to_vec()
}

/// The keys of a rule file.
pub(super) const FILE: &[Key<RuleValue>] = &[
    required("title", Text, "What the rule finds, in one line without a period."),
    required("level", Word(levels), "The level of its findings."),
    key("confidence", Word(confidences), "How sure a finding is; high if it is left out."),
    key("security-severity", Score, "From 0.1 to 10.0, as in CVSS; makes it a security rule in code scanning."),
    key("since", AnyText, "The version that had the rule first."),
    key("tags", Texts, "Free words."),
    key("on", Words(kinds), "The kinds of facts that the rule looks at."),
    key("needles", Texts, "Literals of which one occurs in every file that the rule can speak of."),
    key("when", Text, "The condition, in CEL; without it every fact of the kind is a finding."),
    key("at", Texts, "What to underline: names of properties or attributes, of which the first counts that is there."),
    key("message", Text, "What is wrong, in one or two sentences; CEL in braces."),
    key("advice", Text, "What to write instead, in one sentence; CEL in braces."),
    key("see", Text, "Further places to show: CEL with a place, or a list of places."),
    key("related", Text, "What the further places say; CEL in braces."),
    key("at-most", Count, "Counting: as many facts an instance may have."),
    key("at-least", Count, "Counting: as many facts some instance must have."),
    key("exactly", Count, "Counting: as many facts some instance must have, and no instance more."),
    key("per", Text, "Counting: CEL with what the facts are grouped by."),
    key("distinct", Text, "Counting: CEL with what tells the facts of a group apart."),
    key("expected-in", Table(EXPECTED_IN), "Counting: deployments with such a fact must have what is counted, too."),
    key("defers-to", Texts, "More specific rules for which this one stays silent; \"*\" for all others."),
    required("help", Text, "Markdown with the headings `## Why it matters` and `## What to do`."),
    key("references", Addresses, "Addresses of pages that say more."),
    key("case", Tables(CASE), "Several ways to find the fault, of which the first counts that holds."),
    key("fix", Tables(FIX), "What `aemlint fix` writes."),
    required("example", Tables(EXAMPLE), "At least one `bad` and one `good` form; they are tests."),
];

/// The keys of `[expected-in]`.
const EXPECTED_IN: &[Key<RuleValue>] = &[
    required("on", Words(kinds), "The kinds of the facts that show such a deployment."),
    key("when", Text, "The condition on such a fact, in CEL."),
    required(
        "message",
        Text,
        "What is missing, in one or two sentences; CEL in braces, on the fact of the deployment.",
    ),
];

/// The keys of a `[[case]]`.
const CASE: &[Key<RuleValue>] = &[
    key("on", Words(kinds), "As above, for this case."),
    key("when", Text, "A condition that must hold beside that of the rule."),
    key("at", Texts, "As above, for this case."),
    key("message", Text, "As above, for this case."),
    key("advice", Text, "As above, for this case."),
    key("see", Text, "As above, for this case."),
    key("level", Word(levels), "As above, for this case."),
    key("confidence", Word(confidences), "As above, for this case."),
];

/// The keys of a `[[fix]]`.
const FIX: &[Key<RuleValue>] = &[
    required("title", Text, "What the fix does, in a few words."),
    key("when", Text, "A condition under which it is made, in CEL."),
    key("safe", Flag, "Whether it changes nothing that works today; false if it is left out."),
    key("needs", Needs(answers), "The answers of the user that it needs."),
    key("set", Pairs, "Properties and what they become, in CEL."),
    key("append", Pairs, "Properties and what is added to them, in CEL."),
    key("replace", Pairs, "Properties, and lists of what is replaced and by what, in CEL."),
    key("remove", Texts, "Properties that go."),
    key("rename", TextOrPairs, "The new name of the file or node, or of properties, in CEL."),
    key("delete", Flag, "The configuration or node goes."),
    key("repair", Flag, "What readers lose of the file is written as the format demands."),
    key("afterwards", Texts, "What is left to be done by hand then; CEL in braces."),
];

/// The keys of an `[[example]]`.
const EXAMPLE: &[Key<RuleValue>] = &[
    key("title", AnyText, "What it shows."),
    key("file", Text, "The path of the text `bad` or `good`, from the directory that holds `jcr_root` on."),
    key("bad", Files(EXAMPLE_FILE), "What the rule finds fault with: a text, or a list of files."),
    key("good-file", Text, "The path of the text `good`, if it is another one than `file`."),
    key("good", Files(EXAMPLE_FILE), "What the rule finds no fault with: a text, or a list of files."),
    key("with", Files(EXAMPLE_FILE), "Files that lie beside either form."),
    key("target", Word(targets), "The AEM that the files are for."),
    key("now", Text, "When it is judged, for rules on validity: 2026-01-01T00:00:00Z."),
    key("expect", Count, "How many findings the bad form has; 1 if it is left out."),
    key("expect-message", AnyText, "What the message of the first of them contains."),
];

/// The keys of a file of an example.
const EXAMPLE_FILE: &[Key<RuleValue>] = &[
    required("file", Text, "Its path, from the directory that holds `jcr_root` on."),
    key("content", AnyText, "Its text."),
    key("base64", AnyText, "Its bytes, where they are no text."),
];

fn is_texts(value: &DeValue<'_>, is_right: impl Fn(&str) -> bool) -> bool {
    let is_right = |value: &DeValue<'_>| value.as_str().is_some_and(&is_right);
    is_right(value) || value.as_array().is_some_and(|items| items.iter().all(|item| is_right(item.get_ref())))
}

fn is_pairs(value: &DeValue<'_>) -> bool {
    value.as_table().is_some_and(|table| table.iter().all(|(_, value)| value.get_ref().as_str().is_some()))
}

fn is_address(text: &str) -> bool {
    text.starts_with("https://")
}

impl Shape for RuleValue {
    fn expected(self) -> String {
        match self {
            Word(words) => format!("one of {}", quoted(&words())),
            Words(words) | Needs(words) => format!("one of {}, or a list of them", quoted(&words())),
            Text => "a string that is not blank".to_owned(),
            AnyText => "a string".to_owned(),
            Texts => "a string or a list of strings".to_owned(),
            Addresses => "the full address of a page, such as \"https://experienceleague.adobe.com/…\"".to_owned(),
            Flag => "true or false".to_owned(),
            Count => "a whole number, 0 or more".to_owned(),
            Score => "a number from 0.1 to 10.0: above 9.0 is critical, from 7.0 high, from 4.0 medium, below it low"
                .to_owned(),
            Pairs => "a table of strings, such as { name = \"'value'\" }".to_owned(),
            TextOrPairs => "a string, or a table of strings such as { name = \"'value'\" }".to_owned(),
            Files(_) => "a text, or a list of tables such as { file = \"jcr_root/…\", content = '''…''' }".to_owned(),
            Table(_) => "a table".to_owned(),
            Tables(_) => "a list of tables, each under its own [[…]] heading".to_owned(),
        }
    }

    fn accepts(self, value: &DeValue<'_>) -> bool {
        let is_tables = || value.as_array().is_some_and(|items| items.iter().all(|item| item.get_ref().is_table()));
        let number = |digits: &str| digits.parse::<f32>().is_ok_and(|number| (0.1..=10.0).contains(&number));
        match self {
            Word(words) => value.as_str().is_some_and(|text| words().contains(&text)),
            Words(words) => is_texts(value, |text| words().contains(&text)),
            Needs(words) => {
                let is_known = |table: &DeTable<'_>| table.iter().all(|(key, _)| words().contains(&&**key.get_ref()));
                is_texts(value, |text| words().contains(&text))
                    || is_pairs(value) && value.as_table().is_some_and(is_known)
            }
            Text => value.as_str().is_some_and(|text| !text.trim().is_empty()),
            AnyText => value.is_str(),
            Texts => is_texts(value, |_| true),
            Addresses => is_texts(value, is_address),
            Flag => value.is_bool(),
            Count => value.as_integer().is_some_and(|n| usize::from_str_radix(n.as_str(), n.radix()).is_ok()),
            Score => {
                value.as_float().is_some_and(|n| number(n.as_str()))
                    || value.as_integer().is_some_and(|n| number(n.as_str()))
            }
            Pairs => is_pairs(value),
            TextOrPairs => value.is_str() || is_pairs(value),
            Files(_) => value.is_str() || is_tables(),
            Table(_) => value.is_table(),
            Tables(_) => is_tables(),
        }
    }

    fn keys(self) -> Option<&'static [Key<Self>]> {
        match self {
            Files(keys) | Table(keys) | Tables(keys) => Some(keys),
            _ => None,
        }
    }

    fn words(self) -> Vec<&'static str> {
        match self {
            Word(words) | Words(words) | Needs(words) => words(),
            _ => Vec::new(),
        }
    }

    fn is_wrong_item(self, item: &DeValue<'_>) -> bool {
        match self {
            Words(words) | Needs(words) => item.as_str().is_none_or(|text| !words().contains(&text)),
            Texts => !item.is_str(),
            Addresses => !item.as_str().is_some_and(is_address),
            Files(_) | Tables(_) => !item.is_table(),
            _ => false,
        }
    }

    fn wrong_member(self, name: &str, value: &DeValue<'_>) -> Option<WrongMember> {
        match self {
            Needs(words) if !words().contains(&name) => Some(WrongMember::Name),
            Needs(_) if !value.is_str() => Some(WrongMember::Value("a condition in CEL, as a string")),
            Pairs | TextOrPairs if !value.is_str() => {
                Some(WrongMember::Value("a string with CEL: \"'value'\" for a text, \"['a', 'b']\" for a list"))
            }
            _ => None,
        }
    }

    fn schema(self) -> Value {
        let text = || json!({"type": "string", "pattern": "\\S"});
        let any_text = || json!({"type": "string"});
        let or_list = |item: Value| json!({"oneOf": [item, {"type": "array", "items": item}]});
        let pairs = || json!({"type": "object", "additionalProperties": {"type": "string"}});
        match self {
            Word(words) => json!({"enum": words()}),
            Words(words) => or_list(json!({"enum": words()})),
            Text => text(),
            AnyText => any_text(),
            Texts => or_list(any_text()),
            Addresses => or_list(json!({"type": "string", "pattern": "^https://"})),
            Flag => json!({"type": "boolean"}),
            Count => json!({"type": "integer", "minimum": 0}),
            Score => json!({"type": "number", "minimum": 0.1, "maximum": 10.0}),
            Pairs => pairs(),
            TextOrPairs => json!({"oneOf": [any_text(), pairs()]}),
            Needs(words) => json!({"oneOf": [
                {"enum": words()},
                {"type": "array", "items": {"enum": words()}},
                {"type": "object", "propertyNames": {"enum": words()}, "additionalProperties": {"type": "string"}}
            ]}),
            Files(keys) => json!({"oneOf": [any_text(), {"type": "array", "items": table_schema(keys)}]}),
            Table(keys) => table_schema(keys),
            Tables(keys) => json!({"type": "array", "items": table_schema(keys)}),
        }
    }
}

/// Checks the keys of a rule file, and what they hold.
///
/// # Errors
/// All mistakes, each with its place.
pub(super) fn check(name: &str, text: &str, document: &DeTable<'_>) -> Result<(), UserError> {
    let mut checked = MistakeSink::new(name, text);
    // The span of the document is the whole file; mistakes about missing keys point at its first line.
    let first_line = 0..text.lines().next().map_or(0, str::len);
    toml_schema::check_table(&mut checked, document, first_line, FILE, "the rule file");
    checked.error().map_or(Ok(()), Err)
}

/// The JSON Schema of rule files, for editors.
pub fn rule_schema() -> Value {
    let description = "A rule of aemlint: condition, message, manual page and tests. It lies at <family>/<id>.toml.";
    toml_schema::file_schema("rule.schema.json", "aemlint rule", description, FILE)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = "schemas/rule.schema.json";

    /// To renew it: `.ci/update`.
    #[test]
    fn the_schema_in_the_repository_is_the_one_that_the_reader_follows() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(SCHEMA);
        let made = format!("{}\n", serde_json::to_string_pretty(&rule_schema()).unwrap());
        if std::env::var_os("AEMLINT_UPDATE").is_some() {
            std::fs::write(&path, &made).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap();
        assert_eq!(committed, made, "{SCHEMA} is out of date: run .ci/update");
    }

    #[test]
    fn every_built_in_rule_passes() {
        let rules = crate::rules::RuleSet::builtin();
        for id in rules.ids() {
            let file = rules.rule(id).unwrap();
            let document = DeTable::parse(&file.text).unwrap();
            check(&file.name, &file.text, document.get_ref()).unwrap();
        }
    }

    #[test]
    fn all_mistakes_are_found_at_once() {
        let text = "titel = 'x'\nlevel = 'high'\non = ['token_provider', 'nod']\nreferences = 'http://x'\nsecurity-severity = 11\n\
                    help = 'x'\n[[example]]\nbad = 1\n";
        let document = DeTable::parse(text).unwrap();
        let error = check("a.toml", text, document.get_ref()).unwrap_err();
        let messages: Vec<String> = error.mistakes().iter().map(ToString::to_string).collect();
        assert_eq!(messages.len(), 7, "{messages:#?}");
    }

    #[test]
    fn a_wrong_value_in_a_table_is_told_at_its_place() {
        let text = "title = 'x'\nlevel = 'note'\non = 'node'\nhelp = 'x'\n\
                    [[fix]]\ntitle = 'x'\nset = { a = true, b = \"'x'\", c = ['d'] }\nneeds = { regoin = 'true', scope = 1 }\n\
                    [[example]]\nbad = 'x'\n";
        let document = DeTable::parse(text).unwrap();
        let error = check("a.toml", text, document.get_ref()).unwrap_err();
        let messages: Vec<(&str, &str)> =
            error.placed_mistakes().map(|mistake| (mistake.message, mistake.place.unwrap().1)).collect();
        let places: Vec<&str> = error
            .placed_mistakes()
            .map(|mistake| mistake.place.map(|(_, text, span)| &text[span]).unwrap_or_default())
            .collect();
        let messages: Vec<&str> = messages.into_iter().map(|(message, _)| message).collect();
        let expected = [
            "`a` in `set` cannot be true",
            "`c` in `set` cannot be this list",
            "unknown name `regoin` in `needs`",
            "`scope` in `needs` cannot be 1",
        ];
        assert_eq!(messages, expected);
        assert_eq!(places, ["true", "['d']", "regoin", "1"]);
    }
}
