//! Tells fast whether a text holds one of some groups of three bytes, or may do so.
//!
//! For the low and for the high half of each of three neighbouring bytes a table of sixteen entries gives the buckets of
//! groups that have such a byte there; what all six leave open is a bucket with a likely group. One table lookup serves as
//! many positions as a vector of the processor has bytes.

use super::starts::LEVEL;
use fearless_simd::{Simd, SimdBase, SimdMask, dispatch, u8x16};

/// Bytes of a group.
const WIDTH: usize = 3;
/// Lanes of the widest vectors.
const WIDEST: usize = 64;

/// Some groups of three bytes, in eight buckets. Those of one bucket are also found mixed with each other.
#[derive(Debug)]
pub(crate) struct Triples {
    low: [[u8; 16]; WIDTH],
    high: [[u8; 16]; WIDTH],
}

impl Triples {
    pub(crate) const fn new(buckets: [&[[u8; WIDTH]]; 8]) -> Self {
        let mut triples = Self { low: [[0; 16]; WIDTH], high: [[0; 16]; WIDTH] };
        let mut bucket = 0;
        while bucket < buckets.len() {
            let mut rest = buckets[bucket];
            while let [triple, others @ ..] = rest {
                let mut at = 0;
                while at < WIDTH {
                    triples.low[at][(triple[at] & 0xf) as usize] |= 1 << bucket;
                    triples.high[at][(triple[at] >> 4) as usize] |= 1 << bucket;
                    at += 1;
                }
                rest = others;
            }
            bucket += 1;
        }
        triples
    }

    /// Whether one of them is likely to be in `bytes`. Says yes wherever one is.
    pub(crate) fn any(&self, bytes: &[u8]) -> bool {
        dispatch!(*LEVEL, simd => self.any_with(simd, bytes))
    }

    #[inline(always)]
    fn any_with<S: Simd>(&self, simd: S, bytes: &[u8]) -> bool {
        let reach = S::u8s::LEN + WIDTH - 1;
        let tables = self.tables(simd);
        let mut at = 0;
        while let Some(window) = bytes.get(at..at + reach) {
            if is_open(simd, &tables, window) {
                return true;
            }
            at += S::u8s::LEN;
        }
        // The last bytes together with some that were looked at; with NUL, which is in no group, where there are too few.
        match bytes.len().checked_sub(reach).and_then(|last| bytes.get(last..)) {
            Some(window) => is_open(simd, &tables, window),
            None => {
                let mut padded = [0; WIDEST + WIDTH - 1];
                if let Some(room) = padded.get_mut(..bytes.len()) {
                    room.copy_from_slice(bytes);
                }
                is_open(simd, &tables, &padded[..reach])
            }
        }
    }

    #[inline(always)]
    fn tables<S: Simd>(&self, simd: S) -> Tables<S> {
        let ([low0, low1, low2], [high0, high1, high2]) = (self.low, self.high);
        [
            (splat(simd, low0), splat(simd, high0)),
            (splat(simd, low1), splat(simd, high1)),
            (splat(simd, low2), splat(simd, high2)),
        ]
    }
}

/// The tables in vectors.
type Tables<S> = [(<S as Simd>::u8s, <S as Simd>::u8s); WIDTH];

#[inline(always)]
fn splat<S: Simd>(simd: S, table: [u8; 16]) -> S::u8s {
    S::u8s::block_splat(u8x16::load_array(simd, table))
}

/// Whether a group is likely to begin at one of the positions of a window, of as many as a vector has bytes.
// No closures here: those would not be compiled for the processor's vector instructions.
#[inline(always)]
fn is_open<S: Simd>(simd: S, tables: &Tables<S>, window: &[u8]) -> bool {
    let mut open = S::u8s::splat(simd, u8::MAX);
    for (at, (low, high)) in tables.iter().enumerate() {
        let bytes = S::u8s::from_slice(simd, &window[at..at + S::u8s::LEN]);
        let (by_low, by_high) = (bytes & 0x0F, bytes >> 4);
        open = open & low.swizzle_dyn_within_blocks(by_low) & high.swizzle_dyn_within_blocks(by_high);
    }
    open.simd_gt(0).to_bitmask() != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GROUPS: Triples = Triples::new([&[*b"abc"], &[*b"://"], &[*b"---", *b"8e-"], &[], &[], &[], &[], &[*b"xyz"]]);

    proptest! {
        #[test]
        fn every_group_is_found_and_little_else(text in "(abc|://|---|8e-|xyz|[abcxyé:/-]{1,9}|[a-z]{30}){0,12}") {
            let bytes = text.as_bytes();
            let has = |groups: &[&str]| groups.iter().any(|group| text.contains(group));
            let mixed = ["8--", "-e-", "(", "%", "=", "m-"];
            let found = GROUPS.any(bytes);
            prop_assert!(found || !has(&["abc", "://", "---", "8e-", "xyz"]), "{text}");
            prop_assert!(!found || has(&["abc", "://", "---", "8e-", "xyz"]) || has(&mixed), "{text}");
        }
    }

    #[test]
    fn groups_are_found_at_every_place() {
        for length in 0..200 {
            assert!(!GROUPS.any(&vec![b'a'; length]), "{length}");
            for at in 0..length.saturating_sub(2) {
                let mut bytes = vec![b'a'; length];
                bytes[at..at + 3].copy_from_slice(b"xyz");
                assert!(GROUPS.any(&bytes), "{at} of {length}");
            }
        }
    }
}
