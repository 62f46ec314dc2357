//! Lines of a text, as far as editors need them.

/// Where the line that holds the byte `at` begins.
pub(crate) fn start_of_line(text: &str, at: usize) -> usize {
    text.get(..at).and_then(|before| before.rfind(['\n', '\r'])).map_or(0, |end| end + 1)
}

/// Where the line that holds the byte `at` ends: before its line break.
pub(crate) fn end_of_line(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.find(['\n', '\r'])).map_or(text.len(), |length| at + length)
}

/// The line break that begins at the byte `at`, empty if none does.
pub(crate) fn line_break(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or_default();
    let length = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with(['\n', '\r'])) };
    rest.get(..length).unwrap_or_default()
}

/// The line break to write beside the byte `at`: that of its line, else that of the line before, else any, else LF.
pub(crate) fn line_break_near(text: &str, at: usize) -> &str {
    let own = line_break(text, end_of_line(text, at));
    if !own.is_empty() {
        return own;
    }
    let start = start_of_line(text, at);
    let before = text.get(..start).unwrap_or_default();
    ["\r\n", "\n", "\r"].into_iter().find(|end| before.ends_with(end)).unwrap_or("\n")
}

/// Whether nothing but blanks is between two bytes.
pub(crate) fn is_blank(text: &str, start: usize, end: usize) -> bool {
    text.get(start..end).is_some_and(|part| part.bytes().all(|byte| matches!(byte, b' ' | b'\t')))
}

/// What to remove so that `start..end` and, if nothing else is on its lines, also these are gone. The last line of a file
/// without a final line break takes the break before it along, so that the file still has none.
pub(crate) fn with_its_lines(text: &str, start: usize, end: usize) -> (usize, usize) {
    let (line_start, line_end) = (start_of_line(text, start), end_of_line(text, end));
    if !is_blank(text, line_start, start) || !is_blank(text, end, line_end) {
        return beside_others(text, start, end);
    }
    let after = line_break(text, line_end).len();
    if after > 0 || line_start == 0 {
        return (line_start, line_end + after);
    }
    let before = text.get(..line_start).unwrap_or_default();
    let length = if before.ends_with("\r\n") { 2 } else { 1 };
    (line_start - length, line_end)
}

/// The same for something that shares its lines with others: the blanks that separate it from what follows go too, or, at
/// the end of a line, those before it.
fn beside_others(text: &str, start: usize, end: usize) -> (usize, usize) {
    let blanks_after = text.get(end..).map_or(0, |rest| rest.len() - rest.trim_start_matches([' ', '\t']).len());
    if end + blanks_after < end_of_line(text, end) {
        return (start, end + blanks_after);
    }
    let before = text.get(..start).unwrap_or_default();
    let kept = before.trim_end_matches([' ', '\t']).len();
    (kept.max(start_of_line(text, start)), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_as_a_whole_when_nothing_else_is_on_it() {
        let removed = |text: &str, part: &str| {
            let start = text.find(part).unwrap();
            let (start, end) = with_its_lines(text, start, start + part.len());
            format!("{}{}", &text[..start], &text[end..])
        };
        assert_eq!(removed("a\r\n  x \r\nb", "x"), "a\r\nb");
        assert_eq!(removed("a\nx", "x"), "a");
        assert_eq!(removed("x", "x"), "");
        assert_eq!(removed("a x b\n", "x"), "a b\n");
        assert_eq!(removed("a x\n", "x"), "a\n");
    }
}
