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

pub(crate) use address::{check_inputs, check_on_disk, is_url};
#[cfg(feature = "remote")]
pub(crate) use opener::opener;

/// Without the feature `remote` nothing opens URLs.
#[cfg(not(feature = "remote"))]
pub(crate) fn opener(_max_time: std::time::Duration) -> Option<std::sync::Arc<dyn zip_audit::Opener>> {
    None
}
