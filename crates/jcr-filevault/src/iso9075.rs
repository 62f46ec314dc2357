//! ISO 9075-14 names: how a repository name that XML cannot hold is written as an element or attribute name.
//!
//! Follows `org.apache.jackrabbit.util.ISO9075`: a character is written as `_xHHHH_`, one UTF-16 code unit each.

use std::borrow::Cow;

/// The length of one escape, `_xHHHH_`.
const ESCAPE: usize = 7;

/// Decodes every `_xHHHH_` from left to right; what is no such escape stays as it is.
pub(crate) fn decode(name: &str) -> Cow<'_, str> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    #[test]
    fn decodes_as_upstream() {
        let mut seen = 0;
        for vector in vectors::read("iso9075.jsonl") {
            let name = vector.input["name"].as_str().unwrap();
            let expected = vector.expected.as_str().unwrap();
            match vector.format.as_str() {
                "iso9075.decode" => assert_eq!(decode(name), expected, "{name:?}"),
                // The other direction: what upstream encodes must lead back to the name.
                "iso9075.encode" => assert_eq!(decode(expected), name, "{expected:?}"),
                other => panic!("unknown format {other}"),
            }
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
        fn never_panics(name in "\\PC{0,20}|[_xX0-9a-fé😀]{0,24}") {
            decode(&name);
        }
    }
}
