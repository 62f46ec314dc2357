//! The JSON report, version 1. Its schema is `schemas/report-v1.schema.json`.
//!
//! Fields are only ever added within a version. Strings are as they are in the file (JSON needs no further escaping);
//! secrets were masked when the findings were made.

use super::form::{ReportForm, Style};
use super::model::{LeftOut, Report, RuleInfo};
use crate::escape;
use crate::facts::{Coordinates, Whereabouts};
use crate::rules::{Finding, Fix};
use crate::scan::Input;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Characters of one name: an archive can hold names of 64 KiB, of which thousands of findings would be made.
const MAX_NAME_CHARS: usize = 4_096;

#[derive(Serialize)]
struct Root<'r> {
    version: u32,
    tool: Tool,
    inputs: Vec<InputForm<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    deployments: Vec<DeploymentForm<'r>>,
    findings: Vec<FindingForm<'r>>,
    unread: Vec<UnreadForm<'r>>,
    rules: Vec<RuleForm<'r>>,
    summary: SummaryForm,
}

#[derive(Serialize)]
pub(super) struct Tool {
    name: &'static str,
    version: &'static str,
}

/// What made the report.
pub(super) const TOOL: Tool = Tool { name: "aemlint", version: env!("CARGO_PKG_VERSION") };

#[derive(Serialize)]
pub(super) struct InputForm<'r> {
    path: Cow<'r, str>,
    size: Option<u64>,
    sha256: Option<&'r str>,
}

/// A deployment with a name: findings have its number.
#[derive(Serialize)]
struct DeploymentForm<'r> {
    number: usize,
    name: Cow<'r, str>,
}

#[derive(Serialize)]
struct RuleForm<'r> {
    id: &'r str,
    family: &'r str,
    title: &'r str,
    level: &'static str,
    confidence: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    security_severity: Option<f32>,
    tags: &'r [String],
    help: &'r str,
    references: &'r [String],
    url: Option<&'r str>,
}

#[derive(Serialize)]
struct PackageForm<'r> {
    group: Cow<'r, str>,
    name: Cow<'r, str>,
    version: Cow<'r, str>,
}

#[derive(Serialize)]
pub(super) struct FindingForm<'r> {
    rule: &'r str,
    family: &'r str,
    title: &'r str,
    level: &'static str,
    confidence: &'static str,
    message: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<&'r str>,
    fingerprint: &'r str,
    property: Option<Cow<'r, str>>,
    deployment: u32,
    instances: &'r [String],
    package: Option<PackageForm<'r>>,
    location: LocationForm<'r>,
    related: Vec<RelatedForm<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<FixForm<'r>>,
}

#[derive(Serialize)]
struct FixForm<'r> {
    class: &'static str,
    title: &'r str,
    needs: Vec<&'static str>,
}

#[derive(Serialize)]
struct RelatedForm<'r> {
    message: &'r str,
    location: LocationForm<'r>,
}

#[derive(Serialize)]
struct LocationForm<'r> {
    path: String,
    file: Cow<'r, str>,
    inside: Vec<Cow<'r, str>>,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<Cow<'r, str>>,
}

#[derive(Serialize)]
struct UnreadForm<'r> {
    location: LocationForm<'r>,
    reason: &'r str,
    limit: Option<&'r str>,
}

#[derive(Serialize)]
struct SummaryForm {
    packages: u64,
    deployments: u64,
    files: u64,
    error: u64,
    warning: u64,
    note: u64,
    unread: u64,
    excluded: u64,
    hidden: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    milliseconds: Option<u64>,
    exit_code: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<LeftOutForm>,
}

#[derive(Serialize)]
struct LeftOutForm {
    findings: u64,
    unread: u64,
    inputs: u64,
}

pub(super) const FORM: ReportForm = ReportForm {
    shows_inputs: true,
    ..ReportForm::new("json", "For programs; the schema is in the repository", render)
};

fn render(report: &Report, rules: &[RuleInfo], _: &Style) -> String {
    let summary = &report.summary;
    let root = Root {
        version: 1,
        tool: TOOL,
        inputs: report.inputs.iter().map(input).collect(),
        deployments: report.deployments.iter().enumerate().map(deployment).collect(),
        findings: report.findings.iter().map(finding).collect(),
        unread: report
            .unread
            .iter()
            .map(|unread| UnreadForm {
                location: place(&unread.place, text_spans::SourceRange::FILE, None),
                reason: &unread.reason,
                limit: unread.limit.as_deref(),
            })
            .collect(),
        rules: self::rules(report, rules),
        summary: SummaryForm {
            packages: summary.packages,
            deployments: summary.deployments,
            files: summary.files,
            error: summary.errors,
            warning: summary.warnings,
            note: summary.notes,
            unread: summary.unread,
            excluded: summary.excluded,
            hidden: summary.hidden,
            milliseconds: summary.milliseconds,
            exit_code: summary.exit_code,
            left_out: (summary.left_out != LeftOut::default()).then(|| {
                let LeftOut { findings, unread, inputs } = summary.left_out;
                LeftOutForm { findings, unread, inputs }
            }),
        },
    };
    // A long report need not grow step by step.
    document(&root, 1024 * (1 + report.findings.len() + report.unread.len()))
}

/// A document of structs of strings and numbers, which is `about` so many bytes long.
pub(super) fn document(root: &impl Serialize, about: usize) -> String {
    // Serialising such structs cannot fail, and makes UTF-8.
    let mut bytes = Vec::with_capacity(about);
    let written = serde_json::to_writer_pretty(&mut bytes, root);
    let text = written.ok().and_then(|()| String::from_utf8(bytes).ok()).unwrap_or_default();
    // Most have nothing to escape, and a long one is not copied then.
    let escaped = match escape::json(&text) {
        Cow::Owned(escaped) => Some(escaped),
        Cow::Borrowed(_) => None,
    };
    let mut out = escaped.unwrap_or(text);
    out.push('\n');
    out
}

fn deployment((number, name): (usize, &String)) -> DeploymentForm<'_> {
    DeploymentForm { number, name: escape::clip(name, MAX_NAME_CHARS) }
}

pub(super) fn input(input: &Input) -> InputForm<'_> {
    let path = escape::clip(&input.path, MAX_NAME_CHARS);
    InputForm { path, size: input.size, sha256: input.sha256.as_deref() }
}

/// What the rules that findings name say of themselves, by id.
fn rules<'r>(report: &Report, rules: &'r [RuleInfo]) -> Vec<RuleForm<'r>> {
    let named: BTreeSet<&str> = report.findings.iter().map(|finding| finding.rule.as_ref()).collect();
    let mut rules: Vec<&RuleInfo> = rules.iter().filter(|rule| named.contains(rule.id.as_str())).collect();
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    let form = |rule: &'r RuleInfo| RuleForm {
        id: &rule.id,
        family: &rule.family,
        title: &rule.title,
        level: rule.level.name(),
        confidence: rule.confidence.name(),
        security_severity: rule.security_severity,
        tags: &rule.tags,
        help: &rule.help,
        references: &rule.references,
        url: rule.url.as_deref(),
    };
    rules.into_iter().map(form).collect()
}

fn package(package: &Coordinates) -> PackageForm<'_> {
    let [group, name, version] =
        [&package.group, &package.name, &package.version].map(|text| escape::clip(text, MAX_NAME_CHARS));
    PackageForm { group, name, version }
}

pub(super) fn finding(finding: &Finding) -> FindingForm<'_> {
    FindingForm {
        rule: &finding.rule,
        family: &finding.family,
        title: &finding.title,
        level: finding.severity.name(),
        confidence: finding.confidence.name(),
        message: &finding.message,
        advice: finding.advice.as_deref(),
        fingerprint: &finding.fingerprint,
        property: finding.property.as_deref().map(|name| escape::clip(name, MAX_NAME_CHARS)),
        deployment: finding.deployment,
        instances: &finding.instances,
        package: finding.package.as_deref().map(package),
        location: location(&finding.location),
        related: finding
            .related
            .iter()
            .map(|related| RelatedForm { message: &related.message, location: location(&related.location) })
            .collect(),
        fix: finding.fix.as_deref().map(fix),
    }
}

fn fix(fix: &Fix) -> FixForm<'_> {
    let class = match (fix.needs.is_empty(), fix.safe) {
        (false, _) => "needs-answer",
        (true, true) => "safe",
        (true, false) => "unsafe",
    };
    FixForm { class, title: &fix.title, needs: fix.needs.iter().map(|key| key.name()).collect() }
}

fn location(location: &Whereabouts) -> LocationForm<'_> {
    place(&location.place, location.mark, location.node.as_deref())
}

fn place<'r>(place: &'r zip_audit::Place, mark: text_spans::SourceRange, node: Option<&'r str>) -> LocationForm<'r> {
    let file = escape::clip(&place.file, MAX_NAME_CHARS);
    let inside: Vec<Cow<'r, str>> = place.inside.iter().map(|name| escape::clip(name, MAX_NAME_CHARS)).collect();
    let path = inside.iter().fold(file.to_string(), |path, name| path + "!/" + name);
    LocationForm {
        path,
        file,
        inside,
        line: mark.start.line,
        column: mark.start.column,
        end_line: mark.end.line,
        end_column: mark.end.column,
        node: node.map(|node| escape::clip(node, MAX_NAME_CHARS)),
    }
}
