//! The editor of nodes in docview files.

use crate::change::{Change, EditError, NewValue};
use crate::generic::{self, Editor, Part, neighbour};
use crate::lines::with_its_lines;
use crate::replacement::{self, Replacement};
use crate::seen::{Names, Seen};
use jcr_filevault::{Node, decode_xml, docview, encode_xml_like};
use text_spans::Span;

/// Makes the changes in the properties of one node of a docview file and gives the new content. `element` is where the
/// decoded text has the name of the node's element, as [`Node::span`] says.
///
/// # Errors
/// See [`EditError`]; then nothing is changed.
pub fn edit_node(bytes: &[u8], element: Span, changes: &[Change]) -> Result<Vec<u8>, EditError> {
    let text = writable(bytes)?;
    let edited = generic::edit(&NodeEditor { element }, &text, changes)?;
    encode_xml_like(bytes, &edited).ok_or(EditError::Encoding)
}

/// Removes a node with everything below it from a docview file. The root of a file cannot be removed so.
///
/// # Errors
/// See [`EditError`]; then nothing is changed.
pub fn remove_node(bytes: &[u8], element: Span) -> Result<Vec<u8>, EditError> {
    let text = writable(bytes)?;
    let before = nodes(&text)?;
    let at = before.iter().position(|node| node.span == element).filter(|at| *at > 0);
    let path = at.and_then(|at| before.get(at)).map(|node| node.path.clone()).ok_or(EditError::NoSuchNode)?;
    let not_expressible = || EditError::NotExpressible(path.clone());
    let end = end_of_element(&text, element).ok_or_else(not_expressible)?;
    let (start, end) = with_its_lines(&text, (element.start as usize).saturating_sub(1), end);
    let changed = replacement::apply(&text, vec![Replacement::remove(start, end)]).ok_or_else(not_expressible)?;
    let below = format!("{path}/");
    let kept = |nodes: &[Node<'_>], skip: bool| -> Vec<(String, Vec<Seen>)> {
        let is_gone = |node: &Node<'_>, number: usize| skip && (Some(number) == at || node.path.starts_with(&below));
        let kept = nodes.iter().enumerate().filter(|(number, node)| !is_gone(node, *number));
        kept.map(|(_, node)| (node.path.clone(), without_places(node))).collect()
    };
    let after = nodes(&changed).map_err(|_| not_expressible())?;
    if kept(&before, true) != kept(&after, false) {
        return Err(not_expressible());
    }
    encode_xml_like(bytes, &changed).ok_or(EditError::Encoding)
}

/// Gives a node that is not the root of its file another name.
///
/// # Errors
/// See [`EditError`]; then nothing is changed.
pub fn rename_node(bytes: &[u8], element: Span, name: &str) -> Result<Vec<u8>, EditError> {
    let text = writable(bytes)?;
    let before = nodes(&text)?;
    let node = before.iter().skip(1).find(|node| node.span == element).ok_or(EditError::NoSuchNode)?;
    let parent = node.path.rsplit_once('/').map_or("", |(parent, _)| parent);
    let new_path = format!("{parent}/{name}");
    if before.iter().any(|other| other.path == new_path) {
        return Err(EditError::NameTaken(name.to_owned()));
    }
    let not_expressible = || EditError::NotExpressible(name.to_owned());
    let written = NodeEditor { element }.name(name).ok_or_else(not_expressible)?;
    let end = end_of_element(&text, element).ok_or_else(not_expressible)?;
    let mut replacements = vec![Replacement::new(element, written.clone())];
    let whole = text.get(element.start as usize..end).unwrap_or_default();
    let old = text.get(element.range()).unwrap_or_default();
    if let Some(at) = whole.rfind("</").filter(|at| whole.get(at + 2..).is_some_and(|rest| rest.starts_with(old))) {
        let start = element.start as usize + at + 2;
        replacements.push(Replacement::new(Span::new(start, start + old.len()), written));
    }
    let changed = replacement::apply(&text, replacements).ok_or_else(not_expressible)?;
    let below = format!("{}/", node.path);
    let moved = |path: &str| match path.strip_prefix(&below) {
        Some(rest) => format!("{new_path}/{rest}"),
        None if path == node.path => new_path.clone(),
        None => path.to_owned(),
    };
    let expected: Vec<_> = before.iter().map(|node| (moved(&node.path), without_places(node))).collect();
    let after = nodes(&changed).map_err(|_| not_expressible())?;
    let found: Vec<_> = after.iter().map(|node| (node.path.clone(), without_places(node))).collect();
    if found != expected {
        return Err(not_expressible());
    }
    encode_xml_like(bytes, &changed).ok_or(EditError::Encoding)
}

/// Lets the list of child nodes in a file follow one of them that is written elsewhere and gets another name, or goes: an
/// element without attributes and children, which only says in which order the nodes come. Gives `None` if there is none.
///
/// # Errors
/// See [`EditError`]; then nothing is changed.
pub fn follow_child(bytes: &[u8], old: &str, new: Option<&str>) -> Result<Option<Vec<u8>>, EditError> {
    let text = writable(bytes)?;
    let path = format!("/root/{old}");
    let below = format!("{path}/");
    let nodes = nodes(&text)?;
    let Some(entry) = nodes.iter().find(|node| node.path == path && node.properties.is_empty()) else {
        return Ok(None);
    };
    if nodes.iter().any(|node| node.path.starts_with(&below)) {
        return Ok(None);
    }
    match new {
        Some(new) => rename_node(bytes, entry.span, new),
        None => remove_node(bytes, entry.span),
    }
    .map(Some)
}

/// Whether an element is the root of its file.
///
/// # Errors
/// See [`EditError`].
pub fn is_root(bytes: &[u8], element: Span) -> Result<bool, EditError> {
    let text = writable(bytes)?;
    Ok(nodes(&text)?.first().is_some_and(|node| node.span == element))
}

/// What of a file a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagePart {
    /// All of it.
    File,
    /// This element.
    Element(Span),
}

/// The page that a node belongs to, if it is the content of one (`jcr:content`); else the node itself.
///
/// # Errors
/// See [`EditError`]; the root of a file in which there is more than this page cannot be told from it.
pub fn page_of(bytes: &[u8], element: Span) -> Result<PagePart, EditError> {
    let text = writable(bytes)?;
    let nodes = nodes(&text)?;
    let at = nodes.iter().position(|node| node.span == element).ok_or(EditError::NoSuchNode)?;
    let Some(node) = nodes.get(at) else { return Err(EditError::NoSuchNode) };
    let page = match node.path.strip_suffix("/jcr:content") {
        Some(parent) => nodes.iter().rposition(|other| other.path == parent).ok_or(EditError::NoSuchNode)?,
        None => at,
    };
    if page > 0 {
        return nodes.get(page).map(|node| PagePart::Element(node.span)).ok_or(EditError::NoSuchNode);
    }
    // Elements without attributes only say in which order the nodes of other files come.
    let below = format!("{}/", node.path);
    let is_own = |other: &Node<'_>| other.path == node.path || other.path.starts_with(&below);
    let others = nodes.iter().skip(1).any(|other| !is_own(other) && !other.properties.is_empty());
    if others {
        return Err(EditError::NotExpressible(node.path.rsplit('/').next().unwrap_or_default().to_owned()));
    }
    Ok(PagePart::File)
}

/// The properties of a node, to be compared with those of one that stands elsewhere.
pub(crate) fn without_places(node: &Node<'_>) -> Vec<Seen> {
    let nowhere = Span::default();
    let seen = node.properties.iter().map(Seen::from);
    seen.map(|seen| Seen { name_span: nowhere, value_span: nowhere, item_spans: Vec::new(), ..seen }).collect()
}

/// The decoded text, if writing it gives the very same bytes.
pub(crate) fn writable(bytes: &[u8]) -> Result<String, EditError> {
    let decoded = decode_xml(bytes);
    let text = decoded.text.into_owned();
    let is_readable = !decoded.lossy && decoded.error.is_none();
    let is_same = is_readable && encode_xml_like(bytes, &text).is_some_and(|again| again == bytes);
    if is_same { Ok(text) } else { Err(EditError::Encoding) }
}

/// All nodes of a text that FileVault takes.
pub(crate) fn nodes(text: &str) -> Result<Vec<Node<'_>>, EditError> {
    let view = docview::read(text, "/root");
    match view.error {
        Some(error) => Err(EditError::Damaged(error.reason)),
        None if view.partial => Err(EditError::Damaged("not all of it can be read as XML".to_owned())),
        None if view.internal_dtd => Err(EditError::Damaged("it declares entities or default values".to_owned())),
        None => Ok(view.nodes),
    }
}

/// The end of an element, after its end tag.
pub(crate) fn end_of_element(text: &str, element: Span) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = (element.start as usize).checked_sub(1)?;
    loop {
        let rest = text.get(at..)?;
        let open = rest.find('<')?;
        at += open;
        let rest = text.get(at..)?;
        let skipped = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
        if let Some((start, end)) = skipped.iter().find(|(start, _)| rest.starts_with(start)) {
            at += rest.get(start.len()..)?.find(end)? + start.len() + end.len();
            continue;
        }
        let length = tag_length(rest)?;
        let tag = rest.get(..length)?;
        at += length;
        if tag.starts_with("</") {
            depth = depth.checked_sub(1)?;
        } else if !tag.ends_with("/>") {
            depth += 1;
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

/// The length of the tag that `text` begins with, to its `>`; one in a quoted value is none.
pub(crate) fn tag_length(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The editor of one node.
struct NodeEditor {
    element: Span,
}

impl NodeEditor {
    /// The quote around the value of an attribute.
    fn quote(text: &str, near: Option<&Seen>) -> char {
        let before = near.and_then(|property| text.get(..property.value_span.start as usize)?.chars().next_back());
        before.filter(|quote| matches!(quote, '"' | '\'')).unwrap_or('"')
    }
}

impl Editor for NodeEditor {
    const NAMES: Names = Names::Exact;

    fn read(&self, text: &str) -> Result<Vec<Seen>, EditError> {
        let nodes = nodes(text)?;
        let node = nodes.iter().find(|node| node.span.start == self.element.start).ok_or(EditError::NoSuchNode)?;
        Ok(node.properties.iter().map(Seen::from).collect())
    }

    fn escape(&self, text: &str, property: &Seen, value: &str, part: Part) -> String {
        escaped(value, Self::quote(text, Some(property)), part)
    }

    fn literal(&self, text: &str, near: Option<&Seen>, value: &NewValue) -> Option<String> {
        let quote = Self::quote(text, near);
        Some(match value {
            NewValue::Text(value) | NewValue::Only(value) => escaped(value, quote, Part::Whole),
            NewValue::Bool(_) => format!("{{Boolean}}{}", value.single()?),
            NewValue::Texts(values) => {
                format!(
                    "[{}]",
                    values.iter().map(|value| escaped(value, quote, Part::Item)).collect::<Vec<_>>().join(",")
                )
            }
        })
    }

    fn between(&self) -> &'static str {
        ","
    }

    fn add(&self, text: &str, seen: &[Seen], name: &str, value: &NewValue) -> Option<Vec<Replacement>> {
        let name = self.name(name)?;
        let own: Vec<Seen> = seen.iter().filter(|property| !property.name.contains(':')).cloned().collect();
        let beside = neighbour(if own.is_empty() { seen } else { &own }, &name);
        let Some(beside) = beside else {
            let literal = self.literal(text, None, value)?;
            let start = (self.element.start as usize).checked_sub(1)?;
            let tag = text.get(start..)?;
            let inner = tag.get(..tag_length(tag)? - 1)?.trim_end_matches('/').trim_end();
            return Some(vec![Replacement::insert(start + inner.len(), format!(" {name}=\"{literal}\""))]);
        };
        let quote = Self::quote(text, Some(beside));
        let literal = self.literal(text, Some(beside), value)?;
        let before = text.get(..beside.name_span.start as usize)?;
        let blank = before.get(before.trim_end_matches([' ', '\t', '\n', '\r']).len()..)?;
        let at = beside.value_span.end as usize + 1;
        Some(vec![Replacement::insert(at, format!("{blank}{name}={quote}{literal}{quote}"))])
    }

    fn remove(&self, text: &str, _seen: &[Seen], property: &Seen) -> Option<Vec<Replacement>> {
        let before = text.get(..property.name_span.start as usize)?;
        let start = before.trim_end_matches([' ', '\t', '\n', '\r']).len();
        Some(vec![Replacement::remove(start, property.value_span.end as usize + 1)])
    }

    fn name(&self, name: &str) -> Option<String> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        // Names with a prefix need its declaration, and what looks like an escape would have to be escaped.
        (starts && name.chars().all(is_plain) && !name.contains("_x")).then(|| name.to_owned())
    }
}

/// A value as docview writes it, and then as XML does.
fn escaped(value: &str, quote: char, part: Part) -> String {
    // `[]` is a list without items; of one empty text it is `[\0]`.
    if value.is_empty() && part == Part::Item {
        return "\\0".to_owned();
    }
    let mut out = String::with_capacity(value.len() + 8);
    for (at, c) in value.char_indices() {
        match c {
            '\\' => out.push_str("\\\\"),
            ',' if part == Part::Item => out.push_str("\\,"),
            '{' | '[' if at == 0 && part != Part::Rest => out.extend(['\\', c]),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' if quote == '"' => out.push_str("&quot;"),
            '\'' if quote == '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#xa;"),
            '\r' => out.push_str("&#xd;"),
            '\t' => out.push_str("&#x9;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\"";

    fn set(name: &str, value: &str) -> Change {
        Change::Set { name: name.into(), value: NewValue::Text(value.into()) }
    }

    fn element(text: &str, path: &str) -> Span {
        docview::read(text, "/root").nodes.iter().find(|node| node.path == path).unwrap().span
    }

    fn edited(attributes: &str, change: Change) -> String {
        let text = format!("{HEAD}{attributes}/>");
        let bytes = edit_node(text.as_bytes(), element(&text, "/root"), &[change]).unwrap();
        let edited = String::from_utf8(bytes).unwrap();
        edited.strip_prefix(HEAD).unwrap().strip_suffix("/>").unwrap().to_owned()
    }

    #[test]
    fn a_value_is_escaped_for_its_quotes_and_for_docview() {
        assert_eq!(edited(" a='1'", set("a", "{x'\"<&\n\\")), " a='\\{x&apos;\"&lt;&amp;&#xa;\\\\'");
        assert_eq!(edited(" a=\"[b,c]\"", set("a", "d,e")), " a=\"[d\\,e]\"");
        assert_eq!(edited(" a=\"{String}[b]\"", set("a", "c")), " a=\"{String}[c]\"");
        let on = || Change::Set { name: "a".into(), value: NewValue::Bool(true) };
        assert_eq!(edited(" a=\"{Boolean}false\"", on()), " a=\"{Boolean}true\"");
        assert_eq!(edited(" a=\"false\"", on()), " a=\"true\"");
        assert_eq!(edited(" b=\"1\"", on()), " b=\"1\" a=\"{Boolean}true\"");
        let append = |text: &str| edited(text, Change::Append { name: "a".into(), items: vec!["c".into()] });
        assert_eq!(append(" a=\"[b]\""), " a=\"[b,c]\"");
        assert_eq!(append(" a=\"b\""), " a=\"b, c\"");
        assert_eq!(append(" a=\"[]\""), " a=\"[c]\"");
    }

    #[test]
    fn attributes_come_and_go_with_the_white_space_before_them() {
        let two = "\r\n    a.b=\"1\"\r\n    c=\"2\"";
        assert_eq!(edited(two, set("a.d", "3")), "\r\n    a.b=\"1\"\r\n    a.d=\"3\"\r\n    c=\"2\"");
        assert_eq!(edited(two, Change::Remove { name: "c".into() }), "\r\n    a.b=\"1\"");
        assert_eq!(edited("", set("a", "1")), " a=\"1\"");
        assert_eq!(
            edited(two, Change::Rename { name: "c".into(), to: "d".into() }),
            "\r\n    a.b=\"1\"\r\n    d=\"2\""
        );
    }

    #[test]
    fn the_right_node_changes_in_every_encoding() {
        let text = "<?xml version='1.0' encoding='X'?><jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" a=\"é\"><b a=\"1\"/><!-- a=\"1\" --><c a=\"1\"/></jcr:root>";
        let utf_16 = |text: &str| -> Vec<u8> {
            [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
        };
        let latin = |text: &str| -> Vec<u8> { text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect() };
        type Encode<'e> = &'e dyn Fn(&str) -> Vec<u8>;
        for (name, encode) in
            [("UTF-8", &|text: &str| text.as_bytes().to_vec() as Vec<u8>), ("UTF-16", &utf_16), ("ISO-8859-1", &latin)]
                as [(&str, Encode<'_>); 3]
        {
            let text = text.replace('X', name);
            let edited = edit_node(&encode(&text), element(&text, "/root/c"), &[set("a", "2")]).unwrap();
            assert_eq!(edited, encode(&text.replace("<c a=\"1\"", "<c a=\"2\"")), "{name}");
        }
        assert_eq!(edit_node(b"<a b='\xff'/>", Span::new(1, 2), &[set("b", "1")]), Err(EditError::Encoding));
        assert_eq!(edit_node(b"<a b='1'/>", Span::new(3, 4), &[set("b", "1")]), Err(EditError::NoSuchNode));
    }

    #[test]
    fn a_list_of_one_empty_text_has_a_form_of_its_own() {
        let empty = |texts: &[&str]| Change::Set {
            name: "a".into(),
            value: NewValue::Texts(texts.iter().map(|text| (*text).to_owned()).collect()),
        };
        assert_eq!(edited(" a=\"[b]\"", empty(&[""])), " a=\"[\\0]\"");
        assert_eq!(edited(" a=\"[b]\"", empty(&["c", ""])), " a=\"[c,\\0]\"");
        assert_eq!(edited(" b=\"1\"", empty(&[""])), " b=\"1\" a=\"[\\0]\"");
        assert_eq!(edited(" a=\"[b]\"", empty(&[])), " a=\"[]\"");
        let append = Change::Append { name: "a".into(), items: vec!["c".into()] };
        assert_eq!(edited(" a=\"[\\0]\"", append), " a=\"[\\0,c]\"");
    }

    #[test]
    fn the_list_of_child_nodes_follows_a_node_that_is_written_elsewhere() {
        let text = format!("{HEAD}>\n    <a.b/>\n    <c>\n        <d/>\n    </c>\n    <e f=\"1\"/>\n</jcr:root>\n");
        let follow = |old: &str, new: Option<&str>| {
            let changed = follow_child(text.as_bytes(), old, new).unwrap();
            changed.map(|bytes| String::from_utf8(bytes).unwrap())
        };
        assert_eq!(follow("a.b", Some("a-b")), Some(text.replace("<a.b/>", "<a-b/>")));
        assert_eq!(follow("a.b", None), Some(text.replace("    <a.b/>\n", "")));
        assert_eq!(follow("c", None), None);
        assert_eq!(follow("e", None), None);
        assert_eq!(follow("x", None), None);
    }

    #[test]
    fn a_node_goes_with_all_that_is_below_it() {
        let text = format!("{HEAD}>\n    <a b=\"/>\">\n        <a/><!-- </a> -->\n    </a>\n    <c/>\n</jcr:root>\n");
        let removed = |path: &str| remove_node(text.as_bytes(), element(&text, path));
        let expected = format!("{HEAD}>\n    <c/>\n</jcr:root>\n");
        assert_eq!(removed("/root/a").unwrap(), expected.as_bytes());
        assert_eq!(removed("/root"), Err(EditError::NoSuchNode));
    }
}
