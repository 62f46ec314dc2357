//! aemlint reads AEM content packages and source trees, finds the Adobe IMS, Smart Tags and Brand Portal
//! integrations in them, and judges them by rules.
//!
//! Data flows one way, and every module has one station on that way:
//!
//! ```text
//! paths ─▶ source ─▶ documents (vault, osgi) ─▶ facts ─▶ rules ─▶ policy ─▶ report
//!          bytes     text with spans             what it   is it    does it   say it
//!          and where                             means     right    count
//! ```
//!
//! Nothing on the right is known on the left: readers know no rules, rules know no zip files, reports know no
//! formats. [`scan`] is the one place that connects the stations.
#![forbid(unsafe_code)]

pub(crate) mod bundles;
pub mod cli;
pub(crate) mod diagnostics;
pub mod diff;
pub mod documents;
pub mod edits;
pub(crate) mod escape;
pub mod excerpts;
pub mod facts;
pub(crate) mod fix;
pub(crate) mod ignore_comments;
mod instances;
pub mod integrations;
pub(crate) mod policy;
pub mod report;
pub mod rules;
pub mod scan;
pub mod secret;
pub mod signals;
pub(crate) mod stored;
pub(crate) mod workers;
