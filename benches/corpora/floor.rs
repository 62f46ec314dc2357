//! The floor: what whoever looks into the same packages cannot leave out. It reads the directory, inflates every entry whose
//! name is wanted and every archive, with the inflater of the product, compares the checksums, looks at the first four bytes
//! of every other entry, and does nothing else.
//!
//! Positioned reads of windows in which neighbouring entries lie, one reused buffer and one inflater a thread.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use aemlint::internals::documents;
use flate2::{Decompress, FlushDecompress};
use libdeflater::{Decompressor, crc32};
use rayon::prelude::*;

/// Files up to this size are read whole, bytes.
const WHOLE: u64 = 8 << 20;
/// The longest window, unless one entry is longer, bytes.
const WINDOW: u64 = 1 << 20;
/// A gap between entries that is read rather than skipped, bytes.
const GAP: u64 = 16 << 10;
/// Room for the local header: its name and extra field can differ from those of the directory.
const LOCAL_HEADER: u64 = 30 + 1024;
/// Packed bytes of an entry that is only looked at: enough for the tables of its first block.
const LOOK: u64 = 512;

struct Entry {
    offset: u64,
    packed: u64,
    size: u64,
    crc: u32,
    method: u16,
    archive: bool,
    /// Whether it is inflated; else only its first bytes are looked at.
    wanted: bool,
}

/// What was done.
#[derive(Default)]
pub(crate) struct Done {
    entries: AtomicU64,
    bytes: AtomicU64,
    looks: AtomicU64,
    /// Entries that are broken, or packed in a way that is not known.
    skipped: AtomicU64,
}

impl std::fmt::Display for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [entries, bytes, looks, skipped] =
            [&self.entries, &self.bytes, &self.looks, &self.skipped].map(|count| count.load(Ordering::Relaxed));
        write!(f, "{entries} entries, {bytes} bytes, {looks} looks, {skipped} skipped")
    }
}

struct Window<'a> {
    file: &'a File,
    start: u64,
    end: u64,
    entries: Vec<Entry>,
}

/// What one thread keeps from entry to entry.
struct Worker<'a> {
    inflater: Decompressor,
    read: Vec<u8>,
    inflated: Vec<u8>,
    looker: Decompress,
    done: &'a Done,
}

/// Goes over all packages below `paths`; returns what was done.
pub(crate) fn run(paths: &[PathBuf], threads: usize) -> io::Result<Done> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(io::Error::other)?;
    let done = Done::default();
    pool.install(|| {
        let mut files = Vec::new();
        paths.iter().try_for_each(|path| packages(path, &mut files))?;
        files.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
        let (large, small): (Vec<_>, Vec<_>) = files.into_iter().partition(|(_, size)| *size > WHOLE);
        let worker = || Worker {
            inflater: Decompressor::new(),
            read: Vec::new(),
            inflated: Vec::new(),
            looker: Decompress::new(false),
            done: &done,
        };
        for (path, size) in large {
            let file = File::open(path)?;
            windows(&file, size)?.par_iter().try_for_each_init(worker, Worker::window)?;
        }
        small.par_iter().try_for_each_init(worker, |worker, (path, size)| {
            let mut read = std::mem::take(&mut worker.read);
            read.resize(*size as usize, 0);
            read_at(&File::open(path)?, &mut read, 0)?;
            worker.archive(&read)?;
            worker.read = read;
            Ok(())
        })
    })
    .map(|()| done)
}

fn packages(path: &Path, files: &mut Vec<(PathBuf, u64)>) -> io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            packages(&entry?.path(), files)?;
        }
    } else if path.extension().is_some_and(|extension| extension == "zip") {
        files.push((path.to_owned(), path.metadata()?.len()));
    }
    Ok(())
}

impl Worker<'_> {
    fn window(&mut self, window: &Window<'_>) -> io::Result<()> {
        let mut read = std::mem::take(&mut self.read);
        read.resize((window.end - window.start) as usize, 0);
        read_at(window.file, &mut read, window.start)?;
        for entry in &window.entries {
            self.entry(&read, entry, window.start)?;
        }
        self.read = read;
        Ok(())
    }

    fn entry(&mut self, bytes: &[u8], entry: &Entry, start: u64) -> io::Result<()> {
        let header = (entry.offset - start) as usize;
        let data = header + 30 + usize::from(u16_at(bytes, header + 26)?) + usize::from(u16_at(bytes, header + 28)?);
        let end = if entry.wanted { data + entry.packed as usize } else { bytes.len() };
        let packed = bytes.get(data..end).ok_or_else(broken)?;
        let done = self.done;
        if !entry.wanted {
            done.looks.fetch_add(1, Ordering::Relaxed);
            let mut first = [0; 4];
            if entry.method == 8 {
                self.looker.reset(false);
                let packed = packed.get(..entry.packed as usize).unwrap_or(packed);
                let _ = self.looker.decompress(packed, &mut first, FlushDecompress::None);
            } else if let Some(bytes) = packed.first_chunk() {
                first = *bytes;
            }
            std::hint::black_box(first);
            return Ok(());
        }
        done.entries.fetch_add(1, Ordering::Relaxed);
        done.bytes.fetch_add(entry.size, Ordering::Relaxed);
        let size = entry.size as usize;
        let mut inflated = std::mem::take(&mut self.inflated);
        let content = match entry.method {
            0 => Some(packed),
            8 => {
                if inflated.len() < size {
                    inflated.resize(size, 0);
                }
                let room = inflated.get_mut(..size).ok_or_else(broken)?;
                self.inflater.deflate_decompress(packed, room).is_ok().then_some(&*room)
            }
            _ => None,
        };
        match content.filter(|content| crc32(content) == entry.crc) {
            // The buffer is in use as the archive; the entries in it get one of their own.
            Some(content) if entry.archive => {
                if self.archive(content).is_err() {
                    done.skipped.fetch_add(1, Ordering::Relaxed);
                }
            }
            Some(_) => {}
            None => {
                done.skipped.fetch_add(1, Ordering::Relaxed);
            }
        }
        self.inflated = inflated;
        Ok(())
    }

    fn archive(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (at, count, _) = end_record(bytes, 0)?;
        for entry in directory(bytes.get(at as usize..).ok_or_else(broken)?, count)? {
            self.entry(bytes, &entry, 0)?;
        }
        Ok(())
    }
}

fn windows(file: &File, size: u64) -> io::Result<Vec<Window<'_>>> {
    let tail_start = size.saturating_sub(64 << 10);
    let mut tail = vec![0; (size - tail_start) as usize];
    read_at(file, &mut tail, tail_start)?;
    let (at, count, length) = end_record(&tail, tail_start)?;
    let mut records = vec![0; length as usize];
    read_at(file, &mut records, at)?;
    let mut entries = directory(&records, count)?;
    entries.sort_by_key(|entry| entry.offset);
    let mut windows: Vec<Window<'_>> = Vec::new();
    for entry in entries {
        let need = if entry.wanted { entry.packed } else { entry.packed.min(LOOK) };
        let end = (entry.offset + LOCAL_HEADER + need).min(size);
        match windows.last_mut() {
            Some(last) if entry.offset <= last.end + GAP && end - last.start <= WINDOW => {
                last.end = last.end.max(end);
                last.entries.push(entry);
            }
            _ => windows.push(Window { file, start: entry.offset, end, entries: vec![entry] }),
        }
    }
    Ok(windows)
}

/// Where the central directory is, its number of records and its length; `start` is where `tail` is in the file.
fn end_record(tail: &[u8], start: u64) -> io::Result<(u64, u64, u64)> {
    let end = memchr::memmem::rfind(tail, b"PK\x05\x06").ok_or_else(broken)?;
    let count = u16_at(tail, end + 10)?;
    if count != u16::MAX {
        return Ok((u32_at(tail, end + 16)?.into(), count.into(), u32_at(tail, end + 12)?.into()));
    }
    let locator = end.checked_sub(20).ok_or_else(broken)?;
    let record = u64_at(tail, locator + 8)?.checked_sub(start).ok_or_else(broken)? as usize;
    Ok((u64_at(tail, record + 48)?, u64_at(tail, record + 32)?, u64_at(tail, record + 40)?))
}

fn directory(bytes: &[u8], count: u64) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut at = 0;
    for _ in 0..count {
        let [name, extra, comment] =
            [u16_at(bytes, at + 28)?, u16_at(bytes, at + 30)?, u16_at(bytes, at + 32)?].map(usize::from);
        let named = bytes.get(at + 46..at + 46 + name).ok_or_else(broken)?;
        let archive = named.ends_with(b".zip") || named.ends_with(b".jar");
        entries.push(Entry {
            offset: u32_at(bytes, at + 42)?.into(),
            packed: u32_at(bytes, at + 20)?.into(),
            size: u32_at(bytes, at + 24)?.into(),
            crc: u32_at(bytes, at + 16)?,
            method: u16_at(bytes, at + 10)?,
            archive,
            wanted: archive || documents::wants(named),
        });
        at += 46 + name + extra + comment;
    }
    Ok(entries)
}

fn broken() -> io::Error {
    io::Error::other("not an archive of this benchmark")
}

fn array_at<const N: usize>(bytes: &[u8], at: usize) -> io::Result<[u8; N]> {
    bytes.get(at..at + N).and_then(|bytes| bytes.try_into().ok()).ok_or_else(broken)
}

fn u16_at(bytes: &[u8], at: usize) -> io::Result<u16> {
    Ok(u16::from_le_bytes(array_at(bytes, at)?))
}

fn u32_at(bytes: &[u8], at: usize) -> io::Result<u32> {
    Ok(u32::from_le_bytes(array_at(bytes, at)?))
}

fn u64_at(bytes: &[u8], at: usize) -> io::Result<u64> {
    Ok(u64::from_le_bytes(array_at(bytes, at)?))
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                buffer = &mut buffer[read..];
                offset += read as u64;
            }
        }
    }
    Ok(())
}
