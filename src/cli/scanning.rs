//! What `check`, `facts` and `inventory` have in common: one scan of the inputs that the options name.

use super::console::Console;
use super::options::{Inputs, Reading};
use super::progress::Progress;
use super::setup::{ChosenTarget, Settings};
use crate::facts::families::package::Package as PackageFact;
use crate::facts::{Fact, OfKind};
use crate::policy::{LimitSettings, Package};
use crate::scan::{self, Scanned, Sought};
use miette::Report;
use std::path::PathBuf;

/// The exit code of a scan that came to its end without a judgement.
pub(super) fn exit_code(scanned: &Scanned) -> u8 {
    if scanned.is_incomplete() { 3 } else { 0 }
}

/// Scans the inputs for what is sought.
///
/// # Errors
/// A glob that is none, a root that is no directory.
pub(super) fn scan(
    settings: &Settings,
    inputs: &Inputs,
    limits: &LimitSettings,
    target: ChosenTarget,
    sought: Sought,
    console: &Console,
) -> Result<Scanned, Report> {
    Ok(scan_with(&inputs.paths, &options(settings, &inputs.reading, limits, target, sought)?, console))
}

/// Scans paths, and shows how far it is.
pub(super) fn scan_with(paths: &[PathBuf], options: &scan::Options, console: &Console) -> Scanned {
    let progress = Progress::new(console);
    let scanned = scan::scan(paths, options, &|done, total| progress.set(done, total));
    drop(progress);
    scanned
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
        exclusive: settings.config.exclusive.clone(),
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
