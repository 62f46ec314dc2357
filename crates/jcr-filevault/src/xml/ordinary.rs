//! Start tags as nearly all are written, read in one pass: a name, attributes in quotes, and nothing wrong.
//!
//! Any other tag is left to quick-xml and to [`attributes::scan`](super::attributes::scan), which know what to make of
//! mistakes. What is read here they would read in the same way.

use std::ops::Range;

use super::attributes::{self, RawAttribute};
use super::{Handler, Namespaces, Open, Parser};
use text_spans::Span;

/// An ordinary start tag.
#[derive(Debug, PartialEq)]
pub(super) struct Ordinary {
    /// Where its name ends.
    pub(super) name_end: usize,
    /// Bytes of the name before its first colon.
    pub(super) prefix: usize,
    /// Where its attributes end: at `>` or `/>`.
    pub(super) end: usize,
    /// Whether it ends with `/>`.
    pub(super) empty: bool,
    /// Whether it is [plain](PlainTag), provided that there is no document type.
    pub(super) plain: bool,
}

impl Ordinary {
    /// The first byte behind the tag.
    pub(super) fn behind(&self) -> usize {
        self.end + if self.empty { 2 } else { 1 }
    }
}

/// A start tag without a mistake of XML, without namespace declarations, and in which nothing is written otherwise than
/// it is meant: its names hold no escapes, its values neither a backslash nor a reference to anything but white space,
/// quotes, `<`, `>` and `&`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlainTag<'a, 't> {
    /// All of the text that the tag is in.
    pub(super) text: &'a str,
    /// The element's name.
    pub(crate) name: &'a str,
    /// Bytes of the name before its first colon.
    pub(crate) prefix: usize,
    /// The tag from its name to its end.
    pub(crate) written: &'a str,
    pub(super) attributes: &'a [RawAttribute],
    /// The prefixes in scope.
    pub(crate) namespaces: &'a Namespaces<'t>,
}

impl<'a> PlainTag<'a, '_> {
    /// The names of its attributes, in order.
    pub(crate) fn names(&self) -> impl ExactSizeIterator<Item = &'a str> + use<'a> {
        let text = self.text;
        self.attributes.iter().map(move |attribute| text.get(attribute.name.clone()).unwrap_or_default())
    }

    /// For each of its attributes the name, how many bytes are before the first colon in it, and the value, as written,
    /// if it begins with a `{`.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = (&'a str, usize, Option<&'a str>)> + use<'a> {
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

/// Reads the tag whose name starts at `start`, if it is an ordinary one, and appends its attributes to `out`.
pub(super) fn read(text: &str, start: usize, out: &mut Vec<RawAttribute>) -> Option<Ordinary> {
    let bytes = text.as_bytes();
    let name = attributes::ordinary_name(bytes, start)?;
    let mut plain = !name.escaped;
    let mut at = name.end;
    let mut space = 0..0;
    loop {
        let before = at;
        // Attributes that stand below each other have the same space before them.
        let same = bytes.get(space.clone()).filter(|same| bytes.get(at..).is_some_and(|rest| rest.starts_with(same)));
        at = attributes::skip_space(bytes, at + same.map_or(0, <[u8]>::len));
        space = before..at;
        match *bytes.get(at)? {
            b'>' => return Some(Ordinary { name_end: name.end, prefix: name.prefix, end: at, empty: false, plain }),
            b'/' if bytes.get(at + 1) == Some(&b'>') => {
                return Some(Ordinary { name_end: name.end, prefix: name.prefix, end: at, empty: true, plain });
            }
            _ if at == before => return None,
            _ => {}
        }
        let name = attributes::ordinary_name(bytes, at)?;
        let [b'=', quote @ (b'"' | b'\''), ..] = *bytes.get(name.end..)? else { return None };
        plain &= !name.escaped && !bytes.get(at..name.end).is_some_and(|name| name.starts_with(b"xmlns"));
        let value = name.end + 2;
        let mut end = value;
        loop {
            end += memchr::memchr3(quote, b'&', b'<', bytes.get(end..)?)?;
            match bytes.get(end) {
                Some(b'&') => plain &= stands_for_markup_or_space(bytes.get(end + 1..)?),
                Some(b'<') => return None,
                _ => break,
            }
            end += 1;
        }
        out.push(RawAttribute { name: at..name.end, prefix: name.prefix, value: value..end });
        at = end + 1;
    }
}

impl<'t: 'x, 'x, H: Handler<'t>> Parser<'t, 'x, '_, H> {
    /// Reads ordinary start and end tags with nothing but white space between them, from `at` in the file, which is
    /// `text`, to the first place where there is anything else.
    pub(super) fn ordinary(&mut self, text: &'x str, mut at: usize) -> usize {
        let bytes = text.as_bytes();
        loop {
            let tag = attributes::skip_space(bytes, at);
            let behind = match bytes.get(tag..) {
                Some([b'<', b'/', ..]) => self.ordinary_end(text, at..tag),
                Some([b'<', ..]) => self.ordinary_start(text, at..tag),
                _ => None,
            };
            match behind {
                Some(behind) => at = behind,
                None => return at,
            }
        }
    }

    /// Reads the start tag behind `space` if it is an ordinary one; then gives where it ends.
    fn ordinary_start(&mut self, text: &'x str, space: Range<usize>) -> Option<usize> {
        if self.open.is_empty() && self.rooted {
            return None;
        }
        let start = space.end + 1;
        self.raw.clear();
        let tag = read(text, start, &mut self.raw)?;
        let name = text.get(start..tag.name_end)?;
        let written = text.get(start..tag.end)?;
        self.rooted = true;
        self.space(text, space);
        let plain = tag.plain && self.dtd.is_empty() && memchr::memchr(b'\\', written.as_bytes()).is_none();
        let passes = plain && {
            let tag = PlainTag {
                text,
                name,
                prefix: tag.prefix,
                written,
                attributes: &self.raw,
                namespaces: &self.namespaces,
            };
            self.handler.passes(&tag)
        };
        if !passes {
            self.element(text, name, Span::new(start, tag.name_end), None, tag.empty);
        } else if tag.empty {
            self.handler.end();
        } else {
            self.open.push(Open { name, bindings: self.namespaces.len() });
        }
        Some(tag.behind())
    }

    /// Reads the end tag behind `space` if it is that of the innermost open element; then gives where it ends.
    fn ordinary_end(&mut self, text: &'x str, space: Range<usize>) -> Option<usize> {
        let start = space.end + "</".len();
        let open = self.open.last()?;
        let end = start + open.name.len();
        if text.as_bytes().get(start..end)? != open.name.as_bytes() || text.as_bytes().get(end) != Some(&b'>') {
            return None;
        }
        self.space(text, space);
        let open = self.open.pop()?;
        self.namespaces.truncate(open.bindings);
        self.handler.end();
        Some(end + 1)
    }

    /// Hands over the white space between two tags.
    fn space(&mut self, text: &str, range: Range<usize>) {
        if !range.is_empty() {
            self.handler.text(text.get(range.clone()).unwrap_or_default(), Span::new(range.start, range.end));
        }
    }
}

/// Whether the reference that goes on with `rest` is one of those that a [plain](PlainTag) tag may hold.
fn stands_for_markup_or_space(rest: &[u8]) -> bool {
    matches!(
        rest,
        [b'l' | b'g', b't', b';', ..]
            | [b'a', b'm', b'p', b';', ..]
            | [b'q', b'u', b'o', b't', b';', ..]
            | [b'a', b'p', b'o', b's', b';', ..]
            | [b'#', b'x', b'a' | b'A' | b'd' | b'D' | b'9', b';', ..]
            | [b'#', b'9', b';', ..]
            | [b'#', b'1', b'0' | b'3', b';', ..]
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str) -> Option<(Ordinary, Vec<RawAttribute>)> {
        let mut out = Vec::new();
        read(text, 1, &mut out).map(|tag| (tag, out))
    }

    #[test]
    fn ordinary_tags_are_read() {
        let text = "<a:b c='\"' \n d:e=\"&lt;\t'é\"/> <f/>";
        let (found, attributes) = tag(text).unwrap();
        assert_eq!((&text[1..found.name_end], &text[found.behind()..]), ("a:b", " <f/>"));
        assert_eq!((found.empty, found.plain), (true, true));
        let attributes = attributes.iter().map(|found| (&text[found.name.clone()], &text[found.value.clone()]));
        assert_eq!(attributes.collect::<Vec<_>>(), [("c", "\""), ("d:e", "&lt;\t'é")]);
    }

    #[test]
    fn what_is_written_otherwise_than_meant_is_not_plain() {
        for text in
            ["<a b='&#97;'>", "<a b='&x;'>", "<a b='& '>", "<a xmlns='x'>", "<a_x0020_ b='1'>", "<a b_x0020_='1'>"]
        {
            assert_eq!(tag(text).map(|(tag, _)| tag.plain), Some(false), "{text}");
        }
        for text in ["<a>", "<a b='&amp;&quot;&apos;&gt;&#xa;&#xD;&#9;&#10;'/>", "<_x b='é'>"] {
            assert_eq!(tag(text).map(|(tag, _)| tag.plain), Some(!text.contains("_x")), "{text}");
        }
    }

    #[test]
    fn mistakes_are_left_to_others() {
        for text in
            ["<a", "<1>", "<a b>", "<a b=c>", "<a b = 'c'>", "<a b='c'd='e'>", "<a b='<'>", "<a b='c>", "<a/ >", "<é$>"]
        {
            assert_eq!(tag(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn quick_xml_and_the_scan_find_the_same(
            inner in "([a-b:_é]{1,2}(=('[a&;é\"]{0,3}'|\"[/'>\t]{0,3}\"))?|[ \n<>/='\"]|a='1'| b=\"&lt;\"| _x0020_=''){0,7}",
            end in "/?>",
        ) {
            let text = format!("<a{inner}{end} <b c='d'/>");
            if let Some((ordinary, found)) = tag(&text) {
                let mut reader = quick_xml::Reader::from_str(&text);
                let event = reader.read_event().unwrap();
                proptest::prop_assert_eq!(reader.buffer_position(), ordinary.behind() as u64);
                proptest::prop_assert_eq!(matches!(event, quick_xml::events::Event::Empty(_)), ordinary.empty);
                proptest::prop_assert_eq!(attributes::end_of_name(text.as_bytes(), 1), ordinary.name_end);
                proptest::prop_assert!(attributes::is_name(&text.as_bytes()[1..ordinary.name_end]));
                let mut scanned = Vec::new();
                let scan = attributes::scan(&text, ordinary.name_end..ordinary.end, false, &mut scanned);
                proptest::prop_assert_eq!((scan.error, scan.hidden_tag), (None, None));
                proptest::prop_assert_eq!(scanned, found);
            }
        }
    }
}
