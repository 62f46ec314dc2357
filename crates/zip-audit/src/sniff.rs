//! Recognising an archive by its first bytes, also through deflate, without inflating.
//!
//! Nearly half of the entries of a package are of no interest by name; each may still be an archive. Looking at the
//! first Huffman code of its stream says "no" within a microsecond for almost all of them.

use crate::bytes::Source;
use flate2::{Decompress, FlushDecompress};

/// Whether a file that begins like this is a zip archive: a local header, or the end record of an empty archive.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Most bytes of a pointer of Git LFS, by its specification.
const MAX_LFS_POINTER_BYTES: u64 = 1024;

/// Whether a file of these bytes is a pointer of Git LFS: a short text that stands in a checkout in place of a file that was
/// not fetched.
///
/// By <https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md>; the second address is that of its first versions.
pub(super) fn is_lfs_pointer(bytes: &[u8]) -> bool {
    const VERSIONS: [&[u8]; 2] =
        [b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/"];
    bytes.len() as u64 <= MAX_LFS_POINTER_BYTES
        && VERSIONS.iter().any(|version| bytes.starts_with(version))
        && memchr::memmem::find(bytes, b"\noid ").is_some()
}

/// Whether the bytes are an archive, perhaps behind a prefix.
pub(super) fn looks_like_archive(source: &Source) -> bool {
    let mut buffer = Vec::new();
    if source.read(0, 4, &mut buffer).is_ok_and(is_archive) {
        return true;
    }
    let mut at = 0;
    while at < source.len() {
        let Ok(bytes) = source.read(at, 1 << 20, &mut buffer) else { return false };
        let local = memchr::memmem::find_iter(bytes, b"PK")
            .any(|at| matches!(bytes.get(at + 2..at + 4), Some([3, 4] | [1, 2] | [5, 6])));
        if local {
            return true;
        }
        at += (1 << 20) - 3;
    }
    false
}

/// Whether the bytes are a pointer of Git LFS.
pub(super) fn holds_lfs_pointer(source: &Source) -> bool {
    let mut buffer = Vec::new();
    source.len() <= MAX_LFS_POINTER_BYTES && source.read(0, source.len(), &mut buffer).is_ok_and(is_lfs_pointer)
}

/// What the front of a deflate stream says about the first byte that it inflates to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peek {
    /// It is not `P`.
    No,
    /// It is `P`, or the bytes at hand do not tell.
    Maybe,
}

/// Decides by the first code of a deflate stream whether it can begin with `P`.
pub(super) fn peek(packed: &[u8]) -> Peek {
    first_symbol_is_p(packed).map_or(Peek::Maybe, |is| if is { Peek::Maybe } else { Peek::No })
}

/// The first four bytes that a stream inflates to, as far as `packed` has them, and whether `packed` ran out before.
pub(super) fn first_bytes(packed: &[u8]) -> ([u8; 4], bool) {
    let mut first = [0; 4];
    let mut inflater = Decompress::new(false);
    let mut got = 0;
    loop {
        let taken = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX);
        let (Some(input), Some(into)) = (packed.get(taken..), first.get_mut(got..)) else { break };
        let status = inflater.decompress(input, into, FlushDecompress::None);
        let now = usize::try_from(inflater.total_out()).unwrap_or(4).min(4);
        let moved = now > got || usize::try_from(inflater.total_in()).unwrap_or(usize::MAX) > taken;
        got = now;
        match status {
            Ok(flate2::Status::StreamEnd) | Err(_) => return (first, false),
            _ if got == 4 => return (first, false),
            _ if !moved => return (first, true),
            _ => {}
        }
    }
    (first, got < 4)
}

/// Reads bits from the low end, as deflate packs them.
struct Bits<'a> {
    bytes: &'a [u8],
    hold: u64,
    count: u32,
}

impl Bits<'_> {
    fn take(&mut self, n: u32) -> Option<u32> {
        while self.count < n {
            let (&byte, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            self.hold |= u64::from(byte) << self.count;
            self.count += 8;
        }
        let value = self.hold & ((1 << n) - 1);
        self.hold >>= n;
        self.count -= n;
        u32::try_from(value).ok()
    }
}

const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const END_OF_BLOCK: usize = 256;

/// A canonical Huffman code, decoded bit by bit: cheapest when only a few symbols are wanted.
struct Canonical<'a> {
    sizes: &'a [u8],
    counts: [u16; 16],
}

impl<'a> Canonical<'a> {
    fn new(sizes: &'a [u8]) -> Self {
        let mut counts = [0; 16];
        for &size in sizes.iter().filter(|&&size| size > 0) {
            if let Some(count) = counts.get_mut(usize::from(size)) {
                *count += 1;
            }
        }
        Self { sizes, counts }
    }

    fn decode(&self, bits: &mut Bits) -> Option<usize> {
        let (mut code, mut first) = (0_u32, 0_u32);
        for (size, &count) in (1_u8..).zip(self.counts.iter().skip(1)) {
            code |= bits.take(1)?;
            let count = u32::from(count);
            if let Some(nth) = code.checked_sub(first).filter(|&nth| nth < count) {
                return self.sizes.iter().enumerate().filter(|&(_, &s)| s == size).nth(nth as usize).map(|(at, _)| at);
            }
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

/// Whether the first symbol can be `P`; `None` when that takes a real inflater to say.
fn first_symbol_is_p(packed: &[u8]) -> Option<bool> {
    let mut bits = Bits { bytes: packed, hold: 0, count: 0 };
    let last_block = bits.take(1)? == 1;
    match bits.take(2)? {
        0 => match packed.get(1..6)? {
            [low, high, _, _, first] if u16::from_le_bytes([*low, *high]) > 0 => Some(*first == b'P'),
            _ => None,
        },
        // In the fixed code `P` is 0x30 + 0x50 in eight bits, the highest first, and the end of the block seven zeros.
        1 => match bits.take(8)?.reverse_bits() >> 24 {
            0 | 1 => None,
            code => Some(code == 0x80),
        },
        2 => dynamic(&mut bits, last_block),
        _ => Some(false),
    }
}

fn dynamic(bits: &mut Bits, last_block: bool) -> Option<bool> {
    let literals = bits.take(5)? as usize + 257;
    let all = literals + bits.take(5)? as usize + 1;
    let coded = bits.take(4)? as usize + 4;
    let mut code_sizes = [0_u8; 19];
    for &symbol in ORDER.iter().take(coded) {
        *code_sizes.get_mut(symbol)? = u8::try_from(bits.take(3)?).ok()?;
    }
    let code = Canonical::new(&code_sizes);
    let mut sizes = [0_u8; 320];
    let mut at = 0;
    while at < all {
        let (size, repeat) = match code.decode(bits)? {
            size @ 0..=15 => (u8::try_from(size).ok()?, 1),
            16 => (*sizes.get(at.checked_sub(1)?)?, bits.take(2)? as usize + 3),
            17 => (0, bits.take(3)? as usize + 3),
            _ => (0, bits.take(7)? as usize + 11),
        };
        sizes.get_mut(at..at + repeat)?.fill(size);
        at += repeat;
        // Text has no codes for bytes 3 to 6. If the only block has none, no archive begins here; an earlier block
        // could end within the first bytes, so it must be looked at further.
        if last_block && at > 6 && at - repeat <= 6 {
            let [_, _, _, three, four, five, six, ..] = sizes;
            if (three == 0 || four == 0) && (five == 0 || six == 0) {
                return Some(false);
            }
        }
    }
    match Canonical::new(sizes.get(..literals)?).decode(bits)? {
        END_OF_BLOCK => None,
        symbol => Some(symbol == usize::from(b'P')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write as _;

    fn pack(data: &[u8], level: u32) -> Vec<u8> {
        let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(level));
        writer.write_all(data).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn text_is_refused_at_once() {
        let text: String = (0..5000).map(|n| format!("<node{n} title=\"number {}\"/>\n", n * 7)).collect();
        for level in 1..=9 {
            assert_eq!(peek(&pack(text.as_bytes(), level)), Peek::No);
        }
        assert_eq!(peek(&pack(b"a", 6)), Peek::No);
    }

    #[test]
    fn an_empty_block_before_the_archive_does_not_hide_it() {
        let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        writer.flush().unwrap();
        writer.write_all(b"PK\x03\x04").unwrap();
        writer.flush().unwrap();
        writer.write_all(b"rest").unwrap();
        let packed = writer.finish().unwrap();
        assert_eq!(peek(&packed), Peek::Maybe);
        assert_eq!(first_bytes(&packed), (*b"PK\x03\x04", false));
        assert!(first_bytes(&packed[..3]).1);
    }

    #[test]
    fn pointers_of_git_lfs() {
        let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n";
        assert!(is_lfs_pointer(pointer.as_bytes()));
        assert!(is_lfs_pointer(pointer.replace("git-lfs", "hawser").replace('\n', "\r\n").as_bytes()));
        for text in ["", "version https://git-lfs.github.com/spec/v1\n", &format!("# {pointer}"), &pointer.repeat(20)] {
            assert!(!is_lfs_pointer(text.as_bytes()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_misses_a_p(data in proptest::collection::vec(any::<u8>(), 0..3000), level in 0_u32..10) {
            let mut archive = b"PK\x03\x04".to_vec();
            archive.extend_from_slice(&data);
            prop_assert_eq!(peek(&pack(&archive, level)), Peek::Maybe);
            if data.first().is_some_and(|&first| first != b'P') {
                prop_assert_eq!(peek(&pack(&data, level)), Peek::No);
            }
        }

        #[test]
        fn never_panics(data in proptest::collection::vec(any::<u8>(), 0..300)) {
            peek(&data);
            first_bytes(&data);
        }
    }
}
