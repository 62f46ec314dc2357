//! The bodies of the fuzz targets: what `tests/regressions.rs` checks too.

#[path = "../../tests/support/invariants/mod.rs"]
pub mod invariants;
