//! What a docview file holds: nodes with properties.

use std::borrow::Cow;
use text_spans::{OneOrMany, ReadError, Span};

/// A docview file: a tree of nodes, flattened in document order. Names and values are borrowed from the file's text `'t`,
/// as far as nothing in them is escaped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DocView<'t> {
    /// The nodes that could be read.
    pub nodes: Vec<Node<'t>>,
    /// Why FileVault would reject the file, when it would. `nodes` then holds what could still be read.
    pub error: Option<ReadError>,
    /// Whether the file has a DTD with an internal subset, so that a plain text search would miss values.
    pub internal_dtd: bool,
    /// Whether something after `error` could not be read as XML and was only searched as raw text.
    pub partial: bool,
}

/// One node of a docview file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node<'t> {
    /// Absolute repository path.
    pub path: String,
    /// Same-name-sibling index; 0 where none is written.
    pub index: u32,
    /// The element's name in its start tag.
    pub span: Span,
    /// Its properties in the order of the file. Without any, the element only sets the order of its siblings and
    /// FileVault creates no node. A repeated attribute is there as often as it is written.
    pub properties: Vec<NodeProperty<'t>>,
}

/// One property of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeProperty<'t> {
    /// Qualified name with the repository's usual prefix for its namespace, decoded from ISO 9075.
    pub name: Cow<'t, str>,
    /// Where the attribute's name is written.
    pub name_span: Span,
    /// JCR type name: `String`, `Long`, `Name`, …, or `undefined` where none is written.
    pub type_name: &'static str,
    /// Whether it is a multi value.
    pub multi: bool,
    /// Whether the type was `BinaryRef`.
    pub binary_ref: bool,
    /// The decoded values.
    pub values: OneOrMany<Cow<'t, str>>,
    /// Where each value is written; as long as `values`. Of a value from an entity the reference, of a DTD default the
    /// literal in the DTD.
    pub value_spans: OneOrMany<Span>,
    /// Where the attribute's value is written, without quotes.
    pub value_span: Span,
}

impl Node<'_> {
    /// The same, borrowed from nothing.
    pub fn into_owned(self) -> Node<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        let property = |property: NodeProperty<'_>| NodeProperty {
            name: owned(property.name),
            name_span: property.name_span,
            type_name: property.type_name,
            multi: property.multi,
            binary_ref: property.binary_ref,
            values: property.values.map(owned),
            value_spans: property.value_spans,
            value_span: property.value_span,
        };
        Node {
            path: self.path,
            index: self.index,
            span: self.span,
            properties: self.properties.into_iter().map(property).collect(),
        }
    }
}
