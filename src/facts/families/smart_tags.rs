//! Smart Tags cloud services: the legacy page, which works with a JWT technical account only, and whatever else names a
//! Smart Content service.

use crate::facts::attribute::{Attribute, OwnProperties};
use crate::facts::source::{FactSource, SourceKind, urls};
use crate::facts::value::Value;
use crate::facts::vocabulary::integration_kind;
use crate::secret::State;
use crate::signals::smart_tags::{SERVICE_TEMPLATE, SERVICE_TYPE, SERVICES_PATH};

integration_kind! {
    #[derive(Default)]
    SmartTagsService "smart_tags_service" =
        "A Smart Tags cloud service: the legacy page, or a node that names the service." {
        service_url: Attribute<Value> = "Service URL",
        region: Option<String> = "region in a smartcontent.adobe.io URL, null where there is none",
        authorization_server: Attribute<Value> = "Authorization Server",
        legacy: bool = "whether it is the legacy cloud service page",
        api_key: Attribute<Value> = "API key",
        org_id: Attribute<Value> = "organization ID",
        technical_account: Attribute<Value> = "technical account ID",
        secret_state: Attribute<State> = "plain, encrypted, placeholder or blank",
    } properties = "the properties by name"
}

/// Attributes and the properties of the legacy page that they are read from.
const PROPERTIES: &[(&str, &str)] = &[
    ("service_url", "serviceUrl"),
    ("authorization_server", "authServerUrl"),
    ("api_key", "apiKey"),
    ("org_id", "orgId"),
    ("technical_account", "techAcctId"),
    ("secret_state", "clientSecret"),
];

/// The fact of a source, if it is such a service.
pub(crate) fn service(source: &FactSource<'_>) -> Option<SmartTagsService> {
    let SourceKind::Node(_) = source.kind else { return None };
    let legacy = is_legacy_page(source);
    let by_value = source.properties.iter().find(|property| is_service_url(&property.value));
    if !legacy && by_value.is_none() {
        return None;
    }
    let service_url = match by_value.filter(|_| !source.has("serviceUrl")) {
        Some(property) => Attribute { value: property.value.clone(), mark: Some(property.mark) },
        None => source.attribute("serviceUrl"),
    };
    let url = service_url.value.as_text().and_then(urls::whole);
    Some(SmartTagsService {
        region: url.as_ref().and_then(|url| url.smart_content_region()).map(str::to_owned),
        service_url,
        authorization_server: source.attribute("authServerUrl"),
        legacy,
        api_key: source.attribute("apiKey"),
        org_id: source.attribute("orgId"),
        technical_account: source.attribute("techAcctId"),
        secret_state: source.attribute_at("clientSecret", source.state_of("clientSecret")),
        samples: source.samples(),
        unknown: source.unknown(PROPERTIES),
        partial: source.partial,
        properties: OwnProperties,
    })
}

/// The content of a page below `/etc/cloudservices/smarttagging`, or one of its component or template wherever it is.
/// The root page, which every AEM has, is no service.
pub(crate) fn is_legacy_page(source: &FactSource<'_>) -> bool {
    let SourceKind::Node(node) = source.kind else { return false };
    let path = node.path.as_str();
    if source.properties.is_empty() || path == "/etc/cloudservices/smarttagging/jcr:content" {
        return false;
    }
    let below = path.strip_prefix(SERVICES_PATH).and_then(|rest| rest.split_once('/'));
    below.is_some_and(|(_, rest)| rest == "jcr:content")
        || source.resource_type().is_some_and(|found| found.ends_with(SERVICE_TYPE))
        || source.text_of("cq:template") == Some(SERVICE_TEMPLATE)
}

fn is_service_url(value: &Value) -> bool {
    value.as_text().is_some_and(|text| {
        urls::has_scheme(text)
            && !osgi_config::placeholders::has_placeholder(text)
            && urls::whole(text).is_some_and(|url| url.is_smart_content())
    })
}
