//! The map of the integrations: which package brings which IMS configuration, what uses it, and where it sends.

mod builder;
mod graph;
mod grouping;
mod names;

pub use builder::map_integrations;
pub use graph::{IntegrationMap, Layer, Node};
pub(crate) use grouping::group;
