//! Facts of kind `secret`.

use super::subject::{Attributes, Subject};
use crate::facts::{Attribute, Value};
use crate::text::Mark;

/// One fact for each property of a subject that holds a secret, by its name or by the shape of its value.
pub(super) fn secrets(subject: &Subject<'_>) -> Vec<Attributes> {
    let mut facts: Vec<Attributes> = Vec::new();
    for secret in &subject.secrets {
        let fact = attributes(Some(&secret.property), secret.state.name(), secret.shape, Some(secret.mark), "high");
        // The values of a list are one property; the first that is readable speaks for it.
        match facts.iter_mut().find(|known| known.get("property") == fact.get("property")) {
            Some(known) if state(known) == "plain" => {}
            Some(known) => *known = fact,
            None => facts.push(fact),
        }
    }
    facts
}

fn state(fact: &Attributes) -> &str {
    fact.get("state").and_then(|attribute| attribute.value.as_text()).unwrap_or_default()
}

/// The attributes of one secret; of a file without a property.
pub(super) fn attributes(
    property: Option<&str>,
    state: &'static str,
    shape: Option<&'static str>,
    mark: Option<Mark>,
    confidence: &'static str,
) -> Attributes {
    let at = |value: Value| Attribute { value, mark };
    [
        ("property", at(property.into())),
        ("state", at(state.into())),
        ("shape", at(shape.into())),
        ("confidence", at(confidence.into())),
    ]
    .into()
}
