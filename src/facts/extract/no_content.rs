//! What is left of the facts of a file that looks like content of a package and is none.

use super::{FileFacts, Role};
use crate::facts::{Attribute, Kind, Value};
use jcr_filevault::WorkspaceFilter;

/// What a configuration or node says of how AEM reads its file.
const MISTAKES: [&str; 4] = ["cut", "dropped", "dropped_reason", "error"];

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
        for fact in self.subjects.iter_mut().flat_map(|subject| &mut subject.facts) {
            for name in MISTAKES {
                let value = match fact.attributes.get(name).map(|attribute| &attribute.value) {
                    Some(Value::List(_)) => Value::List(Vec::new()),
                    Some(_) => Value::Null,
                    None => continue,
                };
                fact.attributes.insert(name, Attribute { value, mark: None });
            }
        }
    }

    /// Forgets all but the secrets and keys in the file: who has the file has them, whatever AEM does with it.
    pub fn keep_only_secrets(&mut self) {
        for subject in &mut self.subjects {
            subject.configuration = None;
            // The first fact has the path of all.
            let path = subject.facts.first_mut().and_then(|fact| fact.path.take());
            subject.facts.retain(|fact| matches!(fact.kind, Kind::Secret | Kind::KeyMaterial));
            if let Some(first) = subject.facts.first_mut() {
                first.path = path;
            }
        }
        self.subjects.retain(|subject| !subject.facts.is_empty());
        self.role = Role::Content;
    }
}
