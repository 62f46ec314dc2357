//! JSON of a bundle that becomes content: each object is a node.

use super::nodes::Nodes;
use jcr_filevault::{Node, NodeProperty};
use osgi_config::{Property, Scalar, Shape, content_json};
use std::borrow::Cow;
use text_spans::{OneOrMany, ReadError, Span};

/// Whether a JSON text can be initial content of which a node matters.
pub(super) fn mentions_nodes(text: &[u8]) -> bool {
    [&b"\"jcr:primaryType\""[..], b"\"sling:resourceType\""]
        .iter()
        .any(|name| memchr::memmem::find(text, name).is_some())
}

/// Gives every node of a text to `nodes`, the root with the path `root`, and returns why the content loader rejects the file.
pub(super) fn read(text: &str, root: &str, nodes: &mut Nodes<'static, '_>) -> Option<ReadError> {
    let content = content_json::read(text);
    for node in content.nodes {
        let path = if node.path.is_empty() { root.to_owned() } else { format!("{root}/{}", node.path) };
        let properties = node.properties.into_iter().map(property).collect();
        nodes.add(&mut Node { path, index: 0, span: node.span, properties });
    }
    content.error
}

fn property(property: Property<'static>) -> NodeProperty<'static> {
    let type_name = match property.value.type_name {
        "Long" => "Long",
        "Double" => "Double",
        "Boolean" => "Boolean",
        _ => "String",
    };
    let items = &property.value.items;
    let values: OneOrMany<Cow<'static, str>> = items.iter().map(|item| text(&item.scalar)).collect();
    let value_spans: OneOrMany<Span> = items.iter().map(|item| item.span).collect();
    NodeProperty {
        name: property.key,
        name_span: property.key_span,
        type_name,
        multi: property.value.shape != Shape::Scalar,
        binary_ref: false,
        values,
        value_spans,
        value_span: property.value_span,
    }
}

fn text(scalar: &Scalar<'static>) -> Cow<'static, str> {
    match scalar {
        Scalar::Text(text) => text.clone(),
        Scalar::Int(value) => value.to_string().into(),
        Scalar::Double(value) => value.to_string().into(),
        Scalar::Bool(value) => value.to_string().into(),
    }
}
