//! Files that a scan takes to be other than they are: what a fix would make of them.

use crate::edits::Edited;
use std::collections::BTreeMap;
use zip_audit::{File, Place};

/// What becomes of files, by their places before.
#[derive(Clone, Debug, Default)]
pub struct Overlay(BTreeMap<Place, Edited>);

impl Overlay {
    /// Whether all files are what they are.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes the file at `place` for what becomes of it.
    pub fn insert(&mut self, place: Place, edited: Edited) {
        self.0.insert(place, edited);
    }

    /// What becomes of the file at `place`; `None` if nothing does.
    pub fn get(&self, place: &Place) -> Option<&Edited> {
        self.0.get(place)
    }

    /// Every file of which something becomes.
    pub fn iter(&self) -> impl Iterator<Item = (&Place, &Edited)> {
        self.0.iter()
    }

    /// The place of a file before it was moved to `place`.
    pub fn origin(&self, place: &Place) -> Place {
        let is_from = |(from, edited): &(&Place, &Edited)| matches!(edited, Edited::Moved(name, _) if moved(from, name) == *place);
        self.0.iter().find(is_from).map_or_else(|| place.clone(), |(from, _)| from.clone())
    }

    /// Hands `visit` the file that takes the place of `file`, if one does.
    pub(super) fn look(&self, file: File<'_>, visit: impl FnOnce(File<'_>)) {
        if self.0.is_empty() {
            return visit(file);
        }
        match self.0.get(&file.place()) {
            None => visit(file),
            Some(Edited::Gone) => {}
            Some(Edited::Content(bytes)) => visit(File { bytes, partial: false, ..file }),
            Some(Edited::Moved(name, bytes)) => {
                visit(File { bytes, name: &sibling(file.name, name), partial: false, ..file })
            }
        }
    }
}

/// The path of the file `name` in the folder of the file `path`.
pub(crate) fn sibling(path: &str, name: &str) -> String {
    path.rsplit_once('/').map_or_else(|| name.to_owned(), |(folder, _)| format!("{folder}/{name}"))
}

/// The place of the file `name` in the folder of the file at `place`.
pub fn moved(place: &Place, name: &str) -> Place {
    match place.inside.split_last() {
        None => Place::on_disk(sibling(&place.file, name)),
        Some((last, around)) => Place { file: place.file.clone(), inside: around.into() }.entry(sibling(last, name)),
    }
}
