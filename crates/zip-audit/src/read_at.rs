//! Positioned reads: what a file is read by, wherever its bytes lie.

use std::fmt;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::time::SystemTime;

/// Bytes that can be read at any offset, by many threads at once.
///
/// A walk knows early which ranges of an archive it needs (its directory, the entries that can matter, the front of all
/// others, what no entry explains) and [announces](Self::announce) them, so that bytes that lie far away can be fetched
/// together. All that it reads it reads by [`read_at`](Self::read_at), announced or not.
pub trait ReadAt: Send + Sync {
    /// The number of bytes, as it was when this was opened.
    fn size(&self) -> u64;

    /// Reads bytes from `offset` on into the front of `into`, and gives how many: fewer than there is room for only where a
    /// further call would give more, and none at the end.
    ///
    /// # Errors
    /// Why nothing can be read there. The message is shown in reports.
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize>;

    /// Says that these ranges, in bytes, are about to be read, each from its beginning to its end. The default does nothing.
    fn announce(&self, _ranges: &[Range<u64>]) {}

    /// Whether a read costs much beside its bytes. Then ranges are announced, and none is read only because it lies between
    /// others.
    fn is_distant(&self) -> bool {
        false
    }

    /// Whether the bytes are known to be other ones than when this was opened.
    fn has_changed(&self) -> bool {
        false
    }
}

impl fmt::Debug for dyn ReadAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.size())
    }
}

/// A file of the file system.
pub(super) struct LocalFile {
    file: File,
    size: u64,
    modified: Option<SystemTime>,
}

impl LocalFile {
    /// A file of `size` bytes, as it is now.
    pub(super) fn new(file: File, size: u64) -> Self {
        let modified = file.metadata().and_then(|meta| meta.modified()).ok();
        Self { file, size, modified }
    }
}

impl ReadAt for LocalFile {
    fn size(&self) -> u64 {
        self.size
    }

    #[cfg(unix)]
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, into, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, into: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.file, into, offset)
    }

    fn has_changed(&self) -> bool {
        self.file.metadata().is_ok_and(|meta| meta.len() != self.size || meta.modified().ok() != self.modified)
    }
}
