//! Joins between the facts of one deployment: providers and their customizers, references and what they name, agents
//! and tenants, old configurations and what replaces them.

use super::{Attribute, Fact, Kind, Value, by_deployment};
use crate::documents::pids;
use osgi_config::placeholders::has_placeholder;
use std::collections::BTreeSet;

/// Makes all joins. Adds the facts of kind `brand_portal_tenant`.
pub(super) fn join(facts: &mut Vec<Fact>) {
    let mut tenants = Vec::new();
    for indices in by_deployment(facts).into_values() {
        let of = |kind: Kind| -> Vec<usize> {
            indices.iter().copied().filter(|&index| facts.get(index).is_some_and(|fact| fact.kind == kind)).collect()
        };
        let providers = of(Kind::TokenProvider);
        let customizers = of(Kind::TokenCustomizer);
        let references = of(Kind::ImsReference);
        let portals = of(Kind::BrandPortalConfiguration);
        let agents = of(Kind::ReplicationAgent);
        let keys = of(Kind::KeyMaterial);
        customizers_of(facts, &providers, &customizers);
        dotted_names(facts, &providers);
        dotted_names(facts, &customizers);
        successors(facts, &providers, is_successor);
        successors(facts, &customizers, |old, new| is_dotted(old) && same(old, new, "customizer"));
        keystores(facts, &keys);
        resolve(facts, &references, &providers);
        tenants.extend(brand_portal(facts, &portals, &agents));
    }
    facts.append(&mut tenants);
}

fn text<'f>(fact: &'f Fact, name: &str) -> Option<&'f str> {
    fact.attribute(name).and_then(Value::as_text).map(str::trim).filter(|text| !text.is_empty())
}

fn set(facts: &mut [Fact], index: usize, name: &'static str, value: impl Into<Value>) {
    if let Some(fact) = facts.get_mut(index) {
        fact.attributes.insert(name, Attribute { value: value.into(), mark: None });
    }
}

/// Most facts that one fact is compared with: more than any real deployment has, and a bound on what a hostile one costs.
const MOST: usize = 1000;

/// The facts of these indices.
fn these<'f>(facts: &'f [Fact], indices: &'f [usize]) -> impl Iterator<Item = (usize, &'f Fact)> {
    indices.iter().filter_map(|&index| Some((index, facts.get(index)?)))
}

/// Sets `customizer_found`: null for a provider that names no customizer, true where a placeholder hides the name.
fn customizers_of(facts: &mut [Fact], providers: &[usize], customizers: &[usize]) {
    let types: BTreeSet<String> =
        these(facts, customizers).filter_map(|(_, fact)| text(fact, "customizer")).map(str::to_owned).collect();
    let unknown = types.iter().any(|name| has_placeholder(name));
    let found: Vec<(usize, Value)> = these(facts, providers)
        .map(|(index, provider)| {
            let value =
                text(provider, "customizer").map(|name| unknown || has_placeholder(name) || types.contains(name));
            (index, value.into())
        })
        .collect();
    found.into_iter().for_each(|(index, value)| set(facts, index, "customizer_found", value));
}

/// Sets `superseded_by` of a configuration whose instance name is separated by a dot, where the same instance is there
/// with a hyphen or a tilde: the rename was begun and the old file forgotten.
fn dotted_names(facts: &mut [Fact], indices: &[usize]) {
    let mut found = Vec::new();
    for (index, old) in these(facts, indices).filter(|(_, fact)| is_dotted(fact)) {
        let Some(name) = instance(old) else { continue };
        let new = these(facts, indices).take(MOST).find(|(_, new)| {
            !is_dotted(new)
                && instance(new) == Some(name)
                && new.installed() >= old.installed()
                && new.run_modes.can_be_active_with(&old.run_modes)
        });
        found.extend(new.map(|(_, new)| (index, new.place.to_string())));
    }
    found.into_iter().for_each(|(index, place)| set(facts, index, "superseded_by", place));
}

/// The instance name of a provider or customizer, whatever separates it.
fn instance(fact: &Fact) -> Option<&str> {
    text(fact, "instance")
}

/// Whether the instance name is separated by a dot.
fn is_dotted(fact: &Fact) -> bool {
    matches!(text(fact, "name_form"), Some("dot" | "dot-uuid"))
}

/// Sets `superseded_by` of those that another one, named as it should be, replaces.
fn successors(facts: &mut [Fact], indices: &[usize], replaces: impl Fn(&Fact, &Fact) -> bool) {
    let mut found = Vec::new();
    for (index, old) in these(facts, indices) {
        if text(old, "superseded_by").is_some() {
            continue;
        }
        let new = these(facts, indices).take(MOST).find(|(other, new)| {
            *other != index
                && !is_dotted(new)
                && new.installed() >= old.installed()
                && new.run_modes.can_be_active_with(&old.run_modes)
                && replaces(old, new)
        });
        found.extend(new.map(|(_, new)| (index, new.place.to_string())));
    }
    found.into_iter().for_each(|(index, place)| set(facts, index, "superseded_by", place));
}

/// Whether `new` is an OAuth provider for what `old`, a JWT one or one with a dot in its name, is for: same validator,
/// customizer or title.
fn is_successor(old: &Fact, new: &Fact) -> bool {
    if text(new, "credential") != Some("oauth") || !(text(old, "credential") == Some("jwt") || is_dotted(old)) {
        return false;
    }
    // Configurations for different solutions stand side by side, whatever they share.
    let different = matches!((text(old, "solution"), text(new, "solution")), (Some(a), Some(b)) if a != b);
    // The validator that is not special to a solution says nothing.
    let validator = same(old, new, "validator") && text(old, "validator") != Some("adobe-ims");
    !different && (validator || same(old, new, "customizer") || same(old, new, "title"))
}

/// Whether both have the same text in an attribute, and a known one.
fn same(old: &Fact, new: &Fact, name: &str) -> bool {
    let value = text(old, name).filter(|value| !has_placeholder(value));
    value.is_some() && value.map(str::to_lowercase) == text(new, name).map(str::to_lowercase)
}

/// Sets `keystore` of keystore files that lie below a keystore node: the two are one keystore.
fn keystores(facts: &mut [Fact], indices: &[usize]) {
    let is_node = |fact: &Fact| text(fact, "form") == Some("keystore-node");
    let nodes: BTreeSet<String> =
        these(facts, indices).filter(|(_, fact)| is_node(fact)).filter_map(|(_, fact)| fact.path.clone()).collect();
    let found: Vec<(usize, String)> = these(facts, indices)
        .filter(|(_, fact)| !is_node(fact))
        .filter_map(|(index, fact)| {
            let (above, _) = fact.path.as_deref()?.rsplit_once('/')?;
            nodes.contains(above).then(|| (index, above.to_owned()))
        })
        .collect();
    found.into_iter().for_each(|(index, path)| set(facts, index, "keystore", path));
}

/// Sets `resolved` of references: whether a provider answers to the name, by name, title, instance name or PID.
fn resolve(facts: &mut [Fact], references: &[usize], providers: &[usize]) {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for (_, provider) in these(facts, providers) {
        let own = ["name", "title", "instance"].into_iter().filter_map(|attribute| text(provider, attribute));
        names.extend(own.map(str::to_owned));
    }
    let unknown = names.iter().any(|name| has_placeholder(name));
    let found: Vec<(usize, bool)> = these(facts, references)
        .map(|(index, fact)| (index, unknown || text(fact, "reference").is_some_and(|name| names.contains(bare(name)))))
        .collect();
    found.into_iter().for_each(|(index, resolved)| set(facts, index, "resolved", resolved));
}

/// A reference by PID or file name without what all providers have in common.
fn bare(reference: &str) -> &str {
    pids::known(reference)
        .filter(|known| known.factory == pids::TOKEN_PROVIDER)
        .and_then(|known| known.instance.map(|(_, name)| name))
        .unwrap_or(reference)
}

/// Sets `agents` of configurations and `configured_tenants` of agents. Returns the facts of kind `brand_portal_tenant`:
/// the tenants of configurations; where no installed configuration names one, those of agents.
fn brand_portal(facts: &mut [Fact], portals: &[usize], agents: &[usize]) -> Vec<Fact> {
    let configured: BTreeSet<String> =
        these(facts, portals).filter_map(|(_, fact)| text(fact, "tenant")).map(str::to_owned).collect();
    let counts: Vec<(usize, Value)> = these(facts, portals)
        .map(|(index, portal)| {
            let count = text(portal, "tenant").map(|tenant| {
                let sends = |agent: &Fact| {
                    text(agent, "tenant") == Some(tenant)
                        && agent.installed() >= portal.installed()
                        && agent.run_modes.can_be_active_with(&portal.run_modes)
                };
                i64::try_from(these(facts, agents).take(MOST).filter(|(_, agent)| sends(agent)).count())
                    .unwrap_or(i64::MAX)
            });
            (index, count.into())
        })
        .collect();
    let by_configuration = these(facts, portals).any(|(_, fact)| fact.installed() && text(fact, "tenant").is_some());
    let mut named: Vec<(usize, &'static str)> = portals.iter().map(|&index| (index, "configuration")).collect();
    if !by_configuration {
        named.extend(agents.iter().map(|&index| (index, "agent")));
    }
    counts.into_iter().for_each(|(index, count)| set(facts, index, "agents", count));
    let tenants: Vec<String> = configured.into_iter().collect();
    for &index in agents {
        set(facts, index, "configured_tenants", tenants.clone());
    }
    named
        .into_iter()
        .filter_map(|(index, source)| {
            let named_by = facts.get(index)?;
            let tenant = named_by.attributes.get("tenant").filter(|_| text(named_by, "tenant").is_some())?;
            let source = Attribute { value: source.into(), mark: None };
            Some(Fact {
                kind: Kind::BrandPortalTenant,
                attributes: [("tenant", tenant.clone()), ("source", source)].into(),
                properties: Vec::new(),
                ..named_by.clone()
            })
        })
        .collect()
}
