//! The patterns that are searched, and how many buckets they share.

use super::fingerprint::{Fingerprint, WIDTH};

/// One bit of a byte each.
pub(super) const BUCKETS: usize = 8 * SETS;

/// Bytes of buckets.
pub(super) const SETS: usize = 2;

/// A pattern to be searched.
#[expect(clippy::large_enum_variant, reason = "a few dozen, made once and dropped at once")]
pub(in crate::documents::prefilter) enum Wanted<'n> {
    /// A needle, in lower case. It is searched in any case, by the part that costs least.
    Needle(&'n str),
    /// One of a name that no needle has, by a fingerprint.
    By(&'static str, Fingerprint),
}

impl Wanted<'_> {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Needle(name) | Self::By(name, _) => name,
        }
    }

    /// How many fingerprints there are to choose from.
    pub(super) fn choice(&self) -> usize {
        match self {
            Self::Needle(needle) => needle.len().saturating_sub(WIDTH) + 1,
            Self::By(..) => 1,
        }
    }

    pub(super) fn fingerprints(&self) -> Vec<Fingerprint> {
        (0..self.choice()).map(|offset| self.fingerprint(offset)).collect()
    }

    /// The fingerprint that begins at a byte of a needle, or the only one.
    pub(super) fn fingerprint(&self, offset: usize) -> Fingerprint {
        match self {
            Self::Needle(needle) => Fingerprint::of(needle.as_bytes(), offset),
            Self::By(_, fingerprint) => fingerprint.clone(),
        }
    }
}
