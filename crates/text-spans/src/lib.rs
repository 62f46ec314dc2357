//! Where something stands in a text: byte spans, and the lines and columns that people read.

mod lines;
mod one_or_many;
mod read_error;
mod span;
mod triplet_scanner;

pub use lines::Lines;
pub use one_or_many::OneOrMany;
pub use read_error::ReadError;
pub use span::{Position, SourceRange, Span};
pub use triplet_scanner::{LEVEL, TripletScanner};

/// The text of bytes that should be UTF-8; what is not becomes U+FFFD.
pub fn utf_8(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    // Nearly all of them are, and checking is much faster than looking for what is not.
    std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), std::borrow::Cow::Borrowed)
}

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
