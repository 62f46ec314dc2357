//! What a set of instances is called.

use super::universe::{Instance, Universe};
use super::{Assumption, Certainty};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// If more instances than these are told apart they are not summed up: only those with the fewest free run modes are named.
const MAX_DESCRIBED_INSTANCES: usize = 256;

/// Names of instances in one sentence.
const MAX_NAMES_IN_SENTENCE: usize = 4;

/// Some of the instances that a universe tells apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct InstanceSet {
    universe: Arc<Universe>,
    /// Places in the universe, rising.
    members: Vec<usize>,
}

/// Instances that have some things in common; what is `None`, or not in `extras`, may be either way.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    service: Option<Option<usize>>,
    environment: Option<Option<usize>>,
    extras: BTreeMap<usize, bool>,
}

/// The run modes that tell a kind of instances from others.
struct Words<'u> {
    /// Service and environment.
    set: Vec<&'u str>,
    /// What else is set.
    also: Vec<&'u str>,
    unset: Vec<&'u str>,
}

impl InstanceSet {
    pub(crate) fn new(universe: Arc<Universe>, members: Vec<usize>) -> Self {
        Self { universe, members }
    }

    /// Whether no instance belongs to it.
    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether every instance belongs to it.
    pub(crate) fn is_every_instance(&self) -> bool {
        !self.universe.bound_reached && self.members.len() == self.universe.instances.len()
    }

    /// The instances.
    pub(crate) fn instances(&self) -> impl Iterator<Item = &Instance> {
        self.members.iter().filter_map(|&member| self.universe.instances.get(member))
    }

    /// The run modes of each of the instances, of those in play.
    #[cfg(test)]
    pub(crate) fn run_modes(&self) -> impl Iterator<Item = Vec<&str>> {
        let modes = |instance: &Instance| {
            instance.service.iter().chain(&instance.environment).chain(&instance.extras).copied().collect()
        };
        self.instances().map(move |instance| {
            let modes: Vec<usize> = modes(instance);
            modes.into_iter().map(|mode| self.universe.name(mode)).collect()
        })
    }

    /// How sure it is that one of the instances exists.
    pub(crate) fn certainty(&self) -> Certainty {
        self.instances().map(|instance| self.universe.certainty(instance)).max().unwrap_or(Certainty::Low)
    }

    /// Those of the instances that are the surest to exist.
    pub(crate) fn surest(&self) -> Self {
        let best = self.certainty();
        let of = |member: &usize| self.universe.instances.get(*member);
        let members = self.members.iter().copied();
        let members =
            members.filter(|member| of(member).is_some_and(|found| self.universe.certainty(found) == best)).collect();
        Self { universe: Arc::clone(&self.universe), members }
    }

    /// What is assumed when one says that these instances exist.
    pub(crate) fn assumption(&self) -> Option<Assumption> {
        if self.certainty() == Certainty::High {
            return None;
        }
        let surest = self.surest();
        let simplest = surest.instances().min_by_key(|instance| instance.extras.len())?;
        let modes =
            simplest.extras.iter().chain(simplest.environment.iter().filter(|_| surest.certainty() == Certainty::Low));
        Some(Assumption::RunModes(modes.map(|&mode| self.universe.name(mode).to_owned()).collect()))
    }

    /// The names of the instances, such as `author, stage`; `every instance` if it is that.
    pub(crate) fn names(&self) -> Vec<String> {
        if self.is_every_instance() {
            return vec!["every instance".to_owned()];
        }
        let names = self.kinds().into_iter().map(|kind| {
            let Words { mut set, also, unset } = self.words(&kind);
            set.extend(also);
            match (set.is_empty(), unset.is_empty()) {
                (true, true) => "every instance".to_owned(),
                (true, false) => format!("instances without {}", unset.join(", ")),
                (false, true) => set.join(", "),
                (false, false) => format!("{} without {}", set.join(", "), unset.join(", ")),
            }
        });
        names.collect()
    }

    fn words(&self, kind: &Kind) -> Words<'_> {
        let name = |&mode: &usize| self.universe.name(mode);
        let set = kind.service.flatten().iter().chain(kind.environment.flatten().iter()).map(name).collect();
        let extras = |wanted: bool| kind.extras.iter().filter(move |(_, set)| **set == wanted).map(|(mode, _)| mode);
        let mut unset: Vec<&str> = Vec::new();
        if kind.environment == Some(None) {
            let environments: BTreeSet<usize> =
                self.universe.instances.iter().filter_map(|instance| instance.environment).collect();
            unset.extend(environments.iter().map(name));
        }
        unset.extend(extras(false).map(name));
        Words { set, also: extras(true).map(name).collect(), unset }
    }

    /// The instances, summed up where all of an axis are there.
    fn kinds(&self) -> Vec<Kind> {
        // What is left unsaid depends on all instances.
        let few = self.universe.instances.len() <= MAX_DESCRIBED_INSTANCES;
        let least = self.instances().map(|instance| instance.extras.len()).min().unwrap_or(0);
        let chosen = self.instances().filter(|instance| few || instance.extras.len() == least);
        let in_play: BTreeSet<usize> = if few {
            self.universe.instances.iter().flat_map(|instance| instance.extras.clone()).collect()
        } else {
            BTreeSet::new()
        };
        let kind = |instance: &Instance| Kind {
            service: Some(instance.service),
            environment: Some(instance.environment),
            extras: in_play
                .iter()
                .map(|&mode| (mode, false))
                .chain(instance.extras.iter().map(|&mode| (mode, true)))
                .collect(),
        };
        let mut kinds: BTreeSet<Kind> = chosen.take(MAX_DESCRIBED_INSTANCES).map(kind).collect();
        // A run mode that cannot be set beside the others is unset there, and not worth a word.
        let mut all: BTreeSet<Kind> =
            if few { self.universe.instances.iter().map(kind).collect() } else { BTreeSet::new() };
        for mode in in_play {
            let rest = |kind: &Kind| {
                let mut rest = kind.clone();
                rest.extras.remove(&mode);
                rest
            };
            kinds = merge(&kinds, &all, rest);
            all = all.iter().map(rest).collect();
        }
        kinds = self.merge_axis(
            kinds,
            |kind| kind.environment = None,
            |instance| Some(instance.environment),
            |kind| kind.environment,
        );
        kinds =
            self.merge_axis(kinds, |kind| kind.service = None, |instance| Some(instance.service), |kind| kind.service);
        kinds.into_iter().collect()
    }

    /// Leaves an axis out of kinds that are there for every value which the universe has beside the rest of them.
    fn merge_axis(
        &self,
        kinds: BTreeSet<Kind>,
        clear: fn(&mut Kind),
        value: fn(&Instance) -> Option<Option<usize>>,
        of: fn(&Kind) -> Option<Option<usize>>,
    ) -> BTreeSet<Kind> {
        let mut groups: BTreeMap<Kind, Vec<Kind>> = BTreeMap::new();
        for kind in kinds {
            let mut rest = kind.clone();
            clear(&mut rest);
            groups.entry(rest).or_default().push(kind);
        }
        let merged = groups.into_iter().flat_map(|(rest, kinds)| {
            let fits = |instance: &&Instance| {
                rest.service.is_none_or(|service| service == instance.service)
                    && rest.environment.is_none_or(|environment| environment == instance.environment)
                    && rest.extras.iter().all(|(mode, set)| instance.extras.contains(mode) == *set)
            };
            let possible: BTreeSet<_> = self.universe.instances.iter().filter(fits).map(value).collect();
            let there: BTreeSet<_> = kinds.iter().map(of).collect();
            let axis = possible.len() > 1 || possible.contains(&Some(None));
            if axis && possible.is_subset(&there) { vec![rest] } else { kinds }
        });
        merged.collect()
    }
}

/// Leaves a run mode out of kinds that are there with and without it, or that could not have it.
fn merge(kinds: &BTreeSet<Kind>, all: &BTreeSet<Kind>, rest: impl Fn(&Kind) -> Kind) -> BTreeSet<Kind> {
    let mut groups: BTreeMap<Kind, Vec<&Kind>> = BTreeMap::new();
    for kind in kinds {
        groups.entry(rest(kind)).or_default().push(kind);
    }
    let mut possible: BTreeMap<Kind, usize> = BTreeMap::new();
    for kind in all {
        *possible.entry(rest(kind)).or_default() += 1;
    }
    let merged = groups.into_iter().flat_map(|(rest, kinds)| {
        // Kinds from which another run mode is already left out stand for several of the universe.
        let both = kinds.len() > 1 || possible.get(&rest) == Some(&1);
        if both { vec![rest] } else { kinds.into_iter().cloned().collect() }
    });
    merged.collect()
}

/// For a sentence: `on every instance`, `on author, stage and on publish`, `on author where run mode emea is set`.
impl fmt::Display for InstanceSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("on no instance");
        }
        if self.is_every_instance() {
            return f.write_str("on every instance");
        }
        let phrase = |kind: &Kind| {
            let Words { set, also, unset } = self.words(kind);
            let mut parts = Vec::new();
            match (set.is_empty(), also.is_empty() && unset.is_empty()) {
                (false, _) => parts.push(format!("on {}", set.join(", "))),
                (true, true) => parts.push("on every instance".to_owned()),
                (true, false) => {}
            }
            for (modes, set) in [(also, "set"), (unset, "not set")] {
                let (modes, plural) = match &modes[..] {
                    [] => continue,
                    [one] => ((*one).to_owned(), ("", "is")),
                    [some @ .., last] => (format!("{} and {last}", some.join(", ")), ("s", "are")),
                };
                let joint = if parts.last().is_some_and(|part| part.starts_with("where")) { "and" } else { "where" };
                parts.push(format!("{joint} run mode{} {modes} {} {set}", plural.0, plural.1));
            }
            parts.join(" ")
        };
        let kinds = self.kinds();
        let shown: Vec<String> = kinds.iter().take(MAX_NAMES_IN_SENTENCE).map(phrase).collect();
        f.write_str(&shown.join(" and "))?;
        match kinds.len().saturating_sub(MAX_NAMES_IN_SENTENCE) {
            0 => Ok(()),
            more => write!(f, " and on {more} more kinds of instances"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::axes::Axes;
    use super::*;
    use osgi_config::{RunModes, Target};

    /// The names of the instances on which `spec` is active, where `others` are in play, too.
    fn named(target: Target, spec: &str, others: &[&str]) -> String {
        let spec = RunModes::parse(spec);
        let others: Vec<RunModes> = others.iter().map(|spec| RunModes::parse(spec)).collect();
        let universe = Universe::new(others.iter().chain([&spec]), &Axes::new(target, &[]));
        let matches =
            |instance: &Instance| universe.active(instance).lists().any(|modes| spec.matched(modes).is_some());
        let members = universe.instances.iter().enumerate().filter(|(_, instance)| matches(instance));
        let members = members.map(|(member, _)| member).collect();
        InstanceSet::new(Arc::clone(&universe), members).to_string()
    }

    #[test]
    fn names_instances_for_people() {
        let table: [(&str, &[&str], &str); 10] = [
            ("author,publish", &[], "on every instance"),
            ("author", &["stage", "prod"], "on author"),
            ("author.stage", &["prod"], "on author, stage"),
            ("author.stage,publish.prod", &[], "on author, stage and on publish, prod"),
            ("-prod", &["dev"], "where run modes dev and prod are not set and on dev"),
            ("emea", &["author"], "where run mode emea is set"),
            ("author.emea", &["apac"], "on author where run mode emea is set"),
            ("author.-emea", &[], "on author where run mode emea is not set"),
            ("prod.prod-eu", &[], "on prod where run mode prod-eu is set"),
            ("x.-x", &[], "on no instance"),
        ];
        for (spec, others, expected) in table {
            assert_eq!(named(Target::Aem65, spec, others), expected, "{spec}");
        }
        assert_eq!(named(Target::Cloud, "author.dev", &["stage"]), "on author, dev and on author, rde");
        assert_eq!(named(Target::Cloud, "qa", &["author"]), "on no instance");
        assert_eq!(named(Target::Cloud, "author,author.stage", &["rde"]), "on author");
    }

    #[test]
    fn very_many_instances_are_not_summed_up() {
        let spec = (0..40).map(|n| format!("m{n}")).collect::<Vec<_>>().join(",");
        let text = named(Target::Aem65, &spec, &["author"]);
        assert!(text.contains("more kinds of instances"), "{text}");
    }
}
