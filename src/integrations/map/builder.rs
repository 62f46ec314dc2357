//! Makes the map of facts.

use super::graph::{IntegrationMap, Layer, Node};
use super::names::{agent_name, consumer_name, content_folder, solution_name};
use crate::facts::families::brand_portal::ReplicationAgent;
use crate::facts::families::ims::{self, ImsReference, TokenProvider};
use crate::facts::families::package::Package;
use crate::facts::{Fact, Kind, OfKind, ValueRef};
use crate::integrations::{Integration, State};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use text_spans::SourceRange;
use zip_audit::Place;

/// The map of linked facts and of the [`integrations`](crate::integrations::integrations) among them.
pub fn map_integrations(facts: &[Fact], integrations: &[Integration]) -> IntegrationMap {
    let mut builder = Builder::new(facts, integrations);
    for (index, fact) in facts.iter().enumerate() {
        builder.add(index, fact);
    }
    for fact in facts {
        if let Some(reference) = ImsReference::of(fact) {
            builder.refer(fact, reference);
        }
    }
    builder.finish()
}

/// What makes two things one node.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Package(Place),
    Fact(usize),
    Reference(u32, Place, SourceRange),
    Missing(u32, String),
    Solution(&'static str),
    Tenant(String),
}

struct Builder<'f> {
    facts: &'f [Fact],
    nodes: Vec<Node>,
    /// For each node the node of the package that brings it.
    homes: Vec<Option<usize>>,
    edges: BTreeSet<(usize, usize)>,
    known: HashMap<Key, usize>,
    packages: HashMap<&'f Place, &'f Package>,
    /// IMS configurations by deployment and name.
    providers: BTreeMap<(u32, &'f str), Vec<usize>>,
    /// Services by where they stand, for the references in them.
    services: HashMap<(u32, &'f Place, SourceRange), usize>,
    /// The tenants that agents send to.
    tenants: HashMap<usize, usize>,
    /// What the inventory says of a fact.
    integrations: HashMap<(u32, &'f Place, SourceRange, Kind), &'f Integration>,
}

impl<'f> Builder<'f> {
    fn new(facts: &'f [Fact], integrations: &'f [Integration]) -> Self {
        let of = |known: &'f Integration| {
            ((known.deployment, &known.location.place, known.location.mark, known.kind), known)
        };
        let packages = facts.iter().filter_map(|fact| Some((&fact.place, Package::of(fact)?))).collect();
        let mut providers: BTreeMap<(u32, &str), Vec<usize>> = BTreeMap::new();
        for (index, fact) in facts.iter().enumerate() {
            let names = TokenProvider::of(fact).map(TokenProvider::names).unwrap_or_default();
            names.into_iter().for_each(|name| providers.entry((fact.deployment, name)).or_default().push(index));
        }
        Self {
            facts,
            nodes: Vec::new(),
            homes: Vec::new(),
            edges: BTreeSet::new(),
            known: HashMap::new(),
            packages,
            providers,
            services: HashMap::new(),
            tenants: HashMap::new(),
            integrations: integrations.iter().map(of).collect(),
        }
    }

    /// Adds the node of an integration, and its tenant.
    fn add(&mut self, index: usize, fact: &'f Fact) {
        let text = |name: &str| fact.attribute(name).and_then(ValueRef::as_text).unwrap_or_default().trim().to_owned();
        let (layer, kind, detail) = match fact.kind() {
            Kind::TokenProvider => (Layer::ImsConfiguration, "IMS configuration", text("credential")),
            Kind::JwtIntegration => (Layer::Service, "JWT integration", text("product")),
            Kind::SmartTagsService => (Layer::Service, "Smart Tags service", text("region")),
            Kind::RetiredService => (Layer::Service, "retired service", String::new()),
            Kind::BrandPortalConfiguration => (Layer::Service, "Brand Portal service", String::new()),
            Kind::ReplicationAgent if ReplicationAgent::of(fact).is_some_and(ReplicationAgent::is_adobe) => {
                (Layer::Agent, "replication agent", String::new())
            }
            _ => return,
        };
        let Some(known) = self.integrations.get(&(fact.deployment, &fact.place, fact.mark, fact.kind())) else {
            return;
        };
        let name = if layer == Layer::Agent { agent_name(fact) } else { known.name.clone() };
        let node = Node { layer, kind, name, state: Some(known.state), detail, ..self.of(fact) };
        let node = self.node(Key::Fact(index), node, Some(fact));
        if layer == Layer::Service {
            self.services.insert((fact.deployment, &fact.place, fact.mark), node);
        }
        let tenant = text("tenant");
        if matches!(layer, Layer::Service | Layer::Agent) && !tenant.is_empty() {
            let there = Node { layer: Layer::Tenant, kind: "tenant", name: tenant.clone(), ..Node::blank() };
            let there = self.node(Key::Tenant(tenant), there, None);
            if layer == Layer::Agent {
                self.tenants.insert(node, there);
                self.edges.insert((there, node));
            } else {
                self.edges.insert((node, there));
            }
        }
    }

    /// Leads an IMS configuration to what names it.
    fn refer(&mut self, fact: &'f Fact, reference: &'f ImsReference) {
        let service = match self.services.get(&(fact.deployment, &fact.place, fact.mark)) {
            Some(&service) => service,
            None => {
                let node = Node {
                    layer: Layer::Service,
                    kind: "cloud service",
                    name: consumer_name(fact),
                    detail: solution_name(reference.consumer).to_owned(),
                    ..self.of(fact)
                };
                self.node(Key::Reference(fact.deployment, fact.place.clone(), fact.mark), node, Some(fact))
            }
        };
        let name = reference.reference.value.trim();
        if name.is_empty() {
            return;
        }
        let providers = self.providers.get(&(fact.deployment, ims::bare_reference(name))).cloned().unwrap_or_default();
        let active = |index: &usize| {
            self.facts.get(*index).is_some_and(|provider| provider.run_modes.can_be_active_with(&fact.run_modes))
        };
        let there: Vec<usize> = providers.iter().copied().filter(active).collect();
        let from: Vec<usize> = if there.is_empty() && !reference.resolved {
            let node = Node {
                layer: Layer::ImsConfiguration,
                kind: "IMS configuration",
                name: name.to_owned(),
                state: Some(State::Unknown),
                detail: "not found".to_owned(),
                ..Node::blank()
            };
            vec![self.node(Key::Missing(fact.deployment, name.to_owned()), node, None)]
        } else {
            there.iter().filter_map(|&index| self.known.get(&Key::Fact(index)).copied()).collect()
        };
        self.edges.extend(from.into_iter().map(|from| (from, service)));
    }

    /// The node of a key, made if it is new. `fact` is what a package brings.
    fn node(&mut self, key: Key, node: Node, fact: Option<&'f Fact>) -> usize {
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let home = fact.map(|fact| self.home(fact));
        self.known.insert(key, self.nodes.len());
        self.nodes.push(node);
        self.homes.push(home);
        self.nodes.len() - 1
    }

    /// The node of the package around a fact; without one, that of the folder that it lies in.
    fn home(&mut self, fact: &'f Fact) -> usize {
        let (place, package) = self.holder(fact);
        let text = |text: Option<&String>| text.cloned().unwrap_or_default();
        let detail = package.map(|package| text(package.version.as_ref())).unwrap_or_default();
        let kind = if package.is_some() { "package" } else { "folder" };
        let name = self.package_name(fact);
        let node = Node { layer: Layer::Package, kind, name, detail, ..Node::blank() };
        self.node(Key::Package(place), node, None)
    }

    /// The innermost package that holds a fact, and its place; else the folder on disk.
    fn holder(&self, fact: &Fact) -> (Place, Option<&'f Package>) {
        let place = &fact.place;
        let found = place.around().find_map(|place| Some((self.packages.get(&place).copied()?, place)));
        match found {
            Some((package, place)) => (place, Some(package)),
            None if place.inside.is_empty() => (Place::on_disk(content_folder(&place.file)), None),
            None => (Place::on_disk(place.file.clone()), None),
        }
    }

    fn package_name(&self, fact: &Fact) -> String {
        let (place, package) = self.holder(fact);
        let name = package.and_then(|package| package.name.clone()).filter(|name| !name.trim().is_empty());
        name.unwrap_or_else(|| place.to_string())
    }

    /// A node without anything but the package of a fact.
    fn of(&self, fact: &Fact) -> Node {
        Node { package: self.package_name(fact), ..Node::blank() }
    }

    /// Links the packages to what nothing else of theirs leads to, hands states on, and sorts by layer.
    fn finish(mut self) -> IntegrationMap {
        self.add_solutions();
        let mut homes: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (node, home) in self.homes.iter().enumerate() {
            home.iter().for_each(|&home| homes.entry(home).or_default().extend([node]));
        }
        for (package, brought) in homes {
            self.link_package(package, brought);
        }
        self.hand_states_on();
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        order.sort_by_key(|&index| self.nodes.get(index).map(|node| (node.layer, &node.name, &node.package, index)));
        let places: BTreeMap<usize, usize> = order.iter().enumerate().map(|(new, &old)| (old, new)).collect();
        let moved = |(from, to): &(usize, usize)| Some((*places.get(from)?, *places.get(to)?));
        let mut edges: Vec<(usize, usize)> = self.edges.iter().filter_map(moved).collect();
        edges.sort_unstable();
        let drawn =
            self.known.keys().filter(|key| matches!(key, Key::Package(place) if self.packages.contains_key(place)));
        let other_packages = self.packages.len() - drawn.count();
        let nodes = order.iter().filter_map(|&index| self.nodes.get(index).cloned()).collect();
        IntegrationMap { nodes, edges, other_packages }
    }

    /// Leads the IMS configurations that no cloud service names to the Adobe service that they are for.
    fn add_solutions(&mut self) {
        let serving: BTreeSet<usize> = self.edges.iter().map(|&(from, _)| from).collect();
        for (index, fact) in self.facts.iter().enumerate() {
            let solution = TokenProvider::of(fact).and_then(|provider| provider.solution);
            let from = self.known.get(&Key::Fact(index)).copied().filter(|from| !serving.contains(from));
            if let (Some(solution), Some(from)) = (solution, from) {
                let name = solution_name(solution).to_owned();
                let node = Node { layer: Layer::Service, kind: "Adobe service", name, ..Node::blank() };
                let to = self.node(Key::Solution(solution), node, None);
                self.edges.insert((from, to));
            }
        }
    }

    /// Leads a package to what it brings, unless something else that it brings leads there.
    fn link_package(&mut self, package: usize, brought: BTreeSet<usize>) {
        let mut brought: Vec<usize> = brought.into_iter().collect();
        brought.sort_by_key(|&index| self.nodes.get(index).map(|node| node.layer));
        let mut reached = BTreeSet::new();
        for node in brought {
            if reached.contains(&node) {
                continue;
            }
            // An agent is reached through its tenant.
            let target = self.tenants.get(&node).copied().unwrap_or(node);
            self.edges.insert((package, target));
            let mut open = vec![target];
            while let Some(next) = open.pop() {
                if reached.insert(next) {
                    open.extend(self.edges.range((next, 0)..=(next, usize::MAX)).map(|&(_, to)| to));
                }
            }
        }
    }

    /// Gives nodes without a state of their own the worst of what they bring or of what leads to them.
    fn hand_states_on(&mut self) {
        let mut worst: Vec<Option<State>> = vec![None; self.nodes.len()];
        let states: Vec<Option<State>> = self.nodes.iter().map(|node| node.state).collect();
        let mut hand = |to: usize, from: usize| {
            let state = states.get(from).copied().flatten();
            if let Some(slot) = worst.get_mut(to) {
                *slot = std::cmp::max_by_key(*slot, state, |state| state.map(State::badness));
            }
        };
        for (node, home) in self.homes.iter().enumerate() {
            home.iter().for_each(|&home| hand(home, node));
        }
        for &(from, to) in &self.edges {
            hand(to, from);
            if self.nodes.get(from).is_some_and(|node| node.layer == Layer::Tenant) {
                hand(from, to);
            }
        }
        for (node, worst) in self.nodes.iter_mut().zip(worst) {
            node.state = node.state.or(worst);
        }
    }
}
