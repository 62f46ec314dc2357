//! Copies: what rules find in two files that say the same at the same repository path is found once.

use super::finding::Match;
use crate::facts::{Fact, Kind};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Merges the matches on facts of copies into those of the same rule on what they are copies of. Returns each match that
/// remains, with the facts whose matches were merged into it.
pub(super) fn merge<'a>(facts: &[Fact], hits: Vec<&'a Match>) -> Vec<(&'a Match, Vec<usize>)> {
    let copied: HashSet<u32> = facts.iter().filter_map(|fact| fact.installation.copy_of).collect();
    if copied.is_empty() {
        return hits.into_iter().map(|hit| (hit, Vec::new())).collect();
    }
    let original = originals(facts, &copied);
    let there: HashMap<(usize, usize), usize> =
        hits.iter().enumerate().map(|(place, hit)| ((hit.rule, hit.fact), place)).collect();
    let mut copies: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut merged: HashSet<usize> = HashSet::new();
    for (place, hit) in hits.iter().enumerate() {
        let of = original.get(&hit.fact).and_then(|&fact| there.get(&(hit.rule, fact)));
        let Some(&of) = of.filter(|&&of| hits[of].case == hit.case) else { continue };
        copies.entry(of).or_default().push(hit.fact);
        merged.insert(place);
    }
    let kept = hits.into_iter().enumerate().filter(|(place, _)| !merged.contains(place));
    kept.map(|(place, hit)| (hit, copies.remove(&place).unwrap_or_default())).collect()
}

/// For each fact of a copy the one that it is a copy of: the one of the same kind with the same number among those of its
/// source.
fn originals(facts: &[Fact], copied: &HashSet<u32>) -> HashMap<usize, usize> {
    let mut numbers: HashMap<(u32, Kind), usize> = HashMap::new();
    let mut originals: HashMap<(u32, Kind, usize), usize> = HashMap::new();
    let mut copies: Vec<(usize, (u32, Kind, usize))> = Vec::new();
    for (index, fact) in facts.iter().enumerate() {
        let installation = &fact.installation;
        if installation.copy_of.is_none() && !copied.contains(&installation.source) {
            continue;
        }
        let next = numbers.entry((installation.source, fact.kind())).or_default();
        let number = *next;
        *next += 1;
        match installation.copy_of {
            Some(of) => copies.push((index, (of, fact.kind(), number))),
            None => drop(originals.insert((installation.source, fact.kind(), number), index)),
        }
    }
    copies.into_iter().filter_map(|(index, key)| Some((index, *originals.get(&key)?))).collect()
}
