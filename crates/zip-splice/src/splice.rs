//! Writes a changed archive.

use crate::archive::Archive;
use crate::entry::{Entry, LOCAL_BYTES, kept_fields, length, put_content};
use crate::error::SpliceError;
use crate::little_endian::{put, u16_at};
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom, Write};

/// What becomes of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It gets this content and, if one is given, another name. It is packed by the same method as before.
    Replace {
        /// The new name.
        name: Option<String>,
        /// The new content.
        content: Vec<u8>,
    },
    /// It goes.
    Remove,
}

impl Change {
    /// The entry gets this content and keeps its name.
    pub fn replace(content: Vec<u8>) -> Self {
        Self::Replace { name: None, content }
    }
}

impl<R: Read + Seek> Archive<R> {
    /// Writes the archive with the changes made, by the index of their entries. The same changes of the same archive give
    /// the same bytes.
    ///
    /// # Errors
    /// An entry that cannot be changed; a file that cannot be read or written. What was written then is of no use.
    pub fn splice(&mut self, changes: &BTreeMap<usize, Change>, out: &mut impl Write) -> Result<(), SpliceError> {
        let entries = self.directory.entries.clone();
        self.check_names(&entries, changes)?;
        let (prefix, directory) = (self.directory.prefix, self.directory.start);
        let order = self.order.clone();
        let position = |place: usize| {
            order.get(place).and_then(|&index| entries.get(index)).map_or(directory, |entry| prefix + entry.offset)
        };
        let mut out = Counting { out, written: 0 };
        self.copy(0, position(0), &mut out)?;
        let mut offsets: BTreeMap<usize, u64> = BTreeMap::new();
        let mut changed: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
        for (place, &index) in order.iter().enumerate() {
            let Some(entry) = entries.get(index) else { continue };
            let (start, end) = (position(place), position(place + 1));
            let offset = out.written - prefix;
            match changes.get(&index) {
                None => {
                    self.copy(start, end, &mut out)?;
                    offsets.insert(index, offset);
                }
                Some(Change::Remove) => {}
                Some(Change::Replace { name, content }) => {
                    let name = name.as_ref().map_or(entry.name(), |name| name.as_bytes());
                    let (header, _) = self.local_parts(entry)?;
                    let data = packed(entry, content)?;
                    let sizes = sizes(content, &data)?;
                    out.write_all(&local_header(&header, name, sizes)?)?;
                    out.write_all(&data)?;
                    changed.insert(index, entry.changed(name, sizes, offset)?);
                }
            }
        }
        let start = out.written;
        let mut count = 0;
        for (index, entry) in entries.iter().enumerate() {
            let central = match (changed.get(&index), offsets.get(&index)) {
                (Some(central), _) => central.clone(),
                (None, Some(offset)) => entry.moved_to(*offset)?,
                (None, None) => continue,
            };
            out.write_all(&central)?;
            count += 1;
        }
        let size = out.written - start;
        let tail = self.directory.tail_for(count, start, size)?;
        out.write_all(&tail)?;
        out.out.flush()?;
        Ok(())
    }

    /// Whether all names are those of one entry afterwards, and can be written.
    fn check_names(&self, entries: &[Entry], changes: &BTreeMap<usize, Change>) -> Result<(), SpliceError> {
        if changes.keys().any(|index| *index >= entries.len()) {
            return Err(SpliceError::NoSuchEntry);
        }
        let mut names = std::collections::BTreeSet::new();
        for (index, entry) in entries.iter().enumerate() {
            let name = match changes.get(&index) {
                Some(Change::Remove) => continue,
                Some(Change::Replace { name: Some(name), .. }) => {
                    // Without the flag nobody knows how other characters are to be read.
                    if !name.is_ascii() && entry.flags & (1 << 11) == 0 {
                        return Err(SpliceError::NotExpressible);
                    }
                    name.as_bytes()
                }
                _ => entry.name(),
            };
            if !names.insert(name.to_vec()) {
                return Err(SpliceError::Ambiguous("two entries would have one name"));
            }
        }
        Ok(())
    }

    fn copy(&mut self, start: u64, end: u64, out: &mut impl Write) -> Result<(), SpliceError> {
        self.file.seek(SeekFrom::Start(start))?;
        let copied = std::io::copy(&mut (&mut self.file).take(end - start), out)?;
        if copied == end - start { Ok(()) } else { Err(SpliceError::Damaged("it is cut off")) }
    }
}

/// The content, packed as the entry is.
fn packed(entry: &Entry, content: &[u8]) -> Result<Vec<u8>, SpliceError> {
    match entry.method {
        _ if entry.is_encrypted() => Err(SpliceError::Method),
        0 => Ok(content.to_vec()),
        8 => {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(content)?;
            Ok(encoder.finish()?)
        }
        _ => Err(SpliceError::Method),
    }
}

/// CRC, packed and unpacked size.
fn sizes(content: &[u8], data: &[u8]) -> Result<(u32, u32, u32), SpliceError> {
    let size =
        |length: usize| u32::try_from(length).ok().filter(|size| *size != u32::MAX).ok_or(SpliceError::NotExpressible);
    let mut crc = Crc::new();
    crc.update(content);
    Ok((crc.sum(), size(data.len())?, size(content.len())?))
}

/// The local header for other content, with its sizes, so that no data descriptor is needed.
fn local_header(old: &[u8], name: &[u8], sizes: (u32, u32, u32)) -> Result<Vec<u8>, SpliceError> {
    let (old_name, extra) = (usize::from(u16_at(old, 26)?), usize::from(u16_at(old, 28)?));
    let start = LOCAL_BYTES + old_name;
    let kept = kept_fields(old.get(start..start + extra).unwrap_or_default())?;
    let mut header = old.get(..LOCAL_BYTES).unwrap_or_default().to_vec();
    put(&mut header, 6, &(u16_at(old, 6)? & !(1 << 3)).to_le_bytes())?;
    put_content(&mut header, 14, sizes)?;
    put(&mut header, 26, &length(name)?.to_le_bytes())?;
    put(&mut header, 28, &length(&kept)?.to_le_bytes())?;
    header.extend_from_slice(name);
    header.extend_from_slice(&kept);
    Ok(header)
}

/// Knows how much was written.
struct Counting<'w, W> {
    out: &'w mut W,
    written: u64,
}

impl<W: Write> Write for Counting<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.written += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}
