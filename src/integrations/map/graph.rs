//! The map as nodes and edges.

use crate::integrations::State;

/// The layers of the map, from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// What brings it.
    Package,
    /// What gets the tokens.
    ImsConfiguration,
    /// What uses the tokens.
    Service,
    /// What it is connected to.
    Tenant,
    /// What sends to a tenant.
    Agent,
}

/// Something on the map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its column.
    pub layer: Layer,
    /// What it is, in words.
    pub kind: &'static str,
    /// What it is called.
    pub name: String,
    /// How it is: its own state, or the worst of what belongs to it; `None` where nothing is known.
    pub state: Option<State>,
    /// What is to be said of it beside its state: a version, a credential, that it is missing.
    pub detail: String,
    /// The package that brings it; empty for what no single package brings.
    pub package: String,
    /// How many things it stands for.
    pub count: usize,
}

impl Node {
    /// A node of which nothing is known.
    pub(crate) fn blank() -> Self {
        Self {
            layer: Layer::Package,
            kind: "",
            name: String::new(),
            state: None,
            detail: String::new(),
            package: String::new(),
            count: 1,
        }
    }
}

/// The map: nodes by layer, and edges that lead from a layer to one further right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IntegrationMap {
    /// The nodes, sorted by layer.
    pub nodes: Vec<Node>,
    /// Pairs of nodes, sorted.
    pub edges: Vec<(usize, usize)>,
    /// Packages that bring no integration, which are not on the map.
    pub other_packages: usize,
}
