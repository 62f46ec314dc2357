//! OSGi configurations written as nodes; those in files of their own are read in any case.

use super::{Signal, SignalKind};

/// The primary type of nodes that are configurations.
pub(crate) const NODE_TYPE: &str = "sling:OsgiConfig";

pub(super) const SIGNALS: &[Signal] = &[Signal::new(SignalKind::NodeType, NODE_TYPE).by("OsgiConfig")];
