//! A folder that the editor has open: its configuration and rules, and how files in it are judged.

use super::super::args::Lsp;
use super::super::options::Reading;
use super::super::scanning;
use super::super::setup::Settings;
use crate::diagnostics::UserError;
use crate::fix::Judged;
use crate::policy::{Baseline, Context, Policy, RuleSource};
use crate::rules::{Answers, Finding, RuleSet, evaluate_with_answers, merge_copies};
use crate::scan::{self, Overlay, Sought};
use crate::workers;
use jiff::civil::Date;
use miette::Report;
use osgi_config::Target;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use zip_audit::Place;

/// The name of a configuration file.
pub(super) const CONFIG_NAME: &str = "aemlint.toml";

/// What judges the files of a folder.
pub(super) struct Project {
    /// The folder, absolute.
    pub(super) folder: PathBuf,
    /// The rules that are applied.
    pub(super) rules: RuleSet,
    /// How files are read.
    pub(super) options: scan::Options,
    settings_files: Vec<PathBuf>,
    policy: Policy,
    baseline: Option<Baseline>,
    target: Target,
    loaded_on: Date,
}

impl Project {
    /// Reads configuration, rules and baseline for `folder`, which is absolute.
    ///
    /// # Errors
    /// A mistake in one of these files, or a name of a rule that does not exist.
    pub(super) fn load(folder: &Path, args: &Lsp) -> Result<Self, Report> {
        let settings = Settings::for_directory(&args.setup.source.config, folder)?;
        let (rules, policy) = settings.judging(&args.setup.source.directories, &args.counting)?;
        let target = settings.target(args.setup.target);
        // A file with nothing to judge in it is no mistake while it is written.
        let reading = Reading { allow_empty: true, ..Reading::default() };
        let options = scanning::options(&settings, &reading, &args.limits, target, Sought::by_rules(&rules))?;
        let baseline = args.baseline.as_deref().map(Baseline::read).transpose()?;
        let configured = settings.config.rules.iter().filter_map(|rules| match &rules.source {
            RuleSource::Path(path) => Some(path),
            RuleSource::Packed(..) => None,
        });
        let extended = settings.config.extended.iter().map(|extended| &extended.path);
        let given = args.setup.source.directories.iter().chain(configured).chain(extended);
        let settings_files = given.filter_map(|path| zip_audit::absolute(path));
        let settings_files = settings_files.chain(args.setup.source.config.config.clone()).collect();
        let (folder, loaded_on) = (folder.to_owned(), today());
        Ok(Self { folder, rules, options, settings_files, policy, baseline, target: target.target, loaded_on })
    }

    /// Whether a file is part of what is read when the project is loaded.
    pub(super) fn is_configured_by(&self, path: &Path) -> bool {
        path.file_name().is_some_and(|name| name == CONFIG_NAME)
            || self.settings_files.iter().any(|file| path.starts_with(file))
    }

    /// Whether it was loaded on another day: entries of the configuration can have an end.
    pub(super) fn is_of_yesterday(&self) -> bool {
        self.loaded_on != today()
    }

    /// Whether a check of the folder reads the file at `path`.
    pub(super) fn reads(&self, path: &Path) -> bool {
        scan::is_read(&self.folder, path, &self.options)
    }

    /// How a file is shown.
    pub(super) fn place(&self, path: &Path) -> Place {
        let shown = zip_audit::places(&[path.to_owned()], &self.options.walk).pop();
        shown.unwrap_or_else(|| Place::on_disk(path.to_string_lossy()))
    }

    /// Where the file is that holds a place.
    pub(super) fn path(&self, place: &Place) -> PathBuf {
        scanning::path_on_disk(&self.options.walk, &place.file)
    }

    /// What is found in one file by rules that look at one thing at a time.
    ///
    /// # Errors
    /// A mistake in a rule that shows only now.
    pub(super) fn check_file(&self, path: &Path, overlay: &Overlay) -> Result<Vec<Finding>, UserError> {
        let place = self.place(path);
        let Some(judged) = self.judge(&[path.to_owned()], overlay, None)? else { return Ok(Vec::new()) };
        let is_own = |finding: &Finding| finding.location.place == place && !self.rules.counts(&finding.rule);
        Ok(judged.shown.into_iter().filter(is_own).collect())
    }

    /// What is found in the folder as a whole, in each place; `None` if it was stopped.
    ///
    /// # Errors
    /// A mistake in a rule that shows only now.
    pub(super) fn check_folder(&self, overlay: &Overlay, stop: &AtomicBool) -> Result<Option<Vec<Finding>>, UserError> {
        let judged = self.judge(std::slice::from_ref(&self.folder), overlay, Some(stop))?;
        Ok(judged.map(|judged| {
            let (mut findings, copies) = merge_copies(judged.shown);
            findings.extend(copies);
            findings
        }))
    }

    /// Judges inputs; `None` if it was stopped.
    ///
    /// # Errors
    /// A mistake in a rule that shows only now.
    pub(super) fn judge(
        &self,
        inputs: &[PathBuf],
        overlay: &Overlay,
        stop: Option<&AtomicBool>,
    ) -> Result<Option<Judged>, UserError> {
        let options = scan::Options { now: jiff::Timestamp::now(), ..self.options.clone() };
        let Some(scanned) = scan::scan_until(inputs, &options, overlay, stop) else { return Ok(None) };
        let (answers, memory) = (Answers::default(), options.walk.limits.memory);
        let judgement = workers::with(options.walk.threads, scanned.facts.len(), || {
            evaluate_with_answers(&self.rules, &scanned.facts, &scanned.installed, self.target, &answers, memory)
        })?;
        let is_incomplete =
            scanned.is_incomplete() || !judgement.not_judged.is_empty() || !judgement.left_out.is_empty();
        let context = Context {
            packages: scanning::packages(&scanned.facts),
            comments: scanned.comments,
            baseline: self.baseline.clone(),
            incomplete: is_incomplete,
            partial: None,
            records: false,
        };
        let all = judgement.findings;
        let shown = self.policy.apply(all.clone(), context).findings;
        Ok(Some(Judged { all, shown, is_incomplete }))
    }
}

fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}
