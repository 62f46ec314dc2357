//! Brand Portal: cloud configurations, replication agents, and the user of the legacy gateway.

use super::{Signal, SignalKind};

/// Below it are the tenants.
pub(crate) const TENANTS: &str = "brand-portal.adobe.com";
/// The host of the first gateway.
pub(crate) const FIRST_GATEWAY: &str = "marketing.adobe.com";
/// The end of the resource type of a configuration.
pub(crate) const CONFIGURATION_TYPE: &str = "dam/components/mediaportal/config";
/// What the legacy configurations lie below.
pub(crate) const LEGACY_PATH: &str = "/etc/cloudservices/mediaportal/";
/// What the configurations lie below, in whatever folder of `/conf`.
pub(crate) const CONFIGURATIONS_PATH: &str = "/settings/cloudconfigs/mediaportal/";
/// The end of the resource type of a replication agent.
pub(crate) const AGENT_TYPE: &str = "cq/replication/components/agent";
/// The end of the template of a replication agent.
pub(crate) const AGENT_TEMPLATE: &str = "cq/replication/templates/agent";
/// The beginning of the paths of replication agents.
pub(crate) const AGENTS_PATH: &str = "/etc/replication/agents.";
/// Where an agent sends to.
pub(crate) const TRANSPORT_URI: &str = "transportUri";
/// Where a configuration says which tenant it is for.
pub(crate) const TENANT_URL: &str = "tenantURL";
/// The name of a user.
pub(crate) const USER_NAME: &str = "rep:authorizableId";
/// The end of the name of the user of the legacy gateway.
pub(crate) const USER_ENDING: &str = "-replication";

pub(super) const SIGNALS: &[Signal] = &[
    Signal::new(SignalKind::Domain, TENANTS).as_needle().marked(b"dob"),
    Signal::new(SignalKind::Host, FIRST_GATEWAY).as_needle().marked(b"dob"),
    // Where the stop-gap of the legacy gateway was.
    Signal::new(SignalKind::Domain, "ethos.adobe.net").as_needle().marked(b"dob"),
    Signal::new(SignalKind::ResourceType, CONFIGURATION_TYPE).by("mediaportal").marked(b"iap"),
    Signal::new(SignalKind::Path, LEGACY_PATH).by("mediaportal").marked(b"iap"),
    Signal::new(SignalKind::Path, CONFIGURATIONS_PATH).by("mediaportal").marked(b"iap"),
    Signal::new(SignalKind::Property, TENANT_URL),
    Signal::new(SignalKind::ResourceType, AGENT_TYPE).by("replication/components/agent").marked(b"epl"),
    Signal::new(SignalKind::ResourceType, AGENT_TEMPLATE).by("replication/templates/agent").marked(b"epl"),
    // Nothing is an agent by its path alone.
    Signal::new(SignalKind::Path, AGENTS_PATH).marked(b"epl"),
    Signal::new(SignalKind::Property, TRANSPORT_URI).as_needle(),
    Signal::new(SignalKind::Path, USER_ENDING).as_needle().marked(b"epl"),
    Signal::new(SignalKind::Property, USER_NAME),
];
