//! What exactly was read: the inputs with their sizes and digests, for a report that is handed on.

use crate::workers::lock;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::{self, Read};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use zip_audit::{ArchiveFile, File, Outcome, Place};

/// Bytes that are hashed at a time.
const BUFFER_BYTES: usize = 256 << 10;

/// A package or a tree that was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// The file or directory, as places show it.
    pub path: String,
    /// Bytes of the file, or of all files of the tree that were read; `None` if it could not be read.
    pub size: Option<u64>,
    /// SHA-256 in hexadecimal: of the file; of a tree that of the sorted lines `<sha256>  <path>`, each with a line feed, of the
    /// files that were read, by their paths in the tree. `None` also for a package that was read by ranges.
    pub sha256: Option<String>,
}

impl Input {
    /// What was read whole.
    pub(crate) fn new(path: &str, size: u64, sha256: &str) -> Self {
        Self { path: path.to_owned(), size: Some(size), sha256: Some(sha256.to_owned()) }
    }
}

/// The SHA-256 of bytes, in hexadecimal.
pub(crate) fn digest_of(bytes: &[u8]) -> String {
    hexadecimal(Sha256::digest(bytes).as_slice())
}

/// The files on disk that were read, with the input that led to them.
#[derive(Debug, Default)]
pub(super) struct DigestedFiles(Mutex<Vec<Digested>>);

#[derive(Debug)]
struct Digested {
    input: u32,
    path: String,
    size: u64,
    sha256: String,
}

impl DigestedFiles {
    /// Adds a file of a tree.
    pub(super) fn add(&self, file: &File<'_>) {
        let path = file.place().file.to_string();
        let (input, size) = (file.container.input, file.bytes.len() as u64);
        lock(&self.0).push(Digested { input, path, size, sha256: hexadecimal(Sha256::digest(file.bytes).as_slice()) });
    }

    /// The inputs at these places, by path.
    pub(super) fn into_inputs(self, places: &[Place], outcome: &Outcome) -> Vec<Input> {
        let files = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let archives: Vec<Digested> = outcome.archive_files.par_iter().filter_map(digest_archive).collect();
        let mut inputs: Vec<Input> = archives.iter().map(Input::from).collect();
        inputs.extend(outcome.archive_files.iter().filter_map(opened_elsewhere));
        for (number, place) in (0_u32..).zip(places) {
            let of_input = |file: &&Digested| file.input == number;
            let own: Vec<&Digested> = files.iter().filter(of_input).collect();
            if let Some(file) = own.iter().find(|file| *file.path == *place.file) {
                inputs.push(Input::from(*file));
            } else if !own.is_empty() {
                inputs.push(tree(&place.file, own.into_iter().chain(archives.iter().filter(of_input))));
            } else if outcome.unread.iter().any(|unread| unread.place == *place) {
                inputs.push(Input { path: place.file.to_string(), size: None, sha256: None });
            }
        }
        inputs.sort_by(|a, b| (&a.path, a.sha256.is_none()).cmp(&(&b.path, b.sha256.is_none())));
        inputs.dedup_by(|b, a| a.path == b.path);
        inputs
    }
}

impl Input {
    /// One that is in memory.
    pub(super) fn of_bytes(path: &str, bytes: &[u8]) -> Self {
        let sha256 = Some(hexadecimal(Sha256::digest(bytes).as_slice()));
        Self { path: path.to_owned(), size: Some(bytes.len() as u64), sha256 }
    }
}

impl From<&Digested> for Input {
    fn from(file: &Digested) -> Self {
        Self { path: file.path.clone(), size: Some(file.size), sha256: Some(file.sha256.clone()) }
    }
}

/// A tree of these files.
fn tree<'f>(path: &str, files: impl Iterator<Item = &'f Digested>) -> Input {
    let prefix = format!("{}/", path.trim_end_matches('/'));
    let mut size = 0;
    let mut lines: Vec<String> = Vec::new();
    for file in files {
        size += file.size;
        let name = file.path.strip_prefix(&prefix).unwrap_or(&file.path);
        lines.push(format!("{}  {name}\n", file.sha256));
    }
    lines.sort_unstable();
    lines.dedup();
    let sha256 = hexadecimal(Sha256::digest(lines.concat()).as_slice());
    Input { path: path.to_owned(), size: Some(size), sha256: Some(sha256) }
}

/// An archive that is no file on disk. Not all of its bytes are read, so that it has no digest.
fn opened_elsewhere(archive: &ArchiveFile) -> Option<Input> {
    let size = archive.opened_bytes?;
    Some(Input { path: archive.place.file.to_string(), size: Some(size), sha256: None })
}

/// The digest of an archive on disk; `None` if it cannot be read, which was said when it was opened.
fn digest_archive(archive: &ArchiveFile) -> Option<Digested> {
    if archive.opened_bytes.is_some() {
        return None;
    }
    let (size, sha256) = digest_file(&archive.path).ok()?;
    Some(Digested { input: archive.input, path: archive.place.file.to_string(), size, sha256 })
}

/// The size and the SHA-256 of a file.
///
/// # Errors
/// If it cannot be read.
pub(crate) fn digest_file(path: &Path) -> io::Result<(u64, String)> {
    let mut file = std::fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; BUFFER_BYTES];
    let mut size = 0;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok((size, hexadecimal(hash.finalize().as_slice()))),
            Ok(read) => {
                size += read as u64;
                hash.update(buffer.get(..read).unwrap_or_default());
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, sha256: &str) -> Digested {
        Digested { input: 0, path: path.to_owned(), size: 3, sha256: sha256.to_owned() }
    }

    #[test]
    fn a_tree_is_digested_as_its_sorted_lines() {
        let files = [file("ui/b", "11"), file("ui/a", "22"), file("ui/b", "11"), file("/other", "00")];
        let input = tree("ui", files.iter());
        let lines = "00  /other\n11  b\n22  a\n";
        assert_eq!(input.sha256, Some(hexadecimal(Sha256::digest(lines).as_slice())));
        assert_eq!(input.path, "ui");
        let here = tree(".", [file("b", "11"), file("a", "22")].iter());
        assert_eq!(here.sha256, Some(hexadecimal(Sha256::digest("11  b\n22  a\n").as_slice())));
    }

    #[test]
    fn a_file_is_digested_in_pieces() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.zip");
        let bytes = vec![7; 2 * BUFFER_BYTES + 1];
        std::fs::write(&path, &bytes).unwrap();
        let expected = (bytes.len() as u64, hexadecimal(Sha256::digest(&bytes).as_slice()));
        assert_eq!(digest_file(&path).unwrap(), expected);
    }
}
