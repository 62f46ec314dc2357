//! The few masked lines of a text that a report may show.
//!
//! Made while the text is at hand, so that neither the text nor a secret in it is kept.

use super::{Mark, Span};

/// The lines around the marks of one file, with every secret masked and long lines clipped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpts {}

/// Lines to show, and what to underline in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The lines, masked and clipped, joined by LF.
    pub text: String,
    /// The number of the first of these lines in the file, from 1.
    pub first_line: u32,
    /// What to underline: bytes in `text`.
    pub label: std::ops::Range<usize>,
}

impl Excerpts {
    /// Keeps the lines of `text` around `marks`, after masking `secrets` and whatever has the shape of a secret.
    /// `on_disk` is whether the text is a plain file, for which [`line_hash`](Self::line_hash) is wanted.
    pub fn new(_text: &str, _secrets: &[Span], _marks: &[Span], _on_disk: bool) -> Self {
        Self {}
    }

    /// The lines around `mark`, if it was among the marks.
    pub fn around(&self, _mark: Mark) -> Option<Excerpt> {
        None
    }

    /// The hash with which GitHub code scanning recognises a line of a plain file again, such as `a7f2ff13bc495cf2:1`.
    /// `None` where the hash would cover a secret, and for files that are not plain files on disk.
    pub fn line_hash(&self, _line: u32) -> Option<&str> {
        None
    }
}
