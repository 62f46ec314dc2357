//! Archives for the tests.

use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

/// A zip with these entries, names and contents.
pub(super) fn pack(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in entries {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
