//! What is kept of a docview file while it is read: the nodes that somebody looks at, within bounds.

use super::{OsgiDocument, osgi_node};
use crate::osgi::Target;
use crate::text::{ReadError, Span};
use crate::vault;

/// Memory that the nodes of one file may take, about.
pub(super) const KEPT: usize = 64 << 20;

/// The nodes of a docview file that matter, while it is read.
pub(super) struct Nodes<'k> {
    pub(super) keep: &'k dyn Fn(&vault::Node) -> bool,
    pub(super) target: Target,
    pub(super) nodes: Vec<vault::Node>,
    pub(super) configurations: Vec<OsgiDocument>,
    pub(super) room: usize,
    /// The first node for which there was no room.
    pub(super) dropped: Option<Span>,
}

impl Nodes<'_> {
    pub(super) fn add(&mut self, node: vault::Node) {
        let configuration = osgi_node::configuration(&node, self.target);
        if configuration.is_none() && !(self.keep)(&node) {
            return;
        }
        match self.room.checked_sub(size(&node)) {
            Some(room) => {
                self.room = room;
                self.configurations.extend(configuration);
                self.nodes.push(node);
            }
            None => self.dropped = self.dropped.or(Some(node.span)),
        }
    }
}

/// About how much memory a node takes.
fn size(node: &vault::Node) -> usize {
    let text = |text: &String| size_of::<String>() + text.len();
    let property = |property: &vault::NodeProperty| {
        let values: usize = property.values.iter().map(text).sum();
        size_of_val(property) + property.name.len() + values + size_of_val(property.value_spans.as_slice())
    };
    size_of_val(node) + node.path.len() + node.properties.iter().map(property).sum::<usize>()
}

/// FileVault rejects a docview file as a whole. One of the configurations in it says so, the one in which the mistake
/// stands; the error is given back if there is none.
pub(super) fn reject(configurations: &mut [OsgiDocument], error: ReadError) -> Option<ReadError> {
    let begins_before =
        |configuration: &OsgiDocument| configuration.span.is_some_and(|span| span.start <= error.span.start);
    let at = configurations.iter().rposition(begins_before).unwrap_or(0);
    match configurations.get_mut(at) {
        Some(configuration) => {
            configuration.configuration.error = Some(error);
            None
        }
        None => Some(error),
    }
}
