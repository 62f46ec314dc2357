//! The integrations of a side, with what is compared of each.

use super::subject::Subjects;
use crate::facts::{Coordinates, Fact, Kind, Packages, ValueRef};
use crate::integrations::{INTEGRATIONS, name_of};
use crate::secret::mask_shapes;
use serde_json::Value as Json;
use std::sync::Arc;

/// The attributes of a kind that are compared. None depends on where the package lies or on what else is there.
const COMPARED: &[(Kind, &[&str])] = &[
    (
        Kind::TokenProvider,
        &[
            "title",
            "name",
            "solution",
            "credential",
            "token_url",
            "endpoint",
            "client_id",
            "org_id",
            "scopes",
            "grants",
            "claims",
            "keypair_alias",
            "validator",
            "customizer",
            "relaxed_ssl",
        ],
    ),
    (Kind::JwtIntegration, &["product", "deprecated", "evidence"]),
    (
        Kind::SmartTagsService,
        &[
            "service_url",
            "region",
            "authorization_server",
            "legacy",
            "api_key",
            "org_id",
            "technical_account",
            "secret_state",
        ],
    ),
    (Kind::BrandPortalConfiguration, &["name", "tenant_url", "tenant", "ims_configuration", "agent_count", "legacy"]),
    (Kind::ReplicationAgent, &["transport_uri", "enabled", "tenant", "legacy"]),
    (Kind::RetiredService, &["service", "property", "url"]),
];

/// An integration. Every text in it is masked.
#[derive(Clone, Debug, PartialEq)]
pub struct Integration {
    /// What it is, such as `IMS configuration`.
    pub integration: &'static str,
    /// The PID of its configuration, else its repository path.
    pub key: String,
    /// What it calls itself, else the name of its node or file.
    pub name: String,
    /// When it is active: alternatives; empty if it always is.
    pub run_modes: Vec<String>,
    /// Its file.
    pub path: String,
    /// The package that holds it.
    pub package: Option<Arc<Coordinates>>,
    /// What is compared: names of attributes and their values.
    pub attributes: Vec<(&'static str, Json)>,
}

impl Integration {
    /// The integration that a fact is about, if it is about one.
    pub(super) fn of(fact: &Fact, subjects: &Subjects<'_>, packages: &Packages) -> Option<Self> {
        let description = INTEGRATIONS.iter().find(|description| description.kind == fact.kind())?;
        let (_, compared) = COMPARED.iter().find(|(kind, _)| *kind == fact.kind())?;
        let subject = subjects.of_fact(fact);
        let own = compared.iter().map(|name| (*name, fact.attribute(name).map_or(Json::Null, masked)));
        let common =
            [("installed", Json::Bool(fact.installed())), ("overridden", Json::Bool(fact.overridden.is_some()))];
        Some(Self {
            integration: description.word,
            key: mask_shapes(&subject.key).into_owned(),
            name: name_of(fact, description),
            run_modes: subject.run_modes,
            path: mask_shapes(&fact.place.to_string()).into_owned(),
            package: packages.around(&fact.place).cloned(),
            attributes: own.chain(common).collect(),
        })
    }
}

/// A value in which nothing is a secret; null for an empty list or map, too. The order of a list has no meaning in any
/// attribute.
fn masked(value: ValueRef<'_>) -> Json {
    let mut json = value.to_json();
    mask(&mut json);
    match &mut json {
        Json::Array(items) if items.is_empty() => Json::Null,
        Json::Object(members) if members.is_empty() => Json::Null,
        Json::Array(items) => {
            items.sort_by_key(Json::to_string);
            json
        }
        _ => json,
    }
}

/// Masks texts in a value, which is one level of lists and maps deep.
fn mask(json: &mut Json) {
    match json {
        Json::String(text) => *text = mask_shapes(text).into_owned(),
        Json::Array(items) => items.iter_mut().for_each(mask_text),
        Json::Object(members) => {
            let masked = std::mem::take(members).into_iter().map(|(name, mut value)| {
                mask_text(&mut value);
                (mask_shapes(&name).into_owned(), value)
            });
            *members = masked.collect();
        }
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

fn mask_text(json: &mut Json) {
    match json {
        Json::String(text) => *text = mask_shapes(text).into_owned(),
        Json::Array(_) | Json::Object(_) => *json = Json::String(mask_shapes(&json.to_string()).into_owned()),
        Json::Null | Json::Bool(_) | Json::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_attributes_that_are_compared_exist() {
        for description in INTEGRATIONS {
            let compared = COMPARED.iter().find(|(kind, _)| *kind == description.kind);
            let (kind, compared) = compared.unwrap_or_else(|| panic!("{} is not compared", description.word));
            for name in *compared {
                assert!(kind.attribute(name).is_some(), "{kind:?} has no {name}");
            }
        }
    }
}
