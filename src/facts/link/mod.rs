//! Linking: what only all files together can tell.
//!
//! `install_state` decides what each package installs and when it is active (by its `packages` and the `archives` around it), `installed` what an instance ends up with of
//! all packages together; `joins` brings facts together that belong together.

mod archives;
pub(in crate::facts) mod competitor;
pub(in crate::facts) mod deployment;
mod install_state;
pub(in crate::facts) mod installed;
mod joins;
mod one_instance;
mod packages;
mod sources;
#[cfg(test)]
mod tests;

use super::extract::{FileFacts, Role, SourceFacts};
use super::fact::{Fact, Kind};
use super::families::ims::old_names;
use super::families::{configuration, content_conflict, unresolved};
use super::kinds::Kinds;
use super::walked::{Cause, NotAnalysed, Walked};
use crate::instances::{Axes, Deployments};
use crate::workers::{self, WORTH_SHARING};
use archives::Archives;
use install_state::{InstallState, Recent, inside_another, paths_of_configurations};
pub use installed::Installed;
pub(crate) use installed::Thing;
pub(crate) use one_instance::{ConfigurationRole, PidOnInstance, configurations_on};
use osgi_config::{ConfigFolder, Target};
use packages::Packages;
use rayon::prelude::*;
use sources::Sources;
use std::cmp::Ordering;
use std::sync::Arc;
use zip_audit::Place;

/// How facts are to be linked.
#[derive(Clone, Debug)]
pub struct Options {
    /// The consumer of configurations.
    pub target: Target,
    /// Whether `--target` or a configuration names the target, rather than that the default was taken.
    pub target_named: bool,
    /// Which run modes exclude each other.
    pub(crate) axes: Axes,
    /// What ends up in one AEM.
    pub(crate) deployments: Deployments,
    /// The kinds that are looked at; the others are used for joining and then left out.
    pub wanted: Kinds,
}

/// The facts of a run, and what they make of its deployments.
#[derive(Debug)]
pub struct Linked {
    /// The facts, in the order of deployments, places and positions.
    pub facts: Vec<Fact>,
    /// What the instances of each deployment end up with.
    pub installed: Installed,
}

/// Links the facts of all files of a run, and adds those about packages and about what was not analysed, by the walk or
/// because linking cannot decide it. Facts of kind `unread` are kept whatever is wanted: a run is incomplete if there is one.
///
/// The result does not depend on the order of `files`.
pub fn link(mut files: Vec<FileFacts>, mut walked: Walked, options: &Options) -> Linked {
    if files.len() < WORTH_SHARING {
        files.sort_by(|a, b| order(&a.place, &b.place));
    } else {
        files.par_sort_by(|a, b| order(&a.place, &b.place));
    }
    let mut sources_of_files: Vec<Vec<SourceFacts>> =
        files.iter_mut().map(|file| std::mem::take(&mut file.sources)).collect();
    let packages = Packages::new(&files, &options.deployments);
    let archives = Archives::new(&packages, options.target);
    let state = InstallState::new(&packages, &archives, options.target);
    let folders = resolve_install_state(&packages, &state, &files, &mut sources_of_files);
    let mut facts = state.facts();
    facts.reserve(sources_of_files.iter().flatten().map(|source| source.facts.len()).sum());
    let mut sources = Sources::default();
    for (file, (found, folders)) in files.iter().zip(sources_of_files.into_iter().zip(folders)) {
        let deployment = options.deployments.of(file.container.input, &file.place.file);
        for (source, folder) in found.into_iter().zip(folders) {
            let first = facts.len();
            facts.extend(source.facts);
            sources.push(file, deployment, first..facts.len(), folder, source.content);
        }
    }
    walked.unread.extend(undecided_filters(&files, &packages));
    facts.extend(walked.facts());
    // Until here it is the input.
    facts.iter_mut().for_each(|fact| fact.deployment = options.deployments.of(fact.deployment, &fact.place.file));
    let mut installed = sources.judge(&mut facts, &packages, &archives, options.axes.clone());
    facts.extend(installed.not_judged().facts());
    configuration::link::link(&mut facts, &mut installed);
    content_conflict::link(&mut facts, &mut installed);
    joins::join(&mut facts, &installed);
    unresolved::link(&mut facts, options.target_named);
    facts.retain(|fact| fact.kind() == Kind::Unread || options.wanted.contains(fact.kind()));
    facts.sort_by(order_of_facts);
    workers::discard(files);
    Linked { facts, installed }
}

/// Sets when and whether the facts of each source are active. Returns for each source of each file the folder that it is
/// taken from, where it is a configuration in one.
fn resolve_install_state(
    packages: &Packages<'_>,
    state: &InstallState<'_, '_>,
    files: &[FileFacts],
    sources: &mut [Vec<SourceFacts>],
) -> Vec<Vec<Option<Arc<ConfigFolder>>>> {
    let settle = |recent: &mut Recent, (file, sources): (&FileFacts, &mut Vec<SourceFacts>)| {
        let nodes = paths_of_configurations(sources);
        let one = |source: &mut SourceFacts| {
            let mut status = state.status(recent, &file.container, &file.location, source);
            if source.configuration.is_some() && status.not_installed.is_none() {
                status.not_installed = inside_another(status.path.as_deref(), &nodes).map(str::to_owned);
            }
            if status.not_installed.is_none() {
                let is_left_out = |path: &str| packages.is_left_out(&file.location, path);
                old_names::note(&mut source.facts, status.path.as_deref(), is_left_out);
            }
            if let Some((last, others)) = source.facts.split_last_mut() {
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
        sources.iter_mut().map(one).collect()
    };
    if files.len() < WORTH_SHARING {
        let mut recent = Recent::default();
        return files.iter().zip(sources).map(|pair| settle(&mut recent, pair)).collect();
    }
    let pairs = files.par_iter().zip(sources).with_min_len(WORTH_SHARING / 4);
    pairs.map_init(Recent::default, settle).collect()
}

/// The order of facts. Those of one source and kind stay in the order in which they were read.
fn order_of_facts(a: &Fact, b: &Fact) -> Ordering {
    let rest = |fact: &Fact| (fact.mark, fact.kind());
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
