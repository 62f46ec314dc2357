//! What of a JWT credential the properties of one source show, by their names and values together. No name or value of it
//! has to be there: a service can take its private key from a file and its endpoint from the code.

use crate::facts::property::Property;
use crate::facts::source::{FactSource, SourceKind, is_blank, urls};
use crate::facts::value::Value;
use crate::signals::ims::{IMS_DOMAIN, JWT_EXCHANGE};
use crate::signals::jwt::TECHNICAL_ACCOUNT;
use osgi_config::placeholders::has_placeholder;

/// The properties of a source that show a part of a JWT credential.
#[derive(Default)]
pub(super) struct Evidence<'s> {
    /// The endpoint that exchanges a JWT, or its path.
    exchange: Option<&'s str>,
    /// A metascope, which only a JWT claims.
    metascope: Option<&'s str>,
    /// The audience of a JWT, `…/c/<client id>`.
    audience: Option<&'s str>,
    /// A technical account.
    account: Option<&'s str>,
    /// A property that is named after a technical account.
    account_name: Option<&'s str>,
    /// A private key, or a property with a value that is named after one.
    key: Option<&'s str>,
    /// A property that is named after a private key, without a value.
    key_name: Option<&'s str>,
    /// A host of Adobe IMS, or a property that is named after it and filled by a placeholder.
    host: Option<&'s str>,
    /// Something that only OAuth has.
    oauth: bool,
}

/// A credential that was recognised.
pub(super) struct Shown<'s> {
    /// The property that shows it best.
    pub(super) property: &'s str,
    /// Whether names show it and no value that a JWT alone has.
    pub(super) by_names: bool,
}

impl<'s> Evidence<'s> {
    pub(super) fn of(source: &'s FactSource<'_>) -> Self {
        let mut evidence = Self::default();
        for property in &source.properties {
            evidence.add(source, property);
        }
        let is_node = matches!(source.kind, SourceKind::Node(_));
        if is_node && evidence.host.is_none() && evidence.account.is_none() && evidence.audience.is_none() {
            // Without anything of Adobe content may use such words for something else.
            evidence.metascope = None;
        }
        evidence
    }

    fn add(&mut self, source: &FactSource<'_>, property: &'s Property) {
        let name = property.name.as_str();
        let is_setting = |text: &str| matches!(source.kind, SourceKind::Osgi(_)) || !text.contains(char::is_whitespace);
        for text in texts(&property.value) {
            let shows = |place: &mut Option<&'s str>, it: bool| {
                if it {
                    place.get_or_insert(name);
                }
            };
            shows(&mut self.exchange, has_exchange(source, text));
            shows(&mut self.metascope, is_setting(text) && metascopes(text).next().is_some());
            shows(&mut self.audience, is_setting(text) && is_audience(text));
            shows(&mut self.account, text.contains('@') && text.to_ascii_lowercase().contains(TECHNICAL_ACCOUNT));
            shows(&mut self.host, is_setting(text) && on_ims(text).is_some());
            self.oauth |= text == "client_credentials" || text.contains("/ims/token");
        }
        let plain = plain(name);
        let given = !is_blank(&property.value);
        let is_key = plain.contains("privatekey") || plain.contains("pkcs8");
        let by_shape = source.secrets.private_keys.contains(name);
        if by_shape || is_key && given {
            self.key.get_or_insert(name);
        } else if is_key {
            self.key_name.get_or_insert(name);
        }
        if ["technicalaccount", "techacct", "techaccount"].iter().any(|part| plain.contains(part)) {
            self.account_name.get_or_insert(name);
        }
        let is_host = ["imshost", "imsendpoint", "imsurl", "imsserver"].iter().any(|part| plain.contains(part));
        if is_host && matches!(source.kind, SourceKind::Osgi(_)) && texts(&property.value).any(has_placeholder) {
            self.host.get_or_insert(name);
        }
        let scopes = plain.contains("scope") && !plain.contains("metascope");
        self.oauth |= given && scopes && !texts(&property.value).any(|text| metascopes(text).next().is_some());
    }

    /// The parts that are there, by their names, and the property that shows the most telling one.
    pub(super) fn parts(&self) -> Vec<(&'static str, &'s str)> {
        let parts = [
            ("metascope", self.metascope),
            ("audience", self.audience),
            ("account", self.account),
            ("key", self.key),
            ("account-name", self.account_name),
            ("key-name", self.key_name),
            ("host", self.host),
            ("oauth", self.oauth.then_some("")),
        ];
        parts.into_iter().filter_map(|(part, property)| Some((part, property?))).collect()
    }

    /// What these parts, each with the property that shows it, make together.
    pub(super) fn of_parts(parts: impl Iterator<Item = (&'s str, &'s str)>) -> Self {
        let mut evidence = Self::default();
        for (part, property) in parts {
            let place = match part {
                "metascope" => &mut evidence.metascope,
                "audience" => &mut evidence.audience,
                "account" => &mut evidence.account,
                "key" => &mut evidence.key,
                "account-name" => &mut evidence.account_name,
                "key-name" => &mut evidence.key_name,
                "host" => &mut evidence.host,
                _ => {
                    evidence.oauth = true;
                    continue;
                }
            };
            place.get_or_insert(property);
        }
        evidence
    }

    /// Whether it has a metascope, which only a JWT claims.
    pub(super) fn has_metascope(&self) -> bool {
        self.metascope.is_some()
    }

    /// Whether something in it belongs to OAuth.
    pub(super) fn has_oauth(&self) -> bool {
        self.oauth
    }

    /// Whether it is enough, and what shows it.
    pub(super) fn verdict(&self) -> Option<Shown<'s>> {
        let by_value = |property| Some(Shown { property, by_names: false });
        if let Some(exchange) = self.exchange {
            return by_value(exchange);
        }
        if let (Some(key), Some(_)) = (self.key, self.account) {
            return by_value(key);
        }
        let key = self.key.or(self.key_name);
        let account = self.account.or(self.account_name);
        let claimant = self.audience.or(key).or(account.filter(|_| !self.oauth));
        if let (Some(metascope), Some(_)) = (self.metascope, claimant) {
            return by_value(metascope);
        }
        if let Some(audience) = self.audience.filter(|_| key.is_some() && !self.oauth) {
            return by_value(audience);
        }
        // Names alone: both of what signs a JWT, at a host of Adobe, and nothing of OAuth.
        let property = key.filter(|_| account.is_some() && self.host.is_some() && !self.oauth)?;
        Some(Shown { property, by_names: true })
    }
}

/// In a configuration the endpoint may stand inside a longer value, or its path alone; in content only a value that is
/// nothing else is a setting, the rest is prose.
fn has_exchange(source: &FactSource<'_>, text: &str) -> bool {
    let text = &*urls::with_defaults(text);
    match source.kind {
        SourceKind::Osgi(_) => is_exchange_path(text) || urls::find(text).iter().any(urls::Found::is_jwt_exchange),
        SourceKind::Node(_) => urls::has_scheme(text) && urls::whole(text).is_some_and(|url| url.is_jwt_exchange()),
    }
}

/// Whether a value is the path of the endpoint, behind whatever may stand for the host.
fn is_exchange_path(text: &str) -> bool {
    let Some(at) = text.find("ims/exchange/") else { return false };
    let (before, path) = text.split_at(at);
    JWT_EXCHANGE.contains(&path.trim_end_matches('/')) && !before.contains(char::is_whitespace)
}

/// The metascopes in a text: `ent_…_sdk`, `ent_aem_cloud_api`, and what is claimed as one (`/s/…`).
pub(super) fn metascopes(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices("ent_").filter_map(move |(at, _)| {
        let (before, rest) = text.split_at(at);
        let word = rest.split(|c: char| !is_word(c)).next().unwrap_or_default();
        let whole = !before.ends_with(is_word);
        (whole && (word.ends_with("_sdk") || word.ends_with("_api") || before.ends_with("/s/"))).then_some(word)
    })
}

/// Whether a value is the audience of a JWT: the path `/c/` and a client id, on a host of Adobe IMS.
fn is_audience(text: &str) -> bool {
    on_ims(text).is_some_and(|url| url.path.starts_with("/c/"))
}

/// The URL on a host of Adobe IMS that a value as a whole is.
fn on_ims(text: &str) -> Option<urls::Found<'_>> {
    // Most values have no dot, in whatever way it is written, and would be taken apart in vain.
    let has_dot = text.bytes().any(|byte| matches!(byte, b'.' | b'%') || !byte.is_ascii());
    has_dot.then(|| urls::whole(text)).flatten().filter(|url| url.host_is_below(IMS_DOMAIN))
}

/// Whether a property is named after a client id.
pub(super) fn is_client_id_name(name: &str) -> bool {
    let plain = plain(name);
    ["clientid", "apikey"].iter().any(|part| plain.contains(part))
}

/// A name without separators, in lower case.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// The texts of a value, those of secrets too: service credentials in one JSON text are a secret as a whole.
pub(super) fn texts(value: &Value) -> impl Iterator<Item = &str> {
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
