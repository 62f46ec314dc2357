//! What is left of the facts of a file that looks like content of a package and is none.

use super::file::{FileFacts, Role};
use crate::facts::attribute::RareList;
use crate::facts::fact::FactData;

impl FileFacts {
    /// Forgets what AEM would reject or lose of the file: it does not read it.
    pub fn forget_mistakes(&mut self) {
        for fact in self.sources.iter_mut().flat_map(|source| &mut source.facts) {
            if let FactData::Configuration(configuration) = &mut fact.data {
                configuration.dropped = RareList::default();
                configuration.cut = RareList::default();
                configuration.dropped_reason = None;
                configuration.error = None;
            }
            if let Some(error) = super::error_of(&mut fact.data) {
                *error = None;
            }
        }
    }

    /// Forgets all but the secrets and keys in the file: who has the file has them, whatever AEM does with it.
    pub fn keep_only_secrets(&mut self) {
        for source in &mut self.sources {
            source.configuration = None;
            source.facts.retain(|fact| matches!(fact.data, FactData::Secret(_) | FactData::KeyMaterial(_)));
        }
        self.sources.retain(|source| !source.facts.is_empty());
        self.role = Role::Content;
    }
}
