//! Finds the few places of a text at which one of some short literals can begin, many bytes at a time.
//!
//! A literal is known by its first three bytes. That is enough to pass over nearly all of a text with a handful of
//! comparisons for 32 bytes; the caller compares the rest. Plain loops that the compiler turns into vector
//! instructions, for whatever the processor has.

use fearless_simd::{Level, Simd, dispatch};
use std::sync::LazyLock;

/// The vector instructions of the processor, found out once.
pub static LEVEL: LazyLock<Level> = LazyLock::new(Level::new);

/// Positions that are looked at together.
const BLOCK: usize = 32;
/// Bytes that a block of positions covers.
const WINDOW: usize = BLOCK + 2;

/// The beginnings of some literals.
#[derive(Debug)]
pub struct TripletScanner<const N: usize> {
    triples: [[u8; 3]; N],
    fold: u8,
}

/// For each position of a block whether a literal can begin there.
type Hits = [u8; BLOCK];

impl<const N: usize> TripletScanner<N> {
    /// Literals that begin with these bytes.
    pub const fn exactly(triples: [[u8; 3]; N]) -> Self {
        Self { triples, fold: 0 }
    }

    /// Literals that begin with these bytes, in upper or lower case. May find a little more than that.
    pub const fn in_any_case(mut triples: [[u8; 3]; N]) -> Self {
        // What is searched is folded like this: letters to lower case, and some other characters to one.
        let fold = b' ';
        let mut index = 0;
        while index < N {
            let [first, second, third] = triples[index];
            triples[index] = [first | fold, second | fold, third | fold];
            index += 1;
        }
        Self { triples, fold }
    }

    /// Whether a literal can begin anywhere in `bytes`.
    pub fn any(&self, bytes: &[u8]) -> bool {
        self.triplets().any(bytes)
    }

    /// The positions at which a literal can begin, in order.
    pub fn find_iter(&self, bytes: &[u8]) -> impl Iterator<Item = usize> {
        let triplets = self.triplets();
        let mut block = triplets.block(bytes, 0);
        let mut next = 0;
        std::iter::from_fn(move || {
            loop {
                let (start, hits) = block?;
                if let Some(at) = hits.iter().skip(next).position(|&hit| hit != 0) {
                    next += at + 1;
                    return Some(start + next - 1);
                }
                next = 0;
                block = triplets.block(bytes, start + BLOCK);
            }
        })
    }

    fn triplets(&self) -> Triplets<'_> {
        Triplets { triples: &self.triples, fold: self.fold }
    }
}

/// Any number of beginnings. What goes through all bytes is not generic, so that it is compiled, and optimised, in this crate.
#[derive(Clone, Copy)]
struct Triplets<'s> {
    triples: &'s [[u8; 3]],
    fold: u8,
}

impl Triplets<'_> {
    /// Whether a literal can begin anywhere in `bytes`.
    fn any(self, bytes: &[u8]) -> bool {
        if bytes.len() < 3 {
            return false;
        }
        dispatch!(*LEVEL, simd => simd.vectorize(
            #[inline(always)]
            || self.any_plainly(bytes),
        ))
    }

    /// The first block at or after `from` in which a literal can begin.
    fn block(self, bytes: &[u8], from: usize) -> Option<(usize, Hits)> {
        if bytes.len().saturating_sub(from) < 3 {
            return None;
        }
        dispatch!(*LEVEL, simd => simd.vectorize(
            #[inline(always)]
            || self.block_plainly(bytes, from),
        ))
    }

    #[inline(always)]
    fn any_plainly(self, bytes: &[u8]) -> bool {
        let mut rest = bytes;
        while let Some(window) = rest.first_chunk::<WINDOW>() {
            if self.hits(window).1 {
                return true;
            }
            rest = rest.get(BLOCK..).unwrap_or_default();
        }
        // The last bytes together with some that were looked at; with nothing, where there are too few.
        match bytes.last_chunk::<WINDOW>() {
            Some(window) => self.hits(window).1,
            None => self.hits(&padded(bytes)).1,
        }
    }

    #[inline(always)]
    fn block_plainly(self, bytes: &[u8], mut from: usize) -> Option<(usize, Hits)> {
        while let Some(window) = bytes.get(from..).and_then(|rest| rest.first_chunk::<WINDOW>()) {
            let (hits, any) = self.hits(window);
            if any {
                return Some((from, hits));
            }
            from += BLOCK;
        }
        let (hits, any) = self.hits(&padded(bytes.get(from..)?));
        any.then_some((from, hits))
    }

    #[inline(always)]
    fn hits(self, window: &[u8; WINDOW]) -> (Hits, bool) {
        let folded = window.map(|byte| byte | self.fold);
        let mut hits = [0; BLOCK];
        for [first, second, third] in self.triples {
            for (at, hit) in hits.iter_mut().enumerate() {
                *hit |= u8::from(folded[at] == *first)
                    & u8::from(folded[at + 1] == *second)
                    & u8::from(folded[at + 2] == *third);
            }
        }
        let any = hits.iter().fold(0, |any, hit| any | hit);
        (hits, any != 0)
    }
}

/// Less bytes than a window has, and NUL behind them: no literal holds one.
#[inline(always)]
fn padded(bytes: &[u8]) -> [u8; WINDOW] {
    let mut window = [0; WINDOW];
    if let Some(room) = window.get_mut(..bytes.len()) {
        room.copy_from_slice(bytes);
    }
    window
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const EXACT: TripletScanner<2> = TripletScanner::exactly([*b"abc", *b"://"]);
    const FOLDED: TripletScanner<2> = TripletScanner::in_any_case([*b"aBc", *b"://"]);

    #[test]
    fn characters_without_case_are_found() {
        let scanner = TripletScanner::in_any_case([*b"nt_", *b"@Te"]);
        assert!(scanner.any(b"an ent_x") && scanner.any(b"a@tech") && scanner.any(b"NT_") && !scanner.any(b"nt-"));
    }

    proptest! {
        #[test]
        fn every_beginning_is_found_and_nothing_else(text in "(abc|ABC|aBc|://|[abcxyé:/]{1,9}|[a-z]{30}){0,12}") {
            let bytes = text.as_bytes();
            let expected = |fold: bool| -> Vec<usize> {
                let is = |window: &[u8]| if fold { window.eq_ignore_ascii_case(b"abc") } else { window == b"abc" };
                (0..bytes.len().saturating_sub(2)).filter(|&at| is(&bytes[at..at + 3]) || &bytes[at..at + 3] == b"://").collect()
            };
            prop_assert_eq!(EXACT.find_iter(bytes).collect::<Vec<_>>(), expected(false));
            prop_assert_eq!(FOLDED.find_iter(bytes).collect::<Vec<_>>(), expected(true));
            prop_assert_eq!(EXACT.any(bytes), !expected(false).is_empty());
            prop_assert_eq!(FOLDED.any(bytes), !expected(true).is_empty());
        }
    }
}
