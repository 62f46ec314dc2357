//! The attributes in a start tag, as they are written, with what is wrong with them.
//!
//! Own code rather than quick-xml's iterator: every place must be exact, and after a mistake the rest still counts.

use std::ops::Range;

/// One attribute as written; the ranges are bytes of the text that holds the tag.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RawAttribute {
    pub(crate) name: Range<usize>,
    /// Bytes of the name before its first colon.
    pub(crate) prefix: usize,
    /// Without quotes.
    pub(crate) value: Range<usize>,
}

/// What scanning a tag came to.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Scan {
    /// The first mistake: where and what.
    pub(crate) error: Option<(usize, &'static str)>,
    /// A `<` in a value that a mistake follows: its quote was probably never closed, so that tags hide in the value.
    pub(crate) hidden_tag: Option<usize>,
    /// Where scanning ended.
    pub(crate) end: usize,
    /// Whether there is no mistake and every name and value means what is written: no namespace declaration, no name
    /// that may hold an escape of ISO 9075, in the values neither a backslash nor a reference to anything but white
    /// space, quotes, `<`, `>` and `&`.
    pub(crate) is_literal: bool,
}

impl Scan {
    fn fail(&mut self, at: usize, reason: &'static str) {
        self.error.get_or_insert((at, reason));
    }
}

/// Scans `text[range]`, the part of a tag after its name, and appends its attributes to `out`.
///
/// When `loose`, the end of the tag is not known and `range` reaches to the end of the text: scanning then ends at the
/// next `<`, also at one in a value, and takes what looks like an attribute after a `>` too.
pub(crate) fn scan(text: &str, range: Range<usize>, loose: bool, out: &mut Vec<RawAttribute>) -> Scan {
    let bytes = text.as_bytes().get(..range.end).unwrap_or_default();
    let byte = |at: usize| bytes.get(at).copied();
    let skip_space = |at: usize| skip_space(bytes, at);
    let mut scan = Scan::default();
    let mut first_lt = None;
    let mut is_literal = true;
    let mut at = range.start;
    loop {
        let before = at;
        at = skip_space(at);
        let Some(next) = byte(at).filter(|&next| !(loose && next == b'<')) else { break };
        if at == before {
            scan.fail(at, "white space is missing before an attribute");
        }
        let (name, is_name) = name_at(bytes, at);
        if name.is_empty() {
            scan.fail(at, "a character that cannot start an attribute");
            at += if next < 0x80 { 1 } else { char_len(text, at) };
            continue;
        }
        let written_name = bytes.get(name.clone()).unwrap_or_default();
        let prefix = prefix_length(written_name);
        if !is_name || !is_qualified(written_name, prefix) {
            scan.fail(at, "not an XML name");
        }
        at = skip_space(name.end);
        if byte(at) != Some(b'=') {
            scan.fail(name.start, "an attribute without value");
            at = name.end;
            continue;
        }
        at = skip_space(at + 1);
        let value = match byte(at) {
            Some(quote @ (b'"' | b'\'')) => {
                let start = at + 1;
                let rest = bytes.get(start..).unwrap_or_default();
                match memchr::memchr(quote, rest) {
                    Some(len) => {
                        at = start + len + 1;
                        start..start + len
                    }
                    None => {
                        scan.fail(at, "an attribute value without closing quote");
                        let len = rest.iter().position(|b| matches!(b, b'<' | b'>' | b'\n')).unwrap_or(rest.len());
                        at = start + len;
                        start..at
                    }
                }
            }
            _ => {
                scan.fail(at, "an attribute value without quotes");
                let rest = bytes.get(at..).unwrap_or_default();
                let ends = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'<' | b'>');
                let start = at;
                at += rest.iter().position(ends).unwrap_or(rest.len());
                start..at
            }
        };
        let (lt, is_literal_value) = inspect_value(bytes.get(value.clone()).unwrap_or_default());
        let lt = lt.map(|lt| value.start + lt);
        is_literal &= is_literal_value && !may_be_escaped(written_name) && !written_name.starts_with(b"xmlns");
        out.push(RawAttribute { name, prefix, value });
        if let Some(lt) = lt {
            if loose {
                at = lt;
                break;
            }
            // The decoder of the value reports the mistake itself; without another one it hides no tag.
            if scan.error.is_none() {
                first_lt.get_or_insert(lt);
            }
        }
    }
    if scan.error.is_some() {
        scan.hidden_tag = first_lt;
    }
    scan.end = at;
    scan.is_literal = is_literal && scan.error.is_none();
    scan
}

/// Where the first `<` in a value is, and whether the value [means what is written](Scan::is_literal).
fn inspect_value(value: &[u8]) -> (Option<usize>, bool) {
    let mut is_literal = true;
    for at in memchr::memchr3_iter(b'<', b'&', b'\\', value) {
        match value.get(at..) {
            Some([b'<', ..]) => return (Some(at), false),
            Some([b'&', rest @ ..]) => is_literal &= stands_for_markup_or_space(rest),
            _ => is_literal = false,
        }
    }
    (None, is_literal)
}

/// Whether the reference that goes on with `rest` is one of those that a [literal](Scan::is_literal) value may hold.
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

/// Whether a name may hold an escape of ISO 9075.
pub(crate) fn may_be_escaped(name: &[u8]) -> bool {
    name.windows(2).any(|pair| pair == b"_x")
}

/// Bytes of a name before its first colon, 0 where there is none.
pub(crate) fn prefix_length(name: &[u8]) -> usize {
    name.iter().position(|&b| b == b':').unwrap_or(0)
}

/// The name that starts at `at`, and whether it [is one](is_name).
fn name_at(bytes: &[u8], at: usize) -> (Range<usize>, bool) {
    let rest = bytes.get(at..).unwrap_or_default();
    let mut all = IN_NAME;
    let ends = |&byte: &u8| {
        let class = class(byte);
        let ends = class & ENDS_NAME != 0;
        all &= if ends { all } else { class };
        ends
    };
    let length = rest.iter().position(ends).unwrap_or(rest.len());
    let starts = rest.first().is_some_and(|&byte| class(byte) & STARTS_NAME != 0);
    (at..at + length, length > 0 && starts && all != 0)
}

/// Where a name that starts at `at` ends: at the first character that cannot stand in the unquoted part of a tag.
pub(crate) fn end_of_name(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|&b| class(b) & ENDS_NAME != 0).unwrap_or(rest.len())
}

/// Whether `name` is an XML name, as far as ASCII goes.
pub(crate) fn is_name(name: &[u8]) -> bool {
    name.first().is_some_and(|&b| class(b) & STARTS_NAME != 0) && name.iter().all(|&b| class(b) & IN_NAME != 0)
}

/// Whether `name` is an XML name with at most one colon, which stands between two names, as far as ASCII goes.
pub(crate) fn is_qualified_name(name: &[u8]) -> bool {
    is_name(name) && is_qualified(name, prefix_length(name))
}

/// Whether an XML name with so many bytes before its first colon has no other one, and a name on both sides of it.
fn is_qualified(name: &[u8], prefix: usize) -> bool {
    if prefix == 0 {
        return name.first() != Some(&b':');
    }
    match name.get(prefix + 1..) {
        Some([first, rest @ ..]) => {
            *first != b':' && class(*first) & STARTS_NAME != 0 && rest.iter().all(|&byte| byte != b':')
        }
        _ => false,
    }
}

/// The first byte from `at` on that is no white space.
pub(crate) fn skip_space(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|&b| class(b) & IS_SPACE == 0).unwrap_or(rest.len())
}

/// What a byte can be to a name, as bits.
const ENDS_NAME: u8 = 1;
const STARTS_NAME: u8 = 2;
const IN_NAME: u8 = 4;
const IS_SPACE: u8 = 8;

static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < classes.len() {
        let b = byte as u8;
        let starts = b.is_ascii_alphabetic() || b == b'_' || b == b':' || b >= 0x80;
        let inner = starts || b.is_ascii_digit() || b == b'-' || b == b'.';
        let space = matches!(b, b' ' | b'\t' | b'\n' | b'\r');
        let ends = space || matches!(b, b'=' | b'"' | b'\'' | b'<' | b'>' | b'/');
        classes[byte] = (ends as u8 * ENDS_NAME)
            | (starts as u8 * STARTS_NAME)
            | (inner as u8 * IN_NAME)
            | (space as u8 * IS_SPACE);
        byte += 1;
    }
    classes
};

fn class(byte: u8) -> u8 {
    CLASSES[usize::from(byte)]
}

fn char_len(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(text: &str, loose: bool) -> (Vec<(&str, &str)>, Scan) {
        let mut out = Vec::new();
        let scan = scan(text, 0..text.len(), loose, &mut out);
        (out.into_iter().map(|a| (&text[a.name], &text[a.value])).collect(), scan)
    }

    #[test]
    fn finds_names_and_values() {
        let (found, scan) = attributes(" a=\"1\"\n b:c = '\"2\"' ", false);
        assert_eq!(found, [("a", "1"), ("b:c", "\"2\"")]);
        assert_eq!((scan.error, scan.hidden_tag), (None, None));
    }

    #[test]
    fn names_end_and_are_right_as_the_definition_says() {
        let ends = |byte: u8| b" \t\n\r=\"'<>/".contains(&byte);
        let starts = |byte: u8| byte.is_ascii_alphabetic() || b"_:".contains(&byte) || byte >= 0x80;
        let inner = |byte: u8| starts(byte) || byte.is_ascii_digit() || b"-.".contains(&byte);
        for byte in 0..=u8::MAX {
            for before in ["", "a", "abcdefg", "abcdefgh", "ab:cdefghijk-Z"] {
                let text = [before.as_bytes(), &[byte, b'a', b' '], &[b'='; 8]].concat();
                let end = text.iter().position(|&byte| ends(byte)).unwrap();
                let name = &text[..end];
                let right = name.first().is_some_and(|&first| starts(first)) && name.iter().all(|&byte| inner(byte));
                assert_eq!(name_at(&text, 0), (0..end, right), "{before} {byte}");
                assert_eq!((end_of_name(&text, 0), is_name(name)), (end, right), "{before} {byte}");
                assert_eq!(prefix_length(name), name.iter().position(|&b| b == b':').unwrap_or(0));
            }
        }
    }

    #[test]
    fn what_is_written_otherwise_than_meant_is_not_literal() {
        for text in [
            " b='&#97;'",
            " b='&x;'",
            " b='& '",
            " b='\\c'",
            " xmlns='x'",
            " xmlns:b='x'",
            " b_x0020_='1'",
            " b='<'",
            " b",
            " b=c",
            " b='c'd='e'",
            " b='c",
            "b='c'",
            " 1='c'",
        ] {
            assert!(!attributes(text, false).1.is_literal, "{text}");
        }
        for text in ["", " ", " b='&amp;&quot;&apos;&gt;&lt;&#xa;&#xD;&#9;&#10;'", " _='é'", " b = 'c' d:e=\"'\""] {
            assert!(attributes(text, false).1.is_literal, "{text}");
        }
    }

    #[test]
    fn goes_on_after_mistakes() {
        let (found, scan) = attributes(" a=1 b é=\"2\"c='3' =  d=\"4", false);
        assert_eq!(found, [("a", "1"), ("é", "2"), ("c", "3"), ("d", "4")]);
        assert_eq!(scan.error, Some((3, "an attribute value without quotes")));
    }

    #[test]
    fn suspects_a_tag_in_a_value_only_when_a_mistake_follows() {
        assert_eq!(attributes(" a=\"x<y\" b=\"1\"", false).1.hidden_tag, None);
        assert_eq!(attributes(" a=\"x><y b=\"1\" c=\"2\"", false).1.hidden_tag, Some(6));
    }

    #[test]
    fn loosely_ends_at_the_next_tag() {
        let (found, scan) = attributes(" a=\"1\"> b='2' text <c d='3'/>", true);
        assert_eq!(found, [("a", "1"), ("b", "2")]);
        assert_eq!(scan.end, 19);
    }

    proptest::proptest! {
        #[test]
        fn quick_xml_finds_the_same_attributes(
            inner in "([a-b:_é]{1,2}(=('[a&;é\"]{0,3}'|\"[/'>\t]{0,3}\"))?|[ \n<>/='\"]|a='1'| b=\"&lt;\"| _x0020_=''){0,7}",
            end in "/?>",
        ) {
            let text = format!("<a{inner}{end} <b c='d'/>");
            let mut reader = quick_xml::Reader::from_str(&text);
            let (tag, ends) = match reader.read_event() {
                Ok(quick_xml::events::Event::Start(tag)) => (tag, ">"),
                Ok(quick_xml::events::Event::Empty(tag)) => (tag, "/>"),
                _ => return Ok(()),
            };
            let name_end = end_of_name(text.as_bytes(), 1);
            let tag_end = usize::try_from(reader.buffer_position()).unwrap() - ends.len();
            let mut found = Vec::new();
            let scan = scan(&text, name_end..tag_end, false, &mut found);
            if scan.error.is_none() {
                proptest::prop_assert_eq!((scan.hidden_tag, scan.end), (None, tag_end));
                proptest::prop_assert_eq!(text[1..name_end].to_owned(), tag.name().as_ref().to_owned());
                let expected: Vec<(String, String)> = tag
                    .attributes()
                    .with_checks(false)
                    .map(|attribute| attribute.map(|found| (found.key.as_ref().to_owned(), found.value.into_owned())))
                    .collect::<Result<_, _>>()
                    .unwrap();
                let found: Vec<_> = found
                    .into_iter()
                    .map(|found| (text[found.name].to_owned(), text[found.value].to_owned()))
                    .collect();
                proptest::prop_assert_eq!(found, expected);
            }
        }
    }
}
