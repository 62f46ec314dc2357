//! What one instance ends up with: for each PID which configuration it uses, and which ones lose.

use crate::facts::fact::{Fact, OfKind};
use crate::facts::families::configuration::Configuration;
use crate::instances::{Axes, Candidate, Reason, judge_at};
use osgi_config::{ConfigFolder, RunModes, Target, config_folder};

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
    let mut roles: Vec<(&Fact, &str, ConfigurationRole)> = Vec::new();
    let mut competing: Vec<(&Fact, &str, ConfigFolder)> = Vec::new();
    for fact in facts.iter().filter(|fact| fact.installation.copy_of.is_none()) {
        let Some(configuration) = Configuration::of(fact) else { continue };
        let pid = configuration.pid.as_str();
        let folder = fact.path.as_deref().and_then(|path| config_folder(path, target));
        match folder.filter(|_| fact.installed() && fact.error.is_none()) {
            Some(folder) => competing.push((fact, pid, folder)),
            None => roles.push((fact, pid, ConfigurationRole::NotInstalled)),
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
        let of_pid = winners.chain(losers).chain(inactive);
        roles.extend(of_pid.filter_map(|(index, role)| of(&index).map(|(fact, pid)| (fact, pid, role))));
    }
    roles.sort_by_key(|(fact, pid, role)| (fact.deployment, *pid, *role, &fact.place));
    let of_pid = roles.chunk_by(|a, b| (a.0.deployment, a.1) == (b.0.deployment, b.1));
    of_pid
        .filter_map(|configurations| {
            let (first, pid, _) = configurations.first()?;
            let configurations = configurations.iter().map(|(fact, _, role)| (*fact, *role)).collect();
            Some(PidOnInstance { deployment: first.deployment, pid, configurations })
        })
        .collect()
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
