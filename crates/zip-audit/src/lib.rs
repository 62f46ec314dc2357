//! Where bytes come from: files, directory trees, archives, archives in archives.
//!
//! [`walk`] hands every file that can matter to a [`Visitor`], in parallel, together with the chain of places it came
//! from, and accounts for the rest: every byte is visited, is a known structure of an archive, or is named in
//! [`Outcome::unread`]; every way in which an archive can be read differently by two readers is an [`Anomaly`].
//! [`walk_bytes`] does the same for an archive in memory. Nothing here knows what the files mean.
//!
//! How it is done, from the outside in:
//! - [`walk`] works off a queue of jobs, on one thread or many; nothing recurses into what it reads;
//! - `tree` lists directories and reads single files;
//! - `archive` reads one archive: `directory` finds the entries, `entry` inflates and visits them under every name and
//!   every reading that their headers allow, `gaps` examines the bytes that no entry explains, and `second` asks the
//!   `zip` crate where an archive contradicts itself;
//! - `nested` opens archives in archives, in place or inflated under a `budget` of memory;
//! - `sniff` tells by a few bits whether an entry that nobody wants is an archive;
//! - `ledger` keeps what is wrong with one archive, bounded and in a fixed order.
//!
//! A panic of the visitor is caught and reported as [`Unread`] without its message; a program should also install a
//! panic hook that does not print messages, since they may quote what was scanned.

mod archive;
mod budget;
mod bytes;
mod causes;
mod inflate;
mod ledger;
#[cfg(test)]
mod limits_tests;
mod nested;
mod sniff;
#[cfg(test)]
mod testing;
mod tree;
#[cfg(test)]
mod tree_tests;
mod types;
mod walk;

pub use causes::{AnomalyKind, Limit, LimitKind, UnreadCause};
pub use types::{
    Anomaly, Container, ContainerKind, File, InputError, Limits, Options, Outcome, Place, Start, Unread, Visitor,
};
pub use walk::{walk, walk_bytes};
