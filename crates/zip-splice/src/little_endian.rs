//! Numbers of zip records.

use crate::error::SpliceError;

const SHORT: SpliceError = SpliceError::Damaged("a record is cut off");

/// The 16-bit number at a byte.
pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Result<u16, SpliceError> {
    let found = bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or(SHORT)?;
    Ok(u16::from_le_bytes(*found))
}

/// The 32-bit number at a byte.
pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Result<u32, SpliceError> {
    let found = bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or(SHORT)?;
    Ok(u32::from_le_bytes(*found))
}

/// The 64-bit number at a byte.
pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Result<u64, SpliceError> {
    let found = bytes.get(at..).and_then(<[u8]>::first_chunk).ok_or(SHORT)?;
    Ok(u64::from_le_bytes(*found))
}

/// Writes over the bytes at a place.
pub(crate) fn put(bytes: &mut [u8], at: usize, value: &[u8]) -> Result<(), SpliceError> {
    bytes.get_mut(at..at + value.len()).ok_or(SHORT)?.copy_from_slice(value);
    Ok(())
}
