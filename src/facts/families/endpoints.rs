//! Adobe endpoints in property values, of whatever source.

use crate::facts::attribute::{Attribute, Confidence};
use crate::facts::property::Property;
use crate::facts::source::doc_placeholders::is_sample;
use crate::facts::source::urls::{self, Found};
use crate::facts::source::{FactSource, SourceKind, texts};
use crate::facts::vocabulary::fact_kind;
use osgi_config::placeholders::has_placeholder;
use text_spans::SourceRange;

fact_kind! {
    #[derive(Default)]
    Endpoint "endpoint" = "An Adobe URL in a property, or a URL that an Adobe integration connects to." {
        url: Attribute<String> = "the URL as written, user information, query and fragment left out",
        host: Attribute<String> = "host, lower case, normalised",
        url_path: Attribute<String> = "path, decoded, runs of `/` as one",
        scheme: Attribute<String> = "scheme, lower case",
        property: Attribute<Option<String>> = "name of the property that holds it",
        integration: bool = "whether an Adobe integration connects to it: token URL, service URL, tenant, …",
        alone: bool = "whether it is the whole value of the property, and not a part of a text",
        in_prose: bool = "whether words stand around it, as in a text for people",
        sample: bool = "whether the value goes on with a placeholder of documentation, such as <region>, and ends with it",
        placeholder: bool = "whether a placeholder supplies a part of it",
        confidence: Confidence = "low where it was found in text that could not be parsed, else high",
    }
}

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

/// The endpoints in a source: every Adobe URL, and whatever an integration connects to. `integration` is whether the
/// source is an Adobe integration.
pub(crate) fn endpoints(source: &FactSource<'_>, integration: bool) -> Vec<Endpoint> {
    let mut found = Vec::new();
    for property in &source.properties {
        for text in texts(&property.value) {
            let urls = urls::find(text);
            let alone = urls.len() == 1 && urls.iter().all(|url| url.start == 0);
            for url in urls {
                let connects = integration && alone && connects(source, property, &url);
                if connects || url.is_adobe() {
                    found.push(Endpoint {
                        property: Attribute { value: Some(property.name.clone()), mark: Some(property.mark) },
                        integration: connects,
                        alone: url.start == 0 && url.end == text.len(),
                        in_prose: [text.get(..url.start), text.get(url.end..)].into_iter().flatten().any(has_words),
                        sample: url.start == 0 && text.get(url.end..).is_some_and(is_sample_ending),
                        ..Endpoint::of_url(&url, Some(property.mark))
                    });
                }
            }
        }
    }
    found
}

/// Whether what stands before or behind a URL is separated from it by blanks.
fn has_words(around: &str) -> bool {
    !around.trim().is_empty() && around.contains(char::is_whitespace)
}

/// Whether what follows a URL is a placeholder of documentation, which no URL can hold.
fn is_sample_ending(rest: &str) -> bool {
    let rest = rest.trim_end_matches('/');
    rest.starts_with('<') && rest.find('>') == Some(rest.len() - 1) && is_sample(rest)
}

/// Whether a URL that is the whole value of a property is one to connect to. Claim names and audiences are written as
/// URLs and are none.
fn connects(source: &FactSource<'_>, property: &Property, url: &Found<'_>) -> bool {
    let listed = CONNECTIONS.iter().any(|name| name.eq_ignore_ascii_case(&property.name));
    let name_of_something =
        url.path.starts_with("/s/") || url.path.starts_with("/c/") || property.name.contains("laim");
    let setting = match source.kind {
        SourceKind::Osgi(_) => true,
        SourceKind::Node(_) => !property.name.contains(':'),
    };
    listed || (setting && !name_of_something && url.is_adobe())
}

impl Endpoint {
    /// The endpoint that a URL at `mark` is, whatever it stands in.
    pub(crate) fn of_url(url: &Found<'_>, mark: Option<SourceRange>) -> Self {
        Self {
            url: Attribute { value: url.url.clone().into_owned(), mark },
            host: Attribute { value: url.host.clone().into_owned(), mark },
            url_path: Attribute { value: url.canonical_path().into_owned(), mark },
            scheme: Attribute { value: url.scheme.clone().into_owned(), mark },
            property: Attribute { value: None, mark },
            placeholder: has_placeholder(&url.url),
            ..Self::default()
        }
    }
}
