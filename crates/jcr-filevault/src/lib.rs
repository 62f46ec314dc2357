//! FileVault: how a content package names, places and serialises repository content.
//!
//! Follows Apache Jackrabbit FileVault (`vault-core`): `DocViewParser`, `DocViewProperty2`, `PlatformNameFormat`,
//! `DefaultWorkspaceFilter`, `Importer`.

pub mod docview;
mod filter;
mod iso9075;
pub mod names;
mod package_properties;
mod sniff;
#[cfg(test)]
mod vectors;

pub use docview::{DocView, Node, NodeProperty};
pub use filter::{FilterSet, ImportMode, Pattern, Verdict, WorkspaceFilter};
pub use jdk_xml::{Decoded, decode as decode_xml, encode_like as encode_xml_like};
pub use package_properties::PackageProperties;
pub use sniff::{is_docview, is_docview_bytes, root_path};

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
