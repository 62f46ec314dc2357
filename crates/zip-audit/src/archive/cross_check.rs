//! The second opinion: an archive that contradicts itself is also read by the `zip` crate, whose choices between end
//! records are its own. What it sees and we did not is visited too.

use super::entry::{Reader, View};
use super::records::{EntryHeader, FLAG_ENCRYPTED};
use super::unclaimed::{Seen, identity};
use crate::bytes::Cursor;
use crate::causes::AnomalyKind;
use crate::ledger::brief;
use std::io::BufReader;
use std::panic::AssertUnwindSafe;
use zip::{CompressionMethod, ZipArchive};

/// Larger directories are not read a second time.
const MAX_ENTRIES: usize = 1 << 20;

/// Visits what only the `zip` crate sees.
pub(super) fn visit(reader: &mut Reader, seen: &mut Seen) {
    let archive = reader.archive.clone();
    if archive.directory.records.len() > MAX_ENTRIES {
        return;
    }
    let open = || ZipArchive::new(BufReader::new(Cursor::new(archive.source.clone()))).ok();
    // It is not our code: if it fails on this archive, our own reading stands.
    let Ok(Some(second)) = std::panic::catch_unwind(AssertUnwindSafe(open)) else { return };
    for index in 0..second.len() {
        let Ok(entry) = second.by_index_data(index) else { continue };
        let name = entry.name_raw().to_vec();
        let method = match entry.compression() {
            CompressionMethod::Stored => 0,
            CompressionMethod::Deflated => 8,
            _ => 99,
        };
        let claim = EntryHeader {
            header: entry.header_start(),
            packed: entry.compressed_size(),
            size: entry.size(),
            crc: entry.crc32(),
            method,
            flags: if entry.encrypted() { FLAG_ENCRYPTED } else { 0 },
        };
        if archive.directory.lists(&claim, &name) || seen.contains(&identity(&claim, &name)) {
            continue;
        }
        if !reader.may_go_on() {
            return;
        }
        let why = || format!("{} is seen by another reader only", brief(&name));
        archive.ledger.anomaly(AnomalyKind::HiddenEntry, claim.header, why);
        let view = View::without_window(&archive.source);
        reader.entry(&view, &claim, &[&name], true);
        seen.insert(identity(&claim, &name));
    }
}
