//! References in attribute values and text: `&lt;`, `&#10;`, and the general entities of the internal DTD, expanded
//! as a JDK does but within tighter bounds.

use std::borrow::Cow;
use std::ops::Range;

use crate::byte_search::first_byte;
use crate::dtd::{Dtd, Entity};
use crate::report::Report;
use crate::span_map::{Piece, SpanMap};
use text_spans::Span;

/// Most entity references that one file may expand; the JDK's own limit.
const MAX_ENTITY_EXPANSIONS: usize = 64_000;
/// Most bytes that entities may add to one value.
const MAX_ENTITY_VALUE_BYTES: usize = 1 << 20;
/// Most bytes that entities may add in one file.
const MAX_ENTITY_FILE_BYTES: usize = 16 << 20;
/// Deepest nesting of entities in entities.
pub(crate) const MAX_ENTITY_LEVELS: usize = 64;
const LIMIT: &str = "entities expand to more than is allowed; the rest of them is left out";

/// What may still be expanded in one file.
#[derive(Debug)]
pub(crate) struct Budget {
    expansions: usize,
    bytes: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { expansions: MAX_ENTITY_EXPANSIONS, bytes: MAX_ENTITY_FILE_BYTES }
    }
}

impl Budget {
    /// Takes one expansion of `len` bytes, unless that is too much.
    pub(crate) fn take(&mut self, len: usize) -> bool {
        if self.expansions == 0 || self.bytes < len {
            self.expansions = 0;
            return false;
        }
        self.expansions -= 1;
        self.bytes -= len;
        true
    }
}

/// A reference: what stands between `&` and `;`.
pub(crate) enum Reference<'d> {
    Char(char),
    Text(&'d str),
    /// An entity outside of the file; it is never fetched.
    External,
    Unknown,
}

/// Looks a reference up.
pub(crate) fn resolve<'d>(name: &str, dtd: &'d Dtd) -> Reference<'d> {
    if let Some(number) = name.strip_prefix('#') {
        return char_reference(number).map_or(Reference::Unknown, Reference::Char);
    }
    match name {
        "lt" => Reference::Char('<'),
        "gt" => Reference::Char('>'),
        "amp" => Reference::Char('&'),
        "quot" => Reference::Char('"'),
        "apos" => Reference::Char('\''),
        _ => match dtd.entity(name) {
            Some(Entity::Internal(text)) => Reference::Text(text),
            Some(Entity::External) => Reference::External,
            None => Reference::Unknown,
        },
    }
}

/// The character of `&#number;`.
pub(crate) fn char_reference(number: &str) -> Option<char> {
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
    if digits.starts_with('+') {
        return None;
    }
    u32::from_str_radix(digits, radix).ok().and_then(char::from_u32)
}

/// Notes a character of a reference that XML does not allow.
pub(crate) fn check_character(c: char, span: Span, report: &mut Report) {
    let is_allowed = match c {
        '\t' | '\n' | '\r' => true,
        '\0' | '\u{fffe}' | '\u{ffff}' => false,
        c => c >= ' ' || report.is_xml_1_1,
    };
    if !is_allowed {
        report.fail(span, "a reference to a character that XML does not allow");
    }
}

/// Decodes `text[range]`, an attribute value, as an XML parser hands it on: white space becomes spaces, references
/// become what they stand for. `origin` is where the text stands if it is not the file itself.
pub(crate) fn decode_value<'x>(
    text: &'x str,
    range: Range<usize>,
    origin: Option<Span>,
    dtd: &Dtd,
    budget: &mut Budget,
    report: &mut Report,
) -> (Cow<'x, str>, SpanMap) {
    let raw = text.get(range.clone()).unwrap_or_default();
    let plain = origin.map_or(SpanMap::Literal(range.start), SpanMap::Whole);
    let Some(special) = first_byte(raw.as_bytes(), |b| (b < 0x20) | (b == b'&') | (b == b'<')) else {
        return (Cow::Borrowed(raw), plain);
    };
    let place = |from: usize, to: usize| origin.unwrap_or(Span::new(range.start + from, range.start + to));
    let mut decoder = Decoder { out: String::with_capacity(raw.len()), pieces: Vec::new(), expanded: 0 };
    let bytes = raw.as_bytes();
    let mut literal_from = 0;
    let mut at = special;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\r' if bytes.get(at + 1) == Some(&b'\n') => {
                decoder.literal(raw, literal_from..at, place(literal_from, at));
                decoder.piece(place(at, at + 2), false);
                decoder.out.push(' ');
                at += 2;
                literal_from = at;
            }
            b'\r' | b'\n' | b'\t' => {
                decoder.literal(raw, literal_from..at, place(literal_from, at));
                decoder.piece(place(at, at + 1), true);
                decoder.out.push(' ');
                at += 1;
                literal_from = at;
            }
            b'<' => {
                report.fail(place(at, at + 1), "`<` in an attribute value must be written `&lt;`");
                at += 1;
            }
            b'&' => {
                let name = reference_name(raw, at);
                let end = name.as_ref().map_or(at + 1, |name| name.end + 1);
                decoder.literal(raw, literal_from..at, place(literal_from, at));
                decoder.piece(place(at, end), name.is_none());
                let written = raw.get(at..end).unwrap_or_default();
                decoder.reference(name.and_then(|name| raw.get(name)), written, place(at, end), dtd, budget, report);
                at = end;
                literal_from = at;
            }
            _ => at += 1,
        }
    }
    decoder.literal(raw, literal_from..raw.len(), place(literal_from, raw.len()));
    let map = if origin.is_some() { plain } else { SpanMap::Pieces(decoder.pieces) };
    (Cow::Owned(decoder.out), map)
}

/// The name in the reference that starts at `at`, if it is written as one.
pub(crate) fn reference_name(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.as_bytes().get(at + 1..)?;
    let len = rest.iter().position(|b| matches!(b, b';' | b'&' | b'<' | b'"' | b'\'') || b.is_ascii_whitespace())?;
    (len > 0 && rest.get(len) == Some(&b';')).then_some(at + 1..at + 1 + len)
}

struct Decoder {
    out: String,
    pieces: Vec<Piece>,
    /// Bytes that entities added to this value.
    expanded: usize,
}

impl Decoder {
    fn piece(&mut self, raw: Span, literal: bool) {
        self.pieces.push(Piece { decoded: self.out.len(), raw, literal });
    }

    fn literal(&mut self, raw: &str, range: Range<usize>, span: Span) {
        if !range.is_empty() {
            self.piece(span, true);
            self.out.push_str(raw.get(range).unwrap_or_default());
        }
    }

    /// Appends what a reference in the value stands for. One that stands for nothing stays as it is written.
    fn reference(
        &mut self,
        name: Option<&str>,
        written: &str,
        span: Span,
        dtd: &Dtd,
        budget: &mut Budget,
        report: &mut Report,
    ) {
        let Some(name) = name else {
            report.fail(span, "`&` must be written `&amp;`");
            self.out.push_str(written);
            return;
        };
        match resolve(name, dtd) {
            Reference::Char(c) => {
                check_character(c, span, report);
                self.out.push(c);
            }
            Reference::Text(text) => self.expand(name, text, span, dtd, budget, report),
            Reference::External => report.fail(span, "an external entity in an attribute value"),
            Reference::Unknown => {
                report.fail(span, "a reference to an entity that is not declared");
                self.out.push_str(written);
            }
        }
    }

    /// Appends the text of an entity and of the entities in it.
    fn expand(&mut self, name: &str, text: &str, span: Span, dtd: &Dtd, budget: &mut Budget, report: &mut Report) {
        let mut open: Vec<(&str, &str)> = Vec::new();
        if self.enter(text, span, budget, report) {
            open.push((name, text));
        }
        while let Some((name, text)) = open.pop() {
            let stop = memchr::memchr(b'&', text.as_bytes()).unwrap_or(text.len());
            self.out.extend(text.get(..stop).unwrap_or_default().chars().map(|c| match c {
                '\t' | '\n' | '\r' => ' ',
                c => c,
            }));
            let Some(reference) = text.get(stop..).filter(|rest| !rest.is_empty()) else { continue };
            let Some(inner) = reference_name(reference, 0).and_then(|range| reference.get(range)) else {
                report.fail(span, "`&` in an entity must be written `&#38;#38;`");
                self.out.push('&');
                open.push((name, reference.get(1..).unwrap_or_default()));
                continue;
            };
            open.push((name, reference.get(inner.len() + 2..).unwrap_or_default()));
            match resolve(inner, dtd) {
                Reference::Char(c) => {
                    check_character(c, span, report);
                    self.out.push(c);
                }
                Reference::Text(_) if open.iter().any(|(name, _)| *name == inner) => {
                    report.fail(span, "an entity that contains itself");
                }
                Reference::Text(_) if open.len() >= MAX_ENTITY_LEVELS => report.cut(span, LIMIT),
                Reference::Text(text) => {
                    if !self.enter(text, span, budget, report) {
                        return;
                    }
                    open.push((inner, text));
                }
                Reference::External => report.fail(span, "an external entity in an attribute value"),
                Reference::Unknown => report.fail(span, "a reference to an entity that is not declared"),
            }
        }
    }

    fn enter(&mut self, text: &str, span: Span, budget: &mut Budget, report: &mut Report) -> bool {
        self.expanded += text.len();
        let allowed = self.expanded <= MAX_ENTITY_VALUE_BYTES && budget.take(text.len());
        if !allowed {
            report.cut(span, LIMIT);
        }
        allowed
    }
}
