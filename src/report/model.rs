//! What there is to report, whatever its form.

use super::unread::Unread;
use crate::facts::Coordinates;
use crate::fix::Suggestions;
use crate::integrations::Integration;
use crate::integrations::map::IntegrationMap;
use crate::policy::Suppressed;
use crate::rules::{Confidence, Finding, Meta, Severity};
use crate::scan::Input;
use zip_audit::Place;

/// What there is to report.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The findings to show, in the order to show them.
    pub findings: Vec<Finding>,
    /// Findings on copies of files, which are further places of some of `findings`: SARIF alone shows them as results of their
    /// own, since code scanning shows a result only in its first place.
    pub copies: Vec<Finding>,
    /// Accepted findings: HTML shows them, and with [`Style::sarif_include_suppressed`](super::Style) SARIF, marked as suppressed.
    pub suppressed: Vec<Suppressed>,
    /// What mends findings in files of trees, for SARIF.
    pub suggestions: Suggestions,
    /// The packages and trees that were read, where a form of the run shows them; see [`Format::shows_inputs`](super::Format::shows_inputs).
    pub inputs: Vec<Input>,
    /// The names of the deployments, by their numbers, where a map names several.
    pub deployments: Vec<String>,
    /// What an auditor hands on beside the findings, where a form of the run shows it; see
    /// [`Format::shows_audit`](super::Format::shows_audit).
    pub audit: Audit,
    /// What was not analysed. Each is also a finding of the rule `unread-content`.
    pub unread: Vec<Unread>,
    /// The numbers.
    pub summary: Summary,
}

/// What an auditor hands on beside the findings of a run. Its texts are not escaped.
#[derive(Clone, Debug, Default)]
pub struct Audit {
    /// When it was made: `2026-11-28T10:41:00Z`.
    pub date: Option<String>,
    /// How inputs were judged, for people: names of settings with their values.
    pub options: Vec<(&'static str, String)>,
    /// The packages that were read, in the order of their places.
    pub packages: Vec<AuditedPackage>,
    /// How many more there are, which did not fit into the report.
    pub more_packages: usize,
    /// The inventory.
    pub integrations: Vec<Integration>,
    /// How many more there are, which did not fit into the report.
    pub more_integrations: usize,
    /// How packages, integrations and tenants lead to each other.
    pub map: IntegrationMap,
}

/// A package that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditedPackage {
    /// The archive, or the directory that it is unpacked in.
    pub place: Place,
    /// What it calls itself; empty where it does not say.
    pub coordinates: Coordinates,
}

/// The numbers of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// Packages: archives and trees with `META-INF/vault` or `jcr_root`.
    pub packages: u64,
    /// Deployments: how many AEMs all of it is taken to end up in.
    pub deployments: u64,
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
    /// Wall time in milliseconds; `None` where no times are wanted.
    pub milliseconds: Option<u64>,
    /// The exit code of the run.
    pub exit_code: u8,
    /// What this form of the report leaves out, so that it stays short enough.
    pub left_out: LeftOut,
}

/// What a report leaves out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Findings, further places and accepted findings that would be results of their own included.
    pub findings: u64,
    /// Things that were not read.
    pub unread: u64,
    /// Packages and trees that were read.
    pub inputs: u64,
}

/// What a report says of a rule beside its findings.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleInfo {
    /// Unique, kebab-case.
    pub id: String,
    /// The folder of its file.
    pub family: String,
    /// What it finds, as a headline without a period.
    pub title: String,
    /// Its level before policy.
    pub level: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// From 0.1 to 10.0, as in CVSS; makes it a security rule in code scanning.
    pub security_severity: Option<f32>,
    /// Topics.
    pub tags: Vec<String>,
    /// Markdown with the headings `## Why it matters` and `## What to do`.
    pub help: String,
    /// URLs.
    pub references: Vec<String>,
    /// The version of aemlint that brought it; empty where the rule does not say.
    pub since: String,
    /// Its page, where it is one of aemlint's own.
    pub url: Option<String>,
}

/// Where the pages of the rules are, each `<id>.md`.
const RULE_PAGES: &str = "https://github.com/aemlint/aemlint/blob/main/docs/rules";

impl From<&Meta> for RuleInfo {
    fn from(meta: &Meta) -> Self {
        Self {
            id: meta.id.to_string(),
            family: meta.family.to_string(),
            title: meta.title.to_string(),
            level: meta.level,
            confidence: meta.confidence,
            security_severity: meta.security_severity,
            tags: meta.tags.clone(),
            help: meta.help.clone(),
            references: meta.references.clone(),
            since: meta.since.clone().unwrap_or_default(),
            url: meta.built_in.then(|| format!("{RULE_PAGES}/{}.md", meta.id)),
        }
    }
}
