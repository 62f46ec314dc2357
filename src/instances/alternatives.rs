//! Modules of source of which usually one is built.

use super::contest::{Candidate, Slot};
use std::collections::{HashMap, HashSet};

/// Modules of source that write a path in common, of which usually one is built.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alternatives {
    /// Each module, and another one that it is an alternative of: the trees of a union-find.
    parents: HashMap<usize, usize>,
}

impl Alternatives {
    fn root(&self, mut module: usize) -> usize {
        while let Some(&parent) = self.parents.get(&module).filter(|&&parent| parent != module) {
            module = parent;
        }
        module
    }

    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            self.parents.insert(a.max(b), a.min(b));
        }
        // Short ways, so that many modules cost little.
        for module in [a, b] {
            let root = self.root(module);
            self.parents.insert(module, root);
        }
    }

    /// The group of alternatives that a module belongs to, if it has any.
    pub(crate) fn group(&self, module: usize) -> Option<usize> {
        self.parents.contains_key(&module).then(|| self.root(module))
    }

    /// Whether two things can be there in one build: not if each is in one of two modules that are alternatives.
    pub(super) fn can_meet(&self, a: &Candidate<'_>, b: &Candidate<'_>) -> bool {
        let group = |candidate: &Candidate<'_>| candidate.is_module.then(|| self.group(candidate.origin)).flatten();
        a.origin == b.origin || group(a).is_none() || group(a) != group(b)
    }
}

/// Whether some two of these paths can be there in one build.
pub(super) fn any_can_meet(
    candidates: &[Candidate<'_>],
    tied: &[usize],
    slots: &[Slot],
    alternatives: &Alternatives,
) -> bool {
    let of = |slot: &usize| {
        let found = slots.get(*slot).into_iter().flat_map(|slot| &slot.candidates);
        found.filter_map(|&index| candidates.get(index))
    };
    // Enough to look at the first against all, and at neighbours: the group of alternatives is the same for all of them,
    // or some two of these differ in it.
    let meet = |a: &usize, b: &usize| of(a).any(|a| of(b).any(|b| alternatives.can_meet(a, b)));
    let Some((first, rest)) = tied.split_first() else { return false };
    let mut neighbours = tied.iter().zip(tied.iter().skip(1));
    if rest.iter().any(|other| meet(first, other)) || neighbours.any(|(a, b)| meet(a, b)) {
        return true;
    }
    // All in one group of alternatives: two of one module, perhaps.
    let mut modules = HashSet::new();
    tied.iter().any(|slot| {
        let own: HashSet<usize> = of(slot).map(|candidate| candidate.origin).collect();
        let again = own.iter().any(|module| modules.contains(module));
        modules.extend(own);
        again
    })
}
