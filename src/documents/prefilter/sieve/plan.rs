//! Chooses by which of its bytes each pattern is searched, and which patterns share a bucket.
//!
//! A bucket whose patterns have unlike bytes at the same position lets their mixtures pass, so patterns are put where
//! they let the fewest further places of an [`ordinary`] file pass. Only speed depends on it.

use super::fingerprint::{Fingerprint, WIDTH};
use super::masks::Masks;
use super::wanted::{BUCKETS, Wanted};
use ordinary::{Places, Shares};

pub(super) mod known;
mod ordinary;

/// How often each pattern is placed. More rounds find hardly better places.
const ROUNDS: usize = 2;

/// How many of its fingerprints, those that cost least by themselves, are tried for a pattern.
const CHOICE: usize = 3;

/// What the fingerprints of a bucket let pass at one byte position.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    masks: Masks,
    /// The places of the ordinary text that have one of the low halves there, and those that have one of the high.
    low: Places,
    high: Places,
}

/// The same for all positions.
type Opening = [Open; WIDTH];

fn opening(fingerprint: &Fingerprint) -> Opening {
    let mut opening = Opening::default();
    for (index, (open, set)) in opening.iter_mut().zip(fingerprint.head()).enumerate() {
        let masks = Masks::of(set);
        *open = Open { masks, low: Places::with_low(index, masks.low), high: Places::with_high(index, masks.high) };
    }
    opening
}

fn widen(opening: &mut Opening, more: &Opening) {
    for (open, more) in opening.iter_mut().zip(more) {
        open.masks = open.masks.and_also(more.masks);
        open.low = open.low.or(more.low);
        open.high = open.high.or(more.high);
    }
}

/// An estimate of how many of all places both together let pass; `None` if it is not below `most`.
fn cost(opening: &Opening, more: &Opening, shares: &Shares, most: f32) -> Option<f32> {
    let by_bytes: f32 =
        opening.iter().zip(more).map(|(open, more)| shares.of(open.masks.and_also(more.masks))).product();
    // The second estimate takes longer, and is only needed where the first is promising.
    if by_bytes >= most {
        return None;
    }
    let passing = opening
        .iter()
        .zip(more)
        .fold(Places::ALL, |passing, (open, more)| passing.and(open.low.or(more.low)).and(open.high.or(more.high)));
    let cost = by_bytes + passing.share();
    (cost < most).then_some(cost)
}

/// A bucket and what is in it.
#[derive(Clone, Debug, Default)]
struct Bucket {
    members: Vec<(usize, Opening)>,
    opening: Opening,
    cost: f32,
}

impl Bucket {
    fn add(&mut self, pattern: usize, opening: &Opening, shares: &Shares) {
        self.members.push((pattern, *opening));
        widen(&mut self.opening, opening);
        self.cost = cost(&self.opening, &self.opening, shares, f32::INFINITY).unwrap_or_default();
    }

    fn remove(&mut self, pattern: usize, shares: &Shares) {
        let before = self.members.len();
        self.members.retain(|(member, _)| *member != pattern);
        if self.members.len() < before {
            self.opening = Opening::default();
            self.members.iter().for_each(|(_, member)| widen(&mut self.opening, member));
            self.cost = cost(&self.opening, &self.opening, shares, f32::INFINITY).unwrap_or_default();
        }
    }
}

/// The bucket and the fingerprint of every pattern.
///
/// Those of the built-in rules have [`known`] places; the others are put where they cost least beside them.
pub(super) fn distribute(patterns: &[Wanted<'_>]) -> Vec<(usize, Fingerprint)> {
    let known: Vec<Option<(usize, Fingerprint)>> = patterns.iter().map(known::place).collect();
    match known.iter().cloned().collect() {
        Some(all) => all,
        None => work_out(patterns, known),
    }
}

/// Puts the patterns without a place into buckets: those with the least choice first, then each again when all the
/// others have their places.
pub(super) fn work_out(
    patterns: &[Wanted<'_>],
    mut places: Vec<Option<(usize, Fingerprint)>>,
) -> Vec<(usize, Fingerprint)> {
    let shares = Shares::new();
    let mut buckets: [Bucket; BUCKETS] = Default::default();
    for (pattern, place) in places.iter().enumerate() {
        if let Some((bucket, fingerprint)) = place
            && let Some(bucket) = buckets.get_mut(*bucket)
        {
            bucket.add(pattern, &opening(fingerprint), &shares);
        }
    }
    let mut open: Vec<(usize, Vec<(Fingerprint, Opening)>)> = (patterns.iter().enumerate())
        .filter(|(pattern, _)| places.get(*pattern).is_none_or(Option::is_none))
        .map(|(pattern, wanted)| (pattern, cheapest(wanted.fingerprints(), &shares)))
        .collect();
    open.sort_by_key(|(pattern, _)| patterns.get(*pattern).map_or(0, Wanted::choice));
    for round in 0..ROUNDS {
        for (pattern, choices) in &open {
            if round > 0 {
                buckets.iter_mut().for_each(|bucket| bucket.remove(*pattern, &shares));
            }
            let mut best = (f32::INFINITY, None);
            for (fingerprint, opening) in choices {
                for (index, bucket) in buckets.iter().enumerate() {
                    if let Some(cost) = cost(&bucket.opening, opening, &shares, best.0 + bucket.cost) {
                        best = (cost - bucket.cost, Some((index, fingerprint, opening)));
                    }
                }
            }
            let (_, Some((index, fingerprint, opening))) = best else { continue };
            if let (Some(bucket), Some(place)) = (buckets.get_mut(index), places.get_mut(*pattern)) {
                bucket.add(*pattern, opening, &shares);
                *place = Some((index, fingerprint.clone()));
            }
        }
    }
    places.into_iter().flatten().collect()
}

/// The fingerprints of a pattern that let the least pass by themselves.
fn cheapest(all: Vec<Fingerprint>, shares: &Shares) -> Vec<(Fingerprint, Opening)> {
    let rated = all.into_iter().map(|fingerprint| {
        let opening = opening(&fingerprint);
        (cost(&opening, &opening, shares, f32::INFINITY).unwrap_or_default(), (fingerprint, opening))
    });
    let mut rated: Vec<_> = rated.collect();
    rated.sort_by(|one, other| one.0.total_cmp(&other.0));
    rated.into_iter().map(|(_, choice)| choice).take(CHOICE).collect()
}
