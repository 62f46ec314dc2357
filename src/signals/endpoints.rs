//! Adobe endpoints in property values.

use super::{Signal, SignalKind};

/// Where the APIs of Adobe and its Smart Content services are.
const APIS: &str = "adobe.io";

pub(super) const SIGNALS: &[Signal] = &[
    Signal::new(SignalKind::Domain, APIS).as_needle().marked(b"dob"),
    // Of URLs each has one of the hosts; which one may be hidden by escapes of its own. Without a scheme a host of Adobe
    // has its name in it.
    Signal::new(SignalKind::Value, "://"),
    Signal::new(SignalKind::Value, "adobe").marked(b"dob"),
];
