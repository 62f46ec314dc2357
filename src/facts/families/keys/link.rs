//! Links between keystore files and the nodes that they belong to.

use super::{KeyForm, KeyMaterial};
use crate::facts::fact::{Fact, OfKind};
use crate::facts::link::deployment::{indices_of, of_kind};
use std::collections::BTreeSet;

/// Sets `keystore` of keystore files that lie below a keystore node: the two are one keystore.
pub(in crate::facts) fn link(facts: &mut [Fact], indices: &[usize]) {
    let keys = indices_of::<KeyMaterial>(facts, indices);
    let nodes: BTreeSet<String> = of_kind::<KeyMaterial>(facts, &keys)
        .filter(|(.., key)| key.form.value == KeyForm::KeystoreNode)
        .filter_map(|(_, fact, _)| fact.path.clone())
        .collect();
    for index in keys {
        let Some(fact) = facts.get_mut(index) else { continue };
        let above = fact.path.as_deref().and_then(|path| Some(path.rsplit_once('/')?.0.to_owned()));
        let Some(above) = above.filter(|above| nodes.contains(above)) else { continue };
        if let Some(key) = KeyMaterial::of_mut(fact).filter(|key| key.form.value != KeyForm::KeystoreNode) {
            key.keystore = Some(above);
        }
    }
}
