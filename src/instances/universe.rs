//! The instances that the run modes in some specifications tell apart.

use super::Certainty;
use super::axes::{Axes, Mode, Relation};
use osgi_config::{RunModes, Target};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Instances beyond this number are not told apart, for one PID or one question. Those with the fewest run modes that
/// are free come first.
pub(crate) const MAX_INSTANCES: usize = 2048;

/// Sets of free run modes that are tried for one universe, most of them in vain where the modes exclude each other.
const MAX_TRIED_SETS: usize = 32 * MAX_INSTANCES;

/// One kind of instance: all that have these run modes and none of the others that are in play.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instance {
    /// The service; `None` if no specification asks for it.
    pub(crate) service: Option<usize>,
    /// The environment; `None` for none of those in play.
    pub(crate) environment: Option<usize>,
    /// What else is set: free run modes, and the region beside its environment.
    pub(crate) extras: Vec<usize>,
}

/// A run mode in play.
#[derive(Clone, Debug)]
pub(crate) struct NamedMode {
    pub(crate) name: String,
    pub(crate) mode: Mode,
}

/// A service and an environment, and the sets of further run modes of one size that are possible beside them.
struct Core {
    service: Option<usize>,
    environment: Option<usize>,
    /// The run modes that the sets are made of.
    extras: Arc<[usize]>,
    sets: Vec<Vec<usize>>,
}

/// All instances that are told apart. Indices of [`Instance`] are places in `modes`.
#[derive(Debug, Default)]
pub(crate) struct Universe {
    pub(crate) modes: Vec<NamedMode>,
    pub(crate) instances: Vec<Instance>,
    /// Whether more instances could be told apart than [`MAX_INSTANCES`].
    pub(crate) bound_reached: bool,
    /// Sets of free run modes that some alternative of a specification asks for by itself.
    asked: BTreeSet<BTreeSet<usize>>,
    target: Target,
}

impl Universe {
    /// The instances that these specifications tell apart.
    pub(crate) fn new<'s>(specs: impl IntoIterator<Item = &'s RunModes>, axes: &Axes) -> Arc<Self> {
        let specs: BTreeSet<&RunModes> = specs.into_iter().collect();
        let literals = || specs.iter().flat_map(|spec| spec.literals()).flatten();
        let mut names: BTreeSet<&str> = literals().map(|(mode, _)| mode).collect();
        let known = |name: &str| axes.mode(name);
        let touches = |name: &&str, service: bool| match known(name) {
            Mode::Service => service,
            Mode::Environment(environment) => {
                !service || environment.region.is_some_and(|region| axes.services().contains(&region.as_str()))
            }
            Mode::Free | Mode::Unknown => false,
        };
        if names.iter().any(|name| touches(name, true)) {
            names.extend(axes.services());
        }
        if names.iter().any(|name| touches(name, false)) {
            names.extend(axes.required_environments());
        }
        let modes: Vec<NamedMode> = names
            .into_iter()
            .map(|name| NamedMode { name: name.to_owned(), mode: known(name) })
            .filter(|named| named.mode != Mode::Unknown)
            .collect();
        let places: BTreeMap<&str, usize> =
            modes.iter().enumerate().map(|(place, named)| (named.name.as_str(), place)).collect();
        let asked = specs.iter().flat_map(|spec| spec.literals()).map(|alternative| {
            let set = alternative.filter(|(_, negated)| !negated);
            set.filter_map(|(mode, _)| places.get(mode).copied()).collect::<BTreeSet<usize>>()
        });
        let asked = asked.filter(|set| set.len() > 1).collect();
        let mut universe =
            Self { modes: Vec::new(), instances: Vec::new(), bound_reached: false, asked, target: axes.target() };
        universe.modes = modes;
        universe.enumerate(axes);
        Arc::new(universe)
    }

    fn enumerate(&mut self, axes: &Axes) {
        let of = |wanted: fn(&Mode) -> bool| -> Vec<usize> {
            (0..self.modes.len()).filter(|&at| self.modes.get(at).is_some_and(|named| wanted(&named.mode))).collect()
        };
        let mut services: Vec<Option<usize>> = of(|mode| *mode == Mode::Service).into_iter().map(Some).collect();
        if services.is_empty() {
            services.push(None);
        }
        let environments = of(|mode| matches!(mode, Mode::Environment(_)));
        let free = of(|mode| *mode == Mode::Free);
        // On the Cloud Service all environments are in play, or none.
        let none = (self.target == Target::Aem65 || environments.is_empty()).then_some(None);
        let relation = |a: usize, b: usize| match (self.modes.get(a), self.modes.get(b)) {
            (Some(a), Some(b)) => axes.relation((&a.name, &a.mode), (&b.name, &b.mode)),
            _ => Relation::Exclusive,
        };
        let mut frontier: Vec<Core> = Vec::new();
        'cores: for environment in none.into_iter().chain(environments.iter().copied().map(Some)) {
            let beside = |service: Option<usize>| {
                let core: Vec<usize> = service.into_iter().chain(environment).collect();
                // The region stands beside its environment; the other way round would be the same instance.
                let with_region = environments.iter().copied().filter(|&other| {
                    environment.is_some_and(|environment| {
                        relation(environment, other) == Relation::Unlikely && self.is_whole(environment)
                    })
                });
                let extras = free.iter().copied().chain(with_region);
                extras
                    .filter(|&extra| core.iter().all(|&of| relation(of, extra) != Relation::Exclusive))
                    .collect::<Vec<usize>>()
            };
            for &service in &services {
                if frontier.len() >= MAX_INSTANCES {
                    self.bound_reached = true;
                    break 'cores;
                }
                let possible = service
                    .zip(environment)
                    .is_none_or(|(service, environment)| relation(service, environment) != Relation::Exclusive);
                if possible {
                    let extras = beside(service).into();
                    frontier.push(Core { service, environment, extras, sets: vec![Vec::new()] });
                }
            }
        }
        let mut instances = Vec::new();
        let (mut tried, mut bound_reached) = (0, self.bound_reached);
        while !bound_reached && frontier.iter().any(|core| !core.sets.is_empty()) {
            for Core { service, environment, extras, sets } in &mut frontier {
                let mut larger = Vec::new();
                for set in std::mem::take(sets) {
                    if instances.len() >= MAX_INSTANCES {
                        bound_reached = true;
                        break;
                    }
                    let from = set.last().and_then(|last| extras.iter().position(|extra| extra == last));
                    for &extra in extras.iter().skip(from.map_or(0, |from| from + 1)) {
                        if tried >= MAX_TRIED_SETS || larger.len() >= MAX_INSTANCES {
                            bound_reached = true;
                            break;
                        }
                        tried += 1;
                        if set.iter().all(|&with| relation(with, extra) != Relation::Exclusive) {
                            larger.push(set.iter().copied().chain([extra]).collect());
                        }
                    }
                    instances.push(Instance { service: *service, environment: *environment, extras: set });
                }
                *sets = larger;
            }
        }
        // What was still to be counted when the bound was met, as far as there is room: one set for each core at least.
        if bound_reached {
            for Core { service, environment, sets, .. } in frontier {
                let room = MAX_INSTANCES.saturating_sub(instances.len());
                let more = sets.into_iter().take(room);
                instances.extend(more.map(|extras| Instance { service, environment, extras }));
            }
        }
        self.instances = instances;
        self.bound_reached = bound_reached;
    }

    /// Whether a run mode is an environment without a region.
    fn is_whole(&self, mode: usize) -> bool {
        let named = self.modes.get(mode);
        named.is_some_and(|named| matches!(&named.mode, Mode::Environment(environment) if environment.region.is_none()))
    }

    /// The name of a run mode in play.
    pub(crate) fn name(&self, mode: usize) -> &str {
        self.modes.get(mode).map_or("", |named| &named.name)
    }

    /// The run modes of an instance, as lists of which any may match: a rapid development environment of the Cloud
    /// Service takes what `dev` has and `rde` has not. The first list is that of the instance's own modes.
    pub(crate) fn active(&self, instance: &Instance) -> ActiveModes<'_> {
        let set = instance.service.iter().chain(&instance.environment).chain(&instance.extras);
        ActiveModes::new(set.map(|&mode| self.name(mode)).collect(), self.target)
    }

    /// How sure it is that such an instance exists.
    pub(crate) fn certainty(&self, instance: &Instance) -> Certainty {
        let region = |&mode: &usize| self.modes.get(mode).is_some_and(|named| named.mode != Mode::Free);
        match &instance.extras[..] {
            [] => Certainty::High,
            extras if extras.iter().any(region) => Certainty::Low,
            [_] => Certainty::Medium,
            // The author of `config.emea.b2b` knows of an instance with both.
            extras if self.asked.iter().any(|set| extras.iter().all(|extra| set.contains(extra))) => Certainty::Medium,
            _ => Certainty::Low,
        }
    }
}

/// The run modes that are set on an instance.
#[derive(Clone, Debug)]
pub(crate) struct ActiveModes<'n> {
    own: Vec<&'n str>,
    inherited: Option<Vec<&'n str>>,
}

impl<'n> ActiveModes<'n> {
    /// These run modes of an instance of `target`.
    pub(crate) fn new(own: Vec<&'n str>, target: Target) -> Self {
        // Adobe's page on rapid development environments: they inherit what the run mode `dev` declares.
        let rapid = target == Target::Cloud && own.contains(&"rde") && !own.contains(&"dev");
        let inherited = rapid.then(|| own.iter().copied().chain(["dev"]).collect());
        Self { own, inherited }
    }

    /// The own run modes, and after them those with the inherited one.
    pub(crate) fn lists(&self) -> impl Iterator<Item = &[&'n str]> {
        std::iter::once(&self.own[..]).chain(self.inherited.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instances(target: Target, specs: &[&str]) -> Vec<String> {
        let specs: Vec<RunModes> = specs.iter().map(|spec| RunModes::parse(spec)).collect();
        let universe = Universe::new(&specs, &Axes::new(target, &[vec!["b2b".into(), "b2c".into()]]));
        assert!(!universe.bound_reached);
        let shown = |instance: &Instance| {
            let modes = universe.active(instance).own.join(".");
            format!("{modes} {:?}", universe.certainty(instance))
        };
        universe.instances.iter().map(shown).collect()
    }

    #[test]
    fn enumerates_what_is_told_apart() {
        assert_eq!(instances(Target::Aem65, &[]), [" High"]);
        assert_eq!(instances(Target::Aem65, &["author"]), ["author High", "publish High"]);
        assert_eq!(instances(Target::Aem65, &["dev", "prod"]), [" High", "dev High", "prod High"]);
        assert_eq!(
            instances(Target::Aem65, &["prod", "prod-emea"]),
            [" High", "prod High", "prod-emea High", "prod.prod-emea Low"]
        );
        assert_eq!(instances(Target::Aem65, &["emea", "x"]), [" High", "emea Medium", "x Medium", "emea.x Low"]);
        assert_eq!(instances(Target::Aem65, &["emea.x"]).last().unwrap(), "emea.x Medium");
        assert_eq!(instances(Target::Aem65, &["b2b", "b2c"]), [" High", "b2b Medium", "b2c Medium"]);
        assert_eq!(instances(Target::Cloud, &["author", "emea"]), ["author High", "publish High"]);
        assert_eq!(instances(Target::Cloud, &["dev"]), ["dev High", "prod High", "rde High", "stage High"]);
        assert_eq!(
            instances(Target::Aem65, &["prod-author"]),
            ["author High", "publish High", "author.prod-author High",]
        );
    }

    #[test]
    fn the_number_of_instances_is_bounded() {
        let modes: Vec<RunModes> = (0..300).map(|n| RunModes::parse(&format!("m{n}"))).collect();
        let universe = Universe::new(&modes, &Axes::new(Target::Aem65, &[]));
        assert!(universe.bound_reached);
        assert_eq!(universe.instances.len(), MAX_INSTANCES);
        // Each by itself is among them.
        assert!((0..300).all(|mode| universe.instances.iter().any(|instance| instance.extras == [mode])));
        let group: Vec<String> = (0..300).map(|n| format!("m{n}")).collect();
        let universe = Universe::new(&modes, &Axes::new(Target::Aem65, &[group]));
        assert_eq!((universe.instances.len(), universe.bound_reached), (301, false));
    }
}
