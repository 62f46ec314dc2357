//! What is kept of a docview file while it is read: the nodes that somebody looks at, within bounds.

use super::{Interest, OsgiDocument, inline_file, osgi_node};
use osgi_config::Target;
use text_spans::Span;

use std::borrow::Cow;

/// Most properties of one node that are looked at whatever they are. Java refuses a file with an element of more attributes
/// (`jdk.xml.elementAttributeLimit`).
const MAX_PROPERTIES: usize = 10_000;

/// Memory that the nodes of one file may take, about.
const MAX_KEPT_BYTES: usize = 64 << 20;

/// The nodes of a docview file that matter, while it is read.
pub(super) struct Nodes<'t, 'k> {
    pub(super) interest: &'k dyn Interest,
    pub(super) target: Target,
    pub(super) nodes: Vec<jcr_filevault::Node<'t>>,
    pub(super) configurations: Vec<OsgiDocument<'t>>,
    pub(super) room: usize,
    /// The first node for which there was no room.
    pub(super) dropped: Option<Span>,
    /// The first node of which not all properties are looked at.
    pub(super) shortened: Option<Span>,
}

impl<'t, 'k> Nodes<'t, 'k> {
    pub(super) fn new(interest: &'k dyn Interest, target: Target) -> Self {
        let (nodes, configurations) = (Vec::new(), Vec::new());
        Self { interest, target, nodes, configurations, room: MAX_KEPT_BYTES, dropped: None, shortened: None }
    }

    /// Keeps the node if it matters; then its properties are taken away.
    pub(super) fn add(&mut self, node: &mut jcr_filevault::Node<'t>) {
        if node.properties.len() > MAX_PROPERTIES {
            self.shortened = self.shortened.or(Some(node.span));
            let mut looked_at = 0;
            node.properties.retain(|property| {
                looked_at += 1;
                looked_at <= MAX_PROPERTIES || self.interest.keeps_property(property)
            });
        }
        let configuration =
            osgi_node::configuration(node, self.target).or_else(|| inline_file::take_configuration(node, self.target));
        if configuration.is_none() && !self.interest.keeps(node) {
            return;
        }
        match self.room.checked_sub(size(node)) {
            Some(room) => {
                self.room = room;
                self.configurations.extend(configuration);
                let properties = std::mem::take(&mut node.properties);
                self.nodes.push(jcr_filevault::Node { path: node.path.clone(), properties, ..*node });
            }
            None => self.dropped = self.dropped.or(Some(node.span)),
        }
    }
}

/// About how much memory a node takes.
fn size(node: &jcr_filevault::Node<'_>) -> usize {
    let text = |text: &Cow<'_, str>| size_of::<String>() + text.len();
    let property = |property: &jcr_filevault::NodeProperty<'_>| {
        let values: usize = property.values.iter().map(text).sum();
        size_of_val(property) + property.name.len() + values + size_of_val::<[Span]>(&property.value_spans)
    };
    size_of_val(node) + node.path.len() + node.properties.iter().map(property).sum::<usize>()
}
