//! What is wrong with a rule, as a diagnostic on its file.

use miette::{Diagnostic, LabeledSpan, NamedSource, SourceCode};
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A mistake in a rule file, or a rule that cannot be loaded or evaluated. It renders as a `miette` report that
/// underlines the mistake and says what was expected.
#[derive(Clone)]
pub struct RuleError(Arc<Inner>);

struct Inner {
    message: String,
    source: Option<NamedSource<String>>,
    label: Option<(Range<usize>, String)>,
    help: String,
}

impl RuleError {
    /// A mistake at `span` of the rule file `name` with the given `text`.
    pub(super) fn new(
        (name, text): (&str, &str),
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        // A span past the end would make the renderer fail; one of length 0 shows as a caret.
        let end = span.end.min(text.len());
        let label = (span.start.min(end)..end, label.into());
        let source = NamedSource::new(name, text.to_owned()).with_language("toml");
        Self(Arc::new(Inner { message: message.into(), source: Some(source), label: Some(label), help: help.into() }))
    }

    /// A mistake that no place in a file shows, such as a directory that does not exist.
    pub(super) fn plain(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self(Arc::new(Inner { message: message.into(), source: None, label: None, help: help.into() }))
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RuleError").field("message", &self.0.message).field("help", &self.0.help).finish()
    }
}

impl std::error::Error for RuleError {}

impl Diagnostic for RuleError {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.0.help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.0.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let (span, label) = self.0.label.as_ref()?;
        let span = LabeledSpan::new(Some(label.clone()), span.start, span.len());
        Some(Box::new(std::iter::once(span)))
    }
}

/// The candidate that a mistyped `word` most likely means: at most a third of its letters differ.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let best = candidates.into_iter().map(|candidate| (strsim::levenshtein(word, candidate), candidate)).min()?;
    (best.0 <= (word.chars().count() / 3).max(2)).then_some(best.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_a_typo_and_nothing_far_away() {
        let ids = ["missing-scope", "missing-client-id", "jwt-credentials"];
        assert_eq!(nearest("mising-scope", ids), Some("missing-scope"));
        assert_eq!(nearest("jwt-credential", ids), Some("jwt-credentials"));
        assert_eq!(nearest("zzz", ids), None);
    }
}
