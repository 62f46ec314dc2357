//! Ignore comments in files of a source tree: `aemlint-ignore RULE: reason`.
//!
//! ```text
//! <!-- aemlint-ignore RULE: reason -->     in XML, before the element that it is about
//! # aemlint-ignore RULE: reason            in .config, before the property or behind its value
//! # aemlint-ignore RULE: reason            in .cfg and .properties, before the property; also with !
//! // aemlint-ignore RULE: reason           in .cfg.json, before the property or at the end of its line
//! /* aemlint-ignore RULE: reason */        likewise
//! ```
//!
//! Several rules are separated by commas. A comment at the top of a configuration file covers the whole file: what is
//! missing in it has no place of its own. In XML it is about the root element. At the end of a line a comment is about what
//! stands in that line. Archives come from others: there a comment has no effect, which the caller sees to by not asking,
//! and the policy by not listening.
//!
//! `comment` is what the readers of the formats have in common; `insertion` says where a new comment goes.

mod comment;
mod felix_config;
mod insertion;
mod json;
mod properties;
#[cfg(test)]
mod tests;
mod xml;

pub(crate) use comment::{Comment, Comments};
use comment::{MARKER, Pass};
pub(crate) use insertion::{Insertion, insertion};
use osgi_config::FileFormat;
use text_spans::Span;

/// Why a comment has no effect in a file of another kind.
const NO_COMMENTS: &str = "files of this kind have no ignore comments, use an [[ignore]] entry in aemlint.toml";

/// How comments are written in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// `<!-- … -->`
    Xml,
    /// `#`, where Felix expects a key.
    FelixConfig,
    /// A line that starts with `#` or `!`.
    Properties,
    /// `// …` and `/* … */`
    Json,
}

impl Syntax {
    /// The syntax of a file by its name; `None` for files without ignore comments.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        match osgi_config::format_of(&name) {
            Some(FileFormat::CfgJson) => Some(Self::Json),
            Some(FileFormat::Config) => Some(Self::FelixConfig),
            Some(FileFormat::Cfg | FileFormat::Properties) => Some(Self::Properties),
            None => name.ends_with(".xml").then_some(Self::Xml),
        }
    }
}

/// Whether a text could have an ignore comment.
pub(crate) fn is_marked(text: &[u8]) -> bool {
    memchr::memmem::find(text, MARKER.as_bytes()).is_some()
}

/// Finds the ignore comments of `text`, in one pass and without parsing it: a file that a reader rejects has its
/// comments all the same.
pub(crate) fn comments(text: &str, syntax: Syntax) -> Comments {
    if is_marked(text.as_bytes()) { read(text, syntax).0 } else { Comments::default() }
}

/// What is to be said of ignore comments in a text of a kind that has none.
pub(crate) fn comments_without_effect(text: &str) -> Comments {
    Comments::none_of(text, NO_COMMENTS)
}

/// The comments, and all that one can be about.
fn read(text: &str, syntax: Syntax) -> (Comments, Vec<Span>) {
    let mut pass = Pass::new(text);
    let form = match syntax {
        Syntax::Xml => {
            xml::read(&mut pass);
            xml::FORM
        }
        Syntax::FelixConfig => {
            felix_config::read(&mut pass);
            felix_config::FORM
        }
        Syntax::Properties => {
            properties::read(&mut pass);
            properties::FORM
        }
        Syntax::Json => {
            json::read(&mut pass);
            json::FORM
        }
    };
    pass.end(form)
}
