//! Tables, and the bars beside their numbers.

use super::markup::Markup;

/// Characters of a path that are not broken.
const PATH_CHARACTERS: usize = 32;

/// A column: its heading, and whether it holds numbers.
pub(super) type Column = (&'static str, bool);

/// A table in a box that scrolls where the page is narrow, so that the page itself does not.
pub(super) fn wide(out: &mut Markup, caption: &str, columns: &[Column], rows: impl FnOnce(&mut Markup)) {
    let attributes = [("class", "scroll"), ("role", "region"), ("aria-label", caption), ("tabindex", "0")];
    out.block("div", &attributes, |out| plain(out, caption, columns, rows));
}

/// A table that is narrow on any page.
pub(super) fn plain(out: &mut Markup, caption: &str, columns: &[Column], rows: impl FnOnce(&mut Markup)) {
    out.block("table", &[], |out| {
        out.line("caption", &[], caption);
        out.element("thead", &[], |out| {
            out.element("tr", &[], |out| {
                for (heading, is_number) in columns {
                    let class = [("scope", "col"), ("class", "num")];
                    out.leaf("th", if *is_number { &class } else { &class[..1] }, heading);
                }
            });
        });
        out.literal("\n");
        out.block("tbody", &[], rows);
    });
}

/// A row of the table.
pub(super) fn row(out: &mut Markup, cells: impl FnOnce(&mut Markup)) {
    out.element("tr", &[], cells);
    out.literal("\n");
}

/// The cell that a row is known by.
pub(super) fn head(out: &mut Markup, content: impl FnOnce(&mut Markup)) {
    out.element("th", &[("scope", "row")], content);
}

/// A cell of text.
pub(super) fn text(out: &mut Markup, text: &str) {
    out.leaf("td", &[], text);
}

/// A cell of code; an empty one if there is none.
pub(super) fn code(out: &mut Markup, text: &str) {
    out.element("td", &[], |out| {
        if !text.is_empty() {
            path(out, text);
        }
    });
}

/// A path in a cell, which may be narrow.
pub(super) fn path(out: &mut Markup, text: &str) {
    out.element("code", &[], |out| out.broken_text(text, PATH_CHARACTERS));
}

/// A cell with a number.
pub(super) fn number(out: &mut Markup, number: u64) {
    out.leaf("td", &[("class", "num")], &number.to_string());
}

/// A cell with a bar that is as long as a number is of the largest: decoration of the number beside it.
pub(super) fn bar(out: &mut Markup, number: u64, largest: u64) {
    let width = (number * 100).checked_div(largest).unwrap_or_default().to_string();
    out.element("td", &[("class", "bar"), ("aria-hidden", "true")], |out| {
        let view = [("viewBox", "0 0 100 6"), ("width", "100"), ("height", "6"), ("preserveAspectRatio", "none")];
        out.element("svg", &view, |out| {
            out.void("rect", &[("width", &width), ("height", "6"), ("fill", "currentColor")]);
        });
    });
}
