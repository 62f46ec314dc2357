//! The difference for programs, version 1. Its schema is `schemas/diff-v1.schema.json`. Empty lists and sections are left out;
//! fields are only ever added within a version.

use super::model::{Compared, DiffReport, count_of};
use crate::diff::{
    Changes, Integration, IntegrationChange, NewFinding, NotRead, PackageChange, SecretChange, SecretEntry,
};
use crate::facts::Coordinates;
use crate::report::json::{FindingForm, InputForm, TOOL, Tool, document, finding, input};
use crate::rules::Severity;
use serde::Serialize;
use serde_json::Value as Json;

#[derive(Serialize)]
struct Root<'r> {
    version: u32,
    tool: Tool,
    old: SideForm<'r>,
    new: SideForm<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    packages: Option<Section<PackageForm<'r>, PackageChangeForm<'r>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    integrations: Option<Section<IntegrationForm<'r>, IntegrationChangeForm<'r>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hosts: Option<Section<HostForm<'r>, ()>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    secrets: Option<Section<SecretForm<'r>, SecretChangeForm<'r>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<Section<NotReadForm<'r>, ()>>,
    findings: FindingsForm<'r>,
    summary: SummaryForm,
}

#[derive(Serialize)]
struct SideForm<'r> {
    inputs: Vec<InputForm<'r>>,
    incomplete: bool,
}

#[derive(Serialize)]
struct Section<T, C> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    added: Vec<T>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    removed: Vec<T>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changed: Vec<C>,
}

#[derive(Serialize)]
struct PackageForm<'r> {
    group: &'r str,
    name: &'r str,
    version: &'r str,
}

#[derive(Serialize)]
struct PackageChangeForm<'r> {
    group: &'r str,
    name: &'r str,
    old: &'r str,
    new: &'r str,
}

#[derive(Serialize)]
struct IntegrationForm<'r> {
    integration: &'static str,
    key: &'r str,
    name: &'r str,
    run_modes: &'r [String],
    path: &'r str,
}

#[derive(Serialize)]
struct IntegrationChangeForm<'r> {
    #[serde(flatten)]
    integration: IntegrationForm<'r>,
    changes: Vec<AttributeForm<'r>>,
}

#[derive(Serialize)]
struct AttributeForm<'r> {
    attribute: &'static str,
    old: &'r Json,
    new: &'r Json,
}

#[derive(Serialize)]
struct HostForm<'r> {
    host: &'r str,
}

#[derive(Serialize)]
struct SecretForm<'r> {
    kind: &'static str,
    key: &'r str,
    property: Option<&'r str>,
    state: &'static str,
    run_modes: &'r [String],
    path: &'r str,
}

#[derive(Serialize)]
struct SecretChangeForm<'r> {
    kind: &'static str,
    key: &'r str,
    property: Option<&'r str>,
    old: &'static str,
    new: &'static str,
    run_modes: &'r [String],
    path: &'r str,
}

#[derive(Serialize)]
struct NotReadForm<'r> {
    path: &'r str,
    reason: &'r str,
}

#[derive(Serialize)]
struct FindingsForm<'r> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    new: Vec<NewFindingForm<'r>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    gone: Vec<FindingForm<'r>>,
    unchanged: usize,
}

#[derive(Serialize)]
struct NewFindingForm<'r> {
    #[serde(flatten)]
    finding: FindingForm<'r>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous_level: Option<&'static str>,
}

/// The numbers; those of levels are of new findings.
#[derive(Serialize)]
struct SummaryForm {
    new: usize,
    gone: usize,
    unchanged: usize,
    error: usize,
    warning: usize,
    note: usize,
    exit_code: u8,
    /// Changes, findings and inputs that are counted but not listed.
    #[serde(skip_serializing_if = "is_none")]
    left_out: usize,
}

fn is_none(number: &usize) -> bool {
    *number == 0
}

/// `whole` is the report before so many changes and findings were left out of it.
pub(super) fn render(report: &DiffReport, whole: &DiffReport, left_out: usize) -> String {
    let difference = &report.difference;
    let findings = &difference.findings;
    let all = &whole.difference.findings;
    let level = |level| count_of(all.new.iter().map(|new| &new.finding), level);
    let root = Root {
        version: 1,
        tool: TOOL,
        old: side(&report.old),
        new: side(&report.new),
        packages: section(&difference.packages, |package| self::package(package), package_change),
        integrations: section(&difference.integrations, integration, integration_change),
        hosts: section(&difference.hosts, |host| HostForm { host }, |_| ()),
        secrets: section(&difference.secrets, secret, secret_change),
        coverage: section(&difference.coverage, not_read, |_| ()),
        findings: FindingsForm {
            new: findings.new.iter().map(new_finding).collect(),
            gone: findings.gone.iter().map(finding).collect(),
            unchanged: all.unchanged.len(),
        },
        summary: SummaryForm {
            new: all.new.len(),
            gone: all.gone.len(),
            unchanged: all.unchanged.len(),
            error: level(Severity::Error),
            warning: level(Severity::Warning),
            note: level(Severity::Note),
            exit_code: report.exit_code,
            left_out,
        },
    };
    document(&root, 1024 * (4 + findings.new.len() + findings.gone.len()))
}

/// A section, unless it is empty.
fn section<'r, T, C, F, G>(
    changes: &'r Changes<T, C>,
    form: impl Fn(&'r T) -> F,
    change: impl Fn(&'r C) -> G,
) -> Option<Section<F, G>> {
    (!changes.is_empty()).then(|| Section {
        added: changes.added.iter().map(&form).collect(),
        removed: changes.removed.iter().map(&form).collect(),
        changed: changes.changed.iter().map(change).collect(),
    })
}

fn side(side: &Compared) -> SideForm<'_> {
    SideForm { inputs: side.inputs.iter().map(input).collect(), incomplete: side.is_incomplete }
}

fn package(package: &Coordinates) -> PackageForm<'_> {
    PackageForm { group: &package.group, name: &package.name, version: &package.version }
}

fn package_change(change: &PackageChange) -> PackageChangeForm<'_> {
    PackageChangeForm { group: &change.group, name: &change.name, old: &change.old, new: &change.new }
}

fn integration(item: &Integration) -> IntegrationForm<'_> {
    IntegrationForm {
        integration: item.integration,
        key: &item.key,
        name: &item.name,
        run_modes: &item.run_modes,
        path: &item.path,
    }
}

fn integration_change(change: &IntegrationChange) -> IntegrationChangeForm<'_> {
    let changes = change.changes.iter();
    let changes =
        changes.map(|change| AttributeForm { attribute: change.attribute, old: &change.old, new: &change.new });
    IntegrationChangeForm { integration: integration(&change.integration), changes: changes.collect() }
}

fn secret(item: &SecretEntry) -> SecretForm<'_> {
    SecretForm {
        kind: item.kind,
        key: &item.key,
        property: item.property.as_deref(),
        state: item.state,
        run_modes: &item.run_modes,
        path: &item.path,
    }
}

fn secret_change(change: &SecretChange) -> SecretChangeForm<'_> {
    let item = &change.secret;
    SecretChangeForm {
        kind: item.kind,
        key: &item.key,
        property: item.property.as_deref(),
        old: change.old,
        new: item.state,
        run_modes: &item.run_modes,
        path: &item.path,
    }
}

fn not_read(item: &NotRead) -> NotReadForm<'_> {
    NotReadForm { path: &item.path, reason: &item.reason }
}

fn new_finding(new: &NewFinding) -> NewFindingForm<'_> {
    NewFindingForm { finding: finding(&new.finding), previous_level: new.previous_level.map(Severity::name) }
}
