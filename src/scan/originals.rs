//! The bytes of single files, found by the walk that a scan does.

use super::Options;
use crate::documents::AemLayout;
use crate::workers::lock;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use zip_audit::{File, Layout, Place, Visitor};

/// A file as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Original {
    /// All of its bytes.
    Bytes(Vec<u8>),
    /// It cannot be said what it holds: it could not be read to its end, or two readers see different bytes.
    Uncertain,
}

/// The files at the `wanted` places, as far as a walk of the inputs leads to them.
pub fn originals(inputs: &[PathBuf], options: &Options, wanted: &BTreeSet<Place>) -> BTreeMap<Place, Original> {
    let names = wanted.iter().map(|place| last_segment(place.inside.last().unwrap_or(&place.file)).as_bytes().to_vec());
    let reader = OriginalReader { wanted, names: names.collect(), found: Mutex::default() };
    zip_audit::walk(inputs, &options.walk, &reader);
    reader.found.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn last_segment(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Keeps the files that are wanted.
struct OriginalReader<'w> {
    wanted: &'w BTreeSet<Place>,
    /// Their last segments.
    names: BTreeSet<Vec<u8>>,
    found: Mutex<BTreeMap<Place, Original>>,
}

impl Visitor for OriginalReader<'_> {
    fn layout(&self) -> &dyn Layout {
        &AemLayout
    }

    fn wants(&self, name: &[u8]) -> bool {
        let last = name.rsplit(|&byte| byte == b'/').next().unwrap_or(name);
        self.names.contains(last)
    }

    fn file(&self, file: File<'_>) {
        let place = file.place();
        if !self.wanted.contains(&place) {
            return;
        }
        let original = if file.partial { Original::Uncertain } else { Original::Bytes(file.bytes.to_vec()) };
        let mut found = lock(&self.found);
        match found.get(&place) {
            Some(known) if *known != original => {
                found.insert(place, Original::Uncertain);
            }
            Some(_) => {}
            None => {
                found.insert(place, original);
            }
        }
    }
}
