//! Reports: one file a form. They know findings, not formats of packages; everything they print goes through the
//! escaping of its sink.
//!
//! A new form is a file with a `ReportForm` and its line in `formats.rs`.

mod bounded;
mod concise;
mod csv;
mod diff;
mod form;
mod formats;
mod github;
mod gitlab;
mod grouped;
mod groups;
mod html;
mod json;
mod junit;
pub(crate) mod layout;
mod markdown;
mod model;
mod overview;
mod phrases;
pub(crate) mod redact;
mod sarif;
mod statistics;
mod summary;
#[cfg(test)]
mod test_report;
#[cfg(test)]
mod tests;
mod text;
mod unread;

pub use diff::{Compared, DiffFormat, DiffReport, DiffStyle, redact_diff, render_diff};
pub use form::Style;
pub use formats::{Format, render};
pub use model::{Audit, AuditedPackage, LeftOut, Report, RuleInfo, Summary};
pub(crate) use phrases::count;
pub use statistics::{StatisticsForm, statistics};
pub use summary::line as summary_line;
pub use unread::Unread;
