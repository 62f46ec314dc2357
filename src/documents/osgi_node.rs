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
/// it loses every other single value without a word, and stops at several values of another type. A number that is none was made
/// text by FileVault before. The converter of the cloud takes every other type as the text that it is, passes over
/// what is empty, and takes nothing of a node with a number that is none.
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
        if target == Target::Cloud && is_passed_over(property) {
            continue;
        }
        if target == Target::Cloud
            && let Some(text) = property.values.iter().find(|text| !is_convertible(property.type_name, text))
        {
            let is_open = osgi_config::placeholders::has_placeholder(text);
            let what = if is_open { "a placeholder" } else { "the value" };
            let reason =
                format!("{what} is no number of the type {}: the node is no configuration", property.type_name);
            configuration.error.get_or_insert(ReadError { span: property.value_span, reason });
        }
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
        "Double" | "Long" if !property.multi && target == Target::Aem65 && !is_all_convertible(property) => "String",
        "Double" => "Double",
        "Long" => "Long",
        "Boolean" => "Boolean",
        _ if target == Target::Cloud => "String",
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

/// Whether the converter of the cloud does as if a property were not there: without text, and a list without items.
fn is_passed_over(property: &NodeProperty<'_>) -> bool {
    let is_nothing = property.type_name == "undefined" && property.values.iter().all(|text| text.is_empty());
    if property.multi { property.values.is_empty() } else { is_nothing }
}

fn is_all_convertible(property: &NodeProperty<'_>) -> bool {
    property.values.iter().all(|text| is_convertible(property.type_name, text))
}

/// Whether Java reads a text as a value of a type of number; true of every other type.
fn is_convertible(type_name: &str, text: &str) -> bool {
    match type_name {
        "Long" => text.parse::<i64>().is_ok(),
        "Double" => {
            let text = text.trim_matches(|c: char| c <= ' ');
            let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
            let number = unsigned.strip_suffix(['d', 'D', 'f', 'F']).unwrap_or(unsigned);
            let is_decimal =
                number.starts_with(|c: char| c.is_ascii_digit() || c == '.') && number.parse::<f64>().is_ok();
            is_decimal
                || unsigned == "NaN"
                || unsigned == "Infinity"
                || unsigned.starts_with("0x")
                || unsigned.starts_with("0X")
        }
        _ => true,
    }
}

/// The value in its type; what does not read as one (a placeholder) stays text.
fn scalar<'t>(type_name: &str, text: &Cow<'t, str>) -> Scalar<'t> {
    let typed = match type_name {
        "Long" => text.parse().ok().map(Scalar::Int),
        "Double" => text.trim().parse().ok().map(Scalar::Double),
        // `Boolean.valueOf`: what is not true is false, unless something is yet to be filled in.
        "Boolean" => {
            (!osgi_config::placeholders::has_placeholder(text)).then(|| Scalar::Bool(text.eq_ignore_ascii_case("true")))
        }
        _ => None,
    };
    typed.unwrap_or_else(|| Scalar::Text(text.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(attributes: &str, target: Target) -> Configuration<'static> {
        let text = format!(
            "<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" xmlns:sling=\"http://sling.apache.org/jcr/sling/1.0\" \
             jcr:primaryType=\"sling:OsgiConfig\" {attributes}/>"
        );
        let node = jcr_filevault::docview::read(&text, "/apps/x/config/a.B").nodes.swap_remove(0).into_owned();
        configuration(&node, target).unwrap().configuration
    }

    fn types(attributes: &str, target: Target) -> Vec<(String, &'static str)> {
        let properties = read(attributes, target).properties;
        properties.into_iter().map(|property| (property.key.into_owned(), property.value.type_name)).collect()
    }

    #[test]
    fn what_is_empty_is_no_property_of_the_cloud() {
        let attributes = "a=\"\" b=\"[]\" c=\"{String}\" d=\"[,]\" e=\"x\"";
        let names = |target| types(attributes, target).into_iter().map(|(key, _)| key).collect::<Vec<_>>();
        assert_eq!(names(Target::Cloud), ["c", "d", "e"]);
        assert_eq!(names(Target::Aem65), ["a", "b", "c", "d", "e"]);
        assert!(read(attributes, Target::Cloud).dropped.is_empty());
    }

    #[test]
    fn the_cloud_takes_every_type_as_text_if_not_as_a_value() {
        let attributes = "a=\"{Name}x\" b=\"{Binary}\" c=\"{Reference}x\" d=\"{WeakReference}[x]\" e=\"{Decimal}1\"";
        assert!(types(attributes, Target::Cloud).iter().all(|(_, type_name)| *type_name == "String"));
        assert_eq!(read(attributes, Target::Cloud).dropped, []);
        assert_eq!(read(attributes, Target::Aem65).dropped.len(), 4);
        assert!(read(attributes, Target::Aem65).error.is_some(), "a list of another type");
    }

    #[test]
    fn a_number_that_is_none_is_text_or_makes_the_node_ordinary_content() {
        for (attributes, is_number) in [
            ("n=\"{Long}5\"", true),
            ("n=\"{Long} 5\"", false),
            ("n=\"{Long}$[env:N]\"", false),
            ("n=\"{Double} 1.5f\"", true),
            ("n=\"{Double}NaN\"", true),
            ("n=\"{Double}x\"", false),
            ("n=\"{Double}inf\"", false),
        ] {
            assert_eq!(read(attributes, Target::Cloud).error.is_none(), is_number, "{attributes}");
            let on_aem = types(attributes, Target::Aem65);
            assert_eq!(on_aem[0].1 != "String", is_number, "{attributes}");
            assert_eq!(read(attributes, Target::Aem65).error, None, "{attributes}");
        }
    }
}
