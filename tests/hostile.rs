//! The promise, shown: whatever the input, every byte is analysed or listed as not analysed, and no secret leaves.
//!
//! Every input is made here, by own code, and given to the program itself. Two canaries, a token provider with a JWT
//! credential and a Smart Tags page with the legacy URL, show that nothing is missed. Each run is bounded in time and
//! memory, far from the normal cost. `AEMLINT_HOSTILE_FULL=1` makes the bombs as large as they are meant to be,
//! `AEMLINT_HOSTILE_PROGRAM` names another build of the program, and `AEMLINT_HOSTILE_COSTS=1` prints what runs cost.

#![allow(unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

#[path = "hostile/archives.rs"]
mod archives;
#[path = "hostile/bounds.rs"]
mod bounds;
#[path = "hostile/canary.rs"]
mod canary;
#[path = "hostile/determinism.rs"]
mod determinism;
#[path = "hostile/memory.rs"]
mod memory;
#[path = "hostile/mending.rs"]
mod mending;
#[path = "hostile/output.rs"]
mod output;
#[path = "hostile/places.rs"]
mod places;
#[path = "hostile/program.rs"]
mod program;
#[path = "support/quine.rs"]
mod quine;
#[path = "hostile/secrets.rs"]
mod secrets;
mod support;
#[path = "hostile/text.rs"]
mod text;
#[cfg(unix)]
#[path = "hostile/trees.rs"]
mod trees;
#[path = "support/zipbytes.rs"]
mod zipbytes;
