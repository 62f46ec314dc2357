//! `aemlint fix`: plans the edits that mend findings, shows them, and with `--write` makes them.

use super::args::{Fix, FixFormat};
use super::console::Console;
use super::progress::Progress;
use super::scanning;
use super::setup::Settings;
use crate::diagnostics::{UserError, did_you_mean};
use crate::facts::families::brand_portal::BrandPortalTenant;
use crate::facts::{Fact, Kind, OfKind};
use crate::fix::{self, Chosen, Form, Judged, Output, PackageOutput, Plan, PlannedFile, Shown, Surroundings, World};
use crate::policy::{Baseline, Context, Policy};
use crate::remote;
use crate::rules::{AnswerKey, Answers, Finding, RuleSet, evaluate_with_answers};
use crate::scan::{self, Original, Overlay, Sought};
use crate::workers::lock;
use miette::Report;
use osgi_config::Target;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};
use zip_audit::Place;

/// Runs `aemlint fix`.
///
/// # Errors
/// A mistake in a configuration, a rule file, an option or an answer; an input that does not exist; a file that cannot be
/// written.
pub(super) fn run(args: &Fix, console: &Console) -> Result<u8, Report> {
    remote::check_on_disk(&args.inputs.paths)?;
    let settings = Settings::for_inputs(&args.setup.source.config, &args.inputs)?;
    let mut rules = settings.rules(&args.setup.source.directories)?;
    let policy = settings.policy(&args.policy.counting, &rules)?;
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
    let inputs = without_results(&args.inputs);
    let options = scanning::options(&settings, &inputs.reading, &args.limits, target, Sought::by_rules(&rules))?;
    let baseline = args.policy.baseline.as_deref().map(Baseline::read).transpose()?;
    let world = Inputs {
        args,
        options,
        rules,
        policy,
        answers,
        baseline,
        target: target.target,
        console,
        trouble: OnceLock::new(),
        archives: Mutex::default(),
    };
    let chosen = Chosen { unsafe_fixes: args.unsafe_fixes, only: args.only.clone() };
    let plan = fix::plan(&world, &chosen)?;
    world.check_aims(&plan)?;
    world.note_unused(&plan);
    world.conclude(&plan)
}

/// The inputs without what earlier runs made of packages, unless that is named.
fn without_results(inputs: &super::options::Inputs) -> super::options::Inputs {
    let is_result = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().contains(".fixed."));
    let mut inputs = inputs.clone();
    if !inputs.paths.iter().any(is_result) {
        inputs.reading.walk.exclude.extend(["**/*.fixed.zip".to_owned(), "**/*.fixed.jar".to_owned()]);
    }
    inputs
}

/// Checks that every name of `--only` is that of a rule or family.
fn check_names(names: &[String], rules: &RuleSet) -> Result<(), Report> {
    let known: Vec<&str> = rules.names().flat_map(|(id, family)| [id, family]).collect();
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => {
            let hint = did_you_mean(name, known.iter().copied());
            let help = format!("{hint}`aemlint rules list` shows all rules with their families.");
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
    /// What was not read, or can be read in two ways, at the first look.
    trouble: OnceLock<Vec<Place>>,
    /// What is around files in archives, by the places of these.
    archives: Mutex<BTreeMap<Place, Surroundings>>,
}

/// What was not read, or can be read in two ways.
fn trouble(facts: &[Fact]) -> Vec<Place> {
    let is_trouble = |fact: &&Fact| matches!(fact.kind(), Kind::Unread | Kind::ArchiveAnomaly);
    facts.iter().filter(is_trouble).map(|fact| fact.place.clone()).collect()
}

/// Whether `trouble` is one of the archives around `place`, or lies in the innermost of them.
fn shares_archive(trouble: &Place, place: &Place) -> bool {
    let around = place.inside.split_last().map(|(_, around)| around).unwrap_or_default();
    let is_around = around.starts_with(&trouble.inside);
    trouble.file == place.file && (is_around || trouble.inside.starts_with(around))
}

impl World for Inputs<'_> {
    type Error = Report;

    fn judge(&self, overlay: &Overlay) -> Result<Judged, Report> {
        let progress = Progress::new(self.console);
        let report = |done, total| progress.set(done, total);
        // What is deleted may be all that there was.
        let allow_empty = self.options.allow_empty || !overlay.is_empty();
        let options = scan::Options { allow_empty, ..self.options.clone() };
        let scanned = scan::scan_with(&self.args.inputs.paths, &options, overlay, &report);
        drop(progress);
        let judgement = evaluate_with_answers(
            &self.rules,
            &scanned.facts,
            &scanned.installed,
            self.target,
            &self.answers,
            self.options.walk.limits.memory,
        )?;
        let is_incomplete =
            scanned.is_incomplete() || !judgement.not_judged.is_empty() || !judgement.left_out.is_empty();
        let all = judgement.findings;
        if self.trouble.set(trouble(&scanned.facts)).is_ok() {
            self.check_tenants(&scanned.facts)?;
        }
        let context = Context {
            packages: scanning::packages(&scanned.facts),
            comments: scanned.comments,
            baseline: self.baseline.clone(),
            partial: None,
            records: false,
            incomplete: is_incomplete,
        };
        let shown = self.policy.apply(all.clone(), context).findings;
        Ok(Judged { all, shown, is_incomplete })
    }

    fn originals(&self, places: &BTreeSet<Place>) -> Result<BTreeMap<Place, Original>, Report> {
        Ok(scan::originals(&self.args.inputs.paths, &self.options, places))
    }

    fn refusal(&self, place: &Place) -> Option<String> {
        if place.inside.is_empty() {
            return None;
        }
        if let Some(trouble) = self.trouble.get().into_iter().flatten().find(|trouble| shares_archive(trouble, place)) {
            return Some(format!("its package is left as it is, since not all of it is certain: {trouble}"));
        }
        self.around(place, |around| around.refusal(place))
    }

    fn has_files_beside(&self, place: &Place) -> bool {
        self.around(place, |around| around.has_others(place))
    }

    fn counts(&self, rule: &str) -> bool {
        self.rules.counts(rule)
    }
}

impl Inputs<'_> {
    /// Looks at what is around the file at `place`.
    fn around<T>(&self, place: &Place, look: impl FnOnce(&Surroundings) -> T) -> T {
        let of = || Surroundings::of(place, &self.path(&place.file));
        let Some((_, around)) = place.inside.split_last() else { return look(&of()) };
        let archive = Place { file: place.file.clone(), inside: around.into() };
        look(lock(&self.archives).entry(archive).or_insert_with(of))
    }

    /// Checks that a client id or secret without an aim is written to one configuration only: each credential has its own.
    fn check_aims(&self, plan: &Plan) -> Result<(), UserError> {
        for key in [AnswerKey::ClientId, AnswerKey::ClientSecret] {
            let Some(answer) = self.answers.for_all(key) else { continue };
            let is_user = |finding: &&Finding| finding.fix.as_ref().is_some_and(|fix| fix.writes(answer));
            let places: BTreeSet<String> =
                plan.mended.iter().filter(is_user).map(|finding| finding.location.place.to_string()).collect();
            if places.len() > 1 {
                let name = key.name();
                let message = format!("the answer to {name} would be written to {} configurations", places.len());
                let places = places.into_iter().collect::<Vec<_>>().join(", ");
                let help = format!(
                    "Each credential has its own. Say which one it is for: --set AIM:{name}=VALUE, with a solution or a \
                     factory instance. The configurations are {places}."
                );
                return Err(UserError::plain(message, help));
            }
        }
        Ok(())
    }

    /// Checks that a tenant which is to be kept is there.
    fn check_tenants(&self, facts: &[Fact]) -> Result<(), UserError> {
        let known: BTreeSet<&str> = facts
            .iter()
            .filter(|fact| fact.installed())
            .filter_map(BrandPortalTenant::of)
            .map(|fact| &*fact.tenant.value)
            .collect();
        let key = AnswerKey::KeepTenant;
        match self.answers.to(key).find(|tenant| !known.is_empty() && !known.contains(tenant)) {
            None => Ok(()),
            Some(_) => {
                let known = known.into_iter().collect::<Vec<_>>().join(", ");
                let message = format!("the answer to {} is no tenant that is configured here", key.name());
                Err(UserError::plain(message, format!("Name one of {known}.")))
            }
        }
    }

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

    /// Where a file is that is shown as `shown`.
    fn path(&self, shown: &str) -> PathBuf {
        scanning::path_on_disk(&self.options.walk, shown)
    }

    /// Writes what is planned if that is wanted, and shows it.
    fn conclude(&self, plan: &Plan) -> Result<u8, Report> {
        let is_written = self.args.write && !plan.files.is_empty();
        let mut to_do = Vec::new();
        let written = if is_written { self.write(plan, &mut to_do)? } else { BTreeMap::new() };
        let left = self.policy.exit_code(&plan.after.shown, plan.after.is_incomplete);
        let exit_code = if left == 0 && !self.args.write && !plan.mended.is_empty() { 1 } else { left };
        let form = match self.args.format {
            FixFormat::Text => Form::Text,
            FixFormat::Diff => Form::Diff,
            FixFormat::Json => Form::Json,
        };
        let shown = Shown { plan, written: &written, is_written, to_do: &to_do, exit_code };
        self.console.print(fix::render(&shown, form).as_bytes())?;
        if form != Form::Text {
            self.console.tally(&format!("aemlint: {}", fix::summary(plan, is_written)));
        }
        Ok(exit_code)
    }

    /// Writes what is planned, and says which files became which. Packages are complete before the first file of a tree is
    /// written.
    fn write(&self, plan: &Plan, to_do: &mut Vec<String>) -> Result<BTreeMap<String, String>, UserError> {
        let help = "What was put in place before is whole, and the next run goes on from there.";
        let failed = |error: &dyn std::fmt::Display| UserError::plain(error.to_string(), help);
        let output = match (&self.args.output_dir, self.args.in_place) {
            (Some(directory), _) => Output::Directory(directory.clone()),
            (None, true) => Output::InPlace,
            (None, false) => Output::Beside,
        };
        let (in_trees, in_packages): (Vec<_>, Vec<_>) =
            plan.files.iter().cloned().partition(|file| file.place.inside.is_empty());
        let mut written: BTreeMap<String, String> =
            in_trees.iter().map(|file| (file.place.to_string(), file.place.to_string())).collect();
        let mut by_package: BTreeMap<Arc<str>, Vec<&PlannedFile>> = BTreeMap::new();
        for file in &in_packages {
            by_package.entry(file.place.file.clone()).or_default().push(file);
        }
        let mut prepared: Vec<(Arc<str>, PackageOutput)> = Vec::new();
        for (file, planned) in &by_package {
            let taken: Vec<PathBuf> = prepared.iter().map(|(_, other)| other.target.clone()).collect();
            let source = self.path(file);
            let package = output.prepare(file, &source, planned, &taken).map_err(|error| failed(&error))?;
            self.check_package(file, &package)?;
            prepared.push((file.clone(), package));
        }
        fix::write_tree(&in_trees, &|shown| self.path(shown)).map_err(|error| failed(&error))?;
        for (file, package) in prepared {
            let (source, target) = (self.path(&file), package.target.clone());
            package.place().map_err(|error| failed(&error))?;
            let is_in_place = target == source;
            to_do.push(format!(
                "Install {}: AEM installs a package of the same version again, but a Maven repository of releases takes no \
                 second one.",
                target.display()
            ));
            if is_in_place {
                to_do.push(format!("Delete {}.orig when it is no longer needed: it is the package as it was.", file));
            }
            for stale in fix::stale_companions(&target) {
                to_do.push(format!("Renew {}: it is about the package as it was.", stale.display()));
            }
            written.insert(file.to_string(), if is_in_place { file.to_string() } else { target.display().to_string() });
        }
        Ok(written)
    }

    /// Checks that a changed package can be read by everybody in the same way.
    fn check_package(&self, file: &str, package: &PackageOutput) -> Result<(), UserError> {
        let options = scan::Options { allow_empty: true, ..self.options.clone() };
        let scanned = scan::scan(&[package.path().to_owned()], &options, &|_, _| {});
        match trouble(&scanned.facts).first() {
            None => Ok(()),
            Some(_) => Err(UserError::plain(
                format!("the changed form of {file} is not as it should be, so nothing was written"),
                "Please report this: aemlint made a package that it cannot read.",
            )),
        }
    }
}
