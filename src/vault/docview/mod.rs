//! The docview reader: a serialised node tree becomes nodes with typed properties and exact places.
//!
//! Follows FileVault's `DocViewParser`, but goes on after everything that it would reject.

mod prefixes;
mod property;

use std::borrow::Cow;
use std::collections::HashSet;

use super::iso9075;
use super::xml::{self, Attribute, Element, Namespaces, Report};
use super::{DocView, Node, NodeProperty};
use crate::text::{ReadError, Span};

/// Longest path that is built, in bytes. Oak's own limits are lower for names; no real path comes near.
///
/// A file can repeat one long path for each of millions of small elements, so this bounds time as well.
const MAX_PATH: usize = 2048;
/// What stands in a path for the segments that were left out at this limit.
const ELLIPSIS: &str = "/\u{2026}/";

/// What a docview file is, apart from its nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Why FileVault would reject the file, when it would.
    pub error: Option<ReadError>,
    /// Whether the file has a DTD with an internal subset.
    pub internal_dtd: bool,
    /// Whether something was only searched as raw text or left out at a limit.
    pub partial: bool,
}

/// Reads a docview file into memory. `root_path` is the repository path of its root node.
///
/// Elements without attributes only set the order of child nodes; they come as nodes without properties, as
/// FileVault reports them. Of a repeated attribute every occurrence is a property of its own.
pub fn read(text: &str, root_path: &str) -> DocView {
    let mut nodes = Vec::new();
    // Nested deeply enough, short elements have long paths each: memory stays in proportion to the file.
    let mut room = text.len().saturating_mul(2).saturating_add(8 << 20);
    let mut dropped = None;
    let mut outcome = read_with(text, root_path, &mut |node| match room.checked_sub(node.path.len()) {
        Some(left) => {
            room = left;
            nodes.push(node);
        }
        None => dropped = dropped.or(Some(node.span)),
    });
    if let Some(span) = dropped {
        outcome.partial = true;
        let reason = "the paths of the nodes are too long to be kept; the rest is left out".to_owned();
        outcome.error.get_or_insert(ReadError { span, reason });
    }
    DocView { nodes, error: outcome.error, internal_dtd: outcome.internal_dtd, partial: outcome.partial }
}

/// Reads a docview file and hands every node to `sink` in document order, so that nothing else is kept.
pub fn read_with(text: &str, root_path: &str, sink: &mut dyn FnMut(Node)) -> Outcome {
    let mut builder = Builder { root_path, path: String::new(), open: Vec::new(), sink };
    let report = xml::read(text, &mut builder);
    Outcome { error: report.error, internal_dtd: report.internal_dtd, partial: report.partial }
}

/// Makes nodes of elements.
struct Builder<'c> {
    root_path: &'c str,
    /// The path of the innermost open element.
    path: String,
    /// For each open element the length of the path around it.
    open: Vec<u32>,
    sink: &'c mut dyn FnMut(Node),
}

impl xml::Handler for Builder<'_> {
    fn start(&mut self, element: &Element<'_>, report: &mut Report) {
        let around = self.path.len();
        let shortened = self.enter(element, report);
        // Below the limit an element that holds nothing is not worth a node.
        if shortened.is_none() || !element.attributes.is_empty() {
            let path = shortened.unwrap_or_else(|| self.path.clone());
            let index = sibling_index(&path);
            let properties = properties(element, report);
            (self.sink)(Node { path, index, span: element.span, properties });
        }
        if element.salvaged {
            self.path.truncate(around);
        } else {
            self.open.push(u32::try_from(around).unwrap_or(u32::MAX));
        }
    }

    fn end(&mut self) {
        if let Some(around) = self.open.pop() {
            self.path.truncate(around as usize);
        }
    }
}

impl Builder<'_> {
    /// Makes `path` that of `element`. If it is too long it stays, and a shortened one for this node is given.
    fn enter(&mut self, element: &Element<'_>, report: &mut Report) -> Option<String> {
        let (prefix, local) = split(element.name);
        let uri = element.namespaces.resolve(prefix);
        if uri.is_none() && !prefix.is_empty() && !element.salvaged {
            report.fail(element.span, "the element's namespace prefix is not declared");
        }
        if self.open.is_empty() && self.path.is_empty() {
            if local == "root" && (uri == Some(prefixes::JCR) || element.name == "jcr:root") {
                self.path.push_str(self.root_path);
                return None;
            }
            // Any other root element names the node itself, beside the name that the file has.
            let parent = self.root_path.rsplit_once('/').map_or("", |(parent, _)| parent);
            self.path.push_str(parent);
        }
        let name = match (prefix, uri.and_then(prefixes::usual)) {
            ("", Some(usual)) => Cow::Owned(format!("{usual}:{}", iso9075::decode(local))),
            _ => iso9075::decode(element.name),
        };
        if name.contains('/') {
            report.fail(element.span, "the element's name decodes to one with a `/`, which no node can have");
        }
        if self.path.len() + name.len() + 1 > MAX_PATH {
            report.cut(element.span, "nodes are nested too deep, or named too long: their paths are shortened");
            let name = name.char_indices().take_while(|&(at, _)| at < MAX_PATH / 2).map(|(_, c)| c);
            return Some(format!("{}{ELLIPSIS}{}", self.root_path, name.collect::<String>()));
        }
        if !self.path.ends_with('/') {
            self.path.push('/');
        }
        self.path.push_str(&name);
        None
    }
}

/// The number in a final `[n]`, 0 where there is none.
fn sibling_index(path: &str) -> u32 {
    let digits = path.strip_suffix(']').and_then(|rest| rest.rsplit_once('[')).map(|(_, digits)| digits);
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

/// The properties of a node, all of them, with FileVault's complaints noted.
fn properties(element: &Element<'_>, report: &mut Report) -> Vec<NodeProperty> {
    let mut properties = Vec::with_capacity(element.attributes.len());
    for attribute in element.attributes {
        let name = property_name(attribute, element.namespaces, element.salvaged, report);
        properties.push(property(attribute, name, report));
    }
    if let Some(span) = repeated(&properties) {
        report.fail(span, "the attribute is repeated");
    }
    properties
}

/// The place of the first property whose name another one has before it.
fn repeated(properties: &[NodeProperty]) -> Option<Span> {
    /// Up to here comparing each with each is faster than a table.
    const FEW: usize = 16;
    if properties.len() <= FEW {
        let mut later = properties.iter().enumerate();
        return later
            .find(|(index, property)| properties.iter().take(*index).any(|earlier| earlier.name == property.name))
            .map(|(_, property)| property.name_span);
    }
    let mut known = HashSet::with_capacity(properties.len());
    properties.iter().find(|property| !known.insert(property.name.as_str())).map(|property| property.name_span)
}

/// The property's name with the repository's usual prefix.
fn property_name(attribute: &Attribute<'_>, scope: &Namespaces<'_>, salvaged: bool, report: &mut Report) -> String {
    let (prefix, local) = split(attribute.name);
    if prefix.is_empty() {
        return iso9075::decode(attribute.name).into_owned();
    }
    let usual = match scope.resolve(prefix) {
        Some(uri) => prefixes::usual(uri),
        None => {
            if !salvaged {
                report.fail(attribute.name_span, "the attribute's namespace prefix is not declared");
            }
            None
        }
    };
    match usual {
        Some(usual) if usual != prefix => format!("{usual}:{}", iso9075::decode(local)),
        _ => iso9075::decode(attribute.name).into_owned(),
    }
}

fn property(attribute: &Attribute<'_>, name: String, report: &mut Report) -> NodeProperty {
    let parsed = property::parse(&attribute.value, &attribute.map);
    if let Some(reason) = parsed.error {
        report.fail(attribute.value_span, reason);
    }
    let mut type_name = parsed.type_name;
    if type_name == property::UNDEFINED && matches!(name.as_str(), "jcr:primaryType" | "jcr:mixinTypes") {
        type_name = "Name";
    }
    NodeProperty {
        name,
        name_span: attribute.name_span,
        type_name,
        multi: parsed.multi,
        binary_ref: parsed.binary_ref,
        values: parsed.values,
        value_spans: parsed.spans,
        value_span: attribute.value_span,
    }
}

#[cfg(test)]
mod tests;
