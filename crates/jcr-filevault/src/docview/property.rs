//! The grammar of docview attribute values: `{Type}value`, `[a,b]`, escapes.
//!
//! Follows FileVault's `DocViewProperty2.parse`, a state machine over UTF-16 code units.

use std::borrow::Cow;

use jdk_xml::SpanMap;
use text_spans::{OneOrMany, Span};

/// The name of a value without `{Type}`.
pub(super) const UNDEFINED: &str = "undefined";

/// The names of `javax.jcr.PropertyType`.
const TYPES: [&str; 13] = [
    UNDEFINED,
    "String",
    "Binary",
    "Long",
    "Double",
    "Date",
    "Boolean",
    "Name",
    "Path",
    "Reference",
    "WeakReference",
    "URI",
    "Decimal",
];

/// Length of the longest of them.
const MAX_TYPE_NAME_BYTES: usize = "WeakReference".len();

/// A parsed attribute value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Parsed<'t> {
    pub(super) type_name: &'static str,
    pub(super) multi: bool,
    pub(super) binary_ref: bool,
    pub(super) values: OneOrMany<Cow<'t, str>>,
    /// Where each value is written.
    pub(super) spans: OneOrMany<Span>,
    /// Why FileVault rejects the value. What can be read of it is in the other fields.
    pub(super) error: Option<&'static str>,
}

impl<'t> Parsed<'t> {
    fn nothing() -> Self {
        Self {
            type_name: UNDEFINED,
            multi: false,
            binary_ref: false,
            values: OneOrMany::new(),
            spans: OneOrMany::new(),
            error: None,
        }
    }

    fn single(&mut self, text: Cow<'t, str>, span: Span) {
        self.values = OneOrMany::One(text);
        self.spans = OneOrMany::One(span);
    }

    fn into_owned(self) -> Parsed<'static> {
        let owned = |value: Cow<'t, str>| Cow::Owned(value.into_owned());
        Parsed {
            type_name: self.type_name,
            multi: self.multi,
            binary_ref: self.binary_ref,
            values: self.values.map(owned),
            spans: self.spans,
            error: self.error,
        }
    }
}

/// Whether [`parse`] certainly finds nothing wrong with a value, which holds no backslash.
pub(super) fn is_well_formed(value: &str) -> bool {
    value.strip_prefix('{').is_none_or(|rest| {
        let end = rest.bytes().take(MAX_TYPE_NAME_BYTES + 1).position(|byte| byte == b'}');
        end.and_then(|end| rest.get(..end)).is_some_and(|name| type_named(name).is_ok())
    })
}

/// Parses an attribute value, as it is after XML decoding; `map` leads back to where it is written.
pub(super) fn parse<'t>(value: impl Into<Cow<'t, str>>, map: &SpanMap) -> Parsed<'t> {
    match value.into() {
        Cow::Borrowed(value) => parse_text(value, map),
        Cow::Owned(value) if value.starts_with(['{', '[']) || value.contains('\\') => {
            parse_text(&value, map).into_owned()
        }
        Cow::Owned(value) => {
            let span = map.span(0..value.len());
            let mut parsed = Parsed::nothing();
            parsed.single(Cow::Owned(value), span);
            parsed
        }
    }
}

fn parse_text<'t>(value: &'t str, map: &SpanMap) -> Parsed<'t> {
    let mut parsed = Parsed::nothing();
    if !value.starts_with(['{', '[']) && memchr::memchr(b'\\', value.as_bytes()).is_none() {
        parsed.single(Cow::Borrowed(value), map.span(0..value.len()));
        return parsed;
    }
    let mut start = 0;
    if let Some(rest) = value.strip_prefix('{') {
        let Some((name, _)) = rest.split_once('}') else {
            // Upstream never leaves the type and takes what it collected for the value.
            parsed.single(rest.into(), map.span(1..value.len()));
            return parsed;
        };
        start = name.len() + 2;
        match type_named(name) {
            Ok(type_name) => parsed.type_name = type_name,
            Err(guess) => {
                parsed.error = Some("a value starts with `{…}` that names no property type; write `\\{` for a brace");
                match guess {
                    Some(type_name) => parsed.type_name = type_name,
                    None if value.get(start..).is_some_and(|rest| rest.starts_with('[')) => {}
                    None => start = 0,
                }
            }
        }
        parsed.binary_ref = name == "BinaryRef";
    }
    let rest = value.get(start..).unwrap_or_default();
    match rest.strip_prefix('[') {
        Some(items) => {
            parsed.multi = true;
            parse_items(items, start + 1, map, &mut parsed);
        }
        None => {
            let text = unescaped(rest, &mut parsed.error);
            parsed.single(text, map.span(start..value.len()));
        }
    }
    parsed
}

/// The type of this name; for a wrong name, what was probably meant.
fn type_named(name: &str) -> Result<&'static str, Option<&'static str>> {
    if name == "BinaryRef" {
        return Ok("Binary");
    }
    let find = |matches: &dyn Fn(&str) -> bool| TYPES.into_iter().find(|known| matches(known));
    // Most of them differ in the first letter, which is faster to compare than the whole names.
    let found = TYPES.into_iter().find(|known| known.as_bytes().first() == name.as_bytes().first() && *known == name);
    found.ok_or_else(|| find(&|known| known.eq_ignore_ascii_case(name.trim())))
}

/// Parses the items after `[`, which stands before byte `offset`.
fn parse_items<'t>(items: &'t str, offset: usize, map: &SpanMap, parsed: &mut Parsed<'t>) {
    let bytes = items.as_bytes();
    let mut start = 0;
    let mut at = 0;
    // Whether an empty last item counts: after a comma, and after an escaped nothing.
    let mut counts = false;
    loop {
        let stop = bytes.get(at..).and_then(|rest| memchr::memchr3(b'\\', b',', b']', rest));
        let end = stop.map_or(bytes.len(), |stop| at + stop);
        let closing = bytes.get(end) == Some(&b']') && end + 1 == bytes.len();
        match bytes.get(end) {
            Some(b'\\') => {
                counts |= bytes.get(end + 1) == Some(&b'0');
                let rest = items.get(end + 1..).unwrap_or_default();
                at = end + 1 + rest.chars().next().map_or(0, char::len_utf8);
                if let Some(digits) = rest.strip_prefix('u') {
                    // Whatever they are, they are part of the escape: a comma and a bracket, too.
                    at += four_units(digits).map_or(digits.len(), str::len);
                }
                continue;
            }
            Some(b']') if !closing => {
                at = end + 1;
                continue;
            }
            _ => {}
        }
        let raw = items.get(start..end).unwrap_or_default();
        let text = unescaped(raw, &mut parsed.error);
        let last = bytes.get(end) != Some(&b',');
        // Upstream drops an empty item at the end when the closing bracket is missing, and that of `[]`.
        if !last || !text.is_empty() || (closing && counts) {
            parsed.values.push(text);
            parsed.spans.push(map.span(offset + start..offset + end));
        }
        if last {
            return;
        }
        counts = true;
        at = end + 1;
        start = at;
    }
}

fn unescaped<'t>(text: &'t str, error: &mut Option<&'static str>) -> Cow<'t, str> {
    if memchr::memchr(b'\\', text.as_bytes()).is_none() { text.into() } else { unescape(text, error).into() }
}

/// The part of a text that is four UTF-16 code units long, or five where the last one is half of a character.
fn four_units(text: &str) -> Option<&str> {
    let mut units = 0;
    let end = text.char_indices().find_map(|(at, c)| {
        units += c.len_utf16();
        (units >= 4).then_some(at + c.len_utf8())
    });
    text.get(..end?)
}

/// Removes escapes: `\uXXXX` is a UTF-16 code unit, `\0` nothing, `\x` an `x`. A backslash at the end vanishes, and so
/// does a `\u` that is cut short. What is no digit in it counts as -1, as `Character.digit` says.
fn unescape(text: &str, error: &mut Option<&'static str>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut high = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            flush(&mut out, &mut high);
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('u') => {
                let Some(digits) = four_units(chars.as_str()) else { break };
                chars = chars.as_str().get(digits.len()..).unwrap_or_default().chars();
                let each = |c: char| [hex(c)].into_iter().chain((c.len_utf16() == 2).then_some(-1));
                let unit = digits.chars().flat_map(each).take(4).fold(0, |unit, digit| (unit << 4) + digit);
                match u32::try_from(unit) {
                    Ok(unit) => {
                        push_unit(&mut out, &mut high, unit);
                        // Of a character whose first half was the last digit the second half is text.
                        if let Some(half) = digits.encode_utf16().nth(4) {
                            push_unit(&mut out, &mut high, half.into());
                        }
                    }
                    Err(_) => {
                        error.get_or_insert("`\\u` must be followed by four hexadecimal digits");
                        flush(&mut out, &mut high);
                        out.push_str("\\u");
                        out.push_str(digits);
                    }
                }
            }
            Some('0') => {}
            Some(c) => {
                flush(&mut out, &mut high);
                out.push(c);
            }
            None => {}
        }
    }
    flush(&mut out, &mut high);
    out
}

/// Java's `Character.digit(c, 16)` for ASCII and fullwidth digits, -1 for anything else.
fn hex(c: char) -> i32 {
    let is_wide = ('\u{ff01}'..='\u{ff5e}').contains(&c);
    let folded = if is_wide { char::from_u32(u32::from(c) - 0xfee0) } else { Some(c) };
    folded.and_then(|c| c.to_digit(16)).and_then(|digit| i32::try_from(digit).ok()).unwrap_or(-1)
}

/// Appends a code unit; a high surrogate waits for its low one.
fn push_unit(out: &mut String, high: &mut Option<u32>, unit: u32) {
    match (*high, unit) {
        (Some(first), 0xdc00..=0xdfff) => {
            *high = None;
            let code = 0x10000 + ((first - 0xd800) << 10) + (unit - 0xdc00);
            out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        (_, 0xd800..=0xdbff) => {
            flush(out, high);
            *high = Some(unit);
        }
        _ => {
            flush(out, high);
            out.push(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
        }
    }
}

/// A high surrogate that stays alone cannot be written in UTF-8.
fn flush(out: &mut String, high: &mut Option<u32>) {
    if high.take().is_some() {
        out.push(char::REPLACEMENT_CHARACTER);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    #[test]
    fn parses_as_upstream() {
        let vectors = vectors::read("docview-prop.jsonl");
        assert_eq!(vectors.len(), 256);
        let mut wrong = Vec::new();
        for vector in &vectors {
            let value = vector.input["value"].as_str().unwrap();
            let parsed = parse(value, &SpanMap::Literal(0));
            let actual = serde_json::json!({
                "type": parsed.type_name, "multi": parsed.multi, "binaryRef": parsed.binary_ref, "values": parsed.values.to_vec(),
            });
            let same = actual == vector.expected;
            if parsed.error.is_some() != vector.is_refused() || !vector.is_refused() && !same {
                wrong.push(format!("{value:?}: expected {} found {actual} {:?}", vector.expected, parsed.error));
            }
        }
        vectors::assert_none(&wrong, vectors.len());
    }

    #[test]
    fn knows_where_each_item_is_written() {
        let value = "{String}[a\\,b,,\\u0041]";
        let parts: Vec<&str> =
            parse(value, &SpanMap::Literal(0)).spans.iter().map(|span| &value[span.range()]).collect();
        assert_eq!(parts, ["a\\,b", "", "\\u0041"]);
    }

    #[test]
    fn keeps_what_an_unknown_type_hides() {
        let texts = |value: &'static str| parse(value, &SpanMap::Literal(0)).values.to_vec();
        assert_eq!(texts("{1f2e3d}"), ["{1f2e3d}"]);
        assert_eq!(texts("{string}x"), ["x"]);
        assert_eq!(texts("{foo}[a,b]"), ["a", "b"]);
    }

    proptest::proptest! {
        #[test]
        fn ranges_lie_in_the_value(value in "[\\\\\\[\\]{},u0-9a-fLong😀é]{0,24}") {
            let parsed = parse(value.as_str(), &SpanMap::Literal(0));
            proptest::prop_assert_eq!(parsed.values.len(), parsed.spans.len());
            for span in &parsed.spans {
                proptest::prop_assert!(value.get(span.range()).is_some());
            }
        }
    }
}
