//! Links between providers and their customizers, references and what they name, old configurations and what replaces
//! them.

use super::vocabulary::{Credential, ImsReference, TokenCustomizer, TokenProvider};
use crate::documents::pids;
use crate::facts::fact::{Fact, OfKind};
use crate::facts::link::deployment::{MAX_COMPARED_FACTS, indices_of, known_text, of_kind, text};
use crate::facts::link::installed::Installed;
use crate::facts::value::Value;
use crate::instances::Certainty;
use crate::signals::ims::TOKEN_PROVIDER;
use osgi_config::placeholders::has_placeholder;
use std::collections::{BTreeMap, BTreeSet};

/// Links the facts of one deployment, which have these indices.
pub(in crate::facts) fn link(facts: &mut [Fact], indices: &[usize], installed: &Installed) {
    let providers = indices_of::<TokenProvider>(facts, indices);
    let customizers = indices_of::<TokenCustomizer>(facts, indices);
    let references = indices_of::<ImsReference>(facts, indices);
    find_customizers(facts, &providers, &customizers, installed);
    supersede::<TokenProvider>(facts, &providers, installed, is_renamed);
    supersede::<TokenCustomizer>(facts, &customizers, installed, is_renamed);
    supersede(facts, &providers, installed, is_successor);
    supersede::<TokenCustomizer>(facts, &customizers, installed, |old, new| {
        old.is_dotted() && is_same(&old.customizer.value, &new.customizer.value)
    });
    resolve_references(facts, &references, &providers, installed);
}

/// Sets `customizer_found` and `customizer_missing_on`: null for a provider that names no customizer, found where a
/// placeholder hides the name.
fn find_customizers(facts: &mut [Fact], providers: &[usize], customizers: &[usize], installed: &Installed) {
    let mut by_type: BTreeMap<&str, Vec<&Fact>> = BTreeMap::new();
    for (_, fact, customizer) in of_kind::<TokenCustomizer>(facts, customizers) {
        if let Some(name) = text(&customizer.customizer.value) {
            by_type.entry(name).or_default().push(fact);
        }
    }
    let unknown = by_type.keys().any(|name| has_placeholder(name));
    let mut found = Vec::new();
    for (index, fact, provider) in of_kind::<TokenProvider>(facts, providers) {
        let Some(name) = text(&provider.customizer.value) else { continue };
        let there = by_type.get(name).map(Vec::as_slice).unwrap_or_default();
        let gap = if unknown || has_placeholder(name) { None } else { gap(installed, fact, there) };
        found.push((index, gap));
    }
    for (index, gap) in found {
        if let Some(provider) = facts.get_mut(index).and_then(TokenProvider::of_mut) {
            provider.customizer_found = Some(gap.is_none());
            provider.customizer_missing_on = gap.and_then(|gap| gap.on);
        }
    }
}

/// Something is active without what it needs.
struct Missing {
    /// The instances, for a sentence; `None` for all on which it is active.
    on: Option<String>,
}

/// The instances where `subject` is active and none of `needed` is, if it is likely that there are any.
fn gap(installed: &Installed, subject: &Fact, needed: &[&Fact]) -> Option<Missing> {
    if !subject.installed() {
        // What is not installed needs what belongs to it all the same, to be judged as if it were.
        return needed.is_empty().then_some(Missing { on: None });
    }
    let there: Vec<&Fact> = needed.iter().copied().filter(|fact| fact.installed()).take(MAX_COMPARED_FACTS).collect();
    let gap = installed.missing(subject, &there).filter(|gap| gap.certainty > Certainty::Low)?;
    Some(Missing { on: (!gap.everywhere).then(|| gap.instances.to_string()) })
}

/// What providers and customizers have in common: instance names of many forms, and successors.
trait Instance: OfKind {
    /// The instance name, whatever separates it.
    fn instance(&self) -> Option<&str>;
    fn name_form(&self) -> &'static str;
    fn is_superseded(&self) -> bool;
    fn supersede(&mut self, by: Superseded);

    /// Whether the instance name is separated by a dot.
    fn is_dotted(&self) -> bool {
        matches!(self.name_form(), "dot" | "dot-uuid")
    }
}

/// Implements [`Instance`] for kinds that have the attributes of an instance name and of a successor.
macro_rules! instances {
    ($($kind:ty),*) => {$(
        impl Instance for $kind {
            fn instance(&self) -> Option<&str> {
                known_text(self.instance.as_deref())
            }

            fn name_form(&self) -> &'static str {
                self.name_form
            }

            fn is_superseded(&self) -> bool {
                self.superseded_by.is_some()
            }

            fn supersede(&mut self, by: Superseded) {
                self.superseded_by = Some(by.place);
                self.superseded_on = by.on;
            }
        }
    )*};
}
instances!(TokenProvider, TokenCustomizer);

/// The instances where both are active, if it is likely that there are any.
fn meeting(installed: &Installed, old: &Fact, new: &Fact) -> Option<Superseded> {
    let place = new.place.to_string();
    if !old.installed() {
        return new.run_modes.can_be_active_with(&old.run_modes).then_some(Superseded { place, on: None });
    }
    if !new.installed() {
        return None;
    }
    let conflict = installed.meeting(old, new)?;
    (conflict.certainty > Certainty::Low).then(|| Superseded { place, on: Some(conflict.instances.to_string()) })
}

/// What replaces an old configuration.
struct Superseded {
    /// The place of the new one.
    place: String,
    /// Where both are active, for a sentence.
    on: Option<String>,
}

/// Whether `new` is the instance that `old` names with a dot, named with a hyphen or a tilde: the rename was begun and the
/// old file forgotten.
fn is_renamed<T: Instance>(old: &T, new: &T) -> bool {
    old.is_dotted() && old.instance().is_some() && old.instance() == new.instance()
}

/// Sets `superseded_by` of those that another one, named as it should be, replaces.
fn supersede<T: Instance>(
    facts: &mut [Fact],
    indices: &[usize],
    installed: &Installed,
    replaces: impl Fn(&T, &T) -> bool,
) {
    let mut found = Vec::new();
    for (index, old_fact, old) in of_kind::<T>(facts, indices).filter(|(.., old)| !old.is_superseded()) {
        let mut others = of_kind::<T>(facts, indices).take(MAX_COMPARED_FACTS);
        let new = others.find_map(|(other, new_fact, new)| {
            let may_replace = other != index && !new.is_dotted() && replaces(old, new);
            if may_replace { meeting(installed, old_fact, new_fact) } else { None }
        });
        found.extend(new.map(|new| (index, new)));
    }
    for (index, new) in found {
        if let Some(old) = facts.get_mut(index).and_then(T::of_mut) {
            old.supersede(new);
        }
    }
}

/// Whether `new` is an OAuth provider for what `old`, a JWT one or one with a dot in its name, is for: same validator,
/// customizer or title.
fn is_successor(old: &TokenProvider, new: &TokenProvider) -> bool {
    if new.credential != Credential::Oauth || !(old.credential == Credential::Jwt || old.is_dotted()) {
        return false;
    }
    // Configurations for different solutions stand side by side, whatever they share.
    let different = matches!((old.solution, new.solution), (Some(a), Some(b)) if a != b);
    // The validator that is not special to a solution says nothing.
    let validator =
        is_same(&old.validator.value, &new.validator.value) && text(&old.validator.value) != Some("adobe-ims");
    !different
        && (validator
            || is_same(&old.customizer.value, &new.customizer.value)
            || is_same(&old.title.value, &new.title.value))
}

/// Whether both are the same text, and a known one.
fn is_same(old: &Value, new: &Value) -> bool {
    let value = text(old).filter(|value| !has_placeholder(value));
    value.is_some() && value.map(str::to_lowercase) == text(new).map(str::to_lowercase)
}

/// Sets `resolved` and `unresolved_on` of references: whether a provider answers to the name, by name, title, instance name
/// or PID, wherever the reference is.
fn resolve_references(facts: &mut [Fact], references: &[usize], providers: &[usize], installed: &Installed) {
    let mut by_name: BTreeMap<&str, Vec<&Fact>> = BTreeMap::new();
    for (_, fact, provider) in of_kind::<TokenProvider>(facts, providers) {
        provider.names().into_iter().for_each(|name| by_name.entry(name).or_default().push(fact));
    }
    let unknown = by_name.keys().any(|name| has_placeholder(name));
    let mut found = Vec::new();
    for (index, fact, reference) in of_kind::<ImsReference>(facts, references) {
        let name = known_text(Some(&reference.reference.value));
        let there = name.and_then(|name| by_name.get(bare_reference(name))).map(Vec::as_slice).unwrap_or_default();
        found.push((index, if unknown { None } else { gap(installed, fact, there) }));
    }
    for (index, gap) in found {
        if let Some(reference) = facts.get_mut(index).and_then(ImsReference::of_mut) {
            reference.resolved = gap.is_none();
            reference.unresolved_on = gap.and_then(|gap| gap.on);
        }
    }
}

impl TokenProvider {
    /// What references can call it: name, title, instance name.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        [text(&self.name.value), text(&self.title.value), self.instance()].into_iter().flatten().collect()
    }
}

/// A reference by PID or file name without what all providers have in common.
pub(crate) fn bare_reference(reference: &str) -> &str {
    pids::known(reference)
        .filter(|known| known.factory == TOKEN_PROVIDER)
        .and_then(|known| known.instance.map(|(_, name)| name))
        .unwrap_or(reference)
}
