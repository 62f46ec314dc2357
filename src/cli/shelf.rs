//! `--from`: judges bundles as if their packages were there.

use super::console::Console;
use super::deployment_map::{Chosen, DeploymentMap, shelf};
use super::options::Bundles;
use crate::bundles::{self, Bundle, BundleError, Directory, Shelf, Wanted};
use crate::diagnostics::UserError;
use crate::facts::Kind;
use crate::facts::walked::{Cause, NotAnalysed};
use crate::scan::{self, Grouping, Kept, Reading, Scanned};
use crate::workers;
use rayon::prelude::*;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use zip_audit::Place;

/// What the chosen bundles of a directory hold, linked: deployments that share a package each by itself.
///
/// # Errors
/// A directory or a map that cannot be read, a map with a mistake.
pub(super) fn scan(
    from: &Path,
    bundles: &Bundles,
    options: &scan::Options,
    console: &Console,
) -> Result<Vec<Scanned>, UserError> {
    let directory = Directory::new(from);
    let Some(file) = &bundles.deployments else {
        return Ok(vec![whole(from, shelf(&directory)?, options, console)]);
    };
    let map = DeploymentMap::read(file)?;
    for (line, first) in map.repeated_lines() {
        console.note(&format!(
            "aemlint: {}:{line}: this line says the same as line {first} and counts once; remove it",
            file.display()
        ));
    }
    let chosen = map.choose(&directory, file)?;
    let named: HashSet<&Path> = chosen.iter().map(|chosen| chosen.bundle.as_path()).collect();
    let there = directory.bundles().unwrap_or_default();
    let left_out = there.iter().filter(|bundle| !named.contains(bundle.as_path())).count();
    if left_out > 0 {
        console.tally(&format!("aemlint: bundles that no line of the map names: {left_out}"));
    }
    let options = scan::Options { grouping: Grouping::Inputs, ..options.clone() };
    let link = |layer: Vec<Chosen>| scan::link(read(&layer, &options, from), &options);
    let mut parts: Vec<Scanned> = layers(chosen).into_iter().map(link).collect();
    if let Some(first) = parts.first_mut() {
        first.deployment_names = map.names();
    }
    Ok(parts)
}

/// The whole directory, or the bundle, at a path; `None` if there is no bundle.
///
/// # Errors
/// A directory that cannot be read.
pub(super) fn scan_path(path: &Path, options: &scan::Options, console: &Console) -> Result<Option<Scanned>, UserError> {
    if path.is_dir() {
        let is_bundle = |entry: std::io::Result<std::fs::DirEntry>| entry.is_ok_and(|entry| is_bundle(&entry.path()));
        if !std::fs::read_dir(path).is_ok_and(|mut entries| entries.any(is_bundle)) {
            return Ok(None);
        }
        return Ok(Some(whole(path, shelf(&Directory::new(path))?, options, console)));
    }
    if !is_bundle(path) || !path.is_file() {
        return Ok(None);
    }
    let one = Chosen { bundle: path.to_owned(), path: None, input: 0 };
    Ok(Some(scan::link(read(&[one], options, path), options)))
}

fn is_bundle(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "bundle")
}

/// All bundles of a directory, each a deployment unless the options say otherwise.
fn whole(from: &Path, shelf: Shelf, options: &scan::Options, console: &Console) -> Scanned {
    if !shelf.replaced.is_empty() {
        let number = shelf.replaced.len();
        console.tally(&format!("aemlint: bundles of packages that lie no longer at their path: {number}"));
    }
    let mut reading = read(&whole_shelf(&shelf), options, from);
    for (bundle, error) in shelf.damaged {
        let input = u32::try_from(reading.inputs.len()).unwrap_or(u32::MAX);
        reading.inputs.push(Place::on_disk(bundle.to_string_lossy()));
        reading.common.walked.unread.push(not_read(&bundle, &error, input));
    }
    scan::link(reading, options)
}

/// Parts what is chosen so that no package is twice in a part, and no deployment in two of them.
fn layers(chosen: Vec<Chosen>) -> Vec<Vec<Chosen>> {
    let mut layers: Vec<(HashSet<PathBuf>, Vec<Chosen>)> = Vec::new();
    for deployment in chosen.chunk_by(|a, b| a.input == b.input) {
        let is_free = |(taken, _): &(HashSet<PathBuf>, Vec<Chosen>)| {
            deployment.iter().all(|chosen| !taken.contains(&chosen.bundle))
        };
        let layer = match layers.iter().position(is_free) {
            Some(free) => layers.get_mut(free),
            None => {
                layers.push(Default::default());
                layers.last_mut()
            }
        };
        if let Some((taken, layer)) = layer {
            taken.extend(deployment.iter().map(|chosen| chosen.bundle.clone()));
            layer.extend(deployment.iter().cloned());
        }
    }
    if layers.is_empty() { vec![Vec::new()] } else { layers.into_iter().map(|(_, layer)| layer).collect() }
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
fn read(chosen: &[Chosen], options: &scan::Options, from: &Path) -> Reading {
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
    if all.inputs.is_empty() {
        all.inputs.push(Place::on_disk(from.to_string_lossy()));
    }
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
