//! Comments in `.cfg.json` files: `// …` to the end of the line, and `/* … */`.

use super::comment::{Comment, Pass};

/// How comments are written in these files.
pub(super) const FORM: &str = "in this file a comment is `// …` or `/* … */`";

/// An object or array, or the whole text.
#[derive(Default)]
struct Level {
    /// Where its member that is being read starts.
    start: Option<usize>,
    /// Where what was read of it ends.
    end: usize,
    /// What is said of it.
    comments: Vec<Comment>,
    /// The member before.
    last: Option<(usize, usize)>,
}

/// Finds comments and the members of objects and arrays.
pub(super) fn read(pass: &mut Pass<'_>) {
    let text = pass.text();
    let bytes = text.as_bytes();
    let mut levels = vec![Level::default()];
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let end = match byte {
            b'/' if matches!(bytes.get(at + 1), Some(b'/' | b'*')) => {
                let (inner, end) = comment_at(text, at);
                let behind = levels.last().and_then(|level| begun_on_line(level, pass, at));
                let behind = behind.filter(|_| pass.is_line_end(end));
                pass.comment(at, at + 2..inner, behind);
                pass.look_at(at + 2..inner);
                at = end;
                continue;
            }
            b'"' => at + string_length(&bytes[at..]),
            _ => at + text.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8),
        };
        match byte {
            b',' => {
                if let Some(level) = levels.last_mut() {
                    finish(level, pass);
                }
            }
            b'}' | b']' => {
                // Nothing in there follows that a comment could be about.
                if let Some(mut level) = levels.pop() {
                    finish(&mut level, pass);
                    pass.nothing_follows();
                }
                if levels.is_empty() {
                    levels.push(Level::default());
                }
                begin(&mut levels, pass, at, end);
            }
            _ if byte.is_ascii_whitespace() || text.get(at..end) == Some("\u{feff}") => {}
            b'{' | b'[' => {
                begin(&mut levels, pass, at, end);
                levels.push(Level::default());
            }
            _ => begin(&mut levels, pass, at, end),
        }
        at = end;
    }
    while let Some(mut level) = levels.pop() {
        finish(&mut level, pass);
    }
}

/// What stands here belongs to the member that is being read, or is the first of one.
fn begin(levels: &mut [Level], pass: &mut Pass<'_>, at: usize, end: usize) {
    let Some(level) = levels.last_mut() else { return };
    let comments = pass.take_waiting();
    if pass.is_at_top() {
        // What is missing has no place of its own.
        pass.cover(comments, 0, pass.text().len());
        pass.thing(at, pass.text().len());
    } else {
        level.comments.extend(comments);
    }
    level.start.get_or_insert(at);
    level.end = end;
}

/// The member that is being read ends.
fn finish(level: &mut Level, pass: &mut Pass<'_>) {
    let Some(start) = level.start.take() else { return };
    pass.cover(std::mem::take(&mut level.comments), start, level.end);
    pass.thing(start, level.end);
    level.last = Some((start, level.end));
}

/// Where the member starts that a comment at `at` stands behind in its line.
fn begun_on_line(level: &Level, pass: &Pass<'_>, at: usize) -> Option<usize> {
    let (start, end) = level.start.map(|start| (start, level.end)).or(level.last).unwrap_or_default();
    if end > 0 && pass.is_one_line(end, at) {
        return Some(start);
    }
    // Behind the bracket that opens an object or array.
    let line = pass.text().get(..at)?.rsplit(['\n', '\r']).next()?;
    (!line.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty() && level.last.is_none())
        .then_some(at)
}

/// Where what a comment says ends, and where the comment ends.
fn comment_at(text: &str, at: usize) -> (usize, usize) {
    let rest = text.get(at..).unwrap_or_default();
    if rest.starts_with("//") {
        let end = at + rest.find('\n').unwrap_or(rest.len());
        return (end, end);
    }
    match rest.get(2..).and_then(|rest| rest.find("*/")) {
        Some(length) => (at + 2 + length, at + 4 + length),
        None => (text.len(), text.len()),
    }
}

/// The length of the string at the start of `bytes`.
fn string_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}
