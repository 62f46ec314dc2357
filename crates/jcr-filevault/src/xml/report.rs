//! What reading an XML file noted besides its content: the first error, and whether all of it was read.

use text_spans::{ReadError, Span};

/// Notes of one reading.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The first thing that a JDK's parser or FileVault would reject.
    pub(crate) error: Option<ReadError>,
    /// Whether something was only searched as raw text, or left out at a limit.
    pub(crate) partial: bool,
    /// Whether the file has a DTD with an internal subset.
    pub(crate) internal_dtd: bool,
}

impl Report {
    /// Notes an error; only the first counts. The reason must not hold a value from the file.
    pub(crate) fn fail(&mut self, span: Span, reason: &str) {
        if self.error.is_none() {
            self.error = Some(ReadError { span, reason: reason.to_owned() });
        }
    }

    /// Notes an error after which something is not, or not properly, read.
    pub(crate) fn cut(&mut self, span: Span, reason: &str) {
        self.fail(span, reason);
        self.partial = true;
    }
}
