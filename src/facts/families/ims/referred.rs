//! What the IMS configurations that cloud services name are for.

use super::claims;
use super::solution::{Signs, solution};
use super::vocabulary::{ImsReference, TokenProvider};
use crate::documents::pids;
use crate::facts::fact::{Fact, OfKind};
use crate::facts::link::deployment::{MAX_COMPARED_FACTS, indices_of, of_kind, text};
use crate::signals::ims::TOKEN_PROVIDER;
use std::collections::{BTreeMap, BTreeSet};

/// A solution, and whether more than a name tells it.
type Purpose = (&'static str, bool);

/// Sets `solution` and `solution_by_name` of references: what all installed providers of the name are for.
pub(in crate::facts) fn link(facts: &mut [Fact], indices: &[usize]) {
    let references = indices_of::<ImsReference>(facts, indices);
    if references.is_empty() {
        return;
    }
    let mut named: BTreeMap<&str, Vec<(&Fact, Option<Purpose>)>> = BTreeMap::new();
    for (_, fact, provider) in of_kind::<TokenProvider>(facts, indices).filter(|(_, fact, _)| fact.installed()) {
        let names = [text(&provider.name.value), text(&provider.title.value), provider.instance.as_deref()];
        let purpose = purpose(provider);
        for name in names.into_iter().flatten().map(str::trim).collect::<BTreeSet<_>>() {
            named.entry(name).or_default().push((fact, purpose));
        }
    }
    let mut found = Vec::new();
    for (index, fact, reference) in of_kind::<ImsReference>(facts, &references) {
        let name = reference.reference.value.trim();
        let providers = named.get(instance_name(name)).map(Vec::as_slice).unwrap_or_default();
        let mut active = providers
            .iter()
            .take(MAX_COMPARED_FACTS)
            .filter(|(provider, _)| provider.run_modes.can_be_active_with(&fact.run_modes));
        let Some((_, Some((solution, certain)))) = active.next() else { continue };
        let same = |other: &Option<Purpose>| other.is_some_and(|(other, _)| other == *solution);
        if active.all(|(_, other)| same(other)) {
            found.push((index, *solution, !certain));
        }
    }
    for (index, solution, by_name) in found {
        if let Some(reference) = facts.get_mut(index).and_then(ImsReference::of_mut) {
            reference.solution = Some(solution);
            reference.solution_by_name = by_name;
        }
    }
}

fn purpose(provider: &TokenProvider) -> Option<Purpose> {
    let names: Vec<&str> = provider.claims.value.keys().map(String::as_str).collect();
    let scopes: Vec<String> = provider.scopes.value.iter().map(str::to_owned).collect();
    let signs = Signs {
        validator: text(&provider.validator.value),
        metascopes: &claims::metascopes(names),
        scopes: &scopes,
        names: &[],
    };
    provider.solution.map(|told| (told, solution(&signs) == Some(told)))
}

/// The instance name in a reference by PID or file name; any other is a name already.
fn instance_name(reference: &str) -> &str {
    let instance = pids::known(reference).filter(|known| known.factory == TOKEN_PROVIDER);
    instance.and_then(|known| known.instance).map_or(reference, |(_, name)| name)
}
