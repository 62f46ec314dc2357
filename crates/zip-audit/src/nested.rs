//! Archives inside archives: stored ones are read in place, deflated ones are inflated under the memory budget.
//!
//! An archive for which the budget has no room now is put off until nothing else is running, and its ancestors are
//! let go meanwhile: it keeps only the way to inflate them again. Then it is alone, so what fits into the budget at all
//! is always read, whatever else the run holds, and no worker waits for another.

use super::budget::Permit;
use super::bytes::{Packed, Recipe, Source};
use super::causes::{Limit, LimitKind, UnreadCause};
use super::inflate::{Inflated, Scratch, Status, inflate};
use super::ledger::Ledger;
use super::session::Session;
use super::types::{Container, ContainerKind, Place};
use flate2::{Decompress, FlushDecompress, Status as StreamStatus};
use std::sync::Arc;

/// Below this inflated size the ratio is of no interest.
const MIN_RATIO_BYTES: u64 = 16 << 20;
/// Packed data in files is read at once up to this size, and streamed above.
const MAX_WHOLE_BYTES: u64 = 8 << 20;

/// An entry that is an archive, or named like one.
pub(super) struct Nested {
    /// The archive that it is an entry of.
    parent: Arc<Ledger>,
    name: String,
    /// For its name.
    note: Option<Permit>,
    packed: Packed,
    deflated: bool,
    /// The inflated size, as far as it is known; a guess.
    size: u64,
    /// It was put off: now nothing else is running, and there will never be more memory.
    alone: bool,
}

impl Nested {
    /// The entry of `parent`; `note` is what was taken to know of it.
    pub(super) fn new(
        parent: Arc<Ledger>,
        name: String,
        note: Permit,
        packed: Source,
        deflated: bool,
        size: u64,
    ) -> Self {
        Self { parent, name, note: Some(note), packed: Packed::Here(packed), deflated, size, alone: false }
    }

    /// Lets the memory of the ancestors go.
    fn put_off(mut self, size: u64) -> Self {
        self.packed = self.packed.released();
        self.size = size;
        self.alone = true;
        self
    }

    /// For an error in it.
    pub(super) fn place(&self) -> (Place, u32) {
        (self.parent.container.place.entry(self.name.as_str()), self.parent.container.input)
    }

    /// About how many bytes of work it is.
    pub(super) fn weight(&self) -> u64 {
        self.packed.len()
    }

    /// Whether its ancestor was let go, and is not this one.
    pub(super) fn needs_other_than(&self, kept: Option<&Kept>) -> bool {
        match &self.packed {
            Packed::Here(_) => false,
            Packed::Again(recipe, ..) => !kept.is_some_and(|kept| Arc::ptr_eq(&kept.recipe, recipe)),
        }
    }

    /// Brings back the ancestor that was let go, and keeps it for the others that come from it. To be called when
    /// nothing else is running.
    pub(super) fn bring_back(&mut self, session: &Session, kept: &mut Option<Kept>) {
        if self.needs_other_than(kept.as_ref()) {
            *kept = None;
        }
        let Packed::Again(recipe, start, len) = &self.packed else { return };
        if kept.is_none() {
            *kept = inflate_again(recipe, session).map(|source| Kept { recipe: recipe.clone(), source });
        }
        if let Some(kept) = kept {
            self.packed = Packed::Here(kept.source.sub(*start, *len));
        }
    }
}

/// An archive that was inflated again for those nested in it.
pub(super) struct Kept {
    recipe: Arc<Recipe>,
    source: Source,
}

/// Inflates bytes again, from the file on disk on. Called when nothing else is running.
fn inflate_again(recipe: &Arc<Recipe>, session: &Session) -> Option<Source> {
    // From the inside out, then back: no recursion over the depth.
    let mut chain = vec![(recipe.clone(), None)];
    let mut from = &recipe.from;
    let mut source = loop {
        match from {
            Packed::Here(source) => break source.clone(),
            Packed::Again(recipe, start, len) => {
                chain.push((recipe.clone(), Some((*start, *len))));
                from = &recipe.from;
            }
        }
    };
    while let Some((recipe, range)) = chain.pop() {
        let permit = session.budget().try_take(recipe.len)?;
        let (bytes, _) = fill(&source, recipe.len, recipe.len)?;
        session.add_inflated(bytes.len() as u64);
        source = Source::inflated(bytes, permit, recipe);
        if let Some((start, len)) = range {
            source = source.sub(start, len);
        }
    }
    Some(source)
}

/// What came of opening a nested archive.
pub(super) enum Opened {
    /// Its bytes, and the ledger for what is wrong with it.
    Archive(Source, Arc<Ledger>),
    /// There is no memory for it now.
    Later(Nested),
    /// Nothing: it is noted as unread.
    Nothing,
}

/// Opens a nested archive.
pub(super) fn open(session: &Session, mut nested: Nested) -> Opened {
    let note = nested.note.take();
    let parent = &nested.parent.container;
    // The ledger keeps this short, however many archives a limit leaves out.
    let say = |cause: UnreadCause, limit: Option<Limit>| {
        nested.parent.unread(&nested.name, cause, limit);
        Opened::Nothing
    };
    let depth = parent.depth + 1;
    let limits = session.limits();
    if depth > limits.depth {
        return say(UnreadCause::NestedTooDeep, Some((LimitKind::Depth, limits.depth.into())));
    }
    if let Some((cause, limit)) = session.exhausted() {
        return say(cause, Some(limit));
    }
    let Packed::Here(packed) = &nested.packed else {
        return say(UnreadCause::NoMemoryForParents, Some(session.memory_limit()));
    };
    let source = if nested.deflated {
        match inflate_all(session, packed, nested.size) {
            Ok((source, None)) => source,
            Ok((source, Some((cause, limit)))) => {
                let opened = say(cause, limit);
                if source.len() == 0 {
                    return opened;
                }
                source
            }
            Err(_) if nested.alone => return say(UnreadCause::NoMemory, Some(session.memory_limit())),
            Err(size) => {
                nested.note = note;
                return Opened::Later(nested.put_off(size));
            }
        }
    } else {
        packed.clone()
    };
    let place = parent.place.entry(nested.name.as_str());
    if let Some(cause) = session.not_an_archive(&source, &place) {
        if session.is_sidecar(nested.name.as_bytes()) {
            return Opened::Nothing;
        }
        return say(cause, None);
    }
    if !session.take_archive() {
        return say(UnreadCause::TooManyArchives, Some(session.entries_limit()));
    }
    let kind = ContainerKind::Archive;
    let container = Container { place, parent: Some(parent.clone()), kind, depth, input: parent.input, start: None };
    let ledger = Ledger::new(Arc::new(container), session.notes(), note);
    session.opened(&ledger);
    Opened::Archive(source, ledger)
}

/// Why an archive was inflated in part only: cause and limit.
type Cut = Option<(UnreadCause, Option<Limit>)>;

/// Inflates an archive under the budget; `Err` with the size needed when there is no room for it now.
fn inflate_all(session: &Session, packed: &Source, declared: u64) -> Result<(Source, Cut), u64> {
    let limits = session.limits();
    let by_ratio = MIN_RATIO_BYTES.max(packed.len().saturating_mul(limits.ratio));
    let by_memory = session.budget().total().saturating_sub(packed.held());
    let most = by_ratio.min(by_memory).max(1);
    let guess = if declared == 0 { packed.len().saturating_mul(4).max(4096) } else { declared };
    // Deflate packs 1032 : 1 at best.
    let mut room = guess.min(packed.len().saturating_mul(1032)).clamp(1, most);
    let mut permit = session.budget().try_take(room).ok_or(room)?;
    let (bytes, end) = loop {
        if !permit.grow(room) {
            return Err(room);
        }
        let Some((bytes, end)) = fill(packed, declared, room) else { return Err(room) };
        if end == Status::LimitReached && room < most {
            room = room.saturating_mul(2).min(most);
            continue;
        }
        break (bytes, end);
    };
    session.add_inflated(bytes.len() as u64);
    let cut = match end {
        Status::Complete => None,
        Status::Corrupt => {
            let failure = packed.failure(0, packed.len());
            Some((failure.map_or(UnreadCause::DamagedArchive, UnreadCause::CannotRead), None))
        }
        Status::LimitReached if most == by_ratio => {
            Some((UnreadCause::ArchiveTooLarge, Some((LimitKind::Ratio, limits.ratio))))
        }
        Status::LimitReached => Some((UnreadCause::CutByMemory, Some(session.memory_limit()))),
    };
    let recipe = Arc::new(Recipe { len: bytes.len() as u64, from: Packed::Here(packed.clone()).released() });
    permit.shrink(bytes.len() as u64);
    Ok((Source::inflated(bytes, permit, recipe), cut))
}

/// Inflates at most `room` bytes of `packed` into new memory.
fn fill(packed: &Source, declared: u64, room: u64) -> Option<(Vec<u8>, Status)> {
    let room = usize::try_from(room).ok()?;
    let (mut bytes, Inflated { len, end }) = if packed.in_memory() || packed.len() <= MAX_WHOLE_BYTES {
        Scratch::lend(|scratch| {
            let Scratch { inflater, spare, .. } = scratch;
            let data = packed.read(0, packed.len(), spare).unwrap_or_default();
            let mut bytes = Vec::new();
            let got = inflate(inflater, data, declared.min(room as u64), room, &mut bytes);
            (bytes, got)
        })
    } else {
        if packed.is_distant() {
            packed.announce(std::slice::from_ref(&(0..packed.len())));
        }
        from_file(packed, room)
    };
    bytes.truncate(len);
    bytes.shrink_to_fit();
    Some((bytes, end))
}

/// Inflates piece by piece, so that the packed bytes need no memory.
fn from_file(packed: &Source, most: usize) -> (Vec<u8>, Inflated) {
    let mut inflater = Decompress::new(false);
    let mut piece = Vec::new();
    let mut bytes = vec![0; most.min(1 << 20)];
    let mut len = 0;
    loop {
        let at = inflater.total_in();
        let input = packed.read(at, 256 << 10, &mut piece).unwrap_or_default();
        let Some(into) = bytes.get_mut(len..) else { return (bytes, Inflated { len, end: Status::Corrupt }) };
        let status = inflater.decompress(input, into, FlushDecompress::None);
        let before = len;
        len = usize::try_from(inflater.total_out()).unwrap_or(usize::MAX).min(bytes.len());
        match status {
            Ok(StreamStatus::StreamEnd) => return (bytes, Inflated { len, end: Status::Complete }),
            Ok(_) if len == bytes.len() && len >= most => return (bytes, Inflated { len, end: Status::LimitReached }),
            Ok(_) if len == bytes.len() => {
                let grown = bytes.len().saturating_mul(2).min(most);
                bytes.resize(grown, 0);
            }
            Ok(_) if len > before || inflater.total_in() > at => {}
            _ => return (bytes, Inflated { len, end: Status::Corrupt }),
        }
    }
}
