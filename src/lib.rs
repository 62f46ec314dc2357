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
//! formats. `scan` is the one place that connects the stations.
//!
//! The product is the command line. The library promises [`cli::main`] alone; what the tests, benchmarks and fuzz targets of
//! this repository use is listed in `internals`.
#![forbid(unsafe_code)]
// Modules are private to the crate; `pub` in one says that other modules use it.
#![allow(unreachable_pub)]

pub(crate) mod bundles;
pub mod cli;
pub(crate) mod diagnostics;
pub(crate) mod diff;
pub(crate) mod documents;
pub(crate) mod edits;
pub(crate) mod escape;
pub(crate) mod excerpts;
pub(crate) mod facts;
pub(crate) mod fix;
pub(crate) mod ignore_comments;
mod instances;
pub(crate) mod integrations;
pub(crate) mod policy;
pub(crate) mod remote;
pub(crate) mod report;
pub(crate) mod rules;
pub(crate) mod scan;
pub(crate) mod secret;
pub(crate) mod signals;
pub(crate) mod stored;
pub(crate) mod workers;

/// What tests, benchmarks and fuzz targets of this repository use of the product. It may change at any time; whatever is not
/// listed here is private, so that the compiler finds what nothing uses.
#[doc(hidden)]
pub mod internals {
    /// Bundles in memory.
    pub mod bundles {
        pub use crate::bundles::{collect_bytes, scan_bundle};
    }
    /// Reading of files.
    pub mod documents {
        pub use crate::documents::{Content, Document, EXTENSIONS, Everything, read, wants};
        /// The look at a text before it is parsed.
        pub mod prefilter {
            pub use crate::documents::prefilter::{FACTS, Occurrences, Prefilter};
        }
    }
    /// Masked lines.
    pub mod excerpts {
        pub use crate::excerpts::Excerpts;
    }
    /// What documents mean.
    pub mod facts {
        pub use crate::facts::{
            AttributeSpec, COMMON, Context, Coordinates, Fact, Installed, Kind, Kinds, Linked, Telling, Whereabouts,
            extract,
        };
    }
    /// Forms of reports.
    pub mod report {
        pub use crate::report::redact::json as redact_json;
        pub use crate::report::{Format, Report, RuleInfo, Style, Summary, Unread, render};
    }
    /// Rules and findings.
    pub mod rules {
        pub use crate::rules::{
            Confidence, Example, Finding, Related, RuleSet, Severity, evaluate, manual_page, test_rules,
        };
    }
    /// Reading of inputs.
    pub mod scan {
        pub use crate::scan::{Grouping, Input, Options, Scanned, Sought, scan, scan_bytes};
    }
    /// Secrets and masks.
    pub mod secret {
        pub use crate::secret::{is_secret_name, mask_shapes, masks, shapes};
    }
    /// What families are recognised by.
    pub mod signals {
        pub use crate::signals::{FAMILIES, NeedlePlace, SignalKind, needles};
    }
}
