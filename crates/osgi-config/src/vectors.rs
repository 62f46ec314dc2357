//! Test support: the vectors in `testdata/vectors`, made by running the upstream Java code.

use serde_json::{Map, Value as Json, json};

use super::{Configuration, Scalar, Shape, Value};

/// One line of a vector file.
#[derive(Debug)]
pub(super) struct Vector {
    pub(super) format: String,
    pub(super) input: Json,
    pub(super) expected: Json,
}

impl Vector {
    /// The member `name` of the input, a string.
    pub(super) fn get(&self, name: &str) -> &str {
        self.input[name].as_str().unwrap()
    }

    pub(super) fn text(&self) -> &str {
        self.get("text")
    }

    /// The run modes of the input.
    pub(super) fn run_modes(&self) -> Vec<&str> {
        self.input["runModes"].as_array().unwrap().iter().map(|mode| mode.as_str().unwrap()).collect()
    }
}

/// The vectors of one format in one file.
pub(super) fn of(file: &str, format: &str) -> Vec<Vector> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/vectors").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let parse = |line: &str| {
        let mut json: Json = serde_json::from_str(line).unwrap();
        let mut take = |name: &str| json[name].take();
        Vector { format: take("format").as_str().unwrap().into(), input: take("input"), expected: take("expected") }
    };
    text.lines().map(parse).filter(|vector| vector.format == format).collect()
}

/// Asserts that `found` is what the vector expects: the same properties, or an error where one is expected.
pub(super) fn check(vector: &Vector, found: &Configuration) {
    if vector.expected.get("error").is_some() || vector.expected.get("__null__").is_some() {
        assert!(found.error.is_some(), "{vector:?} {found:?}");
        return;
    }
    assert_eq!(found.error, None, "{vector:?}");
    let properties: Map<String, Json> =
        found.properties.iter().map(|p| (p.key.to_string(), describe(&p.value))).collect();
    assert_eq!(Json::Object(properties), vector.expected, "{vector:?}");
}

/// A value in the form of the vectors.
fn describe(value: &Value) -> Json {
    let kind = if value.shape == Shape::Vector { "collection" } else { value.shape.name() };
    let items: Vec<Json> = value.items.iter().map(|item| scalar(&item.scalar)).collect();
    let plain = match (value.shape, items.first()) {
        (Shape::Scalar, Some(first)) => first.clone(),
        _ => Json::Array(items),
    };
    json!({"kind": kind, "type": value.type_name, "value": plain})
}

fn scalar(scalar: &Scalar) -> Json {
    match scalar {
        Scalar::Text(text) => json!(text),
        Scalar::Int(int) => json!(int),
        Scalar::Double(double) if double.is_finite() => json!(double),
        Scalar::Double(double) => json!(super::java::double_text(*double)),
        Scalar::Bool(bool) => json!(bool),
    }
}
