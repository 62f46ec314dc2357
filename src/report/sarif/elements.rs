//! Regions and texts that results and notices of a SARIF report have in common.

use crate::escape;
use serde_sarif::sarif::Region;
use text_spans::SourceRange;

/// The region of a range; an empty one gets a character, since it would be shown as the whole line.
pub(super) fn region(mark: SourceRange) -> Region {
    let (start, end) = (mark.start, mark.end);
    let end_column = if (end.line, end.column) <= (start.line, start.column) { start.column + 1 } else { end.column };
    Region::builder()
        .start_line(start.line)
        .start_column(start.column)
        .end_line(end.line.max(start.line))
        .end_column(end_column)
        .build()
}

/// The region of a file as a whole.
pub(super) fn first_character() -> Region {
    region(SourceRange::FILE)
}

/// A name within a message.
pub(super) fn text(name: &str) -> String {
    links_escaped(&escape::terminal_name(name))
}

/// In a message, `[text](1)` is a link: brackets that could be read as one are escaped.
pub(super) fn links_escaped(text: &str) -> String {
    if text.contains("](") || text.contains('\\') {
        text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
    } else {
        text.to_owned()
    }
}
