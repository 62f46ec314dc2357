//! The attributes in a start tag, as they are written, with what is wrong with them.
//!
//! Own code rather than quick-xml's iterator: every place must be exact, and after a mistake the rest still counts.

use std::ops::Range;

/// One attribute as written; the ranges are bytes of the text that holds the tag.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RawAttribute {
    pub(super) name: Range<usize>,
    /// Bytes of the name before its first colon.
    pub(super) prefix: usize,
    /// Without quotes.
    pub(super) value: Range<usize>,
}

/// What scanning a tag came to.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Scan {
    /// The first mistake: where and what.
    pub(super) error: Option<(usize, &'static str)>,
    /// A `<` in a value that a mistake follows: its quote was probably never closed, so that tags hide in the value.
    pub(super) hidden_tag: Option<usize>,
    /// Where scanning ended.
    pub(super) end: usize,
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
pub(super) fn scan(text: &str, range: Range<usize>, loose: bool, out: &mut Vec<RawAttribute>) -> Scan {
    let bytes = text.as_bytes().get(..range.end).unwrap_or_default();
    let byte = |at: usize| bytes.get(at).copied();
    let skip_space = |at: usize| skip_space(bytes, at);
    let mut scan = Scan::default();
    let mut first_lt = None;
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
        if !is_name {
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
        let inner = bytes.get(value.clone()).unwrap_or_default();
        let lt = memchr::memchr(b'<', inner).map(|lt| value.start + lt);
        let prefix = bytes.get(name.clone()).and_then(|name| name.iter().position(|&b| b == b':')).unwrap_or(0);
        out.push(RawAttribute { name, prefix, value });
        if let Some(lt) = lt {
            if loose {
                at = lt;
                break;
            }
            // The mistake itself is reported by whoever decodes the value: without more it hides nothing.
            if scan.error.is_none() {
                first_lt.get_or_insert(lt);
            }
        }
    }
    if scan.error.is_some() {
        scan.hidden_tag = first_lt;
    }
    scan.end = at;
    scan
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
pub(super) fn end_of_name(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|&b| class(b) & ENDS_NAME != 0).unwrap_or(rest.len())
}

/// Whether `name` is an XML name, as far as ASCII goes.
pub(super) fn is_name(name: &[u8]) -> bool {
    name.first().is_some_and(|&b| class(b) & STARTS_NAME != 0) && name.iter().all(|&b| class(b) & IN_NAME != 0)
}

/// The first byte from `at` on that is no white space.
pub(super) fn skip_space(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(|&b| class(b) & IS_SPACE == 0).unwrap_or(rest.len())
}

/// A name that [is one](is_name), as far as it goes.
pub(super) struct OrdinaryName {
    pub(super) end: usize,
    /// Bytes before the first colon.
    pub(super) prefix: usize,
    /// Whether it may hold an escape of ISO 9075.
    pub(super) escaped: bool,
}

/// The name that starts at `at`, up to the first byte that no name can hold.
pub(super) fn ordinary_name(bytes: &[u8], at: usize) -> Option<OrdinaryName> {
    if class(*bytes.get(at)?) & STARTS_NAME == 0 {
        return None;
    }
    let (mut end, mut colon, mut underscore) = (at, None, false);
    loop {
        end += letters(bytes.get(end..)?);
        let byte = *bytes.get(end)?;
        if class(byte) & IN_NAME == 0 {
            break;
        }
        if byte == b':' {
            colon.get_or_insert(end);
        }
        underscore |= byte == b'_';
        end += 1;
    }
    let escaped = underscore && bytes.get(at..end)?.windows(2).any(|pair| pair == b"_x");
    Some(OrdinaryName { end, prefix: colon.map_or(0, |colon| colon - at), escaped })
}

/// How many of the first eight bytes are ASCII letters, up to the first that is none. None of less than eight.
fn letters(rest: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = ONES << 7;
    let Some(first) = rest.first_chunk() else { return 0 };
    let bytes = u64::from_le_bytes(*first);
    // In lower case and without their highest bits, so that nothing is carried into the next byte.
    let lower = (bytes | (ONES * u64::from(b' '))) & !HIGH;
    let from_a = lower + ONES * u64::from(0x80 - b'a');
    let past_z = lower + ONES * u64::from(0x7f - b'z');
    let letters = from_a & !past_z & !bytes & HIGH;
    (letters ^ HIGH).trailing_zeros() as usize / 8
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
    fn ordinary_names_are_those_that_names_can_be() {
        for byte in 0..=u8::MAX {
            for before in ["", "a", "abcdefg", "abcdefgh", "ab:cdefghijk-Z"] {
                let text = [before.as_bytes(), &[byte, b'a', b' '], &[b'='; 8]].concat();
                let (name, is_name) = name_at(&text, 0);
                let found = ordinary_name(&text, 0);
                assert_eq!(found.as_ref().is_some_and(|found| found.end == name.end), is_name, "{before} {byte}");
                let colon = text[..name.end].iter().position(|&b| b == b':');
                assert!(!is_name || found.is_some_and(|found| found.prefix == colon.unwrap_or(0)));
            }
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
}
