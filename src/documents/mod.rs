//! Placeholder parent of [`prefilter`]; replaced when the documents module itself arrives.

pub mod prefilter;
