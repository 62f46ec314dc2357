//! Brand Portal: cloud configurations, and the replication agents that publish to a tenant.

pub(in crate::facts) mod differing;
pub(in crate::facts) mod link;

use super::ims;
use crate::facts::attribute::named_enum;
use crate::facts::attribute::{Attribute, OwnProperties, TextList};
use crate::facts::source::{FactSource, SourceKind, texts, urls};
use crate::facts::value::Value;
use crate::facts::vocabulary::{fact_kind, integration_kind};
use crate::signals::brand_portal::{
    AGENT_TEMPLATE, AGENT_TYPE, AGENTS_PATH, CONFIGURATION_TYPE, CONFIGURATIONS_PATH, LEGACY_PATH, TENANT_URL, TENANTS,
    TRANSPORT_URI, USER_ENDING, USER_NAME,
};

integration_kind! {
    #[derive(Default)]
    BrandPortalConfiguration "brand_portal_configuration" = "A Brand Portal cloud configuration." {
        name: Attribute<Value> = "name of the configuration",
        tenant_url: Attribute<Value> = "tenantURL",
        tenant: Attribute<Option<String>> = "tenant, normalised; null where the URL names none",
        ims_configuration: Attribute<Option<String>> = "the IMS configuration that it names",
        agent_count: Attribute<Value> = "agentCount",
        agents: Option<i64> = "replication agents of its tenant in the deployment",
        legacy: bool = "whether it lies below /etc/cloudservices/mediaportal",
    } properties = "the properties by name"
}

fact_kind! {
    #[derive(Default)]
    BrandPortalTenant "brand_portal_tenant" =
        "A Brand Portal tenant that a configuration names; where none does, one that a replication agent names." {
        tenant: Attribute<String> = "tenant, normalised",
        source: TenantSource = "configuration or agent",
    }
}

named_enum! {
    /// What names a tenant.
    TenantSource {
        /// A Brand Portal configuration.
        Configuration = "configuration",
        /// A replication agent.
        Agent = "agent",
    }
}

fact_kind! {
    #[derive(Default)]
    BrandPortalUser "brand_portal_user" =
        "The user of the legacy OAuth gateway of Brand Portal: `mac-<tenant>-replication`, whatever folder it lies in." {
        user: Attribute<String> = "rep:authorizableId, or the name of the node",
        tenant: Attribute<String> = "tenant in the user's name",
    }
}

integration_kind! {
    #[derive(Default)]
    ReplicationAgent "replication_agent" = "A replication agent page." {
        transport_uri: Attribute<Option<String>> = "transportUri",
        enabled: Attribute<bool> = "enabled",
        tenant: Attribute<Option<String>> = "Brand Portal tenant that it sends to, null if it is none",
        differing: Attribute<TextList> =
            "names of the settings in which it differs from most installed agents of its tenant",
        configured_tenants: TextList = "tenants that the configurations of the deployment name",
        legacy: Attribute<bool> = "whether it sends through the legacy OAuth gateway",
    } properties = "the properties by name"
}

/// Attributes of a configuration and the properties that they are read from.
const CONFIGURATION: &[(&str, &str)] =
    &[("name", "name"), ("tenant_url", TENANT_URL), ("tenant", TENANT_URL), ("agent_count", "agentCount")];

/// The Brand Portal configuration that a source is, if it is one.
pub(crate) fn configuration(source: &FactSource<'_>) -> Option<BrandPortalConfiguration> {
    let SourceKind::Node(node) = source.kind else { return None };
    if source.properties.is_empty() || !(is_by_type(source) || is_by_path(&node.path) || is_by_value(source)) {
        return None;
    }
    let name = if source.has("name") {
        source.attribute("name")
    } else {
        let page = node.path.trim_end_matches("/jcr:content").rsplit('/').next().unwrap_or_default();
        source.attribute_at("jcr:title", source.text_of("jcr:title").unwrap_or(page).into())
    };
    let reference = source.properties.iter().find(|property| ims::is_reference_name(&property.name));
    let reference = reference.and_then(|property| {
        let value = texts(&property.value).next()?;
        Some(Attribute { value: Some(value.to_owned()), mark: Some(property.mark) })
    });
    Some(BrandPortalConfiguration {
        name,
        tenant_url: source.attribute(TENANT_URL),
        tenant: source.attribute_at(TENANT_URL, source.text_of(TENANT_URL).and_then(tenant)),
        ims_configuration: reference.unwrap_or_default(),
        agent_count: source.attribute("agentCount"),
        agents: None,
        legacy: node.path.starts_with(LEGACY_PATH),
        samples: source.samples(),
        unknown: source.unknown(CONFIGURATION),
        partial: source.partial,
        properties: OwnProperties,
    })
}

fn is_by_type(source: &FactSource<'_>) -> bool {
    source.resource_type().is_some_and(|found| found.ends_with(CONFIGURATION_TYPE))
}

/// The content of a page below a `mediaportal` page; not of the `mediaportal` page itself.
fn is_by_path(path: &str) -> bool {
    let Some(page) = path.strip_suffix("/jcr:content") else { return false };
    let name_at = page.rfind('/').map_or(0, |at| at + 1);
    let (parent, name) = page.split_at(name_at);
    let root = parent == LEGACY_PATH || (parent.starts_with("/conf/") && parent.ends_with(CONFIGURATIONS_PATH));
    root && !name.is_empty()
}

fn is_by_value(source: &FactSource<'_>) -> bool {
    source.text_of(TENANT_URL).and_then(urls::whole).is_some_and(|url| url.host_is_below(TENANTS))
}

/// The tenant that a URL names.
fn tenant(text: &str) -> Option<String> {
    urls::whole(text)?.tenant().map(str::to_owned)
}

/// The user that the legacy OAuth gateway replicates as: `mac-<tenant>-replication`, which AEM makes below
/// `/home/users/mac`.
pub(crate) fn user(source: &FactSource<'_>) -> Option<BrandPortalUser> {
    let SourceKind::Node(node) = source.kind else { return None };
    if !matches!(source.text_of("jcr:primaryType"), Some("rep:User" | "rep:SystemUser")) {
        return None;
    }
    let name = source.text_of(USER_NAME).or_else(|| node.path.rsplit('/').next())?;
    let tenant = name.strip_prefix("mac-")?.strip_suffix(USER_ENDING)?;
    Some(BrandPortalUser {
        user: source.attribute_at(USER_NAME, name.to_owned()),
        tenant: source.attribute_at(USER_NAME, tenant.to_owned()),
    })
}

/// Attributes of an agent and the properties that they are read from.
const AGENT: &[(&str, &str)] = &[("transport_uri", TRANSPORT_URI), ("tenant", TRANSPORT_URI), ("enabled", "enabled")];

/// The replication agent that a source is, if it is one.
pub(crate) fn agent(source: &FactSource<'_>) -> Option<ReplicationAgent> {
    let SourceKind::Node(node) = source.kind else { return None };
    let by_type = source.resource_type().is_some_and(|found| found.ends_with(AGENT_TYPE));
    let by_template = source.text_of("cq:template").is_some_and(|found| found.ends_with(AGENT_TEMPLATE));
    let by_path = node.path.starts_with(AGENTS_PATH) && source.has(TRANSPORT_URI);
    if !(by_type || by_template || by_path) {
        return None;
    }
    let url = source.text_of(TRANSPORT_URI).and_then(urls::whole);
    // An agent without the property is disabled.
    let enabled = match source.property("enabled").map(|property| &property.value) {
        Some(Value::Bool(value)) => *value,
        _ => source.text_of("enabled").is_some_and(|text| text.eq_ignore_ascii_case("true")),
    };
    let legacy = source.properties.iter().find(|property| {
        property.value.as_text().is_some_and(|text| urls::find(text).iter().any(urls::Found::is_legacy_gateway))
    });
    let uri = url.as_ref().map(|url| url.url.clone().into_owned());
    Some(ReplicationAgent {
        transport_uri: source.attribute_at(TRANSPORT_URI, uri),
        enabled: source.attribute_at("enabled", enabled),
        tenant: source.attribute_at(TRANSPORT_URI, url.as_ref().and_then(|url| url.tenant()).map(str::to_owned)),
        differing: TextList::default().into(),
        configured_tenants: TextList::default(),
        legacy: Attribute { value: legacy.is_some(), mark: legacy.map(|property| property.mark) },
        samples: source.samples(),
        unknown: source.unknown(AGENT),
        partial: source.partial,
        properties: OwnProperties,
    })
}

impl ReplicationAgent {
    /// Whether it sends to Brand Portal, now or in the days of the legacy gateway.
    pub(crate) fn is_adobe(&self) -> bool {
        self.tenant.value.is_some() || self.legacy.value
    }
}
