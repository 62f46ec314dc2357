//! What was fetched of an object and may be read again.

use bytes::Bytes;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

/// Bytes that are kept of one object, at most; the oldest are dropped first.
const MAX_CACHE_BYTES: u64 = 32 << 20;

/// Pieces of an object by their offsets.
#[derive(Default)]
pub(super) struct Cache {
    pieces: BTreeMap<u64, Bytes>,
    /// The offsets, in the order in which the pieces came.
    ages: VecDeque<u64>,
    held: u64,
}

impl Cache {
    /// The bytes from `offset` to the end of the piece that holds it.
    pub(super) fn get(&self, offset: u64) -> Option<&[u8]> {
        let (start, piece) = self.pieces.range(..=offset).next_back()?;
        piece.get(usize::try_from(offset - start).ok()?..).filter(|bytes| !bytes.is_empty())
    }

    /// Where the first piece behind `offset` begins.
    pub(super) fn next(&self, offset: u64) -> Option<u64> {
        self.pieces.range(offset..).next().map(|(start, _)| *start)
    }

    /// What is there, sorted.
    pub(super) fn ranges(&self) -> Vec<Range<u64>> {
        self.pieces.iter().map(|(start, piece)| *start..*start + piece.len() as u64).collect()
    }

    /// Adds a piece.
    pub(super) fn insert(&mut self, start: u64, piece: Bytes) {
        // Two threads can have fetched the same.
        if self.pieces.get(&start).is_some_and(|known| known.len() >= piece.len()) {
            return;
        }
        self.held += piece.len() as u64;
        match self.pieces.insert(start, piece) {
            Some(shorter) => self.held -= shorter.len() as u64,
            None => self.ages.push_back(start),
        }
        while self.held > MAX_CACHE_BYTES && self.ages.len() > 1 {
            let dropped = self.ages.pop_front().and_then(|oldest| self.pieces.remove(&oldest));
            self.held -= dropped.map_or(0, |piece| piece.len() as u64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_found_by_any_byte_of_them_and_the_oldest_are_dropped() {
        let mut cache = Cache::default();
        cache.insert(100, Bytes::from_static(b"abc"));
        cache.insert(10, Bytes::from_static(b"xyz"));
        assert_eq!(cache.get(11), Some(&b"yz"[..]));
        assert_eq!((cache.get(13), cache.get(9), cache.get(103)), (None, None, None));
        assert_eq!((cache.next(13), cache.next(101)), (Some(100), None));
        assert_eq!(cache.ranges(), [10..13, 100..103]);
        cache.insert(100, Bytes::from_static(b"a"));
        assert_eq!(cache.get(100), Some(&b"abc"[..]));
        for piece in 1..=8 {
            cache.insert(piece << 30, Bytes::from(vec![0; 4 << 20]));
        }
        assert_eq!((cache.get(11), cache.get(100)), (None, None));
        assert!(cache.get(1 << 30).is_some() && cache.held <= MAX_CACHE_BYTES);
    }
}
