//! What reading an XML file noted besides its content: the first error, and whether all of it was read.

use text_spans::{ReadError, Span};

/// Notes of one reading.
#[derive(Debug, Default)]
pub struct Report {
    /// The first thing that a JDK's parser or the handler would reject.
    pub error: Option<ReadError>,
    /// Whether something was only searched as raw text, or left out at a limit.
    pub partial: bool,
    /// Whether the file has a DTD with an internal subset.
    pub internal_dtd: bool,
    /// The document type that the file names.
    pub doctype: Option<Doctype>,
    /// Whether there is a root element, or something like one.
    pub has_root: bool,
    /// Whether the file says that it is XML 1.1.
    pub is_xml_1_1: bool,
}

/// What a document type declaration names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Doctype {
    /// The name of the root element.
    pub name: String,
    /// The system identifier, which is never fetched.
    pub system: Option<String>,
}

impl Report {
    /// Notes an error; only the first counts. The reason must not hold a value from the file.
    pub fn fail(&mut self, span: Span, reason: &str) {
        if self.error.is_none() {
            self.error = Some(ReadError { span, reason: reason.to_owned() });
        }
    }

    /// Notes an error after which something is not, or not properly, read.
    pub fn cut(&mut self, span: Span, reason: &str) {
        self.fail(span, reason);
        self.partial = true;
    }
}
