//! What `check`, `facts` and `inventory` have in common: one scan of the inputs that the options name.

use super::console::Console;
use super::options::Reading;
use super::progress::Progress;
use super::setup::{ChosenTarget, Settings};
use crate::diagnostics::UserError;
use crate::facts::families::package::Package as PackageFact;
use crate::facts::{Fact, Kinds, OfKind};
use crate::policy::{LimitSettings, Package};
use crate::rules::{Judgement, PartJudgement};
use crate::scan::{self, Joined, Renumbering, Scanned, Sought};
use miette::Report;
use osgi_config::Target;
use std::path::PathBuf;

/// The exit code of a scan that came to its end without a judgement.
pub(super) fn exit_code(scanned: &Scanned) -> u8 {
    if scanned.is_incomplete() { 3 } else { 0 }
}

/// Scans paths, and shows how far it is.
pub(super) fn scan_with(paths: &[PathBuf], options: &scan::Options, console: &Console) -> Scanned {
    let progress = Progress::new(console);
    let scanned = scan::scan(paths, options, &|done, total| progress.set(done, total));
    drop(progress);
    scanned
}

/// Judges what was linked in parts, each by itself, and joins the parts and what was judged. Facts of the kinds `kept` are
/// held, all others no longer than their part.
///
/// # Errors
/// If a part cannot be judged.
pub(super) fn judge(
    parts: impl IntoIterator<Item = Scanned>,
    target: Target,
    kept: Kinds,
    evaluate: impl Fn(&Scanned) -> Result<PartJudgement, UserError>,
) -> Result<(Scanned, Judgement), UserError> {
    let (mut all, mut judged) = (Joined::new(target), PartJudgement::default());
    for part in parts {
        let judgement = evaluate(&part)?;
        let numbers = all.add(part, kept);
        judged.join(judgement, numbers.sources, numbers.facts, |deployment| numbers.deployment(deployment));
    }
    let (scanned, deployment) = all.finish();
    judged.renumber_deployments(deployment);
    Ok((scanned, judged.finish()))
}

/// Joins what was linked in parts.
pub(super) fn join(parts: impl IntoIterator<Item = Scanned>, target: Target) -> Scanned {
    let mut all = Joined::new(target);
    for part in parts {
        let _: Renumbering = all.add(part, Kinds::all());
    }
    all.finish().0
}

/// How the inputs are scanned for what is sought.
///
/// # Errors
/// A glob that is none.
pub(super) fn options(
    settings: &Settings,
    reading: &Reading,
    limits: &LimitSettings,
    target: ChosenTarget,
    sought: Sought,
) -> Result<scan::Options, Report> {
    let prefilter = if reading.no_prefilter { sought.prefilter.switched_off() } else { sought.prefilter };
    Ok(scan::Options {
        walk: settings.options(reading, limits)?,
        target: target.target,
        target_named: target.named,
        grouping: reading.grouping(),
        exclusive: settings.config.exclusive.iter().map(|group| group.modes.clone()).collect(),
        sought: Sought { prefilter, ..sought },
        allow_empty: reading.allow_empty,
        digests: false,
        now: jiff::Timestamp::now(),
    })
}

/// Where a file is that is shown as `shown`.
pub(super) fn path_on_disk(walk: &zip_audit::Options, shown: &str) -> PathBuf {
    walk.root.as_deref().map_or_else(|| PathBuf::from(shown), |root| root.join(shown))
}

/// The packages that were read, for `[[vendor]]`.
pub(super) fn packages(facts: &[Fact]) -> Vec<Package> {
    let packages = facts.iter().filter_map(|fact| Some((fact, PackageFact::of(fact)?)));
    packages
        .map(|(fact, package)| Package {
            place: fact.place.clone(),
            group: package.group.clone().unwrap_or_default(),
            name: package.name.clone().unwrap_or_default(),
        })
        .collect()
}
