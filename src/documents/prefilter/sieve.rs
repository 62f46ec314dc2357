//! Finds, in one pass over the bytes, the few positions at which one of many short patterns can begin.
//!
//! Each pattern has a fingerprint: for each of four neighbouring bytes, which bytes may stand there. Patterns are put
//! into eight buckets, one bit each. For every position two tables of sixteen entries, by the low and by the high half
//! of a byte, give the buckets whose patterns may have that byte there; the AND over the four positions gives the
//! buckets with a candidate. With vector instructions one table lookup serves 16 to 64 bytes at once (the method is
//! known as Teddy, from the Hyperscan project). Upper and lower case of a letter differ only in the high half, so that
//! ignoring case costs nothing.

use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u8x16};

mod plan;

/// Bytes of a fingerprint.
pub(super) const WIDTH: usize = 4;

/// One bit of a `u8` each.
const BUCKETS: usize = 8;

/// Lanes of the widest vectors.
const WIDEST: usize = 64;

/// A set of ASCII characters, or every byte.
#[derive(Clone, Copy, Debug)]
pub(super) struct ByteSet {
    ascii: u128,
    any: bool,
}

impl ByteSet {
    /// Every byte, beyond ASCII too.
    pub(super) const fn any() -> Self {
        Self { ascii: u128::MAX, any: true }
    }

    /// These ASCII characters.
    pub(super) fn of(bytes: impl IntoIterator<Item = u8>) -> Self {
        let ascii = bytes.into_iter().fold(0, |set, byte| set | 1_u128.checked_shl(u32::from(byte)).unwrap_or(0));
        Self { ascii, any: false }
    }

    /// The ASCII characters of the set, in order.
    fn ascii(self) -> impl Iterator<Item = u8> {
        let mut rest = self.ascii;
        std::iter::from_fn(move || {
            let byte = (rest != 0).then(|| rest.trailing_zeros() as u8)?;
            rest &= rest - 1;
            Some(byte)
        })
    }
}

/// What the bytes from some position on must look like.
pub(super) type Fingerprint = [ByteSet; WIDTH];

/// The fingerprints by which `needle` can be searched in any case, and where in the needle each begins. The sieve
/// chooses the one that costs least. A needle shorter than a fingerprint is followed by anything.
pub(super) fn windows(needle: &[u8]) -> Vec<(usize, Fingerprint)> {
    let fingerprint = |window: &[u8]| {
        let mut fingerprint = [ByteSet::any(); WIDTH];
        for (set, byte) in fingerprint.iter_mut().zip(window) {
            *set = ByteSet::of([byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]);
        }
        fingerprint
    };
    needle.windows(WIDTH.min(needle.len()).max(1)).map(fingerprint).enumerate().collect()
}

/// The tables of one byte position: the buckets that a byte's low and high half leave open.
#[derive(Clone, Copy, Debug, Default)]
struct Halves {
    low: [u8; 16],
    high: [u8; 16],
}

impl Halves {
    fn buckets(&self, byte: u8) -> u8 {
        let half = |table: &[u8; 16], index: u8| table.get(usize::from(index)).copied().unwrap_or(u8::MAX);
        half(&self.low, byte & 0x0F) & half(&self.high, byte >> 4)
    }
}

/// A pattern in a bucket.
#[derive(Clone, Copy, Debug)]
struct Member {
    pattern: usize,
    /// Where in the pattern the fingerprint begins.
    offset: usize,
    /// The four bytes of the fingerprint with [`FOLD`], and which of them are one letter or sign only.
    word: u32,
    mask: u32,
}

/// Maps upper to lower case, and a few signs onto others, which only lets more candidates pass.
const FOLD: u32 = 0x2020_2020;

impl Member {
    fn new(pattern: usize, offset: usize, fingerprint: &Fingerprint) -> Self {
        let single = fingerprint.map(|set| {
            let mut folded = set.ascii().map(|byte| byte | 0x20);
            let first = folded.next().unwrap_or_default();
            (!set.any && folded.all(|byte| byte == first)).then_some(first)
        });
        let mask = u32::from_le_bytes(single.map(|byte| if byte.is_some() { u8::MAX } else { 0 }));
        Self { pattern, offset, word: u32::from_le_bytes(single.map(Option::unwrap_or_default)) & mask, mask }
    }
}

/// The search for a fixed set of fingerprints.
#[derive(Clone, Debug)]
pub(super) struct Sieve {
    level: Level,
    positions: [Halves; WIDTH],
    buckets: [Vec<Member>; BUCKETS],
}

impl Sieve {
    /// A sieve for patterns that can be searched by any one of their fingerprints each.
    pub(super) fn new(patterns: &[Vec<(usize, Fingerprint)>]) -> Self {
        let mut sieve = Self { level: Level::new(), positions: Default::default(), buckets: Default::default() };
        for (bucket, members) in plan::distribute(patterns).iter().enumerate().take(BUCKETS) {
            let bit = 1_u8 << bucket;
            for &(pattern, window) in members {
                let Some((offset, fingerprint)) = patterns.get(pattern).and_then(|all| all.get(window)) else {
                    continue;
                };
                for (halves, set) in sieve.positions.iter_mut().zip(fingerprint) {
                    let masks = plan::Masks::of(*set);
                    for index in 0..16 {
                        halves.low[index] |= bit * u8::from(masks.low >> index & 1 == 1);
                        halves.high[index] |= bit * u8::from(masks.high >> index & 1 == 1);
                    }
                }
                if let Some(patterns) = sieve.buckets.get_mut(bucket) {
                    patterns.push(Member::new(pattern, *offset, fingerprint));
                }
            }
        }
        sieve
    }

    /// Whether `confirm` accepts a candidate: called with the index of a pattern and the position in `bytes` at which
    /// it begins, or only seems to.
    pub(super) fn any(&self, bytes: &[u8], mut confirm: impl FnMut(usize, usize) -> bool) -> bool {
        let mut check = |at: usize| {
            let rest = bytes.get(at..).unwrap_or_default();
            let next = rest.first_chunk().copied().unwrap_or_else(|| {
                let mut next = [0_u8; WIDTH];
                next.iter_mut().zip(rest).for_each(|(byte, source)| *byte = *source);
                next
            });
            let mut open = u8::MAX;
            for (byte, halves) in next.iter().zip(&self.positions) {
                open &= halves.buckets(*byte);
            }
            let word = u32::from_le_bytes(next) | FOLD;
            while open != 0 {
                for member in self.buckets.get(open.trailing_zeros() as usize).into_iter().flatten() {
                    if word & member.mask == member.word
                        && at.checked_sub(member.offset).is_some_and(|start| confirm(member.pattern, start))
                    {
                        return true;
                    }
                }
                open &= open - 1;
            }
            false
        };
        dispatch!(self.level, simd => scan(simd, &self.positions, bytes, &mut check))
    }
}

/// Calls `check` with every position that leaves a bucket open, until it says yes.
#[inline(always)]
fn scan<S: Simd>(simd: S, positions: &[Halves; WIDTH], bytes: &[u8], check: &mut impl FnMut(usize) -> bool) -> bool {
    let lanes = S::u8s::LEN;
    let tables = positions.map(|halves| {
        let splat = |table: [u8; 16]| S::u8s::block_splat(u8x16::load_array(simd, table));
        (splat(halves.low), splat(halves.high))
    });
    let reach = lanes + WIDTH - 1;
    let mut at = 0;
    while let Some(window) = bytes.get(at..at + reach) {
        let open = open_buckets::<S>(simd, &tables, window);
        if open != 0 && any_lane(open, at, check) {
            return true;
        }
        at += lanes;
    }
    // The end, followed by zeros, so that every position is the first of a full fingerprint once.
    let rest = bytes.get(at..).unwrap_or_default();
    let mut padded = [0_u8; 2 * WIDEST + WIDTH];
    if let Some(head) = padded.get_mut(..rest.len()) {
        head.copy_from_slice(rest);
    }
    let mut done = 0;
    while done < rest.len() {
        let Some(window) = padded.get(done..done + reach) else { break };
        let open = open_buckets::<S>(simd, &tables, window);
        if open != 0 && any_lane(open, at + done, check) {
            return true;
        }
        done += lanes;
    }
    false
}

/// The lanes of `window` at which a bucket is open, as bits.
#[inline(always)]
fn open_buckets<S: Simd>(simd: S, tables: &[(S::u8s, S::u8s); WIDTH], window: &[u8]) -> u64 {
    let lanes = S::u8s::LEN;
    let mut open = S::u8s::splat(simd, u8::MAX);
    for (offset, (low, high)) in tables.iter().enumerate() {
        let bytes = S::u8s::from_slice(simd, &window[offset..offset + lanes]);
        let by_low = low.swizzle_dyn_within_blocks(bytes & 0x0F);
        let by_high = high.swizzle_dyn_within_blocks(bytes >> 4);
        open = open & by_low & by_high;
    }
    open.simd_gt(0).to_bitmask()
}

#[cold]
#[inline(never)]
fn any_lane(mut open: u64, at: usize, check: &mut impl FnMut(usize) -> bool) -> bool {
    while open != 0 {
        if check(at + open.trailing_zeros() as usize) {
            return true;
        }
        open &= open - 1;
    }
    false
}
