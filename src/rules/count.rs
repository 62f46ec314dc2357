//! Counting: which of the facts of a group can be active at the same time, and whether they are too many.
//!
//! Each alternative of a fact's run modes is a conjunction of modes, and whether two conjunctions can hold together is
//! known. For conjunctions that is enough: if every two of a set can hold together, all can, because both sources of
//! conflict (a mode that one demands and the other excludes, and two modes that exclude each other) are between two. So
//! the sets of conjunctions that can hold at once are the cliques of a graph, and the facts that some AEM sees together
//! are those of a maximal clique.

use super::file::Limit;
use super::finding::Match;
use crate::facts::Fact;
use osgi_config::RunModes;
use std::collections::{BTreeMap, BTreeSet};

/// The steps that the search for cliques may take. Real packages have a handful of run modes; what is not found
/// within this was written to be hard to find.
const STEPS: usize = 20_000;

/// A group with too many members, or not the exact number.
pub(super) struct Group {
    /// The members that are too many together, by place.
    pub(super) hits: Vec<Match>,
    /// Which of them is the first surplus one.
    surplus: usize,
    /// The names of the distinct ones, in the order of their places.
    pub(super) names: Vec<String>,
}

impl Group {
    /// The place to report.
    pub(super) fn primary(&self) -> &Match {
        &self.hits[self.surplus]
    }

    /// The other places.
    pub(super) fn others(&self) -> impl Iterator<Item = &Match> {
        self.hits.iter().enumerate().filter(|(index, _)| *index != self.surplus).map(|(_, hit)| hit)
    }
}

/// What tells members apart: the value of `distinct`, else the subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Name(&'a str),
    Subject(usize),
}

/// Judges the members of one group, which are sorted by place.
pub(super) fn too_many(hits: Vec<Match>, limit: Limit, facts: &[Fact], subjects: &[usize]) -> Option<Group> {
    let keys: Vec<Key<'_>> = hits.iter().map(|hit| key(hit, subjects)).collect();
    let all: BTreeSet<&Key<'_>> = keys.iter().collect();
    let allowed = match limit {
        Limit::AtMost(limit) | Limit::Exactly(limit) => limit,
    };
    if limit == Limit::AtMost(allowed) && all.len() <= allowed {
        return None;
    }
    let active = active_together(&hits, facts);
    let mut members = BTreeSet::new();
    let mut surplus: Option<usize> = None;
    let mut most = 0;
    for together in &active {
        let mut seen = BTreeSet::new();
        let first = together.iter().copied().find(|&index| seen.insert(&keys[index]) && seen.len() > allowed);
        seen.extend(together.iter().map(|&index| &keys[index]));
        most = most.max(seen.len());
        if let Some(first) = first {
            members.extend(together.iter().copied());
            surplus = Some(surplus.map_or(first, |known| known.min(first)));
        }
    }
    if surplus.is_none() && matches!(limit, Limit::Exactly(_)) && most < allowed && most > 0 {
        surplus = Some(0);
        members.extend(0..hits.len());
    }
    let surplus = surplus?;
    let mut names = Vec::new();
    let mut seen = BTreeSet::new();
    for &index in &members {
        if seen.insert(&keys[index]) {
            let fact = &facts[hits[index].fact];
            let place = || fact.path.clone().unwrap_or_else(|| fact.place.to_string());
            names.push(hits[index].distinct.clone().unwrap_or_else(place));
        }
    }
    let surplus = members.iter().position(|&index| index == surplus)?;
    let hits = members.iter().filter_map(|&index| hits.get(index).cloned()).collect();
    Some(Group { hits, surplus, names })
}

fn key<'a>(hit: &'a Match, subjects: &[usize]) -> Key<'a> {
    hit.distinct.as_deref().map_or(Key::Subject(subjects[hit.fact]), Key::Name)
}

/// The largest sets of members that some set of run modes sees together, each sorted.
fn active_together(hits: &[Match], facts: &[Fact]) -> Vec<Vec<usize>> {
    let mut by_modes: BTreeMap<String, (RunModes, Vec<usize>)> = BTreeMap::new();
    for (index, hit) in hits.iter().enumerate() {
        let mut alternatives = facts[hit.fact].run_modes.alternatives();
        if alternatives.is_empty() {
            alternatives.push(String::new());
        }
        for spec in alternatives {
            let modes = || if spec.is_empty() { RunModes::default() } else { RunModes::parse(&spec) };
            by_modes.entry(spec.clone()).or_insert_with(|| (modes(), Vec::new())).1.push(index);
        }
    }
    // A conjunction that conflicts with itself, such as author in a package for publish, is never active.
    let modes: Vec<(RunModes, Vec<usize>)> =
        by_modes.into_values().filter(|(modes, _)| modes.can_be_active_with(modes)).collect();
    let compatible = |a: usize, b: usize| modes[a].0.can_be_active_with(&modes[b].0);
    let sets = cliques(modes.len(), compatible).into_iter().map(|clique| {
        let members: BTreeSet<usize> = clique.iter().flat_map(|&index| modes[index].1.iter().copied()).collect();
        members.into_iter().collect()
    });
    sets.collect()
}

/// The maximal cliques of a graph of `size` nodes (Bron and Kerbosch, with a stack of its own), as many as a bounded
/// number of steps finds.
fn cliques(size: usize, adjacent: impl Fn(usize, usize) -> bool) -> Vec<Vec<usize>> {
    struct State {
        clique: Vec<usize>,
        candidates: Vec<usize>,
        excluded: Vec<usize>,
    }
    let mut found = Vec::new();
    let mut stack = vec![State { clique: Vec::new(), candidates: (0..size).collect(), excluded: Vec::new() }];
    let mut steps = 0;
    while let Some(mut state) = stack.pop() {
        steps += 1;
        if steps > STEPS {
            break;
        }
        let Some(&node) = state.candidates.first() else {
            if state.excluded.is_empty() && !state.clique.is_empty() {
                found.push(state.clique);
            }
            continue;
        };
        let near = |nodes: &[usize]| -> Vec<usize> {
            nodes.iter().copied().filter(|&other| other != node && adjacent(node, other)).collect()
        };
        let with = State {
            clique: state.clique.iter().copied().chain([node]).collect(),
            candidates: near(&state.candidates),
            excluded: near(&state.excluded),
        };
        // A clique without this node is maximal only if it has a candidate that is not adjacent to it.
        let worth = state.candidates.iter().any(|&other| other != node && !adjacent(node, other));
        state.candidates.remove(0);
        state.excluded.push(node);
        if worth {
            stack.push(state);
        }
        stack.push(with);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sorted(mut cliques: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
        cliques.iter_mut().for_each(|clique| clique.sort_unstable());
        cliques.sort();
        cliques
    }

    #[test]
    fn compatibility_is_not_transitive() {
        // 0 goes with 1 and 2, which exclude each other.
        let edges = |a: usize, b: usize| a == 0 || b == 0 || a == b;
        assert_eq!(sorted(cliques(3, edges)), [vec![0, 1], vec![0, 2]]);
    }

    #[test]
    fn a_graph_without_edges_and_the_empty_graph() {
        assert_eq!(sorted(cliques(2, |a, b| a == b)), [vec![0], vec![1]]);
        assert!(cliques(0, |_, _| true).is_empty());
    }

    #[test]
    fn a_graph_made_to_be_hard_ends() {
        // Groups of three that exclude each other have 3^k maximal cliques.
        let found = cliques(60, |a, b| a / 3 != b / 3);
        assert!(!found.is_empty());
        assert!(found.iter().all(|clique| clique.len() == 20));
    }

    proptest! {
        #[test]
        fn cliques_are_those_that_trying_all_subsets_finds(edges in proptest::collection::vec(any::<bool>(), 36)) {
            let size = 6;
            let adjacent = |a: usize, b: usize| a != b && edges[a.min(b) * size + a.max(b)];
            let is_clique = |set: usize| {
                let members: Vec<usize> = (0..size).filter(|node| set >> node & 1 == 1).collect();
                members.iter().all(|&a| members.iter().all(|&b| a == b || adjacent(a, b)))
            };
            let all: Vec<usize> = (1..1_usize << size).filter(|&set| is_clique(set)).collect();
            let maximal = all.iter().filter(|&&set| !all.iter().any(|&other| other != set && other & set == set));
            let expected: Vec<Vec<usize>> =
                maximal.map(|set| (0..size).filter(|node| set >> node & 1 == 1).collect()).collect();
            prop_assert_eq!(sorted(cliques(size, adjacent)), sorted(expected));
        }
    }
}
