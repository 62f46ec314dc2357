//! Comments in `.cfg` and `.properties` files: lines that begin with `#` or `!`.

use super::comment::Pass;

/// How comments are written in these files.
pub(super) const FORM: &str = "in this file a comment is a line of its own that begins with `#` or `!`";

/// Finds comments and properties.
pub(super) fn read(pass: &mut Pass<'_>) {
    let text = pass.text();
    let mut at = 0;
    while at < text.len() {
        let end = at + line_length(text.get(at..).unwrap_or_default());
        let line = text.get(at..end).unwrap_or_default();
        let content = line.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
        let start = end - content.len();
        if content.starts_with(['#', '!']) {
            pass.comment(start, start + 1..end, None);
            pass.look_at(start + 1..end);
        } else if !content.is_empty() {
            let end = end + continued_length(line, text.get(end..).unwrap_or_default());
            let comments = pass.take_waiting();
            let (from, to) = if pass.is_at_top() { (0, text.len()) } else { (start, end) };
            pass.cover(comments, from, to);
            pass.thing(start, end);
            at = end;
            continue;
        }
        at = end;
    }
}

/// The length of the first line with its end.
fn line_length(text: &str) -> usize {
    text.find(['\n', '\r']).map_or(text.len(), |at| {
        if text.get(at..).is_some_and(|rest| rest.starts_with("\r\n")) { at + 2 } else { at + 1 }
    })
}

/// How many bytes of what follows `line` belong to it, because a `\` at its end continues it.
fn continued_length(line: &str, rest: &str) -> usize {
    let mut length = 0;
    let mut line = line;
    while is_continued(line) && length < rest.len() {
        let next = rest.get(length..).unwrap_or_default();
        line = next.get(..line_length(next)).unwrap_or_default();
        length += line.len();
    }
    length
}

fn is_continued(line: &str) -> bool {
    let line = line.trim_end_matches(['\n', '\r']);
    (line.len() - line.trim_end_matches('\\').len()) % 2 == 1
}
