//! What one instance ends up with: for each PID which configuration it uses, and which ones lose.

use crate::facts::fact::{Fact, OfKind};
use crate::facts::families::configuration::Configuration;
use crate::instances::{Axes, Candidate, Reason, judge_at};
use osgi_config::{ConfigFolder, RunModes, Target, config_folder};
use std::collections::BTreeMap;

/// A PID on one instance.
#[derive(Clone, Debug)]
pub(crate) struct PidOnInstance<'f> {
    /// The deployment.
    pub(crate) deployment: u32,
    /// The PID.
    pub(crate) pid: &'f str,
    /// Its configurations, those that the instance uses first.
    pub(crate) configurations: Vec<(&'f Fact, ConfigurationRole)>,
}

/// What a configuration is to one instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ConfigurationRole {
    /// The instance uses it.
    Used,
    /// It is one of several that are equally specific: the instance uses one of them.
    Tied,
    /// It is one of several that packages write to one path: the one that is installed last is used.
    Contested,
    /// It is active, and another one is used.
    Loses(Reason),
    /// The instance does not have the run modes of its folder.
    Inactive,
    /// AEM does not install it, as the fact says.
    NotInstalled,
}

/// What an instance with exactly these run modes uses of the configurations among `facts`. Copies are left out.
///
/// A service or environment that is not named is not set.
pub(crate) fn configurations_on<'f>(facts: &'f [Fact], target: Target, run_modes: &[&str]) -> Vec<PidOnInstance<'f>> {
    let mut pids: BTreeMap<(u32, &str), PidOnInstance<'_>> = BTreeMap::new();
    let mut competing: Vec<(&Fact, &str, ConfigFolder)> = Vec::new();
    for fact in facts.iter().filter(|fact| fact.installation.copy_of.is_none()) {
        let Some(configuration) = Configuration::of(fact) else { continue };
        let pid = configuration.pid.as_str();
        let folder = fact.path.as_deref().and_then(|path| config_folder(path, target));
        match folder.filter(|_| fact.installed() && configuration.error.is_none()) {
            Some(folder) => competing.push((fact, pid, folder)),
            None => pids
                .entry((fact.deployment, pid))
                .or_insert_with(|| PidOnInstance { deployment: fact.deployment, pid, configurations: Vec::new() })
                .configurations
                .push((fact, ConfigurationRole::NotInstalled)),
        }
    }
    let candidates: Vec<Candidate<'_>> =
        competing.iter().map(|(fact, pid, folder)| candidate(fact, pid, folder)).collect();
    for result in judge_at(&candidates, &Axes::new(target, &[]), run_modes) {
        let of = |index: &usize| competing.get(*index).map(|(fact, pid, _)| (*fact, *pid));
        let path = |index: &usize| of(index).and_then(|(fact, _)| fact.path.as_deref());
        let role_of_winner = |index: &usize| match &result.winners[..] {
            [_] => ConfigurationRole::Used,
            several if several.iter().all(|other| path(other) == path(index)) => ConfigurationRole::Contested,
            _ => ConfigurationRole::Tied,
        };
        let winners = result.winners.iter().map(|index| (*index, role_of_winner(index)));
        let losers = result.losers.iter().map(|&(index, reason)| (index, ConfigurationRole::Loses(reason)));
        let inactive = result.inactive.iter().map(|&index| (index, ConfigurationRole::Inactive));
        for (index, role) in winners.chain(losers).chain(inactive) {
            let Some((fact, pid)) = of(&index) else { continue };
            pids.entry((fact.deployment, pid))
                .or_insert_with(|| PidOnInstance { deployment: fact.deployment, pid, configurations: Vec::new() })
                .configurations
                .push((fact, role));
        }
    }
    let mut found: Vec<PidOnInstance<'_>> = pids.into_values().collect();
    found.iter_mut().for_each(|pid| pid.configurations.sort_by_key(|(fact, role)| (*role, &fact.place)));
    found
}

fn candidate<'c>(fact: &'c Fact, pid: &'c str, folder: &'c ConfigFolder) -> Candidate<'c> {
    let folder_modes: &RunModes = &folder.run_modes;
    Candidate {
        deployment: fact.deployment as usize,
        pid,
        path: fact.path.as_deref().unwrap_or_default(),
        priority_base: folder.priority_base,
        folder_modes,
        run_modes: &fact.run_modes,
        // Only judgements on several instances compare contents and builds.
        content: 0,
        origin: 0,
        is_module: false,
    }
}
