//! The properties of a `.config` file that are written as nearly all are: `key="value"` or `key=X"value"`, without
//! escapes and without white space around the `=`. They mean what they show, and need no reader of single characters.

use std::borrow::Cow;

use super::felix_types::TypeCode;
use super::{Item, Property, Shape};
use text_spans::{OneOrMany, Span};

/// The property that begins at the byte `from`, white space before it left out, and where it ends. `None` if it is
/// written in any other way; then nothing is said of it.
pub(super) fn property(text: &str, from: usize) -> Option<(Property<'_>, usize)> {
    let bytes = text.as_bytes();
    let count = |at: usize, accept: fn(&u8) -> bool| -> Option<usize> {
        Some(bytes.get(at..)?.iter().take_while(|byte| accept(byte)).count())
    };
    let start = from + count(from, |byte| matches!(byte, b'\n' | b'\r' | b' ' | b'\t'))?;
    let in_key = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let key_end = start + count(start, in_key)?;
    if key_end == start || bytes.get(key_end) != Some(&b'=') {
        return None;
    }
    let value_start = key_end + 1;
    let (code, quote) = match *bytes.get(value_start)? {
        b'"' => (TypeCode::STRING, value_start),
        letter => (TypeCode::of(char::from(letter))?, value_start + 1),
    };
    let first = quote + 1;
    let rest = bytes.get(first..).filter(|_| bytes.get(quote) == Some(&b'"'))?;
    let last = first + memchr::memchr3(b'"', b'\\', b'=', rest)?;
    let value = text.get(first..last).filter(|_| bytes.get(last) == Some(&b'"'))?;
    // A CR LF within a value arrives as LF.
    if memchr::memchr(b'\r', value.as_bytes()).is_some() {
        return None;
    }
    let scalar = code.convert(Cow::Borrowed(value)).ok()??;
    let property = Property {
        key: Cow::Borrowed(text.get(start..key_end)?),
        key_span: Span::new(start, key_end),
        value: code.value(Shape::Scalar, OneOrMany::One(Item { scalar, span: Span::new(first, last) })),
        value_span: Span::new(value_start, last + 1),
    };
    Some((property, last + 1))
}

#[cfg(test)]
mod tests {
    use super::property;

    #[test]
    fn reads_what_is_plain_and_nothing_else() {
        for (text, expected) in [
            ("a.b_c-D=\"x y\"\n", Some(("a.b_c-D", "x y"))),
            ("\r\n \ta=I\"5\"", Some(("a", "5"))),
            ("a=\"\"", Some(("a", ""))),
        ] {
            let found = property(text, 0).map(|(property, end)| {
                assert_eq!(property.value_span.end as usize, end);
                (&text[property.key_span.range()], &text[property.value.items[0].span.range()])
            });
            assert_eq!(found, expected, "{text}");
        }
        for text in [
            "",
            "a",
            "a=",
            "=\"x\"",
            "# c\na=\"x\"",
            "a =\"x\"",
            "a= \"x\"",
            "a=\"x",
            "a=\"x\\\"y\"",
            "a=\"x=y\"",
            "a=I\"x\"",
            "a=C\"\"",
            "a=Q\"x\"",
            "a=[\"x\"]",
            "é=\"x\"",
            "a=\"x\r\ny\"",
        ] {
            assert!(property(text, 0).is_none(), "{text}");
        }
    }
}
