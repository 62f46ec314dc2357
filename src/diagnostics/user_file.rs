//! Files that the user names: read as text, never waited for, and never more of them than makes sense.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

/// What says that a text is UTF-8, and is no part of it.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads the file at `path`, which is text in UTF-8 of `max_bytes` at most. A link is followed.
///
/// # Errors
/// What the system says; and what is no regular file (a pipe that nobody writes to would be waited for), is larger, or is
/// no UTF-8.
pub(crate) fn read_text(path: &Path, max_bytes: u64) -> io::Result<String> {
    text_of(read_bytes(path, max_bytes)?)
}

/// Reads the file at `path`, which has `max_bytes` at most. A link is followed.
///
/// # Errors
/// What the system says; and what is no regular file or is larger.
pub(crate) fn read_bytes(path: &Path, max_bytes: u64) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(invalid("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > max_bytes {
        return Err(invalid(&format!("it is larger than {} MiB", max_bytes >> 20)));
    }
    Ok(bytes)
}

/// The text of a file that the user names, without its byte order mark.
///
/// # Errors
/// What is no UTF-8.
pub(crate) fn text_of(mut bytes: Vec<u8>) -> io::Result<String> {
    // Editors on Windows put a byte order mark first.
    let start = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    String::from_utf8(bytes.split_off(start)).map_err(|_| invalid("it is not UTF-8 text"))
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_bounded_text_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("a.toml");
        let read = || read_text(&file, 4).map_err(|error| error.to_string());
        fs::write(&file, "text").unwrap();
        assert_eq!(read().as_deref(), Ok("text"));
        fs::write(&file, "\u{feff}a").unwrap();
        assert_eq!(read().as_deref(), Ok("a"));
        fs::write(&file, "texts").unwrap();
        assert!(read().unwrap_err().contains("larger"));
        fs::write(&file, b"\xff").unwrap();
        assert!(read().unwrap_err().contains("UTF-8"));
        assert!(read_text(directory.path(), 4).unwrap_err().to_string().contains("regular"));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("aemlint.toml");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert!(read_text(&socket, 4).is_err());
    }
}
