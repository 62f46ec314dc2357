//! The internal subset of a document type: general entities and attribute defaults, both of which a JDK applies, so
//! that a value can stand here rather than where it takes effect.

use std::collections::HashMap;

use text_spans::Span;

/// What a DTD declares.
#[derive(Debug, Default)]
pub(crate) struct Dtd {
    pub(crate) general: HashMap<String, Entity>,
    pub(crate) parameter: HashMap<String, Entity>,
    pub(crate) defaults: HashMap<String, Vec<AttributeDefault>>,
    /// For the names of elements and of their attributes, whether the type of the attribute is CDATA.
    pub(crate) types: HashMap<String, HashMap<String, bool>>,
}

/// A declared entity.
#[derive(Debug)]
pub(crate) enum Entity {
    /// Its replacement text.
    Internal(String),
    /// It lies elsewhere and is never fetched.
    External,
}

/// An attribute that elements have unless they say otherwise.
#[derive(Debug)]
pub(crate) struct AttributeDefault {
    pub(crate) name: String,
    pub(crate) name_span: Span,
    pub(crate) value: String,
    pub(crate) value_span: Span,
}

impl Dtd {
    /// Whether it declares nothing that a document could use.
    pub(crate) fn is_empty(&self) -> bool {
        self.general.is_empty() && self.types.is_empty()
    }

    pub(crate) fn entity(&self, name: &str) -> Option<&Entity> {
        self.general.get(name)
    }

    /// Whether the type of an attribute is CDATA.
    pub(crate) fn is_cdata(&self, element: &str, attribute: &str) -> bool {
        self.types.is_empty()
            || self.types.get(element).and_then(|types| types.get(attribute)).is_none_or(|is_cdata| *is_cdata)
    }

    /// The defaults for elements of this name.
    pub(crate) fn defaults(&self, element: &str) -> &[AttributeDefault] {
        if self.defaults.is_empty() { &[] } else { self.defaults.get(element).map_or(&[], Vec::as_slice) }
    }
}
