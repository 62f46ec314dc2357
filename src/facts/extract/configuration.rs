//! Facts of kind `configuration`: any OSGi configuration, whatever it is written in.

use super::file::Marks;
use super::hidden::Hidden;
use super::ims;
use super::subject::{Attributes, plain};
use super::telltale;
use crate::documents::OsgiDocument;
use crate::documents::pids;
use crate::facts::{Attribute, Value};
use crate::secret;
use osgi_config::{self, Configuration, FileFormat, Format, Pid, Scalar};
use std::cell::OnceCell;
use text_spans::{Span, TripletScanner};

/// The attributes of the fact. `partial` is whether the file was cut or could not be decoded.
pub(super) fn configuration(
    document: &OsgiDocument<'_>,
    partial: bool,
    marks: &Marks<'_>,
    hidden: &Hidden,
) -> Attributes {
    let configuration = &document.configuration;
    let keys = dropped(configuration, hidden);
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
    stem: OnceCell<bool>,
    shapes: OnceCell<bool>,
}

impl<'t> Look<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, quiet: OnceCell::new(), stem: OnceCell::new(), shapes: OnceCell::new() }
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Whether there is [nothing to tell of it or to mask in it](telltale::is_quiet).
    fn is_quiet(&self) -> bool {
        *self.quiet.get_or_init(|| telltale::is_quiet(self.text))
    }

    fn has_stem(&self) -> bool {
        *self.stem.get_or_init(|| secret::has_keyword(self.text))
    }

    fn has_shapes(&self) -> bool {
        *self.shapes.get_or_init(|| !secret::shapes(self.text).is_empty())
    }

    /// Whether [`masks`](secret::masks) could find something.
    pub(super) fn may_be_masked(&self) -> bool {
        !self.is_quiet() && (self.has_stem() || self.has_shapes())
    }
}

/// Whether a configuration is an ordinary one: read to its end, with nothing in it that any family makes a fact of.
///
/// A quick look, which rather says no. `look` is at the text of the file.
pub(super) fn is_ordinary(document: &OsgiDocument<'_>, look: &Look<'_>) -> bool {
    let configuration = &document.configuration;
    let text = look.text();
    // Without escapes keys and values stand in the text as they are, so that one search answers for all of them.
    let literal =
        document.format == Format::File(FileFormat::Config) && memchr::memchr(b'\\', text.as_bytes()).is_none();
    let quiet = literal && look.is_quiet();
    let values = !quiet && (!literal || holds_word(text) || look.has_shapes());
    let keys = !quiet && (!literal || look.has_stem());
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

fn value_can_matter(property: &osgi_config::Property<'_>) -> bool {
    property.value.items.iter().any(|item| match &item.scalar {
        Scalar::Text(text) => telltale::is_possible(text) && (holds_word(text) || !secret::shapes(text).is_empty()),
        _ => false,
    })
}

/// Whether a text holds a URL, a PEM block or the name of Adobe.
fn holds_word(text: &str) -> bool {
    const WORDS: [&str; 3] = ["://", "-----begin", "adobe"];
    const BEGINNINGS: TripletScanner<3> = TripletScanner::in_any_case([*b"://", *b"---", *b"ado"]);
    let begins = |at| {
        let rest = text.as_bytes().get(at..).unwrap_or_default();
        WORDS.iter().any(|word| rest.get(..word.len()).is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes())))
    };
    BEGINNINGS.find_iter(text.as_bytes()).any(begins)
}

/// Most keys and reasons that are told of one file.
const MOST: usize = 20;

/// The keys that do not arrive as they are written: those that the reader says it dropped, and what stands behind the
/// place where it stopped.
fn dropped<'c>(configuration: &'c Configuration<'_>, hidden: &Hidden) -> Vec<&'c str> {
    let told = configuration.dropped.iter().filter_map(|dropped| dropped.key.as_deref());
    let behind = configuration.lost.iter().map(|property| hidden.name(&property.key, property.key_span));
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
    fn nothing_is_masked_where_nothing_may_be() {
        for text in
            ["a meadow", "shadow=\"http://a.b\"", "password=\"x1\"", "a=\"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln\""]
        {
            assert!(Look::new(text).may_be_masked() || secret::masks(text, &[]).is_empty(), "{text}");
        }
        assert!(!Look::new("a meadow").may_be_masked() && Look::new("password=\"x1\"").may_be_masked());
    }
}
