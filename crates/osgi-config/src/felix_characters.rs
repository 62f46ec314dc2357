//! The characters of a `.config` text as Felix reads them, and its runs of escaped text. The end of the file can arrive
//! as a character, as it does there.

use std::borrow::Cow;

use super::java::{self, JavaText};
use text_spans::{ReadError, Span};

/// A run of characters up to an unescaped `=` or `"`.
pub(super) struct Quoted<'t> {
    pub(super) text: Cow<'t, str>,
    /// All of it, as written.
    pub(super) span: Span,
    /// What is left of it, as written, when `String.trim` has been at the decoded text.
    pub(super) trimmed: Span,
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

/// Where in a text the reader is.
pub(super) struct Characters<'t> {
    pub(super) text: &'t str,
    pub(super) pos: usize,
    /// `PushbackReader.unread(-1)` pushes U+FFFF back, which the next read delivers as a character.
    pub(super) pushed_eof: bool,
    /// Whether there is a CR anywhere.
    returns: bool,
}

impl<'t> Characters<'t> {
    /// The characters of `text` from the byte `start` on.
    pub(super) fn new(text: &'t str, start: usize) -> Self {
        let returns = memchr::memchr(b'\r', text.as_bytes()).is_some();
        Self { text, pos: start, pushed_eof: false, returns }
    }

    pub(super) fn quoted(&mut self) -> Result<Quoted<'t>, ReadError> {
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

    /// The first character that is no white space, and where it starts.
    pub(super) fn skip_white_space(&mut self) -> (Option<char>, usize) {
        loop {
            let at = self.pos;
            match self.read() {
                Some(c) if java::is_whitespace(c) => {}
                c => return (c, at),
            }
        }
    }

    /// Like [`Self::skip_white_space`], and skips a backslash at the end of a line too.
    pub(super) fn skip_line_ends(&mut self) -> Option<char> {
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

    /// Java reads half of a character outside the basic plane; the other half is still to come, and so is `c` here.
    pub(super) fn leave_half(&mut self, c: Option<char>) {
        if let Some(c) = c.filter(|c| c.len_utf16() == 2) {
            self.pos -= c.len_utf8();
        }
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
    pub(super) fn read(&mut self) -> Option<char> {
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
