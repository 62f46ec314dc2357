//! Carriers of service-account JWT credentials that are no IMS configurations: ACS AEM Commons, Adobe I/O Events,
//! AEM Guides, the eventproxy cloud service, and services of one's own that are known by their values only.

mod evidence;
pub mod parts;

use super::ims::{claims, is_service_credential};
use crate::documents::pids::Known;
use crate::facts::attribute::{Attribute, Confidence, OwnProperties, TextList};
use crate::facts::source::{FactSource, SourceKind};
use crate::facts::vocabulary::fact_kind;
use crate::signals::jwt::{
    ACS_INTEGRATION, ACS_INTEGRATION_OLD, EVENT_PROXY_PATH, EVENTS_WORKSPACE, EVENTS_WORKSPACE_OLD, GUIDES_IMS,
};
use evidence::{Evidence, texts};
use osgi_config::placeholders::has_placeholder;

fact_kind! {
    #[derive(Default)]
    JwtIntegration "jwt_integration" = "Any other carrier of a service-account JWT credential." {
        product: &'static str = "what carries it: ACS AEM Commons, Adobe I/O Events, AEM Guides, …",
        deprecated: bool = "false for AEM Developer Console service credentials, which are not deprecated",
        undecided: bool =
            "whether placeholders hide what would tell service credentials of the AEM Developer Console from others",
        split: bool = "whether its parts stand in several configurations of one Java package or one folder of a bundle",
        by_names: bool = "whether only names of properties and an IMS host show it, and no value that a JWT alone has",
        evidence: Attribute<Option<String>> = "the property that shows it",
        samples: Attribute<TextList> =
            "names of the properties that still hold a placeholder of documentation, such as <OrgID>",
        confidence: Confidence =
            "low where it was found in text that could not be parsed, medium where no value that a JWT alone has joins its parts, else high",
        properties: OwnProperties = "the properties by key",
    }
}

/// The product of a service that is none of a known one.
pub(crate) const HAND_WRITTEN: &str = "a hand-written service";

/// A carrier.
struct Carrier<'s> {
    product: &'static str,
    /// The property that shows it; none where its mere existence does.
    evidence: Option<&'s str>,
    /// Whether names show it and no value.
    by_names: bool,
}

impl<'s> Carrier<'s> {
    fn new(product: &'static str, evidence: Option<&'s str>) -> Self {
        Self { product, evidence, by_names: false }
    }
}

/// The fact of a source, if it carries such a credential.
pub(crate) fn integration(source: &FactSource<'_>, known: Option<&Known<'_>>) -> Option<JwtIntegration> {
    let carrier = match (known.map(|known| known.factory), source.kind) {
        (Some(ACS_INTEGRATION | ACS_INTEGRATION_OLD), _) => acs_commons(source),
        (Some(EVENTS_WORKSPACE | EVENTS_WORKSPACE_OLD), _) => events(source)?,
        (Some(GUIDES_IMS), _) => guides(source)?,
        (Some(_), _) => return None,
        (None, SourceKind::Node(_)) => event_proxy(source).or_else(|| hand_written(source))?,
        (None, SourceKind::Osgi(_)) => hand_written(source)?,
    };
    // The products of Adobe work with credentials of the Adobe Developer Console only.
    let of_product =
        known.is_some_and(|known| matches!(known.factory, EVENTS_WORKSPACE | EVENTS_WORKSPACE_OLD | GUIDES_IMS));
    let origin = if of_product { Origin::DeveloperConsole } else { origin(source) };
    Some(JwtIntegration {
        product: carrier.product,
        deprecated: origin != Origin::AemDeveloperConsole,
        undecided: origin == Origin::Unknown,
        split: false,
        by_names: carrier.by_names,
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
    Carrier::new("ACS AEM Commons Adobe I/O", first(source, &names))
}

/// Works with OAuth too; two properties are for JWT only. The metascopes are as well, but have a default that the
/// installer may have written out beside OAuth scopes.
fn events<'s>(source: &'s FactSource<'_>) -> Option<Carrier<'s>> {
    let product = "Adobe I/O Events";
    let evidence = first(source, &["aio.encoded.pkcs8", "aio.technical.account.id"]).or_else(|| {
        let oauth = source.has("aio.oauth.scopes");
        first(source, &["aio.meta.scopes"]).filter(|_| !oauth)
    });
    evidence.map(|evidence| Carrier::new(product, Some(evidence)))
}

/// Has a private key in the days of JWT, service account details alone with OAuth.
fn guides<'s>(source: &'s FactSource<'_>) -> Option<Carrier<'s>> {
    let product = "AEM Guides";
    first(source, &["private.key"]).map(|evidence| Carrier::new(product, Some(evidence)))
}

/// The cloud service of the package that came before Adobe I/O Events for AEM. Its root page is no configuration.
fn event_proxy<'s>(source: &'s FactSource<'_>) -> Option<Carrier<'s>> {
    let below = source.path.as_deref()?.strip_prefix(EVENT_PROXY_PATH)?;
    let (name, rest) = below.split_once('/')?;
    let content = !name.is_empty() && name != "jcr:content" && rest == "jcr:content" && !source.properties.is_empty();
    content.then_some(Carrier::new("eventproxy cloud service", None))
}

/// A service of one's own, as far as it has enough of what makes up a JWT credential.
fn hand_written<'s>(source: &'s FactSource<'_>) -> Option<Carrier<'s>> {
    let shown = Evidence::of(source).verdict()?;
    Some(Carrier { product: HAND_WRITTEN, evidence: Some(shown.property), by_names: shown.by_names })
}

/// Which console a credential comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The AEM Developer Console, whose service credentials are not deprecated.
    AemDeveloperConsole,
    /// The Adobe Developer Console.
    DeveloperConsole,
    /// Placeholders hide what would tell.
    Unknown,
}

/// Where a credential comes from: told by a client id, by the metascopes in claims, or by the members of a
/// service-credentials JSON text.
fn origin(source: &FactSource<'_>) -> Origin {
    let all: Vec<&str> = source.properties.iter().flat_map(|property| texts(&property.value)).collect();
    let mut metascopes = claims::metascopes(all.iter().copied());
    for text in &all {
        metascopes.extend(evidence::metascopes(text));
    }
    let ids =
        all.iter().flat_map(|text| text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))));
    let client = ids.into_iter().find(|word| is_service_credential(Some(word), &[]));
    if is_service_credential(client, &metascopes) {
        return Origin::AemDeveloperConsole;
    }
    let hidden = |is_it: fn(&str) -> bool| {
        let values = source.properties.iter().filter(move |property| is_it(&property.name));
        values.flat_map(|property| texts(&property.value)).any(has_placeholder)
    };
    if metascopes.is_empty() && hidden(evidence::is_client_id_name) {
        Origin::Unknown
    } else {
        Origin::DeveloperConsole
    }
}
