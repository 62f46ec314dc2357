//! Files of trees that are still what they were when they were collected: from them alone what mends findings is made.
//!
//! A bundle keeps neither the text of a file nor a digest of it, either of which would be one of the secrets in it. It keeps masked
//! excerpts: a file that gives the same ones is the same as far as anything can be underlined in it.

use super::scanning;
use crate::excerpts::Excerpts;
use crate::facts::{Fact, Kinds};
use crate::scan::{self, Given, Sought, scan_given};
use crate::stored::Stored;
use std::collections::HashMap;
use std::fs::{self, File};
use std::sync::Arc;
use zip_audit::Place;

/// What bundles say of files of trees.
pub(super) struct Collected<'a> {
    excerpts: HashMap<&'a Place, &'a Arc<Excerpts>>,
    options: &'a scan::Options,
}

impl<'a> Collected<'a> {
    /// What these facts say, which were read from bundles.
    pub(super) fn new(facts: &'a [Fact], options: &'a scan::Options) -> Self {
        let in_trees = facts.iter().filter(|fact| fact.place.inside.is_empty());
        Self { excerpts: in_trees.map(|fact| (&fact.place, &fact.excerpts)).collect(), options }
    }

    /// The bytes of the file at a place, if it still lies there as it was collected.
    pub(super) fn read(&self, place: &Place) -> Option<Vec<u8>> {
        let collected = self.excerpts.get(place)?.write();
        let path = scanning::path_on_disk(&self.options.walk, &place.file);
        // Opening a pipe would wait for its other end.
        if !fs::metadata(&path).is_ok_and(|meta| meta.is_file()) {
            return None;
        }
        let given = Given::read(File::open(&path).ok()?, self.options).ok()?;
        let is_unchanged = |kinds: Kinds| {
            let options = scan::Options { sought: Sought::kinds(kinds), digests: false, ..self.options.clone() };
            let scanned = scan_given(&path, &given, &options, &|_, _| {});
            let facts = scanned.map(|scanned| scanned.facts).unwrap_or_default();
            facts.iter().any(|fact| fact.place == *place && fact.excerpts.write() == collected)
        };
        // As `collect` reads without and with `--nodes`.
        (is_unchanged(Kinds::usual()) || is_unchanged(Kinds::all())).then(|| given.bytes().to_vec())
    }
}
