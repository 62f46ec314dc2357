//! The internal subset of a document type: general entities and attribute defaults, both of which a JDK applies, so
//! that a value can stand here rather than where it takes effect.

use std::collections::HashMap;

use text_spans::Span;

/// What a DTD declares.
#[derive(Debug, Default)]
pub(super) struct Dtd {
    pub(super) general: HashMap<String, Entity>,
    pub(super) parameter: HashMap<String, Entity>,
    pub(super) defaults: HashMap<String, Vec<AttributeDefault>>,
}

/// A declared entity.
#[derive(Debug)]
pub(super) enum Entity {
    /// Its replacement text.
    Internal(String),
    /// It lies elsewhere and is never fetched.
    External,
}

/// An attribute that elements have unless they say otherwise.
#[derive(Debug)]
pub(super) struct AttributeDefault {
    pub(super) name: String,
    pub(super) name_span: Span,
    pub(super) value: String,
    pub(super) value_span: Span,
}

impl Dtd {
    /// Whether it declares nothing that a document could use.
    pub(super) fn is_empty(&self) -> bool {
        self.general.is_empty() && self.defaults.is_empty()
    }

    pub(super) fn entity(&self, name: &str) -> Option<&Entity> {
        self.general.get(name)
    }

    /// The defaults for elements of this name.
    pub(super) fn defaults(&self, element: &str) -> &[AttributeDefault] {
        if self.defaults.is_empty() { &[] } else { self.defaults.get(element).map_or(&[], Vec::as_slice) }
    }
}
