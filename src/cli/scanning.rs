//! What `check`, `facts` and `inventory` have in common: one scan of the inputs that the options name.

use super::console::Console;
use super::options::Reading;
use super::progress::Progress;
use super::setup::{ChosenTarget, Settings};
use crate::diagnostics::UserError;
use crate::facts::families::package::Package as PackageFact;
use crate::facts::{Fact, OfKind};
use crate::policy::{LimitSettings, Package};
use crate::rules::Judgement;
use crate::scan::{self, Scanned, Shift, Sought};
use miette::Report;
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

/// Judges what was linked in parts, each by itself, and joins the parts and what was judged.
///
/// # Errors
/// If a part cannot be judged.
pub(super) fn judge(
    parts: Vec<Scanned>,
    evaluate: impl Fn(&Scanned) -> Result<Judgement, UserError>,
) -> Result<(Scanned, Judgement), UserError> {
    let mut parts = parts.into_iter();
    let first = parts.next();
    let mut all = first.ok_or_else(|| UserError::plain("there is nothing to judge", "Name a package."))?;
    let mut judged = evaluate(&all)?;
    for part in parts {
        let judgement = evaluate(&part)?;
        let Shift { sources, facts } = all.join(part);
        judged.join(judgement, sources, facts);
    }
    Ok((all, judged))
}

/// Joins what was linked in parts.
pub(super) fn join(parts: Vec<Scanned>) -> Option<Scanned> {
    parts.into_iter().reduce(|mut all, part| {
        let _ = all.join(part);
        all
    })
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
