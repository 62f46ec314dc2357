//! Parses the document type declaration and its internal subset into a [`Dtd`].

use std::collections::hash_map::Entry;
use std::ops::Range;

use crate::attributes::{end_of_name, is_name};
use crate::dtd::{AttributeDefault, Dtd, Entity};
use crate::entities::{Budget, MAX_ENTITY_LEVELS, char_reference, decode_value};
use crate::prolog::check_comment;
use crate::report::{Doctype, Report};
use text_spans::Span;

/// Reads the `<!DOCTYPE` at `start`. Also gives the offset behind it, `None` if it has no end.
pub(crate) fn read(text: &str, start: usize, budget: &mut Budget, report: &mut Report) -> (Dtd, Option<usize>) {
    let mut cursor = Cursor { text, at: start + "<!DOCTYPE".len(), origin: None };
    let mut dtd = Dtd::default();
    report.doctype = Some(doctype(&mut cursor, report));
    loop {
        match cursor.peek() {
            None => {
                report.cut(Span::new(start, start + "<!DOCTYPE".len()), "a document type without end");
                return (dtd, None);
            }
            Some(b'>') => return (dtd, Some(cursor.at + 1)),
            Some(b'"' | b'\'') => {
                cursor.literal();
            }
            Some(b'[') => {
                report.internal_dtd = true;
                cursor.at += 1;
                subset(&mut cursor, &mut dtd, budget, report);
            }
            Some(_) => cursor.at += 1,
        }
    }
}

/// Reads the names in a document type declaration.
fn doctype(cursor: &mut Cursor<'_>, report: &mut Report) -> Doctype {
    let start = cursor.at;
    let mut is_right = cursor.skip_space();
    let name = cursor.name().to_owned();
    is_right &= is_name(name.as_bytes());
    let spaced = cursor.skip_space();
    let literals = match cursor.name() {
        "SYSTEM" => 1,
        "PUBLIC" => 2,
        "" => 0,
        _ => {
            is_right = false;
            0
        }
    };
    is_right &= spaced || literals == 0;
    let mut system = None;
    for _ in 0..literals {
        is_right &= cursor.skip_space();
        system = cursor.literal().map(|range| cursor.slice(range).to_owned());
        is_right &= system.is_some();
    }
    cursor.skip_space();
    is_right &= matches!(cursor.peek(), Some(b'[' | b'>') | None);
    if !is_right {
        report.fail(cursor.span(start..start), "the document type declaration is not written as one");
    }
    Doctype { name, system }
}

/// Reads declarations up to and including `]`.
fn subset(base: &mut Cursor<'_>, dtd: &mut Dtd, budget: &mut Budget, report: &mut Report) {
    // Texts of parameter entities that are being read, with their names.
    let mut inner: Vec<(String, String, usize)> = Vec::new();
    let origin = Span::new(base.at, base.at);
    loop {
        let depth = inner.len();
        let mut referenced = None;
        match inner.last_mut() {
            Some((_, text, at)) => {
                let mut cursor = Cursor { text: text.as_str(), at: *at, origin: Some(origin) };
                let more = declaration(&mut cursor, dtd, budget, report, &mut referenced);
                *at = cursor.at;
                if !more {
                    inner.pop();
                }
            }
            None => {
                if !declaration(base, dtd, budget, report, &mut referenced) {
                    return;
                }
            }
        }
        let Some(name) = referenced else { continue };
        let known = inner.iter().any(|(open, _, _)| *open == name);
        match dtd.parameter.get(&name) {
            Some(Entity::Internal(text)) if !known && depth < MAX_ENTITY_LEVELS && budget.take(text.len()) => {
                inner.push((name, text.clone(), 0));
            }
            Some(Entity::Internal(_)) => report.cut(origin, "parameter entities nest or expand without bounds"),
            Some(Entity::External) => {}
            None => report.fail(origin, "a parameter entity that is not declared"),
        }
    }
}

/// Reads one declaration; `false` at the end of the subset or text. A `%name;` is handed back in `referenced`.
fn declaration(
    cursor: &mut Cursor<'_>,
    dtd: &mut Dtd,
    budget: &mut Budget,
    report: &mut Report,
    referenced: &mut Option<String>,
) -> bool {
    cursor.skip_space();
    let Some(next) = cursor.peek() else { return false };
    let start = cursor.at;
    let rest = cursor.rest();
    if next == b']' && cursor.origin.is_none() {
        cursor.at += 1;
        return false;
    } else if next == b'%' {
        cursor.at += 1;
        let name = cursor.name();
        cursor.eat(b';');
        *referenced = Some(name.to_owned());
    } else if rest.starts_with("<!--") {
        let inside = rest.get("<!--".len()..).unwrap_or_default();
        let inside = inside.split_once("-->").map_or(inside, |(inside, _)| inside);
        check_comment(inside, cursor.span(start..start + 1), report);
        cursor.skip_past("-->");
    } else if rest.starts_with("<?") {
        cursor.skip_past("?>");
    } else if rest.starts_with("<!ENTITY") {
        cursor.at += "<!ENTITY".len();
        entity(cursor, dtd, report);
        cursor.skip_declaration();
    } else if rest.starts_with("<!ATTLIST") {
        cursor.at += "<!ATTLIST".len();
        attribute_list(cursor, dtd, budget, report);
        cursor.skip_declaration();
    } else if rest.starts_with("<!") {
        if !["<!ELEMENT", "<!NOTATION", "<!["].iter().any(|known| rest.starts_with(known)) {
            report.fail(cursor.span(start..start + 1), "not a declaration in the document type");
        }
        cursor.skip_declaration();
    } else {
        report.fail(cursor.span(start..start + 1), "not a declaration in the document type");
        cursor.at += 1;
        while cursor.peek().is_some_and(|b| !matches!(b, b'<' | b']' | b'%')) {
            cursor.at += 1;
        }
    }
    true
}

fn entity(cursor: &mut Cursor<'_>, dtd: &mut Dtd, report: &mut Report) {
    cursor.skip_space();
    let parameter = cursor.eat(b'%');
    cursor.skip_space();
    let name = cursor.name().to_owned();
    cursor.skip_space();
    let value = match cursor.literal() {
        Some(range) => Entity::Internal(replacement(cursor.slice(range.clone()), cursor.span(range), report)),
        None => Entity::External,
    };
    let table = if parameter { &mut dtd.parameter } else { &mut dtd.general };
    // Of several declarations the first one counts.
    if let Entry::Vacant(vacant) = table.entry(name) {
        vacant.insert(value);
    }
}

/// The replacement text of an entity: its literal with character references decoded and general ones kept.
fn replacement(literal: &str, span: Span, report: &mut Report) -> String {
    let mut out = String::with_capacity(literal.len());
    let mut rest = literal;
    while let Some(at) = rest.find("&#") {
        out.push_str(rest.get(..at).unwrap_or_default());
        let reference = rest.get(at..).unwrap_or_default();
        let end = reference.find(';').filter(|end| *end <= 12);
        let decoded = end.and_then(|end| Some((char_reference(reference.get(2..end)?)?, end + 1)));
        match decoded {
            // A decoded `&` or `<` would start markup where the entity is used, as it does in an XML parser.
            Some((c, len)) => {
                out.push(c);
                rest = reference.get(len..).unwrap_or_default();
            }
            None => {
                report.fail(span, "a malformed character reference in an entity");
                out.push_str("&#");
                rest = reference.get(2..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    out
}

fn attribute_list(cursor: &mut Cursor<'_>, dtd: &mut Dtd, budget: &mut Budget, report: &mut Report) {
    cursor.skip_space();
    let element = cursor.name().to_owned();
    let mut found = Vec::new();
    loop {
        cursor.skip_space();
        let name_start = cursor.at;
        let name = cursor.name();
        if name.is_empty() {
            break;
        }
        let name_span = cursor.span(name_start..cursor.at);
        cursor.skip_space();
        // The type: a word, or a list of values with or without `NOTATION` before it.
        let mut is_cdata = false;
        if cursor.peek() != Some(b'(') {
            is_cdata = cursor.name() == "CDATA";
            cursor.skip_space();
        }
        // Of several declarations the first one counts.
        let is_first = match dtd.types.entry(element.clone()).or_default().entry(name.to_owned()) {
            Entry::Vacant(vacant) => {
                vacant.insert(is_cdata);
                true
            }
            Entry::Occupied(_) => false,
        };
        if cursor.peek() == Some(b'(') {
            cursor.skip_past(")");
            cursor.skip_space();
        }
        let has_default_word = cursor.eat(b'#');
        if has_default_word {
            cursor.name();
            cursor.skip_space();
        }
        let Some(range) = cursor.literal() else {
            if !has_default_word {
                report.fail(cursor.span(name_start..cursor.at), "an attribute in the document type without default");
            }
            continue;
        };
        let value_span = cursor.span(range.clone());
        let (value, _) = decode_value(cursor.text, range, cursor.origin, dtd, budget, report);
        let (name, value) = (name.to_owned(), value.into_owned());
        if is_first {
            found.push(AttributeDefault { name, name_span, value, value_span });
        }
    }
    if !found.is_empty() {
        dtd.defaults.entry(element).or_default().append(&mut found);
    }
}

/// A place in the file's text, or in the text of a parameter entity that is used at `origin`.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
    origin: Option<Span>,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn slice(&self, range: Range<usize>) -> &'t str {
        self.text.get(range).unwrap_or_default()
    }

    fn span(&self, range: Range<usize>) -> Span {
        self.origin.unwrap_or(Span::new(range.start, range.end))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let eaten = self.peek() == Some(byte);
        self.at += usize::from(eaten);
        eaten
    }

    /// Skips white space; whether there is any.
    fn skip_space(&mut self) -> bool {
        let before = self.at;
        while self.peek().is_some_and(|b| b.is_ascii_whitespace()) {
            self.at += 1;
        }
        self.at > before
    }

    fn skip_past(&mut self, end: &str) {
        self.at = memchr::memmem::find(self.rest().as_bytes(), end.as_bytes())
            .map_or(self.text.len(), |found| self.at + found + end.len());
    }

    /// Takes a name; empty where none stands.
    fn name(&mut self) -> &'t str {
        let start = self.at;
        let limit = end_of_name(self.text.as_bytes(), start);
        let candidate = self.slice(start..limit);
        let len = candidate.find(['(', ')', ';', '%', '#', '[', ']', ',', '|']).unwrap_or(candidate.len());
        self.at = start + len;
        self.slice(start..self.at)
    }

    /// Takes a quoted literal and gives the range between its quotes.
    fn literal(&mut self) -> Option<Range<usize>> {
        let quote = self.peek().filter(|b| matches!(b, b'"' | b'\''))?;
        let start = self.at + 1;
        let len = memchr::memchr(quote, self.text.as_bytes().get(start..)?);
        let Some(len) = len else {
            self.at = self.text.len();
            return None;
        };
        self.at = start + len + 1;
        Some(start..start + len)
    }

    /// Goes behind the `>` of a declaration, over quoted literals.
    fn skip_declaration(&mut self) {
        loop {
            match self.peek() {
                None => return,
                Some(b'>') => {
                    self.at += 1;
                    return;
                }
                Some(b'"' | b'\'') => {
                    self.literal();
                }
                Some(_) => self.at += 1,
            }
        }
    }
}
