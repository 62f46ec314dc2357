//! Packages at URLs, of which only the byte ranges that can matter are fetched.
//!
//! Nothing here is used unless a URL is given by name. What opens one is compiled in with the feature `remote` only: without it
//! aemlint can make no network connection. `address` knows what a URL is and how it is shown; `opener` gives each walk
//! its objects; `stores` makes the clients; `object` reads an object by ranges, which `plan` puts together and `cache`
//! keeps; `failure` says in own words what went wrong, since the words of servers and clients can hold credentials.

mod address;
#[cfg(feature = "remote")]
mod cache;
#[cfg(feature = "remote")]
mod failure;
#[cfg(feature = "remote")]
mod object;
#[cfg(feature = "remote")]
mod opener;
#[cfg(feature = "remote")]
mod plan;
#[cfg(feature = "remote")]
mod stores;

pub(crate) use address::{check_inputs, check_on_disk, is_url, local_path};
#[cfg(feature = "remote")]
pub(crate) use opener::Connections;

/// A version of an object at a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    /// In bytes.
    pub(crate) size: u64,
    /// What tells it from others at the same URL; `None` if the server says nothing by which versions could be told apart.
    pub(crate) mark: Option<String>,
}

/// Without the feature `remote` there are no connections.
#[cfg(not(feature = "remote"))]
#[derive(Clone, Debug, Default)]
pub(crate) struct Connections(());

#[cfg(not(feature = "remote"))]
impl Connections {
    /// Nothing opens URLs.
    pub(crate) fn opener(&self, _max_time: std::time::Duration) -> Option<std::sync::Arc<dyn zip_audit::Opener>> {
        None
    }

    /// No object has a version.
    pub(crate) fn version(
        &self,
        _input: &std::path::Path,
        _max_time: std::time::Duration,
    ) -> Result<Version, zip_audit::UnreadCause> {
        Err(zip_audit::UnreadCause::Missing)
    }
}
