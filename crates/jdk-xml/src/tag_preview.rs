//! A start tag as it is written, before an element is made of it.

use std::ops::Range;

use crate::attributes::{self, RawAttribute};
use crate::namespaces::Namespaces;

/// A start tag without a mistake of XML, without namespace declarations, and in which every name and value
/// means what is written. There is no document type that could change it.
#[derive(Clone, Copy, Debug)]
pub struct TagPreview<'a, 't> {
    /// All of the text that the tag is in.
    text: &'a str,
    /// The element's name.
    pub name: &'a str,
    /// Bytes of the name before its first colon, 0 where there is none.
    pub prefix: usize,
    /// The tag from its name to its end, without `>` or `/>`.
    pub written: &'a str,
    attributes: &'a [RawAttribute],
    /// The prefixes in scope.
    pub namespaces: &'a Namespaces<'t>,
}

impl<'a, 't> TagPreview<'a, 't> {
    /// The preview of the tag in `text[range]` with these attributes, which are known to mean what is written; `None`
    /// if its name does not.
    pub(crate) fn new(
        text: &'a str,
        name: &'a str,
        range: Range<usize>,
        attributes: &'a [RawAttribute],
        namespaces: &'a Namespaces<'t>,
    ) -> Option<Self> {
        if !attributes::is_qualified_name(name.as_bytes()) || attributes::may_be_escaped(name.as_bytes()) {
            return None;
        }
        let prefix = attributes::prefix_length(name.as_bytes());
        Some(Self { text, name, prefix, written: text.get(range)?, attributes, namespaces })
    }

    /// The names of its attributes, in order.
    pub fn names(&self) -> impl ExactSizeIterator<Item = &'a str> + use<'a> {
        let text = self.text;
        self.attributes.iter().map(move |attribute| text.get(attribute.name.clone()).unwrap_or_default())
    }

    /// For each of its attributes the name, how many bytes are before the first colon in it, and the value, as written,
    /// if it begins with a `{`.
    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, usize, Option<&'a str>)> + use<'a> {
        let text = self.text;
        self.attributes.iter().map(move |attribute| {
            let RawAttribute { name, prefix, value } = attribute;
            // A quote stands behind an empty value.
            let braced = text.as_bytes().get(value.start) == Some(&b'{');
            let value = if braced { text.get(value.clone()) } else { None };
            (text.get(name.clone()).unwrap_or_default(), *prefix, value)
        })
    }
}
