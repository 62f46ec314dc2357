//! Which forms of report on a difference there are.

use super::model::{DiffReport, DiffStyle};
use super::{bounded, json, markdown, sarif, text};
use crate::escape;
use crate::report::bounded::MAX_REPORT_BYTES;
use crate::report::model::RuleInfo;
use crate::report::redact;
use std::fmt;
use std::str::FromStr;

/// A form of report on a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffFormat {
    /// For people at a terminal.
    Text,
    /// For a comment on a pull request.
    Markdown,
    /// For programs.
    Json,
    /// For viewers of SARIF that know `baselineState`.
    Sarif,
}

impl DiffFormat {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Text, Self::Markdown, Self::Json, Self::Sarif];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Json => "json",
            Self::Sarif => "sarif",
        }
    }

    /// What it is for, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Self::Text => "For people: counts, then what changed",
            Self::Markdown => "For a comment on a pull request, at most 65,000 characters",
            Self::Json => "For programs; the schema is in the repository",
            Self::Sarif => "SARIF 2.1.0 with the baselineState of each result",
        }
    }

    /// Whether [`render_diff`] needs to know all rules that ran, not only those that findings name.
    pub fn needs_all_rules(self) -> bool {
        self == Self::Sarif
    }

    /// Whether it shows sizes and digests of the inputs.
    pub fn shows_inputs(self) -> bool {
        self == Self::Json
    }
}

impl fmt::Display for DiffFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no [`DiffFormat`]'s.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no form of a difference; use one of {}", escape::terminal_name(.0), DiffFormat::ALL.map(DiffFormat::name).join(", "))]
pub struct UnknownDiffFormat(pub String);

impl FromStr for DiffFormat {
    type Err = UnknownDiffFormat;

    fn from_str(name: &str) -> Result<Self, UnknownDiffFormat> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| UnknownDiffFormat(name.to_owned()))
    }
}

/// Masks all that has the shape of a secret in the findings of a report, which [`render_diff`] takes as it is. What else is in
/// it was masked when it was made.
pub fn redact_diff(report: &mut DiffReport) {
    let findings = &mut report.difference.findings;
    findings.new.iter_mut().for_each(|new| redact::finding(&mut new.finding));
    findings.gone.iter_mut().chain(&mut findings.unchanged).for_each(redact::finding);
    for side in [&mut report.old, &mut report.new] {
        side.inputs.iter_mut().for_each(|input| redact::text(&mut input.path));
        side.unread.iter_mut().for_each(redact::unread);
    }
}

/// The report in one form, with a line end at its end. `rules` are the rules that findings name, and all others where the form
/// [needs](DiffFormat::needs_all_rules) them.
pub fn render_diff(format: DiffFormat, report: &DiffReport, rules: &[RuleInfo], style: &DiffStyle) -> String {
    render_within(format, report, rules, style, MAX_REPORT_BYTES)
}

/// The same in no more than so many bytes.
pub(super) fn render_within(
    format: DiffFormat,
    report: &DiffReport,
    rules: &[RuleInfo],
    style: &DiffStyle,
    most: usize,
) -> String {
    bounded::render(report, most, |shown, left_out| match format {
        DiffFormat::Text => text::render(shown, report, left_out),
        // It has a bound of its own.
        DiffFormat::Markdown => markdown::render(shown, rules),
        DiffFormat::Json => json::render(shown, report, left_out),
        DiffFormat::Sarif => sarif::render(shown, rules, style.all, left_out),
    })
}
