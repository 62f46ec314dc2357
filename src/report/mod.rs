//! Reports: one file a form. They know findings, not formats of packages; everything they print goes through the
//! escaping of its sink.
//!
//! A new form is a file with a `ReportForm` and its line in `formats.rs`.

mod concise;
mod diff;
mod form;
mod formats;
mod github;
mod gitlab;
mod html;
mod json;
mod junit;
mod markdown;
mod model;
mod phrases;
pub(crate) mod redact;
mod sarif;
mod summary;
#[cfg(test)]
mod test_report;
#[cfg(test)]
mod tests;
mod text;
mod unread;

pub use diff::{Compared, DiffFormat, DiffReport, DiffStyle, UnknownDiffFormat, redact_diff, render_diff};
pub use form::Style;
pub use formats::{Format, UnknownFormat, render};
pub use model::{Audit, AuditedPackage, Report, RuleInfo, Summary};
pub use summary::line as summary_line;
pub use unread::Unread;
