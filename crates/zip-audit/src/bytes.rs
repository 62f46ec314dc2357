//! Positioned reading of a file, a block of memory, or a range of either.
//!
//! Nothing is mapped: a file that shrinks while it is read gives short reads, never a signal.

use super::budget::Permit;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

/// What the bytes live in.
enum Backing {
    /// A file, and what it was like at first.
    File(File, u64, Option<SystemTime>),
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
        Self { backing: Arc::new(Backing::File(file, len, modified)), start: 0, len }
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
        let Backing::File(file, len, modified) = &*self.backing else { return false };
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
        let Backing::File(file, ..) = &*self.backing else {
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
            match read_at(file, rest, self.start + start + done as u64) {
                Ok(0) => break,
                Ok(n) => done += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(buffer.get(..done).unwrap_or_default())
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
