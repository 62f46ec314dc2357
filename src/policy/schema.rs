//! The schema of `aemlint.toml`: which keys there are, what each may hold, and what it is for.
//!
//! One table serves three ends: mistakes in a file are found by it, the JSON Schema in `schemas/` is made from it, and
//! the documentation is checked against it.

use super::level::{FailOn, Setting};
use super::limits::{self, Unit};
use super::parse_units;
use super::run_modes;
use crate::diagnostics::toml_schema::{self, Shape, describe, key, quoted, required, table_schema};
use crate::diagnostics::{MistakeSink, did_you_mean};
use crate::rules::{Confidence, RuleSet, Severity, UNREAD_RULE};
use osgi_config::Target;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;
use toml::de::DeValue;
use zip_audit::Limits;

/// A key of a table.
pub(super) type Key = toml_schema::Key<ValueType>;

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub(super) enum ValueType {
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// A string with something in it.
    Text,
    /// The id of a rule, or the name of a family.
    Rule,
    /// `true` or `false`.
    Flag,
    /// A list of directory names.
    Directories,
    /// A path, or a list of paths and of tables with these keys.
    Paths(&'static [Key]),
    /// A path.
    Path,
    /// A SHA-256 in hexadecimal digits.
    Sha256,
    /// A glob, or a list of them.
    Globs,
    /// The fingerprint of a finding: 16 hexadecimal digits.
    Fingerprint,
    /// A date, `2027-03-31`.
    Date,
    /// A whole number from 1.
    Whole,
    /// A number of bytes, or a size such as `"64MiB"`.
    Size,
    /// The size of one text, which is bounded.
    TextSize,
    /// A number of seconds, or a time such as `"600s"`.
    Time,
    /// A list of groups of run modes.
    RunModeGroups,
    /// A table whose keys are ids of rules or families.
    Levels,
    /// A table with these keys.
    Table(&'static [Key]),
    /// A list of tables with these keys.
    Tables(&'static [Key]),
}

/// The words for `[levels]`.
pub(super) const LEVELS: &[&str] = &["off", "on", "note", "warning", "error"];

/// The keys of the file.
pub(super) const FILE: &[Key] = &[
    key("extends", ValueType::Paths(EXTENDS), "Configurations whose settings count where this file says nothing."),
    key("target", ValueType::Word(|| Target::ALL.map(Target::name).to_vec()), "The AEM that the packages are for."),
    key(
        "fail-on",
        ValueType::Word(|| FailOn::ALL.map(FailOn::name).to_vec()),
        "The lowest level that makes the exit code 1.",
    ),
    key("min-severity", ValueType::Word(severities), "The lowest level that is reported."),
    key(
        "min-confidence",
        ValueType::Word(|| Confidence::ALL.map(Confidence::name).to_vec()),
        "The lowest confidence that is reported.",
    ),
    key("exclude", ValueType::Globs, "Files and directories to leave out, relative to this file."),
    key("rules", ValueType::Directories, "Directories with further rules, relative to this file."),
    key("levels", ValueType::Levels, "Rules and families: off, on, or another level. A rule outweighs its family."),
    key("limits", ValueType::Table(LIMITS), "Where reading ends; reaching a limit is reported and exits with 3."),
    key("run-modes", ValueType::Table(RUN_MODES), "What an instance can have as its run modes."),
    key("ignore", ValueType::Tables(IGNORE), "Findings that are known and accepted."),
    key("vendor", ValueType::Tables(VENDOR), "Packages that somebody else makes."),
];

const EXTENDS: &[Key] = &[
    required(
        "path",
        ValueType::Path,
        "A configuration file, a directory with an aemlint.toml, or a zip of one, relative to this file.",
    ),
    key("sha256", ValueType::Sha256, "The SHA-256 of the file or zip, or of the *.toml files of the directory."),
];

const RUN_MODES: &[Key] =
    &[key("exclusive", ValueType::RunModeGroups, "Groups of run modes of which an instance has at most one.")];

/// The keys of `[limits]`.
const LIMITS: &[Key] = &limit_keys();

const fn limit_keys() -> [Key; limits::COUNT] {
    let mut keys = [key("", ValueType::Whole, ""); limits::COUNT];
    let mut at = 0;
    while at < limits::COUNT {
        let limit = &limits::LIMITS[at];
        let shape = match limit.unit {
            Unit::Count => ValueType::Whole,
            Unit::Bytes => ValueType::Size,
            Unit::TextBytes => ValueType::TextSize,
            Unit::Milliseconds => ValueType::Time,
        };
        keys[at] = key(limit.name, shape, limit.about);
        at += 1;
    }
    keys
}

fn severities() -> Vec<&'static str> {
    Severity::ALL.map(Severity::name).to_vec()
}

const IGNORE: &[Key] = &[
    required("rule", ValueType::Rule, "The rule or family whose findings are accepted."),
    key(
        "path",
        ValueType::Globs,
        "Where: paths as reports show them, or globs such as 'vendor/all.zip!/jcr_root/**', relative to this file.",
    ),
    key("fingerprint", ValueType::Fingerprint, "Which finding: its fingerprint, as the JSON report shows it."),
    required("reason", ValueType::Text, "Why it is accepted."),
    key("until", ValueType::Date, "The last day on which the entry has effect."),
];

const VENDOR: &[Key] = &[
    key("path", ValueType::Globs, "Packages by place: globs over paths, relative to this file."),
    key("group", ValueType::Globs, "Packages by group: globs over the group of META-INF/vault/properties.xml."),
    key("level", ValueType::Word(severities), "The highest level that findings in them can have."),
    key("summarise", ValueType::Flag, "One finding for each package and rule instead of all."),
];

impl Shape for ValueType {
    fn expected(self) -> String {
        match self {
            Self::Word(words) => format!("one of {}", quoted(&words())),
            Self::Text => "a string that is not blank".to_owned(),
            Self::Rule => "the id of a rule or the name of a family, such as \"jwt-credentials\"".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Directories => "a list of directories, such as [\"policy/rules\"]".to_owned(),
            Self::Paths(_) => {
                "a list of paths or of tables, such as [\"../policy/aemlint.toml\", { path = \"policy.zip\", sha256 = \"…\" }]"
                    .to_owned()
            }
            Self::Path => "a path, such as \"../policy/aemlint.toml\"".to_owned(),
            Self::Sha256 => "64 hexadecimal digits, as `sha256sum` prints them".to_owned(),
            Self::Globs => "a glob or a list of globs, such as [\"vendor/**\"]".to_owned(),
            Self::Fingerprint => "16 hexadecimal digits, such as \"0123456789abcdef\"".to_owned(),
            Self::Date => "a date, such as 2027-03-31".to_owned(),
            Self::Whole => "a whole number from 1".to_owned(),
            Self::Size => "a size, such as \"256MiB\", or a number of bytes".to_owned(),
            Self::TextSize => "a size up to \"2GiB\", or a number of bytes".to_owned(),
            Self::Time => "a time, such as \"600s\" or \"10min\", or a number of seconds".to_owned(),
            Self::RunModeGroups => run_modes::EXPECTED.to_owned(),
            Self::Levels => "a table of rules, such as missing-scope = \"warning\"".to_owned(),
            Self::Table(_) => "a table".to_owned(),
            Self::Tables(_) => "a list of tables, each under its own [[…]] heading".to_owned(),
        }
    }

    fn accepts(self, value: &DeValue<'_>) -> bool {
        let text = || value.as_str();
        match self {
            Self::Word(words) => text().is_some_and(|text| words().contains(&text)),
            Self::Text | Self::Rule => text().is_some_and(|text| !text.trim().is_empty()),
            Self::Flag => value.is_bool(),
            Self::Directories => {
                value.is_array() && strings(value).is_some_and(|list| list.iter().all(|s| !s.is_empty()))
            }
            Self::Paths(_) => match value.as_array() {
                Some(items) => !items.is_empty() && !items.iter().any(|item| self.is_wrong_item(item.get_ref())),
                None => text().is_some_and(is_path),
            },
            Self::Path => text().is_some_and(is_path),
            Self::Sha256 => text().is_some_and(is_sha256),
            Self::Globs => strings(value).is_some_and(|list| !list.is_empty() && list.iter().all(|glob| is_glob(glob))),
            Self::Fingerprint => text().is_some_and(is_fingerprint),
            Self::Date => date(value).is_some(),
            Self::Whole => whole(value).is_some(),
            Self::Size => bytes(value).is_some(),
            Self::TextSize => bytes(value).is_some_and(|size| size <= Limits::MAX_TEXT),
            Self::Time => time(value).is_some(),
            // What is wrong with them has more than one place.
            Self::RunModeGroups => true,
            Self::Levels | Self::Table(_) => value.is_table(),
            Self::Tables(_) => value.as_array().is_some_and(|items| items.iter().all(|item| item.get_ref().is_table())),
        }
    }

    fn keys(self) -> Option<&'static [Key]> {
        match self {
            Self::Table(keys) | Self::Tables(keys) | Self::Paths(keys) => Some(keys),
            _ => None,
        }
    }

    fn words(self) -> Vec<&'static str> {
        if let Self::Word(words) = self { words() } else { Vec::new() }
    }

    fn is_wrong_item(self, item: &DeValue<'_>) -> bool {
        match self {
            Self::Globs => !item.as_str().is_some_and(is_glob),
            Self::Directories => item.as_str().is_none_or(str::is_empty),
            Self::Tables(_) => !item.is_table(),
            Self::Paths(_) => !item.is_table() && !item.as_str().is_some_and(is_path),
            _ => false,
        }
    }

    fn help(self, key: &str, value: &DeValue<'_>, culprit: &DeValue<'_>) -> Option<String> {
        if key == "rules" && value.is_table() {
            let help =
                "`rules` lists directories of rule files. To switch rules off or change their level use [levels].";
            return Some(help.to_owned());
        }
        if matches!(self, Self::Paths(_) | Self::Path) && culprit.as_str().is_some_and(is_url) {
            let help = "Nothing is fetched: download it once, name the file, and pin it with `sha256`.";
            return Some(help.to_owned());
        }
        let why = glob_error(culprit).filter(|_| matches!(self, Self::Globs))?;
        Some(format!("As a glob it is wrong: {why}. The characters [, {{, * and ? need a \\ before them."))
    }

    fn hint(key: &str) -> Option<&'static str> {
        (key == "value-hash")
            .then_some("Use `fingerprint`, which the JSON report shows: a hash of a value could give a secret away. ")
    }

    fn check_further(self, checked: &mut MistakeSink, value: &Spanned<DeValue<'_>>) {
        match (self, value.get_ref()) {
            (Self::RunModeGroups, _) => {
                for mistake in run_modes::mistakes(value) {
                    checked.add(mistake.span, mistake.message, "not accepted", mistake.help);
                }
            }
            (Self::Levels, DeValue::Table(table)) => {
                for (name, value) in table.iter() {
                    let word = value.get_ref().as_str();
                    if word.and_then(Setting::from_name).is_none() {
                        let near = word.map(|word| did_you_mean(word, LEVELS.iter().copied())).unwrap_or_default();
                        let help = format!("{near}Write one of {}.", quoted(LEVELS));
                        let message = format!("`{}` cannot be {}", name.get_ref(), describe(value.get_ref()));
                        checked.add(value.span(), message, "not accepted", help);
                    }
                }
            }
            _ => {}
        }
    }

    fn schema(self) -> Value {
        let text = || json!({"type": "string", "minLength": 1});
        match self {
            Self::Word(words) => json!({"enum": words()}),
            Self::Text => json!({"type": "string", "pattern": "\\S"}),
            Self::Flag => json!({"type": "boolean"}),
            Self::Directories => json!({"type": "array", "items": text()}),
            Self::Paths(keys) => json!({"oneOf": [
                text(),
                {"type": "array", "items": {"oneOf": [text(), table_schema(keys)]}, "minItems": 1}
            ]}),
            Self::Path => text(),
            Self::Sha256 => json!({"type": "string", "pattern": "^[0-9a-fA-F]{64}$"}),
            Self::Globs => json!({"oneOf": [text(), {"type": "array", "items": text(), "minItems": 1}]}),
            Self::Fingerprint => json!({"type": "string", "pattern": "^[0-9a-f]{16}$"}),
            Self::Date => json!({"type": "string", "format": "date"}),
            Self::Whole => json!({"type": "integer", "minimum": 1}),
            Self::Size | Self::TextSize => json!({"oneOf": [
                {"type": "integer", "minimum": 1},
                {"type": "string", "pattern": "^\\s*[0-9]+\\s*([bB]|[kKmMgG]([iI]?[bB])?)?\\s*$"}
            ]}),
            Self::Time => json!({"oneOf": [
                {"type": "integer", "minimum": 1},
                {"type": "string", "pattern": "^\\s*[0-9]+\\s*(ms|s|m|min|h)?\\s*$"}
            ]}),
            Self::RunModeGroups => json!({"type": "array", "items": {
                "type": "array", "minItems": 2, "uniqueItems": true,
                "items": {"type": "string", "pattern": "^[^\\s.,/\\\\]+$"}
            }}),
            // Rules of one's own have names that no schema knows.
            Self::Levels => {
                json!({"type": "object", "properties": levels_schema(), "additionalProperties": {"enum": LEVELS}})
            }
            Self::Rule => json!({"anyOf": [{"enum": rule_names()}, {"type": "string", "pattern": "\\S"}]}),
            Self::Table(keys) => table_schema(keys),
            Self::Tables(keys) => json!({"type": "array", "items": table_schema(keys)}),
        }
    }
}

/// The JSON Schema of the file, for editors and for checks before a commit.
pub(crate) fn schema() -> Value {
    let description =
        "Configuration of aemlint, found from the directory where it is started up to the repository root.";
    toml_schema::file_schema("aemlint-toml.schema.json", "aemlint.toml", description, FILE)
}

/// The built-in rules and families, for completions.
fn rule_names() -> BTreeSet<String> {
    RuleSet::builtin().names().flat_map(|(id, family)| [id.to_owned(), family.to_owned()]).collect()
}

/// What can be said of each built-in rule and family.
fn levels_schema() -> Map<String, Value> {
    let rules = RuleSet::builtin();
    let titles: BTreeMap<&str, &str> =
        rules.metas().unwrap_or_default().into_iter().map(|meta| (&*meta.id, &*meta.title)).collect();
    let level = |name: &String| {
        // What was not read is always said.
        let words: Vec<&str> = LEVELS.iter().copied().filter(|word| name != UNREAD_RULE || *word != "off").collect();
        let about = titles
            .get(name.as_str())
            .map_or_else(|| format!("All rules of the family {name}."), |title| format!("{title}."));
        (name.clone(), json!({"enum": words, "description": about}))
    };
    rule_names().iter().map(level).collect()
}

/// A string, or a list of strings.
pub(super) fn strings(value: &DeValue<'_>) -> Option<Vec<String>> {
    match value.as_str() {
        Some(text) => Some(vec![text.to_owned()]),
        None => value.as_array()?.iter().map(|item| item.get_ref().as_str().map(str::to_owned)).collect(),
    }
}

/// A date without a time, as TOML date or as string.
pub(super) fn date(value: &DeValue<'_>) -> Option<jiff::civil::Date> {
    if let Some(text) = value.as_str() {
        return text.parse().ok().filter(|_| text.len() == "2027-03-31".len());
    }
    let datetime = value.as_datetime().filter(|datetime| datetime.time.is_none())?;
    let date = datetime.date?;
    jiff::civil::Date::new(i16::try_from(date.year).ok()?, i8::try_from(date.month).ok()?, i8::try_from(date.day).ok()?)
        .ok()
}

/// A whole number from 1.
pub(super) fn whole(value: &DeValue<'_>) -> Option<u64> {
    let integer = value.as_integer()?;
    u64::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|&number| number > 0)
}

/// A number of bytes, or a size with a unit.
pub(super) fn bytes(value: &DeValue<'_>) -> Option<u64> {
    whole(value).or_else(|| parse_units::size(value.as_str()?).ok())
}

/// A number of seconds, or a time with a unit.
pub(super) fn time(value: &DeValue<'_>) -> Option<std::time::Duration> {
    whole(value).map(std::time::Duration::from_secs).or_else(|| parse_units::duration(value.as_str()?).ok())
}

/// The value of a limit, in its unit.
pub(super) fn limit(unit: Unit, value: &DeValue<'_>) -> Option<u64> {
    match unit {
        Unit::Count => whole(value),
        Unit::Bytes | Unit::TextBytes => bytes(value),
        Unit::Milliseconds => u64::try_from(time(value)?.as_millis()).ok(),
    }
}

fn is_glob(text: &str) -> bool {
    !text.trim().is_empty() && globset::Glob::new(text).is_ok()
}

/// Why a string is no glob, if it is none.
pub(super) fn glob_error(value: &DeValue<'_>) -> Option<String> {
    let error = globset::Glob::new(value.as_str()?).err()?;
    Some(error.kind().to_string())
}

/// Whether `text` can be a path of this machine.
fn is_path(text: &str) -> bool {
    !text.trim().is_empty() && !is_url(text)
}

fn is_url(text: &str) -> bool {
    text.contains("://")
}

/// Whether `text` is 64 hexadecimal digits.
fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether `text` is 16 hexadecimal digits in lower case.
pub(super) fn is_fingerprint(text: &str) -> bool {
    text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = "schemas/aemlint-toml.schema.json";

    /// To renew it: `.ci/update`.
    #[test]
    fn the_schema_in_the_repository_is_the_one_that_the_reader_follows() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(SCHEMA);
        let made = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
        if std::env::var_os("AEMLINT_UPDATE").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &made).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap();
        assert_eq!(committed, made, "{SCHEMA} is out of date: run .ci/update");
    }

    #[test]
    fn every_key_is_documented() {
        let page = include_str!("../../docs/configuration.md");
        let tables = FILE.iter().chain(EXTENDS).chain(LIMITS).chain(RUN_MODES).chain(IGNORE).chain(VENDOR);
        for key in tables {
            assert!(page.contains(&format!("`{}`", key.name)), "docs/configuration.md does not name `{}`", key.name);
        }
    }
}
