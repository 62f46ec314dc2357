//! The XML format of `java.util.Properties` (`loadFromXML`): `<entry key="…">…</entry>` below `<properties>`, behind
//! the DOCTYPE that names Sun's DTD.

use std::borrow::Cow;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::configuration::{Configuration, Property, dedup_keys};
use text_spans::{ReadError, Span};

/// The system identifier without which Java refuses the file.
const DTD: &str = "http://java.sun.com/dtd/properties.dtd";

/// The text of a file in the XML format: by its byte order mark, by its XML declaration, else UTF-8.
pub fn decode(bytes: &[u8]) -> String {
    let head = bytes.get(..bytes.len().min(200)).unwrap_or_default();
    let head = String::from_utf8_lossy(head);
    let declaration = head.split_once("?>").map_or("", |(declaration, _)| declaration);
    let label = declaration.split_once("encoding").and_then(|(_, rest)| rest.split(['"', '\'']).nth(1));
    let encoding = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    encoding.unwrap_or(encoding_rs::UTF_8).decode(bytes).0.into_owned()
}

/// An entry whose end has not come yet.
struct Entry {
    key: String,
    key_span: Span,
    value: String,
    start: usize,
}

/// Reads a decoded text as `Properties.loadFromXML` does. Spans refer to that text.
pub fn read(text: &str) -> Configuration<'static> {
    let mut found = Configuration::default();
    let mut properties = Vec::new();
    let mut reader = Reader::from_str(text);
    let mut entry: Option<Entry> = None;
    let (mut doctype, mut root) = (false, false);
    let fail = |found: &mut Configuration, span: Span, reason: &str| {
        found.error.get_or_insert_with(|| ReadError { span, reason: reason.to_owned() });
    };
    loop {
        let start = position(&reader, text);
        let event = reader.read_event();
        let end = position(&reader, text);
        let span = Span::new(start, end);
        let mut push = |part: &str| {
            if let Some(entry) = &mut entry {
                entry.value.push_str(part);
            }
        };
        match event {
            Err(_) => {
                fail(&mut found, span, "the XML is not well-formed");
                break;
            }
            Ok(Event::Eof) => break,
            Ok(Event::DocType(declaration)) => doctype = declaration.contains(DTD),
            Ok(Event::Text(part)) => push(&part.xml10_content()),
            Ok(Event::CData(part)) => push(&part.xml10_content()),
            Ok(Event::GeneralRef(reference)) => {
                let named = quick_xml::escape::resolve_predefined_entity(&reference);
                match (reference.resolve_char_ref(), named) {
                    (Ok(Some(c)), _) => push(c.encode_utf8(&mut [0; 4])),
                    (_, Some(named)) => push(named),
                    _ => fail(&mut found, span, "an entity reference that the DTD does not declare"),
                }
            }
            Ok(event @ (Event::Start(_) | Event::Empty(_))) => {
                let empty = matches!(event, Event::Empty(_));
                let (Event::Start(element) | Event::Empty(element)) = event else { continue };
                let name = element.name();
                if !root {
                    root = true;
                    if name.as_ref() != "properties" {
                        fail(&mut found, span, "the root element is not `properties`");
                    }
                } else if name.as_ref() == "entry" && entry.is_none() {
                    match key(&element, text) {
                        Some((key, key_span)) => {
                            let opened = Entry { key, key_span, value: String::new(), start: end };
                            if empty {
                                let whole = Span::new(end, end);
                                properties.push(Property::text(opened.key, key_span, opened.value, whole));
                            } else {
                                entry = Some(opened);
                            }
                        }
                        None => fail(&mut found, span, "an `entry` element has no `key` attribute"),
                    }
                } else if name.as_ref() != "comment" || entry.is_some() {
                    fail(&mut found, span, "an element that a properties document does not have here");
                }
            }
            Ok(Event::End(element)) => {
                if element.name().as_ref() == "entry"
                    && let Some(entry) = entry.take()
                {
                    let whole = Span::new(entry.start, start);
                    properties.push(Property::text(entry.key, entry.key_span, entry.value, whole));
                }
            }
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_)) => {}
        }
    }
    if let Some(entry) = entry {
        let whole = Span::new(entry.start, text.len());
        properties.push(Property::text(entry.key, entry.key_span, entry.value, whole));
        fail(&mut found, whole, "the file ends inside an `entry` element");
    }
    if !root {
        fail(&mut found, Span::new(0, 0), "the file has no root element");
    }
    if !doctype {
        let reason = "the DOCTYPE of a properties document is missing: Java refuses the file without it";
        fail(&mut found, Span::new(0, 0), reason);
    }
    found.properties = dedup_keys(properties, &mut found.dropped, &mut found.lost);
    found
}

/// How far the reader is in `text`. It does not count a byte order mark, which the text still has.
fn position(reader: &Reader<&[u8]>, text: &str) -> usize {
    let mark = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
    let position = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).saturating_add(mark);
    let mut position = position.min(text.len());
    while !text.is_char_boundary(position) {
        position -= 1;
    }
    position
}

/// The decoded `key` attribute and where its raw value stands.
fn key(element: &BytesStart<'_>, text: &str) -> Option<(String, Span)> {
    let attribute = element.try_get_attribute("key").ok()??;
    let key = attribute
        .normalized_value(XmlVersion::Implicit1_0)
        .map_or_else(|_| attribute.value.to_string(), Cow::into_owned);
    // The attribute's raw value is a slice of the text, so its address tells its place.
    let start = (attribute.value.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    let end = start.saturating_add(attribute.value.len());
    let inside = text.get(start..end) == Some(attribute.value.as_ref());
    Some((key, if inside { Span::new(start, end) } else { Span::default() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scalar;

    const HEAD: &str = "<?xml version=\"1.0\"?><!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">";

    #[test]
    fn reads_entries_with_spans() {
        let text = format!(
            "{HEAD}<properties><comment>no &amp;</comment><entry key=\"a&amp;é\">x &lt;&#65;<![CDATA[<]]></entry><entry key='b'/></properties>"
        );
        let found = read(&text);
        assert_eq!(found.error, None);
        assert_eq!(found.properties[0].key, "a&é");
        assert_eq!(&text[found.properties[0].key_span.range()], "a&amp;é");
        assert_eq!(found.properties[0].value.items[0].scalar, Scalar::Text("x <A<".into()));
        assert_eq!(&text[found.properties[0].value_span.range()], "x &lt;&#65;<![CDATA[<]]>");
        assert_eq!(found.properties[1].key, "b");
    }

    #[test]
    fn refuses_what_java_refuses_and_reads_on() {
        let failed = |text: &str| {
            let found = read(text);
            assert!(found.error.is_some(), "{text}");
            found.properties.len()
        };
        assert_eq!(failed("<properties><entry key=\"a\">b</entry></properties>"), 1);
        assert_eq!(failed(&format!("{HEAD}<props><entry key=\"a\">b</entry></props>")), 1);
        assert_eq!(failed(&format!("{HEAD}<properties><entry>b</entry><entry key=\"a\">c</entry></properties>")), 1);
        assert_eq!(failed(&format!("{HEAD}<properties><entry key=\"a\">b&x;")), 1);
        assert_eq!(failed("<"), 0);
    }

    #[test]
    fn decodes_by_the_declaration() {
        assert_eq!(
            decode(b"<?xml version='1.0' encoding='ISO-8859-1'?>\xE9"),
            "<?xml version='1.0' encoding='ISO-8859-1'?>é"
        );
        assert_eq!(decode("<a>é".as_bytes()), "<a>é");
    }
}
