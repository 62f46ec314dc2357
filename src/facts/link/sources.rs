//! Which sources are written to the repository, and which configurations compete for a PID.

use super::archives::Archives;
use super::competitor::Competitor;
use super::installed::Installed;
use super::packages::Packages;
use crate::documents::Root;
use crate::facts::extract::{ContentClass, FileFacts};
use crate::facts::fact::{Fact, Installation, OfKind};
use crate::facts::families::configuration::Configuration;
use crate::facts::whereabouts::Whereabouts;
use crate::instances::{Axes, Fate, Origin, Write, install};
use osgi_config::ConfigFolder;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// One configuration, node or file on its way from extraction to facts.
pub(super) struct Source {
    /// Its facts.
    pub(super) facts: Range<usize>,
    /// The number of the package or module that brings it.
    origin: usize,
    /// For a configuration: the folder that it is taken from.
    folder: Option<Arc<ConfigFolder>>,
    content: Option<ContentClass>,
}

/// What brings content into a deployment.
struct Bringer<'f> {
    deployment: u32,
    root: &'f Root,
}

/// All sources of a run, and the packages and modules that bring them.
#[derive(Default)]
pub(super) struct Sources<'f> {
    sources: Vec<Source>,
    bringers: Vec<Bringer<'f>>,
    numbers: HashMap<(u32, &'f Root), usize>,
}

impl<'f> Sources<'f> {
    /// Adds the source of these facts, which lies in `file` and is part of this deployment.
    pub(super) fn push(
        &mut self,
        file: &'f FileFacts,
        deployment: u32,
        facts: Range<usize>,
        folder: Option<Arc<ConfigFolder>>,
        content: Option<ContentClass>,
    ) {
        let root = file.location.root();
        let last = self.bringers.last().filter(|last| last.deployment == deployment && last.root == root);
        let origin = match last {
            Some(_) => self.bringers.len() - 1,
            None => *self.numbers.entry((deployment, root)).or_insert_with(|| {
                self.bringers.push(Bringer { deployment, root });
                self.bringers.len() - 1
            }),
        };
        self.sources.push(Source { facts, origin, folder, content });
    }

    /// Decides what is written to the repository. Says of what a higher version of its package replaces that it is not
    /// installed, and of copies what they are copies of. Returns what becomes of each source that is installed.
    fn install(&self, facts: &mut [Fact], packages: &Packages<'_>, archives: &Archives<'_, '_>) -> Vec<Option<Fate>> {
        let origins: Vec<Origin<'_>> =
            self.bringers.iter().map(|bringer| packages.origin(bringer.root, bringer.deployment)).collect();
        let mut places = Vec::new();
        let mut writes = Vec::new();
        for (place, source) in self.sources.iter().enumerate() {
            let Some(fact) = facts.get(source.facts.start).filter(|fact| fact.installed()) else { continue };
            let Some(path) = fact.path.as_deref() else { continue };
            // What is not known to be equal to anything is different from everything.
            let content = source.content.map_or(place as u128, |content| content.0);
            places.push(place);
            writes.push(Write { origin: source.origin, path, content });
        }
        let replaces = |higher: usize, origin: usize, path: &str| {
            let root = |number: usize| self.bringers.get(number).map(|bringer| bringer.root);
            root(higher).zip(root(origin)).is_some_and(|(higher, root)| archives.replaces(higher, root, path))
        };
        let decided = install(&origins, &writes, replaces);
        drop(writes);
        let mut fates = vec![None; self.sources.len()];
        for (&place, fate) in places.iter().zip(decided) {
            // Places among the writes become places among the sources.
            let source = |write: usize| places.get(write).copied().unwrap_or(place);
            let fate = match fate {
                Fate::Copy { of } => Fate::Copy { of: source(of) },
                Fate::Alternative { first } => Fate::Alternative { first: source(first) },
                Fate::Contested { first } => Fate::Contested { first: source(first) },
                Fate::Installed | Fate::Superseded { .. } => fate,
            };
            fates.get_mut(place).into_iter().for_each(|of| *of = Some(fate));
        }
        for (source, fate) in self.sources.iter().zip(&fates) {
            let Some(Fate::Superseded { by }) = fate else { continue };
            let Some(by) = self.bringers.get(*by) else { continue };
            let why = packages.describe_replacement(by.root);
            for fact in facts.get_mut(source.facts.clone()).into_iter().flatten() {
                fact.not_installed = Some(why.clone());
            }
        }
        fates
    }

    /// Judges what the instances of each deployment end up with. Sets `installation` of all facts, and `not_installed` and
    /// `overridden` of those of which only this shows it.
    pub(super) fn judge(
        self,
        facts: &mut [Fact],
        packages: &Packages<'_>,
        archives: &Archives<'_, '_>,
        axes: Axes,
    ) -> Installed {
        let fates = self.install(facts, packages, archives);
        let mut candidates = self.candidates(facts, &fates);
        let number_of = |place: usize| u32::try_from(place).ok();
        let candidate_of: HashMap<usize, usize> =
            candidates.iter().enumerate().map(|(number, candidate)| (candidate.source, number)).collect();
        for (place, (source, fate)) in self.sources.iter().zip(&fates).enumerate() {
            // A copy is represented by what it is a copy of.
            let copy_of = if let Some(Fate::Copy { of }) = fate { Some(*of) } else { None };
            let candidate = candidate_of.get(&copy_of.unwrap_or(place)).copied();
            if copy_of.is_some()
                && let Some(fact) = facts.get(source.facts.start)
                && let Some(candidate) = candidate.and_then(|candidate| candidates.get_mut(candidate))
            {
                candidate.copies.push(Whereabouts::of(fact, fact.mark));
            }
            let is_module = self.bringers.get(source.origin).is_some_and(|bringer| bringer.root.tree);
            let installation = Installation {
                candidate: candidate.and_then(number_of),
                module: number_of(source.origin).filter(|_| is_module),
                // 0 is for facts of no source.
                source: number_of(place).unwrap_or(u32::MAX).saturating_add(1),
                copy_of: copy_of.and_then(|of| number_of(of)?.checked_add(1)),
                conflict: None,
            };
            facts.get_mut(source.facts.clone()).into_iter().flatten().for_each(|fact| fact.installation = installation);
        }
        let mut installed = Installed::new(candidates, axes);
        installed.contested = self.contested_content(facts, &fates);
        installed.say_what_is_overridden(facts);
        installed
    }

    /// What several packages write differently to one path, but for configurations: for each path the facts of each.
    fn contested_content(&self, facts: &[Fact], fates: &[Option<Fate>]) -> Vec<Vec<Range<usize>>> {
        let mut by_path: BTreeMap<usize, Vec<Range<usize>>> = BTreeMap::new();
        for (source, fate) in self.sources.iter().zip(fates) {
            let Some(Fate::Contested { first }) = fate else { continue };
            let of_source = facts.get(source.facts.clone()).into_iter().flatten();
            if of_source.filter_map(Configuration::of).next().is_none() {
                by_path.entry(*first).or_default().push(source.facts.clone());
            }
        }
        by_path.into_values().collect()
    }

    /// The configurations that compete for their PIDs: those of integrations, and those that are not the only ones of
    /// their PID.
    fn candidates(&self, facts: &[Fact], fates: &[Option<Fate>]) -> Vec<Competitor> {
        let mut number_of_pid: HashMap<(u32, &str), usize> = HashMap::new();
        let competing = self.competing(facts, fates);
        for (_, _, first, configuration, _) in &competing {
            *number_of_pid.entry((first.deployment, &configuration.pid)).or_default() += 1;
        }
        let contested = |place: usize| matches!(fates.get(place), Some(Some(Fate::Contested { .. })));
        let chosen = competing.iter().filter(|(_, _, first, configuration, _)| {
            configuration.integration || number_of_pid.get(&(first.deployment, &*configuration.pid)) > Some(&1)
        });
        chosen
            .map(|&(place, source, first, configuration, folder)| Competitor {
                deployment: first.deployment,
                pid: configuration.pid.clone(),
                folder: Arc::clone(folder),
                run_modes: first.run_modes.clone(),
                content: source.content.map_or(place as u128, |content| content.0),
                origin: source.origin,
                is_module: self.bringers.get(source.origin).is_some_and(|bringer| bringer.root.tree),
                is_contested: contested(place),
                whereabouts: Whereabouts::of(first, first.mark),
                copies: Vec::new(),
                source: place,
                fact: source.facts.start,
            })
            .collect()
    }

    /// The configurations that are installed and that AEM does not reject, each with its place among the sources, its
    /// source, its first fact, its own fact and its folder.
    fn competing<'a>(
        &'a self,
        facts: &'a [Fact],
        fates: &[Option<Fate>],
    ) -> Vec<(usize, &'a Source, &'a Fact, &'a Configuration, &'a Arc<ConfigFolder>)> {
        let competing = |(place, source): (usize, &'a Source)| {
            let fate = fates.get(place).copied().flatten();
            let first = facts.get(source.facts.start).filter(|_| fate.is_some_and(Fate::counts))?;
            let configuration = facts.get(source.facts.clone())?.iter().find_map(Configuration::of)?;
            let folder = source.folder.as_ref().filter(|_| first.error.is_none())?;
            Some((place, source, first, configuration, folder))
        };
        self.sources.iter().enumerate().filter_map(competing).collect()
    }
}
