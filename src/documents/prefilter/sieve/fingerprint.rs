//! What the bytes at the start of a pattern may be.

/// Bytes of a fingerprint.
pub(in super::super) const WIDTH: usize = 4;

/// A set of ASCII characters, with or without all bytes beyond ASCII.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct ByteSet {
    ascii: u128,
    beyond: bool,
}

impl ByteSet {
    /// Every byte.
    pub(super) const ANY: Self = Self { ascii: u128::MAX, beyond: true };

    /// These ASCII characters.
    pub(in super::super) fn of(bytes: impl IntoIterator<Item = u8>) -> Self {
        let ascii = bytes.into_iter().fold(0, |set, byte| set | 1_u128.checked_shl(u32::from(byte)).unwrap_or(0));
        Self { ascii, beyond: false }
    }

    /// Whether the bytes beyond ASCII are in the set.
    pub(super) fn goes_beyond(self) -> bool {
        self.beyond
    }

    /// Every byte of the set.
    pub(super) fn bytes(self) -> impl Iterator<Item = u8> {
        self.ascii().chain((128..=u8::MAX).filter(move |_| self.beyond))
    }

    /// The ASCII characters of the set, in order.
    pub(super) fn ascii(self) -> impl Iterator<Item = u8> {
        let mut rest = self.ascii;
        std::iter::from_fn(move || {
            let byte = (rest != 0).then(|| rest.trailing_zeros() as u8)?;
            rest &= rest - 1;
            Some(byte)
        })
    }
}

/// What the bytes from some position on must look like: those of the fingerprint, which the vectors look at, and the
/// ones after it, as far as they are compared one by one.
#[derive(Clone, Debug)]
pub(in super::super) struct Fingerprint {
    /// Where in the pattern it begins.
    pub(super) offset: usize,
    pub(super) sets: [ByteSet; DEPTH],
}

/// Bytes of a candidate that are compared one by one.
pub(super) const DEPTH: usize = 8;

impl Fingerprint {
    /// That of a pattern which begins with bytes of these sets and goes on with anything.
    pub(in super::super) fn starting<const N: usize>(sets: [ByteSet; N]) -> Self {
        Self::at(0, sets)
    }

    /// The one by which `needle` can be searched in any case from its byte `offset` on.
    pub(super) fn of(needle: &[u8], offset: usize) -> Self {
        let either = |byte: &u8| ByteSet::of([byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]);
        Self::at(offset, needle.iter().skip(offset).map(either))
    }

    /// That of a pattern which has bytes of these sets from `offset` on.
    pub(in super::super) fn at(offset: usize, sets: impl IntoIterator<Item = ByteSet>) -> Self {
        let mut all = [ByteSet::ANY; DEPTH];
        all.iter_mut().zip(sets).for_each(|(set, starting)| *set = starting);
        Self { offset, sets: all }
    }

    /// What the vectors look at.
    pub(super) fn head(&self) -> impl Iterator<Item = ByteSet> {
        self.sets.iter().copied().take(WIDTH)
    }
}
