//! Links between Brand Portal configurations, replication agents and tenants.

use super::{BrandPortalConfiguration, BrandPortalTenant, ReplicationAgent, TenantSource};
use crate::facts::attribute::Attribute;
use crate::facts::fact::{Fact, OfKind};
use crate::facts::link::deployment::{MAX_COMPARED_FACTS, indices_of, of_kind};
use crate::facts::link::installed::Installed;
use crate::instances::Certainty;
use std::collections::BTreeSet;

/// Sets `agents` of configurations and `configured_tenants` of agents. Returns the facts of kind `brand_portal_tenant`:
/// the tenants of configurations; where no installed configuration names one, those of agents.
pub(in crate::facts) fn link(facts: &mut [Fact], indices: &[usize], installed: &Installed) -> Vec<Fact> {
    let portals = indices_of::<BrandPortalConfiguration>(facts, indices);
    let agents = indices_of::<ReplicationAgent>(facts, indices);
    let configured: BTreeSet<String> = of_kind::<BrandPortalConfiguration>(facts, &portals)
        .filter_map(|(.., portal)| portal.tenant.value.clone())
        .collect();
    let counts: Vec<(usize, Option<i64>)> = of_kind::<BrandPortalConfiguration>(facts, &portals)
        .map(|(index, fact, portal)| {
            let count = portal.tenant.value.as_deref().map(|tenant| {
                let sends = |agent_fact: &Fact, agent: &ReplicationAgent| {
                    agent.tenant.value.as_deref() == Some(tenant)
                        && agent_fact.installed() >= fact.installed()
                        && meet(installed, fact, agent_fact)
                };
                let agents = of_kind::<ReplicationAgent>(facts, &agents).take(MAX_COMPARED_FACTS);
                i64::try_from(agents.filter(|(_, fact, agent)| sends(fact, agent)).count()).unwrap_or(i64::MAX)
            });
            (index, count)
        })
        .collect();
    let by_configuration = of_kind::<BrandPortalConfiguration>(facts, &portals)
        .any(|(_, fact, portal)| fact.installed() && portal.tenant.value.is_some());
    for (index, count) in counts {
        if let Some(portal) = facts.get_mut(index).and_then(BrandPortalConfiguration::of_mut) {
            portal.agents = count;
        }
    }
    for &index in &agents {
        if let Some(agent) = facts.get_mut(index).and_then(ReplicationAgent::of_mut) {
            agent.configured_tenants = configured.iter().map(String::as_str).collect();
        }
    }
    let of_portals = of_kind::<BrandPortalConfiguration>(facts, &portals)
        .filter_map(|(_, fact, portal)| tenant(fact, &portal.tenant, TenantSource::Configuration));
    let of_agents = of_kind::<ReplicationAgent>(facts, &agents)
        .filter(|_| !by_configuration)
        .filter_map(|(_, fact, agent)| tenant(fact, &agent.tenant, TenantSource::Agent));
    of_portals.chain(of_agents).collect()
}

/// Whether both are active on one instance. What is not installed is judged by its run modes, as if it were.
fn meet(installed: &Installed, one: &Fact, other: &Fact) -> bool {
    let is_always = |fact: &Fact| fact.run_modes.is_always() && fact.installation.candidate.is_none();
    if one.installed() && other.installed() && !(is_always(one) && is_always(other)) {
        let conflict = installed.meeting(one, other);
        return conflict.is_some_and(|conflict| conflict.certainty > Certainty::Low);
    }
    one.run_modes.can_be_active_with(&other.run_modes)
}

/// The fact of the tenant that another fact names.
fn tenant(named_by: &Fact, tenant: &Attribute<Option<String>>, source: TenantSource) -> Option<Fact> {
    let tenant = Attribute { value: tenant.value.clone()?, mark: tenant.mark };
    Some(Fact { data: BrandPortalTenant { tenant, source }.into(), properties: Vec::new(), ..named_by.clone() })
}
