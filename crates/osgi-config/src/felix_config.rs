//! The reader of Felix `.config` files. It reads what Felix `ConfigurationHandler` reads, token by token, so that
//! what AEM loses or refuses is lost or refused here at the same place; `felix_salvage` then
//! reads the lost part for the auditor.
//!
//! The version followed is that of configadmin 1.9.22 and later, which the content-package converter uses. The Sling
//! installer of AEM 6.5 embeds configadmin 1.8.12, which takes no white space around `=` (FELIX-5690) and does not trim
//! keys: `a = "b"` is read here and lost there.

use std::borrow::Cow;

use super::configuration::{Configuration, Dropped, Item, Property, Shape, Value, dedup_keys};
use super::felix_salvage::salvage;
use super::felix_types::TypeCode;
use super::java::{self, JavaText};
use text_spans::{OneOrMany, ReadError, Span};

/// Reads a `.config` text as `ConfigurationHandler.read` does.
///
/// # Examples
/// ```
/// let configuration = osgi_config::felix_config::read("a=\"b\"\nn=I\"5\"\n");
/// assert_eq!(configuration.properties.len(), 2);
/// assert_eq!(configuration.properties[1].value.type_name, "Integer");
/// ```
pub fn read(text: &str) -> Configuration<'_> {
    read_from(text, 0)
}

/// Reads `text` from the byte `start`, a character boundary, on; spans refer to the whole text.
pub(super) fn read_from(text: &str, start: usize) -> Configuration<'_> {
    let mut reader = Reader {
        text,
        pos: start,
        pushed_eof: false,
        returns: memchr::memchr(b'\r', text.as_bytes()).is_some(),
        cut: None,
        dropped: Vec::new(),
        trouble: None,
    };
    // Most properties are about so long; a few of them never take more than one piece of memory.
    let mut properties = Vec::with_capacity((text.len() / 32).clamp(4, 64));
    let error = reader.read_all(&mut properties).err();
    let Reader { mut dropped, trouble, .. } = reader;
    let error = error.map(|error| root_cause(text, error, &dropped));
    let mut lost = Vec::new();
    if let Some(trouble) = trouble {
        let saved = salvage(text, trouble as usize);
        if error.is_some() {
            properties.retain(|p| p.key_span.start < trouble);
            properties.extend(saved);
        } else {
            lost = only_in(saved, &properties);
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

/// A run of characters up to an unescaped `=` or `"`.
struct Quoted<'t> {
    text: Cow<'t, str>,
    /// All of it, as written.
    span: Span,
    /// What is left of it, as written, when `String.trim` has been at the decoded text.
    trimmed: Span,
}

/// What `String.trim` leaves of `text`, which stands at `at`; `None` if that is nothing.
fn visible(text: &str, at: usize) -> Option<Span> {
    let rest = text.trim_start_matches(|c: char| c <= ' ');
    let start = at + text.len() - rest.len();
    (!rest.is_empty()).then(|| Span::new(start, start + rest.trim_end_matches(|c: char| c <= ' ').len()))
}

/// The span up to the end of what comes next of it, if that is something.
fn grown(span: Span, next: Option<Span>) -> Span {
    match next {
        Some(next) if span.is_empty() => next,
        Some(next) => span.to(next),
        None => span,
    }
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
    text: &'t str,
    pos: usize,
    /// `PushbackReader.unread(-1)` pushes U+FFFF back, which the next read delivers as a character.
    pushed_eof: bool,
    /// Whether there is a CR anywhere.
    returns: bool,
    /// The unescaped `=` at which the value being read was cut.
    cut: Option<Span>,
    dropped: Vec<Dropped>,
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
            let key = match name.text {
                Cow::Borrowed(text) => Cow::Borrowed(java::trim(text)),
                Cow::Owned(text) => Cow::Owned(java::trim(&text).to_owned()),
            };
            let key_span = name.trimmed;
            self.expect_equals(key_span)?;
            self.cut = None;
            let outcome = self.value().inspect_err(|_| {
                self.trouble.get_or_insert(key_span.start);
            })?;
            if let Some(span) = self.cut.take() {
                self.trouble(key_span.start);
                let reason = "an unescaped `=` ends the quoted value: write `\\=`".to_owned();
                self.dropped.push(Dropped { key: Some(key.clone().into_owned()), span, reason });
            }
            if let Some((_, last_line)) = key.rsplit_once('\n') {
                self.trouble(key_span.start);
                let reason = "the lines before have no `=` or no quoted value and became part of this key".to_owned();
                self.dropped.push(Dropped { key: Some(java::trim(last_line).to_owned()), span: key_span, reason });
            }
            match outcome {
                Outcome::Read(value, value_span) => properties.push(Property { key, key_span, value, value_span }),
                Outcome::Lost(span, reason) => {
                    self.trouble(key_span.start);
                    self.dropped.push(Dropped { key: Some(key.into_owned()), span: key_span.to(span), reason });
                }
            }
        }
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
        self.text.get(start as usize..end as usize).is_some_and(|text| text.trim().is_empty())
    }

    fn value(&mut self) -> Result<Outcome<'t>, ReadError> {
        let (mut c, mut at) = self.skip_white_space();
        let start = at;
        let code = match c.and_then(TypeCode::of) {
            Some(code) => {
                at = self.pos;
                c = self.read();
                code
            }
            None => TypeCode::STRING,
        };
        let here = Span::new(start, self.pos);
        match c {
            Some('[') => self.items(code, Shape::Array, start),
            Some('(') => self.items(code, Shape::Vector, start),
            Some('"') => {
                let item = self.simple(code)?;
                self.close_quote();
                let span = Span::new(start, self.pos);
                Ok(match item {
                    Some(item) => Outcome::Read(code.value(Shape::Scalar, OneOrMany::One(item)), span),
                    None => Outcome::Lost(span, format!("an empty {} has no value", code.name())),
                })
            }
            None => Ok(Outcome::Lost(here, "the file ends before the value".to_owned())),
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
            let mut c = self.skip_line_ends();
            if c == Some('"') {
                match self.simple(code)? {
                    Some(item) => items.push(item),
                    None => {
                        let reason = format!("the list holds an empty {}", code.name());
                        return Ok(Outcome::Lost(Span::new(start, self.pos), reason));
                    }
                }
                self.close_quote();
                c = self.skip_line_ends();
            }
            let span = Span::new(start, self.pos);
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
        let quoted = self.quoted()?;
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
        let start = self.pos;
        if self.read() == Some('=') {
            self.cut.get_or_insert(Span::new(start, self.pos));
        }
    }

    fn quoted(&mut self) -> Result<Quoted<'t>, ReadError> {
        let start = self.pos;
        let mut text = JavaText::default();
        let mut trimmed = Span::new(start, start);
        let mut stop = start;
        loop {
            let run = self.plain_run(&mut stop);
            if !run.is_empty() {
                let here = visible(run, self.pos);
                let begun = self.pos > start;
                self.pos += run.len();
                if !begun && matches!(self.text.as_bytes().get(self.pos), Some(b'=' | b'"')) {
                    // Nothing in it is escaped: the text as it stands is the value.
                    let trimmed = here.unwrap_or(trimmed);
                    return Ok(Quoted { text: Cow::Borrowed(run), span: Span::new(start, self.pos), trimmed });
                }
                text.push_str(run);
                trimmed = grown(trimmed, here);
            }
            let (before, pushed) = (self.pos, self.pushed_eof);
            let c = self.read();
            let visible = match c {
                Some('\\') => match self.read() {
                    Some('u') => {
                        let Some(unit) = self.unicode(before)? else { continue };
                        text.unit(unit);
                        unit > 0x20
                    }
                    c => {
                        let c = match c {
                            Some('b') => '\u{8}',
                            Some('t') => '\t',
                            Some('n') => '\n',
                            Some('f') => '\u{C}',
                            Some('r') => '\r',
                            Some(c) => c,
                            // Felix appends the -1 of the end of the file as a character.
                            None => '\u{FFFF}',
                        };
                        text.push(c);
                        c > ' '
                    }
                },
                Some('=' | '"') => {
                    (self.pos, self.pushed_eof) = (before, pushed);
                    return Ok(Quoted { text: Cow::Owned(text.finish()), span: Span::new(start, before), trimmed });
                }
                None => {
                    self.pushed_eof = true;
                    return Ok(Quoted { text: Cow::Owned(text.finish()), span: Span::new(start, before), trimmed });
                }
                Some(c) => {
                    text.push(c);
                    c > ' '
                }
            };
            trimmed = grown(trimmed, visible.then(|| Span::new(before, self.pos)));
        }
    }

    /// The characters from here on that stand for themselves and end nothing. `stop` is where the next character is
    /// that an escape begins with or that ends all of it, as far as it was looked for.
    fn plain_run(&self, stop: &mut usize) -> &'t str {
        if self.pushed_eof {
            return "";
        }
        let bytes = self.text.as_bytes();
        if *stop <= self.pos {
            let rest = bytes.get(self.pos..).unwrap_or_default();
            *stop = self.pos + memchr::memchr3(b'\\', b'=', b'"', rest).unwrap_or(rest.len());
        }
        let run = bytes.get(self.pos..*stop).filter(|_| self.returns).unwrap_or_default();
        let end = memchr::memchr(b'\r', run).map_or(*stop, |cr| self.pos + cr);
        self.text.get(self.pos..end).unwrap_or_default()
    }

    /// The four characters after `\u`, read as `Integer.parseInt(…, 16)` does. `None` when the file ends before.
    fn unicode(&mut self, escape: usize) -> Result<Option<u16>, ReadError> {
        let mut digits = String::with_capacity(4);
        let mut units = 0;
        while units < 4 {
            match self.read() {
                Some(c) => {
                    units += c.len_utf16();
                    digits.push(c);
                }
                None => return Ok(None),
            }
        }
        match java::parse_integer(&digits, 16, -0xFFF..=0xFFFF) {
            Some(value) => Ok(Some((value & 0xFFFF) as u16)),
            None => {
                let reason = "`\\u` is not followed by four hexadecimal digits".to_owned();
                Err(ReadError { span: Span::new(escape, self.pos), reason })
            }
        }
    }

    fn next_token(&mut self, comments: bool) -> Result<Token<'t>, ReadError> {
        loop {
            let (c, at) = self.skip_white_space();
            match c {
                None => return Ok(Token::End(Span::new(at, at))),
                Some('#') if comments => {
                    let rest = self.text.as_bytes().get(self.pos..).unwrap_or_default();
                    self.pos += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
                    if self.read().is_none() {
                        return Ok(Token::End(Span::new(self.pos, self.pos)));
                    }
                }
                Some(c @ ('=' | '[' | ']' | '(' | ')' | ',' | '"')) => {
                    return Ok(Token::Other(c, Span::new(at, self.pos)));
                }
                Some(_) => {
                    // Only a pushed back end of file is read without the position moving.
                    self.pushed_eof = self.pos == at;
                    self.pos = at;
                    return self.quoted().map(Token::Name).inspect_err(|_| {
                        self.trouble.get_or_insert(Span::new(at, at).start);
                    });
                }
            }
        }
    }

    /// The first character that is no white space, and where it starts.
    fn skip_white_space(&mut self) -> (Option<char>, usize) {
        loop {
            let at = self.pos;
            match self.read() {
                Some(c) if java::is_whitespace(c) => {}
                c => return (c, at),
            }
        }
    }

    /// Like [`Self::skip_white_space`], and skips a backslash at the end of a line too.
    fn skip_line_ends(&mut self) -> Option<char> {
        let mut c = self.skip_white_space().0;
        while c == Some('\\') {
            let (before, pushed) = (self.pos, self.pushed_eof);
            match self.raw() {
                Some('\r' | '\n') => c = self.skip_white_space().0,
                Some(_) => {
                    (self.pos, self.pushed_eof) = (before, pushed);
                    break;
                }
                None => {
                    self.pushed_eof = true;
                    break;
                }
            }
        }
        c
    }

    fn raw(&mut self) -> Option<char> {
        if std::mem::take(&mut self.pushed_eof) {
            return Some('\u{FFFF}');
        }
        let c = match *self.text.as_bytes().get(self.pos)? {
            ascii @ 0..0x80 => char::from(ascii),
            _ => self.text.get(self.pos..)?.chars().next()?,
        };
        self.pos += c.len_utf8();
        Some(c)
    }

    /// Reads one character; CR LF and CR arrive as LF.
    fn read(&mut self) -> Option<char> {
        match self.raw() {
            Some('\r') => {
                match self.text.as_bytes().get(self.pos) {
                    Some(b'\n') => self.pos += 1,
                    Some(_) => {}
                    None => self.pushed_eof = true,
                }
                Some('\n')
            }
            c => c,
        }
    }
}
