//! The halves of bytes that occur among the bytes of a set.

use super::fingerprint::ByteSet;

/// Which low and which high halves occur among the bytes of a set.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Masks {
    pub(super) low: u16,
    pub(super) high: u16,
}

impl Masks {
    pub(super) fn of(set: ByteSet) -> Self {
        let mut masks = Self::default();
        for byte in set.bytes() {
            masks.low |= 1 << (byte & 0x0F);
            masks.high |= 1 << (byte >> 4);
        }
        masks
    }

    pub(super) fn and_also(self, other: Self) -> Self {
        Self { low: self.low | other.low, high: self.high | other.high }
    }
}
