//! The line that sums up a run.

use super::layout::columns;
use super::model::{Report, Summary};
use super::phrases::{self, count, numbers};

/// `2 errors, 1 warning`.
pub(super) fn found(summary: &Summary) -> String {
    numbers(summary.errors, summary.warnings, summary.notes)
}

/// `2 errors, 1 warning in 3 packages, 812 files`.
pub(super) fn found_in(report: &Report) -> String {
    let summary = &report.summary;
    let files = count(summary.files, "file", "files");
    // A source tree need not have the metadata that makes a package of it.
    let packages = match summary.packages {
        0 => String::new(),
        packages => format!("{}, ", count(packages, "package", "packages")),
    };
    // One goes without saying.
    let deployments = match summary.deployments {
        0 | 1 => String::new(),
        deployments => format!(", judged as {deployments} deployments"),
    };
    format!("{} in {packages}{files}{deployments}", found(summary))
}

/// `2 errors, 1 warning in 3 packages, 812 files (41 ms); 1 thing was not read; exit code 3`: what was found, in how
/// much, and everything that the findings do not show.
pub fn line(report: &Report) -> String {
    clauses(report).join("; ")
}

/// The same in lines of at most `width` columns, as far as no clause is longer. Where they end does not depend on the time
/// that the run took.
pub(super) fn lines(report: &Report, width: Option<usize>) -> Vec<String> {
    /// Columns of ` (123456 ms)` and of what stands between clauses.
    const TIME_COLUMNS: usize = 12;
    let Some(width) = width else { return vec![line(report)] };
    let mut lines: Vec<String> = Vec::new();
    let mut taken = 0;
    for (number, clause) in clauses(report).into_iter().enumerate() {
        let columns = if number == 0 { columns(&found_in(report)) + TIME_COLUMNS } else { columns(&clause) + 2 };
        match lines.last_mut().filter(|_| taken + columns < width) {
            Some(last) => *last += &format!("; {clause}"),
            None => {
                taken = 0;
                lines.last_mut().into_iter().for_each(|last| last.push(';'));
                lines.push(clause);
            }
        }
        taken += columns;
    }
    lines
}

fn clauses(report: &Report) -> Vec<String> {
    let summary = &report.summary;
    let time = summary.milliseconds.map(|milliseconds| format!(" ({})", time(milliseconds))).unwrap_or_default();
    let mut clauses = vec![format!("{}{time}", found_in(report))];
    if summary.hidden > 0 {
        let hidden = count(summary.hidden, "finding", "findings");
        clauses.push(format!("{hidden} not shown (ignored, in the baseline or below the threshold)"));
    }
    if summary.excluded > 0 {
        clauses.push(format!("{} left out (see --show-files)", count(summary.excluded, "path", "paths")));
    }
    if summary.unread > 0 {
        let verb = if summary.unread == 1 { "was" } else { "were" };
        clauses.push(format!("{} {verb} not read", count(summary.unread, "thing", "things")));
    }
    if let Some(left_out) = phrases::left_out(report) {
        clauses.push(left_out);
    }
    if summary.exit_code != 0 {
        clauses.push(format!("exit code {}", summary.exit_code));
    }
    clauses
}

fn time(milliseconds: u64) -> String {
    if milliseconds < 10_000 { format!("{milliseconds} ms") } else { format!("{} s", milliseconds / 1_000) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Summary;

    #[test]
    fn singular_plural_and_what_was_left_out() {
        let tree = Report { summary: Summary { files: 1, ..Summary::default() }, ..Report::default() };
        assert_eq!(line(&tree), "No findings in 1 file");
        let summary = Summary { packages: 1, files: 0, milliseconds: Some(9), ..Summary::default() };
        let mut report = Report { summary, ..Report::default() };
        assert_eq!(line(&report), "No findings in 1 package, 0 files (9 ms)");
        report.summary = Summary {
            packages: 3,
            files: 812,
            errors: 2,
            warnings: 1,
            unread: 1,
            milliseconds: Some(41),
            exit_code: 3,
            ..Summary::default()
        };
        let expected = "2 errors, 1 warning in 3 packages, 812 files (41 ms); 1 thing was not read; exit code 3";
        assert_eq!(line(&report), expected);
        report.summary.deployments = 2;
        assert!(
            line(&report).contains(" in 3 packages, 812 files, judged as 2 deployments (41 ms)"),
            "{}",
            line(&report)
        );
        report.summary = Summary {
            notes: 1,
            deployments: 1,
            hidden: 2,
            excluded: 1,
            unread: 2,
            milliseconds: Some(61_000),
            exit_code: 3,
            ..report.summary
        };
        assert_eq!(
            line(&report),
            "2 errors, 1 warning, 1 note in 3 packages, 812 files (61 s); 2 findings not shown (ignored, in the baseline \
             or below the threshold); 1 path left out (see --show-files); 2 things were not read; exit code 3"
        );
    }
}
