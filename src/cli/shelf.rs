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

/// Of the memory of a run, the part that the bundles of a batch may come to as they are packed: a byte of a bundle becomes some
/// dozen bytes of memory.
const BATCH_SHARE: u64 = 256;

/// The chosen bundles of a directory, in batches of deployments that are linked and judged one after the other: no more than a
/// batch of them is in memory at one time.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    batches: Vec<Vec<Chosen>>,
    damaged: Vec<(PathBuf, BundleError)>,
    names: Vec<String>,
    from: &'a Path,
    options: scan::Options,
}

impl<'a> Parts<'a> {
    /// The bundles that the options name.
    ///
    /// # Errors
    /// A directory or a map that cannot be read, a map with a mistake.
    pub(super) fn new(
        from: &'a Path,
        bundles: &Bundles,
        options: &scan::Options,
        console: &Console,
    ) -> Result<Self, UserError> {
        let directory = Directory::new(from);
        let most = options.walk.limits.memory / BATCH_SHARE;
        let Some(file) = &bundles.deployments else {
            let shelf = shelf(&directory)?;
            note_replaced(&shelf, console);
            let chosen = whole_shelf(&shelf);
            // What is judged together is read together.
            let most = if options.grouping == Grouping::Together { u64::MAX } else { most };
            let (batches, names) = (batches(chosen, most, false), Vec::new());
            return Ok(Self { batches, damaged: shelf.damaged, names, from, options: options.clone() });
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
        Ok(Self { batches: batches(chosen, most, true), damaged: Vec::new(), names: map.names(), from, options })
    }

    /// What the batches hold, each read and linked as it is wanted.
    pub(super) fn linked(&self) -> impl Iterator<Item = Scanned> {
        // Whether there is anything to judge is known when all were read.
        let is_one = self.batches.len() <= 1;
        let options = scan::Options { allow_empty: self.options.allow_empty || !is_one, ..self.options.clone() };
        let count = self.batches.len();
        (0..count.max(1)).map(move |number| {
            let chosen = self.batches.get(number).map(Vec::as_slice).unwrap_or_default();
            let damaged = if number + 1 >= count { self.damaged.as_slice() } else { &[] };
            let mut scanned = scan::link(read(chosen, damaged, &options, self.from), &options);
            if number == 0 {
                scanned.deployment_names.clone_from(&self.names);
            }
            scanned
        })
    }

    /// What they hold together, where that turned out to be nothing that can be judged; `None` if what was linked has said so.
    pub(super) fn nothing(&self) -> Option<Scanned> {
        if self.batches.len() <= 1 || self.options.allow_empty {
            return None;
        }
        let chosen = self.batches.concat();
        Some(scan::link(read(&chosen, &self.damaged, &self.options, self.from), &self.options))
    }
}

/// What the chosen bundles of a directory hold.
///
/// # Errors
/// A directory or a map that cannot be read, a map with a mistake.
pub(super) fn scan(
    from: &Path,
    bundles: &Bundles,
    options: &scan::Options,
    console: &Console,
) -> Result<Vec<Scanned>, UserError> {
    let parts = Parts::new(from, bundles, options, console)?;
    let all: Vec<Scanned> = parts.linked().collect();
    let nothing = if all.iter().any(|part| part.is_judgeable) { None } else { parts.nothing() };
    Ok(nothing.map_or(all, |nothing| vec![nothing]))
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
    Ok(Some(scan::link(read(&[one], &[], options, path), options)))
}

fn is_bundle(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "bundle")
}

/// All bundles of a directory, each a deployment unless the options say otherwise.
fn whole(from: &Path, shelf: Shelf, options: &scan::Options, console: &Console) -> Scanned {
    note_replaced(&shelf, console);
    scan::link(read(&whole_shelf(&shelf), &shelf.damaged, options, from), options)
}

fn note_replaced(shelf: &Shelf, console: &Console) {
    if !shelf.replaced.is_empty() {
        let number = shelf.replaced.len();
        console.tally(&format!("aemlint: bundles of packages that lie no longer at their path: {number}"));
    }
}

/// Parts what is chosen, which is in the order of deployments, so that a batch has so many packed bytes and no deployment is in
/// two of them. With a map one package can be in several deployments: it is in no batch twice then (`each_once`).
fn batches(chosen: Vec<Chosen>, most_bytes: u64, each_once: bool) -> Vec<Vec<Chosen>> {
    let mut batches: Vec<Vec<Chosen>> = Vec::new();
    let (mut taken, mut room) = (HashSet::new(), 0);
    for deployment in chosen.chunk_by(|a, b| a.input == b.input) {
        let size = |chosen: &Chosen| std::fs::metadata(&chosen.bundle).map_or(0, |meta| meta.len());
        let bytes: u64 = deployment.iter().map(size).sum();
        let is_new = |chosen: &Chosen| !each_once || !taken.contains(&chosen.bundle);
        let fits = bytes <= room && deployment.iter().all(is_new);
        if !fits || batches.is_empty() {
            batches.push(Vec::new());
            taken.clear();
            room = most_bytes;
        }
        room = room.saturating_sub(bytes);
        taken.extend(deployment.iter().map(|chosen| chosen.bundle.clone()));
        batches.last_mut().into_iter().for_each(|batch| batch.extend_from_slice(deployment));
    }
    batches
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

/// Reads bundles, which are joined in their order. Those that are known to be damaged follow.
fn read(chosen: &[Chosen], damaged: &[(PathBuf, BundleError)], options: &scan::Options, from: &Path) -> Reading {
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
    let next = chosen.last().map_or(0, |last| last.input.saturating_add(1));
    for (input, (bundle, error)) in (next..).zip(damaged) {
        all.inputs.push(Place::on_disk(bundle.to_string_lossy()));
        all.common.walked.unread.push(not_read(bundle, error, input));
    }
    all.digests.sort();
    all.digests.dedup();
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
