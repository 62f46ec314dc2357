//! `aemlint.toml`: what a project has decided once for all runs.
//!
//! The file is checked against [`super::schema`] first, so that every mistake in it is reported at once and at its place;
//! what is read after that holds.

use super::level::{FailOn, Setting};
use super::limits::LimitSettings;
use super::run_modes;
use super::schema;
use crate::diagnostics::toml_schema::{check_table, get};
use crate::diagnostics::{MistakeSink, UserError, nearest, read_text};
use crate::rules::{Confidence, RuleSet, Severity};
use jiff::civil::Date;
use osgi_config::Target;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Most bytes of the file.
pub(crate) const MAX_CONFIGURATION_BYTES: u64 = 1 << 20;
/// The name of the file that is looked for.
pub(super) const FILE_NAME: &str = "aemlint.toml";

/// A configuration that has been read and holds no mistake that shows without knowing the rules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    /// The file, as the user would name it; `None` if there is none.
    pub file: Option<PathBuf>,
    /// The AEM that packages are judged for.
    pub target: Option<Target>,
    /// From which level on a run fails.
    pub fail_on: Option<FailOn>,
    /// The lowest level to report.
    pub min_severity: Option<Severity>,
    /// The lowest confidence to report.
    pub min_confidence: Option<Confidence>,
    /// What to leave out.
    pub exclude: Vec<String>,
    /// Directories with further rules, joined to the directory of the file.
    pub rules: Vec<PathBuf>,
    /// What is said of single rules and families.
    pub levels: Vec<LevelEntry>,
    /// Limits that differ from the default.
    pub limits: LimitSettings,
    /// Groups of run modes of which an instance has at most one.
    pub exclusive: Vec<Vec<String>>,
    /// Findings that are accepted.
    pub ignores: Vec<Ignore>,
    /// Packages of somebody else.
    pub vendors: Vec<Vendor>,
    /// The lines that keys stand in: `target`, `limits.depth`.
    pub lines: BTreeMap<String, u32>,
    pub(super) checked: Option<MistakeSink>,
}

/// A line of `[levels]`.
#[derive(Clone, Debug)]
pub(crate) struct LevelEntry {
    /// Id of a rule or name of a family.
    pub name: String,
    /// What is said of it.
    pub setting: Setting,
    pub(super) span: Range<usize>,
}

/// An `[[ignore]]` entry.
#[derive(Clone, Debug)]
pub(crate) struct Ignore {
    /// Id of a rule or name of a family.
    pub rule: String,
    /// Globs over the place; empty for everywhere.
    pub paths: Vec<String>,
    /// The fingerprint of the one finding that is meant.
    pub fingerprint: Option<String>,
    /// Why it is accepted.
    pub reason: String,
    /// The last day of its effect.
    pub until: Option<Date>,
    /// The line of the file that it starts in.
    pub line: u32,
    pub(super) rule_span: Range<usize>,
}

/// A `[[vendor]]` entry.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vendor {
    /// Globs over the place of a package.
    pub paths: Vec<String>,
    /// Globs over the group of a package.
    pub groups: Vec<String>,
    /// The highest level of findings in it.
    pub level: Option<Severity>,
    /// One finding for each package and rule.
    pub summarise: bool,
    /// The line of the file that it starts in.
    pub line: u32,
}

impl Config {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// If it cannot be read or holds mistakes.
    pub(crate) fn read(path: &Path) -> Result<Self, UserError> {
        let text = read_text(path, MAX_CONFIGURATION_BYTES).map_err(|error| {
            UserError::plain(
                format!("the configuration {} cannot be read: {error}", path.display()),
                "Name an existing file in UTF-8 with --config, or leave the option out.",
            )
        })?;
        Self::parse(path, &text)
    }

    /// Reads the text of the file at `path`.
    ///
    /// # Errors
    /// If it holds mistakes; all of them are in the error.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, UserError> {
        let mut checked = MistakeSink::new(&path.display().to_string(), text);
        let (document, errors) = DeTable::parse_recoverable(text);
        // One slip makes the parser stumble on: the first error is the one to mend.
        if let Some(error) = errors.into_iter().min_by_key(|error| error.span().map(|span| span.start)) {
            let help = "See https://toml.io for how values and tables are written.";
            let message = format!("this is not TOML: {}", error.message());
            checked.add(error.span().unwrap_or_default(), message, "here", help);
        }
        if let Some(error) = checked.error() {
            return Err(error);
        }
        check_table(&mut checked, document.get_ref(), document.span(), schema::FILE, "the file");
        let directory = path.parent().map(Path::to_path_buf).unwrap_or_default();
        let mut config = decode(document.get_ref(), text, &directory);
        config.file = Some(path.to_path_buf());
        check_entries(&mut checked, document.get_ref());
        if checked.error().is_some() && config.rules.is_empty() {
            check_spelling(&mut checked, &config);
        }
        match checked.error() {
            Some(error) => Err(error),
            None => {
                config.checked = Some(checked);
                Ok(config)
            }
        }
    }
}

/// What only several keys together show.
fn check_entries(checked: &mut MistakeSink, table: &DeTable<'_>) {
    for (name, keys, why) in [
        ("ignore", ["path", "fingerprint"], "An entry for everything is written as `RULE = \"off\"` below [levels]."),
        ("vendor", ["path", "group"], "It says which packages are meant."),
    ] {
        for item in
            get(table, name).and_then(|value| value.get_ref().as_array()).into_iter().flat_map(|list| list.iter())
        {
            let Some(entry) = item.get_ref().as_table() else { continue };
            if keys.iter().all(|key| get(entry, key).is_none()) {
                let [first, second] = keys;
                let message = format!("[[{name}]] has neither `{first}` nor `{second}`");
                checked.add(item.span(), message, "in this entry", format!("Add one of them. {why}"));
            }
        }
    }
}

/// Finds names of rules and families that are misspelt. Where there is no other mistake, all names are checked once the rules
/// are read, which can be further ones.
fn check_spelling(checked: &mut MistakeSink, config: &Config) {
    let rules = RuleSet::builtin();
    let names: Vec<&str> = rules.names().flat_map(|(id, family)| [id, family]).collect();
    let levels = config.levels.iter().map(|entry| (&entry.name, &entry.span));
    let ignores = config.ignores.iter().map(|ignore| (&ignore.rule, &ignore.rule_span));
    for (name, span) in levels.chain(ignores).filter(|(name, _)| !names.contains(&name.as_str())) {
        if let Some(near) = nearest(name, names.iter().copied()) {
            let help = format!("Did you mean `{near}`?");
            checked.add(span.clone(), format!("there is no rule or family `{name}`"), "not known", help);
        }
    }
}

/// Reads a table that has been checked; what is not as it must be is left out, the check has reported it.
fn decode(table: &DeTable<'_>, text: &str, directory: &Path) -> Config {
    let word = |key| get(table, key).and_then(|value| value.get_ref().as_str());
    let sub = |key| get(table, key).and_then(|value| value.get_ref().as_table());
    Config {
        file: None,
        target: word("target").and_then(|name| name.parse().ok()),
        fail_on: word("fail-on").and_then(FailOn::from_name),
        min_severity: word("min-severity").and_then(Severity::from_name),
        min_confidence: word("min-confidence").and_then(Confidence::from_name),
        exclude: list(table, "exclude"),
        rules: list(table, "rules").into_iter().map(|rules| directory_in(directory, &rules)).collect(),
        levels: sub("levels").map(levels).unwrap_or_default(),
        limits: sub("limits").map(limits).unwrap_or_default(),
        exclusive: sub("run-modes").map(exclusive).unwrap_or_default(),
        ignores: tables(table, "ignore").filter_map(|(span, entry)| ignore(entry, line_of(text, span.start))).collect(),
        lines: key_lines(table, text),
        vendors: tables(table, "vendor").map(|(span, entry)| vendor(entry, line_of(text, span.start))).collect(),
        checked: None,
    }
}

/// The directory that a configuration in `directory` names. `\` separates names everywhere, as it does on Windows, unless
/// there is a directory whose name has one.
fn directory_in(directory: &Path, name: &str) -> PathBuf {
    let path = directory.join(name);
    if name.contains('\\') && !path.exists() { directory.join(name.replace('\\', "/")) } else { path }
}

fn list(table: &DeTable<'_>, key: &str) -> Vec<String> {
    get(table, key).and_then(|value| schema::strings(value.get_ref())).unwrap_or_default()
}

fn tables<'d, 'i>(table: &'d DeTable<'i>, key: &str) -> impl Iterator<Item = (Range<usize>, &'d DeTable<'i>)> {
    let items = get(table, key).and_then(|value| value.get_ref().as_array());
    let items = items.into_iter().flat_map(|items| items.iter());
    items.filter_map(|item| Some((item.span(), item.get_ref().as_table()?)))
}

fn levels(table: &DeTable<'_>) -> Vec<LevelEntry> {
    let entry = |(name, value): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
        let setting = value.get_ref().as_str().and_then(Setting::from_name)?;
        Some(LevelEntry { name: name.get_ref().to_string(), setting, span: name.span() })
    };
    table.iter().filter_map(entry).collect()
}

fn limits(table: &DeTable<'_>) -> LimitSettings {
    LimitSettings::from_values(|limit| schema::limit(limit.unit, get(table, limit.name)?.get_ref()))
}

fn exclusive(table: &DeTable<'_>) -> Vec<Vec<String>> {
    get(table, "exclusive").and_then(|value| run_modes::groups(value.get_ref())).unwrap_or_default()
}

fn ignore(table: &DeTable<'_>, line: u32) -> Option<Ignore> {
    let word = |key| get(table, key).and_then(|value| value.get_ref().as_str()).map(str::to_owned);
    Some(Ignore {
        rule: word("rule")?,
        paths: list(table, "path"),
        fingerprint: word("fingerprint"),
        reason: word("reason")?,
        until: get(table, "until").and_then(|value| schema::date(value.get_ref())),
        line,
        rule_span: get(table, "rule")?.span(),
    })
}

fn vendor(table: &DeTable<'_>, line: u32) -> Vendor {
    let value = |key| get(table, key).map(|value| value.get_ref());
    Vendor {
        paths: list(table, "path"),
        groups: list(table, "group"),
        level: value("level").and_then(DeValue::as_str).and_then(Severity::from_name),
        summarise: value("summarise").and_then(DeValue::as_bool).unwrap_or_default(),
        line,
    }
}

fn key_lines(table: &DeTable<'_>, text: &str) -> BTreeMap<String, u32> {
    let mut lines = BTreeMap::new();
    for (name, value) in table.iter() {
        let key = name.get_ref();
        lines.insert(key.to_string(), line_of(text, name.span().start));
        for (inner, _) in value.get_ref().as_table().into_iter().flat_map(DeTable::iter) {
            lines.insert(format!("{key}.{}", inner.get_ref()), line_of(text, inner.span().start));
        }
    }
    lines
}

fn line_of(text: &str, offset: usize) -> u32 {
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    u32::try_from(memchr::memchr_iter(b'\n', before).count() + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
