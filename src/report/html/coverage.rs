//! What was read, and what was not.

use super::markup::Markup;
use super::table;
use crate::escape;
use crate::report::model::Report;
use crate::report::phrases::{self, count};

/// Things that were not read that are listed.
const MAX_UNREAD: usize = 5_000;

pub(super) fn write(out: &mut Markup, report: &Report) {
    let summary = &report.summary;
    let mut read = vec![("Files and entries", summary.files), ("Packages", summary.packages)];
    read.push(("Files and directories left out by an exclude", summary.excluded));
    read.push(("Not read, or not judged", summary.unread));
    table::plain(out, "What was read", &[("What", false), ("Number", true)], |out| {
        for (what, number) in read {
            table::row(out, |out| {
                table::head(out, |out| out.text(what));
                table::number(out, number);
            });
        }
    });
    let about = "Each file and entry counts, also one of a kind that cannot hold a configuration, a secret or a key: of such a \
                 file the name and the beginning are looked at.";
    out.line("p", &[("class", "soft")], about);
    if report.unread.is_empty() {
        out.line("p", &[], "Everything that was handed over was read.");
        return;
    }
    let columns = [("Path", false), ("Reason", false), ("Limit", false)];
    table::wide(out, "What was not read, or not judged", &columns, |out| {
        for unread in report.unread.iter().take(MAX_UNREAD) {
            table::row(out, |out| {
                table::head(out, |out| table::path(out, &phrases::path_of(&unread.place)));
                table::text(out, &escape::clip(&unread.reason, escape::MAX_MESSAGE_CHARS));
                table::code(out, unread.limit.as_deref().unwrap_or_default());
            });
        }
    });
    if report.unread.len() > MAX_UNREAD {
        let left = count((report.unread.len() - MAX_UNREAD) as u64, "more is", "more are");
        out.line("p", &[], &format!("{left} not listed here; the JSON report lists all."));
    }
}
