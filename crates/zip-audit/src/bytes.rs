//! Positioned reading of a file, a block of memory, or a range of either.
//!
//! Nothing is mapped: a file that shrinks while it is read gives short reads, never a signal.

use super::budget::Permit;
use super::read_at::{LocalFile, ReadAt};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

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
    /// Somewhere, and what of it could not be read.
    Positioned(Box<dyn ReadAt>, Mutex<Vec<Failure>>),
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
    /// All bytes that can be read by `reader`.
    pub(super) fn positioned(reader: impl Into<Box<dyn ReadAt>>) -> Self {
        let reader = reader.into();
        let len = reader.size();
        Self { backing: Arc::new(Backing::Positioned(reader, Mutex::default())), start: 0, len }
    }

    /// `len` bytes of a file on disk.
    pub(super) fn file(file: File, len: u64) -> Self {
        Self::positioned(Box::new(LocalFile::new(file, len)) as Box<dyn ReadAt>)
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

    /// Whether a read costs much beside its bytes.
    pub(super) fn is_distant(&self) -> bool {
        matches!(&*self.backing, Backing::Positioned(reader, _) if reader.is_distant())
    }

    /// Says that these ranges are about to be read. What lies behind the end is left out.
    pub(super) fn announce(&self, ranges: &[Range<u64>]) {
        let Backing::Positioned(reader, _) = &*self.backing else { return };
        let inside = |range: &Range<u64>| {
            let (start, end) = (range.start.min(self.len), range.end.min(self.len));
            (start < end).then_some(self.start + start..self.start + end)
        };
        reader.announce(&ranges.iter().filter_map(inside).collect::<Vec<_>>());
    }

    /// Whether the file behind is no longer what it was when it was opened.
    pub(super) fn changed(&self) -> bool {
        matches!(&*self.backing, Backing::Positioned(reader, _) if reader.has_changed())
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
        let Backing::Positioned(reader, failures) = &*self.backing else {
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
            match reader.read_at(rest, self.start + start + done as u64) {
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
            Self::Positioned(_, failures) => Some(failures),
            Self::Memory(..) => None,
        }
    }
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
