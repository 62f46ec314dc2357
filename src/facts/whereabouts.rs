//! Where something stands.

use super::fact::Fact;
use crate::excerpts::Excerpts;
use std::sync::Arc;
use text_spans::SourceRange;
use zip_audit::Place;

/// A place that a report can point at.
#[derive(Clone, Debug)]
pub struct Whereabouts {
    /// The file.
    pub place: Place,
    /// What to underline.
    pub mark: SourceRange,
    /// Repository path.
    pub node: Option<String>,
    /// The lines to show.
    pub excerpts: Arc<Excerpts>,
}

impl Whereabouts {
    /// The range `mark` in the file of a fact.
    pub(crate) fn of(fact: &Fact, mark: SourceRange) -> Self {
        Self { place: fact.place.clone(), mark, node: fact.path.clone(), excerpts: Arc::clone(&fact.excerpts) }
    }
}
