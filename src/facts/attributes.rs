//! The attributes of a fact: a map that is a sorted list. There are few of them and many facts, so that a tree costs
//! more than it saves.

use super::Attribute;

/// Attributes by name, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Attributes(Vec<(&'static str, Attribute)>);

impl Attributes {
    /// No attributes.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The attribute of that name.
    pub fn get(&self, name: &str) -> Option<&Attribute> {
        // Nearly all names differ in their length, which is compared first.
        self.0.iter().find(|(known, _)| *known == name).map(|(_, attribute)| attribute)
    }

    /// Sets an attribute.
    pub fn insert(&mut self, name: &'static str, attribute: Attribute) {
        // Most come in the order of their names.
        if self.0.last().is_none_or(|&(last, _)| last < name) {
            self.0.push((name, attribute));
            return;
        }
        match self.0.binary_search_by_key(&name, |&(known, _)| known) {
            Ok(at) => self.0[at].1 = attribute,
            Err(at) => self.0.insert(at, (name, attribute)),
        }
    }

    /// The names, sorted.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|(name, _)| *name)
    }

    /// The attributes, in the order of their names.
    pub fn values(&self) -> impl Iterator<Item = &Attribute> {
        self.0.iter().map(|(_, attribute)| attribute)
    }

    /// The attributes, to be changed.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut Attribute> {
        self.0.iter_mut().map(|(_, attribute)| attribute)
    }
}

impl Extend<(&'static str, Attribute)> for Attributes {
    fn extend<I: IntoIterator<Item = (&'static str, Attribute)>>(&mut self, attributes: I) {
        let attributes = attributes.into_iter();
        self.0.reserve(attributes.size_hint().0);
        attributes.for_each(|(name, attribute)| self.insert(name, attribute));
    }
}

impl FromIterator<(&'static str, Attribute)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (&'static str, Attribute)>>(attributes: I) -> Self {
        let mut all = Self::new();
        all.extend(attributes);
        all
    }
}

impl<const N: usize> From<[(&'static str, Attribute); N]> for Attributes {
    fn from(attributes: [(&'static str, Attribute); N]) -> Self {
        attributes.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Value;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_is_a_map(pairs in prop::collection::vec((prop::sample::select(vec!["a", "b", "ab", "url", "host"]), 0_i64..9), 0..12)) {
            let attribute = |value| Attribute { value: Value::Int(value), mark: None };
            let map: BTreeMap<&'static str, Attribute> =
                pairs.iter().map(|&(name, value)| (name, attribute(value))).collect();
            let attributes: Attributes = pairs.into_iter().map(|(name, value)| (name, attribute(value))).collect();
            prop_assert!(attributes.keys().eq(map.keys().copied()));
            prop_assert!(attributes.values().eq(map.values()));
            for name in ["a", "b", "ab", "url", "host", "path"] {
                prop_assert_eq!(attributes.get(name), map.get(name));
            }
        }
    }
}
