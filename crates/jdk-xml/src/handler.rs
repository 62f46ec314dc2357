//! What a reader of a document is given: elements with decoded attributes, and text.

use std::borrow::Cow;

use crate::namespaces::Namespaces;
use crate::report::Report;
use crate::span_map::SpanMap;
use crate::tag_preview::TagPreview;
use text_spans::Span;

/// Receives a document's content in order.
pub trait Handler<'t> {
    /// Whether an element is to be skipped: [`start`](Self::start) is not called for it, but [`end`](Self::end) is.
    /// Called only for tags that have a [preview](TagPreview).
    fn passes(&mut self, _tag: &TagPreview<'_, 't>) -> bool {
        false
    }
    /// A start tag, or something like one in text that is no XML ([`Element::salvaged`]).
    fn start(&mut self, element: &mut Element<'_, 't>, report: &mut Report);
    /// The end of the innermost open element. Salvaged elements have none.
    fn end(&mut self) {}
    /// Character data; comes in pieces, each with its place.
    fn text(&mut self, _text: &str, _span: Span) {}
}

/// A start tag of the text `'t`.
#[derive(Debug)]
pub struct Element<'a, 't> {
    /// The name as written.
    pub name: &'a str,
    /// Where the name is written.
    pub span: Span,
    /// All attributes, repeated ones too, without namespace declarations. A handler may take their values away.
    pub attributes: &'a mut [Attribute<'t>],
    /// The prefixes in scope.
    pub namespaces: &'a Namespaces<'t>,
    /// Whether it was found in text that could not be read as XML.
    pub salvaged: bool,
}

impl Element<'_, '_> {
    /// The value of the attribute of this name, `""` where there is none (as the DOM has it).
    pub fn attribute(&self, name: &str) -> (&str, Span) {
        let found = self.attributes.iter().find(|attribute| attribute.name == name);
        found.map_or(("", self.span), |attribute| (attribute.value.as_ref(), attribute.value_span))
    }
}

/// An attribute with its decoded value. What stands in the file as it is is borrowed from there.
#[derive(Debug)]
pub struct Attribute<'t> {
    /// The name as written.
    pub name: Cow<'t, str>,
    /// Where the name is written.
    pub name_span: Span,
    /// The value after normalisation and expansion.
    pub value: Cow<'t, str>,
    /// Where the parts of the value are written.
    pub map: SpanMap,
    /// Whether its type is CDATA, which it is unless a DTD declares another one.
    pub is_cdata: bool,
    /// Where the value is written, without quotes.
    pub value_span: Span,
}
