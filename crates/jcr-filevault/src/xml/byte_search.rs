//! Searches for a byte of some class, many bytes at a time.

/// Where the first byte is that is `wanted`. Most texts have none, which is found out for many bytes at a time if
/// `wanted` does not branch.
pub(super) fn first_byte(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> Option<usize> {
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
