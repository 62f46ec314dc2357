//! Searches for a byte of some class, many bytes at a time.

use fearless_simd::{Simd, dispatch};
use text_spans::LEVEL;

/// Where the first byte is that is `wanted`. Most texts have none, which is found out for many bytes at a time if
/// `wanted` does not branch.
pub(crate) fn first_byte(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
    const BLOCK: usize = 16;
    let is_clean = |block: &[u8; BLOCK]| block.iter().fold(0, |any, &b| any | u8::from(wanted(b))) == 0;
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let clean = blocks.iter().take_while(|block| is_clean(block)).count();
    // The last bytes are a block together with some that were looked at.
    if clean == blocks.len() && (rest.is_empty() || bytes.last_chunk::<BLOCK>().is_some_and(is_clean)) {
        return None;
    }
    let at = clean * BLOCK;
    bytes.get(at..)?.iter().position(|&b| wanted(b)).map(|found| at + found)
}

/// Where U+FFFE or U+FFFF is, which XML does not allow. Hardly any text has one.
pub(crate) fn first_noncharacter(bytes: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(bytes, b"\xef\xbf").find(|at| matches!(bytes.get(at + 2), Some(0xbe | 0xbf)))
}

/// Where the first control character is that XML does not allow. Hardly any text has one.
pub(crate) fn first_control(bytes: &[u8]) -> Option<usize> {
    let any = dispatch!(*LEVEL, simd => simd.vectorize(
        #[inline(always)]
        || has_control(bytes),
    ));
    if any { bytes.iter().position(|&byte| is_control(byte)) } else { None }
}

/// Plain loops, for many bytes at a time.
#[inline(always)]
fn has_control(bytes: &[u8]) -> bool {
    let (blocks, rest) = bytes.as_chunks::<64>();
    for block in blocks {
        let mut any = false;
        for &byte in block {
            any |= is_control(byte);
        }
        if any {
            return true;
        }
    }
    rest.iter().any(|&byte| is_control(byte))
}

#[inline(always)]
fn is_control(byte: u8) -> bool {
    (byte < 0x20) & (byte != b'\t') & (byte != b'\n') & (byte != b'\r')
}
