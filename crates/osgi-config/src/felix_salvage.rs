//! Reads what Felix loses of a damaged `.config` text, the way its author meant it: line by line, with values that
//! may hold an unescaped `=` or have no quotes. Nothing read here reaches AEM; it lets an auditor judge what stands
//! in the file.

use std::cell::Cell;

use super::configuration::{Item, Property, Scalar, Shape, Value};
use super::felix_types::TypeCode;
use super::java::{self, JavaText};
use text_spans::{OneOrMany, Span};

/// Reads every `key=value` from the byte `start`, a character boundary, to the end of the text.
pub(super) fn salvage(text: &str, start: usize) -> Vec<Property<'static>> {
    let mut salvager = Salvager { text, pos: start, line: Cell::new((0, 0)) };
    let mut properties = Vec::new();
    while let Some(c) = salvager.peek() {
        match c {
            '#' => salvager.pos = salvager.line_end(),
            '=' | '[' | ']' | '(' | ')' | ',' | '"' | '\u{FEFF}' => salvager.pos += c.len_utf8(),
            c if java::is_whitespace(c) => salvager.pos += c.len_utf8(),
            _ => properties.extend(salvager.property()),
        }
    }
    properties
}

struct Salvager<'t> {
    text: &'t str,
    pos: usize,
    /// From where on the end of the line is known, and that end. A line may hold very many properties.
    line: Cell<(usize, usize)>,
}

impl Salvager<'_> {
    fn peek(&self) -> Option<char> {
        self.text.get(self.pos..)?.chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }

    fn line_end(&self) -> usize {
        let (from, end) = self.line.get();
        if (from..end).contains(&self.pos) {
            return end;
        }
        let rest = self.text.as_bytes().get(self.pos..).unwrap_or_default();
        let end = memchr::memchr2(b'\n', b'\r', rest).map_or(self.text.len(), |n| self.pos + n);
        self.line.set((self.pos, end));
        end
    }

    /// White space, and a backslash that ends a line.
    fn skip_space(&mut self) {
        while let Some(c) = self.peek() {
            let next = self.text.as_bytes().get(self.pos + 1);
            if java::is_whitespace(c) || c == '\\' && matches!(next, Some(b'\n' | b'\r')) {
                self.pos += c.len_utf8();
            } else {
                return;
            }
        }
    }

    fn property(&mut self) -> Option<Property<'static>> {
        let start = self.pos;
        let (key, key_end) = self.key()?;
        let key_span = Span::new(start, key_end);
        let line_end = self.line_end();
        let before = self.pos;
        self.skip_space();
        let bracketed = self.bracketed();
        if bracketed.is_none() && self.pos >= line_end {
            // Nothing stands behind the `=`; the next line is a property of its own.
            self.pos = before;
        }
        let value_start = self.pos;
        let value = match bracketed {
            Some((code, c)) => {
                self.pos += c;
                match self.bump() {
                    Some('[') => self.items(code, Shape::Array),
                    Some('(') => self.items(code, Shape::Vector),
                    _ => {
                        let item = self.quoted(code);
                        code.value(Shape::Scalar, OneOrMany::One(item))
                    }
                }
            }
            None => {
                let item = self.unquoted(self.line_end());
                TypeCode::STRING.value(Shape::Scalar, OneOrMany::One(item))
            }
        };
        Some(Property {
            key: key.into(),
            key_span,
            value,
            value_span: Span::new(value_start, self.pos.max(value_start)),
        })
    }

    /// A key up to its `=`. `None`, past the line, when the line has none.
    fn key(&mut self) -> Option<(String, usize)> {
        let mut key = JavaText::default();
        let mut end = self.pos;
        loop {
            match self.peek()? {
                '\n' | '\r' => return None,
                '=' => break,
                '\\' => {
                    self.pos += 1;
                    let c = self.peek()?;
                    end = self.pos + c.len_utf8();
                    match self.text.get(end..end + 4).and_then(hex_unit) {
                        Some(unit) if c == 'u' => {
                            key.unit(unit);
                            end += 4;
                            self.pos = end;
                            continue;
                        }
                        _ => key.push(c),
                    }
                }
                c => {
                    key.push(c);
                    if c > ' ' {
                        end = self.pos + c.len_utf8();
                    }
                }
            }
            self.bump();
        }
        self.pos += 1;
        let key = key.finish();
        let key = key.trim_matches(|c: char| c <= ' ' || matches!(c, '"' | '[' | ']' | '(' | ')' | ',' | ';'));
        Some((key.to_owned(), end))
    }

    /// Whether a quote or bracket opens here, behind a type letter or not: the type, and the bytes before it.
    fn bracketed(&self) -> Option<(TypeCode, usize)> {
        let rest = self.text.get(self.pos..)?;
        let opens = |text: &str| text.starts_with(['"', '[', '(']);
        if opens(rest) {
            return Some((TypeCode::STRING, 0));
        }
        let letter = rest.chars().next().filter(char::is_ascii_alphabetic)?;
        let after = rest.get(1..)?;
        let blank = after.len() - after.trim_start_matches([' ', '\t']).len();
        opens(after.get(blank..)?).then(|| (TypeCode::of(letter).unwrap_or(TypeCode::STRING), 1 + blank))
    }

    /// A scalar after its opening quote, up to the closing quote or the end of the text.
    fn quoted(&mut self, code: TypeCode) -> Item<'static> {
        let start = self.pos;
        let mut text = JavaText::default();
        let mut line = start;
        let mut several_lines = false;
        let end = loop {
            let before = self.pos;
            match self.bump() {
                None => break before,
                Some('"') => {
                    if several_lines && self.opens_next_value(line, before) {
                        // The closing quote is missing: this one opens the value of a later line.
                        return self.cut_at_line_end(start, code);
                    }
                    break before;
                }
                Some('\\') => match self.bump() {
                    Some('b') => text.push('\u{8}'),
                    Some('t') => text.push('\t'),
                    Some('n') => text.push('\n'),
                    Some('f') => text.push('\u{C}'),
                    Some('r') => text.push('\r'),
                    Some('u') => match self.text.get(self.pos..self.pos + 4).and_then(hex_unit) {
                        Some(unit) => {
                            text.unit(unit);
                            self.pos += 4;
                        }
                        None => text.push('u'),
                    },
                    Some('\r') => self.line_feed(&mut text),
                    Some(c) => text.push(c),
                    None => text.push('\u{FFFF}'),
                },
                Some('\r') => {
                    self.line_feed(&mut text);
                    (line, several_lines) = (self.pos, true);
                }
                Some(c) => {
                    text.push(c);
                    if c == '\n' {
                        (line, several_lines) = (self.pos, true);
                    }
                }
            }
        };
        item(code, text.finish(), Span::new(start, end))
    }

    fn line_feed(&mut self, text: &mut JavaText) {
        if self.peek() == Some('\n') {
            self.pos += 1;
        }
        text.push('\n');
    }

    /// Whether the quote at `quote` follows `key=` on its line and another quote follows it there.
    fn opens_next_value(&self, line: usize, quote: usize) -> bool {
        let before = self.text.get(line..quote).unwrap_or_default().trim();
        let key = before.strip_suffix(|c: char| c.is_ascii_alphabetic()).unwrap_or(before).strip_suffix('=');
        key.is_some_and(|key| {
            !key.trim().is_empty() && key.trim().chars().all(|c| c.is_ascii_alphanumeric() || "._-:".contains(c))
        }) && self.text.get(self.pos..self.line_end()).is_some_and(|rest| rest.contains('"'))
    }

    fn cut_at_line_end(&mut self, start: usize, code: TypeCode) -> Item<'static> {
        self.pos = start;
        self.pos = self.line_end();
        let text = self.text.get(start..self.pos).unwrap_or_default();
        item(code, text.to_owned(), Span::new(start, self.pos))
    }

    /// Items after the opening bracket, quoted or not, up to the closing one.
    fn items(&mut self, code: TypeCode, shape: Shape) -> Value<'static> {
        let close = if shape == Shape::Array { ']' } else { ')' };
        let mut items = OneOrMany::new();
        loop {
            self.skip_space();
            match self.peek() {
                None => break,
                Some(c) if c == close => {
                    self.pos += 1;
                    break;
                }
                Some(',') => self.pos += 1,
                Some('"') => {
                    self.pos += 1;
                    items.push(self.quoted(code));
                }
                Some(_) => {
                    let line_end = self.line_end();
                    let run = self.text.get(self.pos..line_end).unwrap_or_default();
                    let length = run.find([',', close, '"', '=']).unwrap_or(run.len());
                    if run.get(length..).is_some_and(|rest| rest.starts_with('=')) {
                        // The bracket is not closed: the next property begins.
                        break;
                    }
                    items.push(self.unquoted(self.pos + length));
                }
            }
        }
        code.value(shape, items)
    }

    /// The text up to `end`, trimmed.
    fn unquoted(&mut self, end: usize) -> Item<'static> {
        let raw = self.text.get(self.pos..end).unwrap_or_default();
        let start = self.pos + (raw.len() - raw.trim_start().len());
        let text = raw.trim();
        self.pos = end;
        Item { scalar: Scalar::Text(text.to_owned().into()), span: Span::new(start, start + text.len()) }
    }
}

fn hex_unit(digits: &str) -> Option<u16> {
    java::parse_integer(digits, 16, 0..=0xFFFF).and_then(|n| u16::try_from(n).ok())
}

/// A number that Java refuses stays as its text.
fn item(code: TypeCode, text: String, span: Span) -> Item<'static> {
    let scalar = match code.convert(text.clone().into()) {
        Ok(Some(scalar)) => scalar,
        _ => Scalar::Text(text.into()),
    };
    Item { scalar, span }
}
