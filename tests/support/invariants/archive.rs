//! The archive reader sees at least what other readers see: the `zip` crate by the central directory, and a Java-like
//! stream reader by the local headers. What it does not see it lists.

use std::collections::HashSet;
use std::io::{Cursor, Read as _};
use std::sync::{Arc, Mutex};
use zip_audit::{self, File, Outcome, Visitor};

/// Contents larger than this are not compared.
const COMPARED: u64 = 256 << 10;

/// Keeps the content of every file.
#[derive(Default)]
struct Contents {
    seen: Mutex<HashSet<Vec<u8>>>,
    /// The archives that hold files which were not read to their end.
    partial: Mutex<Vec<Vec<Arc<str>>>>,
}

impl Visitor for Contents {
    fn wants(&self, _name: &[u8]) -> bool {
        true
    }

    fn file(&self, file: File<'_>) {
        self.seen.lock().unwrap().insert(file.bytes.to_vec());
        if file.partial {
            self.partial.lock().unwrap().push(file.container.place.inside.to_vec());
        }
    }
}

/// The whole promise of the archive reader on one input.
pub fn check(data: &[u8]) {
    let visitor = Contents::default();
    let outcome = zip_audit::walk_bytes("input.zip", data.to_vec(), &super::WALK, &visitor);
    super::no_internal_error(&outcome);
    let seen = visitor.seen.into_inner().unwrap();
    // Listed once for each archive at least: an entry with several names is listed under one of them.
    for archive in visitor.partial.into_inner().unwrap() {
        let listed = outcome.unread.iter().any(|unread| unread.place.inside.starts_with(&archive));
        assert!(listed, "a partial file of {archive:?} is not listed: {outcome:?}");
    }
    assert!(outcome.unread.is_sorted() && outcome.anomalies.is_sorted());
    // A limit of the run may end it anywhere; then it says so.
    if outcome.unread.iter().any(|unread| unread.limit.is_some()) {
        return;
    }
    if outcome.archives.is_empty() {
        assert!(!outcome.unread.is_empty(), "an input that was not opened is not listed");
        return;
    }
    by_directory(data, &seen, &outcome);
    by_local_headers(data, &seen, &outcome);
}

fn is_known(content: &[u8], seen: &HashSet<Vec<u8>>, outcome: &Outcome) -> bool {
    // An archive in the archive was entered instead, and counted.
    seen.contains(content) || outcome.archives.len() > 1 || !outcome.unread.is_empty()
}

/// What the `zip` crate reads without complaint.
fn by_directory(data: &[u8], seen: &HashSet<Vec<u8>>, outcome: &Outcome) {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(data)) else { return };
    for index in 0..archive.len().min(64) {
        let Ok(entry) = archive.by_index(index) else { continue };
        if entry.is_dir() || entry.size() > COMPARED {
            continue;
        }
        let mut content = Vec::new();
        if entry.take(COMPARED + 1).read_to_end(&mut content).is_ok() && content.len() as u64 <= COMPARED {
            assert!(is_known(&content, seen, outcome), "entry {index} of the directory was missed: {outcome:?}");
        }
    }
}

/// What a reader of local headers gets, from the first one on while each follows the other.
fn by_local_headers(data: &[u8], seen: &HashSet<Vec<u8>>, outcome: &Outcome) {
    let mut at = 0;
    let number = |at: usize, len: usize| {
        let bytes = data.get(at..at + len)?;
        Some(bytes.iter().rev().fold(0_usize, |sum, &byte| sum << 8 | usize::from(byte)))
    };
    while data.get(at..at + 4) == Some(b"PK\x03\x04") {
        let field = |offset, len| number(at + offset, len);
        let (Some(flags), Some(method), Some(packed), Some(size)) =
            (field(6, 2), field(8, 2), field(18, 4), field(22, 4))
        else {
            return;
        };
        let (Some(name_len), Some(extra_len)) = (field(26, 2), field(28, 2)) else { return };
        let start = at + 30 + name_len + extra_len;
        let Some(rest) = data.get(start..) else { return };
        let name = data.get(at + 30..at + 30 + name_len).unwrap_or_default();
        // Encrypted, streamed or wide entries and unknown methods end the comparison.
        if flags & 9 != 0 || packed == 0xffff_ffff || size as u64 > COMPARED {
            return;
        }
        let Some(body) = rest.get(..packed) else { return };
        let content = match method {
            0 if packed == size => body.to_vec(),
            8 => {
                let mut content = Vec::new();
                let mut inflater = flate2::read::DeflateDecoder::new(body).take(COMPARED + 1);
                if inflater.read_to_end(&mut content).is_err() || content.len() != size {
                    return;
                }
                content
            }
            _ => return,
        };
        if !name.ends_with(b"/") && !content.is_empty() {
            let name = String::from_utf8_lossy(name);
            assert!(is_known(&content, seen, outcome), "the local entry {name:?} was missed: {outcome:?}");
        }
        at = start + packed;
    }
}
