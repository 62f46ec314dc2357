//! Classes of equal content: whether two configurations or nodes say the same, as far as that can be said without a secret.
//!
//! Of a secret only its state and form take part: two contents that differ in such secrets alone are equal, wherever and
//! whenever they are compared.

use crate::facts::property::{Declared, Property};
use crate::facts::value::Value;
use crate::secret;
use crate::stored::Stored;
use osgi_config::Scalar;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use text_spans::SourceRange;

/// Equal for contents that are equal: the beginning of a hash of all of it that is not masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::facts) struct ContentClass(pub(in crate::facts) u128);

/// The properties of an ordinary configuration, in which nothing is a secret.
pub(super) fn properties(configuration: &osgi_config::Configuration<'_>) -> Vec<Property> {
    let value = |value: &osgi_config::Value<'_>| {
        let mut items = value.items.iter().map(|item| match &item.scalar {
            Scalar::Text(text) => Value::Text(text.clone().into_owned()),
            Scalar::Int(number) => Value::Int(*number),
            Scalar::Double(number) => Value::Double(*number),
            Scalar::Bool(value) => Value::Bool(*value),
        });
        match value.shape {
            osgi_config::Shape::Scalar => items.next_back().unwrap_or(Value::Null),
            osgi_config::Shape::Array | osgi_config::Shape::Vector => Value::List(items.collect()),
        }
    };
    let property = |property: &osgi_config::Property<'_>| Property {
        name: property.key.clone().into_owned(),
        value: value(&property.value),
        declared: Declared::Osgi { shape: property.value.shape.name(), type_name: property.value.type_name },
        mark: SourceRange::FILE,
    };
    configuration.properties.iter().map(property).collect()
}

impl ContentClass {
    /// The class of what an instance gets of a configuration or node, whatever its format and the order of its properties.
    pub(super) fn of_properties(properties: &[Property]) -> Self {
        // Of a repeated key the last one arrives.
        let sorted: BTreeMap<&str, &Property> =
            properties.iter().map(|property| (property.name.as_str(), property)).collect();
        let mut hash = Sha256::new();
        for (name, property) in sorted {
            add(&mut hash, 0, name.as_bytes());
            match property.declared {
                Declared::Osgi { shape, .. } => add(&mut hash, 1, shape.as_bytes()),
                Declared::Node { type_name, multi } => add(&mut hash, 2 + u8::from(multi), type_name.as_bytes()),
            }
            add_value(&mut hash, &property.value);
        }
        Self::of_hash(hash)
    }

    /// The class of a whole text, in which secrets are masked.
    pub(super) fn of_text(text: &str) -> Self {
        Self::of_hash(Sha256::new_with_prefix(text))
    }

    fn of_hash(hash: Sha256) -> Self {
        let bytes = hash.finalize();
        Self(bytes.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte)))
    }
}

/// Adds a part, with what it is and how long it is before it, so that no two lists of parts give the same bytes.
fn add(hash: &mut Sha256, what: u8, bytes: &[u8]) {
    hash.update([what]);
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

fn add_value(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Null => add(hash, 4, &[]),
        Value::Bool(value) => add(hash, 5, &[u8::from(*value)]),
        Value::Int(number) => add(hash, 6, &number.to_le_bytes()),
        Value::Double(number) => add(hash, 7, &number.to_bits().to_le_bytes()),
        Value::Text(text) => add(hash, 8, text.as_bytes()),
        Value::Secret(secret) => {
            add(hash, 9, secret::state(secret.expose()).name().as_bytes());
            // What facts say of it, too.
            add(hash, 9, secret::form_of(secret.expose()).as_bytes());
        }
        Value::List(values) => {
            add(hash, 10, &(values.len() as u64).to_le_bytes());
            values.iter().for_each(|value| add_value(hash, value));
        }
        Value::Map(map) => {
            add(hash, 11, &(map.len() as u64).to_le_bytes());
            for (key, value) in map {
                add(hash, 0, key.as_bytes());
                add_value(hash, value);
            }
        }
    }
}

/// As hexadecimal digits.
impl Stored for ContentClass {
    fn write(&self) -> Json {
        format!("{:032x}", self.0).into()
    }

    fn read(json: &Json) -> Option<Self> {
        u128::from_str_radix(json.as_str()?, 16).ok().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn class(values: &[(&str, Value)]) -> ContentClass {
        let declared = || Declared::Osgi { shape: "scalar", type_name: "String" };
        let property = |(name, value): &(&str, Value)| Property {
            name: (*name).to_owned(),
            value: value.clone(),
            declared: declared(),
            mark: SourceRange::FILE,
        };
        ContentClass::of_properties(&values.iter().map(property).collect::<Vec<_>>())
    }

    #[test]
    fn contents_are_equal_whatever_their_order_and_their_secrets() {
        let secret = |text: &str| Value::Secret(Secret::new(text));
        let (a, b) = (("a", Value::from("1")), ("b", secret("hunter2")));
        assert_eq!(class(&[a.clone(), b.clone()]), class(&[b.clone(), a.clone()]));
        assert_eq!(class(&[a.clone(), b]), class(&[a.clone(), ("b", secret("passw0r"))]));
        assert_ne!(class(&[("b", secret("hunter2"))]), class(&[("b", secret("{0123456789abcdef0123456789abcdef}"))]));
        assert_ne!(class(&[a]), class(&[("a", Value::from("2"))]));
        assert_ne!(class(&[("a", Value::from("1"))]), class(&[("a", Value::Int(1))]));
        let class = class(&[]);
        assert_eq!(ContentClass::read(&class.write()), Some(class));
    }
}
