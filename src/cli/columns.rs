//! Lists in columns: for a terminal, as comma-separated values and as a Markdown table.

use crate::escape;
use crate::report::layout;

/// The narrowest list.
const MIN_WIDTH_COLUMNS: usize = 40;
/// The longest name or value that is shown in full.
const MAX_CELL_CHARS: usize = 2_000;

/// A list for a terminal of this many columns: a table where every row fits; else a block of lines for each row, with the first
/// two cells as its title.
pub(super) fn list(headings: &[&str], rows: &[Vec<String>], width: usize) -> String {
    let width = width.max(MIN_WIDTH_COLUMNS);
    let cell = |cell: &String| escape::terminal(&escape::clip(cell, MAX_CELL_CHARS)).into_owned();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(cell).collect()).collect();
    table(headings, &rows).filter(|table| table.lines().all(|line| layout::columns(line) <= width)).unwrap_or_else(
        || {
            let blocks: Vec<String> = rows.iter().map(|row| block(headings, row, width)).collect();
            blocks.join("\n")
        },
    )
}

/// Columns, each as wide as its widest cell; `None` where that would be absurd.
fn table(headings: &[&str], rows: &[Vec<String>]) -> Option<String> {
    let lines: Vec<Vec<String>> =
        std::iter::once(headings.iter().map(|heading| (*heading).to_owned()).collect()).chain(rows.to_vec()).collect();
    let mut widths = vec![0; headings.len()];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = layout::columns(cell).max(*width);
        }
    }
    if widths.iter().sum::<usize>() > MAX_CELL_CHARS {
        return None;
    }
    let mut out = String::new();
    for line in lines {
        let pad = |(cell, &width): (&String, &usize)| format!("{cell}{}", " ".repeat(width - layout::columns(cell)));
        let padded: Vec<String> = line.iter().zip(&widths).map(pad).collect();
        out += padded.join("  ").trim_end();
        out.push('\n');
    }
    Some(out)
}

/// One row as lines: its first two cells, and below them the others that are not empty, each behind its heading.
fn block(headings: &[&str], row: &[String], width: usize) -> String {
    let (title, rest) = row.split_at(row.len().min(2));
    let title: Vec<&str> = title.iter().map(String::as_str).filter(|cell| !cell.is_empty()).collect();
    let mut out = String::new();
    for (number, line) in layout::wrap(&title.join(": "), Some(width - 4)).into_iter().enumerate() {
        out += &format!("{}{line}\n", if number == 0 { "" } else { "    " });
    }
    let labels = headings.iter().skip(2).map(|heading| layout::columns(heading)).max().unwrap_or_default();
    for (heading, cell) in headings.iter().skip(2).zip(rest).filter(|(_, cell)| !cell.is_empty()) {
        for (number, line) in layout::wrap(cell, Some(width - labels - 4)).into_iter().enumerate() {
            let label = if number == 0 { heading } else { &"" };
            out += &format!("  {label:labels$}  {line}\n");
        }
    }
    out
}

/// Comma-separated values as RFC 4180 describes them, with a header.
pub(super) fn csv(headings: &[&str], rows: &[Vec<String>]) -> String {
    let rows = rows.iter().map(escape::csv_record);
    std::iter::once(headings.join(",") + "\r\n").chain(rows).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_too_wide_is_one_of_blocks() {
        let rows = [vec!["IMS configuration", "Adobe Launch", "ok", "", "vendor.zip!/jcr_root/apps/acme/a.config:1"]];
        let rows = rows.map(|row| row.into_iter().map(str::to_owned).collect());
        let headings = ["integration", "name", "state", "details", "place"];
        let wide = list(&headings, &rows, 120);
        assert!(wide.starts_with("integration        name          state  details  place\n"), "{wide}");
        let narrow = list(&headings, &rows, 40);
        assert_eq!(
            narrow,
            "IMS configuration: Adobe Launch\n  state    ok\n  place    vendor.zip!/jcr_root/apps/\n           acme/a.config:1\n"
        );
    }
}
