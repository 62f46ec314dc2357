//! Contents that were read before in the same walk and held nothing: packages have the same small files hundreds of times.
//!
//! A content is known by its packed bytes, all of which are compared: checksum and size only say where to look, since
//! anybody can make two contents agree in both. What cannot be decided at once is read as any other.

use std::sync::{Mutex, TryLockError};

/// Packed bytes of a content that is remembered, at most. Larger ones are hardly ever repeated.
const MAX_PACKED_BYTES: usize = 1 << 10;
/// Contents that are remembered at one time: together at most a mebibyte.
const MAX_CONTENTS: usize = 1 << 10;

/// Contents that held nothing.
#[derive(Default)]
pub(super) struct Repeats(Mutex<Vec<Slot>>);

/// The last content with a checksum that leads here.
#[derive(Clone, Default)]
struct Slot {
    crc: u32,
    size: u64,
    /// Its packed bytes, once it came a second time and held nothing.
    packed: Option<Box<[u8]>>,
}

/// Whether a content was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// Not that anybody knows.
    New,
    /// One that agrees in checksum and size was. If nothing is in it, it is worth [keeping](Repeats::keep).
    Again,
    /// This one was, and it held nothing.
    Known,
}

impl Repeats {
    /// Looks for the content of `size` bytes with the checksum `crc` that is packed as `packed`.
    pub(super) fn look(&self, crc: u32, size: u64, packed: &[u8]) -> Seen {
        if packed.len() > MAX_PACKED_BYTES {
            return Seen::New;
        }
        self.with_slot(crc, |slot| {
            if (slot.crc, slot.size) != (crc, size) {
                *slot = Slot { crc, size, packed: None };
                return Seen::New;
            }
            match &slot.packed {
                None => Seen::Again,
                Some(known) if **known == *packed => Seen::Known,
                Some(_) => Seen::New,
            }
        })
        .unwrap_or(Seen::New)
    }

    /// Remembers that a content, which was [seen before](Seen::Again), holds nothing.
    pub(super) fn keep(&self, crc: u32, size: u64, packed: &[u8]) {
        self.with_slot(crc, |slot| {
            if (slot.crc, slot.size) == (crc, size) {
                slot.packed = Some(packed.into());
            }
        });
    }

    /// `None` while another thread looks: waiting would cost more than reading a small file.
    fn with_slot<T>(&self, crc: u32, work: impl FnOnce(&mut Slot) -> T) -> Option<T> {
        let mut slots = match self.0.try_lock() {
            Ok(slots) => slots,
            Err(TryLockError::Poisoned(slots)) => slots.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        if slots.is_empty() {
            slots.resize(MAX_CONTENTS, Slot::default());
        }
        slots.get_mut(crc as usize % MAX_CONTENTS).map(work)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::options;
    use crate::testing::zipbytes::{Archive, Entry};
    use crate::types::{Container, File, Outcome, Visitor};
    use crate::{UnreadCause, walk_bytes};
    use std::collections::BTreeSet;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    const NOTHING: &[u8] = b"<jcr:root jcr:primaryType=\"nt:file\"/>";
    const CANARY: &[u8] = b"<jcr:root canary=\"one of this size\"  />";

    /// Takes XML files for ordinary, and those without a canary for nothing.
    #[derive(Default)]
    struct Ordinary {
        looks: AtomicU64,
        files: Mutex<BTreeSet<String>>,
    }

    impl Visitor for Ordinary {
        fn wants(&self, name: &[u8]) -> bool {
            name.ends_with(b".xml") || name.ends_with(b".config")
        }

        fn is_ordinary(&self, archive: &Arc<Container>, name: &str) -> bool {
            archive.depth > 0 && name.ends_with(".xml")
        }

        fn holds_nothing(&self, bytes: &[u8]) -> bool {
            self.looks.fetch_add(1, Ordering::Relaxed);
            memchr::memmem::find(bytes, b"canary").is_none()
        }

        fn file(&self, file: File<'_>) {
            self.files.lock().unwrap().insert(file.name.to_owned());
        }
    }

    /// How many contents were looked at, which files were handed over, and what else was found in an archive.
    fn walked(entries: Vec<Entry>) -> (u64, BTreeSet<String>, Outcome) {
        let visitor = Ordinary::default();
        let outcome = walk_bytes("a.zip", Archive::of(entries).bytes(), &options(1), &visitor);
        (visitor.looks.into_inner(), visitor.files.into_inner().unwrap(), outcome)
    }

    fn nothing(count: usize) -> Vec<Entry> {
        (0..count).map(|number| Entry::deflated(format!("a{number}.xml"), NOTHING)).collect()
    }

    #[test]
    fn what_held_nothing_twice_is_not_read_again() {
        let mut entries = nothing(50);
        entries.push(Entry::deflated("b.config", NOTHING));
        let (looks, files, outcome) = walked(entries);
        assert_eq!((looks, outcome.files), (2, 51));
        assert_eq!(files, BTreeSet::from(["b.config".to_owned()]), "another kind of file is read");
        assert!(outcome.anomalies.is_empty() && outcome.unread.is_empty(), "{outcome:?}");
    }

    #[test]
    fn what_holds_something_is_handed_over_each_time() {
        let entries: Vec<Entry> = (0..5).map(|number| Entry::deflated(format!("a{number}.xml"), CANARY)).collect();
        assert_eq!(walked(entries).1.len(), 5);
    }

    #[test]
    fn an_entry_that_claims_to_be_known_is_read() {
        let mut entries = nothing(5);
        let [size, known] = [NOTHING.len() as u64, u64::from(Entry::deflated("", NOTHING).local.crc)];
        entries.push(Entry::deflated("canary.xml", CANARY).with(|entry| {
            for header in [&mut entry.local, &mut entry.central] {
                (header.crc, header.size) = (known as u32, size);
            }
        }));
        let (_, files, outcome) = walked(entries);
        assert!(files.contains("canary.xml"), "{files:?}");
        assert_eq!(outcome.unread.len(), 1, "{outcome:?}");
        assert_eq!(outcome.unread[0].cause, UnreadCause::WrongChecksum);
    }

    #[test]
    fn a_known_content_with_a_wrong_checksum_is_told() {
        let mut entries = nothing(5);
        entries[4].local.crc ^= 1;
        entries[4].central.crc ^= 1;
        let (_, _, outcome) = walked(entries);
        assert!(outcome.unread.iter().any(|unread| unread.cause == UnreadCause::WrongChecksum), "{outcome:?}");
    }

    #[test]
    fn a_content_is_known_once_it_came_twice_and_held_nothing() {
        let repeats = Repeats::default();
        assert_eq!(repeats.look(7, 3, b"abc"), Seen::New);
        assert_eq!(repeats.look(7, 3, b"abc"), Seen::Again);
        assert_eq!(repeats.look(7, 3, b"abc"), Seen::Again, "nobody said that it holds nothing");
        repeats.keep(7, 3, b"abc");
        assert_eq!(repeats.look(7, 3, b"abc"), Seen::Known);
    }

    #[test]
    fn forged_checksums_and_sizes_are_no_help() {
        let repeats = Repeats::default();
        repeats.look(7, 3, b"abc");
        repeats.keep(7, 3, b"abc");
        assert_eq!(repeats.look(7, 3, b"abd"), Seen::New);
        assert_eq!(repeats.look(7, 3, b"abc"), Seen::Known);
        assert_eq!(repeats.look(7, 4, b"abc"), Seen::New, "takes the place");
        assert_eq!(repeats.look(7, 3, b"abc"), Seen::New);
    }

    #[test]
    fn memory_is_bounded() {
        let repeats = Repeats::default();
        let large = [0; MAX_PACKED_BYTES + 1];
        for _ in 0..3 {
            assert_eq!(repeats.look(1, 5000, &large), Seen::New);
        }
        for crc in 0..100_000 {
            repeats.look(crc, 1, b"x");
        }
        assert_eq!(repeats.0.lock().unwrap().len(), MAX_CONTENTS);
    }
}
