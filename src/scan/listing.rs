//! Which files a scan reads, and why it does not read the others.

use super::Options;
use crate::documents::{self, AemLayout};
use crate::facts::walked::cause_text;
use crate::workers::lock;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use zip_audit::{File, Layout, PassedBy, Place, Visitor};

/// What a scan does with a file, an archive, or a directory that it does not enter.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Handling {
    /// It is read.
    Read,
    /// It is looked into.
    Archive,
    /// It is left out.
    LeftOut(PassedBy),
    /// It should be read and is not, or not to its end; why, as a clause.
    Unread(String),
}

/// What a scan of the inputs does with each file, by place.
pub fn list_files(inputs: &[PathBuf], options: &Options) -> BTreeMap<Place, Handling> {
    let lister = Lister::default();
    let outcome = zip_audit::walk(inputs, &options.walk, &lister);
    let mut files = lister.files.into_inner().unwrap_or_else(PoisonError::into_inner);
    files.extend(outcome.archives.iter().map(|archive| (archive.place.clone(), Handling::Archive)));
    let unread = outcome.unread.iter();
    files.extend(unread.map(|unread| (unread.place.clone(), Handling::Unread(cause_text(&unread.cause)))));
    files
}

/// Decides as the reader of a scan does, and reads nothing.
#[derive(Default)]
struct Lister {
    files: Mutex<BTreeMap<Place, Handling>>,
}

impl Visitor for Lister {
    fn layout(&self) -> &dyn Layout {
        &AemLayout
    }

    fn wants(&self, name: &[u8]) -> bool {
        documents::wants(name)
    }

    fn beginnings(&self) -> &[&[u8]] {
        &documents::BEGINNINGS
    }

    fn wants_look(&self, name: &[u8]) -> bool {
        documents::wants_look(name)
    }

    fn wants_beginning(&self, name: &[u8], first: &[u8]) -> bool {
        documents::wants_beginning(name, first)
    }

    fn file(&self, file: File<'_>) {
        lock(&self.files).insert(file.place(), Handling::Read);
    }

    fn passed_by(&self, place: &dyn Fn() -> Place, why: PassedBy) {
        // What is read under one of its names is read.
        lock(&self.files).entry(place()).or_insert(Handling::LeftOut(why));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;
    use crate::scan::Sought;
    use jiff::Timestamp;
    use std::fs;

    /// What is read outside of folders of content, and archives by the names that they get, are listed as they are read.
    #[test]
    fn what_is_read_is_listed_wherever_it_lies() {
        let tree = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = tree.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        };
        file("crx-quickstart/install/com.acme.Service.config", b"a=\"1\"\n");
        file("src/main/features/acme.slingosgifeature", b"{}");
        file("words/other.config.old", b"a=\"1\"\n");
        let options = Options::new(Sought::by_rules(&RuleSet::builtin()), Timestamp::UNIX_EPOCH);
        let listed = list_files(&[tree.path().to_owned()], &options);
        let handling =
            |end: &str| listed.iter().find(|(place, _)| place.file.ends_with(end)).map(|(_, what)| what.clone());
        assert_eq!(handling("com.acme.Service.config"), Some(Handling::Read));
        assert_eq!(handling("acme.slingosgifeature"), Some(Handling::Read));
        assert_eq!(handling("other.config.old"), Some(Handling::LeftOut(PassedBy::NoContent)));
    }
}
