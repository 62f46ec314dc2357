//! Positioned reading of a file, a block of memory, or a range of either.
//!
//! Nothing is mapped: a file that shrinks while it is read gives short reads, never a signal.

use super::budget::Permit;
use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Ranges that could not be read, at most: one is enough to say that something is missing.
const MAX_FAILURES: usize = 64;

/// A range that could not be read, and why.
struct Failure {
    start: u64,
    end: u64,
    error: String,
}

/// What the bytes live in.
enum Backing {
    /// A file, and what it was like at first.
    File(File, u64, Option<SystemTime>, Mutex<Vec<Failure>>),
    /// A file of which a range cannot be read.
    #[cfg(test)]
    Broken(Vec<u8>, std::ops::Range<u64>, Mutex<Vec<Failure>>),
    Memory(Vec<u8>, Option<Inflated>),
}

/// What is known of memory that was taken from the budget.
struct Inflated {
    _permit: Permit,
    recipe: Arc<Recipe>,
}

/// How the bytes of an inflated archive were made: from what, and how many they are.
pub(super) struct Recipe {
    pub(super) from: Packed,
    pub(super) len: u64,
}

/// Packed bytes.
pub(super) enum Packed {
    /// At hand.
    Here(Source),
    /// A range, by start and length, of what is to be inflated again.
    Again(Arc<Recipe>, u64, u64),
}

impl Packed {
    /// The same without holding memory of the budget.
    pub(super) fn released(&self) -> Self {
        match self {
            Self::Here(source) => match source.recipe() {
                Some((recipe, start)) => Self::Again(recipe, start, source.len()),
                None => Self::Here(source.clone()),
            },
            Self::Again(recipe, start, len) => Self::Again(recipe.clone(), *start, *len),
        }
    }

    /// The number of packed bytes.
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Here(source) => source.len(),
            Self::Again(_, _, len) => *len,
        }
    }
}

/// A readable range of bytes. Cloning is cheap and shares the backing.
#[derive(Clone)]
pub(super) struct Source {
    backing: Arc<Backing>,
    start: u64,
    len: u64,
}

impl Source {
    /// `len` bytes of a file on disk.
    pub(super) fn file(file: File, len: u64) -> Self {
        let modified = file.metadata().and_then(|meta| meta.modified()).ok();
        Self { backing: Arc::new(Backing::File(file, len, modified, Mutex::default())), start: 0, len }
    }

    /// A file with these bytes, of which a range cannot be read.
    #[cfg(test)]
    pub(super) fn broken(bytes: Vec<u8>, range: std::ops::Range<u64>) -> Self {
        let len = bytes.len() as u64;
        Self { backing: Arc::new(Backing::Broken(bytes, range, Mutex::default())), start: 0, len }
    }

    /// Why a range, or a part of it, could not be read so far. Who reads often takes no bytes for the end; this is what
    /// keeps that from being silent.
    pub(super) fn failure(&self, start: u64, len: u64) -> Option<String> {
        let failures = self.backing.failures()?.lock().unwrap_or_else(PoisonError::into_inner);
        let start = self.start.saturating_add(start.min(self.len));
        let end = start.saturating_add(len).min(self.start.saturating_add(self.len));
        let inside = |failure: &&Failure| failure.start < end && start < failure.end;
        failures.iter().find(inside).map(|failure| failure.error.clone())
    }

    /// A block of memory.
    pub(super) fn memory(bytes: Vec<u8>) -> Self {
        let len = bytes.len() as u64;
        Self { backing: Arc::new(Backing::Memory(bytes, None)), start: 0, len }
    }

    /// A block of memory under the budget, and how it can be made again.
    pub(super) fn inflated(bytes: Vec<u8>, permit: Permit, recipe: Arc<Recipe>) -> Self {
        let len = bytes.len() as u64;
        let inflated = Inflated { _permit: permit, recipe };
        Self { backing: Arc::new(Backing::Memory(bytes, Some(inflated))), start: 0, len }
    }

    /// How memory under the budget can be made again, and where in it this range begins.
    pub(super) fn recipe(&self) -> Option<(Arc<Recipe>, u64)> {
        match &*self.backing {
            Backing::Memory(_, Some(inflated)) => Some((inflated.recipe.clone(), self.start)),
            _ => None,
        }
    }

    /// Number of bytes.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Whether reading costs no system call.
    pub(super) fn in_memory(&self) -> bool {
        matches!(*self.backing, Backing::Memory(..))
    }

    /// Whether the file behind is no longer what it was when it was opened.
    pub(super) fn changed(&self) -> bool {
        let Backing::File(file, len, modified, _) = &*self.backing else { return false };
        file.metadata().is_ok_and(|meta| meta.len() != *len || meta.modified().ok() != *modified)
    }

    /// The size of the memory block behind, which stays reserved as long as this lives; 0 for a file.
    pub(super) fn held(&self) -> u64 {
        match &*self.backing {
            Backing::Memory(bytes, Some(_)) => bytes.len() as u64,
            _ => 0,
        }
    }

    /// A range of this one, cut at its end.
    pub(super) fn sub(&self, start: u64, len: u64) -> Self {
        let start = start.min(self.len);
        Self { backing: self.backing.clone(), start: self.start + start, len: len.min(self.len - start) }
    }

    /// The range as a slice when it is in memory, cut at the end of the source.
    pub(super) fn slice(&self, start: u64, len: u64) -> Option<&[u8]> {
        let Backing::Memory(bytes, _) = &*self.backing else { return None };
        let start = start.min(self.len);
        let from = usize::try_from(self.start + start).ok()?;
        let to = usize::try_from(self.start + start + len.min(self.len - start)).ok()?;
        bytes.get(from..to)
    }

    /// The range, from memory or read into `buffer`. Shorter than asked for at the end of the source, or when the
    /// file shrank.
    pub(super) fn read<'a>(&'a self, start: u64, len: u64, buffer: &'a mut Vec<u8>) -> io::Result<&'a [u8]> {
        let Some(failures) = self.backing.failures() else {
            return Ok(self.slice(start, len).unwrap_or_default());
        };
        let start = start.min(self.len);
        let len = usize::try_from(len.min(self.len - start)).map_err(io::Error::other)?;
        if buffer.len() < len {
            buffer.resize(len, 0);
        }
        let Some(into) = buffer.get_mut(..len) else { return Ok(&[]) };
        let mut done = 0;
        while let Some(rest) = into.get_mut(done..).filter(|rest| !rest.is_empty()) {
            match self.backing.read_at(rest, self.start + start + done as u64) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let start = self.start + start;
                    let failure = Failure { start, end: start + len as u64, error: error.to_string() };
                    let mut failures = failures.lock().unwrap_or_else(PoisonError::into_inner);
                    if failures.len() < MAX_FAILURES {
                        failures.push(failure);
                    }
                    return Err(error);
                }
            }
        }
        Ok(buffer.get(..done).unwrap_or_default())
    }
}

impl Backing {
    /// The ranges that could not be read so far; none for memory.
    fn failures(&self) -> Option<&Mutex<Vec<Failure>>> {
        match self {
            Self::File(.., failures) => Some(failures),
            #[cfg(test)]
            Self::Broken(.., failures) => Some(failures),
            Self::Memory(..) => None,
        }
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        match self {
            Self::File(file, ..) => read_at(file, into, offset),
            #[cfg(test)]
            Self::Broken(bytes, range, _) => {
                let end = offset + into.len() as u64;
                if offset < range.end && range.start < end {
                    return Err(io::Error::other("bad sector"));
                }
                let from = bytes.get(offset as usize..).unwrap_or_default();
                let count = from.len().min(into.len());
                into[..count].copy_from_slice(&from[..count]);
                Ok(count)
            }
            Self::Memory(..) => Ok(0),
        }
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

/// A cursor over a [`Source`], for the `zip` crate.
pub(super) struct Cursor {
    source: Source,
    at: u64,
}

impl Cursor {
    pub(super) fn new(source: Source) -> Self {
        Self { source, at: 0 }
    }
}

impl io::Read for Cursor {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut buffer = Vec::new();
        let bytes = self.source.read(self.at, into.len().min(64 << 10) as u64, &mut buffer)?;
        let n = bytes.len();
        if let Some(into) = into.get_mut(..n) {
            into.copy_from_slice(bytes);
        }
        self.at += n as u64;
        Ok(n)
    }
}

impl io::Seek for Cursor {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let at = match to {
            io::SeekFrom::Start(n) => Some(n),
            io::SeekFrom::End(n) => self.source.len().checked_add_signed(n),
            io::SeekFrom::Current(n) => self.at.checked_add_signed(n),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}
