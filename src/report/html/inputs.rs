//! What was audited, with what, how and when.

use super::markup::Markup;
use super::table;
use crate::escape;
use crate::report::model::{Audit, Report};
use crate::report::phrases;

pub(super) fn write(out: &mut Markup, report: &Report) {
    let columns = [("Path", false), ("Package", false), ("Size in bytes", true), ("SHA-256", false)];
    table::wide(out, "Packages and trees that were audited", &columns, |out| {
        if report.inputs.is_empty() {
            table::row(out, |out| out.leaf("td", &[("colspan", "4")], "Nothing was read."));
        }
        for input in &report.inputs {
            table::row(out, |out| {
                table::head(out, |out| table::path(out, &escape::clip(&input.path, escape::MAX_NAME_CHARS)));
                table::text(out, &package(&report.audit, &input.path));
                match input.size {
                    Some(size) => table::number(out, size),
                    None => table::text(out, "not read"),
                }
                table::code(out, input.sha256.as_deref().unwrap_or_default());
            });
        }
    });
    out.block("dl", &[("class", "facts")], |out| {
        fact(out, "Tool", &format!("aemlint {}", env!("CARGO_PKG_VERSION")));
        for (name, value) in &report.audit.options {
            fact(out, name, value);
        }
        if let Some(date) = &report.audit.date {
            out.leaf("dt", &[], "Date");
            out.element("dd", &[], |out| out.leaf("time", &[("datetime", date)], &date.replace(['T', 'Z'], " ")));
            out.literal("\n");
        }
    });
}

fn fact(out: &mut Markup, name: &str, value: &str) {
    out.leaf("dt", &[], name);
    out.line("dd", &[], &escape::clip(value, escape::MAX_MESSAGE_CHARS));
}

/// The name and version of the package that a file or tree is.
pub(super) fn package(audit: &Audit, path: &str) -> String {
    let is_there = |place: &zip_audit::Place| place.inside.is_empty() && *place.file == *path;
    let found = audit.packages.iter().find(|package| is_there(&package.place));
    found.map(|package| phrases::coordinates(&package.coordinates)).unwrap_or_default()
}
