//! Carriers of service-account JWT credentials that are no IMS configurations: ACS AEM Commons, Adobe I/O Events,
//! AEM Guides, the eventproxy cloud service, and services of one's own that are known by their values only.

use super::ims::{claims, is_service_credential};
use crate::documents::pids::{self, Known};
use crate::facts::attribute::{Attribute, Confidence, OwnProperties, TextList};
use crate::facts::source::{FactSource, SourceKind, urls};
use crate::facts::value::Value;
use crate::facts::vocabulary::fact_kind;

fact_kind! {
    #[derive(Default)]
    JwtIntegration "jwt_integration" = "Any other carrier of a service-account JWT credential." {
        product: &'static str = "what carries it: ACS AEM Commons, Adobe I/O Events, AEM Guides, …",
        deprecated: bool = "false for AEM Developer Console service credentials, which are not deprecated",
        evidence: Attribute<Option<String>> = "the property that shows it",
        samples: Attribute<TextList> =
            "names of the properties that still hold a placeholder of documentation, such as <OrgID>",
        confidence: Confidence = "low where it was found in text that could not be parsed, else high",
        properties: OwnProperties = "the properties by key",
    }
}

/// A carrier.
struct Carrier<'s> {
    product: &'static str,
    /// The property that shows it; none where its mere existence does.
    evidence: Option<&'s str>,
}

/// The fact of a source, if it carries such a credential.
pub(crate) fn integration(source: &FactSource<'_>, known: Option<&Known<'_>>) -> Option<JwtIntegration> {
    let carrier = match (known.map(|known| known.factory), source.kind) {
        (Some(pids::ACS_INTEGRATION | pids::ACS_INTEGRATION_OLD), _) => acs_commons(source),
        (Some(pids::EVENTS_WORKSPACE), _) => events(source)?,
        (Some(pids::GUIDES_IMS), _) => guides(source)?,
        (Some(_), _) => return None,
        (None, SourceKind::Node(_)) => event_proxy(source).or_else(|| hand_written(source))?,
        (None, SourceKind::Osgi(_)) => hand_written(source)?,
    };
    Some(JwtIntegration {
        product: carrier.product,
        deprecated: !is_aem_service_credential(source),
        evidence: Attribute {
            value: carrier.evidence.map(str::to_owned),
            mark: carrier.evidence.and_then(|name| source.source_range_of(name)),
        },
        samples: source.samples(),
        confidence: Confidence::High,
        properties: OwnProperties,
    })
}

/// The first of these properties that has a value.
fn first<'s>(source: &'s FactSource<'_>, names: &[&str]) -> Option<&'s str> {
    names.iter().find(|name| source.has(name)).and_then(|name| Some(source.property(name)?.name.as_str()))
}

/// Signs a JWT whatever its properties say, even when it has none.
fn acs_commons<'s>(source: &'s FactSource<'_>) -> Carrier<'s> {
    let names = [
        "privateKey",
        "getPrivateKey",
        "techAccountId",
        "getTechAccountId",
        "endpoint",
        "getEndpoint",
        "adobeLoginClaimKey",
        "getAdobeLoginClaimKey",
    ];
    Carrier { product: "ACS AEM Commons Adobe I/O", evidence: first(source, &names) }
}

/// Works with OAuth too; two properties are for JWT only. The metascopes are as well, but have a default that the
/// installer may have written out beside OAuth scopes.
fn events<'s>(source: &'s FactSource<'_>) -> Option<Carrier<'s>> {
    let product = "Adobe I/O Events";
    let evidence = first(source, &["aio.encoded.pkcs8", "aio.technical.account.id"]).or_else(|| {
        let oauth = source.has("aio.oauth.scopes");
        first(source, &["aio.meta.scopes"]).filter(|_| !oauth)
    });
    evidence.map(|evidence| Carrier { product, evidence: Some(evidence) })
}

/// Has a private key in the days of JWT, service account details alone with OAuth.
fn guides<'s>(source: &'s FactSource<'_>) -> Option<Carrier<'s>> {
    let product = "AEM Guides";
    first(source, &["private.key"]).map(|evidence| Carrier { product, evidence: Some(evidence) })
}

/// The cloud service of the package that came before Adobe I/O Events for AEM. Its root page is no configuration.
fn event_proxy<'s>(source: &'s FactSource<'_>) -> Option<Carrier<'s>> {
    let below = source.path.as_deref()?.strip_prefix("/etc/cloudservices/eventproxy/")?;
    let (name, rest) = below.split_once('/')?;
    let content = !name.is_empty() && name != "jcr:content" && rest == "jcr:content" && !source.properties.is_empty();
    content.then_some(Carrier { product: "eventproxy cloud service", evidence: None })
}

/// A service of one's own: a property that is the JWT exchange endpoint, or a private key beside a technical account.
fn hand_written<'s>(source: &'s FactSource<'_>) -> Option<Carrier<'s>> {
    let product = "a hand-written service";
    let exchange =
        source.properties.iter().find(|property| texts(&property.value).any(|text| has_exchange(source, text)));
    if let Some(property) = exchange {
        return Some(Carrier { product, evidence: Some(&property.name) });
    }
    let key = source.properties.iter().find(|property| holds_private_key(source, &property.name))?;
    let account = source.properties.iter().any(|property| {
        texts(&property.value)
            .any(|text| text.contains('@') && text.to_ascii_lowercase().contains("@techacct.adobe.com"))
    });
    account.then_some(Carrier { product, evidence: Some(&key.name) })
}

/// In a configuration the endpoint may stand inside a longer value; in content only a value that is nothing else is a
/// setting, the rest is prose.
fn has_exchange(source: &FactSource<'_>, text: &str) -> bool {
    match source.kind {
        SourceKind::Osgi(_) => urls::find(text).iter().any(urls::Found::is_jwt_exchange),
        SourceKind::Node(_) => urls::has_scheme(text) && urls::whole(text).is_some_and(|url| url.is_jwt_exchange()),
    }
}

/// By the shape of a value, or by the name of a property that is not blank.
fn holds_private_key(source: &FactSource<'_>, name: &str) -> bool {
    let by_shape = source
        .secrets
        .uses
        .iter()
        .any(|secret| secret.property == name && secret.shape.is_some_and(|shape| shape.ends_with("private-key")));
    by_shape || (is_private_key_name(name) && source.has(name))
}

fn is_private_key_name(name: &str) -> bool {
    if !name.bytes().any(|byte| matches!(byte, b'k' | b'K')) {
        return false;
    }
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    plain.contains("privatekey") || plain.contains("pkcs8")
}

/// The texts of a value, those of secrets too: service credentials in one JSON text are a secret as a whole.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let items = match value {
        Value::List(values) => values.as_slice(),
        other => std::slice::from_ref(other),
    };
    items.iter().filter_map(texts_of_item)
}

fn texts_of_item(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text.trim()),
        Value::Secret(secret) => Some(secret.expose().trim()),
        _ => None,
    }
}

/// Whether the credential is one of the AEM Developer Console: by a client id, by the metascopes in claims, or by the
/// members of a service-credentials JSON text.
fn is_aem_service_credential(source: &FactSource<'_>) -> bool {
    let all: Vec<&str> = source.properties.iter().flat_map(|property| texts(&property.value)).collect();
    let mut metascopes = claims::metascopes(all.iter().copied());
    for text in &all {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        metascopes.extend(words.filter(|word| word.starts_with("ent_")));
    }
    let ids =
        all.iter().flat_map(|text| text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))));
    let client = ids.into_iter().find(|word| is_service_credential(Some(word), &[]));
    is_service_credential(client, &metascopes)
}
