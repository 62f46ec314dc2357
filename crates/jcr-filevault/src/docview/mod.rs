//! The docview reader: a serialised node tree becomes nodes with typed properties and exact places.
//!
//! Follows FileVault's `DocViewParser`, but goes on after everything that it would reject.

mod node;
mod passing;
mod prefixes;
mod property;
#[cfg(test)]
mod property_model;

use std::borrow::Cow;

use super::iso9075;
use jdk_xml::{self as xml, Attribute, Element, Namespaces, Report, TagPreview};
pub use node::{DocView, Node, NodeProperty};
pub use passing::Ahead;
use text_spans::ReadError;

/// Longest path that is built, in bytes. Oak's own limits are lower for names; no real path comes near.
///
/// A file can repeat one long path for each of millions of small elements, so this bounds time as well.
const MAX_PATH_BYTES: usize = 2048;
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
    /// Whether there is a root element.
    pub has_root: bool,
}

/// Reads a docview file into memory. `root_path` is the repository path of its root node.
///
/// Elements without attributes only set the order of child nodes; they come as nodes without properties, as
/// FileVault reports them. Of a repeated attribute every occurrence is a property of its own. Of several whose names are the same
/// when they are decoded FileVault takes the first; here each is a property.
pub fn read<'t>(text: &'t str, root_path: &str) -> DocView<'t> {
    let mut nodes = Vec::new();
    // Nested deeply enough, short elements have long paths each: memory stays in proportion to the file.
    let mut room = text.len().saturating_mul(2).saturating_add(8 << 20);
    let mut dropped = None;
    let mut outcome = read_with(text, root_path, &|_| false, &mut |node| match room.checked_sub(node.path.len()) {
        Some(left) => {
            room = left;
            let properties = std::mem::take(&mut node.properties);
            nodes.push(Node { path: node.path.clone(), properties, ..*node });
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

/// Reads a docview file and gives every node to `sink` in document order. Only one node is kept in memory: it is
/// overwritten with the next element, and `sink` may take its properties away.
///
/// Most nodes are of no interest to the caller, and making them takes most of the time. A node for which `passes` returns
/// true is not made and not given to `sink`. `passes` is called only for nodes whose tag has no mistake and no escapes.
pub fn read_with<'t>(
    text: &'t str,
    root_path: &str,
    passes: &dyn Fn(&Ahead<'_>) -> bool,
    sink: &mut dyn FnMut(&mut Node<'t>),
) -> Outcome {
    let checks = passing::Checks::default();
    let mut builder = Builder { root_path, node: Node::default(), open: Vec::new(), checks, passes, sink };
    let xml::Report { error, internal_dtd, partial, has_root, .. } = xml::read(text, &mut builder);
    Outcome { error, internal_dtd, partial, has_root }
}

/// Makes nodes of elements.
struct Builder<'t, 'c> {
    root_path: &'c str,
    /// The node of the element that was read last. Its path is that of the innermost open element.
    node: Node<'t>,
    /// For each open element the length of the path around it.
    open: Vec<u32>,
    checks: passing::Checks,
    passes: &'c dyn Fn(&Ahead<'_>) -> bool,
    sink: &'c mut dyn FnMut(&mut Node<'t>),
}

impl<'t> xml::Handler<'t> for Builder<'t, '_> {
    fn passes(&mut self, tag: &TagPreview<'_, 't>) -> bool {
        let around = self.node.path.len();
        // The root element's name has a meaning of its own, and a long path is not built.
        if self.open.is_empty() || around + tag.name.len() + 1 > MAX_PATH_BYTES || !self.checks.is_well_formed(tag) {
            return false;
        }
        self.append(tag.name);
        let passes = (self.passes)(&Ahead { path: &self.node.path, raw_tag: tag });
        if passes {
            self.open.push(u32::try_from(around).unwrap_or(u32::MAX));
        } else {
            self.node.path.truncate(around);
        }
        passes
    }

    fn start(&mut self, element: &mut Element<'_, 't>, report: &mut Report) {
        let around = self.node.path.len();
        match self.enter(element, report) {
            None => self.hand_over(element, report),
            // Below the limit an element that holds nothing is not worth a node.
            Some(shortened) if !element.attributes.is_empty() => {
                let path = std::mem::replace(&mut self.node.path, shortened);
                self.hand_over(element, report);
                self.node.path = path;
            }
            Some(_) => {}
        }
        if element.salvaged {
            self.node.path.truncate(around);
        } else {
            self.open.push(u32::try_from(around).unwrap_or(u32::MAX));
        }
    }

    fn end(&mut self) {
        if let Some(around) = self.open.pop() {
            self.node.path.truncate(around as usize);
        }
    }
}

impl<'t> Builder<'t, '_> {
    fn hand_over(&mut self, element: &mut Element<'_, 't>, report: &mut Report) {
        self.node.index = sibling_index(&self.node.path);
        self.node.span = element.span;
        properties(element, &mut self.node.properties, report);
        (self.sink)(&mut self.node);
    }

    /// Makes `path` that of `element`. If it is too long it stays, and a shortened one for this node is given.
    fn enter(&mut self, element: &Element<'_, 't>, report: &mut Report) -> Option<String> {
        let (prefix, local) = split(element.name);
        let uri = element.namespaces.resolve(prefix);
        if uri.is_none() && !prefix.is_empty() && !element.salvaged {
            report.fail(element.span, "the element's namespace prefix is not declared");
        }
        if self.open.is_empty() && self.node.path.is_empty() {
            if local == "root" && uri.map_or(prefix == "jcr", |uri| uri == prefixes::JCR) {
                self.node.path.push_str(self.root_path);
                return None;
            }
            // Any other root element names the node itself, beside the name that the file has.
            let parent = self.root_path.rsplit_once('/').map_or("", |(parent, _)| parent);
            self.node.path.push_str(parent);
        }
        let name = match uri {
            // A default namespace that has no prefix here would need one there, too.
            Some(uri) if !prefix.is_empty() || prefixes::usual(uri).is_some() => {
                qualified(element.name, prefix, local, uri)
            }
            _ => iso9075::decode(element.name),
        };
        if name.contains('/') {
            report.fail(element.span, "the element's name decodes to one with a `/`, which no node can have");
        }
        if self.node.path.len() + name.len() + 1 > MAX_PATH_BYTES {
            report.cut(element.span, "nodes are nested too deep, or named too long: their paths are shortened");
            let name = name.char_indices().take_while(|&(at, _)| at < MAX_PATH_BYTES / 2).map(|(_, c)| c);
            return Some(format!("{}{ELLIPSIS}{}", self.root_path, name.collect::<String>()));
        }
        self.append(&name);
        None
    }

    /// Goes from a node to its child.
    fn append(&mut self, name: &str) {
        if !self.node.path.ends_with('/') {
            self.node.path.push('/');
        }
        self.node.path.push_str(name);
    }
}

/// The number in the last `[n]` of the name, 0 where there is none.
fn sibling_index(path: &str) -> u32 {
    // Most names hold no bracket.
    let name = path.rsplit('/').next().unwrap_or(path);
    let digits = name.rsplit_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(digits, _)| digits);
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

fn split(name: &str) -> (&str, &str) {
    // Names are short: a plain loop finds the colon before a search is set up.
    let colon = name.bytes().position(|b| b == b':');
    colon.and_then(|at| Some((name.get(..at)?, name.get(at + 1..)?))).unwrap_or(("", name))
}

/// Makes `properties` those of a node, all of them, with FileVault's complaints noted.
fn properties<'t>(element: &mut Element<'_, 't>, properties: &mut Vec<NodeProperty<'t>>, report: &mut Report) {
    properties.clear();
    // FileVault looks at nothing to which a DTD gives another type than CDATA.
    for attribute in element.attributes.iter_mut().filter(|attribute| attribute.is_cdata) {
        let name = property_name(attribute, element.namespaces, element.salvaged, report);
        properties.push(property(attribute, name, report));
    }
}

/// A name with the prefix that the repository has for its namespace, decoded from ISO 9075.
fn qualified<'n>(name: &'n str, prefix: &str, local: &str, uri: &str) -> Cow<'n, str> {
    match prefixes::in_repository(prefix, uri) {
        known if *known == *prefix => iso9075::decode(name),
        known => Cow::Owned(format!("{known}:{}", iso9075::decode(local))),
    }
}

/// The property's name with the repository's usual prefix.
fn property_name<'t>(
    attribute: &Attribute<'t>,
    scope: &Namespaces<'_>,
    salvaged: bool,
    report: &mut Report,
) -> Cow<'t, str> {
    let (prefix, local) = split(&attribute.name);
    let uri = if prefix.is_empty() { None } else { scope.resolve(prefix) };
    if uri.is_none() && !prefix.is_empty() && !salvaged {
        report.fail(attribute.name_span, "the attribute's namespace prefix is not declared");
    }
    match (&attribute.name, uri) {
        (Cow::Borrowed(name), Some(uri)) => qualified(name, prefix, local, uri),
        (Cow::Borrowed(name), None) => iso9075::decode(name),
        (Cow::Owned(name), Some(uri)) => Cow::Owned(qualified(name, prefix, local, uri).into_owned()),
        (Cow::Owned(name), None) => Cow::Owned(iso9075::decode(name).into_owned()),
    }
}

fn property<'t>(attribute: &mut Attribute<'t>, name: Cow<'t, str>, report: &mut Report) -> NodeProperty<'t> {
    let parsed = property::parse(std::mem::take(&mut attribute.value), &attribute.map);
    if let Some(reason) = parsed.error {
        report.fail(attribute.value_span, reason);
    }
    let mut type_name = parsed.type_name;
    if type_name == property::UNDEFINED && matches!(&*name, "jcr:primaryType" | "jcr:mixinTypes") {
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
