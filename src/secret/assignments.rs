//! Properties that are named like secrets wherever `name = value`, `name: value`, `name="value"` or `<name>value<` is
//! written: in a text that no reader understands, or inside the value of another property.

use super::names::{Naming, keywords, naming};
use super::{State, state};
use std::ops::Range;
use text_spans::Span;

/// Bytes of a property name that are read, to either side of its keyword.
const MAX_NAME_BYTES: usize = 128;
/// Bytes of a value of a property that no reader gave. A longer one is masked up to here.
pub(super) const MAX_VALUE_BYTES: usize = 64 << 10;
/// The same between quotes that are themselves escaped, which are searched for anew for each name.
const MAX_ESCAPED_VALUE_BYTES: usize = 4 << 10;
/// Bytes of a value that may be a placeholder. A longer one is masked.
const MAX_PLACEHOLDER_BYTES: usize = 512;

/// A property that is named like a secret, with a value that must not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// Its name.
    pub(crate) name: Span,
    /// What that says.
    pub(crate) naming: Naming,
    /// The value, without its quotes.
    pub(crate) value: Span,
    /// Whether it is written as a program writes it: with `=` or between quotes. `Password: see below` is prose.
    pub(crate) is_strict: bool,
}

/// The properties that are named like secrets, in order of their names. Values may overlap.
///
/// A name counts also within the value of another: a quote that is never closed reaches over the properties behind it,
/// up to the opening quote of a value that is not to be shown either.
pub(crate) fn assignments(text: &str) -> Vec<Assignment> {
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
        let before = bytes.get(..start).unwrap_or_default();
        if before.ends_with(b"jcr:") || before.ends_with(b"sling:") && text.get(start..end) == Some("key") {
            continue;
        }
        // The cheap tests first: most words are no names of properties.
        let (Some(name), Some((value, is_strict))) = (text.get(start..end), value_after(&mut delimiters, end)) else {
            continue;
        };
        if value.end <= masked {
            continue;
        }
        let naming = naming(name);
        if naming == Naming::Open {
            continue;
        }
        let span = Span::new(value.start, value.end).to_characters(text);
        if span.is_empty() {
            continue;
        }
        if span.len() > MAX_PLACEHOLDER_BYTES || text.get(span.range()).is_some_and(is_worth_masking) {
            masked = value.end;
            found.push(Assignment { name: Span::new(start, end), naming, value: span, is_strict });
        }
    }
    found
}

/// Three bytes of each of the words by which a secret is searched that is written inside the value of a property of a node:
/// of `secret`, `passw`, `pwd` and `authorization`.
pub(crate) const MARKS_WITHIN: [[u8; 3]; 4] = [*b"ecr", *b"ssw", *b"pwd", *b"zat"];

/// Whether a secret is written inside the value of a property of a node, in a form that makes a fact: under a name with one
/// of the words that nodes are searched for, or as the credentials of an authorization.
pub(crate) fn is_named_within(text: &str) -> bool {
    assignments(text)
        .iter()
        .any(|assignment| assignment.is_strict && text.get(assignment.name.range()).is_some_and(is_searched_within))
        || mentions_authorization(text) && super::possible_secrets(text).iter().any(|(_, run)| *run != super::Run::Long)
}

/// Whether a text speaks of an authorization, in any case.
pub(crate) fn mentions_authorization(text: &str) -> bool {
    const WORD: &[u8] = b"authorization";
    memchr::memchr2_iter(b'a', b'A', text.as_bytes())
        .any(|at| text.as_bytes().get(at..at + WORD.len()).is_some_and(|found| found.eq_ignore_ascii_case(WORD)))
}

/// Whether a name has one of the words by which secrets inside the values of nodes are searched.
pub(crate) fn is_searched_within(name: &str) -> bool {
    const WORDS: [&str; 3] = ["secret", "passw", "pwd"];
    let name = name.to_ascii_lowercase();
    naming(&name) != Naming::Open && WORDS.iter().any(|word| name.contains(word))
}

fn name_length<'b>(bytes: impl Iterator<Item = &'b u8>) -> usize {
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'@' | b'\\');
    bytes.take(MAX_NAME_BYTES).take_while(is_name).count()
}

/// A placeholder, a switch or nothing may be shown.
fn is_worth_masking(value: &str) -> bool {
    let value = value.trim().trim_matches(|c| matches!(c, '"' | '\'' | ','));
    !matches!(value, "true" | "false" | "null" | "{" | "(" | "{Boolean}true" | "{Boolean}false")
        && !matches!(state(value), State::Blank | State::Placeholder)
}

/// The quotes as they are written inside the quotes of another format.
const ESCAPED_QUOTES: [&[u8]; 8] = [b"\\\"", b"\\'", b"&quot;", b"&#34;", b"&#x22;", b"&apos;", b"\\u0022", b"%22"];

/// The escaped quote that stands at `at`.
fn escaped_quote(bytes: &[u8], at: usize) -> Option<&'static [u8]> {
    let rest = bytes.get(at..)?;
    ESCAPED_QUOTES.into_iter().find(|quote| rest.starts_with(quote))
}

/// The value after a name that ends at `at`, if one follows, without its quotes, and whether only a program writes so.
fn value_after(delimiters: &mut DelimiterCache<'_>, at: usize) -> Option<(Range<usize>, bool)> {
    let bytes = delimiters.bytes;
    // A backslash may belong to the quote behind the name.
    let mut at = if at > 0 && bytes.get(at - 1) == Some(&b'\\') { at - 1 } else { at };
    let named_in_quotes = if let Some(quote) = escaped_quote(bytes, at) {
        at += quote.len();
        true
    } else if matches!(bytes.get(at), Some(b'"' | b'\'')) {
        // The closing quote of a JSON name.
        at += 1;
        true
    } else {
        at += usize::from(bytes.get(at) == Some(&b'\\'));
        false
    };
    at += blanks(bytes, at);
    if bytes.get(at) == Some(&b'>') {
        return Some((at + 1..delimiters.after(at + 1, Delimiter::Tag), false));
    }
    at += usize::from(bytes.get(at) == Some(&b'\\'));
    let separator = *bytes.get(at)?;
    if !matches!(separator, b'=' | b':') {
        return None;
    }
    at += 1;
    let after_separator = at;
    // The value may begin on the next line only if a quote shows that it does.
    let next = at + blanks(bytes, at);
    let quoted = matches!(bytes.get(next), Some(b'"' | b'\'')) || escaped_quote(bytes, next).is_some();
    at = if quoted {
        next
    } else {
        at + bytes.iter().skip(at).take(MAX_NAME_BYTES).take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    };
    let is_strict = separator == b'=' && at == after_separator || named_in_quotes && quoted;
    if let Some(quote) = escaped_quote(bytes, at) {
        let from = at + quote.len();
        let room = bytes.get(from..bytes.len().min(from + MAX_ESCAPED_VALUE_BYTES))?;
        let end = memchr::memmem::find(room, quote).unwrap_or(room.len());
        return Some((from..from + end, is_strict));
    }
    // The type of a Felix value stands before its quote.
    if bytes.get(at).is_some_and(u8::is_ascii_alphabetic) && matches!(bytes.get(at + 1), Some(b'"' | b'[' | b'(')) {
        at += 1;
    }
    let value = match bytes.get(at)? {
        &quote @ (b'"' | b'\'') => at + 1..quoted_end(bytes, at + 1, quote),
        b'[' => at + 1..delimiters.after(at + 1, Delimiter::Bracket),
        b'(' => at + 1..delimiters.after(at + 1, Delimiter::Parenthesis),
        _ => at..delimiters.after(at, Delimiter::Line),
    };
    Some((value, is_strict))
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
