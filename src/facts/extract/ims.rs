//! Adobe IMS configurations (token providers), their customizers, and the cloud configurations that name them.

use super::solution::{Signs, solution};
use super::subject::{Attributes, Origin, Subject, plain};
use super::{claims, samples, urls};
use crate::documents::pids::{self, Known};
use crate::facts::{Attribute, Kind, Value};

/// Names of the properties of a token provider.
pub(super) mod property {
    pub(crate) const TITLE: &str = "auth.token.provider.title";
    pub(crate) const NAME: &str = "name";
    pub(crate) const TOKEN_URL: &str = "auth.access.token.request";
    pub(crate) const ENDPOINT: &str = "auth.token.provider.endpoint";
    pub(crate) const CLIENT_ID: &str = "auth.token.provider.client.id";
    pub(crate) const ORG_ID: &str = "auth.token.provider.orgId";
    pub(crate) const SCOPE: &str = "auth.token.provider.scope";
    pub(crate) const GRANTS: &str = "auth.token.provider.authorization.grants";
    pub(crate) const CLAIMS: &str = "auth.token.provider.default.claims";
    pub(crate) const KEYPAIR_ALIAS: &str = "auth.token.provider.keypair.alias";
    pub(crate) const VALIDATOR: &str = "auth.token.validator.type";
    pub(crate) const CUSTOMIZER: &str = "token.request.customizer.type";
    pub(crate) const RELAXED_SSL: &str = "auth.token.provider.relaxed.ssl";
    pub(crate) const CUSTOMIZER_TYPE: &str = "customizer.type";
    pub(crate) const CLIENT_SECRET: &str = "auth.ims.client.secret";
}
use property as p;

/// Attributes of a token provider and the properties that they are read from.
const PROVIDER: &[(&str, &str)] = &[
    ("title", p::TITLE),
    ("name", p::NAME),
    ("token_url", p::TOKEN_URL),
    ("endpoint", p::ENDPOINT),
    ("client_id", p::CLIENT_ID),
    ("org_id", p::ORG_ID),
    ("scopes", p::SCOPE),
    ("grants", p::GRANTS),
    ("claims", p::CLAIMS),
    ("keypair_alias", p::KEYPAIR_ALIAS),
    ("validator", p::VALIDATOR),
    ("customizer", p::CUSTOMIZER),
    ("relaxed_ssl", p::RELAXED_SSL),
];

/// The fact of a token provider.
pub(super) fn token_provider(subject: &Subject<'_>, known: &Known<'_>, file_name: &str) -> Attributes {
    let mut attributes: Attributes =
        PROVIDER.iter().map(|&(name, property)| (name, subject.attribute(property))).collect();
    let names: Vec<&str> =
        [subject.text_of(p::TITLE), subject.text_of(p::NAME), known.instance_name()].into_iter().flatten().collect();
    if let Some(name) = names.first() {
        let mark = subject.mark_of(p::TITLE).or_else(|| subject.mark_of(p::NAME));
        attributes.insert("title", Attribute { value: (*name).into(), mark });
    }
    let scopes = scopes(subject);
    let grants = words(subject.texts_of(p::GRANTS));
    let claims = claims::parse(subject.texts_of(p::CLAIMS));
    let credential = credential(subject, &claims, &grants, &scopes);
    let metascopes = claims::metascopes(claims.keys().map(String::as_str));
    let signs =
        Signs { validator: subject.text_of(p::VALIDATOR), metascopes: &metascopes, scopes: &scopes, names: &names };
    attributes.insert("solution", plain(solution(&signs)));
    attributes.insert("credential", Attribute { value: credential.name.into(), mark: None });
    attributes.insert(
        "evidence",
        Attribute {
            value: credential.evidence.into(),
            mark: credential.evidence.and_then(|name| subject.mark_of(name)),
        },
    );
    attributes.insert("scopes", subject.attribute_at(p::SCOPE, scopes));
    attributes.insert("grants", subject.attribute_at(p::GRANTS, grants));
    attributes.insert("claims", subject.attribute_at(p::CLAIMS, Value::Map(claims)));
    let relaxed = matches!(subject.property(p::RELAXED_SSL).map(|property| &property.value), Some(Value::Bool(true)))
        || subject.text_of(p::RELAXED_SSL).is_some_and(|text| text.eq_ignore_ascii_case("true"));
    attributes.insert("relaxed_ssl", subject.attribute_at(p::RELAXED_SSL, relaxed));
    attributes.insert("samples", subject.samples());
    attributes.insert("unknown", subject.unknown(PROVIDER));
    attributes.insert("partial", plain(subject.partial));
    name_attributes(&mut attributes, known, file_name);
    attributes
}

/// The fact of a customizer.
pub(super) fn token_customizer(subject: &Subject<'_>, known: &Known<'_>, file_name: &str) -> Attributes {
    let mut attributes = Attributes::new();
    attributes.insert("customizer", subject.attribute(p::CUSTOMIZER_TYPE));
    attributes
        .insert("secret_state", subject.attribute_at(p::CLIENT_SECRET, subject.state_of(p::CLIENT_SECRET).name()));
    attributes.insert("samples", subject.samples());
    attributes
        .insert("unknown", subject.unknown(&[("customizer", p::CUSTOMIZER_TYPE), ("secret_state", p::CLIENT_SECRET)]));
    attributes.insert("partial", plain(subject.partial));
    name_attributes(&mut attributes, known, file_name);
    attributes
}

fn name_attributes(attributes: &mut Attributes, known: &Known<'_>, file_name: &str) {
    attributes.insert("instance", plain(known.instance_name()));
    attributes.insert("name_form", plain(known.name_form()));
    attributes.insert("proper_name", plain(known.proper_name()));
    attributes.insert("sample_name", plain(samples::in_name(file_name)));
}

fn scopes(subject: &Subject<'_>) -> Vec<String> {
    words(subject.texts_of(p::SCOPE))
}

/// Splits at commas and blanks, but never inside a placeholder.
fn words<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<String> {
    let mut words = Vec::new();
    for text in texts {
        if osgi_config::placeholders::has_placeholder(text) {
            words.push(text.to_owned());
        } else {
            let parts = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
            words.extend(parts.map(str::to_owned));
        }
    }
    words
}

/// What kind of credential a provider asks tokens with.
struct Credential {
    name: &'static str,
    /// The property that shows a JWT credential.
    evidence: Option<&'static str>,
}

/// Signs of JWT are a key pair alias, the JWT exchange endpoint and claims that only a JWT has. Without any of them a
/// grant, an organization, a scope or the token endpoint of OAuth show OAuth. A scope alone is no sign of OAuth beside
/// one of JWT, since JWT configurations have that property too.
fn credential(
    subject: &Subject<'_>,
    claims: &std::collections::BTreeMap<String, Value>,
    grants: &[String],
    scopes: &[String],
) -> Credential {
    let urls: Vec<(&'static str, urls::Found<'_>)> = [p::TOKEN_URL, p::ENDPOINT]
        .into_iter()
        .filter_map(|name| Some((name, urls::whole(subject.text_of(name)?)?)))
        .collect();
    let client_credentials = grants.iter().any(|grant| grant == "client_credentials");
    let oauth_url = urls.iter().any(|(_, url)| url.is_oauth_token());
    let oauth_beside_jwt = client_credentials || oauth_url || subject.has(p::ORG_ID);
    let alias = match subject.text_of(p::KEYPAIR_ALIAS) {
        // Whether an alias is set is not known: it is taken for one unless everything else says OAuth.
        Some(alias) if osgi_config::placeholders::has_placeholder(alias) => !oauth_beside_jwt,
        other => other.is_some(),
    };
    let evidence = if alias {
        Some(p::KEYPAIR_ALIAS)
    } else if let Some((name, _)) = urls.iter().find(|(_, url)| url.is_jwt_exchange()) {
        Some(*name)
    } else if claims.iter().any(|(name, value)| is_jwt_claim(name, value)) {
        Some(p::CLAIMS)
    } else {
        None
    };
    let metascopes = claims::metascopes(claims.keys().map(String::as_str));
    let name = match evidence {
        Some(_) if is_service_credential(subject.text_of(p::CLIENT_ID), &metascopes) => "service-credentials",
        Some(_) if oauth_beside_jwt => "mixed",
        Some(_) => "jwt",
        None if !grants.is_empty() || oauth_beside_jwt || !scopes.is_empty() => "oauth",
        None => "unknown",
    };
    Credential { name, evidence }
}

/// Whether a claim is one that only the payload of a service-account JWT has.
fn is_jwt_claim(name: &str, value: &Value) -> bool {
    let text = value.as_text().unwrap_or_default();
    name.contains("/s/ent_")
        || name.contains("/s/event_receiver_api")
        || (name == "aud" && text.contains("/c/"))
        || (name == "sub" && text.to_ascii_lowercase().contains("@techacct.adobe.com"))
}

/// Whether a credential comes from the AEM Developer Console: those service credentials are JWT, and not deprecated.
pub(super) fn is_service_credential(client_id: Option<&str>, metascopes: &[&str]) -> bool {
    let aem_client = client_id.and_then(|id| id.strip_prefix("cm-p")).is_some_and(|rest| {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        after.len() < rest.len()
            && after.strip_prefix("-e").is_some_and(|environment| environment.starts_with(|c: char| c.is_ascii_digit()))
    });
    let aem_scope = metascopes.contains(&"ent_aem_cloud_api")
        && metascopes.iter().all(|scope| matches!(*scope, "ent_aem_cloud_api" | "ent_cloudmgr_sdk"));
    aem_client || aem_scope
}

/// The facts of kind `ims_reference` in a subject: values of `imsConfig`, `imsConfigId`, `imsConfiguration` and
/// `imsConfigurationId`, in OSGi configurations and below `/conf` and `/etc/cloudservices`.
pub(super) fn references(subject: &Subject<'_>) -> Vec<(Kind, Attributes)> {
    let path = subject.path.as_deref().unwrap_or_default();
    let looked_at = match subject.origin {
        Origin::Osgi(_) => true,
        Origin::Node(_) => path.starts_with("/conf/") || path.starts_with("/etc/cloudservices/"),
    };
    if !looked_at {
        return Vec::new();
    }
    let named = subject.properties.iter().filter(|property| is_reference_name(&property.name));
    let values = named.flat_map(|property| super::subject::texts(&property.value).map(move |text| (property, text)));
    values
        .filter(|(_, text)| !osgi_config::placeholders::has_placeholder(text))
        .map(|(property, text)| {
            let mut attributes = Attributes::new();
            attributes.insert("consumer", plain(consumer(subject)));
            attributes.insert("reference", Attribute { value: text.into(), mark: Some(property.mark) });
            (Kind::ImsReference, attributes)
        })
        .collect()
}

/// Whether a property of this name holds the name of an IMS configuration.
pub(super) fn is_reference_name(name: &str) -> bool {
    matches!(name, "imsConfig" | "imsConfigId" | "imsConfiguration" | "imsConfigurationId")
}

fn consumer(subject: &Subject<'_>) -> &'static str {
    if let Origin::Osgi(document) = subject.origin {
        return if pids::known(&document.name).is_some_and(|known| known.factory == pids::STOCK) {
            "stock"
        } else {
            "other"
        };
    }
    let path = subject.path.as_deref().unwrap_or_default();
    let resource_type = subject.resource_type().unwrap_or_default();
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
