//! Finds, in one pass over the bytes, the few positions at which one of many short patterns can begin.
//!
//! Each pattern has a fingerprint: for each of four neighbouring bytes, which bytes may stand there. Patterns are put
//! into sixteen buckets, one bit of two bytes each. For every position two tables of sixteen entries, by the low and by
//! the high half of a byte, give the buckets whose patterns may have that byte there; the AND over the four positions
//! gives the buckets with a candidate. With vector instructions one table lookup serves 16 to 64 bytes at once (the
//! method is known as Teddy, from the Hyperscan project). Upper and lower case of a letter differ only in the high half,
//! so that ignoring case costs nothing.
//!
//! What passes by a mixture of patterns is stopped by the exact tables: for each of the next eight bytes, which
//! patterns, one bit each, may have that byte there.

use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch};

mod fingerprint;
mod masks;
mod plan;
mod wanted;

pub(super) use fingerprint::{ByteSet, Fingerprint};
use fingerprint::{DEPTH, WIDTH};
use masks::Masks;
use wanted::SETS;
pub(super) use wanted::Wanted;

/// Lanes of the widest vectors.
const WIDEST: usize = 64;

/// The tables of one byte position: the buckets that a byte's low and high half leave open.
///
/// Each table of sixteen entries stands there as often as the widest vectors hold it, so that a search loads it as it is:
/// most files and all names are so short that putting it together would take longer than to look at them.
#[derive(Clone, Copy, Debug)]
struct Halves {
    low: [u8; WIDEST],
    high: [u8; WIDEST],
}

impl Halves {
    const CLOSED: Self = Self { low: [0; WIDEST], high: [0; WIDEST] };
}

/// The tables of all positions, for eight buckets after the other.
type Positions = [[Halves; WIDTH]; SETS];

/// A pattern among those that share a bit of the exact tables.
#[derive(Clone, Copy, Debug)]
struct Member {
    pattern: usize,
    /// Where in the pattern the fingerprint begins.
    offset: usize,
}

/// The search for a fixed set of patterns.
#[derive(Clone, Debug)]
pub(super) struct Sieve {
    level: Level,
    positions: Positions,
    /// For each byte of a fingerprint and each value of it the patterns that may have it there, as bits.
    exact: Box<[[u64; 256]; DEPTH]>,
    /// For each bit of the exact tables the patterns that it stands for.
    members: [Vec<Member>; 64],
}

impl Sieve {
    /// A sieve for these patterns.
    pub(super) fn new(patterns: &[Wanted<'_>]) -> Self {
        let mut sieve = Self {
            level: Level::new(),
            positions: [[Halves::CLOSED; WIDTH]; SETS],
            exact: Box::new([[0; 256]; DEPTH]),
            members: [const { Vec::new() }; 64],
        };
        for (pattern, (bucket, fingerprint)) in plan::distribute(patterns).iter().enumerate() {
            sieve.place(pattern, *bucket, fingerprint);
        }
        sieve
    }

    fn place(&mut self, pattern: usize, bucket: usize, fingerprint: &Fingerprint) {
        let bit = 1_u8 << (bucket % 8);
        for (halves, set) in self.positions.get_mut(bucket / 8).into_iter().flatten().zip(fingerprint.head()) {
            let masks = Masks::of(set);
            for index in 0..16 {
                let low = bit * u8::from(masks.low >> index & 1 == 1);
                let high = bit * u8::from(masks.high >> index & 1 == 1);
                for lane in (index..WIDEST).step_by(16) {
                    halves.low[lane] |= low;
                    halves.high[lane] |= high;
                }
            }
        }
        let slot = pattern % self.members.len();
        let bit = 1_u64 << slot;
        for (table, set) in self.exact.iter_mut().zip(&fingerprint.sets) {
            set.bytes().for_each(|byte| table[usize::from(byte)] |= bit);
        }
        if let Some(members) = self.members.get_mut(slot) {
            members.push(Member { pattern, offset: fingerprint.offset });
        }
    }

    /// Whether `confirm` accepts a candidate: called with the index of a pattern and the position in `bytes` at which
    /// it begins, or only seems to.
    pub(super) fn any(&self, bytes: &[u8], mut confirm: impl FnMut(usize, usize) -> bool) -> bool {
        let mut check = |mut open: u64, window: usize| {
            while open != 0 {
                let at = window + open.trailing_zeros() as usize;
                let seeming = self.exactly(bytes.get(at..).unwrap_or_default());
                if seeming != 0 && self.confirm_any(seeming, at, &mut confirm) {
                    return true;
                }
                open &= open - 1;
            }
            false
        };
        dispatch!(self.level, simd => scan(simd, &self.positions, bytes, &mut check))
    }

    /// The patterns, as bits of the exact tables, whose fingerprints `rest` begins with.
    #[inline(always)]
    fn exactly(&self, rest: &[u8]) -> u64 {
        let next = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut next = [0_u8; DEPTH];
            next.iter_mut().zip(rest).for_each(|(byte, source)| *byte = *source);
            next
        });
        // Most end here.
        let [first, second, third, fourth, ..] = next.map(usize::from);
        let [one, two, three, four, tables @ ..] = &*self.exact;
        let mut open = one[first] & two[second] & three[third] & four[fourth];
        for (table, byte) in tables.iter().zip(next.into_iter().skip(WIDTH)) {
            if open == 0 {
                break;
            }
            open &= table[usize::from(byte)];
        }
        open
    }

    fn confirm_any(&self, mut open: u64, at: usize, confirm: &mut impl FnMut(usize, usize) -> bool) -> bool {
        while open != 0 {
            for member in self.members.get(open.trailing_zeros() as usize).into_iter().flatten() {
                if at.checked_sub(member.offset).is_some_and(|start| confirm(member.pattern, start)) {
                    return true;
                }
            }
            open &= open - 1;
        }
        false
    }
}

/// Calls `check` with the open lanes of a window and its position, until it says yes.
#[inline(always)]
fn scan<S: Simd>(simd: S, positions: &Positions, bytes: &[u8], check: &mut impl FnMut(u64, usize) -> bool) -> bool {
    let lanes = S::u8s::LEN;
    let closed = S::u8s::splat(simd, 0);
    let mut tables = [[(closed, closed); WIDTH]; SETS];
    for (tables, set) in tables.iter_mut().zip(positions) {
        for (table, halves) in tables.iter_mut().zip(set) {
            // Written out: what is called through the standard library is compiled without the vectors' instructions.
            *table = (S::u8s::from_slice(simd, &halves.low[..lanes]), S::u8s::from_slice(simd, &halves.high[..lanes]));
        }
    }
    let reach = lanes + WIDTH - 1;
    let mut at = 0;
    while let Some(window) = bytes.get(at..at + reach) {
        let open = open_lanes::<S>(simd, &tables, window);
        if open != 0 && any_lane(open, at, check) {
            return true;
        }
        at += lanes;
    }
    // The rest. Where there is enough before it, its last full window; the few positions at the very end that are no
    // first of a full fingerprint are looked at closely, all of them.
    if let Some(last) = bytes.len().checked_sub(reach)
        && let Some(window) = bytes.get(last..)
    {
        let open =
            open_lanes::<S>(simd, &tables, window) & u64::MAX.checked_shl((at - last) as u32).unwrap_or_default();
        let ends = (1 << (WIDTH - 1)) - 1;
        return open != 0 && any_lane(open, last, check) || any_lane(ends, bytes.len() + 1 - WIDTH, check);
    }
    let mut padded = [0_u8; 2 * WIDEST + WIDTH];
    if let Some(head) = padded.get_mut(..bytes.len()) {
        head.copy_from_slice(bytes);
    }
    while at < bytes.len() {
        let Some(window) = padded.get(at..at + reach) else { break };
        let open = open_lanes::<S>(simd, &tables, window);
        if open != 0 && any_lane(open, at, check) {
            return true;
        }
        at += lanes;
    }
    false
}

/// The lanes of `window` at which a bucket is open, as bits.
#[inline(always)]
fn open_lanes<S: Simd>(simd: S, tables: &[[(S::u8s, S::u8s); WIDTH]; SETS], window: &[u8]) -> u64 {
    let lanes = S::u8s::LEN;
    let mut open = [S::u8s::splat(simd, u8::MAX); SETS];
    for offset in 0..WIDTH {
        let bytes = S::u8s::from_slice(simd, &window[offset..offset + lanes]);
        let (by_low, by_high) = (bytes & 0x0F, bytes >> 4);
        for (open, tables) in open.iter_mut().zip(tables) {
            let (low, high) = &tables[offset];
            *open = *open & low.swizzle_dyn_within_blocks(by_low) & high.swizzle_dyn_within_blocks(by_high);
        }
    }
    let [one, two] = open;
    (one | two).simd_gt(0).to_bitmask()
}

/// Keeps the loop over the vectors free of what few of them need.
#[cold]
#[inline(never)]
fn any_lane(open: u64, at: usize, check: &mut impl FnMut(u64, usize) -> bool) -> bool {
    check(open, at)
}

#[cfg(test)]
pub(super) mod tests;
