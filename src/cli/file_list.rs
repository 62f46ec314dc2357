//! `--files-from`: paths and URLs from a file, for lists too long for a command line.

use crate::diagnostics::UserError;
use crate::remote::local_path;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Bytes of the longest list.
const MAX_LIST_BYTES: u64 = 1 << 30;

/// The paths in a file, one a line; `-` is standard input. Empty lines do not count.
///
/// # Errors
/// If it cannot be read, or names nothing.
pub(super) fn read(list: &Path) -> Result<Vec<PathBuf>, UserError> {
    let bytes = read_bytes(list).map_err(|error| {
        let message = format!("the list {} cannot be read: {error}", list.display());
        UserError::plain(message, "Name a file with one path a line, or - for standard input.")
    })?;
    let lines = bytes.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let paths = lines.filter(|line| !line.is_empty()).map(|line| local_path(path(line)));
    let paths: Vec<PathBuf> = paths.collect::<Result<_, UserError>>()?;
    if paths.is_empty() {
        let message = format!("the list {} names no path", list.display());
        return Err(UserError::plain(message, "Write one path a line."));
    }
    Ok(paths)
}

fn read_bytes(list: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if list == Path::new("-") {
        io::stdin().lock().take(MAX_LIST_BYTES).read_to_end(&mut bytes)?;
    } else {
        fs::File::open(list)?.take(MAX_LIST_BYTES).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// A path as the file system has it, whatever its encoding.
#[cfg(unix)]
fn path(line: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(line))
}

/// A path in UTF-8.
#[cfg(not(unix))]
fn path(line: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(line).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_path_a_line() {
        let directory = tempfile::tempdir().unwrap();
        let list = directory.path().join("list");
        fs::write(&list, "a.zip\r\n\nb c.zip").unwrap();
        assert_eq!(read(&list).unwrap(), [PathBuf::from("a.zip"), PathBuf::from("b c.zip")]);
        fs::write(&list, "\n").unwrap();
        assert!(read(&list).is_err());
        assert!(read(&directory.path().join("none")).is_err());
    }
}
