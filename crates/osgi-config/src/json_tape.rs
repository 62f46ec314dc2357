//! A JSON reader that gives spans and goes on after errors. It accepts what Johnzon, the parser in AEM, accepts; of
//! anything else it keeps the first error and reads on as well as it can, so that an auditor sees the rest.
//!
//! The result is a flat list of tokens, a tape. There is no recursion, whatever the nesting.

use super::java::JavaText;

/// One token of the tape with its bytes in the parsed text.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, PartialEq)]
pub(super) enum Kind {
    /// `{` or `[`, with the index of the token that closes it.
    Open {
        array: bool,
        close: usize,
    },
    Close,
    Key(String),
    Text(String),
    Number,
    Bool(bool),
    Null,
}

/// What was read.
pub(super) struct Tape {
    pub(super) tokens: Vec<Token>,
    /// The first error: its bytes in the parsed text, and the reason.
    pub(super) error: Option<(usize, usize, String)>,
}

/// Reads `text`, which has no comments any more.
pub(super) fn read(text: &str) -> Tape {
    let mut parser = Parser { text, pos: 0, tokens: Vec::new(), stack: Vec::new(), last: Last::Start, error: None };
    parser.run();
    Tape { tokens: parser.tokens, error: parser.error }
}

/// What the token before was; it decides what may follow.
#[derive(Clone, Copy, PartialEq)]
enum Last {
    Start,
    Open,
    Key,
    Colon,
    Comma,
    Value,
}

struct Parser<'t> {
    text: &'t str,
    pos: usize,
    tokens: Vec<Token>,
    /// The tape indices of the objects and arrays that are open.
    stack: Vec<usize>,
    last: Last,
    error: Option<(usize, usize, String)>,
}

impl Parser<'_> {
    fn run(&mut self) {
        while let Some(c) = self.peek() {
            let start = self.pos;
            match c {
                ' ' | '\t' | '\r' | '\n' => self.pos += 1,
                // Johnzon takes NUL for the end of the input and looks no further.
                '\0' if self.stack.is_empty() && self.last == Last::Value && self.error.is_none() => return,
                _ if self.stack.is_empty() && self.last == Last::Value && self.error.is_none() => {
                    self.fail(start, start + c.len_utf8(), "the text goes on after the end of the JSON object");
                }
                '{' | '[' => self.open(c == '['),
                '}' | ']' => self.close(c == ']'),
                ',' => self.comma(),
                ':' => self.colon(),
                '"' | '\'' => self.string(c),
                '#' => {
                    self.fail(start, start + 1, "`#` does not start a comment in JSON");
                    let rest = self.text.as_bytes().get(start..).unwrap_or_default();
                    self.pos = memchr::memchr(b'\n', rest).map_or(self.text.len(), |n| start + n);
                }
                '\u{FEFF}' => {
                    self.fail(start, start + 3, "the file starts with a byte order mark, which the installer refuses");
                    self.pos += 3;
                }
                _ => self.word(),
            }
        }
        let end = self.text.len();
        if self.tokens.is_empty() {
            self.fail(end, end, "there is nothing to read: no JSON object");
        } else if !self.stack.is_empty() {
            self.fail(end, end, "the file ends before the JSON object does");
            while !self.stack.is_empty() {
                self.pop(end);
            }
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.pos..)?.chars().next()
    }

    fn fail(&mut self, start: usize, end: usize, reason: &str) {
        self.error.get_or_insert_with(|| (start, end, reason.to_owned()));
    }

    fn push(&mut self, kind: Kind, start: usize) {
        self.tokens.push(Token { kind, start, end: self.pos });
    }

    /// Whether the innermost open structure is an array; `None` outside of all.
    fn in_array(&self) -> Option<bool> {
        match self.tokens.get(*self.stack.last()?)?.kind {
            Kind::Open { array, .. } => Some(array),
            _ => None,
        }
    }

    /// Checks that a value may stand here. In an object without a key an empty one is made up.
    fn before_value(&mut self, end: usize) {
        let start = self.pos;
        let fine = match self.in_array() {
            Some(true) => matches!(self.last, Last::Open | Last::Comma),
            Some(false) => self.last == Last::Colon,
            None => self.last == Last::Start,
        };
        if !fine {
            self.fail(start, end, "a value stands where none is expected");
            if self.in_array() == Some(false) && self.last != Last::Key {
                self.tokens.push(Token { kind: Kind::Key(String::new()), start, end: start });
            }
        }
    }

    fn open(&mut self, array: bool) {
        let start = self.pos;
        self.before_value(start + 1);
        self.pos += 1;
        self.stack.push(self.tokens.len());
        self.push(Kind::Open { array, close: usize::MAX }, start);
        self.last = Last::Open;
    }

    fn close(&mut self, array: bool) {
        let start = self.pos;
        self.pos += 1;
        let fine = self.in_array() == Some(array) && matches!(self.last, Last::Open | Last::Value);
        if !fine {
            let reason = match self.last {
                Last::Comma => "the last member is followed by a comma: remove the comma",
                _ => "a bracket closes where none is expected",
            };
            self.fail(start, self.pos, reason);
            if self.in_array() != Some(array) {
                return;
            }
        }
        self.pop(start);
    }

    fn pop(&mut self, start: usize) {
        self.drop_key();
        let close = self.tokens.len();
        if let Some(open) = self.stack.pop().and_then(|open| self.tokens.get_mut(open))
            && let Kind::Open { close: end, .. } = &mut open.kind
        {
            *end = close;
        }
        self.push(Kind::Close, start);
        self.last = Last::Value;
    }

    /// A key that no value follows leaves the tape.
    fn drop_key(&mut self) {
        if matches!(self.tokens.last(), Some(Token { kind: Kind::Key(_), .. })) {
            self.tokens.pop();
        }
    }

    fn comma(&mut self) {
        if self.last != Last::Value || self.stack.is_empty() {
            self.fail(self.pos, self.pos + 1, "a comma stands where none is expected");
            self.drop_key();
        }
        self.pos += 1;
        self.last = Last::Comma;
    }

    fn colon(&mut self) {
        if self.last == Last::Key {
            self.last = Last::Colon;
        } else {
            self.fail(self.pos, self.pos + 1, "a colon stands where none is expected");
        }
        self.pos += 1;
    }

    fn string(&mut self, quote: char) {
        let start = self.pos;
        self.pos += 1;
        if quote == '\'' {
            self.fail(start, start + 1, "a string is quoted with `'` instead of `\"`");
        }
        let text = self.characters(quote);
        self.scalar_or_key(start, text);
    }

    /// A string is a key or a value, as its place says.
    fn scalar_or_key(&mut self, start: usize, text: String) {
        let key = self.in_array() == Some(false) && !matches!(self.last, Last::Colon | Last::Key);
        let end = self.pos;
        if key {
            if self.last == Last::Value {
                self.fail(start, end, "a comma is missing before this key");
            }
            self.push(Kind::Key(text), start);
            self.last = Last::Key;
        } else {
            self.pos = start;
            self.before_value(end);
            self.pos = end;
            self.push(Kind::Text(text), start);
            self.last = Last::Value;
        }
    }

    /// The characters of a string up to its closing quote.
    fn characters(&mut self, quote: char) -> String {
        let open = self.pos;
        let mut text = JavaText::default();
        loop {
            let at = self.pos;
            let Some(c) = self.peek() else {
                self.fail(open, at, "the file ends before a string does");
                return text.finish();
            };
            self.pos += c.len_utf8();
            match c {
                c if c == quote => return text.finish(),
                '\\' => self.escape(at, &mut text),
                c => {
                    if c <= '\u{1F}' {
                        self.fail(at, self.pos, "a line break or control character stands in a string: write `\\n`");
                    }
                    text.push(c);
                }
            }
        }
    }

    fn escape(&mut self, at: usize, text: &mut JavaText) {
        let Some(c) = self.peek() else { return };
        self.pos += c.len_utf8();
        match c {
            '"' | '\\' | '/' => text.push(c),
            'b' => text.push('\u{8}'),
            'f' => text.push('\u{C}'),
            'n' => text.push('\n'),
            'r' => text.push('\r'),
            't' => text.push('\t'),
            'u' => {
                let digits = self.text.get(self.pos..self.pos + 4);
                let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
                match digits.and_then(|digits| u16::from_str_radix(digits, 16).ok()) {
                    Some(unit) => {
                        text.unit(unit);
                        self.pos += 4;
                    }
                    None => self.fail(at, self.pos, "`\\u` is not followed by four hexadecimal digits"),
                }
            }
            c => {
                // Johnzon lets the surrogates of a character outside the basic plane pass.
                if c.len_utf16() == 1 {
                    self.fail(at, self.pos, "an unknown escape sequence");
                }
                text.push(c);
            }
        }
    }

    /// `true`, `false`, `null`, a number, or something that should have been quoted.
    fn word(&mut self) {
        let start = self.pos;
        let rest = self.text.get(start..).unwrap_or_default();
        let known = [("true", Kind::Bool(true)), ("false", Kind::Bool(false)), ("null", Kind::Null)];
        let kind = known.into_iter().find(|(word, _)| rest.starts_with(word));
        let (length, kind) = match kind {
            Some((word, kind)) => (word.len(), kind),
            None => match number(rest) {
                Some(length) => (length, Kind::Number),
                None => return self.bare(),
            },
        };
        self.before_value(start + length);
        self.pos += length;
        self.push(kind, start);
        self.last = Last::Value;
    }

    fn bare(&mut self) {
        let start = self.pos;
        let rest = self.text.get(start..).unwrap_or_default();
        let stop = |c: char| matches!(c, ',' | ':' | '{' | '}' | '[' | ']' | '"' | '\'' | '#') || c.is_whitespace();
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let length = rest.get(first..).and_then(|rest| rest.find(stop)).map_or(rest.len(), |n| first + n);
        self.pos += length;
        self.fail(start, self.pos, "neither a quoted string, a number, `true`, `false` nor `null`");
        self.scalar_or_key(start, rest.get(..length).unwrap_or_default().to_owned());
    }
}

/// The length of the JSON number at the start of `rest`, if a token ends behind it.
fn number(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let digits = |from: usize| bytes.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let sign = usize::from(bytes.first() == Some(&b'-'));
    let whole = digits(sign);
    if whole == 0 || whole > 1 && bytes.get(sign) == Some(&b'0') {
        return None;
    }
    let mut end = sign + whole;
    if bytes.get(end) == Some(&b'.') {
        let fraction = digits(end + 1);
        end += 1 + fraction;
        if fraction == 0 {
            return None;
        }
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(end + 1 + sign);
        end += 1 + sign + exponent;
        if exponent == 0 {
            return None;
        }
    }
    matches!(bytes.get(end), Some(b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n')).then_some(end)
}
