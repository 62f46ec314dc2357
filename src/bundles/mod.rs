//! Bundles: what was read of one package, kept in a file, so that it can be judged without the package.
//!
//! A bundle holds a [`Reading`](crate::scan::Reading): facts before they are linked, masked, for every consumer of
//! configurations. Nothing of what is decided when packages are judged takes part in it.

mod causes;
mod collect;
mod directory;
mod header;
mod in_memory;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub(crate) use collect::{Collected, Collector, Outcome, units};
pub(crate) use directory::{Directory, Shelf, Shelved};
pub(crate) use header::{ReadingOptions, is_sha256};
pub use in_memory::{collect_bytes, scan_bundle};
pub(crate) use reader::{Bundle, BundleError, Wanted, read};
