//! The line format of `java.util.Properties` (`Properties.load`), in which `.cfg` and `.properties` files are written.
//! All values are strings.

use super::configuration::{Configuration, Property, dedup_keys};
use super::java::JavaText;
use text_spans::{ReadError, Span};

/// The text of a file in the line format, which is ISO-8859-1 whatever the author thought.
pub fn decode(bytes: &[u8]) -> String {
    bytes.iter().map(|&byte| char::from(byte)).collect()
}

/// Reads a decoded text as `Properties.load` does. Spans refer to that text.
pub fn read(text: &str) -> Configuration<'static> {
    let mut configuration = Configuration::default();
    let mut properties = Vec::new();
    let mut lines = LogicalLines { text, pos: 0 };
    let mut line = Vec::new();
    while lines.next(&mut line) {
        properties.push(property(&line, &mut configuration.error));
    }
    configuration.properties = dedup_keys(properties, &mut configuration.dropped, &mut configuration.lost);
    configuration
}

/// Cuts a text into logical lines: comments, blank lines and line continuations are gone.
struct LogicalLines<'t> {
    text: &'t str,
    pos: usize,
}

/// The characters of a logical line with their places.
type Line = Vec<(usize, char)>;

impl LogicalLines<'_> {
    fn next(&mut self, line: &mut Line) -> bool {
        line.clear();
        // White space is skipped at the start of a natural line.
        let mut skip = true;
        let mut comment = false;
        let mut escaped = false;
        let mut continued = false;
        while let Some(c) = self.text.get(self.pos..).and_then(|rest| rest.chars().next()) {
            let at = self.pos;
            self.pos += c.len_utf8();
            if skip {
                if matches!(c, ' ' | '\t' | '\u{C}') || !continued && matches!(c, '\n' | '\r') {
                    continue;
                }
                skip = false;
                continued = false;
            }
            match c {
                '\n' | '\r' => {
                    if escaped && !comment && self.pos == self.text.len() {
                        line.pop();
                        return true;
                    }
                    if c == '\r' && self.text.as_bytes().get(self.pos) == Some(&b'\n') {
                        self.pos += 1;
                    }
                    if comment || line.is_empty() {
                        (skip, comment, escaped) = (true, false, false);
                    } else if escaped {
                        line.pop();
                        (skip, continued, escaped) = (true, true, false);
                    } else {
                        return true;
                    }
                }
                _ if comment => {}
                '#' | '!' if line.is_empty() => comment = true,
                _ => {
                    line.push((at, c));
                    escaped = c == '\\' && !escaped;
                }
            }
        }
        // A backslash that ends the file is a line, and an empty one where nothing else is on it.
        if escaped { line.pop().is_some() } else { !line.is_empty() && !comment }
    }
}

/// Splits a logical line at the first unescaped `=`, `:` or white space.
fn property(line: &[(usize, char)], error: &mut Option<ReadError>) -> Property<'static> {
    let mut escaped = false;
    let ends_key = |&(_, c): &(usize, char)| {
        let ends = !escaped && matches!(c, '=' | ':' | ' ' | '\t' | '\u{C}');
        escaped = c == '\\' && !escaped;
        ends
    };
    let key_length = line.iter().position(ends_key).unwrap_or(line.len());
    let (key, rest) = line.split_at(key_length);
    let blank = |part: &[(usize, char)]| part.iter().take_while(|(_, c)| matches!(c, ' ' | '\t' | '\u{C}')).count();
    let mut from = blank(rest);
    if matches!(rest.get(from), Some((_, '=' | ':'))) {
        from += 1;
        from += blank(rest.get(from..).unwrap_or_default());
    }
    let value = rest.get(from..).unwrap_or_default();
    let end = line.last().map_or(0, |(at, c)| at + c.len_utf8());
    let span = |part: &[(usize, char)], empty: usize| match (part.first(), part.last()) {
        (Some((start, _)), Some((at, c))) => Span::new(*start, at + c.len_utf8()),
        _ => Span::new(empty, empty),
    };
    let key_span = span(key, line.first().map_or(0, |(at, _)| *at));
    Property::text(unescape(key, error), key_span, unescape(value, error), span(value, end))
}

fn unescape(part: &[(usize, char)], error: &mut Option<ReadError>) -> String {
    let mut text = JavaText::default();
    let mut chars = part.iter();
    while let Some(&(at, c)) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some((_, 'u')) => {
                let digits: String = chars.as_slice().iter().take(4).map(|(_, c)| c).collect();
                let valid = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_hexdigit());
                match u16::from_str_radix(&digits, 16).ok().filter(|_| valid) {
                    Some(unit) => {
                        text.unit(unit);
                        chars.nth(3);
                    }
                    None => {
                        error.get_or_insert_with(|| ReadError {
                            span: Span::new(at, at + 2),
                            reason: "`\\u` is not followed by four hexadecimal digits: write a backslash as `\\\\`"
                                .into(),
                        });
                        text.push('u');
                    }
                }
            }
            Some((_, 't')) => text.push('\t'),
            Some((_, 'r')) => text.push('\r'),
            Some((_, 'n')) => text.push('\n'),
            Some((_, 'f')) => text.push('\u{C}'),
            Some(&(_, c)) => text.push(c),
            None => {}
        }
    }
    text.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Scalar;

    fn pairs(text: &str) -> Vec<(String, String)> {
        let text_of = |property: &Property| match &property.value.items[0].scalar {
            Scalar::Text(text) => text.to_string(),
            other => panic!("{other:?}"),
        };
        read(text).properties.iter().map(|p| (p.key.to_string(), text_of(p))).collect()
    }

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.into(), value.into())
    }

    #[test]
    fn joins_lines_as_java_does() {
        assert_eq!(pairs("a=b\\\r\n   c\\\\\nd=e"), [pair("a", "bc\\"), pair("d", "e")]);
        assert_eq!(pairs("a=b\\\n\nc=d"), [pair("a", "b"), pair("c", "d")]);
        assert_eq!(pairs("a=b\\\n# c\nd"), [pair("a", "b# c"), pair("d", "")]);
        assert_eq!(pairs("# x\\\na=b"), [pair("a", "b")]);
        assert_eq!(pairs("a=b\\"), [pair("a", "b")]);
        assert_eq!(pairs("\\"), [pair("", "")]);
        assert_eq!((pairs("\\\n"), pairs("\\\n \n")), (vec![pair("", "")], vec![]));
        assert_eq!(pairs("\u{C}a\rb c"), [pair("a", ""), pair("b", "c")]);
    }

    #[test]
    fn splits_keys_and_decodes_escapes() {
        assert_eq!(pairs("a\\ b\\:c\\=d : = x"), [pair("a b:c=d", "= x")]);
        assert_eq!(pairs("=x"), [pair("", "x")]);
        assert_eq!(pairs("a=\\ud83d\\ude00\\q"), [pair("a", "😀q")]);
        assert_eq!(pairs("\u{FEFF}a=1"), [pair("\u{FEFF}a", "1")]);
    }

    #[test]
    fn a_malformed_escape_fails_the_file() {
        let text = "a=1\np=C:\\users\nb=2";
        let configuration = read(text);
        let error = configuration.error.unwrap();
        assert_eq!(&text[error.span.range()], "\\u");
        assert_eq!(configuration.properties.len(), 3);
    }

    #[test]
    fn spans_hold_keys_and_values_as_written() {
        let text = "# c\n  a.b = x\\\n  y  \na.b=z";
        let configuration = read(text);
        let [won] = configuration.properties.as_slice() else { panic!("{configuration:?}") };
        let [lost] = configuration.lost.as_slice() else { panic!("{configuration:?}") };
        assert_eq!(&text[won.value_span.range()], "z");
        assert_eq!(&text[lost.key_span.range()], "a.b");
        assert_eq!(&text[lost.value_span.range()], "x\\\n  y  ");
    }
}
