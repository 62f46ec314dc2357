//! Facts of kind `secret`.

use super::subject::{Attributes, Subject, plain};
use crate::facts::{Attribute, Value};
use text_spans::SourceRange;

/// One fact for each property of a subject that holds a secret, by its name or by the shape of its value.
pub(super) fn secrets(subject: &Subject<'_>) -> Vec<Attributes> {
    let mut facts: Vec<Attributes> = Vec::new();
    for secret in &subject.secrets {
        let mut fact = attributes(Some(&secret.property), secret.state.name(), secret.shape, Some(secret.mark), "high");
        fact.insert("sample", plain(secret.sample));
        // The values of a list are one property; the first that is readable speaks for it.
        match facts.iter_mut().find(|known| known.get("property") == fact.get("property")) {
            Some(known) if is_readable(known) => {}
            Some(known) => *known = fact,
            None => facts.push(fact),
        }
    }
    facts
}

fn is_readable(fact: &Attributes) -> bool {
    let is = |name: &str, value: Value| fact.get(name).is_some_and(|attribute| attribute.value == value);
    is("state", "plain".into()) && is("sample", false.into())
}

/// The attributes of one secret; of a file without a property.
pub(super) fn attributes(
    property: Option<&str>,
    state: &'static str,
    shape: Option<&'static str>,
    mark: Option<SourceRange>,
    confidence: &'static str,
) -> Attributes {
    let at = |value: Value| Attribute { value, mark };
    [
        ("confidence", at(confidence.into())),
        ("property", at(property.into())),
        ("sample", plain(false)),
        ("shape", at(shape.into())),
        ("state", at(state.into())),
    ]
    .into()
}
