//! The facts of one deployment, by kind.

use crate::facts::fact::{Fact, FactData, OfKind};
use crate::facts::value::Value;
use std::collections::BTreeMap;

/// Most facts that one fact is compared with: more than any real deployment has, and a bound on what a hostile one costs.
pub(in crate::facts) const MAX_COMPARED_FACTS: usize = 1000;

/// Those of these indices whose facts are of one kind.
pub(in crate::facts) fn indices_of<T: OfKind>(facts: &[Fact], indices: &[usize]) -> Vec<usize> {
    of_kind::<T>(facts, indices).map(|(index, ..)| index).collect()
}

/// The facts of one kind among those of these indices.
pub(in crate::facts) fn of_kind<'f, T: OfKind + 'f>(
    facts: &'f [Fact],
    indices: &'f [usize],
) -> impl Iterator<Item = (usize, &'f Fact, &'f T)> {
    indices.iter().filter_map(|&index| {
        let fact = facts.get(index)?;
        Some((index, fact, T::of(fact)?))
    })
}

/// A value as text, trimmed, if it is one that is not blank.
pub(in crate::facts) fn text(value: &Value) -> Option<&str> {
    known_text(value.as_text())
}

/// A text, trimmed, if it is one that is not blank.
pub(in crate::facts) fn known_text(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The indices of the facts of each deployment. Without configurations, which are most of all facts and are joined with
/// nothing but their like.
pub(super) fn by_deployment(facts: &[Fact]) -> BTreeMap<u32, Vec<usize>> {
    let mut deployments: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (index, fact) in facts.iter().enumerate() {
        if !matches!(fact.data, FactData::Configuration(_)) {
            deployments.entry(fact.deployment).or_default().push(index);
        }
    }
    deployments
}
