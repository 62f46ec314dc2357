//! Which configuration of a PID wins on an instance.
//!
//! On AEM 6.5 the Sling installer decides (`RegisteredResourceImpl.compare`): the highest priority, which is that of the
//! root (100 below `/libs`, 200 below `/apps`) and one for each run mode that matches. At equal priority the one that
//! the instance already took stays; on a fresh one the path that comes first in alphabetical order wins. Whether the
//! folder is named `config` or `install`, and the format of the file, play no part.
//!
//! On the Cloud Service the number of matching run modes decides. At an equal number the content-package converter
//! (`DefaultFeaturesManager.addConfiguration`) refuses both, or takes the path that comes first.

use super::alternatives::{Alternatives, any_can_meet};
use super::axes::Axes;
use super::contest::{Candidate, Contest, Decision, Rank, Reason, Slot};
use super::describe::InstanceSet;
use super::universe::{ActiveModes, Universe};
use super::{Assumption, Certainty};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// All configurations of one PID in one deployment. Indices of candidates are those of the judged slice.
#[derive(Clone, Debug)]
pub(crate) struct Configuration {
    pub(crate) deployment: usize,
    /// One for each repository path, in the order of the paths.
    pub(crate) slots: Vec<Slot>,
    /// Where chance decides.
    pub(crate) ties: Vec<Tie>,
    /// Whether there are more instances to tell apart than were looked at.
    pub(crate) bound_reached: bool,
}

/// Configurations of one PID, at different paths, of which none is more specific.
#[derive(Clone, Debug)]
pub(crate) struct Tie {
    /// Those that tie, in the order of their paths.
    pub(crate) candidates: Vec<usize>,
    pub(crate) instances: InstanceSet,
    pub(crate) certainty: Certainty,
    pub(crate) assumptions: Vec<Assumption>,
    /// Whether all have equal values, so that it does not matter which one wins.
    pub(crate) same_content: bool,
}

/// To which configuration one loses on some instance, and why.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Loss {
    /// A winner; where several tie, the first of them.
    pub(crate) to: usize,
    pub(crate) reason: Reason,
}

/// What becomes of one candidate.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// The instances where it wins, alone or by chance.
    pub(crate) wins: InstanceSet,
    /// The configurations that it loses to where it is active.
    pub(crate) losses: Vec<Loss>,
}

/// What was found about all candidates.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outcome {
    /// In the order of deployments and PIDs.
    pub(crate) configurations: Vec<Configuration>,
    /// One for each candidate.
    pub(crate) standings: Vec<Standing>,
    /// For each candidate the place of its PID in `configurations`.
    pub(crate) configuration_of: Vec<usize>,
    /// Modules that are alternatives of each other have the same number.
    pub(crate) alternatives: Alternatives,
    /// The ranks that were computed and compared: what the work grows with.
    pub(crate) steps: u64,
}

/// Groups candidates by deployment and PID, and those of each by path, in the order of each. All orders are by content,
/// so that the outcome does not depend on the order in which files were found.
fn group(candidates: &[Candidate<'_>]) -> Vec<(usize, Vec<Slot>)> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    let key =
        |index: &usize| candidates.get(*index).map(|found| (found.deployment, found.pid, found.path, found.origin));
    order.sort_by(|a, b| key(a).cmp(&key(b)).then(a.cmp(b)));
    let pid = |index: &usize| key(index).map(|(deployment, pid, ..)| (deployment, pid));
    let path = |index: &usize| key(index).map(|(_, _, path, _)| path);
    let of_pid = order.chunk_by(|a, b| pid(a) == pid(b)).filter_map(|group| {
        let (deployment, _) = pid(group.first()?)?;
        let slots = group.chunk_by(|a, b| path(a) == path(b)).map(|slot| Slot { candidates: slot.to_vec() }).collect();
        Some((deployment, slots))
    });
    of_pid.collect()
}

/// Judges all candidates on all instances that the run modes in play tell apart.
pub(crate) fn judge(candidates: &[Candidate<'_>], axes: &Axes) -> Outcome {
    let groups = group(candidates);
    let mut outcome = Outcome {
        standings: vec![Standing::default(); candidates.len()],
        configuration_of: vec![0; candidates.len()],
        ..Outcome::default()
    };
    for (_, slots) in &groups {
        for slot in slots {
            let modules = || {
                let found = slot.candidates.iter().filter_map(|&index| candidates.get(index));
                found.filter(|candidate| candidate.is_module).map(|candidate| candidate.origin)
            };
            modules().zip(modules().skip(1)).for_each(|(a, b)| outcome.alternatives.join(a, b));
        }
    }
    for (deployment, slots) in groups {
        let mut configuration = judge_pid(candidates, slots, axes, &mut outcome);
        configuration.deployment = deployment;
        let place = outcome.configurations.len();
        for &index in configuration.slots.iter().flat_map(|slot| &slot.candidates) {
            if let Some(of) = outcome.configuration_of.get_mut(index) {
                *of = place;
            }
        }
        outcome.configurations.push(configuration);
    }
    outcome
}

fn judge_pid(candidates: &[Candidate<'_>], slots: Vec<Slot>, axes: &Axes, outcome: &mut Outcome) -> Configuration {
    let contest = Contest::new(candidates, &slots, axes.target());
    let universe = Universe::new(contest.specs(), axes);
    let mut wins: Vec<Vec<usize>> = vec![Vec::new(); slots.len()];
    let mut losses: BTreeSet<(usize, usize, Reason)> = BTreeSet::new();
    let mut ties: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
    for (member, instance) in universe.instances.iter().enumerate() {
        let Decision { ranks, winners } = contest.decide(&universe.active(instance), &mut outcome.steps);
        let Some(&first) = winners.first() else { continue };
        for &slot in &winners {
            wins.get_mut(slot).into_iter().for_each(|wins| wins.push(member));
        }
        let best = ranks.iter().map(|(_, rank)| *rank).max().unwrap_or_default();
        for (slot, rank) in ranks.into_iter().filter(|(_, rank)| *rank != best) {
            losses.insert((slot, first, contest.reason(slot, rank, first, best)));
        }
        if winners.len() > 1 {
            ties.entry(winners).or_default().push(member);
        }
    }
    let set = |members: Vec<usize>| InstanceSet::new(Arc::clone(&universe), members);
    let first_of = |slot: usize| slots.get(slot).and_then(|slot| slot.candidates.first()).copied().unwrap_or_default();
    let all_of = |tied: &[usize]| -> Vec<usize> {
        tied.iter().filter_map(|&slot| slots.get(slot)).flat_map(|slot| slot.candidates.iter().copied()).collect()
    };
    let mut losses_of: Vec<Vec<Loss>> = vec![Vec::new(); slots.len()];
    for (slot, winner, reason) in losses {
        let loss = Loss { to: first_of(winner), reason };
        losses_of.get_mut(slot).into_iter().for_each(|losses| losses.push(loss));
    }
    for ((slot, wins), losses) in slots.iter().zip(wins).zip(losses_of) {
        let standing = Standing { wins: set(wins), losses };
        for &index in &slot.candidates {
            if let Some(of) = outcome.standings.get_mut(index) {
                *of = standing.clone();
            }
        }
    }
    let ties = ties.into_iter().map(|(tied, members)| {
        let all = all_of(&tied);
        let instances = set(members);
        let contents: HashSet<u128> =
            all.iter().filter_map(|&index| candidates.get(index)).map(|candidate| candidate.content).collect();
        let mut certainty = instances.certainty();
        let mut assumptions: Vec<Assumption> = instances.assumption().into_iter().collect();
        if !any_can_meet(candidates, &tied, &slots, &outcome.alternatives) {
            certainty = Certainty::Low;
            assumptions.push(Assumption::Build);
        }
        Tie { candidates: all, instances, certainty, assumptions, same_content: contents.len() == 1 }
    });
    let ties = ties.collect();
    let bound_reached = universe.bound_reached;
    Configuration { deployment: 0, slots, ties, bound_reached }
}

/// The ties that say something beyond others: not those of which every configuration is in a surer one already, as are the
/// ties that several free run modes make of those that each makes by itself.
pub(crate) fn telling_ties(ties: &[Tie]) -> impl Iterator<Item = &Tie> {
    let covered = |certainty: Certainty| -> HashSet<usize> {
        let surer = ties.iter().filter(|tie| tie.certainty > certainty);
        surer.flat_map(|tie| tie.candidates.iter().copied()).collect()
    };
    let (medium, low) = (covered(Certainty::Medium), covered(Certainty::Low));
    ties.iter().filter(move |tie| {
        let covered = match tie.certainty {
            Certainty::High => return true,
            Certainty::Medium => &medium,
            Certainty::Low => &low,
        };
        tie.candidates.iter().any(|candidate| !covered.contains(candidate))
    })
}

/// What one instance makes of one PID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PidResult {
    /// The place of the PID in the order of deployments and PIDs, as in [`Outcome::configurations`].
    pub(crate) configuration: usize,
    /// Those that win; several if they tie, or if it is not known what is written to the path of the winner.
    pub(crate) winners: Vec<usize>,
    /// Those that are active and lose, and why.
    pub(crate) losers: Vec<(usize, Reason)>,
    /// Those that are not active.
    pub(crate) inactive: Vec<usize>,
}

/// What an instance with exactly these run modes ends up with. A service or environment that is not named is not set.
pub(crate) fn judge_at(candidates: &[Candidate<'_>], axes: &Axes, run_modes: &[&str]) -> Vec<PidResult> {
    let active = ActiveModes::new(run_modes.to_vec(), axes.target());
    let of = |(configuration, (_, slots)): (usize, (usize, Vec<Slot>))| {
        let contest = Contest::new(candidates, &slots, axes.target());
        let decision = contest.decide(&active, &mut 0);
        let best = decision.ranks.iter().map(|(_, rank)| *rank).max().unwrap_or_default();
        let rank_of: HashMap<usize, Rank> = decision.ranks.iter().copied().collect();
        let mut result = PidResult { configuration, winners: Vec::new(), losers: Vec::new(), inactive: Vec::new() };
        for (slot, content) in slots.iter().enumerate() {
            let there: Vec<usize> = contest.active_of(slot, &active).collect();
            result.inactive.extend(content.candidates.iter().filter(|index| !there.contains(index)));
            match rank_of.get(&slot) {
                Some(rank) if *rank == best => result.winners.extend(there),
                Some(rank) => {
                    let first = decision.winners.first().copied().unwrap_or_default();
                    let reason = contest.reason(slot, *rank, first, best);
                    result.losers.extend(there.into_iter().map(|index| (index, reason)));
                }
                None => {}
            }
        }
        result
    };
    group(candidates).into_iter().enumerate().map(of).collect()
}
