//! What a form of report is, and what the caller decides about its looks.

use super::model::{Report, RuleInfo};

/// A form of report. Each is a constant `FORM` in a file of its own, and a line in the table of `formats`.
pub(super) struct ReportForm {
    /// The name on the command line.
    pub(super) name: &'static str,
    /// What it is for: the help of the command line.
    pub(super) about: &'static str,
    /// Whether it shows what rules say of themselves of which there is no finding. Where no form of a run does, their files
    /// need not be parsed.
    pub(super) needs_all_rules: bool,
    /// Whether it shows sizes and digests of the inputs. Where no form of a run does, the inputs need not be read for them.
    pub(super) shows_inputs: bool,
    /// Whether it shows an inventory, its map and how inputs were judged. Where no form of a run does, they are not made.
    pub(super) shows_audit: bool,
    /// Whether it ends with the line that sums up the run; else that line is printed to standard error.
    pub(super) has_summary: bool,
    /// Makes the report, with a line end at its end. `rules` are the rules that findings name, in any order; all rules that
    /// ran where they are needed.
    pub(super) render: Render,
}

/// Makes a report in one form.
type Render = fn(report: &Report, rules: &[RuleInfo], style: &Style) -> String;

impl ReportForm {
    /// A form that shows findings and nothing that costs more: what it shows beside them is written in its constant.
    pub(super) const fn new(name: &'static str, about: &'static str, render: Render) -> Self {
        Self {
            name,
            about,
            needs_all_rules: false,
            shows_inputs: false,
            shows_audit: false,
            has_summary: false,
            render,
        }
    }
}

/// What the caller decides about the looks of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// Colours and other terminal attributes (text and concise).
    pub color: bool,
    /// Columns of the terminal (text); `None` where lines may have any length. Less than 40 counts as 40.
    pub width: Option<usize>,
    /// Whether names of rules are links to their pages, as terminals know them (text).
    pub links: bool,
    /// Box-drawing characters rather than ASCII (text).
    pub unicode: bool,
    /// The category under which code scanning files the results (SARIF). It overrides the upload's own, so that it is
    /// written only if it is given.
    pub sarif_category: Option<String>,
    /// Whether accepted findings are results too, marked as suppressed (SARIF).
    pub sarif_include_suppressed: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            color: false,
            width: Some(100),
            links: false,
            unicode: true,
            sarif_category: None,
            sarif_include_suppressed: false,
        }
    }
}
