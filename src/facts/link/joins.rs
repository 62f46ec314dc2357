//! Joins between the facts of one deployment, family by family.

use super::deployment::by_deployment;
use super::installed::Installed;
use crate::facts::fact::Fact;
use crate::facts::families::{brand_portal, ims, jwt, keys};

/// Makes all joins. Adds the facts of kind `brand_portal_tenant`.
pub(super) fn join(facts: &mut Vec<Fact>, installed: &Installed) {
    let mut tenants = Vec::new();
    for indices in by_deployment(facts).into_values() {
        ims::link::link(facts, &indices, installed);
        keys::link::link(facts, &indices);
        jwt::parts::link(facts, &indices);
        ims::referred::link(facts, &indices);
        brand_portal::differing::link(facts, &indices);
        tenants.extend(brand_portal::link::link(facts, &indices, installed));
    }
    facts.append(&mut tenants);
}
