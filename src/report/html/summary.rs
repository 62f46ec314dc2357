//! The verdict in words, and the numbers by severity, rule, package and vendor.

use super::counts::{Counted, Counts};
use super::markup::Markup;
use super::table::{self, Column};
use crate::report::model::Report;
use crate::report::phrases::{self, count};

/// Packages and vendors that are counted here; the section on packages has all.
const MAX_ROWS: usize = 20;

/// Columns of numbers of findings.
pub(super) const COUNTS: [Column; 3] = [("Errors", true), ("Warnings", true), ("Notes", true)];

pub(super) fn write(out: &mut Markup, report: &Report, counts: &Counts<'_>) {
    verdict(out, report);
    by_severity(out, report);
    if report.findings.is_empty() {
        return;
    }
    by_rule(out, counts);
    if !counts.by_package.is_empty() {
        counted(out, "Findings by package", "Package", &counts.by_package);
    }
    if counts.by_vendor.len() > 1 {
        counted(out, "Findings by vendor: the groups of the packages", "Vendor", &counts.by_vendor);
    }
}

/// `3 errors and 1 note`.
fn found(report: &Report) -> String {
    let summary = &report.summary;
    let levels = [
        (summary.errors, "error", "errors"),
        (summary.warnings, "warning", "warnings"),
        (summary.notes, "note", "notes"),
    ];
    let found = levels.into_iter().filter(|level| level.0 > 0).map(|(number, one, many)| count(number, one, many));
    let found: Vec<String> = found.collect();
    match found.split_last() {
        None => "nothing was found".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
    }
}

fn verdict(out: &mut Markup, report: &Report) {
    let (class, word, rest) = match report.summary.exit_code {
        3 => {
            let unread = match report.summary.unread {
                0 => "not everything could be judged".to_owned(),
                1 => "1 thing was not read or not judged".to_owned(),
                number => format!("{number} things were not read or not judged"),
            };
            let rest = format!("{unread}, and may hold more than is reported here: {}.", found(report));
            ("verdict incomplete", "Incomplete", rest)
        }
        0 if report.findings.is_empty() => ("verdict passes", "Passes", "nothing was found.".to_owned()),
        0 => ("verdict passes", "Passes", format!("{}, none at a level that fails.", found(report))),
        _ => ("verdict fails", "Fails", format!("{}.", found(report))),
    };
    out.element("p", &[("class", class)], |out| {
        out.leaf("strong", &[], word);
        out.text(": ");
        out.text(&rest);
    });
    out.literal("\n");
    let summary = &report.summary;
    let mut read = vec![count(summary.files, "file", "files")];
    if summary.packages > 0 {
        read.insert(0, count(summary.packages, "package", "packages"));
    }
    if summary.deployments > 1 {
        read.push(format!("judged as {} deployments", summary.deployments));
    }
    if summary.hidden > 0 {
        let hidden = count(summary.hidden, "finding", "findings");
        read.push(format!("{hidden} not shown (accepted, or below the threshold)"));
    }
    out.line("p", &[], &phrases::sentence(&format!("Read: {}", read.join(", "))));
    if let Some(left_out) = phrases::left_out_sentence(report) {
        out.line("p", &[], &left_out);
    }
}

fn by_severity(out: &mut Markup, report: &Report) {
    let summary = &report.summary;
    let levels = [
        ("Errors", "#findings-error", summary.errors),
        ("Warnings", "#findings-warning", summary.warnings),
        ("Notes", "#findings-note", summary.notes),
    ];
    let largest = levels.iter().map(|level| level.2).max().unwrap_or_default();
    table::plain(out, "Findings by severity", &[("Severity", false), ("Findings", true), ("Share", false)], |out| {
        for (word, link, number) in levels {
            table::row(out, |out| {
                table::head(out, |out| match number {
                    0 => out.text(word),
                    _ => out.leaf("a", &[("href", link)], word),
                });
                table::number(out, number);
                table::bar(out, number, largest);
            });
        }
    });
}

fn by_rule(out: &mut Markup, counts: &Counts<'_>) {
    let largest = counts.by_rule.iter().map(|rule| rule.findings.len() as u64).max().unwrap_or_default();
    let columns = [("Rule", false), ("Severity", false), ("Findings", true), ("Share", false)];
    table::plain(out, "Findings by rule", &columns, |out| {
        for rule in &counts.by_rule {
            let number = rule.findings.len() as u64;
            table::row(out, |out| {
                table::head(out, |out| {
                    out.leaf("a", &[("href", &format!("#{}", rule.anchor()))], rule.title);
                });
                table::text(out, phrases::level(rule.severity));
                table::number(out, number);
                table::bar(out, number, largest);
            });
        }
    });
}

fn counted(out: &mut Markup, caption: &'static str, heading: &'static str, rows: &[Counted]) {
    let largest = rows.iter().map(Counted::total).max().unwrap_or_default();
    let columns: Vec<Column> = [(heading, false)].into_iter().chain(COUNTS).chain([("Share", false)]).collect();
    table::plain(out, caption, &columns, |out| {
        for counted in rows.iter().take(MAX_ROWS) {
            table::row(out, |out| {
                table::head(out, |out| out.text(&counted.name));
                counted.numbers.iter().for_each(|&number| table::number(out, number));
                table::bar(out, counted.total(), largest);
            });
        }
    });
    if rows.len() > MAX_ROWS {
        out.element("p", &[], |out| {
            out.text(&format!("{} more are in ", rows.len() - MAX_ROWS));
            out.leaf("a", &[("href", "#packages")], "Packages");
            out.text(".");
        });
    }
}
