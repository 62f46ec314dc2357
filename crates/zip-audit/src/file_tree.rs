//! Where the files of a walk lie: in directories on disk, or in memory. Both answer the same questions.
//!
//! On disk only regular files are opened, and that is checked again on what was opened.

use super::bytes::Source;
use super::causes::UnreadCause;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::ops::Bound;
use std::path::{Component, Path, PathBuf};

/// The files that a walk can reach, as a [`Visitor`](crate::Visitor) may look at them.
#[derive(Debug)]
pub struct FileTree(Storage);

#[derive(Debug)]
enum Storage {
    Disk,
    /// Files by their paths, which are relative.
    Memory(BTreeMap<PathBuf, Vec<u8>>),
}

/// A path that no file of a tree in memory can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPath {
    /// It is absolute or leads out of the tree.
    #[error("`{0}` is no path below a directory")]
    Outside(String),
    /// Another file has it.
    #[error("there are two files `{0}`")]
    Twice(String),
}

/// What a directory holds.
pub(super) struct DirectoryEntry {
    pub(super) name: OsString,
    pub(super) kind: io::Result<EntryKind>,
}

/// What an entry of a directory is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    Directory,
    File,
    Link,
    Other,
}

/// A regular file that was opened.
pub(super) enum OpenFile<'t> {
    Disk(fs::File),
    Memory(&'t [u8]),
}

impl FileTree {
    /// The file system.
    pub const DISK: Self = Self(Storage::Disk);

    /// A tree of these files.
    ///
    /// # Errors
    /// A path that does not lead into the tree, or that two files have.
    pub(super) fn in_memory(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, InvalidPath> {
        let mut tree = BTreeMap::new();
        for (name, bytes) in files {
            let path = PathBuf::from(&name);
            let mut parts = path.components().peekable();
            if parts.peek().is_none() || !parts.all(|part| matches!(part, Component::Normal(_))) {
                return Err(InvalidPath::Outside(name));
            }
            if tree.insert(path, bytes).is_some() {
                return Err(InvalidPath::Twice(name));
            }
        }
        Ok(Self(Storage::Memory(tree)))
    }

    /// Whether there is a directory at `path`. Links are followed.
    pub fn is_directory(&self, path: &Path) -> bool {
        match &self.0 {
            Storage::Disk => path.is_dir(),
            Storage::Memory(_) => self.below(path).next().is_some_and(|first| first != path),
        }
    }

    /// The first bytes of the regular file at `path`, `max_bytes` at most; `None` if it cannot be read. Links are
    /// followed.
    pub fn read_start(&self, path: &Path, max_bytes: u64) -> Option<Vec<u8>> {
        let file = match &self.0 {
            Storage::Disk => OpenFile::Disk(open_regular(path, true).ok()?.0),
            Storage::Memory(_) => self.open(path).ok()?.0,
        };
        let mut bytes = Vec::new();
        file.take(max_bytes).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Whether there is a directory at `path` that is no link to one.
    pub(super) fn is_own_directory(&self, path: &Path) -> bool {
        match &self.0 {
            Storage::Disk => fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir()),
            Storage::Memory(_) => self.is_directory(path),
        }
    }

    /// What lies in a directory, itself and not below.
    pub(super) fn list(&self, directory: &Path) -> io::Result<Vec<DirectoryEntry>> {
        if matches!(self.0, Storage::Disk) {
            let entry = |entry: fs::DirEntry| DirectoryEntry { name: entry.file_name(), kind: kind_of(&entry) };
            return fs::read_dir(directory)?.map(|read| read.map(entry)).collect();
        }
        let mut entries: Vec<DirectoryEntry> = Vec::new();
        for path in self.below(directory) {
            let Ok(rest) = path.strip_prefix(directory) else { continue };
            let mut parts = rest.components();
            let Some(name) = parts.next() else { continue };
            if entries.last().is_none_or(|last| last.name != name.as_os_str()) {
                let kind = if parts.next().is_some() { EntryKind::Directory } else { EntryKind::File };
                entries.push(DirectoryEntry { name: name.as_os_str().to_owned(), kind: Ok(kind) });
            }
        }
        Ok(entries)
    }

    /// The length of the file at `path` in bytes; 0 if that cannot be found out.
    pub(super) fn len(&self, path: &Path) -> u64 {
        match &self.0 {
            Storage::Disk => fs::symlink_metadata(path).map_or(0, |meta| meta.len()),
            Storage::Memory(files) => files.get(path).map_or(0, |bytes| bytes.len() as u64),
        }
    }

    /// Opens a regular file without waiting and without following a link in the last place; gives its length.
    pub(super) fn open(&self, path: &Path) -> Result<(OpenFile<'_>, u64), UnreadCause> {
        match &self.0 {
            Storage::Disk => open_regular(path, false).map(|(file, len)| (OpenFile::Disk(file), len)),
            Storage::Memory(files) => {
                let missing = || UnreadCause::CannotOpen(io::ErrorKind::NotFound.to_string());
                let bytes = files.get(path).ok_or_else(missing)?;
                Ok((OpenFile::Memory(bytes), bytes.len() as u64))
            }
        }
    }

    /// The paths in memory at and below a path, sorted, so that those of one directory are neighbours.
    fn below<'t>(&'t self, path: &'t Path) -> impl Iterator<Item = &'t Path> {
        let files = match &self.0 {
            Storage::Disk => None,
            Storage::Memory(files) => Some(files),
        };
        let from =
            files.into_iter().flat_map(move |files| files.range::<Path, _>((Bound::Included(path), Bound::Unbounded)));
        from.map(|(path, _)| path.as_path()).take_while(move |other| other.starts_with(path))
    }
}

impl OpenFile<'_> {
    /// Reads until the buffer is full or the file ends.
    pub(super) fn fill(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        fill(self, buffer)
    }

    /// Reads a file that is known to be small; says when it was not what its length promised.
    pub(super) fn read_whole(self, len: u64) -> io::Result<(Vec<u8>, Option<UnreadCause>)> {
        let before = self.modified()?;
        let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or(0).saturating_add(1));
        // By the file's own reader: that of this type would clear the buffer first.
        match &self {
            Self::Disk(file) => file.take(len.saturating_add(1)).read_to_end(&mut bytes)?,
            Self::Memory(rest) => rest.take(len.saturating_add(1)).read_to_end(&mut bytes)?,
        };
        let changed = bytes.len() as u64 != len || self.modified()? != before;
        Ok((bytes, changed.then_some(UnreadCause::Changed)))
    }

    /// A source that reads the file where it is asked for.
    pub(super) fn into_source(self, len: u64) -> Source {
        match self {
            Self::Disk(file) => Source::file(file, len),
            Self::Memory(bytes) => Source::memory(bytes.to_vec()),
        }
    }

    fn modified(&self) -> io::Result<Option<std::time::SystemTime>> {
        match self {
            Self::Disk(file) => Ok(file.metadata()?.modified().ok()),
            Self::Memory(_) => Ok(None),
        }
    }
}

impl Read for OpenFile<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Disk(file) => file.read(buffer),
            Self::Memory(bytes) => bytes.read(buffer),
        }
    }
}

/// Reads until the buffer is full or there is no more: a read that gives less than was asked for is not the end.
fn fill(from: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

fn kind_of(entry: &fs::DirEntry) -> io::Result<EntryKind> {
    let kind = entry.file_type()?;
    Ok(if kind.is_dir() {
        EntryKind::Directory
    } else if kind.is_symlink() {
        EntryKind::Link
    } else if kind.is_file() {
        EntryKind::File
    } else {
        EntryKind::Other
    })
}

/// Opens a regular file of the disk without waiting, and gives its length.
pub(super) fn open_regular(path: &Path, follow_links: bool) -> Result<(fs::File, u64), UnreadCause> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(libc::O_NONBLOCK | if follow_links { 0 } else { libc::O_NOFOLLOW });
    }
    #[cfg(not(unix))]
    let _ = follow_links;
    let file = options.open(path).map_err(|error| {
        #[cfg(unix)]
        if error.raw_os_error() == Some(libc::ELOOP) {
            return UnreadCause::SymbolicLink;
        }
        UnreadCause::CannotOpen(error.to_string())
    })?;
    let meta = file.metadata().map_err(|error| UnreadCause::CannotExamine(error.to_string()))?;
    if meta.is_file() { Ok((file, meta.len())) } else { Err(UnreadCause::NotRegular) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(names: &[&str]) -> FileTree {
        FileTree::in_memory(names.iter().map(|name| ((*name).to_owned(), b"text".to_vec()))).unwrap()
    }

    #[test]
    fn a_tree_in_memory_has_directories() {
        let tree = tree(&["a-b/x", "a/b/x", "a/b/y", "a/c", "z"]);
        let list = |path: &str| -> Vec<(String, bool)> {
            let entries = tree.list(Path::new(path)).unwrap();
            let shown = |entry: DirectoryEntry| {
                (entry.name.into_string().unwrap(), matches!(entry.kind, Ok(EntryKind::Directory)))
            };
            entries.into_iter().map(shown).collect()
        };
        let named =
            |names: &[(&str, bool)]| names.iter().map(|(name, is)| ((*name).to_owned(), *is)).collect::<Vec<_>>();
        assert_eq!(list(""), named(&[("a", true), ("a-b", true), ("z", false)]));
        assert_eq!(list("a"), named(&[("b", true), ("c", false)]));
        assert_eq!(list("a/b"), named(&[("x", false), ("y", false)]));
        assert!(tree.is_directory(Path::new("a/b")) && tree.is_directory(Path::new("")));
        assert!(!tree.is_directory(Path::new("a/c")) && !tree.is_directory(Path::new("q")));
        assert_eq!(tree.read_start(Path::new("a/c"), 2).unwrap(), b"te");
        assert_eq!(tree.read_start(Path::new("a"), 2), None);
        assert_eq!(tree.len(Path::new("z")), 4);
    }

    #[test]
    fn paths_of_a_tree_in_memory_lead_into_it() {
        let one = |name: &str| FileTree::in_memory([(name.to_owned(), Vec::new())]).map(|_| ());
        for name in ["../x", "/x", "a/../../x", ""] {
            assert_eq!(one(name), Err(InvalidPath::Outside(name.to_owned())), "{name}");
        }
        let twice = FileTree::in_memory(["a/x", "a//x"].map(|name| (name.to_owned(), Vec::new())));
        assert_eq!(twice.unwrap_err(), InvalidPath::Twice("a//x".to_owned()));
    }

    #[test]
    fn a_read_that_gives_less_than_was_asked_for_is_not_the_end() {
        struct Slow(usize);
        impl Read for Slow {
            fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
                self.0 += 1;
                let give = into.len().min(if self.0 < 5 { 3 } else { 0 });
                into[..give].fill(1);
                Ok(give)
            }
        }
        let mut buffer = [0; 100];
        assert_eq!(fill(&mut Slow(0), &mut buffer).unwrap(), 12);
        assert_eq!(fill(&mut Slow(0), &mut buffer[..5]).unwrap(), 5);
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_not_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let socket = directory.path().join("pom.xml");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert_eq!(FileTree::DISK.read_start(&socket, 10), None);
    }
}
