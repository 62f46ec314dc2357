//! Mistakes in a configuration, as diagnostics that underline them in the file.

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A configuration that cannot be used: every mistake that is in it, in the order of the file.
#[derive(Clone, Debug)]
pub(crate) struct ConfigError {
    summary: String,
    mistakes: Vec<Mistake>,
}

/// One mistake.
#[derive(Clone)]
pub(crate) struct Mistake {
    source: Option<Arc<NamedSource<String>>>,
    span: Range<usize>,
    message: String,
    label: String,
    help: String,
}

/// A file that mistakes are found in.
#[derive(Clone, Debug)]
pub(super) struct DiagnosticSink {
    source: Arc<NamedSource<String>>,
    length: usize,
    pub(super) mistakes: Vec<Mistake>,
}

impl DiagnosticSink {
    pub(super) fn new(name: &str, text: &str) -> Self {
        let source = NamedSource::new(printable(name), printable(text)).with_language("toml");
        Self { source: Arc::new(source), length: text.len(), mistakes: Vec::new() }
    }

    /// Adds a mistake at `span`.
    pub(super) fn add(&mut self, span: Range<usize>, message: String, label: &str, help: String) {
        // A span past the end would make the renderer fail.
        let end = span.end.min(self.length);
        let span = span.start.min(end)..end;
        let source = Some(self.source.clone());
        let label = printable(label);
        self.mistakes.push(Mistake { source, span, message: printable(&message), label, help: printable(&help) });
    }

    /// The error, if there is any mistake.
    pub(super) fn error(&self) -> Option<ConfigError> {
        let mut mistakes = self.mistakes.clone();
        mistakes.sort_by_key(|mistake| (mistake.span.start, mistake.span.end));
        let summary = format!("{} has {} mistakes", self.source.name(), mistakes.len());
        (!mistakes.is_empty()).then_some(ConfigError { summary, mistakes })
    }
}

impl ConfigError {
    /// A mistake that is not in a file.
    pub(crate) fn plain(message: impl Into<String>, help: impl Into<String>) -> Self {
        let (message, help) = (printable(&message.into()), printable(&help.into()));
        let mistake = Mistake { source: None, span: 0..0, message, label: String::new(), help };
        Self { summary: String::new(), mistakes: vec![mistake] }
    }

    /// The mistakes, each a diagnostic of its own.
    #[cfg(test)]
    pub(crate) fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }
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

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mistakes.as_slice() {
            [one] => one.fmt(f),
            _ => f.write_str(&self.summary),
        }
    }
}

impl std::error::Error for ConfigError {}

impl Diagnostic for ConfigError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.single()?.help()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.single()?.source_code()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.single()?.labels()
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let diagnostic = |mistake: &'a Mistake| mistake as &'a dyn Diagnostic;
        (self.mistakes.len() > 1).then(|| Box::new(self.mistakes.iter().map(diagnostic)) as _)
    }
}

impl ConfigError {
    fn single(&self) -> Option<&Mistake> {
        match self.mistakes.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {} ({})", self.span, self.message, self.help)
    }
}

impl std::error::Error for Mistake {}

impl Diagnostic for Mistake {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.help.is_empty()).then(|| Box::new(&self.help) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_deref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.source.as_ref()?;
        let span = LabeledSpan::new(Some(self.label.clone()), self.span.start, self.span.len());
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
}
