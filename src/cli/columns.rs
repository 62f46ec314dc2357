//! Lists in columns: for a terminal, as comma-separated values and as a Markdown table.

use crate::escape;

/// Columns for a terminal, each as wide as its widest cell.
pub(super) fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let escaped = rows.iter().map(|row| row.iter().map(|cell| escape::terminal_name(cell)).collect());
    let lines: Vec<Vec<String>> =
        std::iter::once(headings.iter().map(|heading| (*heading).to_owned()).collect()).chain(escaped).collect();
    let mut widths = vec![0; headings.len()];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut out = String::new();
    for line in lines {
        let padded: Vec<String> = line.iter().zip(&widths).map(|(cell, &width)| format!("{cell:width$}")).collect();
        out += padded.join("  ").trim_end();
        out.push('\n');
    }
    out
}

/// Comma-separated values as RFC 4180 describes them, with a header.
pub(super) fn csv(headings: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| cells.iter().map(|cell| escape::csv(cell)).collect::<Vec<_>>().join(",") + "\r\n";
    std::iter::once(headings.join(",") + "\r\n").chain(rows.iter().map(|row| line(row))).collect()
}

/// A Markdown table.
pub(super) fn markdown(headings: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| escape::markdown(cell)).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let head = format!("| {} |\n|{}\n", headings.join(" | "), "---|".repeat(headings.len()));
    rows.iter().map(|row| line(row)).fold(head, |text, line| text + &line)
}
