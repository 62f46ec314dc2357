//! Whether a configuration is an ordinary one: nothing in it makes a fact of any family.
//!
//! Most files that are read are such a configuration, so that the text of a file is searched once for all of them.

use super::telltale;
use crate::documents::{OsgiDocument, pids};
use crate::secret::{self, Naming};
use crate::signals::{self, SignalKind};
use osgi_config::{FileFormat, Format, Scalar};
use std::cell::OnceCell;
use text_spans::{Span, TripletScanner};

/// What the text of a file holds. Each question is answered once.
pub(super) struct TextSignals<'t> {
    text: &'t str,
    quiet: OnceCell<bool>,
    stem: OnceCell<bool>,
    shapes: OnceCell<bool>,
}

impl<'t> TextSignals<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, quiet: OnceCell::new(), stem: OnceCell::new(), shapes: OnceCell::new() }
    }

    /// What is to be masked in the text.
    pub(super) fn masks(&self) -> Vec<Span> {
        if self.is_quiet() {
            Vec::new()
        } else if self.has_keyword() || self.has_shapes() {
            secret::masks(self.text, &[])
        } else {
            secret::masks_of_runs(self.text)
        }
    }

    /// Whether there is [nothing to tell of it or to mask in it](telltale::is_quiet).
    pub(super) fn is_quiet(&self) -> bool {
        *self.quiet.get_or_init(|| telltale::is_quiet(self.text))
    }

    fn has_keyword(&self) -> bool {
        *self.stem.get_or_init(|| secret::has_keyword(self.text))
    }

    fn has_shapes(&self) -> bool {
        *self.shapes.get_or_init(|| !secret::shapes(self.text).is_empty())
    }

    /// Whether a configuration of the file is an ordinary one: read to its end, with nothing in it that any family makes
    /// a fact of. May say no of an ordinary one.
    pub(super) fn is_ordinary(&self, document: &OsgiDocument<'_>) -> bool {
        let configuration = &document.configuration;
        // Without escapes keys and values stand in the text as they are, so that one search answers for all of them.
        let literal = document.format == Format::File(FileFormat::Config)
            && memchr::memchr(b'\\', self.text.as_bytes()).is_none();
        let quiet = literal && self.is_quiet();
        let values = !quiet
            && (!literal
                || holds_word(self.text)
                || self.has_keyword()
                || self.has_shapes()
                || secret::may_hold_one(self.text));
        let keys = !quiet && (!literal || self.has_keyword());
        configuration.error.is_none()
            && configuration.dropped.is_empty()
            && configuration.lost.is_empty()
            && !pids::is_known(&document.name)
            && !configuration.properties.iter().any(|property| key_can_matter(&property.key, keys))
            && !(values && configuration.properties.iter().any(value_can_matter))
    }
}

/// `secret` is whether it can be that of a secret.
fn key_can_matter(key: &str, secret: bool) -> bool {
    signals::is_property(key) || (secret && secret::naming(key) != Naming::Open)
}

fn value_can_matter(property: &osgi_config::Property<'_>) -> bool {
    property.value.items.iter().any(|item| match &item.scalar {
        Scalar::Text(text) => {
            telltale::is_possible(text) && (holds_word(text) || !secret::shapes(text).is_empty())
                || secret::may_hold_one(text)
                || memchr::memchr3(b'=', b':', b'>', text.as_bytes()).is_some() && secret::has_keyword(text)
        }
        _ => false,
    })
}

const VALUE: [SignalKind; 2] = [SignalKind::Value, SignalKind::ConfigurationValue];
const PARTS: [&str; signals::count(&VALUE)] = signals::literals(&VALUE);

/// What they begin with.
const BEGINNINGS: TripletScanner<{ PARTS.len() }> = {
    let mut beginnings = [[0; 3]; PARTS.len()];
    let mut index = 0;
    while index < PARTS.len() {
        let [first, second, third, ..] = PARTS[index].as_bytes() else { panic!("a signal is too short") };
        beginnings[index] = [*first, *second, *third];
        index += 1;
    }
    TripletScanner::in_any_case(beginnings)
};

/// Whether a text holds a signal of a value, in any case: a URL, a PEM block or the name of Adobe.
fn holds_word(text: &str) -> bool {
    let begins = |at| {
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        PARTS.iter().any(|part| rest.get(..part.len()).is_some_and(|found| found.eq_ignore_ascii_case(part.as_bytes())))
    };
    BEGINNINGS.find_iter(text.as_bytes()).any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whatever_is_around_them() {
        for text in ["http://a", "x=\"com.Adobe.x\"", "-----BEGIN X", "------BEGIN", "a meadow of ADOBE", "::///"] {
            assert!(holds_word(text), "{text}");
        }
        for text in ["", "a meadow", "adob", "--- BEGIN", ":/", "-----BEGI"] {
            assert!(!holds_word(text), "{text}");
        }
    }

    #[test]
    fn the_short_ways_mask_the_same() {
        for text in [
            "a meadow",
            "shadow=\"http://a.b\"",
            "password=\"x1\"",
            "a=\"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln\"",
            "a=\"7b1e9c40d2f84a6690ab3c5d7e8f1029\" b=\"https://7b1e9c40d2f84a6690ab3c5d7e8f1029@host/\"",
            "a=\"//joe:hunter2@host\" b=\"hunter2\"",
        ] {
            assert_eq!(TextSignals::new(text).masks(), secret::masks(text, &[]), "{text}");
        }
    }
}
