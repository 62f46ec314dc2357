//! From spans in one text to lines and columns.

use std::cell::OnceCell;
use text_spans::{Lines, SourceRange, Span};

/// Makes the source ranges of one text.
pub(crate) struct SourceRanges<'t> {
    text: &'t str,
    /// Made with the first range: of most files none is needed.
    lines: OnceCell<Lines<'t>>,
}

impl<'t> SourceRanges<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, lines: OnceCell::new() }
    }

    pub(crate) fn range(&self, span: Span) -> SourceRange {
        self.lines().mark(span)
    }

    pub(crate) fn lines(&self) -> &Lines<'t> {
        self.lines.get_or_init(|| Lines::new(self.text))
    }
}
