//! What several integration tests share.
#![allow(dead_code, unreachable_pub, missing_docs)]

pub mod encoder;
pub mod random;
