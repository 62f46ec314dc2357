//! The JSON Schema of facts, made from the tables of [`Kind`] for the file in `schemas/`.

use super::fact::Kind;
use super::json::VERSION;
use super::value::ValueType;
use serde_json::{Map, Value as Json, json};

/// The JSON Schema of the form, made from the tables of [`Kind`].
fn schema() -> Json {
    let kinds: Vec<Json> = Kind::ALL.iter().map(|&kind| schema_of(kind)).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "facts-v1.schema.json",
        "title": "aemlint facts, version 1",
        "description": "One line of `aemlint facts`: something that a content package says about an Adobe integration. \
                        Values of secrets are `********`. Members are only ever added within a version.",
        "type": "object",
        "required": ["schema_version", "kind", "at", "path", "run_modes", "installed", "not_installed", "overridden", "error", "deployment"],
        "properties": {
            "schema_version": {"const": VERSION},
            "kind": {"enum": Kind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>()},
            "at": {
                "description": "where it is written",
                "type": "object",
                "required": ["file", "inside", "line", "column"],
                "properties": {
                    "file": {"description": "file on disk", "type": "string"},
                    "inside": {
                        "description": "chain of archive entries, outermost first; empty for a file on disk",
                        "type": "array", "items": {"type": "string"},
                    },
                    "line": {"description": "from 1", "type": "integer", "minimum": 1},
                    "column": {"description": "from 1, in Unicode code points", "type": "integer", "minimum": 1},
                },
            },
            "path": {"description": "repository path, where there is one", "type": ["string", "null"]},
            "run_modes": {
                "description": "alternatives, each such as `author.-prod`; empty if it is always active",
                "type": "array", "items": {"type": "string"},
            },
            "installed": {"description": "whether AEM would install it", "type": "boolean"},
            "not_installed": {"description": "why AEM would not, as a clause", "type": ["string", "null"]},
            "overridden": {
                "description": "for a configuration that never takes effect, what wins instead, as a clause",
                "type": ["string", "null"],
            },
            "error": {
                "description": "why AEM rejects the file or configuration that it was read from, null if it does not",
                "type": ["string", "null"],
            },
            "deployment": {"description": "index of the path argument that led to it", "type": "integer", "minimum": 0},
        },
        "oneOf": kinds,
    })
}

fn schema_of(kind: Kind) -> Json {
    let mut properties = Map::new();
    properties.insert("kind".to_owned(), json!({"const": kind.name()}));
    for spec in kind.attributes() {
        let mut attribute = json!({"description": spec.about});
        if let Some(object) = attribute.as_object_mut() {
            let types = types_of(spec.value_type).iter().copied().chain(spec.nullable.then_some("null"));
            let types: Vec<&str> = types.collect();
            let types = if let [one] = types.as_slice() { json!(one) } else { json!(types) };
            object.insert("type".to_owned(), types);
            if let ValueType::List(ValueType::Text) = spec.value_type {
                object.insert("items".to_owned(), json!({"type": "string"}));
            }
            if let ValueType::Properties = spec.value_type {
                let property = if kind == Kind::Configuration || is_osgi(kind) { osgi() } else { any() };
                object.insert("additionalProperties".to_owned(), property);
            }
        }
        properties.insert(spec.name.to_owned(), attribute);
    }
    let names: Vec<&str> = kind.attributes().iter().map(|spec| spec.name).collect();
    json!({"required": names, "properties": properties})
}

fn types_of(value_type: ValueType) -> &'static [&'static str] {
    match value_type {
        ValueType::Bool => &["boolean"],
        ValueType::Int => &["integer"],
        ValueType::Text => &["string"],
        ValueType::Scalar => &["string", "number", "boolean"],
        ValueType::List(_) => &["array"],
        ValueType::Map | ValueType::Properties => &["object"],
    }
}

fn is_osgi(kind: Kind) -> bool {
    matches!(kind, Kind::TokenProvider | Kind::TokenCustomizer)
}

fn osgi() -> Json {
    json!({
        "type": "object",
        "required": ["kind", "type", "value"],
        "properties": {
            "kind": {"enum": ["scalar", "array", "vector"]},
            "type": {"description": "Java type", "type": "string"},
            "value": true,
        },
    })
}

fn node() -> Json {
    json!({
        "type": "object",
        "required": ["type", "multi", "values"],
        "properties": {
            "type": {"description": "JCR type, `undefined` where none is written", "type": "string"},
            "multi": {"type": "boolean"},
            "values": {"type": "array", "items": {"type": "string"}},
        },
    })
}

/// Of kinds that come from configurations and from nodes.
fn any() -> Json {
    json!({"anyOf": [node(), osgi()]})
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The schema in the repository is what the tables say. To renew it: `.ci/update`.
    #[test]
    fn the_schema_in_the_repository_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/facts-v1.schema.json");
        let wanted = format!("{}\n", serde_json::to_string_pretty(&schema()).unwrap());
        if std::env::var_os("AEMLINT_UPDATE").is_some() {
            std::fs::write(path, &wanted).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), wanted, "renew {path} with .ci/update");
    }

    #[test]
    fn no_attribute_hides_a_member_that_every_fact_has() {
        let schema = schema();
        let common: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        for kind in Kind::ALL {
            assert!(kind.attributes().iter().all(|spec| !common.iter().any(|common| *common == spec.name)), "{kind:?}");
        }
    }
}
