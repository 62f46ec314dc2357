//! The packages, with the numbers of their findings and integrations.

use super::counts::column;
use super::markup::Markup;
use super::summary::COUNTS;
use super::table::{self, Column};
use crate::escape;
use crate::report::model::{AuditedPackage, Report};
use crate::report::phrases;
use std::collections::HashMap;
use zip_audit::Place;

/// Packages that are listed.
const MAX_PACKAGES: usize = 2_000;

pub(super) fn write(out: &mut Markup, report: &Report) {
    let rows = rows(report);
    let columns: Vec<Column> = [("Name", false), ("Group", false), ("Version", false)]
        .into_iter()
        .chain(COUNTS)
        .chain([("Integrations", true), ("Place", false)])
        .collect();
    table::wide(out, "Packages, and the findings and integrations in each", &columns, |out| {
        for row in rows.iter().take(MAX_PACKAGES) {
            let package = &row.package.coordinates;
            let clip = |text: &'_ str| escape::clip(text, escape::MAX_NAME_CHARS).into_owned();
            table::row(out, |out| {
                table::head(out, |out| match package.name.as_str() {
                    "" => out.leaf("span", &[("class", "soft")], "without a name"),
                    name => out.text(&clip(name)),
                });
                table::text(out, &clip(&package.group));
                table::text(out, &clip(&package.version));
                row.findings.iter().for_each(|&number| table::number(out, number));
                table::number(out, row.integrations);
                table::code(out, &phrases::path_of(&row.package.place));
            });
        }
    });
    let left = rows.len().saturating_sub(MAX_PACKAGES) + report.audit.more_packages;
    if left > 0 {
        out.line("p", &[], &format!("{left} more packages are not listed here."));
    }
}

/// A package with what is in it.
struct Row<'r> {
    package: &'r AuditedPackage,
    findings: [u64; 3],
    integrations: u64,
}

/// The packages, the worst first.
fn rows(report: &Report) -> Vec<Row<'_>> {
    let packages = &report.audit.packages;
    let known: HashMap<&Place, usize> =
        packages.iter().enumerate().map(|(index, package)| (&package.place, index)).collect();
    let mut rows: Vec<Row<'_>> =
        packages.iter().map(|package| Row { package, findings: [0; 3], integrations: 0 }).collect();
    let around = |place: &Place| place.around().find_map(|place| known.get(&place).copied());
    for finding in &report.findings {
        if let Some(row) = around(&finding.location.place).and_then(|index| rows.get_mut(index)) {
            row.findings.get_mut(column(finding.severity)).into_iter().for_each(|number| *number += 1);
        }
    }
    for integration in &report.audit.integrations {
        if let Some(row) = around(&integration.location.place).and_then(|index| rows.get_mut(index)) {
            row.integrations += 1;
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse((row.findings, row.integrations)));
    rows
}
