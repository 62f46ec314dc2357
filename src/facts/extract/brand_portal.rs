//! Brand Portal: cloud configurations, and the replication agents that publish to a tenant.

use super::subject::{Attributes, Origin, Subject, plain};
use super::{ims, urls};
use crate::facts::{Attribute, Value};

/// Attributes of a configuration and the properties that they are read from.
const CONFIGURATION: &[(&str, &str)] =
    &[("name", "name"), ("tenant_url", "tenantURL"), ("tenant", "tenantURL"), ("agent_count", "agentCount")];

/// The attributes of a Brand Portal configuration, if the subject is one.
pub(super) fn configuration(subject: &Subject<'_>) -> Option<Attributes> {
    let Origin::Node(node) = subject.origin else { return None };
    if subject.properties.is_empty() || !(is_by_type(subject) || is_by_path(&node.path) || is_by_value(subject)) {
        return None;
    }
    let mut attributes: Attributes =
        CONFIGURATION.iter().map(|&(name, property)| (name, subject.attribute(property))).collect();
    if !subject.has("name") {
        let page = node.path.trim_end_matches("/jcr:content").rsplit('/').next().unwrap_or_default();
        attributes.insert("name", subject.attribute_at("jcr:title", subject.text_of("jcr:title").unwrap_or(page)));
    }
    let tenant = subject.text_of("tenantURL").and_then(tenant);
    attributes.insert("tenant", subject.attribute_at("tenantURL", tenant));
    let reference = subject.properties.iter().find(|property| ims::is_reference_name(&property.name));
    let reference = reference.and_then(|property| {
        let value = super::subject::texts(&property.value).next()?;
        Some(Attribute { value: value.into(), mark: Some(property.mark) })
    });
    attributes.insert("ims_configuration", reference.unwrap_or_else(|| plain(Value::Null)));
    attributes.insert("legacy", plain(node.path.starts_with("/etc/cloudservices/mediaportal/")));
    attributes.insert("samples", subject.samples());
    attributes.insert("unknown", subject.unknown(CONFIGURATION));
    attributes.insert("partial", plain(subject.partial));
    Some(attributes)
}

fn is_by_type(subject: &Subject<'_>) -> bool {
    subject.resource_type().is_some_and(|found| found.ends_with("dam/components/mediaportal/config"))
}

/// The content of a page below a `mediaportal` page; not of the `mediaportal` page itself.
fn is_by_path(path: &str) -> bool {
    let Some(page) = path.strip_suffix("/jcr:content") else { return false };
    let Some((parent, name)) = page.rsplit_once('/') else { return false };
    let root = parent == "/etc/cloudservices/mediaportal"
        || (parent.starts_with("/conf/") && parent.ends_with("/settings/cloudconfigs/mediaportal"));
    root && !name.is_empty()
}

fn is_by_value(subject: &Subject<'_>) -> bool {
    subject.text_of("tenantURL").and_then(urls::whole).is_some_and(|url| url.host_is_below("brand-portal.adobe.com"))
}

/// The tenant that a URL names.
fn tenant(text: &str) -> Option<String> {
    urls::whole(text)?.tenant().map(str::to_owned)
}

/// The attributes of the user that the legacy OAuth gateway replicates as: `mac-<tenant>-replication`, which AEM makes
/// below `/home/users/mac`.
pub(super) fn user(subject: &Subject<'_>) -> Option<Attributes> {
    let Origin::Node(node) = subject.origin else { return None };
    if !matches!(subject.text_of("jcr:primaryType"), Some("rep:User" | "rep:SystemUser")) {
        return None;
    }
    let name = subject.text_of("rep:authorizableId").or_else(|| node.path.rsplit('/').next())?;
    let tenant = name.strip_prefix("mac-")?.strip_suffix("-replication")?;
    let mut attributes = Attributes::new();
    attributes.insert("user", subject.attribute_at("rep:authorizableId", name));
    attributes.insert("tenant", subject.attribute_at("rep:authorizableId", tenant));
    Some(attributes)
}

/// Attributes of an agent and the properties that they are read from.
const AGENT: &[(&str, &str)] = &[("transport_uri", "transportUri"), ("tenant", "transportUri"), ("enabled", "enabled")];

/// The attributes of a replication agent, if the subject is one.
pub(super) fn agent(subject: &Subject<'_>) -> Option<Attributes> {
    let Origin::Node(node) = subject.origin else { return None };
    let by_type = subject.resource_type().is_some_and(|found| found.ends_with("cq/replication/components/agent"));
    let by_template =
        subject.text_of("cq:template").is_some_and(|found| found.ends_with("cq/replication/templates/agent"));
    let by_path = node.path.starts_with("/etc/replication/agents.") && subject.has("transportUri");
    if !(by_type || by_template || by_path) {
        return None;
    }
    let url = subject.text_of("transportUri").and_then(urls::whole);
    let mut attributes = Attributes::new();
    attributes.insert("transport_uri", subject.attribute_at("transportUri", url.as_ref().map(|url| &*url.url)));
    attributes.insert("tenant", subject.attribute_at("transportUri", url.as_ref().and_then(|url| url.tenant())));
    // An agent without the property is disabled.
    let enabled = match subject.property("enabled").map(|property| &property.value) {
        Some(Value::Bool(value)) => *value,
        _ => subject.text_of("enabled").is_some_and(|text| text.eq_ignore_ascii_case("true")),
    };
    attributes.insert("enabled", subject.attribute_at("enabled", enabled));
    let legacy = subject.properties.iter().find(|property| {
        property.value.as_text().is_some_and(|text| urls::find(text).iter().any(urls::Found::is_legacy_gateway))
    });
    let mark = legacy.map(|property| property.mark);
    attributes.insert("legacy", Attribute { value: legacy.is_some().into(), mark });
    attributes.insert("samples", subject.samples());
    attributes.insert("unknown", subject.unknown(AGENT));
    attributes.insert("partial", plain(subject.partial));
    Some(attributes)
}
