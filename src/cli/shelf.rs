//! `--from`: judges bundles as if their packages were there.

use super::options::Bundles;
use super::console::Console;
use super::deployment_map::DeploymentMap;
use crate::bundles::{self, Bundle, BundleError, Directory, Shelf, Wanted};
use crate::diagnostics::UserError;
use crate::facts::Kind;
use crate::facts::walked::{Cause, NotAnalysed};
use crate::scan::{self, Grouping, Kept, Reading, Scanned};
use crate::workers;
use rayon::prelude::*;
use std::path::{Path, PathBuf};
use zip_audit::Place;

/// A bundle that is to be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Its file.
    pub(super) bundle: PathBuf,
    /// The path that its package has; none is the one that it was collected under.
    pub(super) path: Option<String>,
    /// The deployment that it belongs to, or its own number.
    pub(super) input: u32,
}

/// What the chosen bundles of a directory hold, linked.
///
/// # Errors
/// A directory or a map that cannot be read, a map with a mistake.
pub(super) fn scan(
    from: &Path,
    bundles: &Bundles,
    options: &scan::Options,
    console: &Console,
) -> Result<Scanned, UserError> {
    let shelf = Directory::new(from).shelf().map_err(|error| {
        let message = format!("the directory of bundles {} cannot be read: {error}", from.display());
        UserError::plain(message, "Name the directory that aemlint collect wrote.")
    })?;
    let mut options = options.clone();
    let (chosen, damaged) = match &bundles.deployments {
        None => (whole_shelf(&shelf), shelf.damaged),
        Some(file) => {
            let map = DeploymentMap::read(file)?;
            let chosen = map.choose(&shelf, &Directory::new(from), file)?;
            let left_out = shelf.packages.iter().filter(|package| !is_chosen(&chosen, &package.bundle)).count();
            if left_out > 0 {
                console.tally(&format!("aemlint: bundles that no line of the map names: {left_out}"));
            }
            options.grouping = Grouping::Inputs;
            (chosen, Vec::new())
        }
    };
    if !shelf.replaced.is_empty() && bundles.deployments.is_none() {
        let number = shelf.replaced.len();
        console.tally(&format!("aemlint: bundles of packages that lie no longer at their path: {number}"));
    }
    let mut reading = read(&chosen, &options);
    if reading.inputs.is_empty() {
        reading.inputs.push(Place::on_disk(from.to_string_lossy()));
    }
    for (bundle, error) in damaged {
        let input = u32::try_from(reading.inputs.len()).unwrap_or(u32::MAX);
        reading.inputs.push(Place::on_disk(bundle.to_string_lossy()));
        reading.common.walked.unread.push(not_read(&bundle, &error, input));
    }
    Ok(scan::link(reading, &options))
}

fn is_chosen(chosen: &[Chosen], bundle: &Path) -> bool {
    chosen.iter().any(|chosen| chosen.bundle == bundle)
}

fn whole_shelf(shelf: &Shelf) -> Vec<Chosen> {
    let numbered = (0..).zip(&shelf.packages);
    let chosen = numbered.map(|(input, package)| Chosen {
        bundle: package.bundle.clone(),
        path: Some(package.path.clone()),
        input,
    });
    chosen.collect()
}

/// Reads bundles, which are joined in their order.
fn read(chosen: &[Chosen], options: &scan::Options) -> Reading {
    let kept = Kept::new(options.walk.limits.memory);
    let one = |chosen: &Chosen| {
        let wanted = Wanted {
            path: chosen.path.as_deref(),
            input: chosen.input,
            target: options.target,
            kinds: options.sought.kinds,
            kept: &kept,
        };
        bundles::read(&chosen.bundle, wanted)
    };
    let read: Vec<Result<Bundle, BundleError>> = workers::with(options.walk.threads, chosen.len(), || {
        if chosen.len() < workers::WORTH_SHARING {
            chosen.iter().map(one).collect()
        } else {
            chosen.par_iter().map(one).collect()
        }
    });
    let mut all = Reading::default();
    for (chosen, read) in chosen.iter().zip(read) {
        match read {
            Ok(bundle) => {
                if options.sought.kinds.contains(Kind::Node) && !bundle.options.nodes {
                    all.common.walked.unread.push(without_nodes(&bundle, chosen.input));
                }
                all.join(bundle.reading);
            }
            Err(error) => {
                all.inputs.push(Place::on_disk(chosen.bundle.to_string_lossy()));
                all.common.walked.unread.push(not_read(&chosen.bundle, &error, chosen.input));
            }
        }
    }
    all.common.walked.unread.extend(kept.left_out());
    all
}

/// That a bundle could not be read.
fn not_read(bundle: &Path, error: &BundleError, input: u32) -> NotAnalysed {
    let place = Place::on_disk(bundle.to_string_lossy());
    NotAnalysed { place, cause: Cause::Bundle { name: error.name(), reason: error.reason() }, limit: None, input }
}

/// That a bundle has nothing for rules on nodes.
fn without_nodes(bundle: &Bundle, input: u32) -> NotAnalysed {
    let reason = "a rule looks at nodes, and its bundle was collected without them; collect it again with --nodes";
    let cause = Cause::Bundle { name: "bundle-without-nodes", reason: reason.to_owned() };
    NotAnalysed { place: Place::on_disk(bundle.package.path.as_str()), cause, limit: None, input }
}
