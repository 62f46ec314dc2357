//! The legacy cloud service of Smart Tags.

use super::{Signal, SignalKind};

/// What the cloud services lie below.
pub(crate) const SERVICES_PATH: &str = "/etc/cloudservices/smarttagging/";
/// The end of the resource type of a cloud service.
pub(crate) const SERVICE_TYPE: &str = "dam/components/smarttaggingservicepage";
/// The template of a cloud service.
pub(crate) const SERVICE_TEMPLATE: &str = "/libs/dam/templates/smarttagging";

pub(super) const SIGNALS: &[Signal] = &[
    Signal::new(SignalKind::Path, SERVICES_PATH).by("smarttagging").marked(b"rtt"),
    Signal::new(SignalKind::ResourceType, SERVICE_TYPE).by("smarttagging").marked(b"rtt"),
    Signal::new(SignalKind::ResourceType, SERVICE_TEMPLATE).by("smarttagging").marked(b"rtt"),
];
