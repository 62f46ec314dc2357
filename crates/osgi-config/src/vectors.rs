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

    /// The content of the file: text, or bytes in Base64.
    pub(super) fn bytes(&self) -> Vec<u8> {
        match self.input["b64"].as_str() {
            Some(base64) => decode_base64(base64),
            None => self.text().as_bytes().to_vec(),
        }
    }

    /// The run modes of the input.
    pub(super) fn run_modes(&self) -> Vec<&str> {
        self.input["runModes"].as_array().unwrap().iter().map(|mode| mode.as_str().unwrap()).collect()
    }
}

/// The bytes that a Base64 text stands for.
fn decode_base64(text: &str) -> Vec<u8> {
    let six_bits = |byte: u8| {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        alphabet.iter().position(|letter| *letter == byte)
    };
    let digits: Vec<usize> = text.bytes().map_while(six_bits).collect();
    let bytes_of = |group: &[usize]| {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        bits.to_be_bytes().into_iter().skip(size_of::<usize>() - 3).take(group.len() - 1).collect::<Vec<_>>()
    };
    digits.chunks(4).flat_map(bytes_of).collect()
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

/// Asserts that every vector is read as it says; names all that are not.
pub(super) fn check_all(vectors: &[Vector], count: usize, read: impl Fn(&Vector) -> Configuration<'static>) {
    assert_eq!(vectors.len(), count);
    let wrong: Vec<String> = vectors.iter().filter_map(|vector| difference(vector, &read(vector))).collect();
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
}

/// What `found` has that the vector does not expect: other properties, or no error where one is expected.
fn difference(vector: &Vector, found: &Configuration) -> Option<String> {
    let refused = vector.expected.get("error").is_some() || vector.expected.get("__null__").is_some();
    let properties: Map<String, Json> =
        found.properties.iter().map(|p| (p.key.to_string(), describe(&p.value))).collect();
    let same = match &found.error {
        Some(_) => refused,
        None => !refused && is_same(&Json::Object(properties.clone()), &vector.expected),
    };
    (!same).then(|| {
        let Vector { input, expected, .. } = vector;
        format!("{input}\n  expected {expected}\n  found {:?} {}", found.error, Json::Object(properties))
    })
}

/// Whether two answers say the same. Older versions of Java write a float with more digits than it has.
fn is_same(found: &Json, expected: &Json) -> bool {
    match (found, expected) {
        (Json::Object(found), Json::Object(expected)) => {
            let same = |(key, value)| expected.get(key).is_some_and(|other| is_same(value, other));
            found.len() == expected.len() && found.iter().all(same)
        }
        (Json::Array(found), Json::Array(expected)) => {
            found.len() == expected.len()
                && found.iter().zip(expected).all(|(found, expected)| is_same(found, expected))
        }
        (Json::Number(found), Json::Number(expected)) if found.is_f64() => {
            let float = |number: &serde_json::Number| number.as_f64().map(|number| number as f32);
            found == expected || float(found) == float(expected)
        }
        _ => found == expected,
    }
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
