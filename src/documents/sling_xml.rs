//! XML of a bundle that the content loader of Sling makes nodes of: its own format, and the system view of JCR in files named
//! `.jcr.xml`.
//!
//! Follows `XmlReader` and `JcrXmlReader` of `org.apache.sling.jcr.contentloader`. Texts are joined from all their pieces:
//! CDATA sections, entities, comments in between.

use super::nodes::Nodes;
use jcr_filevault::{Node, NodeProperty};
use jdk_xml::{Element, Handler, Report};
use std::borrow::Cow;
use text_spans::{OneOrMany, ReadError, Span};

/// The namespace of the system view.
const SYSTEM_VIEW: &str = "http://www.jcp.org/jcr/sv/1.0";
/// Longest path that is built, in bytes.
const MAX_PATH_BYTES: usize = 2048;

/// In which form an XML file holds nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Elements `node`, `property`, `name`, `value` of the content loader.
    Sling,
    /// Elements `sv:node`, `sv:property`, `sv:value` of the system view.
    SystemView,
}

/// What a file is apart from its nodes.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) error: Option<ReadError>,
    pub(super) internal_dtd: bool,
    pub(super) partial: bool,
}

/// The form of an XML text in the file `name`, if it holds nodes.
pub(super) fn form(text: &str, name: &str) -> Option<Form> {
    let root = root_element(text)?;
    if name.ends_with(".jcr.xml") {
        let is_view = root.rsplit(':').next() == Some("node") && text.contains(SYSTEM_VIEW);
        return is_view.then_some(Form::SystemView);
    }
    (root == "node").then_some(Form::Sling)
}

/// Whether what stands in an XML file may be joined around comments, which readers of docview do not do.
pub(super) fn may_join_texts(bytes: &[u8]) -> bool {
    let holds = |part: &str| memchr::memmem::find(bytes, part.as_bytes()).is_some();
    holds("<!--") && holds("node>")
}

/// The name of the first element of a text, as far as a quick look tells.
fn root_element(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        rest = rest.get(memchr::memchr(b'<', rest.as_bytes())? + 1..)?;
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.get(memchr::memmem::find(comment.as_bytes(), b"-->")?..)?;
        } else if !rest.starts_with(['?', '!']) {
            let end = rest.find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/'))?;
            return rest.get(..end);
        }
    }
}

/// Gives every node of a text to `nodes`. `root` is the path of its root node, unless that has another name of its own.
pub(super) fn read(text: &str, form: Form, root: &str, nodes: &mut Nodes<'static, '_>) -> Outcome {
    let mut reader = Reader { form, root, nodes, elements: Vec::new(), open: Vec::new() };
    let Report { error, internal_dtd, partial, .. } = jdk_xml::read(text, &mut reader);
    Outcome { error, internal_dtd, partial }
}

/// What an element is to the content loader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Node,
    Name,
    PrimaryType,
    MixinType,
    Property,
    Type,
    Values,
    Value,
    Other,
}

/// A text that is being collected, and where its pieces stand.
#[derive(Debug, Default)]
struct Text {
    text: String,
    span: Option<Span>,
}

/// An element that is open.
struct Open {
    role: Role,
    text: Text,
}

/// A node that is open.
struct OpenNode {
    /// The path of its parent, or for the root of the file the path of its folder.
    parent: String,
    name: String,
    span: Span,
    properties: Vec<NodeProperty<'static>>,
    /// Whether it was given away.
    is_done: bool,
}

struct Reader<'r, 'k> {
    form: Form,
    root: &'r str,
    nodes: &'r mut Nodes<'static, 'k>,
    elements: Vec<Open>,
    open: Vec<OpenNode>,
}

impl<'t> Handler<'t> for Reader<'_, '_> {
    fn start(&mut self, element: &mut Element<'_, 't>, _: &mut Report) {
        if element.salvaged {
            return;
        }
        let role = self.role(element);
        match role {
            Role::Node => self.enter(element),
            Role::Property => self.property(element),
            _ => {}
        }
        self.elements.push(Open { role, text: Text::default() });
    }

    fn end(&mut self) {
        let Some(Open { role, text }) = self.elements.pop() else { return };
        if role == Role::Node {
            self.give_last();
            self.open.pop();
            return;
        }
        let around = self.elements.last().map(|open| open.role);
        let Some(node) = self.open.last_mut().filter(|node| !node.is_done) else { return };
        let Text { text, span } = text;
        let span = span.unwrap_or(node.span);
        let text = if self.form == Form::Sling { text.trim().to_owned() } else { text };
        match (role, around) {
            (Role::Name, Some(Role::Node)) => node.name = text,
            (Role::PrimaryType, _) => node.properties.push(type_property("jcr:primaryType", text, span)),
            (Role::MixinType, _) => node.properties.push(type_property("jcr:mixinTypes", text, span)),
            (Role::Name, _) => {
                if let Some(property) = node.properties.last_mut() {
                    (property.name, property.name_span) = (text.into(), span);
                }
            }
            (Role::Type, _) => {
                if let Some(property) = node.properties.last_mut() {
                    property.type_name = type_name(&text);
                }
            }
            (Role::Values, _) => node.properties.last_mut().into_iter().for_each(|property| property.multi = true),
            (Role::Value, _) => {
                if let Some(property) = node.properties.last_mut() {
                    property.value_span = if property.values.is_empty() { span } else { property.value_span.to(span) };
                    property.multi |= self.form == Form::SystemView && !property.values.is_empty();
                    property.values.push(text.into());
                    property.value_spans.push(span);
                }
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str, span: Span) {
        let Some(open) = self.elements.last_mut() else { return };
        if matches!(open.role, Role::Node | Role::Property | Role::Values | Role::Other) {
            return;
        }
        open.text.text.push_str(text);
        open.text.span = Some(open.text.span.map_or(span, |before| before.to(span)));
    }
}

impl Reader<'_, '_> {
    fn role(&self, element: &Element<'_, '_>) -> Role {
        let (prefix, local) = element.name.split_once(':').unwrap_or(("", element.name));
        if self.form == Form::SystemView {
            return match local {
                _ if element.namespaces.resolve(prefix) != Some(SYSTEM_VIEW) => Role::Other,
                "node" => Role::Node,
                "property" => Role::Property,
                "value" => Role::Value,
                _ => Role::Other,
            };
        }
        match element.name {
            "node" => Role::Node,
            "property" => Role::Property,
            "name" => Role::Name,
            "primaryNodeType" => Role::PrimaryType,
            "mixinNodeType" => Role::MixinType,
            "type" => Role::Type,
            "values" => Role::Values,
            "value" => Role::Value,
            _ => Role::Other,
        }
    }

    /// A node begins.
    fn enter(&mut self, element: &Element<'_, '_>) {
        self.give_last();
        let (folder, name) = self.root.rsplit_once('/').unwrap_or(("", self.root));
        let mut node = OpenNode {
            parent: folder.to_owned(),
            name: name.to_owned(),
            span: element.span,
            properties: Vec::new(),
            is_done: false,
        };
        if let Some(parent) = self.open.last() {
            node.parent = path(parent);
            node.name = String::new();
        }
        if self.form == Form::SystemView {
            let (name, span) = self.view_attribute(element, "name");
            (node.name, node.span) = (name, span);
        }
        self.open.push(node);
    }

    /// A property begins.
    fn property(&mut self, element: &Element<'_, '_>) {
        let (name, name_span) = match self.form {
            Form::Sling => (String::new(), element.span),
            Form::SystemView => self.view_attribute(element, "name"),
        };
        let written = if self.form == Form::Sling { String::new() } else { self.view_attribute(element, "type").0 };
        if let Some(node) = self.open.last_mut() {
            node.properties.push(NodeProperty {
                name: name.into(),
                name_span,
                type_name: type_name(&written),
                multi: false,
                binary_ref: false,
                values: OneOrMany::default(),
                value_spans: OneOrMany::default(),
                value_span: name_span,
            });
        }
    }

    /// An attribute of the system view, whatever its prefix is.
    fn view_attribute(&self, element: &Element<'_, '_>, local: &str) -> (String, Span) {
        let found = element.attributes.iter().find(|attribute| {
            let (prefix, name) = attribute.name.split_once(':').unwrap_or_default();
            name == local && element.namespaces.resolve(prefix) == Some(SYSTEM_VIEW)
        });
        found.map_or((String::new(), element.span), |found| (found.value.clone().into_owned(), found.value_span))
    }

    /// Gives the innermost node away: all that belongs to it stands before the nodes in it.
    fn give_last(&mut self) {
        let Some(node) = self.open.last_mut().filter(|node| !node.is_done) else { return };
        node.is_done = true;
        let path = path(node);
        let properties = std::mem::take(&mut node.properties);
        self.nodes.add(&mut Node { path, index: 0, span: node.span, properties });
    }
}

fn path(node: &OpenNode) -> String {
    let whole = format!("{}/{}", node.parent, node.name);
    if whole.len() > MAX_PATH_BYTES { node.parent.clone() } else { whole }
}

fn type_property(name: &'static str, value: String, span: Span) -> NodeProperty<'static> {
    let mut property = NodeProperty {
        name: name.into(),
        name_span: span,
        type_name: "Name",
        multi: name == "jcr:mixinTypes",
        binary_ref: false,
        values: OneOrMany::default(),
        value_spans: OneOrMany::default(),
        value_span: span,
    };
    property.values.push(Cow::Owned(value));
    property.value_spans.push(span);
    property
}

/// The name of a JCR type, as docview has it.
fn type_name(written: &str) -> &'static str {
    const TYPES: [&str; 11] =
        ["String", "Binary", "Long", "Double", "Date", "Boolean", "Name", "Path", "Reference", "WeakReference", "URI"];
    let found = TYPES.into_iter().chain(["Decimal"]).find(|name| name.eq_ignore_ascii_case(written.trim()));
    found.unwrap_or("String")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::Everything;
    use osgi_config::Target;

    /// The path of a node, and its properties with their values.
    type Shown = (String, Vec<(String, Vec<String>)>);

    fn nodes(text: &str, name: &str) -> Vec<Shown> {
        let mut nodes = Nodes::new(&Everything, Target::Aem65);
        read(text, form(text, name).unwrap(), "/content/x", &mut nodes);
        let property = |property: &NodeProperty<'_>| {
            (property.name.to_string(), property.values.iter().map(ToString::to_string).collect())
        };
        let node = |node: &Node<'_>| (node.path.clone(), node.properties.iter().map(property).collect());
        nodes.nodes.iter().map(node).collect()
    }

    fn expected(path: &str, properties: &[(&str, &[&str])]) -> Shown {
        let texts = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        (path.to_owned(), properties.iter().map(|(name, values)| ((*name).to_owned(), texts(values))).collect())
    }

    #[test]
    fn reads_the_format_of_the_content_loader() {
        let text = "<node><name>a</name><primaryNodeType>nt:unstructured</primaryNodeType>\
                    <property><name>u</name><value>https://<![CDATA[ims]]><!-- x -->&#45;na1</value><type>String</type></property>\
                    <node><name> b </name><property><name>m</name><values><value>1</value><value>2</value></values></property></node>\
                    </node>";
        assert_eq!(
            nodes(text, "x.xml"),
            [
                expected("/content/a", &[("jcr:primaryType", &["nt:unstructured"]), ("u", &["https://ims-na1"])]),
                expected("/content/a/b", &[("m", &["1", "2"])]),
            ]
        );
        assert_eq!(nodes("<node><property/></node>", "x.xml"), [expected("/content/x", &[("", &[])])]);
        for (text, expected) in [
            ("<nodes/>", None),
            ("<a><node/></a>", None),
            ("<?xml version='1.0'?><!-- <a/> --><!DOCTYPE node><node>", Some(Form::Sling)),
            ("", None),
        ] {
            assert_eq!(form(text, "x.xml"), expected, "{text}");
        }
    }

    #[test]
    fn reads_the_system_view() {
        let text = "<n:node xmlns:n=\"http://www.jcp.org/jcr/sv/1.0\" n:name=\"a\">\
                    <n:property n:name=\"p\" n:type=\"Long\"><n:value>1<![CDATA[2]]></n:value></n:property>\
                    <n:node n:name=\"b\"><n:property n:name=\"q\"><n:value/><n:value>z</n:value></n:property></n:node></n:node>";
        assert_eq!(
            nodes(text, "x.jcr.xml"),
            [expected("/content/a", &[("p", &["12"])]), expected("/content/a/b", &[("q", &["", "z"])])]
        );
        assert_eq!(form(text, "x.xml"), None);
    }
}
