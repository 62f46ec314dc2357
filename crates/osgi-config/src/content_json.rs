//! The reader of `.json` files of Sling initial content: each object is a node with properties, read as the `JsonReader` of
//! the content loader does, on Johnzon.

use super::configuration::Property;
use super::json_comments::strip;
use super::json_tape::{self, Kind, Token};
use super::json_types::{Json, untyped};
use std::borrow::Cow;
use text_spans::{ReadError, Span};

/// What names of properties begin with that say the type of the value; the name is what follows.
const TYPE_PREFIXES: [&str; 5] = ["jcr:reference:", "jcr:path:", "jcr:name:", "jcr:uri:", "jcr:date:"];

/// What a file holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    /// The nodes, in document order.
    pub nodes: Vec<ContentNode>,
    /// Why the content loader rejects the file, when it does; `nodes` is then what could be read.
    pub error: Option<ReadError>,
}

/// One object as a node.
#[derive(Clone, Debug, PartialEq)]
pub struct ContentNode {
    /// The names from the root of the file to it, with `/` between them; empty for the root.
    pub path: String,
    /// Its name, or for the root the bracket that opens it.
    pub span: Span,
    /// Its properties in the order of the file. A value of null is none.
    pub properties: Vec<Property<'static>>,
}

/// Reads a text of initial content.
pub fn read(text: &str) -> Content {
    let stripped = strip(text);
    let tape = json_tape::read(&stripped.text);
    let span = |start, end| stripped.span(start, end);
    let error = tape.error.map(|(start, end, reason)| ReadError { span: span(start, end), reason });
    let mut nodes: Vec<ContentNode> = Vec::new();
    // The nodes that are open, by their index and the token that ends each.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut at = 0;
    while let Some(token) = tape.tokens.get(at) {
        while open.last().is_some_and(|(_, end)| at >= *end) {
            open.pop();
        }
        let parent = open.last().and_then(|(parent, _)| nodes.get(*parent));
        let (key, value_at) = match (&token.kind, parent) {
            (Kind::Open { array: false, close }, None) => {
                open.push((nodes.len(), *close));
                let span = span(token.start, token.end);
                nodes.push(ContentNode { path: String::new(), span, properties: Vec::new() });
                at += 1;
                continue;
            }
            (Kind::Key(key), Some(_)) => (key.as_str(), at + 1),
            _ => {
                at += 1;
                continue;
            }
        };
        let value = Json { text: &stripped.text, tape: &tape.tokens, at: value_at };
        let key_span = span(token.start, token.end);
        if let Some(Token { kind: Kind::Open { array: false, close }, .. }) = tape.tokens.get(value_at) {
            let path = match parent.map(|parent| parent.path.as_str()) {
                None | Some("") => key.to_owned(),
                Some(parent) => format!("{parent}/{key}"),
            };
            open.push((nodes.len(), *close));
            nodes.push(ContentNode { path, span: key_span, properties: Vec::new() });
            at = value_at + 1;
            continue;
        }
        let name = TYPE_PREFIXES.iter().find_map(|prefix| key.strip_prefix(prefix)).unwrap_or(key);
        if let (Some(converted), Some((index, _))) = (untyped(value), open.last())
            && let Some(node) = nodes.get_mut(*index)
        {
            let (start, end) = value.bytes(false);
            node.properties.push(Property {
                key: Cow::Owned(name.to_owned()),
                key_span,
                value: converted.into_value(span),
                value_span: span(start, end),
            });
        }
        at = value.next();
    }
    Content { nodes, error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Scalar, Shape};
    use proptest::prelude::*;

    #[test]
    fn objects_are_nodes() {
        let text = r#"{ // a page
            "jcr:primaryType": "cq:Page",
            "jcr:content": {"a": ["x", "y"], "n": 3, "none": null, "jcr:path:home": "/a", "par": {"text": "t"}},
            "other": {"b": true}
        }"#;
        let content = read(text);
        assert_eq!(content.error, None);
        let paths: Vec<&str> = content.nodes.iter().map(|node| node.path.as_str()).collect();
        assert_eq!(paths, ["", "jcr:content", "jcr:content/par", "other"]);
        let page = &content.nodes[1];
        let keys: Vec<&str> = page.properties.iter().map(|property| &*property.key).collect();
        assert_eq!(keys, ["a", "n", "home"]);
        assert_eq!(page.properties[0].value.shape, Shape::Array);
        assert_eq!(page.properties[1].value.items[0].scalar, Scalar::Int(3));
        assert_eq!(&text[page.span.range()], "\"jcr:content\"");
        let primary_type = &content.nodes[0].properties[0];
        assert_eq!(&text[primary_type.value.items[0].span.range()], "cq:Page");
    }

    #[test]
    fn what_follows_a_mistake_is_read() {
        let content = read(r#"{"a": "b", "c": {"d": "e" "f": 1}"#);
        assert!(content.error.is_some());
        assert_eq!(content.nodes.len(), 2);
        assert!(read("").error.is_some() && read("[1]").nodes.is_empty());
    }

    proptest! {
        #[test]
        fn spans_are_inside(text in "([{}:,\\[\\]]|\"[a-z:é]{0,3}\"|[0-9]|null|//|\n| ){0,40}") {
            for node in read(&text).nodes {
                prop_assert!(text.get(node.span.range()).is_some());
                for property in node.properties {
                    prop_assert!(text.get(property.key_span.to(property.value_span).range()).is_some());
                }
            }
        }
    }
}
