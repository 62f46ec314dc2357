//! What is wrong with one archive, gathered from all workers that read parts of it, and bounded.
//!
//! A hostile archive can contradict itself a million times, and hold a thousand archives that do. Each kind is one
//! [`Anomaly`] that names the first few cases by their offset and counts the others, so that the report is small and the same
//! for any number of threads. What all archives of a run have noted counts against one budget of memory; what does not fit
//! into it is counted, for each archive or, where even that is too much, for each file on disk.

use super::budget::{Budget, Permit};
use super::causes::{AnomalyKind, Limit, UnreadCause};
use super::types::{Anomaly, Container, Outcome, Place, Unread};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Cases of one kind of anomaly that are named.
const NAMED: usize = 3;
/// Entries of one archive that are listed as unread one by one.
const LISTED: usize = 100;
/// What one note counts beside its name: as much as it comes to until it is reported.
pub(super) const NOTE_BYTES: u64 = 2 << 10;
/// Characters of a name that the description of an anomaly shows.
const MAX_BRIEF_CHARS: usize = 200;

/// The notes on one archive.
pub(super) struct Ledger {
    pub(super) container: Arc<Container>,
    room: Budget,
    notes: Mutex<Notes>,
    /// For the archive itself, as long as it is known.
    _own: Option<Permit>,
}

#[derive(Default)]
struct Notes {
    anomalies: Contradictions,
    unread: BTreeSet<Unread>,
    unread_more: u64,
    /// Something did not fit into the budget.
    out_of_room: bool,
    /// Anomalies of kinds that did not fit into the budget.
    anomalies_more: u64,
}

/// How an archive contradicts itself: of each kind the first cases, and the number of all.
#[derive(Default)]
pub(super) struct Contradictions(BTreeMap<AnomalyKind, Cases>);

#[derive(Default)]
struct Cases {
    count: u64,
    first: BTreeSet<(u64, String)>,
}

impl Contradictions {
    /// Adds a case at an offset of the archive.
    pub(super) fn add(&mut self, kind: AnomalyKind, at: u64, detail: impl FnOnce() -> String) {
        let cases = self.0.entry(kind).or_default();
        cases.count += 1;
        if cases.first.len() == NAMED {
            if cases.first.last().is_some_and(|last| last.0 <= at) {
                return;
            }
            cases.first.pop_last();
        }
        cases.first.insert((at, detail()));
    }

    /// Adds all cases of another archive reader.
    pub(super) fn merge(&mut self, other: Self) {
        for (kind, cases) in other.0 {
            let unnamed = cases.count.saturating_sub(cases.first.len() as u64);
            cases.first.into_iter().for_each(|(at, detail)| self.add(kind, at, || detail));
            self.0.entry(kind).or_default().count += unnamed;
        }
    }
}

/// What did not fit into the budget of notes, counted for each input and file on disk: entries and contradictions.
#[derive(Default)]
pub(super) struct LeftOut(BTreeMap<(u32, Arc<str>), (u64, u64)>);

impl LeftOut {
    fn add(&mut self, container: &Container, entries: u64, anomalies: u64) {
        let counts = self.0.entry((container.input, container.place.file.clone())).or_default();
        counts.0 += entries;
        counts.1 += anomalies;
    }

    /// Notes the counts.
    pub(super) fn drain(self, limit: Limit, unread: &mut Vec<Unread>) {
        for ((input, file), (entries, anomalies)) in self.0 {
            let causes =
                [(entries, UnreadCause::MoreEntries(entries)), (anomalies, UnreadCause::MoreAnomalies(anomalies))];
            for (_, cause) in causes.into_iter().filter(|(count, _)| *count > 0) {
                unread.push(Unread { place: Place::on_disk(file.clone()), cause, limit: Some(limit), input });
            }
        }
    }
}

impl Ledger {
    /// The ledger of an archive. Its notes count against `room`, in which `own` was taken for the archive itself.
    pub(super) fn new(container: Arc<Container>, room: &Budget, own: Option<Permit>) -> Arc<Self> {
        Arc::new(Self { container, room: room.clone(), notes: Mutex::default(), _own: own })
    }

    fn notes(&self) -> std::sync::MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a contradiction at an offset of the archive.
    pub(super) fn anomaly(&self, kind: AnomalyKind, at: u64, detail: impl FnOnce() -> String) {
        let mut notes = self.notes();
        if notes.has_room_for(kind, &self.room, 1) {
            notes.anomalies.add(kind, at, detail);
        }
    }

    /// Notes contradictions.
    pub(super) fn anomalies(&self, found: Contradictions) {
        if found.0.is_empty() {
            return;
        }
        let mut notes = self.notes();
        for (kind, cases) in found.0 {
            if notes.has_room_for(kind, &self.room, cases.count) {
                notes.anomalies.merge(Contradictions(BTreeMap::from([(kind, cases)])));
            }
        }
    }

    /// Whether anything contradicts itself here.
    pub(super) fn has_anomaly(&self) -> bool {
        let notes = self.notes();
        !notes.anomalies.0.is_empty() || notes.anomalies_more > 0
    }

    /// Notes that an entry, or with an empty name the archive itself, was not read or not wholly.
    pub(super) fn unread(&self, name: &str, cause: UnreadCause, limit: Option<Limit>) {
        let place = if name.is_empty() { self.container.place.clone() } else { self.container.place.entry(name) };
        let unread = Unread { place, cause, limit, input: self.container.input };
        let mut notes = self.notes();
        if notes.unread.contains(&unread) {
            return;
        }
        let is_full = notes.unread.len() == LISTED;
        if is_full && notes.unread.last().is_some_and(|last| *last < unread) {
            notes.unread_more += 1;
        } else if !self.room.take(weight(&unread)) {
            notes.unread_more += 1;
            notes.out_of_room = true;
        } else {
            notes.unread.insert(unread);
            if is_full && let Some(last) = notes.unread.pop_last() {
                self.room.give(weight(&last));
                notes.unread_more += 1;
            }
        }
    }

    /// Moves the notes out, as they are reported; what there is no room for is counted in `left_out`.
    pub(super) fn drain(&self, outcome: &mut Outcome, left_out: &mut LeftOut, limit: Limit) {
        let notes = std::mem::take(&mut *self.notes());
        let Container { place, input, .. } = &*self.container;
        for (kind, cases) in notes.anomalies.0 {
            let more = cases.count.saturating_sub(cases.first.len() as u64);
            let mut detail = cases.first.into_iter().map(|(_, text)| text).collect::<Vec<_>>().join("; ");
            if more > 0 {
                detail.push_str(&format!("; and {more} more"));
            }
            outcome.anomalies.push(Anomaly { place: place.clone(), kind, detail, input: *input });
        }
        outcome.unread.extend(notes.unread);
        if notes.unread_more == 0 && notes.anomalies_more == 0 {
            return;
        }
        if !self.room.take(2 * NOTE_BYTES) {
            return left_out.add(&self.container, notes.unread_more, notes.anomalies_more);
        }
        let limit = notes.out_of_room.then_some(limit);
        let mut note = |count, cause| {
            if count > 0 {
                outcome.unread.push(Unread { place: place.clone(), cause, limit, input: *input });
            }
        };
        note(notes.unread_more, UnreadCause::MoreEntries(notes.unread_more));
        note(notes.anomalies_more, UnreadCause::MoreAnomalies(notes.anomalies_more));
    }
}

impl Notes {
    /// Whether there is room for cases of a kind; else they are counted.
    fn has_room_for(&mut self, kind: AnomalyKind, room: &Budget, cases: u64) -> bool {
        if self.anomalies.0.contains_key(&kind) {
            return true;
        }
        let has_room = room.take(2 * NOTE_BYTES);
        if !has_room {
            self.anomalies_more += cases;
            self.out_of_room = true;
        }
        has_room
    }
}

/// What a note counts against the budget, in bytes.
pub(super) fn weight(unread: &Unread) -> u64 {
    NOTE_BYTES + unread.place.inside.last().unwrap_or(&unread.place.file).len() as u64
}

/// A name as it is shown: bytes that are not UTF-8 replaced.
pub(super) fn shown(name: &[u8]) -> Cow<'_, str> {
    // The check of a whole name is far quicker than looking for the first wrong byte.
    std::str::from_utf8(name).map_or_else(|_| String::from_utf8_lossy(name), Cow::Borrowed)
}

/// A name as the description of an anomaly shows it: of a long one the beginning.
pub(super) fn brief(name: &[u8]) -> Cow<'_, str> {
    if name.len() <= MAX_BRIEF_CHARS {
        return shown(name);
    }
    // A character takes at most four bytes.
    let name = shown(name.get(..4 * MAX_BRIEF_CHARS).unwrap_or(name)).into_owned();
    match name.char_indices().nth(MAX_BRIEF_CHARS) {
        Some((end, _)) => Cow::Owned(name.get(..end).unwrap_or_default().to_owned() + "…"),
        None => Cow::Owned(name),
    }
}

/// An [`Unread`] for a place outside any archive.
pub(super) fn unread(place: Place, cause: UnreadCause, limit: Option<Limit>, input: u32) -> Unread {
    Unread { place, cause, limit, input }
}
