//! Variables of an environment of AEM as a Cloud Service, which configurations name in placeholders.

use super::{Signal, SignalKind};

pub(super) const SIGNALS: &[Signal] = &[
    Signal::new(SignalKind::ConfigurationValue, "$[env:").marked(b"nv:"),
    Signal::new(SignalKind::ConfigurationValue, "$[secret:").marked(b"et:"),
];
