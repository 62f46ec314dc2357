//! What there is to report on two deliveries, whatever its form.

use crate::diff::Difference;
use crate::report::unread::Unread;
use crate::rules::{Finding, Severity};
use crate::scan::Input;

/// What there is to report on two deliveries.
#[derive(Clone, Debug)]
pub struct DiffReport {
    /// What is known of the old one as such.
    pub old: Compared,
    /// What is known of the new one as such.
    pub new: Compared,
    /// What is not the same in both.
    pub difference: Difference,
    /// The exit code of the run.
    pub exit_code: u8,
}

/// One of two deliveries as such.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// The packages and trees that were read, where a form shows them.
    pub inputs: Vec<Input>,
    /// What was not analysed.
    pub unread: Vec<Unread>,
    /// Whether something was not analysed, or was cut off.
    pub is_incomplete: bool,
}

/// How a difference is shown.
#[derive(Clone, Debug, Default)]
pub struct DiffStyle {
    /// Whether to show findings, too, that both sides have (SARIF).
    pub all: bool,
}

/// How many of these findings have a level.
pub(super) fn count_of<'r>(findings: impl Iterator<Item = &'r Finding>, level: Severity) -> usize {
    findings.filter(|finding| finding.severity == level).count()
}
