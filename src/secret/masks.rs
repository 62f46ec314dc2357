//! Which bytes of a file must not be shown: what the reader knows to be secret, and what it may have missed.

use super::names::keywords;
use super::{MASK, State, is_secret_name, shapes, state};
use std::borrow::Cow;
use std::ops::Range;
use text_spans::Span;

/// Bytes of a property name that are read, to either side of its keyword.
const MAX_NAME_BYTES: usize = 128;
/// Bytes of a value of a property that no reader gave. A longer one is masked up to here.
const MAX_VALUE_BYTES: usize = 64 << 10;
/// Bytes of a value that may be a placeholder. A longer one is masked.
const MAX_PLACEHOLDER_BYTES: usize = 512;
/// Bytes of the shortest secret whose further occurrences are searched for. A shorter one would mask half of the file.
const MIN_REPEATED_BYTES: usize = 8;
/// Secrets of one file that are searched for elsewhere in it.
const MAX_REPEATED_SECRETS: usize = 64;

/// The spans of `text` to mask, in order, without overlaps: those `given` by the reader and every repetition of their
/// text, whatever has the [shape](shapes) of a secret, and the values of properties that are
/// [named](is_secret_name) like one wherever `name = value`, `name: value`, `name="value"` or `<name>value<` is written.
///
/// Linear in the text.
pub fn masks(text: &str, given: &[Span]) -> Vec<Span> {
    let mut spans: Vec<Span> = given.iter().filter_map(|&span| inside(text, span)).collect();
    spans.extend(shapes(text).into_iter().map(|(span, _)| span));
    spans.extend(named(text));
    spans = merged(spans);
    let repeated = repetitions(text, &spans);
    if !repeated.is_empty() {
        spans.extend(repeated);
        spans = merged(spans);
    }
    spans
}

/// The text of a message or a name, with everything in it masked that has the [shape](shapes) of a secret.
pub fn mask_shapes(text: &str) -> Cow<'_, str> {
    let found = shapes(text);
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(masked(text, found.into_iter().map(|(span, _)| span)))
}

/// `text` with [`MASK`] in place of every one of `secrets`, which are in order.
pub(crate) fn masked(text: &str, secrets: impl IntoIterator<Item = Span>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for span in secrets {
        let range = span.range();
        out.push_str(text.get(from..range.start).unwrap_or_default());
        out.push_str(MASK);
        from = range.end.max(from);
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// The span, grown to whole characters and cut at the end of the text; `None` if nothing remains.
fn inside(text: &str, span: Span) -> Option<Span> {
    let span = span.to_characters(text);
    (!span.is_empty()).then_some(span)
}

/// Sorted, with overlapping and touching spans joined.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged
}

/// Where the text of a secret occurs once more: in a comment, or in a second property.
fn repetitions(text: &str, spans: &[Span]) -> Vec<Span> {
    let bytes = text.as_bytes();
    let mut patterns: Vec<&[u8]> = spans
        .iter()
        .filter_map(|span| bytes.get(span.range()))
        .map(|value| value.trim_ascii())
        .filter(|value| (MIN_REPEATED_BYTES..=MAX_VALUE_BYTES).contains(&value.len()))
        .take(MAX_REPEATED_SECRETS)
        .collect();
    patterns.sort_unstable();
    patterns.dedup();
    let mut found = Vec::new();
    for pattern in patterns {
        found.extend(memchr::memmem::find_iter(bytes, pattern).map(|at| Span::new(at, at + pattern.len())));
    }
    found
}

/// The values of properties that are named like secrets.
///
/// A name counts also within the value of another: a quote that is never closed reaches over the properties behind it,
/// up to the opening quote of a value that is not to be shown either.
fn named(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut delimiters = DelimiterCache { bytes, next: [None; 4] };
    let (mut done, mut masked) = (0, 0);
    for hit in keywords(bytes) {
        if hit.start < done {
            continue;
        }
        let start = hit.start - name_length(bytes[..hit.start].iter().rev());
        let end = hit.end + name_length(bytes[hit.end..].iter());
        done = end;
        if bytes.get(end) == Some(&b':') && bytes.get(..start).is_some_and(|before| before.ends_with(b"$[")) {
            // `$[secret:name]` is no property.
            continue;
        }
        // The cheap tests first: most words are no names of properties.
        let (Some(name), Some(value)) = (text.get(start..end), value_after(&mut delimiters, end)) else { continue };
        if value.end <= masked || !is_secret_name(name) {
            continue;
        }
        let Some(span) = inside(text, Span::new(value.start, value.end)) else { continue };
        if span.len() > MAX_PLACEHOLDER_BYTES || text.get(span.range()).is_some_and(is_worth_masking) {
            masked = value.end;
            found.push(span);
        }
    }
    found
}

fn name_length<'b>(bytes: impl Iterator<Item = &'b u8>) -> usize {
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'@' | b'\\');
    bytes.take(MAX_NAME_BYTES).take_while(is_name).count()
}

/// A placeholder, a switch or nothing may be shown.
fn is_worth_masking(value: &str) -> bool {
    let value = value.trim().trim_matches(|c| matches!(c, '"' | '\'' | ','));
    !matches!(value, "true" | "false" | "null" | "{" | "(")
        && !matches!(state(value), State::Blank | State::Placeholder)
}

/// The value after a name that ends at `at`, if one follows. Without its quotes.
fn value_after(delimiters: &mut DelimiterCache<'_>, at: usize) -> Option<Range<usize>> {
    let bytes = delimiters.bytes;
    let mut at = at;
    // The closing quote of a JSON name.
    if matches!(bytes.get(at), Some(b'"' | b'\'')) {
        at += 1;
    }
    at += blanks(bytes, at);
    if bytes.get(at) == Some(&b'>') {
        return Some(at + 1..delimiters.after(at + 1, Delimiter::Tag));
    }
    if !matches!(bytes.get(at), Some(b'=' | b':')) {
        return None;
    }
    at += 1;
    // The value may begin on the next line only if a quote shows that it does.
    let next = at + blanks(bytes, at);
    at = match bytes.get(next) {
        Some(b'"' | b'\'') => next,
        _ => at + bytes.iter().skip(at).take(MAX_NAME_BYTES).take_while(|byte| matches!(byte, b' ' | b'\t')).count(),
    };
    // The type of a Felix value stands before its quote.
    if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) && matches!(bytes.get(at + 1), Some(b'"' | b'[' | b'(')) {
        at += 1;
    }
    match bytes.get(at)? {
        &quote @ (b'"' | b'\'') => Some(at + 1..quoted_end(bytes, at + 1, quote)),
        b'[' => Some(at + 1..delimiters.after(at + 1, Delimiter::Bracket)),
        b'(' => Some(at + 1..delimiters.after(at + 1, Delimiter::Parenthesis)),
        _ => Some(at..delimiters.after(at, Delimiter::Line)),
    }
}

/// Where the quoted value ends: at the quote, else after [`MAX_VALUE_BYTES`] bytes.
fn quoted_end(bytes: &[u8], from: usize, quote: u8) -> usize {
    let mut at = from;
    let last = bytes.len().min(from + MAX_VALUE_BYTES);
    while at < last {
        match bytes[at] {
            b'\\' => at += 2,
            byte if byte == quote => return at,
            _ => at += 1,
        }
    }
    at.min(bytes.len())
}

/// What ends a value that is not quoted.
#[derive(Clone, Copy)]
enum Delimiter {
    Tag,
    Bracket,
    Parenthesis,
    /// The line's end that no backslash continues.
    Line,
}

/// Finds the delimiters that end values, each once: values overlap, and all that begin before a delimiter end at it.
/// Quoted values are searched without it, since each ends where the next one begins, or before.
struct DelimiterCache<'b> {
    bytes: &'b [u8],
    /// The next delimiter of each kind, as far as it is known.
    next: [Option<usize>; 4],
}

impl DelimiterCache<'_> {
    /// Where the value that begins at `from` ends, after [`MAX_VALUE_BYTES`] bytes at the latest.
    /// `from` never decreases.
    fn after(&mut self, from: usize, delimiter: Delimiter) -> usize {
        let bytes = self.bytes;
        let search = |byte| memchr::memchr(byte, bytes.get(from..)?).map(|found| from + found);
        let known = self.next.get(delimiter as usize).copied().flatten().filter(|&next| next >= from);
        let next = known.unwrap_or_else(|| match delimiter {
            Delimiter::Tag => search(b'<').unwrap_or(bytes.len()),
            Delimiter::Bracket => search(b']').unwrap_or(bytes.len()),
            Delimiter::Parenthesis => search(b')').unwrap_or(bytes.len()),
            Delimiter::Line => line_end(bytes, from),
        });
        if let Some(known) = self.next.get_mut(delimiter as usize) {
            *known = Some(next);
        }
        next.min(from + MAX_VALUE_BYTES)
    }
}

fn line_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' if bytes[at + 1..].starts_with(b"\r\n") => at += 3,
            b'\\' => at += 2,
            b'\r' | b'\n' => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn blanks(bytes: &[u8], from: usize) -> usize {
    bytes.iter().skip(from).take(MAX_NAME_BYTES).take_while(|byte| byte.is_ascii_whitespace()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str, given: &[Span]) -> String {
        let mut out = text.to_owned();
        for span in masks(text, given).into_iter().rev() {
            out.replace_range(span.range(), "*");
        }
        out
    }

    #[test]
    fn a_quote_that_is_never_closed_hides_no_name() {
        for (text, expected) in [
            ("a.secret=\"x\nb=1\nclientSecret=\"hunter22\"\n", "a.secret=\"*\"*\"\n"),
            ("a.secret=\"x clientSecret=\"hunter22\"\n", "a.secret=\"*\"*\"\n"),
            ("a.secret=[x\nclientSecret=\"hunt]er22\"\n", "a.secret=[*\"\n"),
        ] {
            assert_eq!(masked(text, &[]), expected);
        }
    }

    #[test]
    fn values_of_secret_names_in_every_format() {
        for (text, expected) in [
            ("clientSecret=\"hunter22\"\nnext=\"1\"", "clientSecret=\"*\"\nnext=\"1\""),
            ("client.secret = T\"a\\\"b\" x", "client.secret = T\"*\" x"),
            ("password=[\"a\",\"b\"]\nx=1", "password=[*]\nx=1"),
            ("password=(\"a\")\nx=1", "password=(*)\nx=1"),
            ("{\"privateKey\": \"abc\", \"a\": 1}", "{\"privateKey\": \"*\", \"a\": 1}"),
            ("<jcr:content clientSecret='abc' a='b'/>", "<jcr:content clientSecret='*' a='b'/>"),
            ("<password>abc</password>", "<password>*</password>"),
            ("db.password: abc def\nx", "db.password: *\nx"),
            ("db.password=abc\\\n  def\nx", "db.password=*\nx"),
            ("getPrivateKey=\"one\ntwo\nthree\"\nx=\"y\"", "getPrivateKey=\"*\"\nx=\"y\""),
            ("clientSecret=\"\"\nx=\"y\"", "clientSecret=\"\"\nx=\"y\""),
            ("clientSecret=\"$[secret:CLIENT]\"", "clientSecret=\"$[secret:CLIENT]\""),
            ("clientSecret=\"$[secret:CLIENT;default=hunter2]\"", "clientSecret=\"*\""),
            (
                "clientId=\"0123\" apiKey=\"abc\" password.policy=\"strict\"",
                "clientId=\"0123\" apiKey=\"abc\" password.policy=\"strict\"",
            ),
            ("password=\nuser=joe", "password=\nuser=joe"),
            ("# a token in a sentence, and a password", "# a token in a sentence, and a password"),
        ] {
            assert_eq!(masked(text, &[]), expected);
        }
    }

    #[test]
    fn messages_are_masked_by_shape() {
        let text = "'p8e-QUJDREVGR0hJSktMTU5P' is no URL, 'https://joe:pass@host/' is";
        assert_eq!(mask_shapes(text), "'********' is no URL, 'https://joe:********@host/' is");
        assert!(matches!(mask_shapes("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn a_given_secret_is_masked_wherever_it_occurs() {
        let text = "# was: correct-horse\nphrase=\"correct-horse\"\n";
        let at = text.rfind("correct").unwrap();
        assert_eq!(masked(text, &[Span::new(at, at + 13)]), "# was: *\nphrase=\"*\"\n");
    }

    #[test]
    fn spans_that_split_characters_or_leave_the_text_are_mended() {
        assert_eq!(masked("aéb", &[Span::new(2, 99)]), "a*");
        assert_eq!(masked("ab", &[Span::new(5, 9), Span::new(1, 1)]), "ab");
    }
}
