//! Placeholders that nothing resolves any more: those of the build, in a package that was built.

use crate::facts::attribute::{Attribute, TextList};
use crate::facts::source::FactSource;
use crate::facts::value::Value;
use crate::facts::vocabulary::fact_kind;
use osgi_config::placeholders::{PlaceholderKind, find, has_placeholder};

fact_kind! {
    #[derive(Default)]
    UnresolvedPlaceholder "unresolved_placeholder" =
        "An Adobe integration in a package or bundle that still holds placeholders of the build, `${name}` or `@name@`." {
        names: Attribute<TextList> = "names of the properties that hold one",
    }
}

/// The fact of a source, an integration in an archive, if a property holds a placeholder of the build.
pub(crate) fn unresolved(source: &FactSource<'_>) -> Option<UnresolvedPlaceholder> {
    let mut holding = source.properties.iter().filter(|property| is_unresolved(&property.value));
    let first = holding.next()?;
    let names = std::iter::once(first).chain(holding).map(|property| property.name.clone()).collect();
    Some(UnresolvedPlaceholder { names: Attribute { value: names, mark: Some(first.mark) } })
}

fn is_unresolved(value: &Value) -> bool {
    match value {
        Value::Text(text) => is_of_build(text),
        Value::Secret(secret) => is_of_build(secret.expose()),
        Value::List(values) => values.iter().any(is_unresolved),
        _ => false,
    }
}

fn is_of_build(text: &str) -> bool {
    has_placeholder(text) && find(text).iter().any(|found| found.kind == PlaceholderKind::Build)
}
