//! Facts of kind `configuration`: any OSGi configuration, whatever it is written in.

use super::file::Marks;
use super::ims;
use super::subject::{Attributes, plain};
use super::telltale;
use crate::documents::OsgiDocument;
use crate::documents::pids;
use crate::facts::{Attribute, Value};
use crate::osgi::{self, Configuration, Format, Pid, Scalar};
use crate::secret;
use crate::text::Span;
use std::cell::OnceCell;

/// The attributes of the fact. `partial` is whether the file was cut or could not be decoded.
pub(super) fn configuration(document: &OsgiDocument<'_>, partial: bool, marks: &Marks<'_>) -> Attributes {
    let configuration = &document.configuration;
    let keys = dropped(configuration);
    let cut: Vec<&str> = keys.iter().copied().filter(|key| arrives_in_part(configuration, key)).collect();
    let first = configuration.dropped.first();
    let at_first = first.map(|dropped| marks.mark(dropped.span));
    let error = configuration.error.as_ref();
    let mut attributes = ordinary(&document.pid, document.format);
    attributes.extend([
        ("dropped", Attribute { value: keys.into(), mark: at_first }),
        ("cut", Attribute { value: cut.into(), mark: at_first }),
        ("dropped_reason", Attribute { value: reasons(configuration, marks).into(), mark: at_first }),
        (
            "error",
            Attribute {
                value: error.map(|error| error.reason.as_str()).into(),
                mark: error.map(|error| marks.mark(error.span)),
            },
        ),
        ("partial", plain(partial)),
        ("integration", plain(pids::is_known(&document.name))),
    ]);
    attributes
}

/// The attributes of a configuration of which nothing is to be said but how it is identified.
pub(in crate::facts) fn ordinary(pid: &Pid, format: Format) -> Attributes {
    let none = || plain(Value::List(Vec::new()));
    [
        ("pid", plain(pid.pid.as_str())),
        ("factory", plain(pid.factory.as_deref())),
        ("name", plain(pid.name.as_deref())),
        ("format", plain(format.name())),
        ("dropped", none()),
        ("cut", none()),
        ("dropped_reason", plain(Value::Null)),
        ("error", plain(Value::Null)),
        ("partial", plain(false)),
        ("integration", plain(false)),
        ("duplicate_of", none()),
    ]
    .into()
}

/// A quick look at the text of a file. Each question is answered once.
pub(super) struct Look<'t> {
    text: &'t str,
    quiet: OnceCell<bool>,
}

impl<'t> Look<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, quiet: OnceCell::new() }
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Whether there is [nothing to tell of it or to mask in it](telltale::is_quiet).
    pub(super) fn is_quiet(&self) -> bool {
        *self.quiet.get_or_init(|| telltale::is_quiet(self.text))
    }
}

/// Whether a configuration is an ordinary one: read to its end, with nothing in it that any family makes a fact of.
///
/// A quick look, which rather says no. `look` is at the text of the file.
pub(super) fn is_ordinary(document: &OsgiDocument<'_>, look: &Look<'_>) -> bool {
    let configuration = &document.configuration;
    let text = look.text();
    // Without escapes keys and values stand in the text as they are, so that one search answers for all of them.
    let literal = document.format == Format::Config && memchr::memchr(b'\\', text.as_bytes()).is_none();
    let quiet = literal && look.is_quiet();
    let values = !quiet && (!literal || telltale::is_possible(text));
    let keys = !quiet && (!literal || secret::has_stem(text));
    configuration.error.is_none()
        && configuration.dropped.is_empty()
        && configuration.lost.is_empty()
        && !pids::is_known(&document.name)
        && !configuration.properties.iter().any(|property| key_can_matter(&property.key, keys))
        && !(values && configuration.properties.iter().any(value_can_matter))
}

/// `secret` is whether it can be that of a secret.
fn key_can_matter(key: &str, secret: bool) -> bool {
    ims::is_reference_name(key) || (secret && secret::is_secret_name(key))
}

fn value_can_matter(property: &osgi::Property<'_>) -> bool {
    property.value.items.iter().any(|item| match &item.scalar {
        Scalar::Text(text) => telltale::is_possible(text) && text_can_matter(text),
        _ => false,
    })
}

fn text_can_matter(text: &str) -> bool {
    let text_of_adobe = || {
        let mut rest = text.as_bytes();
        while let Some(at) = memchr::memchr2(b'a', b'A', rest) {
            rest = rest.get(at..).unwrap_or_default();
            if rest.get(..5).is_some_and(|word| word.eq_ignore_ascii_case(b"adobe")) {
                return true;
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        false
    };
    text.contains("://") || text.contains("-----BEGIN") || text_of_adobe() || !secret::shapes(text).is_empty()
}

/// Most keys and reasons that are told of one file.
const MOST: usize = 20;

/// The keys that do not arrive as they are written: those that the reader says it dropped, and what stands behind the
/// place where it stopped.
fn dropped<'c>(configuration: &'c Configuration<'_>) -> Vec<&'c str> {
    let told = configuration.dropped.iter().filter_map(|dropped| dropped.key.as_deref());
    let behind = configuration.lost.iter().map(|property| &*property.key);
    let mut keys: Vec<&str> = Vec::new();
    for key in told.chain(behind) {
        if keys.len() < MOST && !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

/// Whether a key arrives with another value than the whole one: that of a repeated key is the whole later one.
fn arrives_in_part(configuration: &Configuration<'_>, key: &str) -> bool {
    let arrives = configuration.properties.iter().find(|property| property.key == key);
    let at = |span: Span| arrives.is_some_and(|property| property.key_span.start == span.start);
    configuration.lost.iter().any(|property| property.key == key && at(property.key_span))
}

/// Why, each reason once; with lines where there are several.
fn reasons(configuration: &Configuration<'_>, marks: &Marks<'_>) -> Option<String> {
    let mut found: Vec<(&str, u32)> = Vec::new();
    for dropped in configuration.dropped.iter().take(MOST) {
        // What follows on the same line follows from the first fault of it.
        let line = marks.mark(dropped.span).start.line;
        if !found.iter().any(|(reason, other)| *reason == dropped.reason || *other == line) {
            found.push((&dropped.reason, line));
        }
    }
    match found.as_slice() {
        [] => None,
        [(reason, _)] => Some((*reason).to_owned()),
        several => {
            let several: Vec<String> = several.iter().map(|(reason, line)| format!("line {line}: {reason}")).collect();
            Some(several.join("; "))
        }
    }
}
