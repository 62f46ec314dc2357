//! The escapes of a text that no reader could parse, undone: what a value would say if the file were in order.

use text_spans::Span;

/// A text with its escapes undone, and the way back to where things stand in the original.
#[derive(Debug)]
pub struct Decoded {
    /// XML character references, predefined entities, the marks of CDATA sections, `\uXXXX` and backslashes undone.
    pub text: String,
    /// For every stretch: where it starts in `text` and in the original.
    stretches: Vec<(u32, u32)>,
    original_len: usize,
}

/// Undoes the escapes of XML, JSON and Java properties, all in one pass.
pub fn decode(original: &str) -> Decoded {
    let mut decoded =
        Decoded { text: String::with_capacity(original.len()), stretches: vec![(0, 0)], original_len: original.len() };
    let has_sections = memchr::memmem::find(original.as_bytes(), SECTION_START.as_bytes()).is_some();
    let next = |rest: &[u8]| match has_sections {
        false => memchr::memchr2(b'&', b'\\', rest),
        true => rest.iter().position(|byte| matches!(byte, b'&' | b'\\' | b'<' | b']')),
    };
    let mut from = 0;
    while let Some(at) = next(original.as_bytes().get(from..).unwrap_or_default()).map(|at| from + at) {
        decoded.text.push_str(original.get(from..at).unwrap_or_default());
        let rest = original.get(at..).unwrap_or_default();
        let (meant, length) = escape(rest).unwrap_or_else(|| (rest.chars().next(), 1));
        decoded.text.extend(meant);
        from = at + length;
        let start = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        decoded.stretches.push((start(decoded.text.len()), start(from)));
    }
    decoded.text.push_str(original.get(from..).unwrap_or_default());
    decoded
}

/// What a CDATA section begins with: the text in it goes on with that around it.
const SECTION_START: &str = "<![CDATA[";
const SECTION_END: &str = "]]>";

/// The character that an escape at the start of `rest` means (none for a line continuation, and for the marks of a CDATA
/// section), and the escape's length.
fn escape(rest: &str) -> Option<(Option<char>, usize)> {
    if let Some(mark) = [SECTION_START, SECTION_END].into_iter().find(|mark| rest.starts_with(mark)) {
        return Some((None, mark.len()));
    }
    if let Some(reference) = rest.strip_prefix('&') {
        let end = reference.bytes().take(12).position(|b| b == b';')?;
        let name = reference.get(..end)?;
        let c = match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code)?
            }
        };
        return Some((Some(c), end + 2));
    }
    let escaped = rest.strip_prefix('\\')?;
    if let Some(hex) = escaped.strip_prefix('u') {
        let code = hex.get(..4).filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()))?;
        let c = char::from_u32(u32::from_str_radix(code, 16).ok()?).unwrap_or(char::REPLACEMENT_CHARACTER);
        return Some((Some(c), 6));
    }
    let c = escaped.chars().next()?;
    let meant = match c {
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        '\n' | '\r' => None,
        other => Some(other),
    };
    Some((meant, 1 + c.len_utf8()))
}

impl Decoded {
    /// Where a range of the decoded text stands in the original.
    pub fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.original(range.start), self.original(range.end))
    }

    fn original(&self, at: usize) -> usize {
        let after = self.stretches.partition_point(|&(decoded, _)| decoded as usize <= at);
        let (decoded, original) = self.stretches.get(after.saturating_sub(1)).copied().unwrap_or_default();
        (original as usize + at.saturating_sub(decoded as usize)).min(self.original_len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn undoes_the_escapes_of_all_formats() {
        let original = "a=\"https&#58;//ims\\u002dna1.adobe&#x6C;ogin.com\\/ims &amp; \\\n x\"";
        let decoded = decode(original);
        assert_eq!(decoded.text, "a=\"https://ims-na1.adobelogin.com/ims &  x\"");
        let at = decoded.text.find("adobelogin.com").unwrap();
        let span = decoded.span(at..at + "adobelogin.com".len());
        assert_eq!(&original[span.range()], "adobe&#x6C;ogin.com");
    }

    #[test]
    fn texts_that_cdata_sections_cut_are_joined() {
        let original = "<a>https://ims<![CDATA[-na1.adobe]]><![CDATA[login]]>.com ] ]] < <!</a>";
        let decoded = decode(original);
        assert_eq!(decoded.text, "<a>https://ims-na1.adobelogin.com ] ]] < <!</a>");
        assert_eq!(decode("a ]]> b").text, "a ]]> b", "there is no section");
    }

    #[test]
    fn what_is_no_escape_stays() {
        for text in ["a & b", "&unknown;", "&#xZZ;", "\\", "&", "\\uZZ", "&#1114112;"] {
            let decoded = decode(text);
            assert!(
                text.chars().filter(|c| *c != '\\').all(|c| decoded.text.contains(c)),
                "{text} -> {}",
                decoded.text
            );
        }
    }

    proptest! {
        #[test]
        fn every_span_lies_in_the_original(original in "[a&\\\\u0-9;#xé\n]{0,40}", from in 0usize..40, len in 0usize..40) {
            let decoded = decode(&original);
            let span = decoded.span(from..from + len);
            prop_assert!(span.range().end <= original.len() && span.start <= span.end);
        }
    }
}
