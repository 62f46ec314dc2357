//! Takes the comments out of a `.cfg.json` text, as Felix `cm.json` does before it parses, and remembers what stood
//! where.

use std::borrow::Cow;

use text_spans::Span;

/// A text without its comments.
pub(super) struct Stripped<'t> {
    /// The text that is parsed.
    pub(super) text: Cow<'t, str>,
    /// Where runs of kept text start: in [`text`](Self::text), and in the original.
    runs: Vec<(usize, usize)>,
}

impl Stripped<'_> {
    /// The place in the original text of a place in the stripped one.
    fn original(&self, at: usize) -> usize {
        let run = self.runs.partition_point(|&(stripped, _)| stripped <= at);
        match run.checked_sub(1).and_then(|run| self.runs.get(run)) {
            Some((stripped, original)) => original + (at - stripped),
            None => at,
        }
    }

    /// The span in the original text of the bytes `start..end` of the stripped one.
    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        let first = self.original(start);
        // The end belongs to the run of the last byte, not to the one that starts behind it.
        let last = if end > start { self.original(end - 1) + 1 } else { first };
        Span::new(first, last)
    }
}

/// Strips `//` up to the line feed and `/* … */`; line feeds inside comments stay. A comment that is not closed takes
/// the rest of the text, and so does a lone `/` at the very end. Strings are left alone.
///
/// cm.json remembers the last character: the `/` that closes a comment opens the next one where a `/` or a `*` follows,
/// so that of `/* a *//* b */` the second half is a comment to the end of the line.
pub(super) fn strip(text: &str) -> Stripped<'_> {
    let bytes = text.as_bytes();
    if !bytes.contains(&b'/') {
        return Stripped { text: Cow::Borrowed(text), runs: Vec::new() };
    }
    let mut out = String::with_capacity(text.len());
    let mut runs = Vec::new();
    let mut kept = 0;
    let mut keep = |out: &mut String, from: usize, to: usize| {
        if from < to {
            runs.push((out.len(), from));
            out.push_str(text.get(from..to).unwrap_or_default());
        }
    };
    let mut at = 0;
    let mut in_string = false;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'/' if !in_string => match bytes.get(at + 1) {
                None => {
                    keep(&mut out, kept, at);
                    kept = bytes.len();
                }
                Some(b'/') => {
                    keep(&mut out, kept, at);
                    kept = memchr::memchr(b'\n', bytes.get(at..).unwrap_or_default()).map_or(bytes.len(), |n| at + n);
                    at = kept;
                    continue;
                }
                Some(b'*') => {
                    keep(&mut out, kept, at);
                    // The star that opens the comment may be the one that closes it: `/*/` is whole.
                    let close = memchr::memmem::find(bytes.get(at + 1..).unwrap_or_default(), b"*/");
                    kept = close.map_or(bytes.len(), |n| at + n + 3);
                    for line_feed in memchr::memchr_iter(b'\n', bytes.get(at..kept).unwrap_or_default()) {
                        keep(&mut out, at + line_feed, at + line_feed + 1);
                    }
                    let opens = close.is_some() && matches!(bytes.get(kept), Some(b'/' | b'*'));
                    at = kept - usize::from(opens);
                    continue;
                }
                Some(_) => {}
            },
            _ => {}
        }
        at += 1;
    }
    keep(&mut out, kept, bytes.len());
    Stripped { text: Cow::Owned(out), runs }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    #[test]
    fn strips_as_the_vectors_say() {
        let mut seen = 0;
        for vector in vectors::of("cfgjson.jsonl", "felix.cfgjson.strip") {
            assert_eq!(strip(vector.text()).text, vector.expected.as_str().unwrap(), "{vector:?}");
            seen += 1;
        }
        assert_eq!(seen, 13);
    }

    #[test]
    fn spans_point_into_the_original() {
        let text = "/* é\n */{\"a\":/**/1// x\n,\"b\":2}/*/";
        let stripped = strip(text);
        assert_eq!(stripped.text, "\n{\"a\":1\n,\"b\":2}");
        for part in ["{\"a\":", "1", ",\"b\":2}"] {
            let start = stripped.text.find(part).unwrap();
            assert_eq!(&text[stripped.span(start, start + part.len()).range()], part);
        }
    }

    #[test]
    fn the_end_of_a_comment_opens_the_next_one() {
        assert_eq!(strip("{\"k\":1/**//**/}\n}").text, "{\"k\":1\n}");
        assert_eq!(strip("/*/*/{}").text, "{}");
        assert_eq!(strip("/* a */ /* b */{}").text, " {}");
        assert_eq!(strip("/**/*{}").text, "");
    }

    #[test]
    fn an_escaped_quote_does_not_end_a_string() {
        assert_eq!(strip("{\"a\":\"\\\"// no comment\"}").text, "{\"a\":\"\\\"// no comment\"}");
        assert_eq!(strip("\"\\").text, "\"\\");
    }
}
