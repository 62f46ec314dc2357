//! Links between providers and their customizers, references and what they name, old configurations and what replaces
//! them.

use super::vocabulary::{Credential, ImsReference, TokenCustomizer, TokenProvider};
use crate::documents::pids;
use crate::facts::fact::{Fact, OfKind};
use crate::facts::link::deployment::{MAX_COMPARED_FACTS, indices_of, of_kind, text};
use crate::facts::value::Value;
use crate::signals::ims::TOKEN_PROVIDER;
use osgi_config::placeholders::has_placeholder;
use std::collections::BTreeSet;

/// Links the facts of one deployment, which have these indices.
pub(in crate::facts) fn link(facts: &mut [Fact], indices: &[usize]) {
    let providers = indices_of::<TokenProvider>(facts, indices);
    let customizers = indices_of::<TokenCustomizer>(facts, indices);
    let references = indices_of::<ImsReference>(facts, indices);
    find_customizers(facts, &providers, &customizers);
    supersede_dotted_names::<TokenProvider>(facts, &providers);
    supersede_dotted_names::<TokenCustomizer>(facts, &customizers);
    supersede(facts, &providers, is_successor);
    supersede::<TokenCustomizer>(facts, &customizers, |old, new| {
        old.is_dotted() && is_same(&old.customizer.value, &new.customizer.value)
    });
    resolve_references(facts, &references, &providers);
}

/// Sets `customizer_found`: null for a provider that names no customizer, true where a placeholder hides the name.
fn find_customizers(facts: &mut [Fact], providers: &[usize], customizers: &[usize]) {
    let types: BTreeSet<String> = of_kind::<TokenCustomizer>(facts, customizers)
        .filter_map(|(.., customizer)| text(&customizer.customizer.value))
        .map(str::to_owned)
        .collect();
    let unknown = types.iter().any(|name| has_placeholder(name));
    for &index in providers {
        if let Some(provider) = facts.get_mut(index).and_then(TokenProvider::of_mut) {
            let name = text(&provider.customizer.value);
            provider.customizer_found = name.map(|name| unknown || has_placeholder(name) || types.contains(name));
        }
    }
}

/// What providers and customizers have in common: instance names of many forms, and successors.
trait Instance: OfKind {
    /// The instance name, whatever separates it.
    fn instance(&self) -> Option<&str>;
    fn name_form(&self) -> &'static str;
    fn is_superseded(&self) -> bool;
    fn supersede(&mut self, place: String);

    /// Whether the instance name is separated by a dot.
    fn is_dotted(&self) -> bool {
        matches!(self.name_form(), "dot" | "dot-uuid")
    }
}

impl Instance for TokenProvider {
    fn instance(&self) -> Option<&str> {
        known_text(self.instance.as_deref())
    }

    fn name_form(&self) -> &'static str {
        self.name_form
    }

    fn is_superseded(&self) -> bool {
        self.superseded_by.is_some()
    }

    fn supersede(&mut self, place: String) {
        self.superseded_by = Some(place);
    }
}

impl Instance for TokenCustomizer {
    fn instance(&self) -> Option<&str> {
        known_text(self.instance.as_deref())
    }

    fn name_form(&self) -> &'static str {
        self.name_form
    }

    fn is_superseded(&self) -> bool {
        self.superseded_by.is_some()
    }

    fn supersede(&mut self, place: String) {
        self.superseded_by = Some(place);
    }
}

/// A text that is not blank, trimmed.
fn known_text(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// Whether `new` is installed and active wherever `old` is.
fn takes_effect_with(new: &Fact, old: &Fact) -> bool {
    new.installed() >= old.installed() && new.run_modes.can_be_active_with(&old.run_modes)
}

/// Sets `superseded_by` of a configuration whose instance name is separated by a dot, where the same instance is there
/// with a hyphen or a tilde: the rename was begun and the old file forgotten.
fn supersede_dotted_names<T: Instance>(facts: &mut [Fact], indices: &[usize]) {
    let mut found = Vec::new();
    for (index, old_fact, old) in of_kind::<T>(facts, indices).filter(|(.., old)| old.is_dotted()) {
        let Some(name) = old.instance() else { continue };
        let new = of_kind::<T>(facts, indices).take(MAX_COMPARED_FACTS).find(|(_, new_fact, new)| {
            !new.is_dotted() && new.instance() == Some(name) && takes_effect_with(new_fact, old_fact)
        });
        found.extend(new.map(|(_, new_fact, _)| (index, new_fact.place.to_string())));
    }
    set_superseded::<T>(facts, found);
}

fn set_superseded<T: Instance>(facts: &mut [Fact], found: Vec<(usize, String)>) {
    for (index, place) in found {
        if let Some(old) = facts.get_mut(index).and_then(T::of_mut) {
            old.supersede(place);
        }
    }
}

/// Sets `superseded_by` of those that another one, named as it should be, replaces.
fn supersede<T: Instance>(facts: &mut [Fact], indices: &[usize], replaces: impl Fn(&T, &T) -> bool) {
    let mut found = Vec::new();
    for (index, old_fact, old) in of_kind::<T>(facts, indices).filter(|(.., old)| !old.is_superseded()) {
        let new = of_kind::<T>(facts, indices).take(MAX_COMPARED_FACTS).find(|(other, new_fact, new)| {
            *other != index && !new.is_dotted() && takes_effect_with(new_fact, old_fact) && replaces(old, new)
        });
        found.extend(new.map(|(_, new_fact, _)| (index, new_fact.place.to_string())));
    }
    set_superseded::<T>(facts, found);
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

/// Sets `resolved` of references: whether a provider answers to the name, by name, title, instance name or PID.
fn resolve_references(facts: &mut [Fact], references: &[usize], providers: &[usize]) {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for (.., provider) in of_kind::<TokenProvider>(facts, providers) {
        let own = [text(&provider.name.value), text(&provider.title.value), provider.instance()];
        names.extend(own.into_iter().flatten().map(str::to_owned));
    }
    let unknown = names.iter().any(|name| has_placeholder(name));
    for &index in references {
        if let Some(reference) = facts.get_mut(index).and_then(ImsReference::of_mut) {
            let name = known_text(Some(&reference.reference.value));
            reference.resolved = unknown || name.is_some_and(|name| names.contains(bare_reference(name)));
        }
    }
}

/// A reference by PID or file name without what all providers have in common.
fn bare_reference(reference: &str) -> &str {
    pids::known(reference)
        .filter(|known| known.factory == TOKEN_PROVIDER)
        .and_then(|known| known.instance.map(|(_, name)| name))
        .unwrap_or(reference)
}
