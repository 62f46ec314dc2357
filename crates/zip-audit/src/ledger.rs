//! What is wrong with one archive, gathered from all workers that read parts of it, and bounded.
//!
//! A hostile archive can contradict itself a million times. Each kind is one [`Anomaly`] that names the
//! first few cases by their offset and counts the others, so that the report is small and the same for any number of
//! threads.

use super::causes::{AnomalyKind, Limit, UnreadCause};
use super::types::{Anomaly, Container, Place, Unread};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Cases of one kind of anomaly that are named.
const NAMED: usize = 3;
/// Entries of one archive that are listed as unread one by one.
const LISTED: usize = 100;

/// The notes on one archive.
pub(super) struct Ledger {
    pub(super) container: Arc<Container>,
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    anomalies: BTreeMap<AnomalyKind, Cases>,
    unread: BTreeSet<Unread>,
    unread_more: u64,
}

#[derive(Default)]
struct Cases {
    count: u64,
    first: BTreeSet<(u64, String)>,
}

impl Ledger {
    pub(super) fn new(container: Arc<Container>) -> Arc<Self> {
        Arc::new(Self { container, notes: Mutex::default() })
    }

    fn notes(&self) -> std::sync::MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a contradiction at an offset of the archive.
    pub(super) fn anomaly(&self, kind: AnomalyKind, at: u64, detail: impl FnOnce() -> String) {
        let mut notes = self.notes();
        let cases = notes.anomalies.entry(kind).or_default();
        cases.count += 1;
        if cases.first.len() == NAMED {
            if cases.first.last().is_some_and(|last| last.0 <= at) {
                return;
            }
            cases.first.pop_last();
        }
        cases.first.insert((at, detail()));
    }

    /// Whether anything contradicts itself here.
    pub(super) fn has_anomaly(&self) -> bool {
        !self.notes().anomalies.is_empty()
    }

    /// Notes that an entry, or with an empty name the archive itself, was not read or not wholly.
    pub(super) fn unread(&self, name: &str, cause: UnreadCause, limit: Option<Limit>) {
        let place = if name.is_empty() { self.container.place.clone() } else { self.container.place.entry(name) };
        let unread = Unread { place, cause, limit, input: self.container.input };
        let mut notes = self.notes();
        if notes.unread.insert(unread) && notes.unread.len() > LISTED {
            notes.unread.pop_last();
            notes.unread_more += 1;
        }
    }

    /// Moves the notes out, as they are reported.
    pub(super) fn drain(&self, anomalies: &mut Vec<Anomaly>, unread: &mut Vec<Unread>) {
        let notes = std::mem::take(&mut *self.notes());
        let Container { place, input, .. } = &*self.container;
        for (kind, cases) in notes.anomalies {
            let more = cases.count.saturating_sub(cases.first.len() as u64);
            let mut detail = cases.first.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("; ");
            if more > 0 {
                detail.push_str(&format!("; and {more} more"));
            }
            anomalies.push(Anomaly { place: place.clone(), kind, detail, input: *input });
        }
        unread.extend(notes.unread);
        if notes.unread_more > 0 {
            let cause = UnreadCause::MoreEntries(notes.unread_more);
            unread.push(Unread { place: place.clone(), cause, limit: None, input: *input });
        }
    }
}

/// A name as it is shown: bytes that are not UTF-8 replaced.
pub(super) fn shown(name: &[u8]) -> std::borrow::Cow<'_, str> {
    // The check of a whole name is far quicker than looking for the first wrong byte.
    std::str::from_utf8(name).map_or_else(|_| String::from_utf8_lossy(name), std::borrow::Cow::Borrowed)
}

/// An [`Unread`] for a place outside any archive.
pub(super) fn unread(place: Place, cause: UnreadCause, limit: Option<Limit>, input: u32) -> Unread {
    Unread { place, cause, limit, input }
}
