//! What a TOML file may hold. One table of keys serves three ends: all mistakes in a file are found by it at once, its JSON
//! Schema is made from it, and the documentation is checked against it.

use super::suggestion::{did_you_mean, list_words};
use super::user_error::MistakeSink;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where the schemas are that editors load, each a file of `schemas/`.
const SCHEMAS: &str = "https://raw.githubusercontent.com/aemlint/aemlint/main/schemas";

/// A key of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key<S: 'static> {
    /// Its name.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) shape: S,
    /// Whether the table is wrong without it.
    pub(crate) required: bool,
    /// One line of documentation.
    pub(crate) doc: &'static str,
}

/// A key that may be left out.
pub(crate) const fn key<S: Copy>(name: &'static str, shape: S, doc: &'static str) -> Key<S> {
    Key { name, shape, required: false, doc }
}

/// A key without which the table is wrong.
pub(crate) const fn required<S: Copy>(name: &'static str, shape: S, doc: &'static str) -> Key<S> {
    Key { name, shape, required: true, doc }
}

/// What a value may be, in one kind of file.
pub(crate) trait Shape: Copy + 'static {
    /// What to write, as the end of the sentence "Write …".
    fn expected(self) -> String;

    /// Whether a value is as it must be; of tables and lists of tables only whether it is such.
    fn accepts(self, value: &DeValue<'_>) -> bool;

    /// The keys of the table, or of each table of the list, that such a value can be.
    fn keys(self) -> Option<&'static [Key<Self>]> {
        None
    }

    /// The words that such a value can be, if these are all.
    fn words(self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Whether an item of a list is to blame for the whole list.
    fn is_wrong_item(self, _item: &DeValue<'_>) -> bool {
        false
    }

    /// What is wrong with a member of a table that is no such value because of it.
    fn wrong_member(self, _name: &str, _value: &DeValue<'_>) -> Option<WrongMember> {
        None
    }

    /// What to write in the place of a value that is not accepted, where there is more to say than what is expected.
    fn help(self, _key: &str, _value: &DeValue<'_>, _culprit: &DeValue<'_>) -> Option<String> {
        None
    }

    /// What to write in the place of a key that is not known, where that is not the nearest one; ends with a blank.
    fn hint(_key: &str) -> Option<&'static str> {
        None
    }

    /// Adds what else is wrong with a value that is accepted.
    fn check_further(self, _checked: &mut MistakeSink, _value: &Spanned<DeValue<'_>>) {}

    /// Its JSON Schema.
    fn schema(self) -> Value;
}

/// What is wrong with a member of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum WrongMember {
    /// Its name: it is none of those that can be there.
    Name,
    /// Its value. What to write, as the end of the sentence "Write …".
    Value(&'static str),
}

/// Checks the keys of a table, and what they hold. The nesting is that of the schema, never that of the file.
pub(crate) fn check_table<S: Shape>(
    checked: &mut MistakeSink,
    table: &DeTable<'_>,
    span: Range<usize>,
    keys: &'static [Key<S>],
    what: &str,
) {
    for (name, value) in table.iter() {
        match keys.iter().find(|key| key.name == name.get_ref().as_ref()) {
            Some(key) => check_value(checked, key, value),
            None => unknown_key(checked, name, keys, what),
        }
    }
    for key in keys.iter().filter(|key| key.required && get(table, key.name).is_none()) {
        let help = format!("Add `{} = …`: {}", key.name, key.doc);
        checked.add(span.clone(), format!("`{}` is missing in {what}", key.name), "in this entry", help);
    }
}

fn unknown_key<S: Shape>(checked: &mut MistakeSink, name: &Spanned<Cow<'_, str>>, keys: &'static [Key<S>], what: &str) {
    let names: Vec<&str> = keys.iter().map(|key| key.name).collect();
    let key = name.get_ref().as_ref();
    let hint = S::hint(key).map_or_else(|| did_you_mean(key, names.iter().copied()), str::to_owned);
    let help = format!("{hint}Known keys are {}.", list_words(&names));
    checked.add(name.span(), format!("unknown key `{key}` in {what}"), "not known", help);
}

fn check_value<S: Shape>(checked: &mut MistakeSink, key: &'static Key<S>, value: &Spanned<DeValue<'_>>) {
    if !key.shape.accepts(value.get_ref()) {
        if check_members(checked, key, value) {
            return;
        }
        let wrong = |item: &&Spanned<DeValue<'_>>| key.shape.is_wrong_item(item.get_ref());
        let culprits: Vec<_> =
            value.get_ref().as_array().into_iter().flat_map(|items| items.iter().filter(wrong)).collect();
        for culprit in if culprits.is_empty() { vec![value] } else { culprits } {
            let found = culprit.get_ref();
            let near = found.as_str().map(|text| did_you_mean(text, key.shape.words())).unwrap_or_default();
            let help = key.shape.help(key.name, value.get_ref(), found);
            let help = help.unwrap_or_else(|| format!("{near}Write {}.", key.shape.expected()));
            checked.add(culprit.span(), format!("`{}` cannot be {}", key.name, describe(found)), "not accepted", help);
        }
        return;
    }
    if let Some(keys) = key.shape.keys() {
        match value.get_ref() {
            DeValue::Table(table) => check_table(checked, table, value.span(), keys, &format!("[{}]", key.name)),
            DeValue::Array(items) => {
                for item in items.iter() {
                    if let DeValue::Table(table) = item.get_ref() {
                        check_table(checked, table, item.span(), keys, &format!("[[{}]]", key.name));
                    }
                }
            }
            _ => {}
        }
    }
    key.shape.check_further(checked, value);
}

/// Says what is wrong with the members of a table. False if nothing is.
fn check_members<S: Shape>(checked: &mut MistakeSink, key: &'static Key<S>, value: &Spanned<DeValue<'_>>) -> bool {
    let mut is_wrong = false;
    for (name, value) in value.get_ref().as_table().into_iter().flat_map(DeTable::iter) {
        let member = name.get_ref().as_ref();
        match key.shape.wrong_member(member, value.get_ref()) {
            None => continue,
            Some(WrongMember::Name) => {
                let words = key.shape.words();
                let hint = did_you_mean(member, words.iter().copied());
                let help = format!("{hint}Known are {}.", list_words(&words));
                checked.add(name.span(), format!("unknown name `{member}` in `{}`", key.name), "not known", help);
            }
            Some(WrongMember::Value(expected)) => {
                let message = format!("`{member}` in `{}` cannot be {}", key.name, describe(value.get_ref()));
                checked.add(value.span(), message, "not accepted", format!("Write {expected}."));
            }
        }
        is_wrong = true;
    }
    is_wrong
}

/// A value in a message: its type, and a short word as it is.
pub(crate) fn describe(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) if text.chars().count() <= 40 => format!("{text:?}"),
        DeValue::String(_) => "this string".to_owned(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Float(_) => "a number with a fraction".to_owned(),
        DeValue::Datetime(_) => "this date or time".to_owned(),
        DeValue::Array(_) => "this list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// The value of a key.
pub(crate) fn get<'d, 'i>(table: &'d DeTable<'i>, key: &str) -> Option<&'d Spanned<DeValue<'i>>> {
    table.iter().find(|(name, _)| name.get_ref().as_ref() == key).map(|(_, value)| value)
}

/// `"a", "b", "c"`.
pub(crate) fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ")
}

/// The JSON Schema of a file with these keys, which is the file `name` of `schemas/`.
pub(crate) fn file_schema<S: Shape>(name: &str, title: &str, description: &str, keys: &[Key<S>]) -> Value {
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": format!("{SCHEMAS}/{name}"),
        "title": title,
        "description": description,
    });
    if let (Some(schema), Value::Object(table)) = (schema.as_object_mut(), table_schema(keys)) {
        schema.extend(table);
    }
    schema
}

/// The JSON Schema of a table with these keys.
pub(crate) fn table_schema<S: Shape>(keys: &[Key<S>]) -> Value {
    let property = |key: &Key<S>| {
        let mut schema = key.shape.schema();
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), key.doc.into());
        }
        (key.name.to_owned(), schema)
    };
    let properties: Map<String, Value> = keys.iter().map(property).collect();
    let required: Vec<&str> = keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let mut schema = json!({"type": "object", "additionalProperties": false, "properties": properties});
    if let Some(schema) = schema.as_object_mut().filter(|_| !required.is_empty()) {
        schema.insert("required".to_owned(), json!(required));
    }
    schema
}
