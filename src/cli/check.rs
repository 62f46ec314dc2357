//! `aemlint check`: from the facts of a scan to reports and an exit code.

use super::add_ignore;
use super::args::Check;
use super::audit;
use super::console::{self, Console};
use super::file_list;
use super::options::{Inputs, ReportOptions};
use super::output_files;
use super::scanning;
use super::setup::{ChosenTarget, Exclude, Settings};
use super::shelf::Parts;
use super::show_files;
use super::show_settings;
use super::stdin;
use super::unchanged::Collected;
use crate::diagnostics::UserError;
use crate::facts::{Fact, Kind};
use crate::fix::Suggestions;
use crate::integrations;
use crate::policy::{Baseline, Context, Note, Policy, PolicyOutcome};
use crate::report::{self, Format, RuleInfo, StatisticsForm, Style, Summary};
use crate::rules::{
    Answers, Finding, Judgement, RuleSet, Severity, evaluate_part, evaluate_with_answers, merge_copies,
};
use crate::scan::{self, Given, Scanned, Sought};
use crate::workers;
use miette::Report;
use osgi_config::Target;
use std::collections::BTreeSet;
use std::io::Write;
use std::time::Instant;

/// Runs `aemlint check`.
///
/// # Errors
/// A mistake in a configuration or rule file or in an option, an input that does not exist, a report that cannot be
/// written.
pub(super) fn run(args: &Check, console: &Console) -> Result<u8, Report> {
    if args.add_ignore {
        add_ignore::run(args, console)?;
    }
    let inputs = stdin::inputs(args)?;
    let inputs = match &args.files_from {
        Some(list) => Inputs { paths: file_list::read(list)?, ..inputs },
        None => inputs,
    };
    if args.show_settings {
        return show_settings::run(args, &inputs, console);
    }
    if args.show_files {
        return show_files::run(args, &inputs, console);
    }
    let mut run = Run::prepare(args, inputs, console)?;
    let target = run.settings.target(args.setup.target);
    let sought = Sought::by_rules(&run.rules);
    let shows_audit = run.formats().any(Format::shows_audit);
    let sought = if shows_audit { sought.with(integrations::KINDS.iter().copied()) } else { sought };
    let options = scanning::options(&run.settings, &run.inputs.reading, &args.limits, target, sought)?;
    let options = scan::Options { digests: run.formats().any(Format::shows_inputs), ..options };
    run.given = if args.bundles.from.is_some() { None } else { stdin::read(args, &options)? };
    let (scanned, judgement) = match (&args.bundles.from, &run.given) {
        (Some(from), _) => run.judge_bundles(&Parts::new(from, &args.bundles, &options, console)?, &options)?,
        (None, Some(given)) => run.judge_whole(stdin::scan(&run.inputs, given, &options, console)?, &options)?,
        (None, None) => run.judge_whole(scanning::scan_with(&run.inputs.paths, &options, console), &options)?,
    };
    let number = scanned.facts.len();
    hint_at_target(target, &scanned, console);
    let code = workers::with(args.inputs.reading.walk.threads, number, || run.conclude(judgement, &scanned, &options));
    // The process is about to end: the system takes back at once what would else be freed fact by fact.
    std::mem::forget((run, scanned));
    code
}

/// Says once that the target should be named where configurations take values from variables, as those for AEM as a Cloud
/// Service do, and nothing names the target.
fn hint_at_target(target: ChosenTarget, scanned: &Scanned, console: &Console) {
    let has_variables = || scanned.facts.iter().any(|fact| fact.kind() == Kind::Variable && fact.installed());
    if !target.named && target.target == Target::Aem65 && has_variables() {
        console.note(
            "aemlint: configurations take values from variables such as $[env:NAME], which AEM as a Cloud Service \
             resolves and AEM 6.5 does not; name the target with --target cloud or --target aem-6.5",
        );
    }
}

/// A run of `check` that knows its configuration.
struct Run<'a> {
    args: &'a Check,
    inputs: Inputs,
    /// What standard input holds, if it is what is judged.
    given: Option<Given>,
    console: &'a Console,
    settings: Settings,
    rules: RuleSet,
    policy: Policy,
    started: Instant,
}

impl<'a> Run<'a> {
    /// Reads configuration and rules. Nothing is scanned if one of them is wrong.
    ///
    /// # Errors
    /// A mistake in a configuration or rule file, a name of a rule that does not exist.
    fn prepare(args: &'a Check, inputs: Inputs, console: &'a Console) -> Result<Self, Report> {
        let started = Instant::now();
        let ReportOptions { format, statistics, .. } = &args.report;
        if *statistics && StatisticsForm::of(*format).is_none() {
            let message = format!("--statistics has no form `{format}`");
            return Err(UserError::plain(message, "Use one of the forms text, json, csv and markdown.").into());
        }
        let settings = Settings::for_inputs(&args.setup.source.config, &inputs)?;
        let (rules, policy) = settings.judging(&args.setup.source.directories, &args.policy.counting)?;
        if let Some(file) = &settings.config.file {
            console.detail(&format!("configuration: {}", file.display()));
        }
        for extended in &settings.config.extended {
            console.detail(&format!("{} extends {}", extended.origin.file, extended.file));
        }
        console.detail(&format!("rules: {}", rules.ids().count()));
        console.warn_of(&rules.warnings());
        Ok(Self { args, inputs, given: None, console, settings, rules, policy, started })
    }

    /// Judges what was scanned at once.
    ///
    /// # Errors
    /// A rule file with a mistake.
    fn judge_whole(&self, scanned: Scanned, options: &scan::Options) -> Result<(Scanned, Judgement), Report> {
        let threads = self.args.inputs.reading.walk.threads;
        let judgement = workers::with(threads, scanned.facts.len(), || {
            let (answers, memory) = (Answers::default(), options.walk.limits.memory);
            evaluate_with_answers(&self.rules, &scanned.facts, &scanned.installed, options.target, &answers, memory)
        })?;
        Ok((scanned, judgement))
    }

    /// Judges bundles, of which no more than a batch is in memory at one time.
    ///
    /// # Errors
    /// A rule file with a mistake.
    fn judge_bundles(&self, parts: &Parts<'_>, options: &scan::Options) -> Result<(Scanned, Judgement), Report> {
        let (threads, answers, memory) =
            (self.args.inputs.reading.walk.threads, Answers::default(), options.walk.limits.memory);
        let evaluate = |part: &Scanned| {
            workers::with(threads, part.facts.len(), || {
                evaluate_part(&self.rules, &part.facts, &part.installed, options.target, &answers, memory)
            })
        };
        // What is said beside the findings, and of the run as a whole.
        let shown: &[Kind] = if self.formats().any(Format::shows_audit) { integrations::KINDS } else { &[] };
        let kept = || [Kind::Package, Kind::Unread, Kind::Variable].iter().chain(shown).copied().collect();
        let judged = scanning::judge(parts.linked(), options.target, kept(), evaluate)?;
        match if judged.0.is_judgeable { None } else { parts.nothing() } {
            Some(nothing) => Ok(scanning::judge([nothing], options.target, kept(), evaluate)?),
            None => Ok(judged),
        }
    }

    /// Judges what was found, writes the reports and tells the exit code.
    ///
    /// # Errors
    /// If a baseline or a report cannot be read or written.
    fn conclude(&self, judgement: Judgement, scanned: &Scanned, options: &scan::Options) -> Result<u8, Report> {
        let Judgement { findings, not_judged, left_out } = judgement;
        if self.console.verbose {
            not_judged.iter().for_each(|failed| self.console.error(&failed.error));
        }
        let not_judged = not_judged.into_iter().map(|failed| failed.fact);
        let not_judged: Vec<Fact> = not_judged.chain(left_out).collect();
        let incomplete = scanned.is_incomplete() || !not_judged.is_empty();
        let context = Context {
            comments: scanned.comments.clone(),
            packages: scanning::packages(&scanned.facts),
            baseline: self.args.policy.baseline.as_deref().map(Baseline::read).transpose()?,
            incomplete,
            partial: self.settings.partial(&self.inputs.paths, &options.walk),
            records: self.args.policy.write_baseline.is_some(),
        };
        if self.args.bundles.from.is_none() {
            self.note_idle_excludes(&scanned.matched_excludes);
        }
        let audit = self.audit(&findings, scanned);
        let outcome = self.judge(findings, context, incomplete)?;
        for note in &outcome.notes {
            self.note(note);
        }
        let exit_code = self.policy.exit_code(&outcome.findings, incomplete);
        let (findings, copies) = merge_copies(outcome.findings);
        let outcome = PolicyOutcome { findings, ..outcome };
        let mut report = self.report(outcome, copies, scanned, &not_judged, exit_code);
        report.audit = audit;
        if self.formats().any(|format| format == Format::SARIF) {
            report.suggestions = self.suggestions(&report, options);
        }
        self.write(&report)?;
        Ok(exit_code)
    }

    /// Applies the policy. With `--write-baseline` the file is written, and what it records is not reported.
    fn judge(&self, findings: Vec<Finding>, context: Context, incomplete: bool) -> Result<PolicyOutcome, Report> {
        let Some(path) = &self.args.policy.write_baseline else {
            return Ok(self.policy.apply(findings, context));
        };
        let old = path.exists().then(|| Baseline::read(path)).transpose()?;
        let first = self.policy.apply(findings.clone(), Context { baseline: None, ..context.clone() });
        let (baseline, gone) = self.policy.rewrite(old, &first, incomplete);
        baseline.write(path)?;
        let file = path.display();
        let number = baseline.len();
        let unit = if number == 1 { "finding" } else { "findings" };
        let dropped = if gone == 0 { String::new() } else { format!("; {gone} that are gone were dropped") };
        self.console.note(&format!("aemlint: {file} records {number} {unit}{dropped}"));
        Ok(self.policy.apply(findings, Context { baseline: Some(baseline), ..context }))
    }

    fn report(
        &self,
        outcome: PolicyOutcome,
        copies: Vec<Finding>,
        scanned: &Scanned,
        not_judged: &[Fact],
        exit_code: u8,
    ) -> report::Report {
        let count = |level| outcome.findings.iter().filter(|finding| finding.severity == level).count() as u64;
        let unread = report::Unread::from_facts(scanned.facts.iter().chain(not_judged));
        let summary = Summary {
            packages: scanned.facts.iter().filter(|fact| fact.kind() == Kind::Package).count() as u64,
            deployments: scanned.deployments.into(),
            files: scanned.files,
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            notes: count(Severity::Note),
            unread: unread.len() as u64,
            excluded: scanned.excluded,
            hidden: outcome.hidden.total(),
            milliseconds: (!self.args.report.no_times).then(|| self.milliseconds()),
            exit_code,
            left_out: report::LeftOut::default(),
        };
        report::Report {
            findings: outcome.findings,
            copies,
            suppressed: outcome.suppressed,
            inputs: scanned.inputs.clone(),
            // One goes without saying.
            deployments: if scanned.deployment_names.len() > 1 { scanned.deployment_names.clone() } else { Vec::new() },
            unread,
            summary,
            ..report::Report::default()
        }
    }

    /// What is shown beside the findings, if a form of this run shows it.
    fn audit(&self, findings: &[Finding], scanned: &Scanned) -> report::Audit {
        if !self.formats().any(Format::shows_audit) {
            return report::Audit::default();
        }
        // How an integration is does not depend on what is accepted or below a threshold.
        let (findings, _) = merge_copies(self.policy.rate(findings.to_vec()));
        audit::audit(self.args, &self.settings, &self.policy, scanned, &findings)
    }

    fn milliseconds(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// The forms of all reports of this run.
    fn formats(&self) -> impl Iterator<Item = Format> {
        let args = &self.args.report;
        args.outputs.iter().map(|output| output.format).chain([args.format])
    }

    /// What would mend the findings in files of trees, which are read again for that: of bundles those that lie where they were
    /// collected and are unchanged.
    fn suggestions(&self, report: &report::Report, options: &scan::Options) -> Suggestions {
        let walk = &options.walk;
        let findings = report.findings.iter().chain(&report.copies);
        if self.args.bundles.from.is_some() {
            let collected = Collected::new(findings.clone(), options);
            return Suggestions::of(findings, |place| collected.read(place));
        }
        Suggestions::of(findings, |place| match &self.given {
            // Whatever lies on disk is not what was judged.
            Some(given) => zip_audit::places(&self.inputs.paths, walk).contains(place).then(|| given.bytes().to_vec()),
            None => std::fs::read(scanning::path_on_disk(walk, &place.file)).ok(),
        })
    }

    /// What rules say of themselves: those that a finding names, and the others where a form shows them. Their files are
    /// parsed only then.
    ///
    /// # Errors
    /// A mistake in a rule file.
    fn rule_infos(&self, report: &report::Report) -> Result<Vec<RuleInfo>, UserError> {
        if self.formats().any(Format::needs_all_rules) {
            return Ok(self.rules.metas()?.into_iter().map(RuleInfo::from).collect());
        }
        let suppressed = report.suppressed.iter().map(|suppressed| &suppressed.finding);
        let findings = report.findings.iter().chain(suppressed);
        let named: BTreeSet<&str> = findings.map(|finding| finding.rule.as_ref()).collect();
        named.into_iter().map(|rule| self.rules.meta(rule).map(RuleInfo::from)).collect()
    }

    fn write(&self, report: &report::Report) -> Result<(), Report> {
        let args = &self.args.report;
        let style = Style {
            color: self.console.stdout_color,
            width: console::width(),
            links: console::knows_links(),
            unicode: true,
            sarif_category: args.sarif_category.clone(),
            sarif_include_suppressed: args.sarif_include_suppressed,
        };
        let summary_file = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|_| args.format == Format::GITHUB);
        let rules = self.rule_infos(report)?;
        for output in &args.outputs {
            let style = Style { color: false, links: false, width: None, ..style.clone() };
            let text = report::render(output.format, report, &rules, &style);
            output_files::write(&output.file, "report", &text)?;
        }
        if let Some(path) = summary_file {
            // The file is the runner's; other steps may have written to it before.
            let file = std::fs::OpenOptions::new().append(true).create(true).open(&path);
            let text = report::render(Format::MARKDOWN, report, &rules, &Style::default());
            if let Err(error) = file.and_then(|mut file| file.write_all(text.as_bytes())) {
                self.console.note(&format!("aemlint: the step summary cannot be written: {error}"));
            }
        }
        let statistics = StatisticsForm::of(args.format).filter(|_| args.statistics);
        let text = match statistics {
            Some(form) => report::statistics(form, report, &rules),
            None => report::render(args.format, report, &rules, &style),
        };
        self.console.print(text.as_bytes())?;
        if statistics.is_some() || !args.format.has_summary() {
            self.console.tally(&format!("aemlint: {}", report::summary_line(report)));
        }
        Ok(())
    }

    /// Says which excludes left nothing out.
    fn note_idle_excludes(&self, matched: &[usize]) {
        for exclude in self.settings.idle_excludes(&self.inputs, matched) {
            let (place, glob) = match exclude {
                Exclude::Option(glob) => ("--exclude".to_owned(), glob),
                Exclude::Configuration(origin, glob) => (format!("{origin}: exclude"), glob),
            };
            let slashes = if glob.contains('\\') { " Separate names with `/`." } else { "" };
            self.console.note(&format!("aemlint: {place}: `{glob}` leaves nothing out in this run.{slashes}"));
        }
    }

    fn note(&self, note: &Note) {
        match &note.place {
            Some(place) => self.console.note(&format!("aemlint: {place}: {}", note.message)),
            None => self.console.note(&format!("aemlint: {}", note.message)),
        }
    }
}
