//! The records of a zip archive, as APPNOTE 6.3 lays them out: local header, central record, data descriptor.

/// `PK\3\4`.
pub(super) const LOCAL: [u8; 4] = *b"PK\x03\x04";
/// `PK\1\2`.
pub(super) const CENTRAL: [u8; 4] = *b"PK\x01\x02";
/// `PK\5\6`.
pub(super) const END: [u8; 4] = *b"PK\x05\x06";
/// `PK\6\6`.
pub(super) const END64: [u8; 4] = *b"PK\x06\x06";
/// `PK\6\7`.
pub(super) const LOCATOR64: [u8; 4] = *b"PK\x06\x07";
/// Length of a local header before its name.
pub(super) const LOCAL_LEN: u64 = 30;
/// Length of a central record before its name.
pub(super) const CENTRAL_LEN: usize = 46;

/// Flag bits: encrypted, sizes follow the data, strong encryption, masked header.
pub(super) const FLAG_ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
pub(super) const FLAG_DESCRIPTOR: u16 = 1 << 3;

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|chunk| u16::from_le_bytes(*chunk))
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|chunk| u32::from_le_bytes(*chunk))
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|chunk| u64::from_le_bytes(*chunk))
}

/// What one record says about an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EntryHeader {
    /// Offset of the local header in the archive.
    pub(super) header: u64,
    pub(super) packed: u64,
    pub(super) size: u64,
    pub(super) crc: u32,
    pub(super) method: u16,
    pub(super) flags: u16,
}

impl EntryHeader {
    /// What of it decides which bytes are read, and how: packed size and method. Methods that nobody reads are one.
    pub(super) fn reading(&self) -> (u64, u16) {
        (self.packed, if matches!(self.method, 0 | 8) { self.method } else { u16::MAX })
    }
}

/// A local header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local<'a> {
    pub(super) claim: EntryHeader,
    pub(super) name: &'a [u8],
    pub(super) extra: &'a [u8],
    /// Offset of the data in the archive.
    pub(super) data: u64,
}

/// How many bytes from its start a local header takes, once its fixed part is known.
pub(super) fn local_len(bytes: &[u8]) -> Option<u64> {
    Some(LOCAL_LEN + u64::from(u16_at(bytes, 26)?) + u64::from(u16_at(bytes, 28)?))
}

impl<'a> Local<'a> {
    /// Reads the local header that begins at `bytes`, which lies at `header` in the archive.
    pub(super) fn parse(bytes: &'a [u8], header: u64) -> Option<Self> {
        if !bytes.starts_with(&LOCAL) {
            return None;
        }
        let name_len = usize::from(u16_at(bytes, 26)?);
        let extra_len = usize::from(u16_at(bytes, 28)?);
        let name = bytes.get(30..30 + name_len)?;
        let extra = bytes.get(30 + name_len..30 + name_len + extra_len)?;
        let mut claim = EntryHeader {
            header,
            packed: u64::from(u32_at(bytes, 18)?),
            size: u64::from(u32_at(bytes, 22)?),
            crc: u32_at(bytes, 14)?,
            method: u16_at(bytes, 8)?,
            flags: u16_at(bytes, 6)?,
        };
        if let Some(mut wide) = Extra(extra).find(0x0001).map(Wide) {
            // In a local header both sizes are there or none.
            for size in [&mut claim.size, &mut claim.packed] {
                if *size == u64::from(u32::MAX) {
                    *size = wide.next().unwrap_or(*size);
                }
            }
        }
        Some(Self { claim, name, extra, data: header + LOCAL_LEN + name_len as u64 + extra_len as u64 })
    }

    /// Whether the sizes are only known after the data.
    pub(super) fn streamed(&self) -> bool {
        self.claim.flags & FLAG_DESCRIPTOR != 0
    }
}

/// The tagged fields of an extra block.
#[derive(Clone, Copy)]
pub(super) struct Extra<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Extra<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let tag = u16_at(self.0, 0)?;
        let len = usize::from(u16_at(self.0, 2)?);
        let field = self.0.get(4..4 + len)?;
        self.0 = self.0.get(4 + len..).unwrap_or_default();
        Some((tag, field))
    }
}

impl<'a> Extra<'a> {
    pub(super) fn find(mut self, tag: u16) -> Option<&'a [u8]> {
        self.find_map(|(found, field)| (found == tag).then_some(field))
    }

    /// The name in Info-ZIP's Unicode Path field, which some readers prefer to the one in the header.
    pub(super) fn unicode_path(self) -> Option<&'a [u8]> {
        self.find(0x7075)?.get(5..)
    }
}

/// The 64-bit values of a zip64 field, in their fixed order.
pub(super) struct Wide<'a>(pub(super) &'a [u8]);

impl Iterator for Wide<'_> {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        let value = u64_at(self.0, 0)?;
        self.0 = self.0.get(8..).unwrap_or_default();
        Some(value)
    }
}

/// One record of a central directory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Central<'a> {
    pub(super) claim: EntryHeader,
    pub(super) name: &'a [u8],
    pub(super) extra: &'a [u8],
    /// Length of the record.
    pub(super) len: usize,
    /// A value says that it stands in the zip64 field, and there is no such field or it is too short.
    pub(super) wide_missing: bool,
}

impl<'a> Central<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let fixed: &[u8; CENTRAL_LEN] = bytes.first_chunk()?;
        if !fixed.starts_with(&CENTRAL) {
            return None;
        }
        let name_len = usize::from(u16_at(fixed, 28)?);
        let extra_len = usize::from(u16_at(fixed, 30)?);
        let len = CENTRAL_LEN + name_len + extra_len + usize::from(u16_at(fixed, 32)?);
        let name = bytes.get(CENTRAL_LEN..CENTRAL_LEN + name_len)?;
        let extra = bytes.get(CENTRAL_LEN + name_len..CENTRAL_LEN + name_len + extra_len)?;
        bytes.get(..len)?;
        let mut claim = EntryHeader {
            header: u64::from(u32_at(fixed, 42)?),
            packed: u64::from(u32_at(fixed, 20)?),
            size: u64::from(u32_at(fixed, 24)?),
            crc: u32_at(fixed, 16)?,
            method: u16_at(fixed, 10)?,
            flags: u16_at(fixed, 8)?,
        };
        let narrow = u64::from(u32::MAX);
        let mut wide_missing = false;
        if claim.size == narrow || claim.packed == narrow || claim.header == narrow {
            let mut wide = Wide(Extra(extra).find(0x0001).unwrap_or_default());
            for value in [&mut claim.size, &mut claim.packed, &mut claim.header] {
                if *value == narrow {
                    match wide.next() {
                        Some(real) => *value = real,
                        None => wide_missing = true,
                    }
                }
            }
        }
        Some(Self { claim, name, extra, len, wide_missing })
    }
}

/// The length of the data descriptor at the front of `bytes` that says the same as `claim`: with or without its
/// signature, with 32 or 64 bit sizes.
pub(super) fn descriptor_len(bytes: &[u8], claim: &EntryHeader) -> Option<u64> {
    let body = |at: usize, wide: bool| {
        let sizes = if wide {
            (u64_at(bytes, at + 4)?, u64_at(bytes, at + 12)?)
        } else {
            (u64::from(u32_at(bytes, at + 4)?), u64::from(u32_at(bytes, at + 8)?))
        };
        (u32_at(bytes, at)? == claim.crc && sizes == (claim.packed, claim.size))
            .then_some(at as u64 + if wide { 20 } else { 12 })
    };
    let signed = bytes.starts_with(b"PK\x07\x08").then(|| body(4, false).or_else(|| body(4, true))).flatten();
    signed.or_else(|| body(0, false)).or_else(|| body(0, true))
}
