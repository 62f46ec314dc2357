//! Where bytes come from: files, directory trees, archives, archives in archives.
//!
//! [`walk`] hands every file that can matter to a [`Visitor`], in parallel, together with the chain of places it came
//! from, and accounts for the rest: every byte is visited, is a known structure of an archive, or is named in
//! [`Outcome::unread`]; every way in which an archive can be read differently by two readers is an [`Anomaly`].
//! [`walk_bytes`] does the same for an archive in memory, [`walk_files`] for a tree in memory. Nothing here knows what the files mean.
//!
//! How it is done; each file imports only files that are named before it:
//! - `read_at`, `opener`, `bytes`, `inflate`, `archive_names`, `sniff`, `ledger`, `budget` and `file_tree` know nothing of a
//!   walk: reading, also where the bytes are no file on disk, inflating, recognising archives by name and by content, what is
//!   wrong with one archive, the memory that nested archives may take, and directories on disk or in memory;
//! - `shown_paths` says how paths on disk are shown;
//! - `session` is what all workers share: limits, counters, notes, the visitor;
//! - `nested` opens an archive in an archive, in place or inflated, or says that there is no memory for it now;
//! - `archive` reads one archive: `directory` finds the entries, `entry` inflates and visits them under every name and
//!   every reading that their headers allow, `unclaimed` examines the bytes that no entry explains, and `cross_check` reads an
//!   archive that contradicts itself again with the `zip` crate;
//! - `tree` lists directories and reads single files, and `inputs` makes the first work of the paths that are given;
//! - `driver` owns the queue and the threads: workers return or emit work of their own types, and it decides what is
//!   done next; `walk_files` starts it on a tree in memory. Nothing recurses into what it reads.
//!
//! A panic of the visitor is caught and reported as [`Unread`] without its message; a program should also install a
//! panic hook that does not print messages, since they may quote what was scanned.

mod archive;
mod archive_names;
mod budget;
mod bytes;
mod causes;
mod driver;
mod file_tree;
mod first_codes;
mod inflate;
mod inputs;
mod layout;
mod ledger;
#[cfg(test)]
mod limits_tests;
mod nested;
mod opener;
mod read_at;
mod repeats;
mod session;
mod shown_paths;
mod sniff;
#[cfg(test)]
mod testing;
mod tree;
#[cfg(test)]
mod tree_tests;
mod types;
mod walk_files;

pub use causes::{AnomalyKind, Limit, LimitKind, UnreadCause};
pub use driver::{is_read, places, walk, walk_bytes};
pub use file_tree::{FileTree, InvalidPath};
pub use layout::{ArchivesOnly, ContentFolder, Layout};
pub use opener::Opener;
pub use read_at::ReadAt;
pub use shown_paths::absolute;
pub use types::{
    Anomaly, ArchiveFile, BEGINNING, Container, ContainerKind, File, Limits, Options, Outcome, PassedBy, Place, Start,
    Unread, Visitor,
};
pub use walk_files::walk_files;

/// The example of the README, compiled and run as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
