//! Errors for the user, as diagnostics that underline mistakes in a file.
//!
//! Whatever comes from elsewhere is made harmless here: characters that could steer a terminal are replaced, and what looks
//! like a secret is masked in messages.

use crate::escape;
use crate::secret::mask_shapes;
use miette::{Diagnostic, LabeledSpan, NamedSource, Severity, SourceCode};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// Why a run cannot go on, and what to do about it: one mistake in a file, several, or one that no file shows.
///
/// Cloning is cheap. It renders as a `miette` report.
#[derive(Clone)]
pub struct UserError(Arc<Inner>);

struct Inner {
    /// What the mistakes have in common, if there are several.
    summary: String,
    /// At least one, in the order of the file.
    mistakes: Vec<Mistake>,
}

/// One mistake.
#[derive(Clone)]
pub(crate) struct Mistake {
    /// The file and the place in it.
    place: Option<(Arc<NamedSource<String>>, Range<usize>)>,
    message: String,
    label: String,
    help: String,
    /// Whether a run goes on all the same.
    is_warning: bool,
}

/// A mistake as it may be shown.
pub(crate) struct PlacedMistake<'a> {
    /// Name and text of the file, and the place in it; `None` if no file shows it.
    pub(crate) place: Option<(&'a str, &'a str, Range<usize>)>,
    /// What is wrong.
    pub(crate) message: &'a str,
    /// What to do; can be empty.
    pub(crate) help: &'a str,
}

impl Mistake {
    fn new(
        source: Arc<NamedSource<String>>,
        span: Range<usize>,
        message: impl AsRef<str>,
        label: impl AsRef<str>,
        help: impl AsRef<str>,
    ) -> Self {
        // A span past the end would make the renderer fail; one of length 0 shows as a caret.
        let end = span.end.min(source.inner().len());
        let place = Some((source, span.start.min(end)..end));
        let (message, label, help) = (shown(message.as_ref()), shown(label.as_ref()), shown(help.as_ref()));
        Self { place, message, label, help, is_warning: false }
    }
}

/// A file that mistakes are found in, and those that were found.
#[derive(Clone, Debug)]
pub(crate) struct MistakeSink {
    source: Arc<NamedSource<String>>,
    mistakes: Vec<Mistake>,
}

impl MistakeSink {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Self { source: source(name, text), mistakes: Vec::new() }
    }

    /// Adds a mistake at `span`.
    pub(crate) fn add(
        &mut self,
        span: Range<usize>,
        message: impl AsRef<str>,
        label: impl AsRef<str>,
        help: impl AsRef<str>,
    ) {
        self.mistakes.push(Mistake::new(self.source.clone(), span, message, label, help));
    }

    /// The error, if there is any mistake.
    pub(crate) fn error(&self) -> Option<UserError> {
        let mut mistakes = self.mistakes.clone();
        mistakes.sort_by_key(|mistake| mistake.place.as_ref().map(|(_, span)| (span.start, span.end)));
        let summary = format!("{} has {} mistakes", self.source.name(), mistakes.len());
        (!mistakes.is_empty()).then(|| UserError(Arc::new(Inner { summary, mistakes })))
    }
}

impl UserError {
    /// A mistake at `span` of the file `name` with the given `text`.
    pub(crate) fn new(
        (name, text): (&str, &str),
        span: Range<usize>,
        message: impl AsRef<str>,
        label: impl AsRef<str>,
        help: impl AsRef<str>,
    ) -> Self {
        Self::single(Mistake::new(source(name, text), span, message, label, help))
    }

    /// A mistake that no place in a file shows, such as a directory that does not exist.
    pub(crate) fn plain(message: impl AsRef<str>, help: impl AsRef<str>) -> Self {
        let (message, help) = (shown(message.as_ref()), shown(help.as_ref()));
        Self::single(Mistake { place: None, message, label: String::new(), help, is_warning: false })
    }

    /// All mistakes of several errors, each once, file by file; `None` if there is none.
    pub(crate) fn all(errors: impl IntoIterator<Item = Self>) -> Option<Self> {
        let errors = errors.into_iter();
        let mut mistakes: Vec<Mistake> = errors.flat_map(|error| error.0.mistakes.clone()).collect();
        let key = |mistake: &Mistake| {
            let place = mistake.place.as_ref();
            let place = place.map(|(source, span)| (source.name().to_owned(), span.start, span.end));
            (place, mistake.message.clone())
        };
        mistakes.sort_by_cached_key(key);
        mistakes.dedup_by(|a, b| key(a) == key(b));
        let names: BTreeSet<&str> =
            mistakes.iter().filter_map(|mistake| Some(mistake.place.as_ref()?.0.name())).collect();
        let (number, files) = (mistakes.len(), names.len());
        let summary = match names.first().filter(|_| files == 1) {
            Some(name) => format!("{name} has {number} mistakes"),
            None => format!("{files} files have {number} mistakes"),
        };
        (!mistakes.is_empty()).then(|| Self(Arc::new(Inner { summary, mistakes })))
    }

    /// The same as a warning, after which a run goes on.
    #[must_use]
    pub(crate) fn into_warning(self) -> Self {
        let warning = |mistake: &Mistake| Mistake { is_warning: true, ..mistake.clone() };
        let mistakes = self.0.mistakes.iter().map(warning).collect();
        Self(Arc::new(Inner { summary: self.0.summary.clone(), mistakes }))
    }

    fn single(mistake: Mistake) -> Self {
        Self(Arc::new(Inner { summary: String::new(), mistakes: vec![mistake] }))
    }

    /// What stands at the place of the only mistake, or its message.
    pub(crate) fn reason(&self) -> &str {
        match self.only() {
            Some(one) if !one.label.is_empty() => &one.label,
            Some(one) => &one.message,
            None => &self.0.summary,
        }
    }

    /// The mistakes, for something that shows them by itself.
    pub(crate) fn placed_mistakes(&self) -> impl Iterator<Item = PlacedMistake<'_>> {
        self.0.mistakes.iter().map(|mistake| {
            let place = mistake.place.as_ref();
            let place = place.map(|(source, span)| (source.name(), source.inner().as_str(), span.clone()));
            PlacedMistake { place, message: &mistake.message, help: &mistake.help }
        })
    }

    /// The mistakes, each a diagnostic of its own.
    #[cfg(test)]
    pub(crate) fn mistakes(&self) -> &[Mistake] {
        &self.0.mistakes
    }

    /// What is said at the place of the mistake, if there is only one and it has a place; else nothing.
    pub(crate) fn label(&self) -> &str {
        self.only().map_or("", |mistake| &mistake.label)
    }

    fn only(&self) -> Option<&Mistake> {
        match self.0.mistakes.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

fn source(name: &str, text: &str) -> Arc<NamedSource<String>> {
    Arc::new(NamedSource::new(escape::terminal(name), printable(text)).with_language("toml"))
}

/// A sentence as it may be shown.
fn shown(text: &str) -> String {
    escape::terminal_lines(&mask_shapes(text), 0..0).0
}

/// `text` with characters that could steer a terminal replaced by others of the same length in UTF-8, so that spans
/// still fit. Tabs and line ends stay.
fn printable(text: &str) -> String {
    let replace = |c: char| match c {
        '\n' | '\t' => c,
        '\r' => ' ',
        c if c.is_ascii_control() => '?',
        c if c.is_control() => '¿',
        '\u{061c}' => '¿',
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => '\u{fffd}',
        c => c,
    };
    text.chars().map(replace).collect()
}

impl fmt::Display for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.only() {
            Some(one) => one.fmt(f),
            None => f.write_str(&self.0.summary),
        }
    }
}

impl fmt::Debug for UserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UserError").field(&self.0.mistakes).finish()
    }
}

impl std::error::Error for UserError {}

impl Diagnostic for UserError {
    fn severity(&self) -> Option<Severity> {
        self.only()?.severity()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.only()?.help()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.only()?.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.only()?.labels()
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let diagnostic = |mistake: &'a Mistake| mistake as &'a dyn Diagnostic;
        self.only().is_none().then(|| Box::new(self.0.mistakes.iter().map(diagnostic)) as _)
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let span = self.place.as_ref().map(|(_, span)| span);
        f.debug_struct("Mistake").field("message", &self.message).field("span", &span).finish_non_exhaustive()
    }
}

impl std::error::Error for Mistake {}

impl Diagnostic for Mistake {
    fn severity(&self) -> Option<Severity> {
        self.is_warning.then_some(Severity::Warning)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.help.is_empty()).then(|| Box::new(&self.help) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.place.as_ref().map(|(source, _)| source.as_ref() as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (_, span) = self.place.as_ref()?;
        let span = LabeledSpan::new(Some(self.label.clone()), span.start, span.len());
        Some(Box::new(std::iter::once(span)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_steer_a_terminal_is_replaced_at_equal_length() {
        let hostile = "a\u{1b}[2J\u{9b}b\u{202e}c\r\nd\te\u{feff}";
        let shown = printable(hostile);
        assert_eq!(shown.len(), hostile.len());
        assert_eq!(shown, "a?[2J¿b\u{fffd}c \nd\te\u{fffd}");
    }

    #[test]
    fn messages_hold_no_raw_names() {
        let error = UserError::plain("no \u{1b}[2J.zip", "name a file");
        assert_eq!(error.to_string(), "no \\u{1b}[2J.zip");
        assert_eq!(error.help().unwrap().to_string(), "name a file");
    }

    #[test]
    fn a_span_past_the_end_is_cut() {
        let error = UserError::new(("a.toml", "text"), 3..9, "message", "label", "help");
        assert_eq!(error.labels().unwrap().next().unwrap().len(), 1);
    }
}
