//! Integrations with services of Adobe that have ended: by the resource type of a cloud service, and by what settings connect
//! to. What a text tells of such a service is none.

use super::ims;
use crate::facts::attribute::{Attribute, named_enum};
use crate::facts::property::Property;
use crate::facts::source::{FactSource, SourceKind, texts, urls};
use crate::facts::vocabulary::fact_kind;
use crate::signals::retired::{
    ANALYTICS_API_PATH, ANALYTICS_TYPE, DOMAIN, SEARCH_TYPE, TAG_MANAGEMENT_TYPE, TARGET_DOMAIN, TARGET_TYPE,
};
use osgi_config::placeholders::has_placeholder;

fact_kind! {
    #[derive(Default)]
    RetiredService "retired_service" = "A setting or cloud service that works with a service of Adobe that has ended." {
        service: RetiredName = "analytics-1.4, target-classic, mbox-js, tag-management or search-promote",
        property: Attribute<Option<String>> = "the property that shows it, null where the cloud service itself does",
        url: Attribute<Option<String>> =
            "the URL that it connects to, user information, query and fragment left out; null where none shows it",
    }
}

named_enum! {
    /// A service that has ended.
    RetiredName {
        /// The Analytics API 1.4, and signing in to it by WSSE.
        Analytics = "analytics-1.4",
        /// The classic API of Target.
        TargetClassic = "target-classic",
        /// The library of Target that came before at.js.
        MboxJs = "mbox-js",
        /// Dynamic Tag Management.
        TagManagement = "tag-management",
        /// Search&Promote.
        SearchPromote = "search-promote",
    }
}

/// The facts of a source: one for each service.
pub(crate) fn services(source: &FactSource<'_>) -> Vec<RetiredService> {
    let mut found = Found { source, services: Vec::new() };
    found.by_values();
    found.by_type();
    found.services
}

/// The services that were found in a source.
struct Found<'s, 'd> {
    source: &'s FactSource<'d>,
    services: Vec<RetiredService>,
}

impl Found<'_, '_> {
    /// Adds a service that a property shows, unless it is known.
    fn add(&mut self, service: RetiredName, property: Option<&Property>, url: Option<String>) {
        if self.services.iter().any(|known| known.service == service) {
            return;
        }
        let mark = property.map(|property| property.mark);
        let property = Attribute { value: property.map(|property| property.name.clone()), mark };
        self.services.push(RetiredService { service, property, url: Attribute { value: url, mark } });
    }

    fn add_by(&mut self, service: RetiredName, property: &str) {
        let source = self.source;
        self.add(service, source.property(property), None);
    }

    /// What settings connect to: values of configurations and cloud services that are nothing but a URL or path.
    fn by_values(&mut self) {
        let source = self.source;
        if !is_setting(source) {
            return;
        }
        for property in source.properties.iter().filter(|property| !property.name.contains(':')) {
            for text in texts(&property.value).filter(|text| !text.contains(char::is_whitespace)) {
                if is_path_of_analytics(source, text) {
                    self.add(RetiredName::Analytics, Some(property), text.split(['?', '#']).next().map(str::to_owned));
                }
                let in_text = if urls::has_scheme(text) { urls::find(text) } else { Vec::new() };
                for url in in_text.into_iter().chain(urls::whole(text).filter(|_| !urls::has_scheme(text))) {
                    let service = if is_analytics(&url) {
                        RetiredName::Analytics
                    } else if url.host_is_below(TARGET_DOMAIN) {
                        RetiredName::TargetClassic
                    } else {
                        continue;
                    };
                    self.add(service, Some(property), Some(url.url.into_owned()));
                }
            }
        }
    }

    fn by_type(&mut self) {
        let source = self.source;
        let SourceKind::Node(_) = source.kind else { return };
        let resource_type = source.resource_type().unwrap_or_default();
        let is = |name: &str, value: &str| source.text_of(name).is_some_and(|text| text.eq_ignore_ascii_case(value));
        if resource_type.ends_with(ANALYTICS_TYPE) {
            let by_ims = source.properties.iter().any(|property| ims::is_reference_name(&property.name));
            let with_secret = ["secret", "password"].into_iter().find(|name| source.has(name));
            if let Some(secret) = with_secret.filter(|_| source.has("username") && !by_ims) {
                self.add_by(RetiredName::Analytics, secret);
            }
        } else if resource_type.ends_with(TARGET_TYPE) {
            if is("apiKind", "XML") {
                self.add_by(RetiredName::TargetClassic, "apiKind");
            }
            if is("clientlib", "mboxjs") || is("clientlib", "mbox.js") {
                self.add_by(RetiredName::MboxJs, "clientlib");
            }
        } else if resource_type.ends_with(TAG_MANAGEMENT_TYPE) {
            self.add(RetiredName::TagManagement, None, None);
        } else if resource_type.ends_with(SEARCH_TYPE) {
            self.add(RetiredName::SearchPromote, None, None);
        }
    }
}

/// Whether the values of a source are settings: those of a configuration, and of the cloud services in content.
fn is_setting(source: &FactSource<'_>) -> bool {
    let SourceKind::Node(node) = source.kind else { return true };
    let resource_type = source.resource_type().unwrap_or_default();
    node.path.starts_with("/etc/cloudservices/")
        || node.path.contains("/cloudconfigs/")
        || [ANALYTICS_TYPE, TARGET_TYPE].iter().any(|known| resource_type.ends_with(known))
}

/// Whether a URL is the Analytics API 1.4: one of its data centres and no other path.
fn is_analytics(url: &urls::Found<'_>) -> bool {
    let name = url.host.strip_suffix(DOMAIN).and_then(|host| host.strip_suffix('.'));
    let is_api = matches!(name, Some("api" | "api1" | "api2" | "api3" | "api4" | "api5"));
    let path = url.canonical_path();
    is_api && (path == "/" || path == "/admin" || path.starts_with("/admin/"))
}

/// Whether a value of a configuration is the path of the Analytics API 1.4, on a host that only the code or a placeholder
/// knows.
fn is_path_of_analytics(source: &FactSource<'_>, text: &str) -> bool {
    let SourceKind::Osgi(_) = source.kind else { return false };
    let Some((before, _)) = text.split_once(ANALYTICS_API_PATH) else { return false };
    before.is_empty() || has_placeholder(before)
}
