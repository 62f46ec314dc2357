//! Reports: one form a file. They know findings, not formats of packages; everything they print goes through the
//! escaping of its sink.

use crate::rules::Finding;
use crate::source::Unread;

/// What there is to report.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The findings to show, in the order to show them.
    pub findings: Vec<Finding>,
    /// What was not analysed. Each is also a finding of the rule `unread-content`.
    pub unread: Vec<Unread>,
    /// The numbers.
    pub summary: Summary,
}

/// The numbers of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Packages: archives and trees with `META-INF/vault` or `jcr_root`.
    pub packages: u64,
    /// Files and entries that were looked at.
    pub files: u64,
    /// Findings of level error.
    pub errors: u64,
    /// Findings of level warning.
    pub warnings: u64,
    /// Findings of level note.
    pub notes: u64,
    /// Things that were not analysed.
    pub unread: u64,
    /// Directories and files left out by `--exclude` and by default.
    pub excluded: u64,
    /// Findings not shown: ignored, in the baseline, below `--min-severity` or `--min-confidence`.
    pub hidden: u64,
    /// Wall time in milliseconds.
    pub milliseconds: u64,
    /// The exit code of the run.
    pub exit_code: u8,
}
