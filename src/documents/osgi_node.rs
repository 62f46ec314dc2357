//! `sling:OsgiConfig` nodes as configurations, as the JCR installer reads them.

use super::OsgiDocument;
use crate::signals::configuration::NODE_TYPE;
use jcr_filevault::docview::Ahead;
use jcr_filevault::{Node, NodeProperty};
use osgi_config::{Configuration, Dropped, Format, Item, Property, Scalar, Shape, Target, Value, pid};
use std::borrow::Cow;
use text_spans::{OneOrMany, ReadError, Span};

/// Whether a node can be a configuration. Rather says yes.
pub(super) fn is_possible(node: &Ahead<'_>) -> bool {
    // Most tags hold no capital O, which is found out faster.
    let written = node.written();
    memchr::memchr(b'O', written.as_bytes()).is_some() && written.contains(NODE_TYPE)
}

/// The configuration that a node is, if it is one.
///
/// The installer takes properties without a `:` in their name, of the types String, Date, Double, Long and Boolean;
/// it loses every other single value without a word, and stops at several values of another type. The converter of the cloud takes
/// names, paths, URIs and decimals as the text that they are.
pub(super) fn configuration<'t>(node: &Node<'t>, target: Target) -> Option<OsgiDocument<'t>> {
    let of_type = |property: &NodeProperty<'_>| {
        property.name == "jcr:primaryType" && property.values.iter().any(|value| value == NODE_TYPE)
    };
    if !node.properties.iter().any(of_type) {
        return None;
    }
    let name = node.path.rsplit('/').next().unwrap_or_default().to_owned();
    let mut configuration = Configuration::default();
    for property in node.properties.iter().filter(|property| !property.name.contains(':')) {
        match value(property, target) {
            Some(value) => configuration.properties.push(Property {
                key: property.name.clone(),
                key_span: property.name_span,
                value,
                value_span: property.value_span,
            }),
            None if property.multi && target == Target::Aem65 => {
                let reason = format!("the installer stops at a list of type {}", property.type_name);
                configuration.error.get_or_insert(ReadError { span: property.value_span, reason });
            }
            None => configuration.dropped.push(Dropped {
                key: Some(property.name.clone().into_owned()),
                span: property.name_span.to(property.value_span),
                reason: format!("the installer takes no property of type {}", property.type_name),
            }),
        }
    }
    let pid = pid::pid(&name, target);
    let path = Some(node.path.clone());
    Some(OsgiDocument { name: name.into(), path, format: Format::OsgiNode, pid, span: Some(node.span), configuration })
}

fn value<'t>(property: &NodeProperty<'t>, target: Target) -> Option<Value<'t>> {
    let type_name = match property.type_name {
        "undefined" | "String" => "String",
        // A java.util.Calendar; its text is what there is to see.
        "Date" => "Calendar",
        "Double" => "Double",
        "Long" => "Long",
        "Boolean" => "Boolean",
        "Name" | "Path" | "URI" | "Decimal" if target == Target::Cloud => "String",
        _ => return None,
    };
    let items: OneOrMany<Item<'t>> = property
        .values
        .iter()
        .enumerate()
        .map(|(at, text)| Item { scalar: scalar(type_name, text), span: span_of(property, at) })
        .collect();
    let shape = if property.multi { Shape::Array } else { Shape::Scalar };
    (property.multi || !items.is_empty()).then_some(Value { shape, type_name, items })
}

fn span_of(property: &NodeProperty<'_>, at: usize) -> Span {
    property.value_spans.get(at).copied().unwrap_or(property.value_span)
}

/// The value in its type; what does not read as one (a placeholder) stays text.
fn scalar<'t>(type_name: &str, text: &Cow<'t, str>) -> Scalar<'t> {
    let typed = match type_name {
        "Long" => text.trim().parse().ok().map(Scalar::Int),
        "Double" => text.trim().parse().ok().map(Scalar::Double),
        // `Boolean.valueOf`: what is not true is false, unless something is yet to be filled in.
        "Boolean" => {
            (!osgi_config::placeholders::has_placeholder(text)).then(|| Scalar::Bool(text.eq_ignore_ascii_case("true")))
        }
        _ => None,
    };
    typed.unwrap_or_else(|| Scalar::Text(text.clone()))
}
