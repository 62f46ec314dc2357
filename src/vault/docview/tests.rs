//! Tests of the docview reader: upstream's vectors, places, and what goes on after mistakes.

use serde_json::{Map, Value, json};

use super::*;
use crate::text::Lines;
use crate::vault::vectors;

/// Where the start tag with this name ends, as a SAX locator counts: lines and UTF-16 columns of LF-only text.
fn after_tag(text: &str, name: Span) -> (u32, u32) {
    let mut quote = None;
    let len = text[name.range().end..].find(|c| match (quote, c) {
        (None, '>') => true,
        (None, '"' | '\'') => {
            quote = Some(c);
            false
        }
        (Some(open), c) => {
            if open == c {
                quote = None;
            }
            false
        }
        _ => false,
    });
    let position = Lines::new(text).position((name.range().end + len.unwrap() + 1) as u32);
    (position.line, position.column)
}

#[test]
fn parses_as_upstream() {
    let mut seen = 0;
    for vector in vectors::read("docview-doc.jsonl").iter().filter(|vector| vector.format == "docview.parse") {
        let text = vector.input["text"].as_str().unwrap().trim_start_matches('\u{feff}');
        let root = vector.input["root"].as_str().unwrap();
        let view = read(text, root);
        seen += 1;
        if let Some(error) = vector.expected["error"].as_str() {
            // Without a repository upstream cannot know that `cq` is registered; here it is known.
            let no_session = error.contains("Unknown namespace prefix used in file name");
            assert_eq!(view.error.is_some(), !no_session, "{text}");
            assert!(!view.nodes.is_empty());
            continue;
        }
        let nodes = view.nodes.iter().map(|node| {
            let (line, column) = after_tag(text, node.span);
            let shape = |property: &NodeProperty| {
                let shape = json!({
                    "type": property.type_name, "multi": property.multi, "binaryRef": property.binary_ref,
                    "values": property.values,
                });
                (property.name.clone(), shape)
            };
            let props: Map<String, Value> = node.properties.iter().map(shape).collect();
            json!({"path": node.path, "index": node.index, "line": line, "column": column, "props": props})
        });
        assert_eq!((Value::from_iter(nodes), view.error), (vector.expected.clone(), None), "{text}");
        assert!(!view.partial);
    }
    assert!(seen > 15, "only {seen} vectors");
}
