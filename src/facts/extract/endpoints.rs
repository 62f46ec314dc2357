//! Adobe endpoints in property values, of whatever subject.

use super::subject::{Attributes, Origin, Subject, texts};
use super::urls::{self, Found};
use crate::facts::{Attribute, Property};
use osgi_config::placeholders::has_placeholder;
use text_spans::SourceRange;

/// Properties by which integrations connect.
const CONNECTIONS: &[&str] = &[
    "auth.access.token.request",
    "auth.token.provider.endpoint",
    "endpoint",
    "loginEndpoint",
    "getEndpoint",
    "getLoginEndpoint",
    "getIODomain",
    "aio.ims.url",
    "serviceUrl",
    "authServerUrl",
    "tenantURL",
    "transportUri",
];

/// The facts of kind `endpoint` in a subject: every Adobe URL, and whatever an integration connects to.
/// `integration` is whether the subject is an Adobe integration.
pub(super) fn endpoints(subject: &Subject<'_>, integration: bool) -> Vec<Attributes> {
    let mut found = Vec::new();
    for property in &subject.properties {
        for text in texts(&property.value) {
            let urls = urls::find(text);
            let alone = urls.len() == 1 && urls.iter().all(|url| url.start == 0);
            for url in urls {
                let connects = integration && alone && connects(subject, property, &url);
                if connects || url.is_adobe() {
                    let mut fact = attributes(&url, Some(&property.name), Some(property.mark), connects, "high");
                    let whole = url.start == 0 && url.end == text.len();
                    fact.insert("alone", super::subject::plain(whole));
                    found.push(fact);
                }
            }
        }
    }
    found
}

/// Whether a URL that is the whole value of a property is one to connect to. Claim names and audiences are written as
/// URLs and are none.
fn connects(subject: &Subject<'_>, property: &Property, url: &Found<'_>) -> bool {
    let listed = CONNECTIONS.iter().any(|name| name.eq_ignore_ascii_case(&property.name));
    let name_of_something =
        url.path.starts_with("/s/") || url.path.starts_with("/c/") || property.name.contains("laim");
    let setting = match subject.origin {
        Origin::Osgi(_) => true,
        Origin::Node(_) => !property.name.contains(':'),
    };
    listed || (setting && !name_of_something && url.is_adobe())
}

/// The attributes of one endpoint.
pub(super) fn attributes(
    url: &Found<'_>,
    property: Option<&str>,
    mark: Option<SourceRange>,
    integration: bool,
    confidence: &'static str,
) -> Attributes {
    [
        ("alone", Attribute { value: false.into(), mark: None }),
        ("confidence", Attribute { value: confidence.into(), mark: None }),
        ("host", Attribute { value: (&*url.host).into(), mark }),
        ("integration", Attribute { value: integration.into(), mark: None }),
        ("placeholder", Attribute { value: has_placeholder(&url.url).into(), mark: None }),
        ("property", Attribute { value: property.into(), mark }),
        ("scheme", Attribute { value: (&*url.scheme).into(), mark }),
        ("url", Attribute { value: (&*url.url).into(), mark }),
        ("url_path", Attribute { value: url.canonical_path().into_owned().into(), mark }),
    ]
    .into()
}
