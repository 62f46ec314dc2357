//! What the bytes at the start of a pattern may be.

/// Bytes of a fingerprint.
pub(in super::super) const WIDTH: usize = 4;

/// A set of bytes.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct ByteSet {
    ascii: u128,
    beyond: u128,
}

impl ByteSet {
    /// Every byte.
    pub(super) const ANY: Self = Self { ascii: u128::MAX, beyond: u128::MAX };

    /// These bytes.
    pub(in super::super) fn of(bytes: impl IntoIterator<Item = u8>) -> Self {
        let mut set = Self { ascii: 0, beyond: 0 };
        for byte in bytes {
            let half = if byte.is_ascii() { &mut set.ascii } else { &mut set.beyond };
            *half |= 1 << (byte & 0x7F);
        }
        set
    }

    /// Every byte of the set, in order.
    pub(super) fn bytes(self) -> impl Iterator<Item = u8> {
        ones(self.ascii).chain(ones(self.beyond).map(|byte| byte | 0x80))
    }
}

/// The numbers of the bits that are set. Most sets have one or two, and all of them are gone over at every start.
fn ones(mut rest: u128) -> impl Iterator<Item = u8> {
    std::iter::from_fn(move || {
        let number = (rest != 0).then(|| rest.trailing_zeros() as u8)?;
        rest &= rest - 1;
        Some(number)
    })
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
