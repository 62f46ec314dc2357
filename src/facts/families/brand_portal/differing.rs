//! Replication agents of one tenant that are set differently from the others.

use super::ReplicationAgent;
use crate::facts::attribute::{Attribute, TextList};
use crate::facts::fact::{Fact, OfKind};
use crate::facts::link::deployment::{MAX_COMPARED_FACTS, indices_of, of_kind};
use crate::facts::value::Value;
use osgi_config::placeholders::has_placeholder;
use std::collections::{BTreeMap, BTreeSet};

/// Settings that agents of one tenant need not share: their address, which tells the tenant, and the switch that a rule of
/// its own judges.
const OWN: [&str; 2] = ["transportUri", "enabled"];

/// Most agents of one tenant that are compared. AEM makes four.
const MAX_COMPARED_AGENTS: usize = 20;

/// Sets `differing` of agents: where most agents of a tenant agree on a setting, those that have another value; where
/// there is no majority, those that differ from the first.
pub(in crate::facts) fn link(facts: &mut [Fact], indices: &[usize]) {
    let agents = indices_of::<ReplicationAgent>(facts, indices);
    let mut tenants: BTreeMap<&str, Vec<(usize, &Fact)>> = BTreeMap::new();
    for (index, fact, agent) in of_kind::<ReplicationAgent>(facts, &agents).take(MAX_COMPARED_FACTS) {
        if let Some(tenant) = agent.tenant.value.as_deref().filter(|_| fact.installed() && !agent.partial) {
            let agents = tenants.entry(tenant).or_default();
            if agents.len() < MAX_COMPARED_AGENTS {
                agents.push((index, fact));
            }
        }
    }
    let mut found: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for agents in tenants.values().filter(|agents| agents.len() > 1) {
        let settings: Vec<BTreeMap<&str, Option<String>>> = agents.iter().map(|(_, fact)| settings(fact)).collect();
        let names: BTreeSet<&str> = settings.iter().flat_map(|settings| settings.keys().copied()).collect();
        for name in names {
            let values: Vec<Option<&str>> =
                settings.iter().map(|settings| settings.get(name).map_or(Some(""), |value| value.as_deref())).collect();
            // A value that is not known may be the same.
            let Some(values) = values.into_iter().collect::<Option<Vec<&str>>>() else { continue };
            let Some(usual) = most_frequent(&values) else { continue };
            for ((index, _), value) in agents.iter().zip(&values) {
                if *value != usual {
                    found.entry(*index).or_default().push(name.to_owned());
                }
            }
        }
    }
    for (index, names) in found {
        let Some(fact) = facts.get_mut(index) else { continue };
        let mark = names.iter().find_map(|name| fact.source_range_of(name)).or(Some(fact.mark));
        if let Some(agent) = ReplicationAgent::of_mut(fact) {
            agent.differing = Attribute { value: names.into_iter().collect::<TextList>(), mark };
        }
    }
}

/// The settings of an agent by their names; `None` for a value that is not known, which secrets are: they differ whenever
/// they are encrypted anew. Names with a prefix belong to the page.
fn settings(fact: &Fact) -> BTreeMap<&str, Option<String>> {
    let is_setting = |name: &str| !name.contains(':') && !OWN.contains(&name);
    let settings = fact.properties.iter().filter(|property| is_setting(&property.name));
    settings.map(|property| (property.name.as_str(), text_of(&property.value))).collect()
}

fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => String::new(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        Value::Text(text) => text.trim().to_owned(),
        Value::List(values) => values.iter().map(Value::as_text).collect::<Option<Vec<&str>>>()?.join("\n"),
        Value::Map(_) | Value::Secret(_) => return None,
    };
    (!has_placeholder(&text)).then_some(text)
}

/// The value that most have; of several the one that comes first.
fn most_frequent<'v>(values: &[&'v str]) -> Option<&'v str> {
    let count = |value: &str| values.iter().filter(|other| **other == value).count();
    let most = values.iter().map(|value| count(value)).max()?;
    values.iter().copied().find(|value| count(value) == most)
}
