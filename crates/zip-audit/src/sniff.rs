//! Recognising an archive, and what else is wanted by its content, by the first bytes, also through deflate, without
//! inflating.
//!
//! Nearly half of the entries of a package are of no interest by name; each may still be an archive or a key. Looking at the
//! first Huffman codes of its stream says "no" within a microsecond for almost all of them.

use crate::bytes::Source;
use crate::first_codes::first_literals;
use crate::types::BEGINNING;
use flate2::{Decompress, FlushDecompress};
use std::cell::Cell;
use std::ops::ControlFlow;

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

/// Whether the bytes are an archive, perhaps behind a prefix. Where `goes_on` ends the search, they may be one.
pub(super) fn looks_like_archive(source: &Source, goes_on: impl Fn() -> bool) -> bool {
    let mut buffer = Vec::new();
    if source.read(0, 4, &mut buffer).is_ok_and(is_archive) {
        return true;
    }
    let mut at = 0;
    while at < source.len() {
        if !goes_on() {
            return true;
        }
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

/// What the front of a deflate stream says about the first bytes that it inflates to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peek {
    /// None of the beginnings is there.
    No,
    /// One may be there, as far as the first codes tell.
    Maybe,
}

/// First bytes of a beginning that a [`peek`] compares.
pub(super) const COMPARED: usize = 4;

/// What files begin with that are looked into whatever their names are.
pub(super) struct Beginnings {
    all: Vec<Box<[u8]>>,
    /// For each of the first bytes, and each value of it, the beginnings that it can belong to, as bits.
    possible: Box<[[u64; 256]; COMPARED]>,
}

impl Beginnings {
    /// Those of archives, and `further` ones. More than there are bits share the last one.
    pub(super) fn new(further: &[&[u8]]) -> Self {
        let all: Vec<Box<[u8]>> =
            [&b"PK\x03\x04"[..], b"PK\x05\x06"].iter().chain(further).map(|&beginning| beginning.into()).collect();
        let mut possible = Box::new([[0; 256]; COMPARED]);
        for (index, beginning) in all.iter().enumerate() {
            let bit = 1_u64 << index.min(63);
            for (at, table) in possible.iter_mut().enumerate() {
                match beginning.get(at) {
                    Some(&byte) => table.iter_mut().skip(usize::from(byte)).take(1).for_each(|bits| *bits |= bit),
                    None => table.iter_mut().for_each(|bits| *bits |= bit),
                }
            }
        }
        Self { all, possible }
    }

    /// Whether a file that begins with `first` begins like one of these.
    pub(super) fn begin(&self, first: &[u8]) -> bool {
        self.all.iter().any(|beginning| first.starts_with(beginning))
    }
}

/// The first literals of a deflate stream, as far as they were looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Literals {
    bytes: [u8; COMPARED],
    count: usize,
}

impl Literals {
    fn push(&mut self, byte: u8) {
        if let Some(place) = self.bytes.get_mut(self.count) {
            *place = byte;
            self.count += 1;
        }
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.count).unwrap_or_default()
    }
}

/// Decides by the first codes of a deflate stream whether what it inflates to can begin with one of `beginnings`. Looks at
/// `least` literals, at most [`COMPARED`], if there are as many, even where fewer decide.
pub(super) fn peek(packed: &[u8], beginnings: &Beginnings, least: usize) -> (Peek, Literals) {
    let mut alive = u64::MAX;
    let mut literals = Literals::default();
    let mut tables = beginnings.possible.iter();
    // Keeps the beginnings that go on with `byte`; breaks once none is left, and once enough was compared.
    let mut look = |byte: u8| {
        let Some(table) = tables.next() else { return ControlFlow::Break(()) };
        literals.push(byte);
        alive &= table.get(usize::from(byte)).copied().unwrap_or(u64::MAX);
        if alive == 0 && literals.count >= least { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let _: Option<()> = first_literals(packed, &mut look);
    (if alive == 0 { Peek::No } else { Peek::Maybe }, literals)
}

thread_local! {
    /// Making an inflater takes longer than the few bytes that it is for.
    static INFLATER: Cell<Option<Decompress>> = const { Cell::new(None) };
}

/// The first bytes that a stream inflates to, as far as `packed` has them, and whether `packed` ran out before.
pub(super) fn first_bytes<'o>(packed: &[u8], first: &'o mut [u8; BEGINNING]) -> (&'o [u8], bool) {
    let mut inflater = match INFLATER.take() {
        Some(mut inflater) => {
            inflater.reset(false);
            inflater
        }
        None => Decompress::new(false),
    };
    let mut got = 0;
    let mut ran_out = false;
    loop {
        let taken = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX);
        let (Some(input), Some(into)) = (packed.get(taken..), first.get_mut(got..)) else { break };
        let status = inflater.decompress(input, into, FlushDecompress::None);
        let now = usize::try_from(inflater.total_out()).unwrap_or(BEGINNING).min(BEGINNING);
        let moved = now > got || usize::try_from(inflater.total_in()).unwrap_or(usize::MAX) > taken;
        got = now;
        match status {
            Ok(flate2::Status::StreamEnd) | Err(_) => break,
            _ if got == BEGINNING => break,
            _ if !moved => {
                ran_out = true;
                break;
            }
            _ => {}
        }
    }
    INFLATER.set(Some(inflater));
    (first.get(..got).unwrap_or_default(), ran_out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::io::Write as _;

    const FURTHER: [&[u8]; 4] = [b"-----BEGIN ", b"0\x82", b"\xff\xfe-\0", b"\xce\xce\xce\xce"];

    fn beginnings() -> Beginnings {
        Beginnings::new(&FURTHER)
    }

    fn look(packed: &[u8]) -> Peek {
        peek(packed, &beginnings(), 0).0
    }

    fn pack(data: &[u8], level: u32) -> Vec<u8> {
        let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(level));
        writer.write_all(data).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn text_is_refused_at_once() {
        let text: String = (0..5000).map(|n| format!("<node{n} title=\"number {}\"/>\n", n * 7)).collect();
        for level in 1..=9 {
            assert_eq!(look(&pack(text.as_bytes(), level)), Peek::No);
        }
        assert_eq!(look(&pack(b"a", 6)), Peek::No);
    }

    #[test]
    fn further_bytes_decide_where_the_first_does_not() {
        let long: Vec<u8> = (0..9000_u32).map(|n| (n * n % 251) as u8).collect();
        for (begin, expected) in [
            (&b"\xff\xd8\xff"[..], Peek::No),
            (b"\xff\xfe-\0", Peek::Maybe),
            (b"\xff\xfea\0", Peek::No),
            (b"0123", Peek::No),
            (b"0\x82\x04", Peek::Maybe),
            (b"- a list", Peek::No),
        ] {
            for level in 0..=9 {
                let data = [begin, &long].concat();
                assert_eq!(look(&pack(&data, level)), expected, "{begin:?} at level {level}");
            }
        }
    }

    #[test]
    fn an_empty_block_before_the_archive_does_not_hide_it() {
        let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        writer.flush().unwrap();
        writer.write_all(b"PK\x03\x04").unwrap();
        writer.flush().unwrap();
        writer.write_all(b"rest").unwrap();
        let packed = writer.finish().unwrap();
        assert_eq!(look(&packed), Peek::Maybe);
        let mut first = [0; BEGINNING];
        assert_eq!(first_bytes(&packed, &mut first), (&b"PK\x03\x04rest"[..], false));
        assert!(first_bytes(&packed[..3], &mut first).1);
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
        fn never_misses_a_beginning(
            begin in proptest::sample::select(vec![&b"PK\x03\x04"[..], b"PK\x05\x06", FURTHER[0], FURTHER[1], FURTHER[2], FURTHER[3]]),
            data in proptest::collection::vec(any::<u8>(), 0..3000),
            level in 0_u32..10,
        ) {
            let begins = [begin, &data].concat();
            prop_assert_eq!(look(&pack(&begins, level)), Peek::Maybe);
            prop_assert!(beginnings().begin(&begins));
            if data.first().is_some_and(|&first| !b"P-0\xff\xce".contains(&first)) {
                prop_assert_eq!(look(&pack(&data, level)), Peek::No);
            }
        }

        #[test]
        fn texts_are_told_by_their_first_letter(data in "[a-zA-OQ-Z<>/=.\" \n]{1,3000}", level in 1_u32..10) {
            prop_assert_eq!(look(&pack(data.as_bytes(), level)), Peek::No);
        }

        #[test]
        fn the_literals_are_those_of_the_file(data in proptest::collection::vec(any::<u8>(), 0..3000), level in 0_u32..10) {
            for least in 0..=COMPARED {
                let (said, literals) = peek(&pack(&data, level), &beginnings(), least);
                prop_assert_eq!(said, look(&pack(&data, level)));
                prop_assert!(data.starts_with(literals.bytes()));
            }
        }

        #[test]
        fn the_first_bytes_are_those_of_the_file(data in proptest::collection::vec(any::<u8>(), 0..3000), level in 0_u32..10) {
            let mut first = [0; BEGINNING];
            let expected = &data[..data.len().min(BEGINNING)];
            prop_assert_eq!(first_bytes(&pack(&data, level), &mut first), (expected, false));
        }

        #[test]
        fn never_panics(data in proptest::collection::vec(any::<u8>(), 0..300)) {
            look(&data);
            first_bytes(&data, &mut [0; BEGINNING]);
        }
    }
}
