//! `aemlint check --add-ignore`: accepts the present findings, by comments in source files where one can stand, else by
//! entries in `aemlint.toml`. What is planned is judged in memory before anything is written.

use super::args::Check;
use super::console::Console;
use super::scanning;
use super::setup::Settings;
use crate::diagnostics::{UserError, read_text};
use crate::fix::{self, CommentPlan};
use crate::policy::{self, Baseline, Config, Context, MAX_CONFIGURATION_BYTES, Policy, files};
use crate::rules::{Answers, Finding, RuleSet, UNREAD_RULE, evaluate_with_answers};
use crate::scan::{self, Overlay, Sought};
use miette::Report;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use zip_audit::Place;

/// The family whose findings are accepted only where that is asked for: a secret that is known has to be changed.
const SECRETS: &str = "secrets";

/// Writes the ignores. What is left is for the run that follows to report.
///
/// # Errors
/// A mistake in a configuration, a rule file or an option; a file that cannot be read or written.
pub(super) fn run(args: &Check, console: &Console) -> Result<(), Report> {
    let settings = Settings::for_inputs(&args.setup.source.config, &args.inputs)?;
    let (rules, policy) = settings.judging(&args.setup.source.directories, &args.policy.counting)?;
    let target = settings.target(args.setup.target);
    let options = scanning::options(&settings, &args.inputs.reading, &args.limits, target, Sought::by_rules(&rules))?;
    let baseline = args.policy.baseline.as_deref().map(Baseline::read).transpose()?;
    let judge = Judge { args, options, rules, policy, baseline, console };
    let reason = args.reason.as_deref().unwrap_or(fix::IGNORE_PLACEHOLDER);
    let before = judge.shown(&Overlay::default())?;
    let wanted: Vec<&Finding> = before.iter().filter(|finding| judge.is_wanted(finding)).collect();
    let (plan, for_entries) = judge.plan(&before, &wanted, reason)?;
    let file = settings.config.file.clone().unwrap_or_else(|| judge.new_configuration());
    let entries = if for_entries.is_empty() { None } else { Some(configuration(&file, &for_entries, reason)?) };
    let path = |shown: &str| scanning::path_on_disk(&judge.options.walk, shown);
    fix::write_tree(&plan.files, &path).map_err(|error| {
        let help = "What was written before is whole; run the same command again.";
        UserError::plain(error.to_string(), help)
    })?;
    if let Some(text) = &entries {
        files::write(&file, text.as_bytes()).map_err(|error| {
            let message = format!("the configuration {} cannot be written: {error}", file.display());
            UserError::plain(message, "Name another file with --config.")
        })?;
    }
    judge.say(&plan, for_entries.len(), &file, before.len() - wanted.len());
    Ok(())
}

/// The text of the configuration with the entries added.
///
/// # Errors
/// If it cannot be read, or cannot take entries at its end.
fn configuration(file: &Path, findings: &[&Finding], reason: &str) -> Result<String, UserError> {
    let old = match read_text(file, MAX_CONFIGURATION_BYTES) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => {
            let message = format!("the configuration {} cannot be read: {error}", file.display());
            return Err(UserError::plain(message, "Name another file with --config."));
        }
    };
    let new = fix::with_entries(&old, findings.iter().copied(), reason);
    match Config::parse(file, &new) {
        Ok(_) => Ok(new),
        Err(_) => {
            let message = format!("[[ignore]] entries cannot be added at the end of {}", file.display());
            Err(UserError::plain(message, "Write `ignore = [ … ]` in it as [[ignore]] entries."))
        }
    }
}

/// The inputs, and how they are judged.
struct Judge<'a> {
    args: &'a Check,
    options: scan::Options,
    rules: RuleSet,
    policy: Policy,
    baseline: Option<Baseline>,
    console: &'a Console,
}

/// What stays the same of a finding when lines are added around it.
type Key<'f> = (&'f str, &'f Place, &'f str);

fn key(finding: &Finding) -> Key<'_> {
    (&finding.rule, &finding.location.place, &finding.fingerprint)
}

impl Judge<'_> {
    /// The findings that are shown, with some files taken to be other than they are.
    fn shown(&self, overlay: &Overlay) -> Result<Vec<Finding>, Report> {
        let scanned = scan::scan_with(&self.args.inputs.paths, &self.options, overlay, &|_, _| {});
        let (answers, memory) = (Answers::default(), self.options.walk.limits.memory);
        let target = self.options.target;
        let judgement =
            evaluate_with_answers(&self.rules, &scanned.facts, &scanned.installed, target, &answers, memory)?;
        let context = Context {
            packages: scanning::packages(&scanned.facts),
            comments: scanned.comments,
            baseline: self.baseline.clone(),
            incomplete: true,
            partial: None,
            records: false,
        };
        Ok(self.policy.apply(judgement.findings, context).findings)
    }

    /// Whether a finding is to be accepted.
    fn is_wanted(&self, finding: &Finding) -> bool {
        finding.rule.as_ref() != UNREAD_RULE && (self.args.include_secrets || finding.family.as_ref() != SECRETS)
    }

    /// Plans comments, and says which of the findings need entries: those that no comment accepts. A file in which comments
    /// would change what is found is left as it is.
    fn plan<'f>(
        &self,
        before: &'f [Finding],
        wanted: &[&'f Finding],
        reason: &str,
    ) -> Result<(CommentPlan, Vec<&'f Finding>), Report> {
        let read = |place: &Place| std::fs::read(scanning::path_on_disk(&self.options.walk, &place.file)).ok();
        let known: BTreeSet<Key<'_>> = before.iter().map(key).collect();
        let mut kept: Vec<&Finding> = wanted.to_vec();
        loop {
            let plan = fix::plan_comments(kept.iter().copied(), reason, read);
            let mut overlay = Overlay::default();
            plan.files.iter().for_each(|file| overlay.insert(file.place.clone(), file.edited.clone()));
            let after = self.shown(&overlay)?;
            let new: BTreeSet<&Place> =
                after.iter().filter(|finding| !known.contains(&key(finding))).map(|f| &f.location.place).collect();
            let number = kept.len();
            kept.retain(|finding| !new.contains(&finding.location.place));
            if kept.len() == number {
                let left: BTreeSet<Key<'_>> = after.iter().map(key).collect();
                return Ok((plan, wanted.iter().copied().filter(|finding| left.contains(&key(finding))).collect()));
            }
        }
    }

    /// Where a configuration goes if there is none.
    fn new_configuration(&self) -> PathBuf {
        let start = std::env::current_dir().unwrap_or_default();
        let file = policy::new_file(&start);
        file.strip_prefix(&start).map(PathBuf::from).unwrap_or(file)
    }

    fn say(&self, plan: &CommentPlan, entries: usize, file: &Path, left: usize) {
        let count = |number: usize, one: &str, many: &str| format!("{number} {}", if number == 1 { one } else { many });
        let mut added = Vec::new();
        if plan.comments > 0 {
            let comments = count(plan.comments, "ignore comment", "ignore comments");
            added.push(format!("{comments} to {}", count(plan.files.len(), "file", "files")));
        }
        if entries > 0 {
            let entries = count(entries, "finding", "findings");
            added.push(format!("[[ignore]] entries for {entries} to {}", file.display()));
        }
        let mut text = if added.is_empty() {
            "there is nothing to accept".to_owned()
        } else {
            format!("added {}", added.join(" and "))
        };
        if self.args.reason.is_none() && !added.is_empty() {
            text += &format!("; replace `{}` by the reasons", fix::IGNORE_PLACEHOLDER);
        }
        self.console.note(&format!("aemlint: {text}"));
        if left > 0 {
            let left = count(left, "finding is", "findings are");
            self.console.note(&format!(
                "aemlint: {left} not accepted: secrets need --include-secrets, and what was not read cannot be accepted"
            ));
        }
    }
}
