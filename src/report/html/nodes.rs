//! What the nodes of the map are called.

use crate::escape;
use crate::integrations::map::Node;

/// What a node is, in the plural where it stands for several.
pub(super) fn kind(node: &Node) -> String {
    if node.count > 1 { format!("{} {}s", node.count, node.kind) } else { node.kind.to_owned() }
}

/// What a node is called; several have no name in common, and are called by what they are.
pub(super) fn name(node: &Node) -> String {
    if node.count > 1 { kind(node) } else { escape::clip(&node.name, escape::MAX_NAME_CHARS).into_owned() }
}

/// Both.
pub(super) fn title(node: &Node) -> String {
    if node.count > 1 { kind(node) } else { format!("{} {}", kind(node), name(node)) }
}
