//! Edits OSGi configurations and FileVault nodes by replacing byte spans; everything else of a file stays as it is.
//!
//! An edit is made in three steps: the reader of the format says where everything stands, the editor of the format decides
//! which spans to replace, and the result is read again and compared with what was intended.

mod change;
mod config;
mod configuration_file;
mod definition;
mod docview;
mod filter;
mod generic;
mod json;
mod lines;
mod manifest;
mod properties;
#[cfg(test)]
mod proptests;
mod repair;
mod replacement;
mod seen;
mod wrong_bytes;

pub use change::{Change, EditError, NewValue};
pub use configuration_file::edit_configuration;
pub use definition::add_definition_root;
pub use docview::{PagePart, edit_node, follow_child, is_root, page_of, remove_node, rename_node};
pub use filter::{add_cleanup_root, empty_root, rename_root};
pub use manifest::add_manifest_root;
pub use repair::repair;

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
