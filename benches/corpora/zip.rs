//! Writes zip archives: stored and deflated entries, ZIP64 end records for more than 65,535 entries.
//!
//! Own code, so that the bytes of the corpora do not change with a library.

use std::io::{self, Write};

use libdeflater::{CompressionLvl, Compressor, crc32};

/// The level at which the entries are deflated; Java's default.
const LEVEL: i32 = 6;

/// 1 January 1980, the first date that a zip can hold.
const DATE: u16 = 0x21;

/// How an entry is packed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Stored,
    Deflated,
}

/// One entry, packed and ready to be written.
pub(crate) struct Packed {
    name: Vec<u8>,
    method: Method,
    crc: u32,
    size: u32,
    data: Vec<u8>,
}

/// Packs entries, with one compressor for all of them.
pub(crate) struct Packer(Compressor);

impl Packer {
    pub(crate) fn new() -> Self {
        Self(Compressor::new(CompressionLvl::new(LEVEL).expect("the level exists")))
    }

    pub(crate) fn pack(&mut self, name: &str, content: Vec<u8>, method: Method) -> Packed {
        let crc = crc32(&content);
        let size = u32::try_from(content.len()).expect("entries are small");
        let data = match method {
            Method::Stored => content,
            Method::Deflated => {
                let mut data = vec![0; self.0.deflate_compress_bound(content.len())];
                let length = self.0.deflate_compress(&content, &mut data).expect("the buffer is large enough");
                data.truncate(length);
                data
            }
        };
        Packed { name: name.as_bytes().to_vec(), method, crc, size, data }
    }
}

/// An archive that is being written.
pub(crate) struct Writer<W> {
    out: W,
    offset: u64,
    directory: Vec<u8>,
    entries: u64,
}

impl<W: Write> Writer<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, offset: 0, directory: Vec::new(), entries: 0 }
    }

    pub(crate) fn write(&mut self, entry: &Packed) -> io::Result<()> {
        let mut common = Vec::with_capacity(26);
        let method: u16 = if entry.method == Method::Deflated { 8 } else { 0 };
        for field in [20, 0x0800, method, 0, DATE] {
            common.extend(field.to_le_bytes());
        }
        for field in [entry.crc, entry.data.len() as u32, entry.size] {
            common.extend(field.to_le_bytes());
        }
        common.extend((entry.name.len() as u16).to_le_bytes());
        common.extend(0_u16.to_le_bytes());

        self.directory.extend(b"PK\x01\x02\x14\x00");
        self.directory.extend(&common);
        // No comment, first disk, no attributes.
        self.directory.extend([0; 10]);
        let offset = u32::try_from(self.offset).map_err(|_| io::Error::other("an archive of more than 4 GiB"))?;
        self.directory.extend(offset.to_le_bytes());
        self.directory.extend(&entry.name);

        for part in [b"PK\x03\x04", &common[..], &entry.name, &entry.data] {
            self.out.write_all(part)?;
            self.offset += part.len() as u64;
        }
        self.entries += 1;
        Ok(())
    }

    pub(crate) fn finish(mut self) -> io::Result<W> {
        let size = self.directory.len() as u64;
        let mut end = std::mem::take(&mut self.directory);
        if self.entries > 0xFFFE {
            end.extend(b"PK\x06\x06");
            end.extend(44_u64.to_le_bytes());
            end.extend([45, 0, 45, 0]);
            end.extend([0; 8]);
            for field in [self.entries, self.entries, size, self.offset] {
                end.extend(field.to_le_bytes());
            }
            end.extend(b"PK\x06\x07");
            end.extend(0_u32.to_le_bytes());
            end.extend((self.offset + size).to_le_bytes());
            end.extend(1_u32.to_le_bytes());
        }
        let entries = u16::try_from(self.entries).unwrap_or(u16::MAX);
        end.extend(b"PK\x05\x06\0\0\0\0");
        end.extend(entries.to_le_bytes());
        end.extend(entries.to_le_bytes());
        end.extend((size as u32).to_le_bytes());
        end.extend((self.offset as u32).to_le_bytes());
        end.extend([0; 2]);
        self.out.write_all(&end)?;
        Ok(self.out)
    }
}
