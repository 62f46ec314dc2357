//! Smart Tags cloud services: the legacy page, which works with a JWT technical account only, and whatever else names a
//! Smart Content service.

use super::subject::{Attributes, Origin, Subject, plain};
use super::urls;
use crate::facts::{Attribute, Value};

/// Attributes and the properties of the legacy page that they are read from.
const PROPERTIES: &[(&str, &str)] = &[
    ("service_url", "serviceUrl"),
    ("authorization_server", "authServerUrl"),
    ("api_key", "apiKey"),
    ("org_id", "orgId"),
    ("technical_account", "techAcctId"),
    ("secret_state", "clientSecret"),
];

/// The attributes of the fact, if the subject is such a service.
pub(super) fn service(subject: &Subject<'_>) -> Option<Attributes> {
    let Origin::Node(_) = subject.origin else { return None };
    let legacy = is_legacy_page(subject);
    let by_value = subject.properties.iter().find(|property| is_service_url(&property.value));
    if !legacy && by_value.is_none() {
        return None;
    }
    let mut attributes: Attributes =
        PROPERTIES.iter().map(|&(name, property)| (name, subject.attribute(property))).collect();
    if let Some(property) = by_value.filter(|_| !subject.has("serviceUrl")) {
        attributes.insert("service_url", Attribute { value: property.value.clone(), mark: Some(property.mark) });
    }
    let url = attributes.get("service_url").and_then(|attribute| attribute.value.as_text()).and_then(urls::whole);
    attributes.insert("region", plain(url.as_ref().and_then(|url| url.smart_content_region())));
    attributes.insert("legacy", plain(legacy));
    attributes.insert("secret_state", subject.attribute_at("clientSecret", subject.state_of("clientSecret").name()));
    attributes.insert("samples", subject.samples());
    attributes.insert("unknown", subject.unknown(PROPERTIES));
    attributes.insert("partial", plain(subject.partial));
    Some(attributes)
}

/// The content of a page below `/etc/cloudservices/smarttagging`, or one of its component or template wherever it is.
/// The root page, which every AEM has, is no service.
pub(super) fn is_legacy_page(subject: &Subject<'_>) -> bool {
    let Origin::Node(node) = subject.origin else { return false };
    let path = node.path.as_str();
    if subject.properties.is_empty() || path == "/etc/cloudservices/smarttagging/jcr:content" {
        return false;
    }
    let below = path.strip_prefix("/etc/cloudservices/smarttagging/").and_then(|rest| rest.split_once('/'));
    below.is_some_and(|(_, rest)| rest == "jcr:content")
        || subject.resource_type().is_some_and(|found| found.ends_with("dam/components/smarttaggingservicepage"))
        || subject.text_of("cq:template") == Some("/libs/dam/templates/smarttagging")
}

fn is_service_url(value: &Value) -> bool {
    value.as_text().is_some_and(|text| {
        urls::has_scheme(text)
            && !osgi_config::placeholders::has_placeholder(text)
            && urls::whole(text).is_some_and(|url| url.is_smart_content())
    })
}
