//! Writes zip archives byte by byte, right or wrong as told: every field can lie.
//!
//! Used by the tests of the archive reader and by those that run the whole program, hence a file of its own.
#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test uses another part")]

use std::io::Write as _;

/// Deflates like any zip tool does.
pub fn deflate(data: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(data).unwrap();
    writer.finish().unwrap()
}

/// The CRC-32 of the zip format.
pub fn crc(data: &[u8]) -> u32 {
    libdeflater::crc32(data)
}

/// What one record, local or central, says.
#[derive(Clone, Debug)]
pub struct Header {
    pub name: Vec<u8>,
    pub flags: u16,
    pub method: u16,
    pub crc: u32,
    pub packed: u64,
    pub size: u64,
    pub extra: Vec<u8>,
}

/// How the sizes follow the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Descriptor {
    None,
    Signed,
    Plain,
    Wide,
}

/// One entry: its two headers, which agree until a test changes one, and its packed bytes.
#[derive(Clone, Debug)]
pub struct Entry {
    pub local: Header,
    pub central: Header,
    pub data: Vec<u8>,
    pub descriptor: Descriptor,
    /// Write the local header and the data.
    pub has_local: bool,
    /// Write the central record.
    pub has_central: bool,
    /// The offset that the central record gives, if not the true one.
    pub offset: Option<u64>,
    /// Bytes between the data and the next header.
    pub padding: Vec<u8>,
}

impl Entry {
    /// An entry with the given packing: 0 stored, 8 deflated.
    pub fn new(name: impl AsRef<[u8]>, content: &[u8], method: u16) -> Self {
        let data = if method == 8 { deflate(content) } else { content.to_vec() };
        let header = Header {
            name: name.as_ref().to_vec(),
            flags: 0,
            method,
            crc: crc(content),
            packed: data.len() as u64,
            size: content.len() as u64,
            extra: Vec::new(),
        };
        Self {
            local: header.clone(),
            central: header,
            data,
            descriptor: Descriptor::None,
            has_local: true,
            has_central: true,
            offset: None,
            padding: Vec::new(),
        }
    }

    /// A deflated entry.
    pub fn deflated(name: impl AsRef<[u8]>, content: &[u8]) -> Self {
        Self::new(name, content, 8)
    }

    /// A stored entry.
    pub fn stored(name: impl AsRef<[u8]>, content: &[u8]) -> Self {
        Self::new(name, content, 0)
    }

    /// The entry as Java streams it: sizes in a descriptor behind the data.
    #[must_use]
    pub fn streamed(mut self, descriptor: Descriptor) -> Self {
        self.descriptor = descriptor;
        self.local.flags |= 8;
        self.central.flags |= 8;
        (self.local.crc, self.local.packed, self.local.size) = (0, 0, 0);
        self
    }

    /// The entry after some change.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Not in the directory.
    #[must_use]
    pub fn hidden(self) -> Self {
        self.with(|entry| entry.has_central = false)
    }
}

/// An archive to write; the end record tells the truth unless a field is set.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    pub entries: Vec<Entry>,
    pub prefix: Vec<u8>,
    /// Whether offsets count from the start of the prefix.
    pub offsets_include_prefix: bool,
    /// Bytes between the last entry and the directory.
    pub before_directory: Vec<u8>,
    pub comment: Vec<u8>,
    pub suffix: Vec<u8>,
    pub count: Option<u16>,
    pub directory_size: Option<u32>,
    pub directory_offset: Option<u32>,
    pub comment_len: Option<u16>,
    /// Write a zip64 end record and locator.
    pub wide: bool,
    /// Where the locator points, if not at the record.
    pub locator: Option<u64>,
    pub no_end: bool,
}

fn header(header: &Header, out: &mut Vec<u8>) {
    out.extend(20_u16.to_le_bytes());
    out.extend(header.flags.to_le_bytes());
    out.extend(header.method.to_le_bytes());
    out.extend([0, 0, 0x21, 0x58]);
    out.extend(header.crc.to_le_bytes());
    for size in [header.packed, header.size] {
        out.extend(u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
    }
    out.extend((header.name.len() as u16).to_le_bytes());
    out.extend((header.extra.len() as u16).to_le_bytes());
}

impl Archive {
    /// An archive of these entries.
    pub fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        Self { entries: entries.into_iter().collect(), ..Self::default() }
    }

    /// The archive after some change.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Writes it.
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = self.prefix.clone();
        let base = if self.offsets_include_prefix { 0 } else { out.len() };
        let mut directory = Vec::new();
        let mut count = 0_u64;
        for entry in &self.entries {
            let offset = entry.offset.unwrap_or((out.len() - base) as u64);
            if entry.has_local {
                out.extend(b"PK\x03\x04");
                header(&entry.local, &mut out);
                out.extend(&entry.local.name);
                out.extend(&entry.local.extra);
                out.extend(&entry.data);
                let Header { crc, packed, size, .. } = entry.central;
                if entry.descriptor != Descriptor::None {
                    if entry.descriptor != Descriptor::Plain {
                        out.extend(b"PK\x07\x08");
                    }
                    out.extend(crc.to_le_bytes());
                    for size in [packed, size] {
                        match entry.descriptor {
                            Descriptor::Wide => out.extend(size.to_le_bytes()),
                            _ => out.extend((size as u32).to_le_bytes()),
                        }
                    }
                }
                out.extend(&entry.padding);
            }
            if entry.has_central {
                count += 1;
                directory.extend(b"PK\x01\x02\x14\x00");
                header(&entry.central, &mut directory);
                directory.extend([0; 10]);
                directory.extend(u32::try_from(offset).unwrap_or(u32::MAX).to_le_bytes());
                directory.extend(&entry.central.name);
                directory.extend(&entry.central.extra);
            }
        }
        out.extend(&self.before_directory);
        let at = (out.len() - base) as u64;
        out.extend(&directory);
        if self.no_end {
            return out;
        }
        if self.wide {
            let record = (out.len() - base) as u64;
            out.extend(b"PK\x06\x06");
            out.extend(44_u64.to_le_bytes());
            out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for value in [count, count, directory.len() as u64, at] {
                out.extend(value.to_le_bytes());
            }
            out.extend(b"PK\x06\x07\0\0\0\0");
            out.extend(self.locator.unwrap_or(record).to_le_bytes());
            out.extend(1_u32.to_le_bytes());
        }
        let count = self.count.unwrap_or(if self.wide { u16::MAX } else { count as u16 });
        out.extend(b"PK\x05\x06\0\0\0\0");
        out.extend(count.to_le_bytes());
        out.extend(count.to_le_bytes());
        let narrow = |value: u64| if self.wide { u32::MAX } else { value as u32 };
        out.extend(self.directory_size.unwrap_or(narrow(directory.len() as u64)).to_le_bytes());
        out.extend(self.directory_offset.unwrap_or(narrow(at)).to_le_bytes());
        out.extend(self.comment_len.unwrap_or(self.comment.len() as u16).to_le_bytes());
        out.extend(&self.comment);
        out.extend(&self.suffix);
        out
    }
}
