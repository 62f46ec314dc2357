//! What is left of the facts of a file that looks like content of a package and is none.

use super::file::{FileFacts, Role};
use crate::facts::attribute::RareList;
use crate::facts::fact::FactData;
use jcr_filevault::WorkspaceFilter;

impl FileFacts {
    /// The workspace filter, if the file is one.
    pub fn workspace_filter(&self) -> Option<&WorkspaceFilter> {
        match &self.role {
            Role::Filter(filter) => Some(filter),
            _ => None,
        }
    }

    /// Forgets what AEM would reject or lose of the file: it does not read it.
    pub fn forget_mistakes(&mut self) {
        for fact in self.sources.iter_mut().flat_map(|source| &mut source.facts) {
            if let FactData::Configuration(configuration) = &mut fact.data {
                configuration.dropped = RareList::default();
                configuration.cut = RareList::default();
                configuration.dropped_reason = None;
                configuration.file_rejected = false;
            }
            fact.error = None;
        }
    }

    /// Forgets all but the secrets and keys in the file: who has the file has them, whatever AEM does with it.
    pub fn keep_only_secrets(&mut self) {
        for source in &mut self.sources {
            source.configuration = None;
            // The first fact has the path of all.
            let path = source.facts.first_mut().and_then(|fact| fact.path.take());
            source.facts.retain(|fact| matches!(fact.data, FactData::Secret(_) | FactData::KeyMaterial(_)));
            if let Some(first) = source.facts.first_mut() {
                first.path = path;
            }
        }
        self.sources.retain(|source| !source.facts.is_empty());
        self.role = Role::Content;
    }
}
