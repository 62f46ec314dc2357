//! From a checked table of `aemlint.toml` to a configuration. What is not as it must be is left out: the check has reported it.

use super::config::{Config, Exclude, Ignore, LevelEntry, RunModeGroup, Vendor};
use super::level::{FailOn, Setting};
use super::limits::LimitSettings;
use super::origin::{Origin, Source};
use super::{run_modes, schema};
use crate::diagnostics::toml_schema::get;
use crate::rules::{Confidence, Severity};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A path that a configuration names.
#[derive(Clone, Debug)]
pub(super) struct NamedPath {
    pub(super) text: String,
    pub(super) span: Range<usize>,
    pub(super) origin: Origin,
}

/// An entry of `extends`.
#[derive(Clone, Debug)]
pub(super) struct Extends {
    pub(super) path: NamedPath,
    /// The SHA-256 that is expected, in lower case.
    pub(super) sha256: Option<String>,
    /// The place of what is expected.
    pub(super) sha256_span: Range<usize>,
}

/// What one file says, with the paths that it names as they stand there.
pub(super) struct Decoded {
    /// All but the rules, and what the files say that it extends.
    pub(super) config: Config,
    pub(super) rules: Vec<NamedPath>,
    pub(super) extends: Vec<Extends>,
}

pub(super) fn decode(table: &DeTable<'_>, source: &Source) -> Decoded {
    let word = |key| get(table, key).and_then(|value| value.get_ref().as_str());
    let sub = |key| get(table, key).and_then(|value| value.get_ref().as_table());
    let exclude = named_strings(table, "exclude", source);
    let config = Config {
        target: word("target").and_then(|name| name.parse().ok()),
        fail_on: word("fail-on").and_then(FailOn::from_name),
        min_severity: word("min-severity").and_then(Severity::from_name),
        min_confidence: word("min-confidence").and_then(Confidence::from_name),
        exclude: exclude.into_iter().map(|NamedPath { text, origin, .. }| Exclude { glob: text, origin }).collect(),
        levels: sub("levels").map(|table| levels(table, source)).unwrap_or_default(),
        limits: sub("limits").map(limits).unwrap_or_default(),
        exclusive: sub("run-modes").map(|table| exclusive(table, source)).unwrap_or_default(),
        ignores: tables(table, "ignore").filter_map(|(span, entry)| ignore(entry, source.origin(span.start))).collect(),
        vendors: tables(table, "vendor").map(|(span, entry)| vendor(entry, source.origin(span.start))).collect(),
        origins: key_origins(table, source),
        ..Config::default()
    };
    Decoded { config, rules: named_strings(table, "rules", source), extends: extends(table, source) }
}

/// The strings of a list, or the one that stands in its place.
fn named_strings(table: &DeTable<'_>, key: &str, source: &Source) -> Vec<NamedPath> {
    let Some(value) = get(table, key) else { return Vec::new() };
    let items = value.get_ref().as_array().map_or(std::slice::from_ref(value), |items| items.as_ref());
    items.iter().filter_map(|item| named_path(item, source)).collect()
}

fn named_path(value: &Spanned<DeValue<'_>>, source: &Source) -> Option<NamedPath> {
    let (text, span) = (value.get_ref().as_str()?.to_owned(), value.span());
    Some(NamedPath { text, origin: source.origin(span.start), span })
}

fn extends(table: &DeTable<'_>, source: &Source) -> Vec<Extends> {
    let Some(value) = get(table, "extends") else { return Vec::new() };
    let items = value.get_ref().as_array().map_or(std::slice::from_ref(value), |items| items.as_ref());
    let entry = |item: &Spanned<DeValue<'_>>| {
        let Some(entry) = item.get_ref().as_table() else {
            return Some(Extends { path: named_path(item, source)?, sha256: None, sha256_span: item.span() });
        };
        let sha256 = get(entry, "sha256");
        Some(Extends {
            path: named_path(get(entry, "path")?, source)?,
            sha256: sha256.and_then(|value| value.get_ref().as_str()).map(str::to_ascii_lowercase),
            sha256_span: sha256.map_or_else(|| item.span(), Spanned::span),
        })
    };
    items.iter().filter_map(entry).collect()
}

fn list(table: &DeTable<'_>, key: &str) -> Vec<String> {
    get(table, key).and_then(|value| schema::strings(value.get_ref())).unwrap_or_default()
}

fn tables<'d, 'i>(table: &'d DeTable<'i>, key: &str) -> impl Iterator<Item = (Range<usize>, &'d DeTable<'i>)> {
    let items = get(table, key).and_then(|value| value.get_ref().as_array());
    let items = items.into_iter().flat_map(|items| items.iter());
    items.filter_map(|item| Some((item.span(), item.get_ref().as_table()?)))
}

fn levels(table: &DeTable<'_>, source: &Source) -> Vec<LevelEntry> {
    let entry = |(name, value): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
        let setting = value.get_ref().as_str().and_then(Setting::from_name)?;
        let (span, origin) = (name.span(), source.origin(name.span().start));
        Some(LevelEntry { name: name.get_ref().to_string(), setting, origin, file: 0, span })
    };
    table.iter().filter_map(entry).collect()
}

fn limits(table: &DeTable<'_>) -> LimitSettings {
    LimitSettings::from_values(|limit| schema::limit(limit.unit, get(table, limit.name)?.get_ref()))
}

fn exclusive(table: &DeTable<'_>, source: &Source) -> Vec<RunModeGroup> {
    let Some(value) = get(table, "exclusive") else { return Vec::new() };
    let spans = value.get_ref().as_array().into_iter().flat_map(|groups| groups.iter().map(Spanned::span));
    let groups = run_modes::groups(value.get_ref()).unwrap_or_default();
    groups
        .into_iter()
        .zip(spans)
        .map(|(modes, span)| RunModeGroup { modes, origin: source.origin(span.start) })
        .collect()
}

fn ignore(table: &DeTable<'_>, origin: Origin) -> Option<Ignore> {
    let word = |key| get(table, key).and_then(|value| value.get_ref().as_str()).map(str::to_owned);
    Some(Ignore {
        rule: word("rule")?,
        paths: list(table, "path"),
        fingerprint: word("fingerprint"),
        reason: word("reason")?,
        until: get(table, "until").and_then(|value| schema::date(value.get_ref())),
        origin,
        file: 0,
        rule_span: get(table, "rule")?.span(),
    })
}

fn vendor(table: &DeTable<'_>, origin: Origin) -> Vendor {
    let value = |key| get(table, key).map(|value| value.get_ref());
    Vendor {
        paths: list(table, "path"),
        groups: list(table, "group"),
        level: value("level").and_then(DeValue::as_str).and_then(Severity::from_name),
        summarise: value("summarise").and_then(DeValue::as_bool).unwrap_or_default(),
        origin,
    }
}

/// Where the keys stand of the file and of its tables: `target`, `limits.depth`.
fn key_origins(table: &DeTable<'_>, source: &Source) -> BTreeMap<String, Origin> {
    let mut origins = BTreeMap::new();
    for (name, value) in table.iter() {
        let key = name.get_ref();
        origins.insert(key.to_string(), source.origin(name.span().start));
        for (inner, _) in value.get_ref().as_table().into_iter().flat_map(DeTable::iter) {
            origins.insert(format!("{key}.{}", inner.get_ref()), source.origin(inner.span().start));
        }
    }
    origins
}
