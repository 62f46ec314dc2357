//! Which nodes any family could make a fact of, by the signals of all families. A quick look, so that ordinary content
//! costs little.

use super::telltale;
use crate::documents::Interest;
use crate::secret;
use crate::signals::{self, SignalKind};
use jcr_filevault::docview::Ahead;
use jcr_filevault::{Node, NodeProperty};
use text_spans::TripletScanner;

const PATH: [SignalKind; 1] = [SignalKind::Path];
const TYPE: [SignalKind; 1] = [SignalKind::ResourceType];
const VALUE: [SignalKind; 1] = [SignalKind::Value];

const PATHS: [&str; signals::count(&PATH)] = signals::literals(&PATH);
const PATH_MARKS: TripletScanner<{ signals::count_marks(&PATH) }> = TripletScanner::exactly(signals::marks(&PATH));
const TYPES: [&str; signals::count(&TYPE)] = signals::literals(&TYPE);
const TYPE_MARKS: TripletScanner<{ signals::count_marks(&TYPE) }> = TripletScanner::exactly(signals::marks(&TYPE));
const VALUES: [&str; signals::count(&VALUE)] = signals::literals(&VALUE);

/// Interest in the nodes that any family could make a fact of.
#[derive(Clone, Copy, Debug)]
pub struct Telling;

impl Interest for Telling {
    fn keeps(&self, node: &Node<'_>) -> bool {
        can_matter(node)
    }

    fn keeps_property(&self, property: &NodeProperty<'_>) -> bool {
        property_can_matter(property)
    }

    fn passes(&self, node: &Ahead<'_>) -> bool {
        !path_can_matter(node.path)
            && !telltale::is_possible_in_node(node.written())
            && !node.names().any(name_can_matter)
    }
}

/// Whether any family could make a fact of a node.
pub(super) fn can_matter(node: &Node<'_>) -> bool {
    path_can_matter(&node.path) || node.properties.iter().any(property_can_matter)
}

/// Whether the path of a node makes it one of interest.
fn path_can_matter(path: &str) -> bool {
    PATH_MARKS.any(path.as_bytes()) && PATHS.iter().any(|part| path.contains(part))
}

/// Whether a resource type or template is one of those that families know.
fn type_can_matter(value: &str) -> bool {
    TYPE_MARKS.any(value.as_bytes()) && TYPES.iter().any(|found| value.contains(found))
}

/// Whether a property of this name is of interest, whatever its value.
fn name_can_matter(name: &str) -> bool {
    signals::is_property(name) || secret::is_secret_name(name)
}

fn property_can_matter(property: &NodeProperty<'_>) -> bool {
    name_can_matter(&property.name)
        || matches!(&*property.name, "sling:resourceType" | "cq:template")
            && property.values.iter().any(|value| type_can_matter(value))
        || property.values.iter().any(|value| {
            telltale::is_possible(value)
                && (VALUES.iter().any(|part| value.contains(part)) || !secret::shapes(value).is_empty())
                || telltale::may_name_secret(value) && secret::is_named_within(value)
        })
}
