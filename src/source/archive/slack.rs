//! Local headers among packed bytes, behind the end of a deflate stream that ends before its entry does.

use super::entry::{PIECE, Reader, View};
use super::local::LOCAL;
use crate::source::inflate::{End, Inflated, stream};
use memchr::memmem::Finder;
use std::ops::Range;
use std::sync::LazyLock;

static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(&LOCAL));

/// Signatures that are kept of a part, which has a few dozen entries. Where there are more, somebody means mischief.
const MOST: usize = 4096;

/// Where the signatures of local headers are in a part of an archive. To search a part once costs less than to search
/// each of its entries.
#[derive(Debug, Default)]
pub(super) struct Signatures {
    part: Range<u64>,
    at: Vec<u64>,
}

impl Signatures {
    /// Those in `bytes`, which begin at `start` in the archive.
    pub(super) fn of(bytes: &[u8], start: u64) -> Self {
        let at: Vec<u64> = FINDER.find_iter(bytes).map(|at| start + at as u64).take(MOST).collect();
        if at.len() == MOST { Self::default() } else { Self { part: start..start + bytes.len() as u64, at } }
    }

    /// Whether one is in a range; `None` if not all of the range was searched.
    fn within(&self, range: &Range<u64>) -> Option<bool> {
        let searched = self.part.start <= range.start && range.end <= self.part.end;
        let next = self.at.partition_point(|at| *at < range.start);
        searched.then(|| self.at.get(next).is_some_and(|at| at + LOCAL.len() as u64 <= range.end))
    }
}

impl Reader<'_, '_> {
    /// A deflate stream can end before its entry does. Java goes on reading there, so a local header in the packed
    /// bytes is looked into; by chance there is one in four gigabytes.
    pub(super) fn search_slack(&mut self, view: &View, data: u64, packed: u64) {
        let known = view.signatures.within(&(data..data.saturating_add(packed)));
        let mut at = if known.is_some() { packed } else { 0 };
        let mut found = known.unwrap_or(false);
        while at < packed && !found {
            let piece = if view.source.in_memory() { packed } else { PIECE };
            let bytes = view.get(data + at, piece.min(packed - at), self.spare);
            found = FINDER.find(bytes).is_some();
            let overlap = if at + piece < packed { 3 } else { 0 };
            at += piece - overlap;
        }
        if found {
            let most = usize::try_from(self.walk.limits().text).unwrap_or(usize::MAX);
            let packed_bytes = view.get(data, packed.min(most as u64), self.spare);
            let (Inflated { len, end }, taken) = stream(packed_bytes, most, self.out);
            self.count_inflated(len as u64);
            if end != End::More {
                let from = if end == End::Whole { taken as u64 } else { 0 };
                self.archive.gap(data + from..data + packed, true);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_knows_only_what_was_searched() {
        let signatures = Signatures::of(b"ab PK\x03\x04 cd", 100);
        assert_eq!(signatures.within(&(100..110)), Some(true));
        assert_eq!(signatures.within(&(103..107)), Some(true));
        assert_eq!(signatures.within(&(103..106)), Some(false), "cut off");
        assert_eq!(signatures.within(&(104..110)), Some(false));
        assert_eq!(signatures.within(&(99..110)), None);
        assert_eq!(signatures.within(&(105..111)), None);
    }

    #[test]
    fn many_signatures_are_not_kept() {
        let many = LOCAL.repeat(MOST);
        assert_eq!(Signatures::of(&many, 0).within(&(0..4)), None);
        assert_eq!(Signatures::of(&many[4..], 0).within(&(0..4)), Some(true));
    }
}
