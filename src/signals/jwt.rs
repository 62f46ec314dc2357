//! Carriers of service-account JWT credentials that are no IMS configurations.

use super::{Signal, SignalKind};

/// ACS AEM Commons, Adobe I/O integration since 2018.
pub(crate) const ACS_INTEGRATION: &str = "com.adobe.acs.commons.adobeio.service.impl.IntegrationServiceImpl";
/// The same before.
pub(crate) const ACS_INTEGRATION_OLD: &str = "com.adobe.acs.commons.adobeio.core.service.impl.IntegrationServiceImpl";
/// Adobe I/O Events for AEM.
pub(crate) const EVENTS_WORKSPACE: &str = "com.adobe.aio.aem.workspace.internal.WorkspaceSupplierImpl";
/// The same before.
pub(crate) const EVENTS_WORKSPACE_OLD: &str = "com.adobe.io.workspace.internal.WorkspaceSupplierImpl";
/// AEM Guides (XML Documentation).
pub(crate) const GUIDES_IMS: &str = "com.adobe.aem.guides.eventing.ImsConfiguratorService";
/// What the cloud services of the `eventproxy` package lie below.
pub(crate) const EVENT_PROXY_PATH: &str = "/etc/cloudservices/eventproxy/";
/// The end of every technical account, in any case.
pub(crate) const TECHNICAL_ACCOUNT: &str = "@techacct.adobe.com";

pub(super) const SIGNALS: &[Signal] = &[
    Signal::new(SignalKind::Pid, ACS_INTEGRATION),
    Signal::new(SignalKind::Pid, ACS_INTEGRATION_OLD),
    Signal::new(SignalKind::Pid, EVENTS_WORKSPACE),
    Signal::new(SignalKind::Pid, EVENTS_WORKSPACE_OLD),
    Signal::new(SignalKind::Pid, GUIDES_IMS),
    Signal::new(SignalKind::Path, EVENT_PROXY_PATH).by("eventproxy").marked(b"ntp"),
    // Metascopes. In nodes they count only beside a host or an account of Adobe.
    Signal::new(SignalKind::ConfigurationValue, "ent_").marked(b"nt_"),
    Signal::new(SignalKind::Value, TECHNICAL_ACCOUNT).by("techacct.adobe.com").marked(b"dob"),
];
