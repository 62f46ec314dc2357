//! Token providers and their customizers: OSGi configurations of two PIDs.

use super::claims;
use super::solution::{Signs, solution};
use super::vocabulary::{Credential, TokenCustomizer, TokenProvider};
use crate::documents::pids::Known;
use crate::facts::attribute::{Attribute, OwnProperties, TextList};
use crate::facts::source::{FactSource, doc_placeholders, urls};
use crate::facts::value::Value;
use crate::signals::jwt::TECHNICAL_ACCOUNT;
use std::collections::BTreeMap;

/// Names of the properties of a token provider.
pub(crate) mod property {
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
pub(crate) fn token_provider(source: &FactSource<'_>, known: &Known<'_>, file_name: &str) -> TokenProvider {
    let names: Vec<&str> =
        [source.text_of(p::TITLE), source.text_of(p::NAME), known.instance_name()].into_iter().flatten().collect();
    let title = match names.first() {
        Some(name) => {
            let mark = source.source_range_of(p::TITLE).or_else(|| source.source_range_of(p::NAME));
            Attribute { value: (*name).into(), mark }
        }
        None => source.attribute(p::TITLE),
    };
    let scopes = words(source.texts_of(p::SCOPE));
    let grants = words(source.texts_of(p::GRANTS));
    let claims = claims::parse(source.texts_of(p::CLAIMS));
    let (credential, evidence) = credential(source, &claims, &grants, &scopes);
    let metascopes = claims::metascopes(claims.keys().map(String::as_str));
    let signs =
        Signs { validator: source.text_of(p::VALIDATOR), metascopes: &metascopes, scopes: &scopes, names: &names };
    let solution = solution(&signs);
    let relaxed = matches!(source.property(p::RELAXED_SSL).map(|property| &property.value), Some(Value::Bool(true)))
        || source.text_of(p::RELAXED_SSL).is_some_and(|text| text.eq_ignore_ascii_case("true"));
    TokenProvider {
        title,
        name: source.attribute(p::NAME),
        solution,
        credential,
        evidence: Attribute { value: evidence, mark: evidence.and_then(|name| source.source_range_of(name)) },
        token_url: source.attribute(p::TOKEN_URL),
        endpoint: source.attribute(p::ENDPOINT),
        client_id: source.attribute(p::CLIENT_ID),
        org_id: source.attribute(p::ORG_ID),
        scopes: source.attribute_at(p::SCOPE, scopes.into_iter().collect::<TextList>()),
        grants: source.attribute_at(p::GRANTS, grants.into_iter().collect::<TextList>()),
        claims: source.attribute_at(p::CLAIMS, claims),
        keypair_alias: source.attribute(p::KEYPAIR_ALIAS),
        validator: source.attribute(p::VALIDATOR),
        customizer: source.attribute(p::CUSTOMIZER),
        customizer_found: None,
        customizer_missing_on: None,
        instance: known.instance_name().map(str::to_owned),
        name_form: known.name_form(),
        proper_name: known.proper_name(),
        old_path: None,
        superseded_by: None,
        superseded_on: None,
        relaxed_ssl: source.attribute_at(p::RELAXED_SSL, relaxed),
        sample_name: doc_placeholders::in_name(file_name).map(str::to_owned),
        samples: source.samples(),
        unknown: source.unknown(PROVIDER),
        partial: source.partial,
        properties: OwnProperties,
    }
}

/// The fact of a customizer.
pub(crate) fn token_customizer(source: &FactSource<'_>, known: &Known<'_>, file_name: &str) -> TokenCustomizer {
    TokenCustomizer {
        customizer: source.attribute(p::CUSTOMIZER_TYPE),
        secret_state: source.attribute_at(p::CLIENT_SECRET, source.state_of(p::CLIENT_SECRET)),
        instance: known.instance_name().map(str::to_owned),
        name_form: known.name_form(),
        proper_name: known.proper_name(),
        old_path: None,
        superseded_by: None,
        superseded_on: None,
        sample_name: doc_placeholders::in_name(file_name).map(str::to_owned),
        samples: source.samples(),
        unknown: source.unknown(&[("customizer", p::CUSTOMIZER_TYPE), ("secret_state", p::CLIENT_SECRET)]),
        partial: source.partial,
        properties: OwnProperties,
    }
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

/// What kind of credential a provider asks tokens with, and the property that shows a JWT credential.
///
/// Signs of JWT are a key pair alias, the JWT exchange endpoint and claims that only a JWT has. Without any of them a
/// grant, an organization, a scope or the token endpoint of OAuth show OAuth. A scope alone is no sign of OAuth beside
/// one of JWT, since JWT configurations have that property too.
fn credential(
    source: &FactSource<'_>,
    claims: &BTreeMap<String, Value>,
    grants: &[String],
    scopes: &[String],
) -> (Credential, Option<&'static str>) {
    let texts = [p::TOKEN_URL, p::ENDPOINT].map(|name| (name, source.text_of(name).map(urls::with_defaults)));
    let urls: Vec<(&'static str, urls::Found<'_>)> =
        texts.iter().filter_map(|(name, text)| Some((*name, urls::whole(text.as_deref()?)?))).collect();
    let client_credentials = grants.iter().any(|grant| grant == "client_credentials");
    let oauth_url = urls.iter().any(|(_, url)| url.is_oauth_token());
    let oauth_beside_jwt = client_credentials || oauth_url || source.has(p::ORG_ID);
    let alias = match source.text_of(p::KEYPAIR_ALIAS) {
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
    let credential = match evidence {
        Some(_) if is_service_credential(source.text_of(p::CLIENT_ID), &metascopes) => Credential::ServiceCredentials,
        Some(_) if oauth_beside_jwt => Credential::Mixed,
        Some(_) => Credential::Jwt,
        None if !grants.is_empty() || oauth_beside_jwt || !scopes.is_empty() => Credential::Oauth,
        None => Credential::Unknown,
    };
    (credential, evidence)
}

/// Whether a claim is one that only the payload of a service-account JWT has.
fn is_jwt_claim(name: &str, value: &Value) -> bool {
    let text = value.as_text().unwrap_or_default();
    name.contains("/s/ent_")
        || name.contains("/s/event_receiver_api")
        || (name == "aud" && text.contains("/c/"))
        || (name == "sub" && text.to_ascii_lowercase().contains(TECHNICAL_ACCOUNT))
}

/// Whether a credential comes from the AEM Developer Console: those service credentials are JWT, and not deprecated.
pub(crate) fn is_service_credential(client_id: Option<&str>, metascopes: &[&str]) -> bool {
    let aem_client = client_id.and_then(|id| id.strip_prefix("cm-p")).is_some_and(|rest| {
        let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        after.len() < rest.len()
            && after.strip_prefix("-e").is_some_and(|environment| environment.starts_with(|c: char| c.is_ascii_digit()))
    });
    let aem_scope = metascopes.contains(&"ent_aem_cloud_api")
        && metascopes.iter().all(|scope| matches!(*scope, "ent_aem_cloud_api" | "ent_cloudmgr_sdk"));
    aem_client || aem_scope
}
