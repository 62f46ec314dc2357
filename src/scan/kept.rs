//! What is kept of the files that were read, until all of them can be judged: bounded over the whole run.

use crate::facts::FileFacts;
use crate::facts::extract::Role;
use crate::facts::walked::{Cause, NotAnalysed};
use crate::workers::lock;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use zip_audit::{Container, File, LimitKind, Place};

/// What a note on a file counts, until it is reported.
const NOTE_BYTES: u64 = 2 << 10;
/// How many bytes of memory a byte of a workspace filter or of package properties comes to, at most.
const ROLE_FACTOR: u64 = 8;

/// The memory for what is kept.
#[derive(Debug)]
pub(crate) struct Kept {
    /// Bytes that may be held.
    most: u64,
    held: AtomicU64,
    /// What was not kept wholly, for each directory or archive that holds files.
    left_out: Mutex<BTreeMap<(u32, Place), Lost>>,
}

/// The files of one directory or archive of which not all is kept.
#[derive(Debug, Default)]
struct Lost {
    clipped: Files,
    left_out: Files,
}

#[derive(Debug, Default)]
struct Files {
    count: u64,
    /// The file, as long as it is the only one.
    first: Option<Place>,
}

impl Kept {
    pub(crate) fn new(most: u64) -> Self {
        Self { most, held: AtomicU64::new(0), left_out: Mutex::default() }
    }

    /// Bytes that may be held.
    pub(crate) fn most(&self) -> u64 {
        self.most
    }

    /// Takes the memory for the facts of a file; above the half of it only the beginnings of their values are kept.
    /// `false` if there is no memory for them at all. `bytes` is the size of the file.
    pub(crate) fn take_facts(&self, facts: &mut FileFacts, bytes: usize) -> bool {
        let role = if matches!(facts.role, Role::Content) { 0 } else { ROLE_FACTOR * bytes as u64 };
        let whole = facts.weight() as u64 + role;
        if self.take(whole, self.most / 2) {
            return true;
        }
        facts.clip();
        let clipped = facts.weight() as u64 + role;
        let is_kept = self.take(clipped, self.most);
        if !is_kept {
            self.lose(&facts.container, &facts.place, |lost| &mut lost.left_out);
        } else if clipped < whole {
            self.lose(&facts.container, &facts.place, |lost| &mut lost.clipped);
        }
        is_kept
    }

    /// Takes the memory for a note on a file; `false` if there is none, which then is noted of the directory or archive.
    pub(super) fn take_note(&self, file: &File<'_>) -> bool {
        let is_kept = self.take(NOTE_BYTES + file.name.len() as u64, self.most);
        if !is_kept {
            self.lose(file.container, &file.place(), |lost| &mut lost.left_out);
        }
        is_kept
    }

    fn take(&self, bytes: u64, most: u64) -> bool {
        let add = |held: u64| held.checked_add(bytes).filter(|held| *held <= most);
        self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).is_ok()
    }

    fn lose(&self, container: &Container, place: &Place, of: impl FnOnce(&mut Lost) -> &mut Files) {
        let mut left_out = lock(&self.left_out);
        let files = of(left_out.entry((container.input, container.place.clone())).or_default());
        files.count += 1;
        files.first = (files.count == 1).then(|| place.clone());
    }

    /// What was not kept wholly.
    pub(crate) fn left_out(self) -> Vec<NotAnalysed> {
        let limit = Some((LimitKind::Memory, self.most));
        let left_out = self.left_out.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut all = Vec::new();
        for ((input, container), lost) in left_out {
            let causes = [
                (Cause::ValuesClipped(lost.clipped.count), lost.clipped),
                (Cause::FactsLeftOut(lost.left_out.count), lost.left_out),
            ];
            for (cause, files) in causes.into_iter().filter(|(_, files)| files.count > 0) {
                let place = files.first.unwrap_or_else(|| container.clone());
                all.push(NotAnalysed { place, cause, limit, input });
            }
        }
        all
    }
}
