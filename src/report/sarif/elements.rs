//! Regions and texts that results and notices of a SARIF report have in common.

use crate::escape;
use serde_sarif::sarif::Region;
use text_spans::SourceRange;

/// The region of a range; an empty one gets a character, since it would be shown as the whole line.
pub(super) fn region(mark: SourceRange) -> Region {
    let (start, mut end) = (mark.start, mark.end);
    if (end.line, end.column) <= (start.line, start.column) {
        end.column = start.column + 1;
    }
    end.line = end.line.max(start.line);
    exact_region(SourceRange { end, ..mark })
}

/// The region of a range as it is: an empty one is the place before a character.
pub(super) fn exact_region(mark: SourceRange) -> Region {
    Region::builder()
        .start_line(mark.start.line)
        .start_column(mark.start.column)
        .end_line(mark.end.line)
        .end_column(mark.end.column)
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
