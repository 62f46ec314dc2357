//! Which nodes of docview files anybody will look at.

use jcr_filevault::{self, docview::Ahead};

/// Says which nodes of docview files somebody will look at. The others are read and forgotten.
pub trait Interest {
    /// Whether a node is looked at.
    fn keeps(&self, node: &jcr_filevault::Node<'_>) -> bool;

    /// Whether a property is looked at even in a node that has more properties than are looked at.
    fn keeps_property(&self, property: &jcr_filevault::NodeProperty<'_>) -> bool;

    /// Whether a node is certainly not looked at, as far as can be said before it is made.
    fn passes(&self, node: &Ahead<'_>) -> bool;
}

/// Interest in every node.
#[derive(Clone, Copy, Debug)]
pub struct Everything;

impl Interest for Everything {
    fn keeps(&self, _: &jcr_filevault::Node<'_>) -> bool {
        true
    }

    fn keeps_property(&self, _: &jcr_filevault::NodeProperty<'_>) -> bool {
        true
    }

    fn passes(&self, _: &Ahead<'_>) -> bool {
        false
    }
}
