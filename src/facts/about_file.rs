//! Facts about whole files and packages.

use crate::documents::Root;
use crate::excerpts::Excerpts;
use crate::facts::fact::{Fact, FactData, Installation};
use osgi_config::RunModes;
use std::sync::Arc;
use text_spans::SourceRange;
use zip_audit::Place;

/// A fact about a whole file.
pub(in crate::facts) fn about_file(place: Place, deployment: u32, data: impl Into<FactData>) -> Fact {
    Fact {
        place,
        deployment,
        mark: SourceRange::FILE,
        path: None,
        run_modes: RunModes::default(),
        not_installed: None,
        overridden: None,
        error: None,
        installation: Installation::default(),
        data: data.into(),
        properties: Vec::new(),
        excerpts: Arc::new(Excerpts::default()),
    }
}

/// The folder on disk or archive that a package is, as a place.
pub(in crate::facts) fn package_place(root: &Root) -> Place {
    if root.folder.is_empty() { root.place.clone() } else { root.place.entry(root.folder.as_str()) }
}
