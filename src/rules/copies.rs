//! Copies: a fault in two files that say the same at the same repository path is one fault.
//!
//! Policies judge each of its findings first, since a path that is ignored says nothing about the other one.

use super::finding::{Finding, Match, Related, SameFault};
use crate::facts::{Fact, Kind};
use std::collections::{HashMap, HashSet};

/// What the place of a copy says.
const COPY: &str = "The same file is here, too.";

/// For each match its fault, if it is on a fact of a copy or of what is copied.
pub(super) fn find_same_faults(facts: &[Fact], hits: &[&Match]) -> Vec<Option<SameFault>> {
    let copied: HashSet<u32> = facts.iter().filter_map(|fact| fact.installation.copy_of).collect();
    if copied.is_empty() {
        return vec![None; hits.len()];
    }
    let originals = originals(facts, &copied);
    let fault = |hit: &&Match| {
        let installation = &facts.get(hit.fact)?.installation;
        let original = match installation.copy_of {
            Some(_) => *originals.get(&hit.fact)?,
            None => copied.contains(&installation.source).then_some(hit.fact)?,
        };
        Some((hit.rule, hit.case, original))
    };
    hits.iter().map(fault).collect()
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

/// Merges the findings on copies into the first one on the same fault, as further places of it. Returns what remains, and
/// what was merged, each by itself.
pub fn merge_copies(findings: Vec<Finding>) -> (Vec<Finding>, Vec<Finding>) {
    let mut copies: Vec<Finding> = Vec::new();
    let mut first: HashMap<SameFault, usize> = HashMap::new();
    let mut merged: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        let known = finding.same_fault.and_then(|fault| first.get(&fault)).and_then(|&place| merged.get_mut(place));
        if let Some(known) = known.filter(|known| known.severity == finding.severity) {
            known.related.push(Related { message: COPY.to_owned(), location: finding.location.clone() });
            known.sources.extend(&finding.sources);
            copies.push(finding);
            continue;
        }
        if let Some(fault) = finding.same_fault {
            first.entry(fault).or_insert(merged.len());
        }
        merged.push(finding);
    }
    (merged, copies)
}
