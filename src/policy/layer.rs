//! One configuration file: its text, checked and read.
//!
//! It is checked against [`super::schema`] first, so that every mistake in it is reported at once and at its place; what is read
//! after that holds.

use super::config::{Config, FurtherRules, RuleSource};
use super::decode::{Decoded, Extends, NamedPath, decode};
use super::origin::Source;
use super::schema;
use crate::diagnostics::toml_schema::{check_table, get};
use crate::diagnostics::{MistakeSink, UserError, nearest};
use crate::rules::RuleSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use toml::de::DeTable;

impl Config {
    /// Reads the text of the file at `path`, and nothing that it extends.
    ///
    /// # Errors
    /// If it holds mistakes; all of them are in the error.
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, UserError> {
        let layer = Layer::parse(path.display().to_string().into(), text, None)?;
        let directory = path.parent().unwrap_or(Path::new(""));
        let mut config = layer.into_config(|named| RuleSource::Path(path_in(directory, &named.text)));
        config.file = Some(path.to_path_buf());
        Ok(config)
    }
}

/// One file that holds no mistake, before what it names is read.
pub(super) struct Layer {
    config: Config,
    rules: Vec<NamedPath>,
    /// What it extends.
    pub(super) extends: Vec<Extends>,
    /// Where mistakes in it are noted.
    pub(super) sink: MistakeSink,
}

impl Layer {
    /// Reads the text of the file `name`. `directory` is what its globs are relative to, if another file extends it.
    ///
    /// # Errors
    /// If it holds mistakes; all of them are in the error.
    pub(super) fn parse(name: Arc<str>, text: &str, directory: Option<Arc<Path>>) -> Result<Self, UserError> {
        let mut sink = MistakeSink::new(&name, text);
        let (document, errors) = DeTable::parse_recoverable(text);
        // One slip makes the parser stumble on: the first error is the one to mend.
        if let Some(error) = errors.into_iter().min_by_key(|error| error.span().map(|span| span.start)) {
            let help = "See https://toml.io for how values and tables are written.";
            let message = format!("this is not TOML: {}", error.message());
            sink.add(error.span().unwrap_or_default(), message, "here", help);
        }
        if let Some(error) = sink.error() {
            return Err(error);
        }
        let source = Source::new(name, text, directory);
        check_table(&mut sink, document.get_ref(), document.span(), schema::FILE, "the file");
        let Decoded { config, rules, extends } = decode(document.get_ref(), &source);
        check_entries(&mut sink, document.get_ref());
        if sink.error().is_some() && rules.is_empty() && extends.is_empty() {
            check_spelling(&mut sink, &config);
        }
        match sink.error() {
            Some(error) => Err(error),
            None => Ok(Self { config, rules, extends, sink }),
        }
    }

    /// What the file says, with the rules where `resolve` says they are.
    pub(super) fn into_config(self, mut resolve: impl FnMut(&NamedPath) -> RuleSource) -> Config {
        let further = |named: &NamedPath| FurtherRules { source: resolve(named), origin: named.origin.clone() };
        let rules = self.rules.iter().map(further).collect();
        Config { rules, checked: vec![self.sink], ..self.config }
    }

    /// The directories of rules that it names.
    pub(super) fn rules(&self) -> &[NamedPath] {
        &self.rules
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

/// What a configuration in `directory` names. `\` separates names everywhere, as it does on Windows, unless there is something
/// whose name has one.
pub(super) fn path_in(directory: &Path, name: &str) -> PathBuf {
    let path = directory.join(name);
    if name.contains('\\') && !path.exists() { directory.join(name.replace('\\', "/")) } else { path }
}
