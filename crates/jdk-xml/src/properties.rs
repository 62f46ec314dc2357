//! The XML form of `java.util.Properties` (`loadFromXML`): `<entry key="…">…</entry>` below `<properties>`, behind the
//! document type that names Sun's DTD.
//!
//! Follows `PropertiesDefaultHandler` of OpenJDK 17, and reads on where that refuses the file.

use std::borrow::Cow;

use crate::handler::{Element, Handler};
use crate::reading::read;
use crate::report::Report;
use text_spans::{ReadError, Span};

/// The system identifier without which Java refuses the file.
const DTD: &str = "http://java.sun.com/dtd/properties.dtd";

/// A properties document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Properties {
    /// All entries in the order of the file. Of several with one key Java takes the last.
    pub entries: Vec<Property>,
    /// Why Java refuses the file, when it does; `entries` then holds what could be read.
    pub error: Option<ReadError>,
    /// Whether the file has a DTD with an internal subset.
    pub internal_dtd: bool,
    /// Whether some of the file could not be read as XML.
    pub partial: bool,
}

/// One entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
    /// Where the key is written, without quotes.
    pub key_span: Span,
    /// Where the value is written, from its first to its last character; behind the key if it is empty.
    pub value_span: Span,
}

impl Properties {
    /// Reads a properties document.
    pub fn read(text: &str) -> Self {
        let mut builder = Builder::default();
        let mut report = read(text, &mut builder);
        let named = report.doctype.as_ref();
        if !named.is_some_and(|doctype| doctype.name == "properties" && doctype.system.as_deref() == Some(DTD)) {
            report.fail(
                Span::default(),
                "the document type of a properties document is missing: Java refuses the file without \
                 `<!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">`",
            );
        }
        if report.is_xml_1_1 {
            report.fail(Span::default(), "a properties document must be XML 1.0");
        }
        let Report { error, internal_dtd, partial, .. } = report;
        Self { entries: builder.entries, error, internal_dtd, partial }
    }
}

#[derive(Default)]
struct Builder {
    entries: Vec<Property>,
    depth: u32,
    /// The depth of the entry whose text is being collected.
    collecting: Option<u32>,
}

impl<'t> Handler<'t> for Builder {
    fn start(&mut self, element: &mut Element<'_, 't>, report: &mut Report) {
        let is_root = self.depth == 0 && !element.salvaged;
        match element.name {
            "properties" if is_root => {}
            _ if is_root => report.fail(element.span, "the root element must be `properties`"),
            "entry" => self.entry(element, report),
            "comment" if self.collecting.is_none() => {}
            _ => report.fail(element.span, "an element that a properties document does not have here"),
        }
        if !element.salvaged {
            self.depth = self.depth.saturating_add(1);
        }
    }

    fn end(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.collecting == Some(self.depth) {
            self.collecting = None;
        }
    }

    fn text(&mut self, text: &str, span: Span) {
        let (Some(_), Some(entry)) = (self.collecting, self.entries.last_mut()) else { return };
        entry.value_span = if entry.value.is_empty() { span } else { entry.value_span.to(span) };
        // What is written as it is has line feeds only; a reference can stand for any character.
        let is_written = span.len() == text.len();
        entry.value.push_str(&if is_written { with_line_feeds(text) } else { Cow::Borrowed(text) });
    }
}

impl Builder {
    fn entry(&mut self, element: &Element<'_, '_>, report: &mut Report) {
        if self.collecting.is_some() && !element.salvaged {
            report.fail(element.span, "an element that a properties document does not have here");
        }
        let Some(key) = element.attributes.iter().find(|attribute| attribute.name == "key") else {
            report.fail(element.span, "an `entry` element has no `key` attribute");
            return;
        };
        let end = key.value_span.end;
        self.entries.push(Property {
            key: key.value.clone().into_owned(),
            value: String::new(),
            key_span: key.value_span,
            value_span: Span { start: end, end },
        });
        self.collecting = Some(self.depth).filter(|_| !element.salvaged);
    }
}

/// A text in which every line ends as XML has it.
fn with_line_feeds(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\r', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "<?xml version=\"1.0\"?><!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">";

    #[test]
    fn reads_entries_with_spans() {
        let text = format!(
            "{HEAD}<properties><comment>no &amp;</comment><entry key=\"a&amp;é\">x\r\n&lt;&#65;&#13;<![CDATA[<]]></entry>\
             <entry key='b'/></properties>"
        );
        let found = Properties::read(&text);
        assert_eq!((found.error, found.partial, found.internal_dtd), (None, false, false));
        let [first, second] = found.entries.as_slice() else { panic!("{:?}", found.entries) };
        assert_eq!((first.key.as_str(), first.value.as_str()), ("a&é", "x\n<A\r<"));
        assert_eq!(&text[first.key_span.range()], "a&amp;é");
        assert_eq!(&text[first.value_span.range()], "x\r\n&lt;&#65;&#13;<![CDATA[<");
        assert_eq!((second.key.as_str(), second.value.as_str(), second.value_span.is_empty()), ("b", "", true));
    }

    #[test]
    fn refuses_what_java_refuses_and_reads_on() {
        let failed = |text: &str| {
            let found = Properties::read(text);
            assert!(found.error.is_some(), "{text}");
            found.entries.len()
        };
        assert_eq!(failed("<properties><entry key=\"a\">b</entry></properties>"), 1);
        assert_eq!(failed(&format!("{HEAD}<props><entry key=\"a\">b</entry></props>")), 1);
        assert_eq!(failed(&format!("{HEAD}<properties><entry>b</entry><entry key=\"a\">c</entry></properties>")), 1);
        assert_eq!(failed(&format!("{HEAD}<properties><entry key=\"a\">b&x;")), 1);
        assert_eq!(failed(&format!("{HEAD}<properties><entry key=\"a\"><comment/></entry><x/></properties>")), 1);
        assert_eq!(failed(&HEAD.replace("DOCTYPE properties", "DOCTYPE x").replace("1.0", "1.1")), 0);
        assert_eq!(failed("<"), 0);
    }
}
