//! Placeholders that nothing resolves any more: those of the build in a package that was built, and those of configurations
//! where AEM does not look at them.

use crate::facts::attribute::{Attribute, TextList};
use crate::facts::fact::{Fact, OfKind};
use crate::facts::source::{FactSource, SourceKind};
use crate::facts::value::Value;
use crate::facts::vocabulary::fact_kind;
use osgi_config::placeholders::{PlaceholderKind, find, has_placeholder};

fact_kind! {
    #[derive(Default)]
    UnresolvedPlaceholder "unresolved_placeholder" =
        "An Adobe integration that holds placeholders which may be left as they are." {
        names: Attribute<TextList> =
            "names of the properties that hold one of the build, `${name}` or `@name@`, in a package or bundle",
        interpolated: Attribute<TextList> =
            "names of the properties that hold one that only configurations on AEM as a Cloud Service may hold, `$[env:NAME]`",
        is_node: bool = "whether it is a node, in which AEM never resolves `$[env:NAME]`",
        target_named: bool = "whether an option or `aemlint.toml` names the target",
    }
}

/// The fact of a source, an integration, if a property holds a placeholder that may be left. `is_built` is whether nothing
/// resolves those of the build any more.
pub(crate) fn unresolved(source: &FactSource<'_>, is_built: bool) -> Option<UnresolvedPlaceholder> {
    let names = if is_built { holding(source, |kind| *kind == PlaceholderKind::Build) } else { Attribute::default() };
    let interpolated = holding(source, |kind| *kind != PlaceholderKind::Build);
    let is_node = matches!(source.kind, SourceKind::Node(_));
    let is_any = !names.value.is_empty() || !interpolated.value.is_empty();
    is_any.then_some(UnresolvedPlaceholder { names, interpolated, is_node, target_named: false })
}

/// Says of each fact whether the target is named: if it is not, it may be another one than is taken.
pub(in crate::facts) fn link(facts: &mut [Fact], target_named: bool) {
    for placeholder in facts.iter_mut().filter_map(UnresolvedPlaceholder::of_mut) {
        placeholder.target_named = target_named;
    }
}

/// The properties that hold a placeholder of some kind.
fn holding(source: &FactSource<'_>, is_kind: fn(&PlaceholderKind) -> bool) -> Attribute<TextList> {
    let mut holding = source.properties.iter().filter(|property| holds(&property.value, is_kind));
    let Some(first) = holding.next() else { return Attribute::default() };
    let names = std::iter::once(first).chain(holding).map(|property| property.name.clone()).collect();
    Attribute { value: names, mark: Some(first.mark) }
}

fn holds(value: &Value, is_kind: fn(&PlaceholderKind) -> bool) -> bool {
    let in_text = |text: &str| has_placeholder(text) && find(text).iter().any(|found| is_kind(&found.kind));
    match value {
        Value::Text(text) => in_text(text),
        Value::Secret(secret) => in_text(secret.expose()),
        Value::List(values) => values.iter().any(|value| holds(value, is_kind)),
        _ => false,
    }
}
