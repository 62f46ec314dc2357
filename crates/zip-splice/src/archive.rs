//! An archive that can be changed.

use crate::directory::{Directory, read_at};
use crate::entry::{Entry, LOCAL_BYTES};
use crate::error::SpliceError;
use crate::little_endian::u16_at;
use flate2::Crc;
use flate2::read::DeflateDecoder;
use std::collections::BTreeSet;
use std::io::{Read, Seek};

/// A zip archive that can be changed: it has one directory, no two entries share a local header or a name, and it is not
/// signed.
#[derive(Debug)]
pub struct Archive<R> {
    pub(crate) file: R,
    pub(crate) directory: Directory,
    /// The entries in the order of their local headers.
    pub(crate) order: Vec<usize>,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the directory of an archive.
    ///
    /// # Errors
    /// What is no archive, or one that must not be changed.
    pub fn open(mut file: R) -> Result<Self, SpliceError> {
        let directory = Directory::read(&mut file)?;
        if directory.entries.is_empty() && directory.prefix > 0 {
            return Err(SpliceError::Ambiguous("something stands before an archive without entries"));
        }
        let mut order: Vec<usize> = (0..directory.entries.len()).collect();
        order.sort_by_key(|&index| directory.entries.get(index).map(|entry| entry.offset));
        let offsets: BTreeSet<u64> = directory.entries.iter().map(|entry| entry.offset).collect();
        if offsets.len() != directory.entries.len() {
            return Err(SpliceError::Ambiguous("two entries have one local header"));
        }
        let names: BTreeSet<&[u8]> = directory.entries.iter().map(Entry::name).collect();
        if names.len() != directory.entries.len() {
            return Err(SpliceError::Ambiguous("two entries have one name"));
        }
        if directory.entries.iter().any(|entry| is_signature(entry.name())) {
            return Err(SpliceError::Signed);
        }
        Ok(Self { file, directory, order })
    }

    /// The entry of that name, bytes that are not UTF-8 read as U+FFFD.
    ///
    /// # Errors
    /// If there is none, or several.
    pub fn find(&self, name: &str) -> Result<usize, SpliceError> {
        let mut found = self.directory.entries.iter().enumerate();
        let mut found = found.by_ref().filter(|(_, entry)| String::from_utf8_lossy(entry.name()) == name);
        match (found.next(), found.next()) {
            (Some((index, _)), None) => Ok(index),
            _ => Err(SpliceError::NoSuchEntry),
        }
    }

    /// Whether there is an entry of that name.
    pub fn contains(&self, name: &str) -> bool {
        self.directory.entries.iter().any(|entry| String::from_utf8_lossy(entry.name()) == name)
    }

    /// The names of all entries, in the order of the directory; bytes that are not UTF-8 are read as U+FFFD.
    pub fn names(&self) -> impl Iterator<Item = std::borrow::Cow<'_, str>> {
        self.directory.entries.iter().map(|entry| String::from_utf8_lossy(entry.name()))
    }

    /// Whether the content of an entry of that name can be read and written anew: it is not encrypted, and packed in a way that is
    /// known here.
    pub fn is_readable(&self, name: &str) -> bool {
        let entry = self.find(name).ok().and_then(|index| self.directory.entries.get(index));
        entry.is_some_and(|entry| !entry.is_encrypted() && matches!(entry.method, 0 | 8))
    }

    /// The content of an entry.
    ///
    /// # Errors
    /// Content that is encrypted, packed in a way that is not known here, or damaged.
    pub fn read(&mut self, index: usize) -> Result<Vec<u8>, SpliceError> {
        let entry = self.directory.entries.get(index).ok_or(SpliceError::NoSuchEntry)?.clone();
        if entry.is_encrypted() {
            return Err(SpliceError::Method);
        }
        let (_, data) = self.local_parts(&entry)?;
        let packed = read_at(&mut self.file, data, entry.packed)?;
        let content = match entry.method {
            0 => packed,
            8 => {
                let mut content = Vec::new();
                // One byte more than there should be, so that more shows.
                DeflateDecoder::new(packed.as_slice()).take(entry.size + 1).read_to_end(&mut content)?;
                content
            }
            _ => return Err(SpliceError::Method),
        };
        let mut crc = Crc::new();
        crc.update(&content);
        if content.len() as u64 == entry.size && crc.sum() == entry.crc {
            Ok(content)
        } else {
            Err(SpliceError::Damaged("an entry is not what the directory says"))
        }
    }

    /// The local header of an entry, with name and extra fields, and where its data begins.
    pub(crate) fn local_parts(&mut self, entry: &Entry) -> Result<(Vec<u8>, u64), SpliceError> {
        let at = self.directory.prefix + entry.offset;
        let fixed = read_at(&mut self.file, at, LOCAL_BYTES as u64)?;
        if !fixed.starts_with(b"PK\x03\x04") {
            return Err(SpliceError::Damaged("there is no entry where the directory says"));
        }
        let length = LOCAL_BYTES as u64 + u64::from(u16_at(&fixed, 26)?) + u64::from(u16_at(&fixed, 28)?);
        let header = read_at(&mut self.file, at, length)?;
        let name = usize::from(u16_at(&header, 26)?);
        if header.get(LOCAL_BYTES..LOCAL_BYTES + name) != Some(entry.name()) || u16_at(&header, 8)? != entry.method {
            return Err(SpliceError::Ambiguous("a local header contradicts the directory"));
        }
        Ok((header, at + length))
    }
}

/// Whether an entry of that name holds a signature of the archive (JAR file specification, "Signed JAR File").
fn is_signature(name: &[u8]) -> bool {
    let name = String::from_utf8_lossy(name).to_ascii_uppercase();
    let file = name.strip_prefix("META-INF/").filter(|file| !file.contains('/'));
    file.is_some_and(|file| {
        [".SF", ".RSA", ".DSA", ".EC"].iter().any(|end| file.ends_with(end)) || file.starts_with("SIG-")
    })
}
