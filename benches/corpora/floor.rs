//! The floor: inflates the entries that can matter, with the inflater of the product, and does nothing else.
//!
//! Positioned reads of windows in which neighbouring entries lie, one reused buffer and one inflater a thread, no
//! checksums, no search. A scanner of the same packages cannot be faster by much.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use libdeflater::Decompressor;
use rayon::prelude::*;

/// Files up to this size are read whole, bytes.
const WHOLE: u64 = 8 << 20;
/// The longest window, unless one entry is longer, bytes.
const WINDOW: u64 = 1 << 20;
/// A gap between entries that is read rather than skipped, bytes.
const GAP: u64 = 16 << 10;
/// Room for the local header: its name and extra field can differ from those of the directory.
const LOCAL_HEADER: u64 = 30 + 1024;

const SCANNED: [&[u8]; 7] = [b".xml", b".config", b".cfg", b".json", b".properties", b".zip", b".jar"];

struct Entry {
    offset: u64,
    packed: u64,
    size: u64,
    deflated: bool,
    archive: bool,
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
    entries: &'a AtomicU64,
    bytes: &'a AtomicU64,
}

/// Inflates all packages below `paths`; returns the number of entries and of inflated bytes.
pub(crate) fn run(paths: &[PathBuf], threads: usize) -> io::Result<(u64, u64)> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(io::Error::other)?;
    let (entries, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
    pool.install(|| {
        let mut files = Vec::new();
        paths.iter().try_for_each(|path| packages(path, &mut files))?;
        files.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
        let (large, small): (Vec<_>, Vec<_>) = files.into_iter().partition(|(_, size)| *size > WHOLE);
        let worker = || Worker {
            inflater: Decompressor::new(),
            read: Vec::new(),
            inflated: Vec::new(),
            entries: &entries,
            bytes: &bytes,
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
    .map(|()| (entries.into_inner(), bytes.into_inner()))
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
        let packed = bytes.get(data..data + entry.packed as usize).ok_or_else(broken)?;
        self.entries.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(entry.size, Ordering::Relaxed);
        if !entry.deflated {
            return if entry.archive { self.archive(packed) } else { Ok(()) };
        }
        let mut inflated = std::mem::take(&mut self.inflated);
        let size = entry.size as usize;
        if inflated.len() < size {
            inflated.resize(size, 0);
        }
        let room = inflated.get_mut(..size).ok_or_else(broken)?;
        self.inflater.deflate_decompress(packed, room).map_err(io::Error::other)?;
        if entry.archive {
            // The buffer is in use as the archive; the entries in it get one of their own.
            self.archive(room)?;
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
        let end = (entry.offset + LOCAL_HEADER + entry.packed).min(size);
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
        if SCANNED.iter().any(|suffix| named.ends_with(suffix)) {
            entries.push(Entry {
                offset: u32_at(bytes, at + 42)?.into(),
                packed: u32_at(bytes, at + 20)?.into(),
                size: u32_at(bytes, at + 24)?.into(),
                deflated: u16_at(bytes, at + 10)? == 8,
                archive: named.ends_with(b".zip") || named.ends_with(b".jar"),
            });
        }
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
