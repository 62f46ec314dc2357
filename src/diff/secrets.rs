//! The secrets and keys of a side: where they are and in which state, never what they are.

use super::subject::Subjects;
use crate::facts::families::keys::KeyMaterial;
use crate::facts::families::secrets::Secret;
use crate::facts::{Coordinates, Fact, OfKind, Packages};
use crate::secret::mask_shapes;
use std::sync::Arc;

/// A property or file that holds a secret or a key. Every text in it is masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretEntry {
    /// `secret` or `key`.
    pub kind: &'static str,
    /// The PID of its configuration, else its repository path, else the path in the package.
    pub key: String,
    /// The property; `None` for a file.
    pub property: Option<String>,
    /// Of a secret: plain, encrypted, hashed, placeholder or blank; of key material its form.
    pub state: &'static str,
    /// When it is active: alternatives; empty if it always is.
    pub run_modes: Vec<String>,
    /// Its file.
    pub path: String,
    /// The package that holds it.
    pub package: Option<Arc<Coordinates>>,
}

impl SecretEntry {
    /// What a fact says of a secret or key, if it is about one.
    pub(super) fn of(fact: &Fact, subjects: &Subjects<'_>, packages: &Packages) -> Option<Self> {
        let (kind, state, property) = match (Secret::of(fact), KeyMaterial::of(fact)) {
            // What the documentation or a template has in the place of a secret is none.
            (Some(secret), _) if !secret.sample => {
                ("secret", secret.state.value.name(), secret.property.value.as_deref())
            }
            (_, Some(key)) => ("key", key.form.value.name(), fact.property_at("form")),
            _ => return None,
        };
        let subject = subjects.of_fact(fact);
        Some(Self {
            kind,
            key: mask_shapes(&subject.key).into_owned(),
            property: property.map(|name| mask_shapes(name).into_owned()),
            state,
            run_modes: subject.run_modes,
            path: mask_shapes(&fact.place.to_string()).into_owned(),
            package: packages.around(&fact.place).cloned(),
        })
    }
}
