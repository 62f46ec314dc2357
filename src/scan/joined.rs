//! Joins what was linked in parts, of which only what is still needed is held.

use super::Scanned;
use crate::facts::{Installed, Kinds};
use osgi_config::Target;

/// Numbers from here on stand for what belongs to no deployment, until it is known how many deployments there are.
const BESIDE: u32 = u32::MAX / 2;

/// How numbers of a part become others when it is joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Renumbering {
    /// By how much numbers of sources grow.
    pub(crate) sources: u32,
    /// By how much indices of facts grow.
    pub(crate) facts: usize,
    /// By how much numbers of deployments grow, and how many the part has; `None` if they stay.
    deployments: Option<(u32, u32)>,
}

impl Renumbering {
    /// The number of a deployment of the part.
    pub(crate) fn deployment(self, number: u32) -> u32 {
        match self.deployments {
            None => number,
            Some((before, own)) if number < own => number.saturating_add(before),
            // What belongs to no deployment comes after all of them.
            Some((_, own)) => u32::MAX - (number - own).min(BESIDE),
        }
    }
}

/// Parts that were joined.
#[derive(Debug)]
pub(crate) struct Joined {
    scanned: Scanned,
    sources: u32,
    facts: usize,
}

impl Joined {
    /// Of no part so far.
    pub(crate) fn new(target: Target) -> Self {
        let scanned = Scanned {
            facts: Vec::new(),
            installed: Installed::nothing(target),
            files: 0,
            excluded: 0,
            matched_excludes: Vec::new(),
            deployments: 0,
            deployment_names: Vec::new(),
            numbered_by_inputs: false,
            is_judgeable: false,
            comments: Default::default(),
            inputs: Vec::new(),
        };
        Self { scanned, sources: 0, facts: 0 }
    }

    /// Adds a part, of whose facts those of some kinds are kept. Returns how its numbers become others.
    pub(crate) fn add(&mut self, part: Scanned, kept: Kinds) -> Renumbering {
        let all = &mut self.scanned;
        let Scanned { facts, files, excluded, matched_excludes, deployments, deployment_names, .. } = part;
        let numbers = Renumbering {
            sources: self.sources,
            facts: self.facts,
            deployments: (!part.numbered_by_inputs).then_some((all.deployments, deployments)),
        };
        self.sources += facts.iter().map(|fact| fact.installation.source).max().unwrap_or_default();
        self.facts += facts.len();
        let facts = facts.into_iter().filter(|fact| kept.contains(fact.kind()));
        all.facts.extend(facts.map(|mut fact| {
            fact.installation.shift(numbers.sources);
            fact.deployment = numbers.deployment(fact.deployment);
            fact
        }));
        all.files += files;
        all.excluded += excluded;
        all.matched_excludes.extend(matched_excludes);
        all.deployments += deployments;
        all.deployment_names.extend(deployment_names);
        all.is_judgeable |= part.is_judgeable;
        all.comments.extend(part.comments);
        all.inputs.extend(part.inputs);
        numbers
    }

    /// What all parts are, and the last change of the numbers of deployments.
    pub(crate) fn finish(self) -> (Scanned, impl Fn(u32) -> u32) {
        let Self { mut scanned, .. } = self;
        let count = scanned.deployments;
        let last = move |number: u32| if number > BESIDE { count.saturating_add(u32::MAX - number) } else { number };
        scanned.facts.iter_mut().for_each(|fact| fact.deployment = last(fact.deployment));
        scanned.facts.sort_by_key(|fact| fact.deployment);
        scanned.inputs.sort();
        scanned.inputs.dedup();
        (scanned, last)
    }
}
