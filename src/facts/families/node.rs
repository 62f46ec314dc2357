//! Content nodes: a fact for each node of a docview file, made only if a rule looks at nodes.

use crate::facts::attribute::{Attribute, OwnProperties};
use crate::facts::source::FactSource;
use crate::facts::value::Value;
use crate::facts::vocabulary::fact_kind;

fact_kind! {
    #[derive(Default)]
    Node "node" = "A content node of a docview file. Made only if a rule or `--kind node` asks for it." {
        primary_type: Attribute<Value> = "jcr:primaryType",
        resource_type: Attribute<Value> = "sling:resourceType",
        properties: OwnProperties = "the properties by name",
    }
}

/// The fact of a node.
pub(crate) fn node(source: &FactSource<'_>) -> Node {
    Node {
        primary_type: source.attribute("jcr:primaryType"),
        resource_type: source.attribute("sling:resourceType"),
        properties: OwnProperties,
    }
}
