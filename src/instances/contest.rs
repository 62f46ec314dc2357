//! The configurations of one PID on one instance.

use super::universe::ActiveModes;
use osgi_config::{RunModes, Target};
use std::cmp::Reverse;
use std::collections::HashMap;

/// A configuration that is installed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate<'c> {
    /// The number of the deployment that holds it.
    pub(crate) deployment: usize,
    /// What identifies it for the target, such as `osgi_config::Pid::pid`.
    pub(crate) pid: &'c str,
    /// The repository path.
    pub(crate) path: &'c str,
    /// The priority of its root, as `osgi_config::ConfigFolder` says.
    pub(crate) priority_base: u32,
    /// The run modes in the name of its folder, which are counted.
    pub(crate) folder_modes: &'c RunModes,
    /// The run modes of the folder and of the packages around it: where it is active.
    pub(crate) run_modes: &'c RunModes,
    /// Equal for two of equal values, whatever their format.
    pub(crate) content: u128,
    /// The number of the package or module that writes it.
    pub(crate) origin: usize,
    /// Whether that is a module of source.
    pub(crate) is_module: bool,
}

/// How strong a configuration is on one instance: the higher, the stronger.
pub(super) type Rank = (u32, bool);

/// One repository path, and all that is written to it with different content.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) candidates: Vec<usize>,
}

/// Why a configuration loses to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Reason {
    /// The winner lies below `/apps`, the loser below `/libs`.
    Root,
    /// More run modes of the winner's folder match.
    MoreRunModes,
    /// The winner is for rapid development environments, the loser for `dev`, which they inherit.
    Inherited,
}

/// The configurations of one PID, prepared for being judged on many instances.
pub(super) struct Contest<'a, 'c> {
    candidates: &'a [Candidate<'c>],
    slots: &'a [Slot],
    /// The folders that differ in what they say.
    kinds: Vec<&'a Candidate<'c>>,
    /// For each candidate of each slot its place among the kinds.
    kind_of: Vec<Vec<usize>>,
    /// For each kind the slots that have a candidate of it.
    slots_of: Vec<Vec<usize>>,
    /// The kinds that are active only where a run mode is set, by that mode: most folders name one.
    by_mode: HashMap<&'a str, Vec<usize>>,
    /// The kinds that can be active without any run mode.
    without_mode: Vec<usize>,
    target: Target,
}

/// What one instance makes of a PID.
pub(super) struct Decision {
    /// The slots that are active, in the order of their paths, and the rank of each.
    pub(super) ranks: Vec<(usize, Rank)>,
    /// The slots with the highest rank, in the order of their paths.
    pub(super) winners: Vec<usize>,
}

impl<'a, 'c> Contest<'a, 'c> {
    pub(super) fn new(candidates: &'a [Candidate<'c>], slots: &'a [Slot], target: Target) -> Self {
        let mut known: HashMap<(u32, &RunModes, &RunModes), usize> = HashMap::new();
        let mut kinds: Vec<&Candidate<'c>> = Vec::new();
        let kind_of = slots.iter().map(|slot| {
            let of = slot.candidates.iter().filter_map(|&index| candidates.get(index));
            of.map(|candidate| {
                let key = (candidate.priority_base, candidate.folder_modes, candidate.run_modes);
                *known.entry(key).or_insert_with(|| {
                    kinds.push(candidate);
                    kinds.len() - 1
                })
            })
            .collect()
        });
        let kind_of: Vec<Vec<usize>> = kind_of.collect();
        let mut slots_of: Vec<Vec<usize>> = vec![Vec::new(); kinds.len()];
        for (slot, kinds) in kind_of.iter().enumerate() {
            for &kind in kinds {
                slots_of.get_mut(kind).into_iter().for_each(|slots| slots.push(slot));
            }
        }
        let (mut by_mode, mut without_mode): (HashMap<&str, Vec<usize>>, _) = (HashMap::new(), Vec::new());
        for (place, kind) in kinds.iter().enumerate() {
            for mut alternative in kind.run_modes.literals() {
                match alternative.find(|(_, negated)| !negated) {
                    Some((mode, _)) => by_mode.entry(mode).or_default().push(place),
                    None => without_mode.push(place),
                }
            }
        }
        Self { candidates, slots, kinds, kind_of, slots_of, by_mode, without_mode, target }
    }

    pub(super) fn specs(&self) -> impl Iterator<Item = &'a RunModes> {
        self.kinds.iter().flat_map(|candidate| [candidate.folder_modes, candidate.run_modes])
    }

    /// The rank on an instance; `None` where it is not active.
    fn rank(&self, candidate: &Candidate<'_>, active: &ActiveModes<'_>) -> Option<Rank> {
        let base = match self.target {
            Target::Aem65 => candidate.priority_base,
            // The converter makes no difference between the roots.
            Target::Cloud => 0,
        };
        let matched = active.lists().zip([true, false]).filter_map(|(modes, own)| {
            candidate.run_modes.matched(modes)?;
            Some((base.saturating_add(candidate.folder_modes.matched(modes)?), own))
        });
        matched.max()
    }

    /// The kinds that may be active where these run modes are set, by one of each alternative; some of them twice.
    fn possible<'s>(&'s self, modes: &'s [&'s str]) -> impl Iterator<Item = usize> + 's {
        let by_mode = modes.iter().filter_map(|mode| self.by_mode.get(mode)).flatten();
        self.without_mode.iter().chain(by_mode).copied()
    }

    pub(super) fn decide(&self, active: &ActiveModes<'_>, steps: &mut u64) -> Decision {
        let mut ranks: Vec<(usize, Rank)> = Vec::new();
        // The last list has what is inherited too.
        for kind in self.possible(active.lists().last().unwrap_or_default()) {
            *steps += 1;
            if let (Some(candidate), Some(slots)) = (self.kinds.get(kind), self.slots_of.get(kind))
                && let Some(rank) = self.rank(candidate, active)
            {
                ranks.extend(slots.iter().map(|&slot| (slot, rank)));
            }
        }
        *steps += ranks.len() as u64;
        // The highest of each slot.
        ranks.sort_unstable_by_key(|&(slot, rank)| (slot, Reverse(rank)));
        ranks.dedup_by_key(|(slot, _)| *slot);
        let best = ranks.iter().map(|(_, rank)| *rank).max();
        let winners = ranks.iter().filter(|(_, rank)| Some(*rank) == best).map(|(slot, _)| *slot).collect();
        Decision { ranks, winners }
    }

    /// Why a slot loses to a winner, given the ranks of both.
    pub(super) fn reason(&self, loser: usize, rank: Rank, winner: usize, best: Rank) -> Reason {
        let base = |slot: usize| {
            let kind = self.kind_of.get(slot).and_then(|kinds| self.kinds.get(*kinds.first()?));
            kind.map(|candidate| candidate.priority_base)
        };
        if rank.0 == best.0 {
            Reason::Inherited
        } else if self.target == Target::Aem65 && base(loser) < base(winner) {
            Reason::Root
        } else {
            Reason::MoreRunModes
        }
    }

    /// The candidates of a slot that are active on an instance.
    pub(super) fn active_of(&self, slot: usize, active: &ActiveModes<'_>) -> impl Iterator<Item = usize> {
        let of = self.slots.get(slot).map_or(&[][..], |slot| &slot.candidates);
        let is_active =
            |index: &usize| self.candidates.get(*index).is_some_and(|found| self.rank(found, active).is_some());
        of.iter().copied().filter(is_active).collect::<Vec<_>>().into_iter()
    }
}
