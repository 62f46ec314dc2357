//! What an integration is called, and what tells it from others of its kind.

use crate::facts::families::jwt::HAND_WRITTEN;
use crate::facts::{Fact, Kind, ValueRef};
use crate::secret::{MASK, mask_shapes};

/// What lists say of the facts of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// The kind.
    pub kind: Kind,
    /// The word for people.
    pub word: &'static str,
    /// The attributes that name a fact of it, the best first.
    names: &'static [&'static str],
    /// The attributes that tell it from others.
    details: &'static [&'static str],
}

impl Description {
    /// What lists say of the facts of a kind: a word, the attributes that name one, and those that tell it from others.
    pub(crate) const fn new(
        kind: Kind,
        word: &'static str,
        names: &'static [&'static str],
        details: &'static [&'static str],
    ) -> Self {
        Self { kind, word, names, details }
    }
}

/// The kinds of facts that are integrations.
pub const INTEGRATIONS: &[Description] = &[
    Description::new(
        Kind::TokenProvider,
        "IMS configuration",
        &["title", "name"],
        &["credential", "solution", "client_id", "org_id"],
    ),
    Description::new(Kind::JwtIntegration, "JWT integration", &["product"], &["product", "deprecated"]),
    Description::new(Kind::SmartTagsService, "Smart Tags service", &["service_url"], &["region", "api_key", "org_id"]),
    Description::new(
        Kind::BrandPortalConfiguration,
        "Brand Portal",
        &["name"],
        &["tenant", "ims_configuration", "agent_count"],
    ),
    // Agents of one receiver send to one URL: the name of the page tells them apart.
    Description::new(Kind::ReplicationAgent, "replication agent", &[], &["enabled", "tenant", "transport_uri"]),
    Description::new(Kind::RetiredService, "retired service", &["service"], &["property", "url"]),
];

/// What a fact is called: the first of its names that could be read, else the name of its node, else of its file. Masked, not
/// escaped.
pub fn name_of(fact: &Fact, description: &Description) -> String {
    let mut named = description.names.iter().filter_map(|name| fact.attribute(name).and_then(readable));
    let named = named.find(|name| name != HAND_WRITTEN);
    named.unwrap_or_else(|| mask_shapes(name_of_place(fact)).into_owned())
}

/// The attributes of a fact that tell it from others, with their values as far as they could be read. Masked, not escaped.
pub fn describe(fact: &Fact, description: &Description) -> Vec<(&'static str, String)> {
    let known = |name: &&'static str| Some((*name, fact.attribute(name).and_then(readable)?));
    description.details.iter().filter_map(known).collect()
}

/// What files of configurations end with.
const ENDINGS: [&str; 4] = [".cfg.json", ".config", ".cfg", ".xml"];

/// The name of the page, node or configuration that a fact is about.
fn name_of_place(fact: &Fact) -> &str {
    let file = fact.place.inside.last().unwrap_or(&fact.place.file);
    let path = fact.path.as_deref().unwrap_or(file);
    let page = path.strip_suffix("/jcr:content").unwrap_or(path);
    let name = page.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(path);
    ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

/// A value as words; `None` for null, blank and secret ones, which say nothing.
fn readable(value: ValueRef<'_>) -> Option<String> {
    let text = match value {
        ValueRef::Null | ValueRef::Secret(_) | ValueRef::Map(_) => return None,
        ValueRef::Text(text) => text.to_owned(),
        ValueRef::Bool(value) => value.to_string(),
        ValueRef::Int(value) => value.to_string(),
        ValueRef::Double(value) => value.to_string(),
        ValueRef::List(values) => {
            let words: Vec<String> = values.iter().map(ValueRef::from).filter_map(readable).collect();
            words.join(" ")
        }
    };
    let text = mask_shapes(text.trim()).into_owned();
    (!text.is_empty() && text != MASK).then_some(text)
}
