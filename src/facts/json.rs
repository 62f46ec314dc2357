//! The JSON form of facts, which `aemlint facts` prints: one object a line, described by `schemas/facts-v1.schema.json`.

use super::fact::Fact;
use super::property::{Declared, Property};
use super::value::ValueType;
use super::value::{Value, ValueRef};
use serde_json::{Map, Value as Json, json};

/// The version of the JSON form, its member `schema_version`. Within a version members are only ever added.
pub const VERSION: u32 = 1;

impl Fact {
    /// The fact as a JSON object. Secrets are masked; attributes without a value are null.
    pub fn to_json(&self) -> Json {
        let mut object = Map::new();
        object.insert("schema_version".to_owned(), VERSION.into());
        object.insert("kind".to_owned(), self.kind().name().into());
        object.insert(
            "at".to_owned(),
            json!({
                "file": &*self.place.file,
                "inside": self.place.inside.iter().map(|entry| &**entry).collect::<Vec<&str>>(),
                "line": self.mark.start.line,
                "column": self.mark.start.column,
            }),
        );
        object.insert("path".to_owned(), self.path.as_deref().into());
        object.insert("run_modes".to_owned(), self.run_modes.alternatives().into());
        object.insert("installed".to_owned(), self.installed().into());
        object.insert("not_installed".to_owned(), self.not_installed.as_deref().into());
        object.insert("overridden".to_owned(), self.overridden.as_deref().into());
        object.insert("error".to_owned(), self.attribute("error").map_or(Json::Null, ValueRef::to_json));
        object.insert("deployment".to_owned(), self.deployment.into());
        for spec in self.kind().attributes() {
            let value = match spec.value_type {
                ValueType::Properties => properties(&self.properties),
                _ => self.attribute(spec.name).map_or(Json::Null, ValueRef::to_json),
            };
            object.insert(spec.name.to_owned(), value);
        }
        object.into()
    }
}

/// The properties by name. Of a repeated name, which only a broken file has, the last.
fn properties(properties: &[Property]) -> Json {
    let mut object = Map::new();
    for property in properties {
        object.insert(property.name.clone(), self::property(property));
    }
    object.into()
}

fn property(property: &Property) -> Json {
    match property.declared {
        Declared::Osgi { shape, type_name } => {
            json!({"kind": shape, "type": type_name, "value": property.value.to_json()})
        }
        Declared::Node { type_name, multi } => {
            let values: Vec<Json> = match &property.value {
                Value::List(values) => values.iter().map(text).collect(),
                Value::Null => Vec::new(),
                value => vec![text(value)],
            };
            json!({"type": type_name, "multi": multi, "values": values})
        }
    }
}

/// The values of nodes are text, whatever their type.
fn text(value: &Value) -> Json {
    match value.to_json() {
        Json::String(text) => text.into(),
        other => other.to_string().into(),
    }
}
