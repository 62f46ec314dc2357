//! Which forms of report there are.

use super::form::{ReportForm, Style};
use super::model::{Report, RuleInfo};
use super::{bounded, concise, csv, github, gitlab, grouped, html, json, junit, markdown, redact, sarif, text};
use crate::escape;
use std::fmt;
use std::str::FromStr;

/// All forms, in the order of the documentation.
const FORMS: &[ReportForm] = &[
    text::FORM,
    concise::FORM,
    grouped::FORM,
    csv::FORM,
    json::FORM,
    sarif::FORM,
    github::FORM,
    gitlab::FORM,
    junit::FORM,
    markdown::FORM,
    html::FORM,
];

/// A form of report that exists.
#[derive(Clone, Copy)]
pub struct Format(&'static ReportForm);

impl Format {
    /// All of them, in the order of the documentation.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        FORMS.iter().map(Self)
    }

    /// Annotations of GitHub Actions.
    pub const GITHUB: Self = Self(&github::FORM);
    /// Markdown, as for the step summary of GitHub Actions.
    pub const MARKDOWN: Self = Self(&markdown::FORM);

    /// SARIF, which alone shows what would mend a finding.
    pub const SARIF: Self = Self(&sarif::FORM);

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        self.0.name
    }

    /// What it is for, in a few words.
    pub fn about(self) -> &'static str {
        self.0.about
    }

    /// Whether [`render`] needs to know the rules that no finding names.
    pub fn needs_all_rules(self) -> bool {
        self.0.needs_all_rules
    }

    /// Whether it shows sizes and digests of the inputs.
    pub fn shows_inputs(self) -> bool {
        self.0.shows_inputs
    }

    /// Whether it shows an inventory, its map and how inputs were judged.
    pub fn shows_audit(self) -> bool {
        self.0.shows_audit
    }

    /// The report in this form, in no more than so many bytes.
    #[cfg(test)]
    pub(super) fn render_within(self, report: &Report, most: usize) -> String {
        bounded::render_within(self.0, report, &super::test_report::rules(), &Style::default(), most)
    }

    /// Whether it ends with the line that sums up the run.
    pub fn has_summary(self) -> bool {
        self.0.has_summary
    }
}

/// The report in one form, with a line end at its end, and not longer than 16 MiB. `rules` are the rules that findings name, in any order, and all
/// others that ran where the form [needs](Format::needs_all_rules) them.
pub fn render(format: Format, report: &Report, rules: &[RuleInfo], style: &Style) -> String {
    bounded::render(format.0, &redact::redacted(report), rules, style)
}

impl PartialEq for Format {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Format {}

impl fmt::Debug for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no [`Format`]'s.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no report format; use one of {}", escape::terminal_name(.0), Format::all().map(Format::name).collect::<Vec<_>>().join(", "))]
pub struct UnknownFormat(pub String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::all().find(|format| format.name() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for format in Format::all() {
            assert_eq!(format.name().parse(), Ok(format));
        }
        let error = "xml".parse::<Format>().unwrap_err();
        assert!(
            error.to_string().starts_with("`xml` is no report format; use one of text, concise, grouped, csv, json")
        );
    }
}
