//! One file or package whose content does not come from its path, such as from standard input.

use super::inputs;
use super::{Options, Overlay, Reader, Scanned, scan_bytes, scan_with};
use crate::edits::Edited;
use std::io::Read;
use std::path::Path;
use zip_audit::{InvalidPath, Limit, LimitKind, Outcome, Place, Unread, UnreadCause};

/// What archives begin with: a local header, or the end record of an empty one.
const ARCHIVE_BEGINNINGS: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// The content of a file or package.
#[derive(Clone, Debug)]
pub struct Given {
    /// Its bytes, not all of them if there are more than may be held.
    bytes: Vec<u8>,
    /// The limit that there are more bytes than.
    exceeds: Option<Limit>,
}

impl Given {
    /// Takes the first bytes of a stream, one more than the limits allow if there are so many.
    ///
    /// # Errors
    /// If the stream cannot be read.
    pub fn read(stream: impl Read, options: &Options) -> std::io::Result<Self> {
        let limits = &options.walk.limits;
        let mut bytes = Vec::new();
        let most = limits.memory.max(limits.text);
        stream.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
        let is_archive = ARCHIVE_BEGINNINGS.iter().any(|first| bytes.starts_with(first));
        let (kind, limit) =
            if is_archive { (LimitKind::Memory, limits.memory) } else { (LimitKind::Text, limits.text) };
        let exceeds = (bytes.len() as u64 > limit).then_some((kind, limit));
        Ok(Self { bytes, exceeds })
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn is_archive(&self) -> bool {
        ARCHIVE_BEGINNINGS.iter().any(|first| self.bytes.starts_with(first))
    }
}

/// Scans the content as [`scan`](super::scan) would if it were that of the file at `path`. Where there is such a file in a
/// tree on disk, what lies beside it is read along.
///
/// # Errors
/// A path that leads nowhere below the directory that paths are shown from, unless there is such a file.
pub fn scan_given(
    path: &Path,
    given: &Given,
    options: &Options,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<Scanned, InvalidPath> {
    let place = zip_audit::places(&[path.to_owned()], &options.walk).into_iter().next();
    let place = place.unwrap_or_else(|| Place::on_disk(path.to_string_lossy()));
    let unread = |cause, limit| Unread { place: place.clone(), cause, limit, input: 0 };
    let reader = || Reader::new(options, progress);
    if let Some(limit) = given.exceeds {
        let unread = vec![unread(UnreadCause::TooLarge, Some(limit))];
        return Ok(reader().scanned(std::slice::from_ref(&place), Outcome { unread, ..Outcome::default() }));
    }
    let mut scanned = if given.is_archive() {
        scan_bytes(&place.file, given.bytes.clone(), options)
    } else if path.is_file() {
        let mut overlay = Overlay::default();
        overlay.insert(place.clone(), Edited::Content(given.bytes.clone()));
        scan_with(&[path.to_owned()], options, &overlay, progress)
    } else {
        let reader = reader();
        let file = (place.file.to_string(), given.bytes.clone());
        let mut outcome = zip_audit::walk_files([file], &options.walk, &reader)?;
        if outcome.content_files == 0 {
            outcome.unread.push(unread(UnreadCause::NoContent, None));
        }
        reader.scanned(std::slice::from_ref(&place), outcome)
    };
    if options.digests {
        scanned.inputs = vec![inputs::Input::of_bytes(&place.file, &given.bytes)];
    }
    Ok(scanned)
}
