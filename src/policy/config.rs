//! What a project has decided once for all runs, as `aemlint.toml` and the files that it extends say it.

use super::level::{FailOn, Setting};
use super::limits::LimitSettings;
use super::origin::Origin;
use super::policy_pack::PolicyPack;
use crate::diagnostics::{MistakeSink, UserError};
use crate::rules::{Confidence, RuleSet, Severity};
use jiff::civil::Date;
use osgi_config::Target;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Most bytes of the file.
pub(crate) const MAX_CONFIGURATION_BYTES: u64 = 1 << 20;

/// A configuration that has been read, with what the files say that it extends, and holds no mistake that shows without knowing
/// the rules.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    /// The file, as the user would name it; `None` if there is none.
    pub file: Option<PathBuf>,
    /// The files that it extends, and those that these extend, each once; what counts most comes first.
    pub extended: Vec<Extended>,
    /// The AEM that packages are judged for.
    pub target: Option<Target>,
    /// From which level on a run fails.
    pub fail_on: Option<FailOn>,
    /// The lowest level to report.
    pub min_severity: Option<Severity>,
    /// The lowest confidence to report.
    pub min_confidence: Option<Confidence>,
    /// What to leave out.
    pub exclude: Vec<Exclude>,
    /// Further rules.
    pub rules: Vec<FurtherRules>,
    /// What is said of single rules and families, of each once.
    pub levels: Vec<LevelEntry>,
    /// Limits that differ from the default.
    pub limits: LimitSettings,
    /// Groups of run modes of which an instance has at most one.
    pub exclusive: Vec<RunModeGroup>,
    /// Findings that are accepted.
    pub ignores: Vec<Ignore>,
    /// Packages of somebody else.
    pub vendors: Vec<Vendor>,
    /// Where keys stand that have one value: `target`, `limits.depth`.
    pub origins: BTreeMap<String, Origin>,
    /// The files with the mistakes in them so far, for those that show once the rules are known.
    pub(super) checked: Vec<MistakeSink>,
}

/// A file that another one extends.
#[derive(Clone, Debug)]
pub(crate) struct Extended {
    /// What `extends` names.
    pub path: PathBuf,
    /// The file, as the user would name it.
    pub file: Arc<str>,
    /// The SHA-256 that it has to have, if one is given.
    pub sha256: Option<String>,
    /// Where `extends` names it.
    pub origin: Origin,
}

/// A glob of what is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exclude {
    /// As the user wrote it.
    pub glob: String,
    /// Where it stands.
    pub origin: Origin,
}

/// Further rules that a configuration names.
#[derive(Clone, Debug)]
pub(crate) struct FurtherRules {
    /// Where they are.
    pub source: RuleSource,
    /// Where the configuration names them.
    pub origin: Origin,
}

/// Where rule files are.
#[derive(Clone, Debug)]
pub(crate) enum RuleSource {
    /// In a directory, or in the one file.
    Path(PathBuf),
    /// In a folder of a pack whose content is at hand.
    Packed(Arc<PolicyPack>, String),
}

impl RuleSource {
    /// Adds the rules to a set.
    ///
    /// # Errors
    /// What cannot be read, and all mistakes in the rules.
    pub(crate) fn add_to(&self, rules: &mut RuleSet) -> Result<(), UserError> {
        match self {
            Self::Path(path) => rules.add_directory(path),
            Self::Packed(pack, folder) => rules.add_texts(&pack.shown(folder), pack.rule_texts(folder)),
        }
    }
}

impl fmt::Display for RuleSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.display().fmt(f),
            Self::Packed(pack, folder) => f.write_str(&pack.shown(folder)),
        }
    }
}

/// Run modes of which an instance has at most one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RunModeGroup {
    /// The run modes.
    pub modes: Vec<String>,
    /// Where the group stands.
    pub origin: Origin,
}

/// A line of `[levels]`.
#[derive(Clone, Debug)]
pub(crate) struct LevelEntry {
    /// Id of a rule or name of a family.
    pub name: String,
    /// What is said of it.
    pub setting: Setting,
    /// Where it stands.
    pub origin: Origin,
    /// The number of the file among those that were checked.
    pub(super) file: usize,
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
    /// Where it stands.
    pub origin: Origin,
    /// The number of the file among those that were checked.
    pub(super) file: usize,
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
    /// Where it stands.
    pub origin: Origin,
}

impl Config {
    /// Adds what a file says that this one extends: where both say something of one key this one counts, and lists are put
    /// together.
    pub(super) fn extend(&mut self, base: Self) {
        self.extended.extend(base.extended);
        self.target = self.target.or(base.target);
        self.fail_on = self.fail_on.or(base.fail_on);
        self.min_severity = self.min_severity.or(base.min_severity);
        self.min_confidence = self.min_confidence.or(base.min_confidence);
        self.limits = std::mem::take(&mut self.limits).or(&base.limits);
        for (key, origin) in base.origins {
            self.origins.entry(key).or_insert(origin);
        }
        self.exclude.extend(base.exclude);
        self.rules.extend(base.rules);
        self.exclusive.extend(base.exclusive);
        self.vendors.extend(base.vendors);
        let first = self.checked.len();
        let ignores = base.ignores.into_iter().map(|ignore| Ignore { file: first + ignore.file, ..ignore });
        self.ignores.extend(ignores);
        for entry in base.levels {
            // A name that this file knows is checked in it alone.
            if self.levels.iter().all(|own| own.name != entry.name) {
                self.levels.push(LevelEntry { file: first + entry.file, ..entry });
            }
        }
        self.checked.extend(base.checked);
    }
}

#[cfg(test)]
mod tests;
