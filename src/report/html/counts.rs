//! The findings by rule, package and vendor.

use crate::report::model::{Report, RuleInfo};
use crate::rules::{Finding, Severity};
use std::collections::{BTreeMap, HashMap};

/// The findings of a report in the orders in which the page shows them.
#[derive(Debug)]
pub(super) struct Counts<'r> {
    /// The worst first; equally bad ones with more findings first.
    pub(super) by_rule: Vec<RuleFindings<'r>>,
    /// The packages that say what they are called, the worst first.
    pub(super) by_package: Vec<Counted>,
    /// Their groups, the worst first.
    pub(super) by_vendor: Vec<Counted>,
    /// The anchors of all findings, in the order of the report.
    pub(super) anchors: Vec<String>,
}

/// The findings of one level of one rule.
#[derive(Debug)]
pub(super) struct RuleFindings<'r> {
    /// The id of the rule.
    pub(super) id: &'r str,
    /// Its title.
    pub(super) title: &'r str,
    /// What it says of itself, where that is known.
    pub(super) info: Option<&'r RuleInfo>,
    /// The level of these findings.
    pub(super) severity: Severity,
    /// Indices of the findings.
    pub(super) findings: Vec<usize>,
}

/// Something with the numbers of its findings.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Counted {
    /// What it is called.
    pub(super) name: String,
    /// Errors, warnings, notes.
    pub(super) numbers: [u64; 3],
}

impl RuleFindings<'_> {
    /// The anchor of these findings.
    pub(super) fn anchor(&self) -> String {
        format!("{}-{}", self.severity.name(), self.id)
    }
}

impl Counted {
    /// All findings.
    pub(super) fn total(&self) -> u64 {
        self.numbers.iter().sum()
    }
}

impl<'r> Counts<'r> {
    /// Counts the findings of a report.
    pub(super) fn new(report: &'r Report, rules: &'r [RuleInfo]) -> Self {
        let infos: HashMap<&str, &RuleInfo> = rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
        let mut by_rule: BTreeMap<(Severity, &str), RuleFindings<'_>> = BTreeMap::new();
        let (mut packages, mut vendors) = (BTreeMap::new(), BTreeMap::new());
        for (index, finding) in report.findings.iter().enumerate() {
            let new = || RuleFindings {
                id: &finding.rule,
                title: &finding.title,
                info: infos.get(finding.rule.as_ref()).copied(),
                severity: finding.severity,
                findings: Vec::new(),
            };
            by_rule.entry((finding.severity, &finding.rule)).or_insert_with(new).findings.push(index);
            if let Some(package) = finding.package.as_deref() {
                let name = [&package.group, &package.name, &package.version].map(String::as_str);
                add(
                    &mut packages,
                    name.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(":"),
                    finding,
                );
                let vendor = if package.group.is_empty() { "no group" } else { &package.group };
                add(&mut vendors, vendor.to_owned(), finding);
            }
        }
        let mut by_rule: Vec<RuleFindings<'_>> = by_rule.into_values().collect();
        by_rule.sort_by_key(|rule| std::cmp::Reverse((rule.severity, rule.findings.len())));
        Self { by_rule, by_package: worst_first(packages), by_vendor: worst_first(vendors), anchors: anchors(report) }
    }
}

/// The place of a level among the numbers of a [`Counted`].
pub(super) fn column(severity: Severity) -> usize {
    match severity {
        Severity::Error => 0,
        Severity::Warning => 1,
        Severity::Note => 2,
    }
}

fn add(counted: &mut BTreeMap<String, [u64; 3]>, name: String, finding: &Finding) {
    let numbers = counted.entry(name).or_default();
    numbers.get_mut(column(finding.severity)).into_iter().for_each(|number| *number += 1);
}

fn worst_first(counted: BTreeMap<String, [u64; 3]>) -> Vec<Counted> {
    let mut counted: Vec<Counted> = counted.into_iter().map(|(name, numbers)| Counted { name, numbers }).collect();
    counted.sort_by_key(|counted| std::cmp::Reverse(counted.numbers));
    counted
}

/// `f-<fingerprint>`, with `-2`, `-3` behind it where a fingerprint is there again.
fn anchors(report: &Report) -> Vec<String> {
    let mut seen: HashMap<&str, usize> = HashMap::with_capacity(report.findings.len());
    let anchor = |finding: &'_ Finding, times: usize| match times {
        1 => format!("f-{}", finding.fingerprint),
        times => format!("f-{}-{times}", finding.fingerprint),
    };
    let mut anchors = Vec::with_capacity(report.findings.len());
    for finding in &report.findings {
        let times = seen.entry(&finding.fingerprint).or_default();
        *times += 1;
        anchors.push(anchor(finding, *times));
    }
    anchors
}
