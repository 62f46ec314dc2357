//! The error of all readers.

use super::span::Span;

/// Why a reader rejects a file, and where. The reason never holds a value from the file.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadError {
    /// Where reading stopped.
    pub span: Span,
    /// Why, in plain words.
    pub reason: String,
}
