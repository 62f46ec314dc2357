//! An entry as the central directory describes it.

use crate::error::SpliceError;
use crate::little_endian::{put, u16_at, u32_at, u64_at};

/// The length of the fixed part of a central header.
pub(crate) const CENTRAL_BYTES: usize = 46;
/// The length of the fixed part of a local header.
pub(crate) const LOCAL_BYTES: usize = 30;
/// The id of the extra field that holds what does not fit into 32 bits.
pub(crate) const ZIP64_ID: u16 = 0x0001;
/// The id of the extra field that pads entries to a boundary, which is wrong after a change.
const ALIGNMENT_ID: u16 = 0xD935;
/// What a 32-bit field holds whose value is in the ZIP64 extra field.
const IN_EXTRA: u32 = u32::MAX;

/// An entry.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The central header as it is written.
    pub(crate) central: Vec<u8>,
    /// Bits: encrypted (0), sizes in a data descriptor (3), name in UTF-8 (11).
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) packed: u64,
    pub(crate) size: u64,
    /// Where its local header is, relative to the beginning of the archive proper.
    pub(crate) offset: u64,
    /// Where in `central` the offset is written, and how long it is.
    offset_field: (usize, usize),
}

impl Entry {
    /// Reads the central header at the beginning of `bytes`.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, SpliceError> {
        if !bytes.starts_with(b"PK\x01\x02") {
            return Err(SpliceError::Damaged("the directory holds something that is no entry"));
        }
        let [name, extra, comment] = [28, 30, 32].map(|at| u16_at(bytes, at).map(usize::from));
        let (name, extra) = (name?, extra?);
        let length = CENTRAL_BYTES + name + extra + comment?;
        let central = bytes.get(..length).ok_or(SpliceError::Damaged("the directory is cut off"))?.to_vec();
        let [packed, size, offset] = [20, 24, 42].map(|at| u32_at(&central, at));
        let (packed, size, offset) = (packed?, size?, offset?);
        let mut entry = Self {
            flags: u16_at(&central, 8)?,
            method: u16_at(&central, 10)?,
            crc: u32_at(&central, 16)?,
            packed: packed.into(),
            size: size.into(),
            offset: offset.into(),
            offset_field: (42, 4),
            central,
        };
        let start = CENTRAL_BYTES + name;
        let zip64 = fields(entry.central.get(start..start + extra).unwrap_or_default())?;
        if let Some((_, range)) = zip64.into_iter().find(|(id, _)| *id == ZIP64_ID) {
            let mut at = start + range.start;
            let mut next = |needed: bool| {
                let here = at;
                at += if needed { 8 } else { 0 };
                needed.then_some(here)
            };
            let (size_at, packed_at, offset_at) =
                (next(size == IN_EXTRA), next(packed == IN_EXTRA), next(offset == IN_EXTRA));
            if at > start + range.end {
                return Err(SpliceError::Damaged("a ZIP64 field is too short"));
            }
            if let Some(at) = size_at {
                entry.size = u64_at(&entry.central, at)?;
            }
            if let Some(at) = packed_at {
                entry.packed = u64_at(&entry.central, at)?;
            }
            if let Some(at) = offset_at {
                entry.offset = u64_at(&entry.central, at)?;
                entry.offset_field = (at, 8);
            }
        }
        Ok(entry)
    }

    /// The name as it is written.
    pub(crate) fn name(&self) -> &[u8] {
        let length = u16_at(&self.central, 28).map_or(0, usize::from);
        self.central.get(CENTRAL_BYTES..CENTRAL_BYTES + length).unwrap_or_default()
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.flags & 1 != 0
    }

    /// The central header with another offset.
    pub(crate) fn moved_to(&self, offset: u64) -> Result<Vec<u8>, SpliceError> {
        let mut central = self.central.clone();
        match self.offset_field {
            (at, 8) => put(&mut central, at, &offset.to_le_bytes())?,
            (at, _) => {
                let offset = u32::try_from(offset).ok().filter(|offset| *offset != IN_EXTRA);
                put(&mut central, at, &offset.ok_or(SpliceError::NotExpressible)?.to_le_bytes())?;
            }
        }
        Ok(central)
    }

    /// The central header for other content: `data` holds CRC, packed and unpacked size.
    pub(crate) fn changed(&self, name: &[u8], data: (u32, u32, u32), offset: u64) -> Result<Vec<u8>, SpliceError> {
        let offset = u32::try_from(offset).map_err(|_| SpliceError::NotExpressible)?;
        let old_name = self.name().len();
        let extra = usize::from(u16_at(&self.central, 30)?);
        let start = CENTRAL_BYTES + old_name;
        let kept = kept_fields(self.central.get(start..start + extra).unwrap_or_default())?;
        let mut central = self.central.get(..CENTRAL_BYTES).unwrap_or_default().to_vec();
        put(&mut central, 8, &(self.flags & !(1 << 3)).to_le_bytes())?;
        put_content(&mut central, 16, data)?;
        put(&mut central, 28, &length(name)?.to_le_bytes())?;
        put(&mut central, 30, &length(&kept)?.to_le_bytes())?;
        put(&mut central, 42, &offset.to_le_bytes())?;
        central.extend_from_slice(name);
        central.extend_from_slice(&kept);
        central.extend_from_slice(self.central.get(start + extra..).unwrap_or_default());
        Ok(central)
    }
}

/// Writes CRC, packed and unpacked size, as they follow each other in both kinds of headers.
pub(crate) fn put_content(
    bytes: &mut [u8],
    at: usize,
    (crc, packed, size): (u32, u32, u32),
) -> Result<(), SpliceError> {
    put(bytes, at, &crc.to_le_bytes())?;
    put(bytes, at + 4, &packed.to_le_bytes())?;
    put(bytes, at + 8, &size.to_le_bytes())
}

pub(crate) fn length(part: &[u8]) -> Result<u16, SpliceError> {
    u16::try_from(part.len()).map_err(|_| SpliceError::NotExpressible)
}

/// The extra fields: their ids and where their data is.
fn fields(extra: &[u8]) -> Result<Vec<(u16, std::ops::Range<usize>)>, SpliceError> {
    let mut found = Vec::new();
    let mut at = 0;
    // Less than a header is padding.
    while at + 4 <= extra.len() {
        let length = usize::from(u16_at(extra, at + 2)?);
        let range = at + 4..at + 4 + length;
        if range.end > extra.len() {
            break;
        }
        found.push((u16_at(extra, at)?, range.clone()));
        at = range.end;
    }
    Ok(found)
}

/// The extra fields that still hold after the content changed.
pub(crate) fn kept_fields(extra: &[u8]) -> Result<Vec<u8>, SpliceError> {
    let mut kept = Vec::with_capacity(extra.len());
    let mut end = 0;
    for (id, range) in fields(extra)? {
        end = range.end;
        if id != ZIP64_ID && id != ALIGNMENT_ID {
            kept.extend_from_slice(extra.get(range.start - 4..range.end).unwrap_or_default());
        }
    }
    kept.extend_from_slice(extra.get(end..).unwrap_or_default());
    Ok(kept)
}
