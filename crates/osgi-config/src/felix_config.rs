//! The reader of Felix `.config` files. It reads what Felix `ConfigurationHandler` reads, token by token, so that
//! what AEM loses or refuses is lost or refused here at the same place; `felix_salvage` then
//! reads the lost part for the auditor.
//!
//! AEM as a Cloud Service converts packages with the handler of configadmin 1.9.22, the same source as later versions. The
//! Sling installer of AEM 6.5 embeds that of configadmin 1.8.12, which knows no white space around `=` (FELIX-5690) and does
//! not trim keys: of `a = "b"` it takes nothing, and nothing behind it.

use std::borrow::Cow;

use super::configuration::{Configuration, Dropped, Item, Property, Shape, Value, dedup_keys};
use super::felix_characters::{Characters, Quoted};
use super::felix_salvage::salvage;
use super::felix_types::TypeCode;
use super::java;
use super::target::Target;
use text_spans::{OneOrMany, ReadError, Span};

/// Reads a `.config` text as `ConfigurationHandler.read` does, in the version that the target uses.
///
/// # Examples
/// ```
/// use osgi_config::{Target, felix_config};
/// let configuration = felix_config::read("a=\"b\"\nn=I\"5\"\n", Target::Aem65);
/// assert_eq!(configuration.properties.len(), 2);
/// assert_eq!(configuration.properties[1].value.type_name, "Integer");
///
/// assert_eq!(felix_config::read("a = \"b\"\n", Target::Cloud).properties.len(), 1);
/// assert_eq!(felix_config::read("a = \"b\"\n", Target::Aem65).lost.len(), 1);
/// ```
pub fn read(text: &str, target: Target) -> Configuration<'_> {
    read_from(text, 0, target)
}

/// Reads `text` from the byte `start`, a character boundary, on; spans refer to the whole text.
pub(super) fn read_from(text: &str, start: usize, target: Target) -> Configuration<'_> {
    let mut reader = Reader {
        characters: Characters::new(text, start),
        spaces_around_equals: target == Target::Cloud,
        cut: None,
        dropped: Vec::new(),
        lost: Vec::new(),
        trouble: None,
    };
    // Most properties are about so long; a few of them never take more than one piece of memory.
    let mut properties = Vec::with_capacity((text.len() / 32).clamp(4, 64));
    let error = reader.read_all(&mut properties).err();
    let Reader { mut dropped, mut lost, trouble, .. } = reader;
    let error = error.map(|error| root_cause(text, error, &dropped));
    if let Some(trouble) = trouble {
        let saved = salvage(text, trouble as usize);
        if error.is_some() {
            properties.retain(|p| p.key_span.start < trouble);
            properties.extend(saved);
            lost.clear();
        } else {
            lost.extend(only_in(saved, &properties));
        }
    }
    let properties = dedup_keys(properties, &mut dropped, &mut lost);
    Configuration { properties, lost, dropped, error }
}

/// An error often is what becomes of a loss just before it: `limit=100` is lost for want of quotes, and its last digits
/// are then no key. The loss is what has to be mended.
fn root_cause(text: &str, error: ReadError, dropped: &[Dropped]) -> ReadError {
    let near = dropped.last().filter(|dropped| {
        let between = text.get(dropped.span.end as usize..error.span.start as usize);
        between.is_none_or(|between| between.matches('\n').count() <= 1)
    });
    near.map_or(error, |dropped| ReadError { span: dropped.span, reason: dropped.reason.clone() })
}

/// Those of `saved` that the strict reader did not read the same way.
fn only_in<'t>(saved: Vec<Property<'t>>, properties: &[Property<'t>]) -> Vec<Property<'t>> {
    let known: std::collections::HashMap<u32, &Property<'t>> =
        properties.iter().map(|p| (p.key_span.start, p)).collect();
    saved.into_iter().filter(|s| known.get(&s.key_span.start).is_none_or(|p| p.value != s.value)).collect()
}

enum Token<'t> {
    Name(Quoted<'t>),
    Other(char, Span),
    End(Span),
}

/// What became of a value.
enum Outcome<'t> {
    Read(Value<'t>, Span),
    Lost(Span, String),
}

struct Reader<'t> {
    characters: Characters<'t>,
    /// Whether the handler is one that takes white space around `=`.
    spaces_around_equals: bool,
    /// The unescaped `=` at which the value being read was cut.
    cut: Option<Span>,
    dropped: Vec<Dropped>,
    /// Properties that arrive under another key than the one that was meant.
    lost: Vec<Property<'t>>,
    /// From where on something may have been lost.
    trouble: Option<u32>,
}

impl<'t> Reader<'t> {
    fn read_all(&mut self, properties: &mut Vec<Property<'t>>) -> Result<(), ReadError> {
        loop {
            let name = match self.next_token(true)? {
                Token::Name(name) => name,
                Token::End(_) => return Ok(()),
                Token::Other(c, span) => {
                    self.trouble(span.start);
                    let reason = format!("a stray `{c}` stands where a key is expected: the rest of the file is lost");
                    self.dropped.push(Dropped { key: None, span, reason });
                    return Ok(());
                }
            };
            let meant = match &name.text {
                Cow::Borrowed(text) => Cow::Borrowed(java::trim(text)),
                Cow::Owned(text) => Cow::Owned(java::trim(text).to_owned()),
            };
            let key = if self.spaces_around_equals { meant.clone() } else { name.text };
            let key_span = name.trimmed;
            self.expect_equals(key_span)?;
            self.cut = None;
            let outcome = self.value().inspect_err(|_| {
                self.trouble.get_or_insert(key_span.start);
            })?;
            if let Some(span) = self.cut.take() {
                self.trouble(key_span.start);
                let reason = "an unescaped `=` ends the quoted value: write `\\=`".to_owned();
                self.dropped.push(Dropped { key: Some(meant.clone().into_owned()), span, reason });
            }
            if let Some((_, last_line)) = key.rsplit_once('\n') {
                self.trouble(key_span.start);
                let reason = "the lines before have no `=` or no quoted value and became part of this key".to_owned();
                self.dropped.push(Dropped { key: Some(java::trim(last_line).to_owned()), span: key_span, reason });
            }
            match outcome {
                Outcome::Read(value, value_span) => {
                    if key != meant {
                        self.keep_meant(meant.clone(), key_span, &value, value_span);
                    }
                    properties.push(Property { key, key_span, value, value_span });
                }
                Outcome::Lost(span, reason) => {
                    self.trouble(key_span.start);
                    self.dropped.push(Dropped { key: Some(meant.into_owned()), span: key_span.to(span), reason });
                }
            }
        }
    }

    /// Notes that white space became part of the key of a property.
    fn keep_meant(&mut self, meant: Cow<'t, str>, key_span: Span, value: &Value<'t>, value_span: Span) {
        if meant.is_empty() || meant.contains('\n') {
            return;
        }
        let reason = "white space before the `=` became part of this key: write no white space around `=`";
        self.dropped.push(Dropped { key: Some(meant.to_string()), span: key_span, reason: reason.to_owned() });
        self.lost.push(Property { key: meant, key_span, value: value.clone(), value_span });
    }

    fn trouble(&mut self, at: u32) {
        self.trouble.get_or_insert(at);
    }

    fn expect_equals(&mut self, key: Span) -> Result<(), ReadError> {
        let token = self.next_token(false).inspect_err(|_| {
            self.trouble.get_or_insert(key.start);
        })?;
        let (span, found) = match token {
            Token::Other('=', _) => return Ok(()),
            Token::Other(c, span) => (span, format!("but `{c}` follows")),
            Token::Name(name) => (name.span, "but other text follows".to_owned()),
            Token::End(span) => (span, "but the file ends".to_owned()),
        };
        self.trouble(key.start);
        // The usual cause lies before: a value was cut, and its rest is now taken for a key.
        let reason = match self.dropped.last() {
            Some(last) if last.span.len() == 1 && self.only_blank_between(last.span.end, key.start) => {
                "an unescaped `=` ended the value before, and its rest is no property: write `\\=`".to_owned()
            }
            _ => format!("`=` is expected after a key, {found}"),
        };
        Err(ReadError { span: if span.is_empty() { key } else { span }, reason })
    }

    fn only_blank_between(&self, start: u32, end: u32) -> bool {
        self.characters.text.get(start as usize..end as usize).is_some_and(|text| text.trim().is_empty())
    }

    fn value(&mut self) -> Result<Outcome<'t>, ReadError> {
        let (mut c, mut at) = if self.spaces_around_equals {
            self.characters.skip_white_space()
        } else {
            let at = self.characters.pos;
            (self.characters.read(), at)
        };
        let start = at;
        let code = match c.and_then(TypeCode::of) {
            Some(code) => {
                at = self.characters.pos;
                c = self.characters.read();
                code
            }
            None => TypeCode::STRING,
        };
        let here = Span::new(start, self.characters.pos);
        self.characters.leave_half(c);
        match c {
            Some('[') => self.items(code, Shape::Array, start),
            Some('(') => self.items(code, Shape::Vector, start),
            Some('"') => {
                let item = self.simple(code)?;
                self.close_quote();
                let span = Span::new(start, self.characters.pos);
                Ok(match item {
                    Some(item) => Outcome::Read(code.value(Shape::Scalar, OneOrMany::One(item)), span),
                    None => Outcome::Lost(span, format!("an empty {} has no value", code.name())),
                })
            }
            None => Ok(Outcome::Lost(here, "the file ends before the value".to_owned())),
            Some(c) if at == start && java::is_whitespace(c) => Ok(Outcome::Lost(
                here,
                "white space stands between `=` and the value: write no white space around `=`".to_owned(),
            )),
            Some(_) if at > start => Ok(Outcome::Lost(
                here,
                "the value is not quoted, or not quoted directly after its type letter".to_owned(),
            )),
            Some(_) => Ok(Outcome::Lost(here, "the value is not quoted, or its type letter is unknown".to_owned())),
        }
    }

    /// The items of an array or a collection, after its opening bracket.
    fn items(&mut self, code: TypeCode, shape: Shape, start: usize) -> Result<Outcome<'t>, ReadError> {
        let close = if shape == Shape::Array { ']' } else { ')' };
        let mut items = OneOrMany::new();
        loop {
            let mut c = self.characters.skip_line_ends();
            if c == Some('"') {
                match self.simple(code)? {
                    Some(item) => items.push(item),
                    None => {
                        let reason = format!("the list holds an empty {}", code.name());
                        return Ok(Outcome::Lost(Span::new(start, self.characters.pos), reason));
                    }
                }
                self.close_quote();
                c = self.characters.skip_line_ends();
            }
            let span = Span::new(start, self.characters.pos);
            self.characters.leave_half(c);
            match c {
                Some(c) if c == close => return Ok(Outcome::Read(code.value(shape, items), span)),
                Some(',') => {}
                Some(_) => return Ok(Outcome::Lost(span, "the list holds something that is not quoted".to_owned())),
                None => return Ok(Outcome::Lost(span, format!("the list is not closed by `{close}`"))),
            }
        }
    }

    /// One quoted scalar, after its opening quote.
    fn simple(&mut self, code: TypeCode) -> Result<Option<Item<'t>>, ReadError> {
        let quoted = self.characters.quoted()?;
        match code.convert(quoted.text) {
            Ok(scalar) => Ok(scalar.map(|scalar| Item { scalar, span: quoted.span })),
            Err(_) => {
                let reason = format!("the value is not a number that Java reads as {}", code.name());
                Err(ReadError { span: quoted.span, reason })
            }
        }
    }

    /// Reads the character after a value. Felix looks at it and forgets to complain when it is no quote.
    fn close_quote(&mut self) {
        let start = self.characters.pos;
        if self.characters.read() == Some('=') {
            self.cut.get_or_insert(Span::new(start, self.characters.pos));
        }
    }

    fn next_token(&mut self, comments: bool) -> Result<Token<'t>, ReadError> {
        loop {
            let (c, at) = self.characters.skip_white_space();
            match c {
                None => return Ok(Token::End(Span::new(at, at))),
                Some('#') if comments => {
                    let rest = self.characters.text.as_bytes().get(self.characters.pos..).unwrap_or_default();
                    self.characters.pos += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                    if self.characters.read().is_none() {
                        return Ok(Token::End(Span::new(self.characters.pos, self.characters.pos)));
                    }
                }
                Some(c @ ('=' | '[' | ']' | '(' | ')' | ',' | '"')) => {
                    return Ok(Token::Other(c, Span::new(at, self.characters.pos)));
                }
                Some(_) => {
                    // Only a pushed back end of file is read without the position moving.
                    self.characters.pushed_eof = self.characters.pos == at;
                    self.characters.pos = at;
                    return self.characters.quoted().map(Token::Name).inspect_err(|_| {
                        self.trouble.get_or_insert(Span::new(at, at).start);
                    });
                }
            }
        }
    }
}
