//! References to IMS configurations.

use super::vocabulary::ImsReference;
use crate::documents::pids;
use crate::facts::attribute::Attribute;
use crate::facts::source::{FactSource, SourceKind, texts};
use crate::signals::ims::{REFERENCES, STOCK};

/// The references in a source: values of `imsConfig`, `imsConfigId`, `imsConfiguration` and `imsConfigurationId`, in
/// OSGi configurations and below `/conf` and `/etc/cloudservices`.
pub(crate) fn references(source: &FactSource<'_>) -> Vec<ImsReference> {
    let path = source.path.as_deref().unwrap_or_default();
    let looked_at = match source.kind {
        SourceKind::Osgi(_) => true,
        SourceKind::Node(_) => path.starts_with("/conf/") || path.starts_with("/etc/cloudservices/"),
    };
    if !looked_at {
        return Vec::new();
    }
    let named = source.properties.iter().filter(|property| is_reference_name(&property.name));
    let values = named.flat_map(|property| texts(&property.value).map(move |text| (property, text)));
    values
        .filter(|(_, text)| !osgi_config::placeholders::has_placeholder(text))
        .map(|(property, text)| ImsReference {
            consumer: consumer(source),
            reference: Attribute { value: text.to_owned(), mark: Some(property.mark) },
            resolved: false,
            unresolved_on: None,
            solution: None,
            solution_by_name: false,
        })
        .collect()
}

/// Whether a property of this name holds the name of an IMS configuration.
pub(crate) fn is_reference_name(name: &str) -> bool {
    REFERENCES.contains(&name)
}

fn consumer(source: &FactSource<'_>) -> &'static str {
    if let SourceKind::Osgi(document) = source.kind {
        return if pids::known(&document.name).is_some_and(|known| known.factory == STOCK) { "stock" } else { "other" };
    }
    let path = source.path.as_deref().unwrap_or_default();
    let resource_type = source.resource_type().unwrap_or_default();
    let sign = |text: &str| path.contains(&format!("/{text}/")) || resource_type.contains(text);
    [
        ("dtm-reactor", "launch"),
        ("mediaportal", "brand-portal"),
        ("smarttag", "smart-tags"),
        ("testandtarget", "target"),
        ("sitecatalyst", "analytics"),
        ("stock", "stock"),
    ]
    .into_iter()
    .find(|(text, _)| sign(text))
    .map_or("other", |(_, consumer)| consumer)
}
