//! From options and `aemlint.toml` to what a run needs: configuration, limits, policy.

use super::options::{ConfigSource, Inputs, Reading, WhatCounts};
use crate::diagnostics::UserError;
use crate::policy::globs::{self, Base};
use crate::policy::{self, Config, KnownRule, LimitSettings, Origin, Policy, PolicyOverrides, RuleSource, Target};
use crate::remote;
use crate::rules::{RuleSet, Severity};
use miette::Report;
use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use zip_audit::{self, Limits};

/// The configuration of a run, and what paths are relative to.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    /// The configuration; the default if there is no file.
    pub config: Config,
    /// The directory that shown paths are relative to; none is the working directory.
    pub root: Option<PathBuf>,
    /// What globs of the configuration are relative to.
    pub base: Base,
}

impl Settings {
    /// Reads the configuration that the options name, or finds it, for a run that reads no inputs.
    ///
    /// # Errors
    /// If the file cannot be read or has mistakes.
    pub(super) fn load(options: &ConfigSource) -> Result<Self, Report> {
        let start = start_directory(options)?;
        Self::read(options, &start, None, |found| relative(found, &start))
    }

    /// As [`for_inputs`](Self::for_inputs), for a run on `directory`, which is absolute, as if aemlint was started in it.
    ///
    /// # Errors
    /// If the file cannot be read or has mistakes.
    pub(super) fn for_directory(options: &ConfigSource, directory: &Path) -> Result<Self, Report> {
        let root = policy::root_of(&[directory.to_owned()], directory).unwrap_or_else(|| directory.to_owned());
        Self::read(options, directory, Some(root), Path::to_path_buf)
    }

    /// As [`load`](Self::load), for a run on these inputs.
    ///
    /// # Errors
    /// If the file cannot be read or has mistakes, or `--root` is no directory.
    pub(super) fn for_inputs(options: &ConfigSource, inputs: &Inputs) -> Result<Self, Report> {
        remote::check_inputs(&inputs.paths)?;
        let start = start_directory(options)?;
        let root = match &inputs.reading.root {
            None => policy::root_of(&on_disk(&inputs.paths), &start),
            Some(root) if root.is_dir() => Some(root.clone()),
            Some(root) => {
                let message = format!("the root {} is not a directory", root.display());
                return Err(UserError::plain(message, "Name the directory that paths are to be relative to.").into());
            }
        };
        Self::read(options, &start, root, |found| relative(found, &start))
    }

    /// The same configuration for a second delivery, such as another checkout of the project. Its paths are relative to
    /// its own repository, so that globs of the configuration mean the same files in both.
    pub(super) fn for_other_inputs(&self, inputs: &Inputs) -> Self {
        let start = std::env::current_dir().unwrap_or_default();
        let root = inputs.reading.root.clone().or_else(|| policy::root_of(&on_disk(&inputs.paths), &start));
        Self { root, ..self.clone() }
    }

    /// `named` says how the user would name a file that was found.
    fn read(
        options: &ConfigSource,
        start: &Path,
        root: Option<PathBuf>,
        named: impl Fn(&Path) -> PathBuf,
    ) -> Result<Self, Report> {
        let found = if options.no_config || options.config.is_some() { None } else { policy::find(start) };
        let directory = found.as_deref().and_then(Path::parent).unwrap_or(start);
        let shown_from = root.as_deref().and_then(zip_audit::absolute).unwrap_or_else(|| start.to_owned());
        let base = Base::new(&shown_from, start, directory);
        let file = found.as_deref().map(named).or_else(|| options.config.clone());
        let config = file.as_deref().map(Config::read).transpose()?.unwrap_or_default();
        Ok(Self { config, root, base })
    }

    /// How the inputs are to be read.
    ///
    /// # Errors
    /// If a glob is none.
    pub(super) fn options(&self, reading: &Reading, limits: &LimitSettings) -> Result<zip_audit::Options, Report> {
        let excludes = self.excludes(reading);
        let exclude = globs::compile(excludes.iter().map(|(_, glob)| glob.as_str())).map_err(|error| {
            let help = "Write a glob such as 'vendor/**'; the characters [, {, * and ? need a \\ before them.";
            UserError::plain(format!("--exclude: {error}"), help)
        })?;
        let limits = self.limits(limits);
        Ok(zip_audit::Options {
            opener: remote::opener(limits.time),
            limits,
            root: self.root.clone(),
            default_excludes: !reading.walk.no_default_excludes,
            exclude,
            threads: reading.walk.threads,
            search_packed: reading.walk.search_packed,
        })
    }

    /// The globs of what is left out, each with what the user wrote, in the order in which they are compiled.
    fn excludes<'s>(&'s self, reading: &'s Reading) -> Vec<(Exclude<'s>, String)> {
        let given = reading.walk.exclude.iter().map(|glob| (Exclude::Option(glob), self.base.seen_from_start(glob)));
        let configured = self.config.exclude.iter().map(|exclude| {
            (
                Exclude::Configuration(&exclude.origin, &exclude.glob),
                self.base.seen_from_file(&exclude.glob, &exclude.origin),
            )
        });
        given
            .chain(configured)
            .flat_map(|(exclude, forms)| forms.into_iter().map(move |form| (exclude, form)))
            .collect()
    }

    /// The excludes that left nothing out, where `matched` are the numbers of globs that did: those of the options, and those
    /// of the configuration itself if all was read that it can be about. What it extends is about other projects, too.
    pub(super) fn idle_excludes<'s>(&'s self, inputs: &'s Inputs, matched: &[usize]) -> Vec<Exclude<'s>> {
        let is_whole = self.base.is_covered_by(&inputs.paths);
        let excludes = self.excludes(&inputs.reading);
        let matched: BTreeSet<Exclude<'_>> = matched
            .iter()
            .filter_map(|number| excludes.get(number / globs::COMPILED_OF_EACH))
            .map(|(exclude, _)| *exclude)
            .collect();
        let all: BTreeSet<Exclude<'_>> = excludes.iter().map(|(exclude, _)| *exclude).collect();
        let is_extended = |origin: &Origin| self.config.extended.iter().any(|extended| extended.file == origin.file);
        let counts = |exclude: &Exclude<'_>| match exclude {
            Exclude::Option(_) => true,
            Exclude::Configuration(origin, _) => is_whole && !is_extended(origin),
        };
        all.difference(&matched).copied().filter(counts).collect()
    }

    /// The inputs, as places show them, if they do not include all that the configuration can be about.
    pub(super) fn partial(&self, inputs: &[PathBuf], options: &zip_audit::Options) -> Option<Vec<String>> {
        let shown = || zip_audit::places(inputs, options).iter().map(ToString::to_string).collect();
        (!self.base.is_covered_by(inputs)).then(shown)
    }

    /// The limits: those of the options, else those of the file, else the default.
    pub(super) fn limits(&self, options: &LimitSettings) -> Limits {
        let mut limits = Limits::default();
        self.config.limits.apply(&mut limits);
        options.apply(&mut limits);
        limits
    }

    /// The policy of a run with these rules.
    ///
    /// # Errors
    /// If a rule or family that is named does not exist.
    pub(super) fn policy(&self, options: &WhatCounts, rules: &RuleSet) -> Result<Policy, Report> {
        // Only a level that is to be changed needs the rule's own, and only that needs its file.
        let known = |(id, family)| {
            let named = self.config.levels.iter().any(|entry| entry.name == id || entry.name == family);
            let level = if named { rules.meta(id)?.level } else { Severity::Error };
            Ok(KnownRule { id, family, level })
        };
        let known = rules.names().map(known).collect::<Result<Vec<_>, UserError>>()?;
        let choice = PolicyOverrides {
            select: options.select.clone(),
            ignore: options.ignore.clone(),
            min_severity: options.min_severity,
            min_confidence: options.min_confidence,
            fail_on: options.fail_on,
            no_ignores: options.no_ignores,
        };
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        Ok(Policy::new(&self.config, &choice, &known, self.base.clone(), today)?)
    }

    /// The built-in rules and those of the directories that the file and the options name.
    ///
    /// # Errors
    /// A mistake in a rule file.
    pub(super) fn rules(&self, given: &[PathBuf]) -> Result<RuleSet, UserError> {
        let mut rules = RuleSet::builtin();
        let mut added = BTreeSet::new();
        let configured = self.config.rules.iter().map(|further| further.source.clone());
        for source in configured.chain(given.iter().cloned().map(RuleSource::Path)) {
            // The same directory can be named by the project and by what it extends.
            let is_new = match &source {
                RuleSource::Path(path) => added.insert(path.canonicalize().unwrap_or_else(|_| path.clone())),
                RuleSource::Packed(..) => true,
            };
            if is_new {
                source.add_to(&mut rules)?;
            }
        }
        Ok(rules)
    }

    /// The rules that are applied, and the policy of a run with them.
    ///
    /// # Errors
    /// A mistake in a rule file, a name of a rule or family that does not exist.
    pub(super) fn judging(&self, given: &[PathBuf], options: &WhatCounts) -> Result<(RuleSet, Policy), Report> {
        let mut rules = self.rules(given)?;
        let policy = self.policy(options, &rules)?;
        rules.retain(|id, _| policy.enabled(id));
        Ok((rules, policy))
    }

    /// The AEM that packages are judged for.
    pub(super) fn target(&self, given: Option<Target>) -> ChosenTarget {
        let named = given.or(self.config.target);
        ChosenTarget { target: named.unwrap_or_default(), named: named.is_some() }
    }
}

/// The inputs that lie in directories of this machine.
fn on_disk(inputs: &[PathBuf]) -> Vec<PathBuf> {
    inputs.iter().filter(|input| !remote::is_url(input)).cloned().collect()
}

/// A glob of what is left out, as the user wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Exclude<'s> {
    /// By `--exclude`.
    Option(&'s str),
    /// By `exclude` of the configuration, at that place.
    Configuration(&'s Origin, &'s str),
}

/// The working directory. One that is gone matters only where a configuration is looked for in it.
fn start_directory(options: &ConfigSource) -> Result<PathBuf, UserError> {
    match std::env::current_dir() {
        Err(error) if !options.no_config && options.config.is_none() => {
            let message = format!("the current directory cannot be read: {error}");
            Err(UserError::plain(message, "Change to another directory."))
        }
        start => Ok(start.unwrap_or_default()),
    }
}

/// The AEM that packages are judged for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ChosenTarget {
    /// Which it is.
    pub target: Target,
    /// Whether an option or the configuration names it.
    pub named: bool,
}

/// `file`, which lies in `start` or above, as a user in `start` would write it.
fn relative(file: &Path, start: &Path) -> PathBuf {
    let mut up = PathBuf::new();
    for directory in start.ancestors() {
        if let Ok(rest) = file.strip_prefix(directory) {
            return up.join(rest);
        }
        up.push(Component::ParentDir);
    }
    file.to_path_buf()
}

#[cfg(test)]
mod tests {
    use super::super::options::Walk;
    use super::*;

    #[test]
    fn a_file_above_is_named_from_here() {
        let start = Path::new("/project/ui/config");
        assert_eq!(relative(Path::new("/project/ui/config/aemlint.toml"), start), Path::new("aemlint.toml"));
        assert_eq!(relative(Path::new("/project/aemlint.toml"), start), Path::new("../../aemlint.toml"));
    }

    #[test]
    fn options_outweigh_the_file_and_the_file_the_default() {
        let text = "[limits]\ndepth = 4\nratio = 7\n";
        let config = Config::parse(Path::new("aemlint.toml"), text).unwrap();
        let settings = Settings { config, ..Settings::default() };
        let limits = settings.limits(&LimitSettings::from_values(|limit| (limit.name == "depth").then_some(2)));
        assert_eq!((limits.depth, limits.ratio, limits.text), (2, 7, Limits::default().text));
    }

    #[test]
    fn a_target_is_named_by_the_option_or_by_the_file() {
        let chosen = |text: &str, given| {
            let config = Config::parse(Path::new("aemlint.toml"), text).unwrap();
            let ChosenTarget { target, named } = Settings { config, ..Settings::default() }.target(given);
            (target, named)
        };
        assert_eq!(chosen("", None), (Target::Aem65, false));
        assert_eq!(chosen("", Some(Target::Aem65)), (Target::Aem65, true));
        assert_eq!(chosen("target = \"cloud\"", None), (Target::Cloud, true));
        assert_eq!(chosen("target = \"cloud\"", Some(Target::Aem65)), (Target::Aem65, true));
    }

    #[test]
    fn globs_of_the_file_and_of_the_options_are_put_together() {
        let text = "exclude = [\"ui/config/dist\"]";
        let config = Config::parse(Path::new("aemlint.toml"), text).unwrap();
        let start = Path::new("/project/ui/config");
        let base = Base::new(start, start, Path::new("/project"));
        let reading =
            Reading { walk: Walk { exclude: vec!["old/**".to_owned()], ..Walk::default() }, ..Reading::default() };
        let settings = Settings { config, base, root: None };
        let options = settings.options(&reading, &LimitSettings::default()).unwrap();
        assert!(options.exclude.is_match("dist/a.xml") && options.exclude.is_match("old/a.xml"));
        assert!(!options.exclude.is_match("src/a.xml"));
        let inputs = Inputs { paths: vec![PathBuf::from("/project/ui/config")], reading };
        let matched: Vec<usize> =
            ["dist/a.xml", "old/a.xml"].iter().flat_map(|path| options.exclude.matches(path)).collect();
        assert_eq!(settings.idle_excludes(&inputs, &matched), []);
        assert_eq!(settings.idle_excludes(&inputs, &[]), [Exclude::Option("old/**")], "not all of the project is read");
        let inputs = Inputs { paths: vec![PathBuf::from("/project")], ..inputs };
        let origin = settings.config.exclude[0].origin.clone();
        let all = [Exclude::Option("old/**"), Exclude::Configuration(&origin, "ui/config/dist")];
        assert_eq!(settings.idle_excludes(&inputs, &[]), all);
        let reading =
            Reading { walk: Walk { exclude: vec!["a[".to_owned()], ..Walk::default() }, ..Reading::default() };
        assert!(settings.options(&reading, &LimitSettings::default()).is_err());
    }
}
