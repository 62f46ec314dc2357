//! Chooses by which of its bytes each pattern is searched, and which patterns share a bucket.
//!
//! A bucket whose patterns have unlike bytes at the same position lets their mixtures pass, so patterns are put where
//! they let the fewest further bytes pass, by an estimate of how often each byte occurs. Only speed depends on it.

use super::{BUCKETS, ByteSet, Fingerprint, WIDTH};

/// For each bucket its patterns: index of the pattern, index of its fingerprint.
pub(super) type Plan = [Vec<(usize, usize)>; BUCKETS];

/// How often each pattern is placed at most. More rounds find no better places.
const ROUNDS: usize = 4;

/// Which low and which high halves occur among the bytes of a set.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Masks {
    pub(super) low: u16,
    pub(super) high: u16,
}

impl Masks {
    pub(super) fn of(set: ByteSet) -> Self {
        if set.any {
            return Self { low: u16::MAX, high: u16::MAX };
        }
        let mut masks = Self::default();
        for byte in set.ascii() {
            masks.low |= 1 << (byte & 0x0F);
            masks.high |= 1 << (byte >> 4);
        }
        masks
    }

    fn admit(self, byte: u8) -> bool {
        self.low >> (byte & 0x0F) & 1 == 1 && self.high >> (byte >> 4) & 1 == 1
    }

    fn and_also(self, other: Self) -> Self {
        Self { low: self.low | other.low, high: self.high | other.high }
    }
}

/// Puts every pattern into a bucket by one of its fingerprints: those with the least choice first, then each again
/// and again when all the others have their places.
pub(super) fn distribute(patterns: &[Vec<(usize, Fingerprint)>]) -> Plan {
    let shares = Shares::new();
    let masks: Vec<Vec<[Masks; WIDTH]>> =
        patterns.iter().map(|all| all.iter().map(|(_, fingerprint)| fingerprint.map(Masks::of)).collect()).collect();
    let mut order: Vec<usize> = (0..patterns.len()).collect();
    order.sort_by_key(|pattern| masks.get(*pattern).map_or(0, Vec::len));

    let mut plan = Plan::default();
    let mut open = [[Masks::default(); WIDTH]; BUCKETS];
    let mut places = vec![None; patterns.len()];
    for round in 0..ROUNDS {
        let mut moved = false;
        for pattern in &order {
            if round > 0 {
                for (members, open) in plan.iter_mut().zip(&mut open) {
                    let before = members.len();
                    members.retain(|(member, _)| member != pattern);
                    if members.len() < before {
                        *open = union(members.iter().filter_map(|(member, window)| masks.get(*member)?.get(*window)));
                    }
                }
            }
            let before = open.map(|open| shares.product(&open));
            let mut best = (f32::INFINITY, 0, 0);
            for (window, fingerprint) in masks.get(*pattern).into_iter().flatten().enumerate() {
                for (bucket, (open, before)) in open.iter().zip(before).enumerate() {
                    let added = shares.product(&union([open, fingerprint])) - before;
                    if added < best.0 {
                        best = (added, bucket, window);
                    }
                }
            }
            let (_, bucket, window) = best;
            let chosen = masks.get(*pattern).and_then(|all| all.get(window));
            if let (Some(members), Some(open), Some(chosen)) = (plan.get_mut(bucket), open.get_mut(bucket), chosen) {
                members.push((*pattern, window));
                *open = union([&*open, chosen]);
            }
            if let Some(place) = places.get_mut(*pattern) {
                moved |= *place != Some((bucket, window));
                *place = Some((bucket, window));
            }
        }
        if !moved {
            break;
        }
    }
    plan
}

fn union<'a>(all: impl IntoIterator<Item = &'a [Masks; WIDTH]>) -> [Masks; WIDTH] {
    all.into_iter().fold(Default::default(), |mut union: [Masks; WIDTH], masks| {
        for (so_far, more) in union.iter_mut().zip(masks) {
            *so_far = so_far.and_also(*more);
        }
        union
    })
}

/// How many of a thousand bytes have a given high half and one of some low halves.
struct Shares {
    /// By high half, then by whether the low half is above 7, then by the set of low halves.
    by_low: Vec<[[f32; 256]; 2]>,
}

impl Shares {
    fn new() -> Self {
        let by_low = (0..8_u8).map(|high| {
            [0, 8].map(|first| {
                let mut sums = [0.0_f32; 256];
                for set in 1..256_usize {
                    let lowest = set.trailing_zeros() as usize;
                    sums[set] = sums[set & (set - 1)] + f32::from(frequency((high << 4) | (first + lowest as u8)));
                }
                sums
            })
        });
        Self { by_low: by_low.collect() }
    }

    fn product(&self, masks: &[Masks; WIDTH]) -> f32 {
        let [first, second, third, fourth] = masks.map(|masks| self.of(masks));
        let pair = if masks[0].admit(b'<') && masks[1].admit(b'/') { END_TAGS } else { 0.0 };
        (first * second + pair) * third * fourth
    }

    fn of(&self, masks: Masks) -> f32 {
        let [above, below] = masks.low.to_be_bytes();
        // The first eight high halves are those of ASCII; few of them occur.
        let [_, mut high] = masks.high.to_be_bytes();
        let mut sum = 0.0;
        while high != 0 {
            if let Some([lower, upper]) = self.by_low.get(high.trailing_zeros() as usize) {
                sum += lower[usize::from(below)] + upper[usize::from(above)];
            }
            high &= high - 1;
        }
        sum
    }
}

/// How many of a million pairs of bytes are the start of an end tag: far more than its two bytes alone would suggest.
/// Patterns that begin with `<!` and `<?` let it pass when they share a bucket.
const END_TAGS: f32 = 5_000.0;

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
