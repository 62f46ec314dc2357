//! What names say of where content lies, whoever receives it.

use crate::file_tree::FileTree;
use std::path::{Path, PathBuf};

/// A folder of content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentFolder {
    /// The directory that names of files in it are relative to.
    pub base: PathBuf,
    /// The folder, relative to that, with the separator `/`.
    pub name: String,
}

/// Where content lies in trees and archives, as far as names say so. Asked from many threads at once.
pub trait Layout: Sync {
    /// Whether a file of a directory can matter by its raw name although it lies in no folder of content.
    fn wants_anywhere(&self, _name: &[u8]) -> bool {
        false
    }

    /// The last name that a file gets where it is installed, if that is not the last one of its raw name: whether a file has
    /// to be an archive is judged by either.
    fn installed_name(&self, _name: &[u8]) -> Option<String> {
        None
    }

    /// Whether a file of this name (a path in an archive, the last segment of it in a directory) is only what a file
    /// manager writes beside other files. Such a file of a directory is left out; in an archive it is treated as any
    /// other, except that it need not be an archive when it is named like one.
    fn is_sidecar(&self, _name: &[u8]) -> bool {
        false
    }

    /// Whether an entry of this name, as an archive gives it, shows that somebody finds files in the archive by their names.
    /// Only in such archives odd names are anomalies.
    fn relies_on_names(&self, _name: &[u8]) -> bool {
        true
    }

    /// Whether every file in the folder `name` of a directory counts, rather than archives alone. Not called for what lies
    /// in such a folder. `tree` is what the directory is part of.
    fn is_content_folder(&self, _tree: &FileTree, _directory: &Path, _name: &str) -> bool {
        false
    }

    /// The folders that are read along when only a part of a folder of content is walked: of `base`, the part `name`.
    /// Those that do not exist are left out.
    fn companion_folders(&self, _base: &Path, _name: &str) -> Vec<ContentFolder> {
        Vec::new()
    }
}

/// The layout of inputs in which archives alone count: no folder has content, and no file is beside another.
#[derive(Clone, Copy, Debug, Default)]
pub struct ArchivesOnly;

impl Layout for ArchivesOnly {}
