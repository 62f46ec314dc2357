//! Classes of equal content: whether two configurations or nodes say the same.

use osgi_config::Scalar;
use std::collections::BTreeMap;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::LazyLock;

/// Differs in each process, so that a class says nothing outside of it, and least of all about a secret.
static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// Equal for contents that are equal. Kept in memory only, and never part of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::facts) struct ContentClass(pub(in crate::facts) u64);

impl ContentClass {
    /// The class of what an instance gets of a configuration, whatever its format and the order of its properties.
    pub(super) fn of_configuration(configuration: &osgi_config::Configuration<'_>) -> Self {
        // Of a repeated key the last one arrives.
        let sorted: BTreeMap<&str, &osgi_config::Value<'_>> =
            configuration.properties.iter().map(|property| (property.key.as_ref(), &property.value)).collect();
        let mut hasher = KEY.build_hasher();
        for (key, value) in sorted {
            (key, value.shape.name(), value.items.len()).hash(&mut hasher);
            for item in &value.items {
                match &item.scalar {
                    Scalar::Text(text) => (0, text).hash(&mut hasher),
                    Scalar::Int(number) => (1, number).hash(&mut hasher),
                    Scalar::Double(number) => (2, number.to_bits()).hash(&mut hasher),
                    Scalar::Bool(value) => (3, value).hash(&mut hasher),
                }
            }
        }
        Self(hasher.finish())
    }

    /// The class of the properties of a node, in whatever order.
    pub(super) fn of_node(node: &jcr_filevault::Node<'_>) -> Self {
        let sorted: BTreeMap<&str, &jcr_filevault::NodeProperty<'_>> =
            node.properties.iter().map(|property| (property.name.as_ref(), property)).collect();
        let mut hasher = KEY.build_hasher();
        for (name, property) in sorted {
            (name, property.type_name, property.multi, property.values.len()).hash(&mut hasher);
            property.values.iter().for_each(|value| value.hash(&mut hasher));
        }
        Self(hasher.finish())
    }

    /// The class of a whole text.
    pub(super) fn of_text(text: &str) -> Self {
        Self(KEY.hash_one(text))
    }
}
