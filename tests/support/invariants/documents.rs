//! The readers of documents: whatever they read, every span lies in the text and between characters, and what they
//! return is in proportion to the input.

use jcr_filevault::{self, WorkspaceFilter};
use osgi_config::{self, Scalar, Shape, Target};
use serde_json::Value;
use std::collections::BTreeSet;
use text_spans::Span;

#[track_caller]
fn inside(text: &str, span: Span, what: &str) {
    assert!(text.get(span.range()).is_some(), "{what}: {span:?} is no part of a text of {} bytes", text.len());
}

/// XML of any encoding as a docview file and as package properties.
pub fn docview(data: &[u8]) {
    let decoded = jcr_filevault::decode_xml(data);
    let text = &*decoded.text;
    let view = jcr_filevault::docview::read(text, "/content/x");
    for node in &view.nodes {
        inside(text, node.span, "node");
        assert!(node.path.starts_with("/content/"), "{:?}", node.path);
        for property in &node.properties {
            inside(text, property.name_span, "name");
            assert_eq!(property.values.len(), property.value_spans.len());
            property.value_spans.iter().for_each(|&span| inside(text, span, "value"));
        }
    }
    if let Some(error) = &view.error {
        inside(text, error.span, "error");
    }
    let paths: usize = view.nodes.iter().map(|node| node.path.len()).sum();
    assert!(paths <= 2 * text.len() + (8 << 20), "{paths} bytes of paths from {}", text.len());
    let _ = jcr_filevault::is_docview(text);
    if let Some(path) = jcr_filevault::root_path("content/_jcr_content.xml", data) {
        assert!(path.starts_with('/'));
    }
    let _ = jcr_filevault::PackageProperties::parse(text);
}

fn configuration(name: &str, data: &[u8]) {
    for target in Target::ALL {
        configuration_of(target, name, data);
    }
}

fn configuration_of(target: Target, name: &str, data: &[u8]) {
    let Some((_, text, configuration)) = osgi_config::read_file(name, data, target) else {
        panic!("{name} is no configuration")
    };
    let text = &*text;
    let mut keys = BTreeSet::new();
    for property in &configuration.properties {
        assert!(keys.insert(&*property.key), "a key arrives twice");
    }
    for property in configuration.properties.iter().chain(&configuration.lost) {
        inside(text, property.key_span, "key");
        inside(text, property.value_span, "value");
        for item in &property.value.items {
            inside(text, item.span, "item");
            let around = property.value_span;
            assert!(around.start <= item.span.start && item.span.end <= around.end, "{:?} in {around:?}", item.span);
        }
        assert!(property.value.shape != Shape::Scalar || property.value.items.len() == 1);
    }
    for dropped in &configuration.dropped {
        inside(text, dropped.span, "dropped");
    }
    if let Some(error) = &configuration.error {
        inside(text, error.span, "error");
    }
}

/// Felix `.config`.
pub fn config(data: &[u8]) {
    configuration("com.acme.A.config", data);
}

/// `.cfg.json`. Beyond the spans: a plain JSON object of strings says the same to every reader.
pub fn cfg_json(data: &[u8]) {
    configuration("com.acme.A.cfg.json", data);
    let Ok(Value::Object(members)) = serde_json::from_slice(data) else { return };
    let Some((_, _, read)) = osgi_config::read_file("com.acme.A.cfg.json", data, Target::Aem65) else { return };
    if read.error.is_some() {
        return;
    }
    for (key, value) in &members {
        let Value::String(value) = value else { continue };
        let Some(property) = read.properties.iter().find(|property| property.key == *key) else { continue };
        if let ("String", [item]) = (property.value.type_name, &*property.value.items) {
            assert_eq!(item.scalar, Scalar::Text(value.into()), "{key:?} reads differently");
        }
    }
}

/// `.cfg` and `.properties`, as lines and as XML.
pub fn properties(data: &[u8]) {
    configuration("com.acme.A.cfg", data);
    configuration("com.acme.A.properties", data);
}

/// A workspace filter, then after a NUL the paths to ask it about, one a line.
pub fn filter(data: &[u8]) {
    let mut parts = data.splitn(2, |&byte| byte == 0);
    let text = jcr_filevault::decode_xml(parts.next().unwrap_or_default());
    let filter = WorkspaceFilter::parse(&text.text);
    if let Some(error) = &filter.error {
        inside(&text.text, error.span, "error");
    }
    let paths = String::from_utf8_lossy(parts.next().unwrap_or_default());
    for path in paths.lines().take(16).chain(["/", "/apps/acme/config/a", "/content/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"])
    {
        let verdict = filter.contains(path);
        if verdict.is_contained() {
            assert!(filter.covers(path), "a path outside of all roots is contained");
        }
        assert!(!(verdict.is_contained() && verdict.is_not_contained()));
        let _ = (filter.is_ancestor(path), filter.mode(path));
    }
}
