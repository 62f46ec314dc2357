//! Why an archive is not changed.

use std::io;

/// Why an archive is not changed.
#[derive(Debug, thiserror::Error)]
pub enum SpliceError {
    /// It cannot be read or written.
    #[error("it cannot be read or written: {0}")]
    Io(#[from] io::Error),
    /// It is no zip archive, or a damaged one.
    #[error("it is no zip archive, or it is damaged: {0}")]
    Damaged(&'static str),
    /// Readers can see different things in it.
    #[error("readers can see different things in it: {0}")]
    Ambiguous(&'static str),
    /// It is signed: a change would make the signature wrong.
    #[error("it is signed")]
    Signed,
    /// An entry that is to change is encrypted, or packed by a method that is not known here.
    #[error("an entry is encrypted, or packed by a method other than deflate")]
    Method,
    /// There is no entry of that name, or several.
    #[error("it has no entry of that name, or several")]
    NoSuchEntry,
    /// The result would need ZIP64 fields that the archive does not have, or a name that cannot be written.
    #[error("the result cannot be written in the form that the archive has")]
    NotExpressible,
}
