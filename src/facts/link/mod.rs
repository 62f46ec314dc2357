//! Linking: what only all files together can tell.
//!
//! `packages` decides what AEM installs and when it is active, `joins` brings facts together that belong together,
//! `duplicates` finds configurations between which chance decides.

mod duplicates;
mod joins;
mod packages;
#[cfg(test)]
mod tests;

use super::extract::{FileFacts, Role, SubjectFacts};
use super::walked::{Cause, NotAnalysed, Walked, about_file};
use super::{Attribute, Fact, Kind, Kinds, Value};
use crate::documents::Root;
use crate::instances::{Axes, Deployments};
use crate::workers::{self, WORTH_SHARING};
use osgi_config::{ConfigFolder, Target};
use packages::{Packages, Recent};
use rayon::prelude::*;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;
use zip_audit::Place;

/// How facts are to be linked.
#[derive(Clone, Debug)]
pub struct Options {
    /// The consumer of configurations.
    pub target: Target,
    /// Whether somebody named the target, rather than that the default was taken.
    pub target_named: bool,
    /// Which run modes exclude each other.
    #[allow(dead_code, reason = "linking does not judge instances yet")]
    pub(crate) axes: Axes,
    /// What ends up in one AEM.
    pub(crate) deployments: Deployments,
    /// The kinds that somebody will look at; the others are used for joining and then left out.
    pub wanted: Kinds,
}

/// Links the facts of all files of a run, and adds those about packages and about what was not analysed, by the walk or
/// because linking cannot decide it. Facts of kind `unread` are kept whatever is wanted: a run is incomplete if there is one.
///
/// The result is in the order of deployments, places and positions, whatever the order of `files`.
pub fn link(mut files: Vec<FileFacts>, mut walked: Walked, options: &Options) -> Vec<Fact> {
    if files.len() < WORTH_SHARING {
        files.sort_by(|a, b| order(&a.place, &b.place));
    } else {
        files.par_sort_by(|a, b| order(&a.place, &b.place));
    }
    let mut subjects: Vec<Vec<SubjectFacts>> =
        files.iter_mut().map(|file| std::mem::take(&mut file.subjects)).collect();
    let packages = Packages::new(&files, options.target);
    let folders = settle(&packages, &files, &mut subjects);
    let mut facts = packages.facts();
    facts.reserve(subjects.iter().flatten().map(|subject| subject.facts.len()).sum());
    // Configurations that are kept in brief are facts only if they are duplicates, and nearly none is.
    let mut brief = Vec::new();
    let mut configurations = Vec::new();
    for (mut subject, mut folder) in subjects.into_iter().flatten().zip(folders.into_iter().flatten()) {
        for fact in subject.facts {
            let identity = if fact.kind == Kind::Configuration { subject.configuration.take() } else { None };
            let Some(identity) = identity else {
                facts.push(fact);
                continue;
            };
            // What is not installed competes with nothing.
            if identity.brief && !fact.installed() {
                continue;
            }
            let kept = if identity.brief { &mut brief } else { &mut facts };
            configurations.push(duplicates::Entry::new(kept.len(), identity, folder.take()));
            kept.push(fact);
        }
    }
    walked.unread.extend(undecided_filters(&files, &packages));
    facts.extend(walked.facts());
    let others = facts.len();
    facts.append(&mut brief);
    // Until here it is the input.
    facts.iter_mut().for_each(|fact| fact.deployment = options.deployments.of(fact.deployment, &fact.place.file));
    duplicates::mark(&mut facts, configurations, others, options.target);
    // One that is no duplicate has no attributes: nothing is to be said of it.
    let (duplicates, nothing): (Vec<Fact>, Vec<Fact>) =
        facts.drain(others..).partition(|fact| !fact.attributes.is_empty());
    joins::join(&mut facts);
    facts.extend(duplicates);
    facts.retain(|fact| fact.kind == Kind::Unread || options.wanted.contains(fact.kind));
    facts.sort_by(order_of_facts);
    workers::discard((files, nothing));
    facts
}

/// Tells the facts of each subject when and whether they are active. Returns for each subject of each file the folder
/// that it is taken from, where it is a configuration in one.
fn settle<'p>(
    packages: &'p Packages<'p>,
    files: &[FileFacts],
    subjects: &mut [Vec<SubjectFacts>],
) -> Vec<Vec<Option<Arc<ConfigFolder>>>> {
    let settle = |recent: &mut Recent<'p>, (file, subjects): (&FileFacts, &mut Vec<SubjectFacts>)| {
        let one = |subject: &mut SubjectFacts| {
            let status = packages.status(recent, &file.container, &file.location, subject);
            if let Some((last, others)) = subject.facts.split_last_mut() {
                for fact in others {
                    fact.path.clone_from(&status.path);
                    fact.run_modes.clone_from(&status.run_modes);
                    fact.not_installed.clone_from(&status.not_installed);
                }
                last.path = status.path;
                last.run_modes = status.run_modes;
                last.not_installed = status.not_installed;
            }
            status.folder
        };
        subjects.iter_mut().map(one).collect()
    };
    if files.len() < WORTH_SHARING {
        let mut recent = Recent::default();
        return files.iter().zip(subjects).map(|pair| settle(&mut recent, pair)).collect();
    }
    let pairs = files.par_iter().zip(subjects).with_min_len(WORTH_SHARING / 4);
    pairs.map_init(Recent::default, settle).collect()
}

/// The order of facts. Those of one subject and kind stay in the order in which they were read.
fn order_of_facts(a: &Fact, b: &Fact) -> Ordering {
    let rest = |fact: &Fact| (fact.mark, fact.kind);
    a.deployment.cmp(&b.deployment).then_with(|| order(&a.place, &b.place)).then_with(|| rest(a).cmp(&rest(b)))
}

/// The order of places. Those in one archive share what they have in common, which then need not be compared.
fn order(a: &Place, b: &Place) -> Ordering {
    let names = |a: &Arc<str>, b: &Arc<str>| if Arc::ptr_eq(a, b) { Ordering::Equal } else { a.cmp(b) };
    let inside = || {
        let names = a.inside.iter().zip(b.inside.iter()).map(|(a, b)| names(a, b));
        names.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| a.inside.len().cmp(&b.inside.len()))
    };
    names(&a.file, &b.file).then_with(inside)
}

/// Filters of which a pattern could not be decided: what they would leave out was taken as installed.
fn undecided_filters<'f>(files: &'f [FileFacts], packages: &'f Packages<'_>) -> impl Iterator<Item = NotAnalysed> + 'f {
    let filters = files.iter().filter(|file| matches!(file.role, Role::Filter(_)));
    filters.filter(|file| packages.is_undecided(file.location.root())).map(|file| NotAnalysed {
        place: file.place.clone(),
        cause: Cause::UndecidedPattern,
        limit: None,
        input: file.container.input,
    })
}

/// Facts by deployment: the indices of the facts of one deployment.
fn by_deployment(facts: &[Fact]) -> BTreeMap<u32, Vec<usize>> {
    let mut deployments: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (index, fact) in facts.iter().enumerate() {
        deployments.entry(fact.deployment).or_default().push(index);
    }
    deployments
}

/// The folder on disk or archive that a package is, as a place.
fn package_place(root: &Root) -> Place {
    if root.folder.is_empty() { root.place.clone() } else { root.place.entry(root.folder.as_str()) }
}
