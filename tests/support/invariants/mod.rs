//! What must hold for every input, however hostile: the bodies of the fuzz targets in `fuzz/`, which the ordinary tests
//! run on the seeds and on every input that ever broke one (`tests/regressions.rs`).
#![allow(unreachable_pub, reason = "a module of a test here, public in the fuzzer's library")]

pub mod archive;
pub mod documents;
pub mod packages;
pub mod secrets;
pub mod sinks;

#[path = "../zipbytes.rs"]
pub mod zipbytes;

use std::sync::LazyLock;

/// A target: panics on an input that breaks a promise.
pub type Check = fn(&[u8]);

/// Every target by name. The name is that of the fuzzer's binary and of the folder of its regression files.
pub const TARGETS: &[(&str, Check)] = &[
    ("archive", archive::check),
    ("docview", documents::docview),
    ("config", documents::config),
    ("cfg_json", documents::cfg_json),
    ("properties", documents::properties),
    ("filter", documents::filter),
    ("mask", secrets::check),
    ("bundle", packages::bundle),
    ("scan", packages::check),
];

/// How packages are walked here: by one thread, within limits that an input of some kilobytes can reach.
pub static WALK: LazyLock<zip_audit::Options> = LazyLock::new(|| zip_audit::Options {
    limits: zip_audit::Limits {
        depth: 6,
        entries: 20_000,
        text: 1 << 20,
        inflated: 16 << 20,
        memory: 8 << 20,
        ..zip_audit::Limits::default()
    },
    threads: Some(1),
    ..zip_audit::Options::default()
});

/// No part of aemlint failed on the input. (A panic is caught for each file, and listed.)
#[track_caller]
pub fn no_internal_error(outcome: &zip_audit::Outcome) {
    for unread in &outcome.unread {
        assert_ne!(unread.cause, zip_audit::UnreadCause::InternalError, "{unread:?}");
    }
}
