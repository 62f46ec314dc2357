//! One entry: what its header and the directory say of it, and its content, under every reading that they allow.

use super::records::Extra;
use super::records::{EntryHeader, FLAG_ENCRYPTED, LOCAL_LEN, Local, descriptor_len, local_len};
use super::state::{Archive, Emit, Work};
use crate::bytes::Source;
use crate::causes::{AnomalyKind, LimitKind, UnreadCause};
use crate::inflate::{Inflated, MAX_KEPT_BYTES, Status, inflate, stream, stream_len};
use crate::ledger::{brief, shown};
use crate::nested::Nested;
use crate::repeats::Seen;
use crate::session::Session;
use crate::sniff::{self, Peek};
use crate::types::{BEGINNING, PassedBy};
use libdeflater::{Decompressor, crc32};
use std::sync::Arc;

/// Below this inflated size the ratio of an entry is of no interest.
const MIN_RATIO_BYTES: u64 = 16 << 20;
/// Pieces in which large data is searched.
pub(super) const PIECE_BYTES: u64 = 1 << 20;
/// What one content may come to under all the names that it has.
const MAX_REPEATED_BYTES: u64 = 256 << 20;
/// Most packed bytes of an entry with a directory's name that are inflated to see that they hold nothing.
const MAX_EMPTY_STREAM_BYTES: u64 = 64 << 10;
/// The deflate streams of nothing that tools write: one empty block, with fixed codes or stored.
const EMPTY_STREAMS: [&[u8]; 2] = [&[3, 0], &[1, 0, 0, 0xff, 0xff]];

/// What the first bytes of an entry say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beginning {
    /// It is an archive.
    Archive,
    /// Its content is wanted.
    Wanted,
    /// It is neither.
    Other,
}

/// Bytes of an archive, of which a window is at hand.
pub(super) struct View<'a> {
    pub(super) source: &'a Source,
    /// Where the window begins.
    pub(super) start: u64,
    pub(super) bytes: &'a [u8],
}

impl<'a> View<'a> {
    /// One for entries that are read one by one.
    pub(super) fn without_window(source: &'a Source) -> Self {
        Self { source, start: 0, bytes: &[] }
    }

    /// A range of the archive, from the window, from memory, or read into `buffer`; shorter at the archive's end.
    pub(super) fn get<'b>(&'b self, start: u64, len: u64, buffer: &'b mut Vec<u8>) -> &'b [u8] {
        let len = len.min(self.source.len().saturating_sub(start));
        let inside = start.checked_sub(self.start).and_then(|from| {
            let from = usize::try_from(from).ok()?;
            self.bytes.get(from..from.checked_add(usize::try_from(len).ok()?)?)
        });
        match inside {
            Some(bytes) => bytes,
            None => self.source.read(start, len, buffer).unwrap_or_default(),
        }
    }
}

/// What a worker needs to read entries of one archive.
pub(super) struct Reader<'a, 'j> {
    pub(super) session: &'a Session<'a>,
    pub(super) archive: &'a Arc<Archive>,
    pub(super) emit: Emit<'j>,
    pub(super) inflater: &'a mut Decompressor,
    pub(super) out: &'a mut Vec<u8>,
    pub(super) spare: &'a mut Vec<u8>,
    pub(super) header: &'a mut Vec<u8>,
    /// Inflate whatever the name, to see whether an entry is what its header says.
    pub(super) verify: bool,
    /// The last entry was sound, or is an archive that is looked into by itself.
    pub(super) handled: bool,
    /// Bytes that this reader inflated.
    pub(super) inflated: u64,
    /// Of these, what came to no sound end or was read before.
    pub(super) wasted: u64,
    /// Bytes that it inflated and files that it saw since it last counted them for the session.
    uncounted: Counts,
    ticks: u8,
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    inflated: u64,
    files: u64,
}

impl Drop for Reader<'_, '_> {
    fn drop(&mut self) {
        self.flush_counts();
    }
}

/// The buffers of a worker that a [`Reader`] uses.
pub(super) struct Buffers<'a> {
    pub(super) inflater: &'a mut Decompressor,
    pub(super) out: &'a mut Vec<u8>,
    pub(super) spare: &'a mut Vec<u8>,
    pub(super) header: &'a mut Vec<u8>,
}

/// Where the data of an entry lies, and how it is packed, in one reading of its records.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Reading {
    data: u64,
    packed: u64,
    method: u16,
}

impl<'a, 'j> Reader<'a, 'j> {
    pub(super) fn new(
        session: &'a Session<'a>,
        archive: &'a Arc<Archive>,
        emit: Emit<'j>,
        scratch: Buffers<'a>,
    ) -> Self {
        let Buffers { inflater, out, spare, header } = scratch;
        Self {
            session,
            archive,
            emit,
            inflater,
            out,
            spare,
            header,
            verify: false,
            handled: true,
            inflated: 0,
            wasted: 0,
            uncounted: Counts::default(),
            ticks: 0,
        }
    }

    pub(super) fn count_inflated(&mut self, bytes: u64) {
        self.inflated += bytes;
        self.uncounted.inflated += bytes;
    }

    fn flush_counts(&mut self) {
        let Counts { inflated, files } = std::mem::take(&mut self.uncounted);
        self.session.count(inflated, files);
    }

    /// Whether the limits of the run leave room for more; if not, says so once for the archive.
    pub(super) fn may_go_on(&mut self) -> bool {
        // The counters are shared by all threads, so that every use of them costs as much as a small entry.
        if self.uncounted.inflated > self.session.limits().inflated / 4096 {
            self.flush_counts();
        }
        // The clock is asked at the first entry and now and then after it.
        self.ticks = self.ticks.wrapping_add(1);
        let exhausted = if self.ticks % 16 == 1 { self.session.exhausted() } else { self.session.inflated_enough() };
        match exhausted {
            None => true,
            Some((cause, limit)) => {
                self.archive.stop(cause, limit);
                false
            }
        }
    }

    /// Reads the entry that `claim` speaks of and visits it under `names` and the one in its local header.
    ///
    /// `listed` says that the claim comes from a directory. Gives the offset of the first byte after the entry.
    pub(super) fn entry(&mut self, view: &View, claim: &EntryHeader, names: &[&[u8]], listed: bool) -> u64 {
        let mut buffer = std::mem::take(self.header);
        let end = self.with_header(view, claim, names, listed, &mut buffer);
        *self.header = buffer;
        end
    }

    fn with_header(
        &mut self,
        view: &View,
        claim: &EntryHeader,
        names: &[&[u8]],
        listed: bool,
        buffer: &mut Vec<u8>,
    ) -> u64 {
        let longest = names.iter().map(|name| name.len() as u64).max().unwrap_or(256);
        let mut len = LOCAL_LEN + longest + 64;
        let exact = local_len(view.get(claim.header, LOCAL_LEN, buffer)).unwrap_or(LOCAL_LEN);
        len = if exact > len { exact } else { len };
        let ledger = &self.archive.ledger;
        let first = names.first().copied().unwrap_or_default();
        let Some(local) = Local::parse(view.get(claim.header, len, buffer), claim.header) else {
            if let Some(error) = view.source.failure(claim.header, len) {
                ledger.unread(&shown(first), UnreadCause::CannotRead(error), None);
                return claim.header;
            }
            let why = || format!("{} is listed at a place where there is no entry", brief(first));
            ledger.anomaly(AnomalyKind::DirectoryBroken, claim.header, why);
            ledger.unread(&shown(first), UnreadCause::NoEntryThere, None);
            return claim.header;
        };
        let extended: Vec<&[u8]>;
        let mut names = names;
        let unicode = if local.extra.is_empty() { None } else { Extra(local.extra).unicode_path() };
        let unknown = |name: &&[u8]| !names.contains(name);
        if !names.is_empty() && (unknown(&local.name) || unicode.is_some_and(|name| unknown(&name))) {
            extended = names.iter().copied().chain([local.name]).chain(unicode).collect();
            names = &extended;
            let other =
                if unknown_in(&extended, first, local.name) { local.name } else { unicode.unwrap_or(local.name) };
            let why = || format!("{} is called {} in its own header", brief(first), brief(other));
            ledger.anomaly(AnomalyKind::NameMismatch, claim.header, why);
        }
        let meant: Vec<&[u8]>;
        if names.iter().any(|name| name.ends_with(b"/") || memchr::memchr(0, name).is_some()) {
            meant = self.meant(view, claim, &local, names);
            names = &meant;
        }
        let primary = Reading { data: local.data, packed: claim.packed, method: claim.method };
        let other = if listed { self.compare(claim, &local, first) } else { None };
        self.read(view, claim, &local, names, primary, true);
        if let Some(other) = other.filter(|other| *other != primary) {
            self.read(view, claim, &local, names, other, false);
        }
        self.end(view, claim, &local, first)
    }

    /// The names under which some readers see an entry with a content, though its name is a directory's for Java, or goes
    /// on behind a NUL, where a reader written in C ends it.
    fn meant<'n>(&mut self, view: &View, claim: &EntryHeader, local: &Local, names: &[&'n [u8]]) -> Vec<&'n [u8]> {
        let of = |header: &EntryHeader| Reading { data: local.data, packed: header.packed, method: header.method };
        let named_directory = names.iter().any(|name| name.ends_with(b"/"));
        let has_content =
            named_directory && !(self.holds_nothing(view, of(claim)) && self.holds_nothing(view, of(&local.claim)));
        let ledger = &self.archive.ledger;
        let mut meant = Vec::with_capacity(names.len());
        for &name in names {
            match name.strip_suffix(b"/").filter(|_| has_content) {
                None => meant.push(name),
                Some(file) => {
                    let why = || format!("{} is a directory with content", brief(name));
                    ledger.anomaly(AnomalyKind::DirectoryContent, claim.header, why);
                    meant.push(file);
                }
            }
            if let Some(end) = memchr::memchr(0, name) {
                let why = || format!("{} has a NUL in its name, where some readers end it", brief(name));
                ledger.anomaly(AnomalyKind::NameMismatch, claim.header, why);
                meant.extend(name.get(..end));
            }
        }
        meant
    }

    /// Whether an entry has no content in this reading: no bytes, or a deflate stream of nothing that fills it.
    fn holds_nothing(&mut self, view: &View, reading: Reading) -> bool {
        let Reading { data, packed, method } = reading;
        if packed == 0 {
            return true;
        }
        if method != 8 || packed > MAX_EMPTY_STREAM_BYTES {
            return false;
        }
        let bytes = view.get(data, packed, self.spare);
        if EMPTY_STREAMS.contains(&bytes) {
            return true;
        }
        let (Inflated { len, end }, taken) = stream(bytes, 1, self.out);
        len == 0 && end == Status::Complete && taken as u64 == packed
    }

    /// Notes where the local header says something else than the directory; gives the reading that follows from it.
    fn compare(&self, claim: &EntryHeader, local: &Local, name: &[u8]) -> Option<Reading> {
        let ledger = &self.archive.ledger;
        let own = local.claim;
        let mut other = Reading { data: local.data, packed: claim.packed, method: claim.method };
        if own.method != claim.method {
            let why = || {
                let (own, listed) = (own.method, claim.method);
                format!("{} is packed by method {own} in its own header, {listed} in the directory", brief(name))
            };
            ledger.anomaly(AnomalyKind::MethodMismatch, claim.header, why);
            other.method = own.method;
        }
        if (own.flags ^ claim.flags) & FLAG_ENCRYPTED != 0 {
            let why = || format!("{} is encrypted in only one of its headers", brief(name));
            ledger.anomaly(AnomalyKind::EncryptionMismatch, claim.header, why);
        }
        if !local.streamed() {
            if own.packed != claim.packed || own.size != claim.size {
                let why = || {
                    format!(
                        "{} has {} bytes ({} packed) in its own header, {} ({} packed) in the directory",
                        brief(name),
                        own.size,
                        own.packed,
                        claim.size,
                        claim.packed
                    )
                };
                ledger.anomaly(AnomalyKind::SizeMismatch, claim.header, why);
                other.packed = own.packed;
                // Who reads by local headers goes on where this entry ends by its own account.
                let ends = local.data.saturating_add(own.packed);
                self.archive.gap(ends..local.data.saturating_add(claim.packed).min(self.archive.source.len()), true);
            }
            if own.crc != claim.crc {
                let why = || format!("{} has two different checksums", brief(name));
                ledger.anomaly(AnomalyKind::CrcMismatch, claim.header, why);
            }
        }
        Some(other)
    }

    /// Reads the content in one way and hands it on.
    fn read(
        &mut self,
        view: &View,
        claim: &EntryHeader,
        local: &Local,
        names: &[&[u8]],
        reading: Reading,
        primary: bool,
    ) {
        let first = names.first().copied().unwrap_or(local.name);
        if first.ends_with(b"/") && reading.packed == 0 {
            self.handled = true;
            return;
        }
        let Reading { data, packed, method } = reading;
        let there = packed.min(view.source.len().saturating_sub(data));
        if there < packed {
            self.archive.ledger.unread(&shown(first), UnreadCause::CutOff, None);
        }
        if method != 0 && method != 8 {
            if primary {
                self.uncounted.files += 1;
                self.archive.ledger.unread(&shown(first), UnreadCause::UnknownMethod(method), None);
            }
            return;
        }
        let encrypted = (claim.flags | local.claim.flags) & FLAG_ENCRYPTED != 0;
        let reading = Reading { packed: there, ..reading };
        let wanted = names.iter().any(|name| self.session.wants(name)) || encrypted || self.verify;
        let beginning = if wanted { Beginning::Wanted } else { self.beginning(view, names, reading) };
        let archive = if beginning == Beginning::Wanted {
            let may_repeat = primary && wanted && method == 8 && there == packed && !encrypted && !self.verify;
            let seen = if may_repeat { self.seen(view, claim, names, reading) } else { None };
            if seen == Some(Seen::Known) {
                self.handled = true;
                self.count_inflated(claim.size);
                false
            } else {
                self.content(view, claim, local, names, reading, there < packed, encrypted, seen)
            }
        } else if beginning == Beginning::Archive {
            self.nested(claim, first, reading);
            true
        } else if self.session.is_other_archive(first) && !self.session.is_sidecar(first) {
            // Not inflated: it is not looked into, whatever it holds.
            self.archive.ledger.unread(&shown(first), UnreadCause::OtherArchive, None);
            false
        } else {
            if method == 8 && self.archive.searches_packed(self.session) {
                self.search_behind_stream(view, local.data, there);
            }
            if primary {
                let ledger = &self.archive.ledger;
                self.session.pass_by(&|| ledger.container.place.entry(shown(first)), PassedBy::Unwanted);
            }
            false
        };
        if primary && !archive {
            self.uncounted.files += 1;
        }
    }

    /// Whether the content of an ordinary file was there before; `None` for any other file.
    fn seen(&mut self, view: &View, claim: &EntryHeader, names: &[&[u8]], reading: Reading) -> Option<Seen> {
        let [name] = names else { return None };
        if !self.session.is_ordinary(&self.archive.ledger.container, &shown(name)) {
            return None;
        }
        let packed = view.get(reading.data, reading.packed, self.spare);
        Some(self.session.repeats.look(claim.crc, claim.size, packed))
    }

    /// Inflates the content and visits it; says whether it is an archive. `seen` is what is known of an ordinary file.
    #[expect(clippy::too_many_arguments, reason = "one step of reading, called from one place")]
    fn content(
        &mut self,
        view: &View,
        claim: &EntryHeader,
        local: &Local,
        names: &[&[u8]],
        reading: Reading,
        cut: bool,
        encrypted: bool,
        seen: Option<Seen>,
    ) -> bool {
        let Self { session, archive, inflater, out, spare, inflated: all, uncounted, .. } = self;
        let ledger = &archive.ledger;
        let first = names.first().copied().unwrap_or(local.name);
        let limits = session.limits();
        let by_ratio = MIN_RATIO_BYTES.max(reading.packed.saturating_mul(limits.ratio));
        let most = limits.text.min(by_ratio);
        let room = usize::try_from(most).unwrap_or(usize::MAX);
        // Deflate grows what it cannot pack by a few bytes in 64 KiB only.
        let large = |size: u64| size > MAX_KEPT_BYTES as u64;
        let mut alone = large(reading.packed).then(|| session.alone_with_large_text());
        if let Some(large) = &mut alone {
            std::mem::swap(&mut **spare, &mut large.packed);
        }
        let data = view.get(reading.data, reading.packed.min(most + most / 8 + 1024), spare);
        let (bytes, end) = if reading.method == 0 {
            let end = if reading.packed > most { Status::LimitReached } else { Status::Complete };
            (data.get(..room.min(data.len())).unwrap_or_default(), end)
        } else {
            if let Some(large) = &mut alone {
                std::mem::swap(&mut **out, &mut large.text);
            }
            let first = if alone.is_some() { room } else { room.min(MAX_KEPT_BYTES) };
            let mut inflated = inflate(inflater, data, claim.size, first, out);
            if inflated.end == Status::LimitReached && first < room {
                let mut large = session.alone_with_large_text();
                std::mem::swap(&mut **out, &mut large.text);
                alone = Some(large);
                inflated = inflate(inflater, data, claim.size, room, out);
            }
            (out.get(..inflated.len).unwrap_or_default(), inflated.end)
        };
        *all += bytes.len() as u64;
        uncounted.inflated += bytes.len() as u64;
        let failure = view.source.failure(reading.data, reading.packed);
        let sum = crc32(bytes);
        let sound = end == Status::Complete && (sum == claim.crc || !local.streamed() && sum == local.claim.crc);
        if let Some(error) = failure.filter(|_| !sound) {
            ledger.unread(&shown(first), UnreadCause::CannotRead(error), None);
            return false;
        }
        if encrypted && !sound {
            ledger.unread(&shown(first), UnreadCause::Encrypted, None);
            return false;
        }
        self.handled |= sound;
        let partial = cut || !sound;
        match end {
            Status::Corrupt if !cut => ledger.unread(&shown(first), UnreadCause::DamagedData, None),
            Status::LimitReached => {
                let limit =
                    if most < limits.text { (LimitKind::Ratio, limits.ratio) } else { (LimitKind::Text, limits.text) };
                ledger.unread(&shown(first), UnreadCause::TooLarge, Some(limit));
            }
            Status::Complete if !sound && !cut => {
                ledger.unread(&shown(first), UnreadCause::WrongChecksum, None);
            }
            _ => {}
        }
        if end == Status::Complete && !cut && bytes.len() as u64 != claim.size {
            let why = || format!("{} inflates to {} bytes, but claims {}", brief(first), bytes.len(), claim.size);
            ledger.anomaly(AnomalyKind::SizeMismatch, claim.header, why);
        }
        let suspicious = is_suspiciously_large(data.len(), bytes.len());
        let measured = suspicious || archive.measures_streams(session, data.len());
        let mut has_slack = false;
        if sound && !cut && reading.method == 8 && measured {
            let slack = data.get(stream_len(data)..).unwrap_or_default();
            if slack.iter().any(|&byte| byte != 0) {
                has_slack = true;
                let why = || format!("there are {} bytes behind the packed data of {}", slack.len(), brief(first));
                ledger.anomaly(AnomalyKind::UnclaimedData, claim.header, why);
            }
        }
        let nothing = seen.is_some() && session.holds_nothing(bytes);
        let is_plain = sound && !cut && !suspicious && !has_slack && bytes.len() as u64 == claim.size;
        let is_kept = seen == Some(Seen::Again) && is_plain;
        let mut visited: Option<&[u8]> = None;
        let mut repeated = 0;
        let wanted = names.iter().copied().filter(|name| !nothing && session.wants_content(name, bytes));
        for name in wanted {
            if repeated > MAX_REPEATED_BYTES {
                let limit = (LimitKind::SharedBytes, MAX_REPEATED_BYTES);
                ledger.unread(&shown(name), UnreadCause::TooManyNames, Some(limit));
                break;
            }
            if visited.replace(name) != Some(name) {
                repeated += bytes.len() as u64;
                session.visit(&ledger.container, &shown(name), bytes, partial, |cause| {
                    ledger.unread(&shown(name), cause, None);
                });
            }
        }
        let archive_inside = sniff::is_archive(bytes) || names.iter().any(|name| session.is_named_zip(name));
        if let Some(large) = &mut alone {
            large.take_larger(out, spare);
        }
        drop(alone);
        if archive_inside {
            self.nested(claim, first, reading);
        } else if reading.method == 8 {
            let found = self.search_behind_stream(view, reading.data, reading.packed);
            if nothing && is_kept && !found {
                let packed = view.get(reading.data, reading.packed, self.spare);
                self.session.repeats.keep(claim.crc, claim.size, packed);
            }
        }
        archive_inside
    }

    /// What the content is, by its first bytes.
    fn beginning(&mut self, view: &View, names: &[&[u8]], reading: Reading) -> Beginning {
        let session = self.session;
        if names.iter().any(|name| session.is_named_zip(name)) {
            return Beginning::Archive;
        }
        if reading.packed < 4 {
            return Beginning::Other;
        }
        let said = |first: &[u8]| {
            if sniff::is_archive(first) {
                Beginning::Archive
            } else if names.iter().any(|name| session.wants_content(name, first)) {
                Beginning::Wanted
            } else {
                Beginning::Other
            }
        };
        if reading.method == 0 {
            return said(view.get(reading.data, reading.packed.min(BEGINNING as u64), self.spare));
        }
        let looks = names.iter().any(|name| session.wants_look(name));
        // An in-memory slice is free, a file is read in growing pieces.
        let mut len = if view.source.in_memory() { reading.packed.min(PIECE_BYTES) } else { 384 };
        loop {
            let len_now = len.min(reading.packed);
            let packed = view.get(reading.data, len_now, self.spare);
            let (peek, first) = sniff::peek(packed, &session.beginnings, if looks { sniff::COMPARED } else { 0 });
            if peek == Peek::No && (!looks || !names.iter().any(|name| session.may_want_beginning(name, first.bytes())))
            {
                return Beginning::Other;
            }
            let mut first = [0; BEGINNING];
            let (first, more) = sniff::first_bytes(packed, &mut first);
            if !more || len_now == reading.packed || len > (64 << 20) {
                return said(first);
            }
            len *= 8;
        }
    }

    fn nested(&mut self, claim: &EntryHeader, name: &[u8], reading: Reading) {
        self.handled = true;
        let packed = self.archive.source.sub(reading.data, reading.packed);
        let parent = self.archive.ledger.clone();
        let size = if reading.method == 0 { 0 } else { claim.size };
        let Some(note) = self.session.take_note_of_archive(name) else {
            return parent.unread(&shown(name), UnreadCause::NoMemory, Some(self.session.memory_limit()));
        };
        let nested = Nested::new(parent, shown(name).into(), note, packed, reading.method != 0, size);
        (self.emit)(Work::Nested(nested));
    }

    /// Where the entry ends, its data descriptor included.
    fn end(&mut self, view: &View, claim: &EntryHeader, local: &Local, name: &[u8]) -> u64 {
        let end = local.data.saturating_add(claim.packed).min(view.source.len());
        let after = view.get(end, 24, self.spare);
        // Without either, padding after an empty entry would look like a descriptor of zeros.
        if !local.streamed() && !after.starts_with(b"PK\x07\x08") {
            return end;
        }
        let descriptor = descriptor_len(after, claim);
        let consistent = local.claim.packed == claim.packed && local.claim.size == claim.size;
        match descriptor {
            Some(len) => end + len,
            None if local.streamed() && !consistent => {
                let why = || format!("{} has no data descriptor that says the same as the directory", brief(name));
                self.archive.ledger.anomaly(AnomalyKind::DescriptorMismatch, claim.header, why);
                end
            }
            _ => end,
        }
    }
}

/// Whether a stream takes so many bytes for what it inflates to that some of them may be no part of it. Text packs to less;
/// finding out takes a second, slower inflater, which is too much to do for every entry.
fn is_suspiciously_large(packed: usize, inflated: usize) -> bool {
    packed > inflated / 4 * 3 + 64
}

fn unknown_in(names: &[&[u8]], first: &[u8], name: &[u8]) -> bool {
    names.contains(&name) && name != first
}
