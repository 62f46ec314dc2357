//! ISO 9075-14 names: how a repository name that XML cannot hold is written as an element or attribute name.
//!
//! Follows `org.apache.jackrabbit.util.ISO9075`: a character is written as `_xHHHH_`, one UTF-16 code unit each.

use std::borrow::Cow;

/// The length of one escape, `_xHHHH_`.
const ESCAPE: usize = 7;

/// Decodes every `_xHHHH_` from left to right; what is no such escape stays as it is.
pub fn decode(name: &str) -> Cow<'_, str> {
    let bytes = name.as_bytes();
    if bytes.len() < ESCAPE || !bytes.iter().fold(false, |any, &b| any | (b == b'_')) {
        return Cow::Borrowed(name);
    }
    let escapes = |at: &usize| bytes.get(at + 1) == Some(&b'x') && bytes.len() >= at + ESCAPE;
    let Some(first) = memchr::memchr_iter(b'_', bytes).find(escapes) else {
        return Cow::Borrowed(name);
    };
    let mut units: Vec<u16> = Vec::with_capacity(name.len());
    units.extend(name.get(..first).unwrap_or_default().encode_utf16());
    let mut rest = name.get(first..).unwrap_or_default();
    while let Some(next) = rest.chars().next() {
        match escape_at(rest) {
            Some(unit) => {
                units.push(unit);
                rest = rest.get(ESCAPE..).unwrap_or_default();
            }
            None => {
                units.extend_from_slice(next.encode_utf16(&mut [0; 2]));
                rest = rest.get(next.len_utf8()..).unwrap_or_default();
            }
        }
    }
    Cow::Owned(String::from_utf16_lossy(&units))
}

/// Encodes what may not stand in an XML name, and every `_` that would otherwise begin an escape.
pub fn encode(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for (at, c) in name.char_indices() {
        let allowed = if at == 0 { is_name_start(c) } else { is_name(c) };
        let ambiguous = c == '_' && name.get(at..).and_then(escape_at).is_some();
        if allowed && !ambiguous {
            out.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            out.push_str(&format!("_x{unit:04x}_"));
        }
    }
    out
}

/// The code unit of the escape that `text` starts with.
fn escape_at(text: &str) -> Option<u16> {
    let digits = text.as_bytes().strip_prefix(b"_x")?;
    if digits.get(4) != Some(&b'_') {
        return None;
    }
    digits.iter().take(4).try_fold(0u16, |unit, digit| {
        let value = char::from(*digit).to_digit(16).and_then(|value| u16::try_from(value).ok())?;
        Some(unit << 4 | value)
    })
}

/// Whether XML 1.0 lets a name start with `c`, in the Basic Multilingual Plane as Jackrabbit tests it.
fn is_name_start(c: char) -> bool {
    matches!(c, ':' | '_' | 'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}' | '\u{200d}' | '\u{2070}'..='\u{218f}'
        | '\u{2c00}'..='\u{2fef}' | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}')
}

/// Whether XML 1.0 lets a name hold `c` after its first character.
fn is_name(c: char) -> bool {
    is_name_start(c) || matches!(c, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}' | '\u{2040}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    #[test]
    fn decodes_and_encodes_as_upstream() {
        let mut seen = 0;
        for vector in vectors::read("iso9075.jsonl") {
            let name = vector.input["name"].as_str().unwrap();
            let actual = match vector.format.as_str() {
                "iso9075.decode" => decode(name).into_owned(),
                "iso9075.encode" => encode(name),
                other => panic!("unknown format {other}"),
            };
            assert_eq!(actual, vector.expected.as_str().unwrap(), "{} {name:?}", vector.format);
            seen += 1;
        }
        assert!(seen > 30, "only {seen} vectors");
    }

    #[test]
    fn reads_escapes_from_left_to_right_without_overlap() {
        assert_eq!(decode("_x0020_x0020_"), " x0020_");
        assert_eq!(decode("_xd83d__xde00_"), "\u{1f600}");
    }

    proptest::proptest! {
        #[test]
        fn decodes_what_it_encodes(name in "\\PC{0,20}") {
            let encoded = encode(&name);
            proptest::prop_assert_eq!(decode(&encoded), name);
        }
    }
}
