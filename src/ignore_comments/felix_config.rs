//! Comments in `.config` files: `#` to the end of the line, where Felix expects a key.

use super::comment::Pass;

/// How comments are written in these files.
pub(super) const FORM: &str = "in this file a comment begins with `#`, in a line of its own or behind a value";

/// Finds comments and properties.
pub(super) fn read(pass: &mut Pass<'_>) {
    let text = pass.text();
    let mut at = 0;
    let mut last: Option<(usize, usize)> = None;
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let start = at + rest.len() - rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}').len();
        let Some(first) = text.as_bytes().get(start) else { return };
        if *first == b'#' {
            let line = text.get(start..).unwrap_or_default();
            at = start + line.find(['\n', '\r']).unwrap_or(line.len());
            let behind = last.filter(|&(_, end)| pass.is_one_line(end, start)).map(|(start, _)| start);
            pass.comment(start, start + 1..at, behind);
            pass.look_at(start + 1..at);
            continue;
        }
        let end = start + property_length(text.get(start..).unwrap_or_default());
        let comments = pass.take_waiting();
        // What is missing has no place of its own.
        let (from, to) = if pass.is_at_top() { (0, text.len()) } else { (start, end) };
        pass.cover(comments, from, to);
        pass.thing(start, end);
        last = Some((start, end));
        at = end;
    }
}

/// The length of the property at the start of `text`, or of a line that is none.
fn property_length(text: &str) -> usize {
    let (mut quoted, mut depth, mut has_equals) = (false, 0_u32, false);
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => {
                // The escaped character; of CR LF both.
                if let Some((_, b'\r')) = bytes.next()
                    && text.as_bytes().get(at + 2) == Some(&b'\n')
                {
                    bytes.next();
                }
            }
            b'"' => {
                quoted = !quoted;
                if !quoted && depth == 0 && has_equals {
                    return at + 1;
                }
            }
            // A quote that is not closed must not take the rest of the file.
            b'\n' | b'\r' if depth == 0 => return at,
            b'\n' | b'\r' => quoted = false,
            _ if quoted => {}
            b'=' => has_equals = true,
            b'[' | b'(' if has_equals => depth += 1,
            b']' | b')' if has_equals => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}
