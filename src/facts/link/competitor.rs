//! Configurations that compete for a PID.

use crate::facts::whereabouts::Whereabouts;
use crate::instances::Candidate;
use osgi_config::{ConfigFolder, RunModes};
use std::sync::Arc;

/// A configuration that competes with others for its PID.
#[derive(Debug)]
pub(in crate::facts) struct Competitor {
    pub(in crate::facts) deployment: u32,
    pub(in crate::facts) pid: String,
    pub(super) folder: Arc<ConfigFolder>,
    pub(super) run_modes: RunModes,
    pub(super) content: u128,
    pub(super) origin: usize,
    pub(super) is_module: bool,
    /// Whether other packages write something else to its path.
    pub(in crate::facts) is_contested: bool,
    pub(in crate::facts) whereabouts: Whereabouts,
    /// Where the same stands once more.
    pub(in crate::facts) copies: Vec<Whereabouts>,
    pub(super) source: usize,
    /// The index of its first fact, before facts are sorted.
    pub(in crate::facts) fact: usize,
}

impl Competitor {
    pub(in crate::facts) fn as_candidate(&self) -> Candidate<'_> {
        Candidate {
            deployment: self.deployment as usize,
            pid: &self.pid,
            path: self.whereabouts.node.as_deref().unwrap_or_default(),
            priority_base: self.folder.priority_base,
            folder_modes: &self.folder.run_modes,
            run_modes: &self.run_modes,
            content: self.content,
            origin: self.origin,
            is_module: self.is_module,
        }
    }
}
