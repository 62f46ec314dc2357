//! What a report says before the first finding: how many there are of each rule and in each package.

use super::model::{Report, RuleInfo};
use super::phrases;
use crate::escape;
use crate::facts::Whereabouts;
use crate::rules::{Finding, Severity};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// The numbers of a report, the worst first.
pub(super) struct Overview<'r> {
    /// How many findings there are of each rule and severity.
    pub(super) rules: Vec<RuleCount<'r>>,
    /// How many findings there are in each package.
    pub(super) packages: Vec<PackageCount>,
    /// How many findings there are in each deployment that has a name.
    pub(super) deployments: Vec<PackageCount>,
    /// How many findings there are in the packages of each group; none for packages that do not say theirs.
    pub(super) groups: Vec<PackageCount>,
}

/// The findings of one rule and severity.
pub(super) struct RuleCount<'r> {
    pub(super) rule: &'r str,
    pub(super) severity: Severity,
    pub(super) number: u64,
    /// The headline of the rule.
    pub(super) title: &'r str,
    /// Its page.
    pub(super) url: Option<&'r str>,
}

/// The findings in one package, in one folder of a source tree, in one deployment or in the packages of a group.
#[derive(Default)]
pub(super) struct PackageCount {
    /// What it is called and where it is. Escaped for a terminal.
    pub(super) name: String,
    errors: u64,
    warnings: u64,
    notes: u64,
}

impl<'r> Overview<'r> {
    /// That of a report.
    pub(super) fn of(report: &'r Report, rules: &'r [RuleInfo]) -> Self {
        let mut by_rule: BTreeMap<(Reverse<Severity>, &str), (u64, &Finding)> = BTreeMap::new();
        let mut by_package: BTreeMap<String, PackageCount> = BTreeMap::new();
        let mut by_group: BTreeMap<String, (PackageCount, BTreeSet<String>)> = BTreeMap::new();
        let mut by_deployment: BTreeMap<String, PackageCount> = BTreeMap::new();
        for finding in &report.findings {
            if let Some(name) = report.deployments.get(finding.deployment as usize) {
                let name = format!("deployment {}", escape::terminal_name(name));
                by_deployment.entry(name).or_default().add(finding.severity);
            }
            by_rule.entry((Reverse(finding.severity), &finding.rule)).or_insert((0, finding)).0 += 1;
            let name = package_of(finding);
            if let Some(package) = finding.package.as_deref().filter(|package| !package.group.is_empty()) {
                let (group, packages) = by_group.entry(escape::terminal_name(&package.group)).or_default();
                group.add(finding.severity);
                packages.insert(name.clone());
            }
            by_package.entry(name).or_default().add(finding.severity);
        }
        let rule = |((Reverse(severity), rule), (number, finding)): ((_, &'r str), (u64, &'r Finding))| RuleCount {
            rule,
            severity,
            number,
            title: &finding.title,
            url: rules.iter().find(|info| info.id == rule).and_then(|info| info.url.as_deref()),
        };
        let mut rules: Vec<RuleCount<'r>> = by_rule.into_iter().map(rule).collect();
        rules.sort_by_key(|rule| (Reverse(rule.severity), Reverse(rule.number)));
        let named = |(name, count): (String, PackageCount)| PackageCount { name, ..count };
        let groups = by_group.into_iter().map(|(name, (count, packages))| {
            let packages = phrases::count(packages.len() as u64, "package", "packages");
            (format!("{name}: {packages}"), count)
        });
        let groups = worst_first(groups.map(named).collect());
        let packages = worst_first(by_package.into_iter().map(named).collect());
        let deployments = worst_first(by_deployment.into_iter().map(named).collect());
        Self { rules, packages, deployments, groups }
    }

    /// `missing-scope, jwt-credentials (2)`: the rules, the worst first, whatever the severity. Escaped for a terminal.
    pub(super) fn rules_in_short(&self) -> String {
        let mut numbers: Vec<(&str, u64)> = Vec::new();
        for rule in &self.rules {
            match numbers.iter_mut().find(|(known, _)| *known == rule.rule) {
                Some((_, number)) => *number += rule.number,
                None => numbers.push((rule.rule, rule.number)),
            }
        }
        let in_short = |(rule, number): (&str, u64)| match number {
            1 => escape::terminal_name(rule),
            number => format!("{} ({number})", escape::terminal_name(rule)),
        };
        numbers.into_iter().map(in_short).collect::<Vec<_>>().join(", ")
    }
}

impl PackageCount {
    fn add(&mut self, severity: Severity) {
        match severity {
            Severity::Error => self.errors += 1,
            Severity::Warning => self.warnings += 1,
            Severity::Note => self.notes += 1,
        }
    }

    /// ` in vendor.zip`; nothing for the working directory.
    pub(super) fn as_place(&self) -> String {
        if self.name == "." { String::new() } else { format!(" in {}", self.name) }
    }

    /// `2 errors, 1 note`.
    pub(super) fn numbers(&self) -> String {
        phrases::numbers(self.errors, self.warnings, self.notes)
    }
}

fn worst_first(mut packages: Vec<PackageCount>) -> Vec<PackageCount> {
    packages.sort_by_key(|package| Reverse((package.errors, package.warnings, package.notes)));
    packages
}

/// What the package around a finding is called and where it is; of files of a source tree that are in none, the folder around
/// the content. Escaped for a terminal.
fn package_of(finding: &Finding) -> String {
    let place = escape::terminal(&escape::clip(folder(&finding.location), phrases::MAX_PATH_CHARS)).into_owned();
    match finding.package.as_deref() {
        Some(package) => format!("{} ({place})", escape::terminal_name(&package.to_string())),
        None => place,
    }
}

/// The archive on disk, or the folder of a source tree that the content lies in.
fn folder(location: &Whereabouts) -> &str {
    let file: &str = &location.place.file;
    if !location.place.inside.is_empty() {
        return file;
    }
    let around = |name: &str| {
        let inner = format!("/{name}/");
        if file.starts_with(inner.trim_start_matches('/')) {
            Some(".")
        } else {
            file.find(&inner).map(|at| &file[..at])
        }
    };
    let content = around("jcr_root").or_else(|| around("META-INF"));
    content.unwrap_or_else(|| file.rsplit_once('/').map_or(".", |(folder, _)| folder))
}
