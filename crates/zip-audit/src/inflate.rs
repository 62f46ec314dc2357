//! Inflating into buffers that a worker thread keeps, never more than asked for, whatever the archive declares.
//!
//! `libdeflate` inflates a whole entry at once and fastest, but gives nothing back for a damaged stream. Then, and when
//! an entry is larger than its limit, the streaming inflater of `flate2` delivers what there is.

use flate2::{Decompress, FlushDecompress, Status as StreamStatus};
use libdeflater::{DecompressionError, Decompressor};
use std::cell::Cell;

/// Buffers larger than this are given back after use, and texts larger than this are read one at a time.
pub(super) const MAX_KEPT_BYTES: usize = 8 << 20;

/// The reusable state of one worker thread.
pub(super) struct Scratch {
    /// The inflater.
    pub(super) inflater: Decompressor,
    /// Inflated bytes.
    pub(super) out: Vec<u8>,
    /// A window of a file.
    pub(super) window: Vec<u8>,
    /// A header that did not lie in the window.
    pub(super) header: Vec<u8>,
    /// Bytes that did not lie in the window.
    pub(super) spare: Vec<u8>,
}

thread_local! {
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

impl Scratch {
    /// Lends the thread's scratch. It is taken out meanwhile, so a job that starts inside another one gets its own.
    pub(super) fn lend<T>(work: impl FnOnce(&mut Scratch) -> T) -> T {
        let mut scratch = SCRATCH.with(Cell::take).unwrap_or_else(|| {
            Box::new(Scratch {
                inflater: Decompressor::new(),
                out: Vec::new(),
                window: Vec::new(),
                spare: Vec::new(),
                header: Vec::new(),
            })
        });
        let result = work(&mut scratch);
        for buffer in [&mut scratch.out, &mut scratch.window, &mut scratch.spare] {
            if buffer.len() > MAX_KEPT_BYTES {
                *buffer = Vec::new();
            }
        }
        SCRATCH.with(|cell| cell.set(Some(scratch)));
        result
    }
}

/// How inflating ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// The stream ended by itself.
    Complete,
    /// There is more than the most that was asked for.
    LimitReached,
    /// The stream is cut off or corrupt; what came before is there.
    Corrupt,
}

/// The result of inflating: the first `len` bytes of the output buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Inflated {
    pub(super) len: usize,
    pub(super) end: Status,
}

/// Inflates `packed` into the front of `out`, at most `most` bytes. `declared` is a guess of the size.
pub(super) fn inflate(
    inflater: &mut Decompressor,
    packed: &[u8],
    declared: u64,
    most: usize,
    out: &mut Vec<u8>,
) -> Inflated {
    let declared = usize::try_from(declared).unwrap_or(usize::MAX);
    let mut room = if declared == 0 { packed.len().saturating_mul(4).max(64) } else { declared };
    // A stream cannot inflate beyond 1032 times its size: no need to believe more.
    room = room.min(packed.len().saturating_mul(1032).max(64)).min(most.max(1));
    loop {
        if out.capacity() == 0 {
            // New memory comes cleared from the system.
            *out = vec![0; room];
        } else if out.len() < room {
            out.resize(room, 0);
        }
        let Some(into) = out.get_mut(..room) else { return Inflated { len: 0, end: Status::Corrupt } };
        match inflater.deflate_decompress(packed, into) {
            Ok(len) => return Inflated { len, end: Status::Complete },
            Err(DecompressionError::InsufficientSpace) if room < most => {
                room = room.saturating_mul(2).max(64 << 10).min(most)
            }
            Err(_) => return stream(packed, most, out).0,
        }
    }
}

/// Inflates with the streaming inflater; also says how many bytes of `packed` the stream took.
pub(super) fn stream(packed: &[u8], most: usize, out: &mut Vec<u8>) -> (Inflated, usize) {
    let mut inflater = Decompress::new(false);
    let mut room = (64 << 10).min(most.max(1));
    let mut len = 0;
    loop {
        if out.len() < room {
            out.resize(room, 0);
        }
        let taken = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX).min(packed.len());
        let (Some(input), Some(into)) = (packed.get(taken..), out.get_mut(len..room)) else {
            return (Inflated { len, end: Status::Corrupt }, taken);
        };
        let status = inflater.decompress(input, into, FlushDecompress::None);
        let (before, before_in) = (len, taken);
        len = usize::try_from(inflater.total_out()).unwrap_or(usize::MAX).min(room);
        let taken = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX).min(packed.len());
        match status {
            Ok(StreamStatus::StreamEnd) => return (Inflated { len, end: Status::Complete }, taken),
            Ok(_) if len == room && room >= most => return (Inflated { len, end: Status::LimitReached }, taken),
            Ok(_) if len == room => room = room.saturating_mul(2).min(most),
            Ok(_) if len > before || taken > before_in => {}
            _ => return (Inflated { len, end: Status::Corrupt }, taken),
        }
    }
}

/// How many bytes of `packed` a sound stream takes; all of them where it is not sound.
pub(super) fn stream_len(packed: &[u8]) -> usize {
    let mut inflater = Decompress::new(false);
    let mut sink = [0; 16 << 10];
    loop {
        let taken = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX).min(packed.len());
        let given = inflater.total_out();
        let status = inflater.decompress(packed.get(taken..).unwrap_or_default(), &mut sink, FlushDecompress::None);
        let now = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX).min(packed.len());
        match status {
            Ok(StreamStatus::StreamEnd) => return now,
            Ok(_) if now > taken || inflater.total_out() > given => {}
            _ => return packed.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn pack(data: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(data).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn declared_sizes_are_only_guesses() {
        let data: Vec<u8> = (0..200_000_u32).flat_map(|n| n.to_string().into_bytes()).collect();
        let packed = pack(&data);
        for declared in [0, 1, 1000, data.len() as u64, u64::MAX] {
            let mut out = Vec::new();
            let got = inflate(&mut Decompressor::new(), &packed, declared, 8 << 20, &mut out);
            assert_eq!(got, Inflated { len: data.len(), end: Status::Complete });
            assert_eq!(&out[..got.len], &data[..]);
        }
    }

    #[test]
    fn what_comes_before_the_damage_or_the_limit_is_kept() {
        let data: Vec<u8> = (0..100_000_u32).flat_map(|n| n.to_string().into_bytes()).collect();
        let packed = pack(&data);
        let mut out = Vec::new();
        let cut = inflate(&mut Decompressor::new(), &packed[..packed.len() / 2], data.len() as u64, 8 << 20, &mut out);
        assert_eq!(cut.end, Status::Corrupt);
        assert!(cut.len > data.len() / 4);
        assert_eq!(&out[..cut.len], &data[..cut.len]);
        let more = inflate(&mut Decompressor::new(), &packed, data.len() as u64, 1000, &mut out);
        assert_eq!(more, Inflated { len: 1000, end: Status::LimitReached });
        assert_eq!(&out[..1000], &data[..1000]);
    }

    #[test]
    fn the_stream_says_where_it_ends() {
        let mut packed = pack(b"hello hello hello");
        let len = packed.len();
        packed.extend_from_slice(b"PK\x03\x04 and more");
        let (got, taken) = stream(&packed, 1 << 20, &mut Vec::new());
        assert_eq!((got.end, taken), (Status::Complete, len));
        assert_eq!(stream_len(&packed), len);
        assert_eq!(stream_len(&packed[..len - 1]), len - 1);
    }
}
