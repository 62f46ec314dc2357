//! The judgement on the findings of a run: which are shown and with which level, which are accepted, and the exit code.

use super::baseline::{Baseline, Record};
use super::config::{Config, Ignore};
use super::globs::{Base, PathGlobs};
use super::level::FailOn;
use super::origin::Origin;
use super::selection::{KnownRule, Selection};
use super::vendor::{Package, Vendors};
use crate::diagnostics::{UserError, did_you_mean};
use crate::ignore_comments::Comments;
use crate::rules::{Confidence, Finding, Severity, UNREAD_RULE};
use crate::secret::mask_shapes;
use jiff::civil::Date;
use std::collections::BTreeMap;
use zip_audit::Place;

/// What the command line says about findings; `None` leaves it to the configuration.
#[derive(Clone, Debug, Default)]
pub(crate) struct PolicyOverrides {
    /// Rules and families to apply, all if empty.
    pub select: Vec<String>,
    /// Rules and families not to apply.
    pub ignore: Vec<String>,
    /// The lowest level to report.
    pub min_severity: Option<Severity>,
    /// The lowest confidence to report.
    pub min_confidence: Option<Confidence>,
    /// From which level on the run fails.
    pub fail_on: Option<FailOn>,
    /// Neither comments nor entries nor the baseline hide anything.
    pub no_ignores: bool,
}

/// What a project has decided, ready to be applied.
#[derive(Debug)]
pub(crate) struct Policy {
    selection: Selection,
    min_severity: Severity,
    min_confidence: Confidence,
    fail_on: FailOn,
    no_ignores: bool,
    entries: Vec<Entry>,
    vendors: Vendors,
    base: Base,
    today: Date,
    file: String,
}

#[derive(Debug)]
struct Entry {
    ignore: Ignore,
    /// `None` for everywhere.
    paths: Option<PathGlobs>,
    expired: bool,
}

/// What the run knows beside its findings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Context {
    /// The ignore comments of files in source trees.
    pub comments: BTreeMap<Place, Comments>,
    /// The packages that were read, for `[[vendor]]`.
    pub packages: Vec<Package>,
    /// What was accepted before.
    pub baseline: Option<Baseline>,
    /// Whether something was not analysed: then nothing can be said to be gone.
    pub incomplete: bool,
    /// Set if the run reads only a part of what the configuration can be about: the paths of its inputs, as places show them.
    /// Entries for other paths are then not said to be without effect.
    pub partial: Option<Vec<String>>,
    /// Whether a baseline is to be written of the run, so that its [records](PolicyOutcome::records) are wanted.
    pub records: bool,
}

impl Context {
    /// Whether the run reads what one of these globs of an entry can be about; without any, whether it reads all.
    fn is_about(&self, globs: &[String]) -> bool {
        let Some(inputs) = &self.partial else { return true };
        let begins = |glob: &String, input: &String| {
            let rest = glob.strip_prefix("./").unwrap_or(glob).strip_prefix(input.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest.starts_with("!/"))
        };
        globs.iter().any(|glob| inputs.iter().any(|input| begins(glob, input)))
    }
}

/// Why a finding is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suppression {
    /// By a comment in the file.
    Comment,
    /// By an `[[ignore]]` entry.
    Entry,
    /// By the baseline.
    Baseline,
}

/// A finding that is accepted.
#[derive(Clone, Debug)]
pub struct Suppressed {
    /// The finding.
    pub finding: Finding,
    /// By what.
    pub by: Suppression,
    /// The reason that was given.
    pub reason: String,
    /// The last day of its effect, where it has one.
    pub until: Option<Date>,
}

/// By what a finding is accepted, why, and until when.
struct Acceptance {
    by: Suppression,
    reason: String,
    until: Option<Date>,
}

/// Something to tell the user beside the findings. It has no effect on the exit code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Note {
    /// A file and, where there is one, a line: `aemlint.toml:12`.
    pub place: Option<String>,
    /// What to know, as a sentence.
    pub message: String,
}

/// Findings that were not shown, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hidden {
    /// By a comment or an entry.
    pub ignored: u64,
    /// By the baseline.
    pub baseline: u64,
    /// Below the lowest level.
    pub below_severity: u64,
    /// Below the lowest confidence.
    pub below_confidence: u64,
}

impl Hidden {
    /// All together.
    pub(crate) fn total(self) -> u64 {
        self.ignored + self.baseline + self.below_severity + self.below_confidence
    }
}

/// The outcome.
#[derive(Clone, Debug, Default)]
pub(crate) struct PolicyOutcome {
    /// The findings to show: in the order that they came in, those in packages of others after all others.
    pub findings: Vec<Finding>,
    /// Findings that are accepted.
    pub suppressed: Vec<Suppressed>,
    /// How many are not shown.
    pub hidden: Hidden,
    /// What else there is to say.
    pub notes: Vec<Note>,
    /// All findings that no comment and no entry accepts: what a baseline of this run records. None unless the
    /// [`Context`] asks for them.
    pub records: Vec<Record>,
}

impl Policy {
    /// Puts the configuration and the command line together. `today` is what `until` is compared with, `base` what globs
    /// of the configuration are relative to.
    ///
    /// # Errors
    /// If a rule or family does not exist; all that the configuration names are in one error.
    pub(crate) fn new(
        config: &Config,
        overrides: &PolicyOverrides,
        rules: &[KnownRule<'_>],
        base: Base,
        today: Date,
    ) -> Result<Self, UserError> {
        let selection = Selection::new(config, &overrides.select, &overrides.ignore, rules)?;
        let entry = |ignore: &Ignore| {
            let paths = || PathGlobs::new(&ignore.paths, &ignore.origin, &base);
            let paths = (!ignore.paths.is_empty()).then(paths).transpose()?;
            let expired = ignore.until.is_some_and(|until| until < today);
            Ok(Entry { ignore: ignore.clone(), paths, expired })
        };
        Ok(Self {
            selection,
            min_severity: overrides.min_severity.or(config.min_severity).unwrap_or(Severity::Note),
            min_confidence: overrides.min_confidence.or(config.min_confidence).unwrap_or(Confidence::Low),
            fail_on: overrides.fail_on.or(config.fail_on).unwrap_or_default(),
            no_ignores: overrides.no_ignores,
            entries: config.ignores.iter().map(entry).collect::<Result<_, UserError>>()?,
            vendors: Vendors::new(&config.vendors, &base)?,
            base,
            today,
            file: config.file.as_ref().map(|file| file.display().to_string()).unwrap_or_default(),
        })
    }

    /// What decides about findings, for people: names of settings with their values.
    pub(crate) fn describe(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![("Fails on", self.fail_on.name().to_owned())];
        if self.min_severity > Severity::Note {
            settings.push(("Lowest severity shown", self.min_severity.name().to_owned()));
        }
        if self.min_confidence > Confidence::Low {
            settings.push(("Lowest confidence shown", self.min_confidence.name().to_owned()));
        }
        if self.no_ignores {
            settings.push(("Ignores and baseline", "not applied".to_owned()));
        }
        settings
    }

    /// Whether the findings of a rule are wanted.
    pub(crate) fn enabled(&self, rule: &str) -> bool {
        self.selection.enabled(rule)
    }

    /// The level of findings of a rule whose own level is `level`; `None` if it is off.
    pub(crate) fn level_in_force(&self, rule: &str, level: Severity) -> Option<Severity> {
        self.enabled(rule).then(|| self.selection.level(rule, level))
    }

    /// The exit code of a run that shows these findings: 3 if it is incomplete, else 1 if one of them reaches the level
    /// that fails, else 0. Code 2 is for runs that come to no judgement.
    pub(crate) fn exit_code<'f>(&self, findings: impl IntoIterator<Item = &'f Finding>, incomplete: bool) -> u8 {
        if incomplete {
            3
        } else {
            u8::from(findings.into_iter().any(|finding| self.fail_on.is_reached_by(finding.severity)))
        }
    }

    /// The findings of rules that are wanted, each with the level that the configuration gives its rule. Nothing is accepted
    /// or left out: these are what the inputs have, whatever a project makes of it.
    pub(crate) fn rate(&self, findings: Vec<Finding>) -> Vec<Finding> {
        let wanted = findings.into_iter().filter(|finding| self.selection.enabled(&finding.rule));
        let rated = wanted.map(|mut finding| {
            finding.severity = self.selection.level(&finding.rule, finding.severity).min(finding.at_most);
            finding.uncapped = self.selection.level(&finding.rule, finding.uncapped);
            finding
        });
        rated.collect()
    }

    /// Judges the findings of a run.
    pub(crate) fn apply(&self, findings: Vec<Finding>, mut context: Context) -> PolicyOutcome {
        let mut outcome = PolicyOutcome::default();
        let mut baseline = context.baseline.take().filter(|_| !self.no_ignores);
        let mut used = Used::default();
        let mut foreign = Vec::new();
        let mut judge = |mut finding: Finding| -> Option<Finding> {
            let subject = self.base.subject(&finding.location.place);
            let vendor = self.vendors.of(&subject, &finding.location.place, &context.packages);
            if let Some(highest) = vendor.as_ref().and_then(|vendor| vendor.level) {
                finding.severity = finding.severity.min(highest);
            }
            // What was not read is always said.
            if finding.rule.as_ref() != UNREAD_RULE {
                if let Some(accepted) = self.accepted(&finding, &subject, &context.comments, &mut used) {
                    outcome.hidden.ignored += 1;
                    let Acceptance { by, reason, until } = accepted;
                    outcome.suppressed.push(Suppressed { finding, by, reason, until });
                    return None;
                }
                if context.records {
                    let (rule, fingerprint) = (finding.rule.to_string(), finding.fingerprint.clone());
                    // The file stays in a repository: a name like a token must not.
                    let path = mask_shapes(&finding.location.place.to_string()).into_owned();
                    outcome.records.push(Record { path, rule, fingerprint, count: 1 });
                }
                if baseline.as_mut().is_some_and(|known| known.take(&finding.rule, &finding.fingerprint)) {
                    outcome.hidden.baseline += 1;
                    let reason = "recorded in the baseline".to_owned();
                    outcome.suppressed.push(Suppressed { finding, by: Suppression::Baseline, reason, until: None });
                    return None;
                }
                if finding.severity < self.min_severity {
                    outcome.hidden.below_severity += 1;
                    return None;
                }
                if finding.confidence < self.min_confidence {
                    outcome.hidden.below_confidence += 1;
                    return None;
                }
            }
            match vendor {
                Some(vendor) => {
                    foreign.push((vendor, finding));
                    None
                }
                None => Some(finding),
            }
        };
        // Those that stay are moved within one list: there may be very many.
        let own: Vec<Finding> = self.rate(findings).into_iter().filter_map(&mut judge).collect();
        outcome.findings = own;
        if !foreign.is_empty() {
            let place = (!self.file.is_empty()).then(|| self.file.clone());
            let message = format!("{} in packages that [[vendor]] names; they come last.", findings_are(foreign.len()));
            outcome.notes.push(Note { place, message });
        }
        outcome.findings.extend(super::vendor::summarise(foreign));
        self.note_unused(&context, &used, &mut outcome.notes);
        if let Some(rest) = baseline {
            self.note_gone(&rest, context.incomplete, &mut outcome.notes);
        }
        outcome
    }

    /// What a baseline holds after this run: its findings, and the old records that this run cannot judge, because
    /// their rule was not applied or the audit is incomplete. Also how many old records are dropped.
    pub(crate) fn rewrite(
        &self,
        old: Option<Baseline>,
        outcome: &PolicyOutcome,
        incomplete: bool,
    ) -> (Baseline, usize) {
        let new: Baseline = outcome.records.iter().cloned().collect();
        let mut rest = old.unwrap_or_default();
        for record in new.records() {
            for _ in 0..record.count {
                if !rest.take(&record.rule, &record.fingerprint) {
                    break;
                }
            }
        }
        let (kept, gone): (Vec<_>, Vec<_>) =
            rest.records().cloned().partition(|record| incomplete || !self.selection.enabled(&record.rule));
        let gone: Baseline = gone.into_iter().collect();
        let mut baseline = new;
        baseline.extend(kept);
        (baseline, gone.len())
    }

    /// Who accepts a finding, and why.
    fn accepted(
        &self,
        finding: &Finding,
        subject: &str,
        comments: &BTreeMap<Place, Comments>,
        used: &mut Used,
    ) -> Option<Acceptance> {
        if self.no_ignores {
            return None;
        }
        let place = &finding.location.place;
        // An archive comes from somebody else, and nothing in it decides how it is outcome.
        if let Some(comments) = comments.get(place).filter(|_| place.inside.is_empty()) {
            let at = finding.location.mark.span.start;
            let meant = |rules: &[String]| rules.iter().any(|name| self.selection.means(name, &finding.rule));
            for comment in &comments.valid {
                if comment.covers.start <= at && at < comment.covers.end.max(1) && meant(&comment.rules) {
                    used.comments.insert((place.clone(), comment.line));
                    return Some(Acceptance { by: Suppression::Comment, reason: comment.reason.clone(), until: None });
                }
            }
        }
        let entry = self.entries.iter().enumerate().find(|(_, entry)| {
            let ignore = &entry.ignore;
            !entry.expired
                && self.selection.means(&ignore.rule, &finding.rule)
                && ignore.fingerprint.as_ref().is_none_or(|fingerprint| *fingerprint == finding.fingerprint)
                && entry
                    .paths
                    .as_ref()
                    .is_none_or(|paths| paths.is_match(subject, place) || paths.is_match_of_shown(&place.to_string()))
        });
        entry.map(|(index, entry)| {
            used.entries.insert(index);
            let ignore = &entry.ignore;
            Acceptance { by: Suppression::Entry, reason: ignore.reason.clone(), until: ignore.until }
        })
    }

    /// Whether an entry stands in a file that the configuration extends.
    fn is_extended(&self, origin: &Origin) -> bool {
        *origin.file != *self.file
    }

    /// Says which ignores have no effect.
    fn note_unused(&self, context: &Context, used: &Used, notes: &mut Vec<Note>) {
        if self.no_ignores {
            return;
        }
        for (index, entry) in self.entries.iter().enumerate() {
            let ignore = &entry.ignore;
            let place = Some(ignore.origin.to_string());
            if let Some(until) = ignore.until.filter(|_| entry.expired) {
                let days =
                    if until.tomorrow().is_ok_and(|next| next == self.today) { "yesterday" } else { "in the past" };
                let message = format!(
                    "The [[ignore]] entry for `{}` ended on {until}, {days}: what it accepted is reported again. Mend it, \
                     or give the entry a later date.",
                    ignore.rule
                );
                notes.push(Note { place, message });
            } else if !used.entries.contains(&index)
                && self.selection.any_enabled(&ignore.rule)
                && context.is_about(&ignore.paths)
                // One for all projects is not about this one alone.
                && !self.is_extended(&ignore.origin)
            {
                let message = format!(
                    "The [[ignore]] entry for `{}` accepts nothing that was found in this run. Remove it if the finding is \
                     gone.",
                    ignore.rule
                );
                notes.push(Note { place, message });
            }
        }
        for origin in self.vendors.idle(&context.packages, |place| self.base.subject(place)) {
            if context.partial.is_none() && !self.is_extended(origin) {
                let message =
                    "The [[vendor]] entry means no package that was read. Check its globs, or remove it.".to_owned();
                notes.push(Note { place: Some(origin.to_string()), message });
            }
        }
        for (comment_place, comments) in context.comments.iter().filter(|(place, _)| place.inside.is_empty()) {
            let place = comment_place;
            for (line, why) in &comments.mistakes {
                let message = format!("The ignore comment has no effect: {why}.");
                notes.push(Note { place: Some(format!("{place}:{line}")), message });
            }
            for comment in &comments.valid {
                let place = || Some(format!("{place}:{}", comment.line));
                let (known, unknown): (Vec<&String>, Vec<&String>) =
                    comment.rules.iter().partition(|name| self.selection.is_known(name));
                for name in unknown {
                    let hint = did_you_mean(name, self.selection.names());
                    let message = format!(
                        "The ignore comment names `{name}`, which is no rule or family. {hint}`aemlint rules list` names all."
                    );
                    notes.push(Note { place: place(), message });
                }
                let applied = known.iter().any(|name| self.selection.any_enabled(name));
                if applied && !used.comments.contains(&(comment_place.clone(), comment.line)) {
                    let rules = known.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
                    let message =
                        format!("The ignore comment for `{rules}` has no effect: it accepts nothing that was found.");
                    notes.push(Note { place: place(), message });
                }
            }
        }
    }

    /// Says which records of the baseline are gone.
    fn note_gone(&self, rest: &Baseline, incomplete: bool, notes: &mut Vec<Note>) {
        let gone: Baseline = rest.records().filter(|record| self.selection.enabled(&record.rule)).cloned().collect();
        if gone.is_empty() {
            return;
        }
        if incomplete {
            let message = format!(
                "{} recorded in the baseline and not found again; not all was read or judged, so nothing is said to be gone.",
                findings_are(gone.len())
            );
            notes.push(Note { place: None, message });
            return;
        }
        let shown: Vec<String> =
            gone.records().take(5).map(|record| format!("{} in {}", record.rule, record.path)).collect();
        let more = if gone.records().count() > shown.len() { ", …" } else { "" };
        let message = format!(
            "{} recorded in the baseline and gone: {}{more}. --write-baseline drops the records.",
            findings_are(gone.len()),
            shown.join(", "),
        );
        notes.push(Note { place: None, message });
    }
}

/// Ignores that accepted something.
#[derive(Default)]
struct Used {
    comments: std::collections::BTreeSet<(Place, u32)>,
    entries: std::collections::BTreeSet<usize>,
}

fn findings_are(count: usize) -> String {
    if count == 1 { "1 finding is".to_owned() } else { format!("{count} findings are") }
}

#[cfg(test)]
mod tests;
