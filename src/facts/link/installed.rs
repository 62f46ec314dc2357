//! What the instances of each deployment end up with: which sources are written to the repository, which configurations
//! compete for a PID, and what becomes of each.

use super::install_state::Packages;
use crate::documents::Root;
use crate::excerpts::Excerpts;
use crate::facts::extract::{ContentClass, FileFacts};
use crate::facts::fact::{Fact, Installation, OfKind};
use crate::facts::families::configuration::Configuration;
use crate::facts::walked::{Cause, NotAnalysed, Walked};
use crate::instances::{
    Activity, Axes, Candidate, Conflict, FactActivity, Fate, Gap, MAX_INSTANCES, Origin, OriginKind, Outcome, Reason,
    Standing, Write, install, judge, missing, together,
};
use osgi_config::{ConfigFolder, RunModes, Target};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use text_spans::SourceRange;
use zip_audit::Place;

/// Most facts of which one is needed: if there are more, there is one wherever it is needed.
const MAX_NEEDED: usize = 64;

/// Most decisions about one PID on one instance that questions about single facts cost in a run: seconds.
const MAX_DECISIONS: u64 = 4_000_000;

/// One configuration, node or file on its way from extraction to facts.
pub(super) struct Source {
    /// Its facts.
    pub(super) facts: Range<usize>,
    /// The number of the package or module that brings it.
    origin: usize,
    /// For a configuration: the folder that it is taken from.
    folder: Option<Arc<ConfigFolder>>,
    is_configuration: bool,
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
        configuration: Option<Option<Arc<ConfigFolder>>>,
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
        let is_configuration = configuration.is_some();
        let folder = configuration.flatten();
        self.sources.push(Source { facts, origin, folder, is_configuration, content });
    }

    /// Decides what is written to the repository. Says of what a higher version of its package replaces that it is not
    /// installed, and of copies what they are copies of. Returns what becomes of each source that is installed.
    fn install(&self, facts: &mut [Fact], packages: &Packages<'_>) -> Vec<Option<Fate>> {
        let origins: Vec<Origin<'_>> = self.bringers.iter().map(|bringer| bringer.origin(packages)).collect();
        let mut places = Vec::new();
        let mut writes = Vec::new();
        for (place, source) in self.sources.iter().enumerate() {
            let Some(fact) = facts.get(source.facts.start).filter(|fact| fact.installed()) else { continue };
            let Some(path) = fact.path.as_deref() else { continue };
            // What is not known to be equal to anything is different from everything.
            let content = source.content.map_or(place as u64, |content| content.0);
            places.push(place);
            writes.push(Write { origin: source.origin, path, content });
        }
        let covers = |origin: usize, path: &str| {
            self.bringers.get(origin).is_some_and(|bringer| packages.covers(bringer.root, path))
        };
        let decided = install(&origins, &writes, covers);
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
            let version = self.bringers.get(*by).and_then(|bringer| packages.version(bringer.root)).unwrap_or_default();
            let why = format!("version {version} of its package is there, too, and replaces it");
            for fact in facts.get_mut(source.facts.clone()).into_iter().flatten() {
                fact.not_installed = Some(why.clone());
            }
        }
        fates
    }

    /// Judges what the instances of each deployment end up with. Sets `installation` of all facts, and `not_installed` and
    /// `overridden` of those of which only this shows it.
    pub(super) fn judge(self, facts: &mut [Fact], packages: &Packages<'_>, axes: Axes) -> Installed {
        let fates = self.install(facts, packages);
        let mut candidates = self.candidates(facts, &fates);
        for (place, (source, fate)) in self.sources.iter().zip(&fates).enumerate() {
            let number = u32::try_from(place).unwrap_or(u32::MAX).saturating_add(1);
            let copy_of = match fate {
                Some(Fate::Copy { of }) => u32::try_from(*of).ok().and_then(|of| of.checked_add(1)),
                _ => None,
            };
            let module = self.bringers.get(source.origin).filter(|bringer| bringer.root.tree);
            let module = module.and_then(|_| u32::try_from(source.origin).ok());
            let installation = Installation { module, source: number, copy_of, ..Installation::default() };
            facts.get_mut(source.facts.clone()).into_iter().flatten().for_each(|fact| fact.installation = installation);
        }
        // A copy is represented by what it is a copy of.
        let mut number_of: HashMap<usize, u32> = HashMap::new();
        for (number, candidate) in candidates.iter().enumerate() {
            number_of.insert(candidate.source, u32::try_from(number).unwrap_or(u32::MAX));
        }
        for (place, (source, fate)) in self.sources.iter().zip(&fates).enumerate() {
            let of = if let Some(Fate::Copy { of }) = fate { *of } else { place };
            let Some(&number) = number_of.get(&of) else { continue };
            for fact in facts.get_mut(source.facts.clone()).into_iter().flatten() {
                fact.installation.candidate = Some(number);
            }
            if of != place
                && let Some(fact) = facts.get(source.facts.start)
                && let Some(candidate) = candidates.get_mut(number as usize)
            {
                candidate.copies.push(Whereabouts::of(fact));
            }
        }
        let installed = Installed::new(candidates, axes);
        installed.say_what_is_overridden(facts);
        installed
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
                content: source.content.map_or(place as u64, |content| content.0),
                origin: source.origin,
                is_module: self.bringers.get(source.origin).is_some_and(|bringer| bringer.root.tree),
                is_contested: contested(place),
                whereabouts: Whereabouts::of(first),
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
            let folder = source.folder.as_ref().filter(|_| source.is_configuration && configuration.error.is_none())?;
            Some((place, source, first, configuration, folder))
        };
        self.sources.iter().enumerate().filter_map(competing).collect()
    }
}

impl Bringer<'_> {
    fn origin<'p>(&self, packages: &'p Packages<'_>) -> Origin<'p> {
        let kind = if self.root.tree {
            OriginKind::Module
        } else {
            let (group, name, version) = packages.coordinates(self.root);
            OriginKind::Package { group, name, version }
        };
        Origin { deployment: self.deployment as usize, kind }
    }
}

/// Where something stands, for reports.
#[derive(Clone, Debug)]
pub struct Whereabouts {
    /// The file.
    pub place: Place,
    /// The configuration or node.
    pub mark: SourceRange,
    /// Repository path.
    pub path: Option<String>,
    /// The lines to show.
    pub excerpts: Arc<Excerpts>,
}

impl Whereabouts {
    fn of(fact: &Fact) -> Self {
        Self {
            place: fact.place.clone(),
            mark: fact.mark,
            path: fact.path.clone(),
            excerpts: Arc::clone(&fact.excerpts),
        }
    }
}

/// A configuration that competes with others for its PID.
#[derive(Debug)]
pub(in crate::facts) struct Competitor {
    pub(in crate::facts) deployment: u32,
    pub(in crate::facts) pid: String,
    folder: Arc<ConfigFolder>,
    run_modes: RunModes,
    content: u64,
    origin: usize,
    is_module: bool,
    /// Whether other packages write something else to its path.
    pub(in crate::facts) is_contested: bool,
    pub(in crate::facts) whereabouts: Whereabouts,
    /// Where the same stands once more.
    pub(in crate::facts) copies: Vec<Whereabouts>,
    source: usize,
    /// The index of its first fact, before facts are sorted.
    pub(in crate::facts) fact: usize,
}

impl Competitor {
    pub(in crate::facts) fn as_candidate(&self) -> Candidate<'_> {
        Candidate {
            deployment: self.deployment as usize,
            pid: &self.pid,
            path: self.whereabouts.path.as_deref().unwrap_or_default(),
            priority_base: self.folder.priority_base,
            folder_modes: &self.folder.run_modes,
            run_modes: &self.run_modes,
            content: self.content,
            origin: self.origin,
            is_module: self.is_module,
        }
    }
}

/// What the instances of each deployment end up with.
#[derive(Debug)]
pub struct Installed {
    axes: Axes,
    competitors: Vec<Competitor>,
    outcome: Outcome,
    /// What questions about single facts have cost, in decisions about one PID on one instance.
    decisions: AtomicU64,
    /// For each conflict between configurations where all of them stand, but for the one that the fact is about.
    pub(in crate::facts) conflicts: Vec<Vec<Whereabouts>>,
}

impl Installed {
    /// Nothing, for facts that were linked in another way, or not at all.
    pub fn nothing(target: Target) -> Self {
        Self::new(Vec::new(), Axes::new(target, &[]))
    }

    fn new(competitors: Vec<Competitor>, axes: Axes) -> Self {
        let candidates: Vec<Candidate<'_>> = competitors.iter().map(Competitor::as_candidate).collect();
        let outcome = judge(&candidates, &axes);
        Self { axes, competitors, outcome, decisions: AtomicU64::new(0), conflicts: Vec::new() }
    }

    /// The PIDs of which some instances were not judged, since there are too many.
    pub(super) fn not_judged(&self) -> Walked {
        let too_many = self.outcome.configurations.iter().filter(|configuration| configuration.bound_reached);
        let first = too_many.filter_map(|configuration| configuration.slots.first()?.candidates.first());
        let competitors = first.filter_map(|&first| self.competitors.get(first));
        let unread = competitors.map(|competitor| NotAnalysed {
            place: competitor.whereabouts.place.clone(),
            cause: Cause::TooManyInstances,
            limit: None,
            input: competitor.deployment,
        });
        Walked { unread: unread.collect(), ..Walked::default() }
    }

    /// The configurations that were judged.
    pub(in crate::facts) fn competitors(&self) -> &[Competitor] {
        &self.competitors
    }

    /// What was found about them.
    pub(in crate::facts) fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    pub(in crate::facts) fn target(&self) -> Target {
        self.axes.target()
    }

    /// Where the further configurations of a conflict stand; of an overridden configuration, where the winners do.
    pub fn related(&self, fact: &Fact) -> Vec<&Whereabouts> {
        if let Some(conflict) = fact.installation.conflict {
            return self.conflicts.get(conflict as usize).into_iter().flatten().collect();
        }
        if fact.overridden.is_none() {
            return Vec::new();
        }
        self.winners_over(fact).map(|winner| &winner.whereabouts).collect()
    }

    /// The configurations that win wherever this one is active.
    fn winners_over(&self, fact: &Fact) -> impl Iterator<Item = &Competitor> {
        let standing = fact.installation.candidate.and_then(|number| self.outcome.standings.get(number as usize));
        let winners: BTreeMap<usize, ()> =
            standing.into_iter().flat_map(|standing| &standing.losses).map(|loss| (loss.to, ())).collect();
        winners.into_keys().filter_map(|winner| self.competitors.get(winner))
    }

    /// Says of configurations of integrations that never win what wins instead, and of those that no instance has the run
    /// modes for that they are not installed.
    fn say_what_is_overridden(&self, facts: &mut [Fact]) {
        for fact in facts.iter_mut() {
            let Some(number) = fact.installation.candidate.map(|number| number as usize) else { continue };
            let Some(standing) = self.outcome.standings.get(number).filter(|standing| standing.wins.is_empty()) else {
                continue;
            };
            let pid = self.outcome.configuration_of.get(number);
            let pid = pid.and_then(|&place| self.outcome.configurations.get(place));
            if pid.is_none_or(|pid| pid.bound_reached) {
                continue;
            }
            if standing.losses.is_empty() {
                fact.not_installed.get_or_insert_with(|| "no instance has the run modes of its folder".to_owned());
            } else {
                fact.overridden = Some(self.why_overridden(standing).into());
            }
        }
    }

    fn why_overridden(&self, standing: &Standing) -> &'static str {
        if standing.losses.iter().all(|loss| loss.reason == Reason::Root) {
            "another configuration of its PID lies below /apps, and so wins wherever it is active"
        } else {
            "another configuration of its PID is more specific wherever it is active"
        }
    }

    /// What makes a fact active. `place` stands for the repository path of a fact that has none.
    fn activity<'a>(&self, fact: &'a Fact, place: &'a str) -> Activity<'a> {
        match fact.installation.candidate {
            Some(number) if (number as usize) < self.competitors.len() => Activity::Configuration(number as usize),
            _ => Activity::Content {
                path: fact.path.as_deref().unwrap_or(place),
                run_modes: &fact.run_modes,
                module: fact.installation.module.map(|module| module as usize),
            },
        }
    }

    /// The instances on which more than `at_most` of these facts of one deployment are active: each with what it counts
    /// as, if others count as the same.
    pub(crate) fn together(&self, facts: &[(&Fact, Option<&str>)], at_most: usize) -> Option<Conflict> {
        let places: Vec<String> = facts.iter().map(|(fact, _)| place_of(fact)).collect();
        let counted = facts.iter().zip(&places);
        let counted: Vec<FactActivity<'_>> = counted
            .map(|((fact, counts_as), place)| FactActivity {
                activity: self.activity(fact, place),
                counts_as: *counts_as,
            })
            .collect();
        let candidates: Vec<Candidate<'_>> = self.competitors.iter().map(Competitor::as_candidate).collect();
        together(&candidates, &self.outcome, &self.axes, &counted, at_most)
    }

    /// Whether both facts are active on one instance, and the conflict between them if so. None is found any more when
    /// such questions have cost too much.
    pub(crate) fn meeting(&self, one: &Fact, other: &Fact) -> Option<Conflict> {
        self.may_decide([one, other])?;
        self.together(&[(one, None), (other, None)], 1)
    }

    /// Adds the decisions that a question about these facts may cost; `None` if that is too many for the whole run.
    fn may_decide<'f>(&self, facts: impl IntoIterator<Item = &'f Fact>) -> Option<()> {
        let (mut pids, mut modes) = (0, BTreeSet::new());
        let facts: Vec<&Fact> = facts.into_iter().collect();
        for fact in &facts {
            pids += 1;
            modes.extend(fact.run_modes.literals().flatten().map(|(mode, _)| mode));
        }
        let instances = 1_u64.checked_shl(u32::try_from(modes.len()).unwrap_or(u32::MAX)).unwrap_or(u64::MAX);
        let cost = pids * instances.min(MAX_INSTANCES as u64);
        let before = self.decisions.fetch_add(cost, Ordering::Relaxed);
        (before < MAX_DECISIONS).then_some(())
    }

    /// Whether one fact is active wherever another one is, without a look at the instances: nothing competes with either.
    fn accompanies(&self, other: &Fact, subject: &Fact) -> bool {
        let is_alone = |fact: &Fact| {
            let pid = fact.installation.candidate.and_then(|number| self.outcome.configuration_of.get(number as usize));
            let pid = pid.and_then(|&place| self.outcome.configurations.get(place));
            pid.is_none_or(|pid| pid.slots.iter().map(|slot| slot.candidates.len()).sum::<usize>() == 1)
        };
        is_alone(other) && (other.run_modes.is_always() || other.run_modes == subject.run_modes)
    }

    /// The instances on which `subject` is active, and none of `needed` is. None is found where very many are needed, or
    /// when such questions have cost too much.
    pub(crate) fn missing(&self, subject: &Fact, needed: &[&Fact]) -> Option<Gap> {
        let is_there = |other: &&Fact| self.accompanies(other, subject);
        if needed.len() > MAX_NEEDED || needed.iter().any(is_there) {
            return None;
        }
        self.may_decide(needed.iter().copied().chain([subject]))?;
        let own = place_of(subject);
        let places: Vec<String> = needed.iter().map(|fact| place_of(fact)).collect();
        let needed: Vec<Activity<'_>> =
            needed.iter().zip(&places).map(|(fact, place)| self.activity(fact, place)).collect();
        let candidates: Vec<Candidate<'_>> = self.competitors.iter().map(Competitor::as_candidate).collect();
        missing(&candidates, &self.outcome, &self.axes, self.activity(subject, &own), &needed)
    }

    /// What two facts that are one thing have in common: the PID or the repository path.
    pub(crate) fn thing<'f>(&self, fact: &'f Fact) -> Thing<'f> {
        let pid = fact.installation.candidate.and_then(|number| self.outcome.configuration_of.get(number as usize));
        match (pid, &fact.path) {
            (Some(&pid), _) => Thing::Pid(pid),
            (None, Some(path)) => Thing::Path(path),
            (None, None) => Thing::Place(&fact.place),
        }
    }
}

/// See [`Installed::thing`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Thing<'f> {
    /// The place of a PID in the outcome.
    Pid(usize),
    /// A repository path.
    Path(&'f str),
    /// What has none.
    Place(&'f Place),
}

/// Stands for the repository path of a fact that has none.
fn place_of(fact: &Fact) -> String {
    if fact.path.is_some() { String::new() } else { fact.place.to_string() }
}
