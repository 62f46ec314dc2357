//! `aemlint fix`: plans the edits that mend findings, shows them, and with `--write` makes them.

use super::args::Fix;
use super::console::Console;
use super::progress::Progress;
use super::scanning;
use super::setup::Settings;
use crate::diagnostics::{UserError, nearest};
use crate::fix::{self, Chosen, Form, Judged, Plan, Shown, World};
use crate::policy::{Baseline, Context, Policy};
use crate::rules::{Answers, Finding, RuleSet, evaluate_with_answers};
use crate::scan::{self, Original, Overlay, Sought};
use miette::Report;
use osgi_config::Target;
use std::collections::{BTreeMap, BTreeSet};
use zip_audit::Place;

/// Runs `aemlint fix`.
///
/// # Errors
/// A mistake in a configuration, a rule file, an option or an answer; an input that does not exist; a file that cannot be
/// written.
pub(super) fn run(args: &Fix, console: &Console) -> Result<u8, Report> {
    let settings = Settings::for_inputs(&args.setup.source.config, &args.inputs)?;
    let mut rules = settings.rules(&args.setup.source.directories)?;
    let policy = settings.policy(&args.policy, &rules)?;
    check_names(&args.only, &rules)?;
    rules.retain(|id, _| policy.enabled(id));
    let target = settings.target(args.setup.target);
    if args.placeholders && !(target.named && target.target == Target::Cloud) {
        let help = "Add --target cloud if the project is for AEM as a Cloud Service; AEM 6.5 resolves no placeholders.";
        return Err(UserError::plain("--placeholders needs --target cloud", help).into());
    }
    let mut answers = fix::read_answers(&args.answers, args.answer_file.as_deref(), target.target)
        .map_err(|error| UserError::plain(error.message, error.help))?;
    answers.placeholders = args.placeholders;
    let options = scanning::options(&settings, &args.inputs, &args.limits, target, Sought::by_rules(&rules))?;
    let baseline = args.policy.baseline.as_deref().map(Baseline::read).transpose()?;
    let world = Inputs { args, options, rules, policy, answers, baseline, target: target.target, console };
    let chosen = Chosen { unsafe_fixes: args.unsafe_fixes, only: args.only.clone() };
    let plan = fix::plan(&world, &chosen)?;
    world.note_unused(&plan);
    world.conclude(&plan)
}

/// Checks that every name of `--only` is that of a rule or family.
fn check_names(names: &[String], rules: &RuleSet) -> Result<(), Report> {
    let known: Vec<&str> = rules.names().flat_map(|(id, family)| [id, family]).collect();
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let hint = nearest(name, known.iter().copied()).map(|near| format!("Did you mean `{near}`? "));
            let help = format!("{}`aemlint rules list` shows all rules with their families.", hint.unwrap_or_default());
            Err(UserError::plain(format!("--only: there is no rule or family `{name}`"), help).into())
        }
    }
}

/// The inputs of a run, and how they are judged.
struct Inputs<'a> {
    args: &'a Fix,
    options: scan::Options,
    rules: RuleSet,
    policy: Policy,
    answers: Answers,
    baseline: Option<Baseline>,
    target: Target,
    console: &'a Console,
}

impl World for Inputs<'_> {
    type Error = Report;

    fn judge(&self, overlay: &Overlay) -> Result<Judged, Report> {
        let progress = Progress::new(self.console);
        let report = |done, total| progress.set(done, total);
        let scanned = scan::scan_with(&self.args.inputs.paths, &self.options, overlay, &report);
        drop(progress);
        let judgement =
            evaluate_with_answers(&self.rules, &scanned.facts, &scanned.installed, self.target, &self.answers)?;
        let is_incomplete = scanned.is_incomplete() || !judgement.not_judged.is_empty();
        let all = judgement.findings;
        let context = Context {
            packages: scanning::packages(&scanned.facts),
            comments: scanned.comments,
            baseline: self.baseline.clone(),
            incomplete: is_incomplete,
        };
        let shown = self.policy.apply(all.clone(), context).findings;
        Ok(Judged { all, shown, is_incomplete })
    }

    fn originals(&self, places: &BTreeSet<Place>) -> Result<BTreeMap<Place, Original>, Report> {
        Ok(scan::originals(&self.args.inputs.paths, &self.options, places))
    }

    fn refusal(&self, place: &Place) -> Option<String> {
        let in_archive = "it lies in a package; unpack the package, or mend the project that it is built from";
        (!place.inside.is_empty()).then(|| in_archive.to_owned())
    }

    fn counts(&self, rule: &str) -> bool {
        self.rules.counts(rule)
    }
}

impl Inputs<'_> {
    /// Says which answers nothing needed.
    fn note_unused(&self, plan: &Plan) {
        let findings: Vec<&Finding> = plan.mended.iter().chain(plan.left.iter().map(|(finding, _)| finding)).collect();
        for (aim, key) in self.answers.keys() {
            let is_used = findings.iter().any(|finding| self.rules.needs(&finding.rule, key));
            if !is_used {
                let aim = aim.map(|aim| format!("{aim}:")).unwrap_or_default();
                self.console.note(&format!("aemlint: nothing needed the answer to {aim}{}", key.name()));
            }
        }
    }

    /// Writes what is planned if that is wanted, and shows it.
    fn conclude(&self, plan: &Plan) -> Result<u8, Report> {
        let is_written = self.args.write && !plan.files.is_empty();
        let mut written = BTreeMap::new();
        if is_written {
            let root = self.options.walk.root.clone().unwrap_or_default();
            fix::write_tree(&plan.files, &|shown| root.join(shown)).map_err(|error| {
                let help =
                    "What was written before is whole, and the next run goes on from there. Run aemlint fix again.";
                UserError::plain(error.to_string(), help)
            })?;
            written.extend(plan.files.iter().map(|file| (file.place.to_string(), file.place.to_string())));
        }
        let left = self.policy.exit_code(&plan.after.shown, plan.after.is_incomplete);
        let exit_code = if left == 0 && !self.args.write && !plan.mended.is_empty() { 1 } else { left };
        let form = match self.args.format {
            super::args::FixFormat::Text => Form::Text,
            super::args::FixFormat::Diff => Form::Diff,
            super::args::FixFormat::Json => Form::Json,
        };
        let shown = Shown { plan, written: &written, is_written, to_do: &[], exit_code };
        self.console.print(fix::render(&shown, form).as_bytes())?;
        if form != Form::Text {
            self.console.tally(&format!("aemlint: {}", fix::summary(plan, is_written)));
        }
        Ok(exit_code)
    }
}
