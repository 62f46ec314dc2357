//! `aemlint diff`: what changed between two deliveries.

use super::args::Diff;
use super::console::Console;
use super::options::Inputs;
use super::scanning;
use super::setup::Settings;
use super::shelf;
use super::values::DiffOutput;
use crate::diagnostics::UserError;
use crate::diff::{self, Side};
use crate::facts::Fact;
use crate::policy::{Context, Policy, files};
use crate::remote;
use crate::report::{self, Compared, DiffFormat, DiffReport, DiffStyle, RuleInfo};
use crate::rules::{Answers, RuleSet, evaluate_with_answers, merge_copies};
use crate::scan::{self, Sought};
use crate::workers;
use miette::Report;
use std::collections::BTreeSet;
use std::path::Path;

/// Runs `aemlint diff`.
///
/// # Errors
/// A mistake in a configuration or rule file or in an option, a report that cannot be written.
pub(super) fn run(args: &Diff, console: &Console) -> Result<u8, Report> {
    let run = Run::prepare(args, console)?;
    let (old, about_old) = run.side(&args.old, &run.settings.for_other_inputs(&run.inputs(&args.old)))?;
    let (new, about_new) = run.side(&args.new, &run.settings)?;
    let difference = diff::compare(old, new);
    let is_incomplete = about_old.is_incomplete || about_new.is_incomplete;
    let worse = difference.findings.new.iter().filter(|new| new.is_worse()).map(|new| &new.finding);
    let exit_code = run.policy.exit_code(worse, is_incomplete);
    let mut report = DiffReport { old: about_old, new: about_new, difference, exit_code };
    report::redact_diff(&mut report);
    run.write(&report)?;
    Ok(exit_code)
}

/// A run of `diff` that knows its configuration.
struct Run<'a> {
    args: &'a Diff,
    console: &'a Console,
    /// Those of the new side.
    settings: Settings,
    rules: RuleSet,
    policy: Policy,
}

impl<'a> Run<'a> {
    fn prepare(args: &'a Diff, console: &'a Console) -> Result<Self, Report> {
        remote::check_inputs(std::slice::from_ref(&args.old))?;
        let inputs = Inputs { paths: vec![args.new.clone()], reading: args.reading.clone() };
        let settings = Settings::for_inputs(&args.setup.source.config, &inputs)?;
        let (rules, policy) = settings.judging(&args.setup.source.directories, &args.counting)?;
        Ok(Self { args, console, settings, rules, policy })
    }

    fn inputs(&self, path: &Path) -> Inputs {
        Inputs { paths: vec![path.to_owned()], reading: self.args.reading.clone() }
    }

    /// Reads and judges one side. Only what is compared is kept of it.
    fn side(&self, path: &Path, settings: &Settings) -> Result<(Side, Compared), Report> {
        let target = settings.target(self.args.setup.target);
        let sought = Sought::by_rules(&self.rules).with(diff::kinds());
        let options = scanning::options(settings, &self.args.reading, &self.args.limits, target, sought)?;
        let options = scan::Options { digests: self.formats().any(DiffFormat::shows_inputs), ..options };
        let scanned = match shelf::scan_path(path, &options, self.console)? {
            Some(bundles) => bundles,
            None => scanning::scan_with(&[path.to_owned()], &options, self.console),
        };
        let judgement = workers::with(self.args.reading.walk.threads, scanned.facts.len(), || {
            let (answers, memory) = (Answers::default(), options.walk.limits.memory);
            evaluate_with_answers(&self.rules, &scanned.facts, &scanned.installed, target.target, &answers, memory)
        })?;
        if self.console.verbose {
            judgement.not_judged.iter().for_each(|failed| self.console.error(&failed.error));
        }
        let not_judged = judgement.not_judged.into_iter().map(|failed| failed.fact);
        let not_judged: Vec<Fact> = not_judged.chain(judgement.left_out).collect();
        let context = Context {
            packages: scanning::packages(&scanned.facts),
            incomplete: scanned.is_incomplete() || !not_judged.is_empty(),
            comments: scanned.comments,
            baseline: None,
            partial: None,
            records: false,
        };
        let outcome = self.policy.apply(judgement.findings, context);
        let (findings, _) = merge_copies(outcome.findings);
        let side = Side::new(&scanned.facts, &not_judged, findings);
        let about = Compared {
            inputs: scanned.inputs,
            unread: report::Unread::from_facts(scanned.facts.iter().chain(&not_judged)),
            is_incomplete: side.is_incomplete,
        };
        Ok((side, about))
    }

    /// The forms of all reports of this run.
    fn formats(&self) -> impl Iterator<Item = DiffFormat> {
        self.args.outputs.iter().map(|output| output.format).chain([self.args.format])
    }

    fn write(&self, report: &DiffReport) -> Result<(), Report> {
        let rules = self.rule_infos(report)?;
        let style = DiffStyle { all: self.args.all };
        for DiffOutput { format, file } in &self.args.outputs {
            let text = report::render_diff(*format, report, &rules, &style);
            files::write(file, text.as_bytes()).map_err(|error| {
                let message = format!("the report {} cannot be written: {error}", file.display());
                UserError::plain(message, "Name a file in a directory that exists and that you may write to.")
            })?;
        }
        self.console.print(report::render_diff(self.args.format, report, &rules, &style).as_bytes())
    }

    /// What rules say of themselves: those that a finding names, and the others where a form shows them.
    fn rule_infos(&self, report: &DiffReport) -> Result<Vec<RuleInfo>, UserError> {
        if self.formats().any(DiffFormat::needs_all_rules) {
            return Ok(self.rules.metas()?.into_iter().map(RuleInfo::from).collect());
        }
        let findings = &report.difference.findings;
        let findings = findings.new.iter().map(|new| &new.finding).chain(&findings.gone);
        let named: BTreeSet<&str> = findings.map(|finding| finding.rule.as_ref()).collect();
        named.into_iter().map(|rule| self.rules.meta(rule).map(RuleInfo::from)).collect()
    }
}
