//! Finds, in one pass over the bytes, the few positions at which one of many short patterns can begin.
//!
//! Each pattern has a fingerprint: for each of four neighbouring bytes, which bytes may stand there. Patterns are put
//! into eight buckets, one bit each. For every position two tables of sixteen entries, by the low and by the high half
//! of a byte, give the buckets whose patterns may have that byte there; the AND over the four positions gives the
//! buckets with a candidate. With vector instructions one table lookup serves 16 to 64 bytes at once (the method is
//! known as Teddy, from the Hyperscan project). Upper and lower case of a letter differ only in the high half, so that
//! ignoring case costs nothing.

use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u8x16};

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

    fn contains(self, byte: u8) -> bool {
        self.any || self.ascii.checked_shr(u32::from(byte)).unwrap_or(0) & 1 == 1
    }
}

/// What the bytes from some position on must look like.
pub(super) type Fingerprint = [ByteSet; WIDTH];

/// The part of `needle` (lower case) by which it is searched, and where in the needle that is: the four bytes that are
/// rarest in XML. A shorter needle is followed by anything.
pub(super) fn rarest_window(needle: &[u8]) -> (usize, Fingerprint) {
    let share = |window: &[u8]| -> f64 { window.iter().map(|byte| f64::from(frequency(*byte))).product() };
    let (offset, window) = needle
        .windows(WIDTH.min(needle.len()).max(1))
        .enumerate()
        .min_by(|(_, a), (_, b)| share(a).total_cmp(&share(b)))
        .unwrap_or((0, needle));
    let mut fingerprint = [ByteSet::any(); WIDTH];
    for (set, byte) in fingerprint.iter_mut().zip(window) {
        *set = ByteSet::of([byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]);
    }
    (offset, fingerprint)
}

/// Roughly how often a byte occurs in docview files, in any case, per thousand. Only speed depends on it.
fn frequency(byte: u8) -> u16 {
    match byte.to_ascii_lowercase() {
        b' ' => 110,
        b'e' => 70,
        b't' => 62,
        b'n' | b'r' | b'o' | b'i' => 50,
        b'a' | b's' => 45,
        b'c' | b'l' | b'"' => 35,
        b'p' | b'm' | b'd' | b'=' => 25,
        b'g' | b'j' | b'y' | b'/' | b':' => 18,
        b'u' | b'h' | b'f' | b'b' | b'\n' => 14,
        b'<' | b'>' | b'v' | b'w' | b'x' | b'k' => 9,
        b'.' | b'-' | b'_' | b'0'..=b'9' => 7,
        b'q' | b'z' => 3,
        b'{' | b'}' | b'[' | b']' | b',' => 3,
        _ => 1,
    }
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

    fn add(&mut self, set: ByteSet, bit: u8) {
        for byte in 0..=u8::MAX {
            if set.contains(byte) {
                for (table, index) in [(&mut self.low, byte & 0x0F), (&mut self.high, byte >> 4)] {
                    if let Some(buckets) = table.get_mut(usize::from(index)) {
                        *buckets |= bit;
                    }
                }
            }
        }
    }

    /// The share of bytes (per thousand) that leaves the bucket open.
    fn share(&self, bit: u8) -> f64 {
        (0..128_u8).filter(|byte| self.buckets(*byte) & bit != 0).map(|byte| f64::from(frequency(byte))).sum()
    }
}

/// The search for a fixed set of fingerprints.
#[derive(Clone, Debug)]
pub(super) struct Sieve {
    level: Level,
    positions: [Halves; WIDTH],
    /// The patterns of each bucket, by index.
    buckets: [Vec<usize>; BUCKETS],
}

impl Sieve {
    /// A sieve for `fingerprints`; candidates name them by index.
    pub(super) fn new(fingerprints: &[Fingerprint]) -> Self {
        let mut sieve = Self { level: Level::new(), positions: Default::default(), buckets: Default::default() };
        // The hard ones first, each into the bucket that it makes open least more often.
        for (index, fingerprint) in fingerprints.iter().enumerate().rev() {
            let cost = |bucket: &usize| {
                let bit = 1_u8 << bucket;
                let before: f64 = sieve.positions.iter().map(|halves| halves.share(bit)).product();
                let after: f64 = (sieve.positions.iter().zip(fingerprint))
                    .map(|(halves, set)| {
                        let mut halves = *halves;
                        halves.add(*set, bit);
                        halves.share(bit)
                    })
                    .product();
                after - before
            };
            let bucket = (0..BUCKETS).min_by(|a, b| cost(a).total_cmp(&cost(b))).unwrap_or(0);
            for (halves, set) in sieve.positions.iter_mut().zip(fingerprint) {
                halves.add(*set, 1 << bucket);
            }
            if let Some(patterns) = sieve.buckets.get_mut(bucket) {
                patterns.push(index);
            }
        }
        sieve
    }

    /// Whether `confirm` accepts a candidate: called with the index of a fingerprint and the position in `bytes` where
    /// it matches, or only seems to.
    pub(super) fn any(&self, bytes: &[u8], mut confirm: impl FnMut(usize, usize) -> bool) -> bool {
        let mut check = |at: usize| {
            let mut open = u8::MAX;
            for (offset, halves) in self.positions.iter().enumerate() {
                open &= halves.buckets(bytes.get(at + offset).copied().unwrap_or(0));
            }
            let candidates = self.buckets.iter().enumerate().filter(|(bucket, _)| open >> bucket & 1 == 1);
            candidates.flat_map(|(_, patterns)| patterns).any(|pattern| confirm(*pattern, at))
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
