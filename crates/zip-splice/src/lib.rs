//! Replaces, renames and removes entries of a zip archive; every other record stays byte for byte what it is.

mod archive;
mod directory;
mod entry;
mod error;
mod little_endian;
#[cfg(test)]
mod proptests;
mod splice;

pub use archive::Archive;
pub use error::SpliceError;
pub use splice::Change;

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
