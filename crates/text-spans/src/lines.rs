//! The line table of a text.

use super::span::{Position, SourceRange, Span};

/// The starts of the lines of one text. A line ends at LF, at CR LF, or at a CR alone.
#[derive(Debug)]
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<u32>,
    /// In long lines, every now and then: a byte, and how many code points of its line are before it. A minified file
    /// is one line, and counting from its start for each of its values would take quadratic time.
    checkpoints: Vec<(u32, u32)>,
}

/// Bytes between two checkpoints, and the length from which a line has any.
const STEP: usize = 1024;

impl<'t> Lines<'t> {
    /// Finds the lines of `text`.
    pub fn new(text: &'t str) -> Self {
        let bytes = text.as_bytes();
        // Most lines are about so long. A guess too small costs a little time, no more.
        let mut starts = Vec::with_capacity(bytes.len() / 32 + 4);
        starts.push(0);
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                continue;
            }
            starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
        }
        let checkpoints = checkpoints(text, &starts);
        Self { text, starts, checkpoints }
    }

    /// The text itself.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The position of the byte at `offset`; an offset past the end is the end.
    pub fn position(&self, offset: u32) -> Position {
        let line = self.starts.partition_point(|&start| start <= offset).saturating_sub(1);
        let start = self.starts[line] as usize;
        let mut end = (offset as usize).clamp(start, self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let after = self.checkpoints.partition_point(|&(at, _)| at as usize <= end);
        let known = after.checked_sub(1).map(|index| self.checkpoints[index]).filter(|&(at, _)| at as usize >= start);
        let (from, before) = known.map_or((start, 0), |(at, before)| (at as usize, before as usize));
        let column = before + self.text[from..end].chars().count();
        let number = |n: usize| u32::try_from(n + 1).unwrap_or(u32::MAX);
        Position { line: number(line), column: number(column) }
    }

    /// The number of the line that holds the byte at `offset`, from 1.
    pub fn line_number(&self, offset: usize) -> u32 {
        let offset = u32::try_from(offset).unwrap_or(u32::MAX);
        u32::try_from(self.starts.partition_point(|&start| start <= offset)).unwrap_or(u32::MAX)
    }

    /// The bytes of a line, without its line end; `None` for a line that does not exist.
    pub fn line_range(&self, number: u32) -> Option<std::ops::Range<usize>> {
        let index = (number as usize).checked_sub(1)?;
        let start = *self.starts.get(index)? as usize;
        let mut end = self.starts.get(index + 1).map_or(self.text.len(), |&next| next as usize);
        if index + 1 < self.starts.len() {
            let line = &self.text.as_bytes()[start..end];
            end -= if line.ends_with(b"\r\n") { 2 } else { 1 };
        }
        Some(start..end)
    }

    /// The span with the positions of its ends.
    pub fn mark(&self, span: Span) -> SourceRange {
        SourceRange { span, start: self.position(span.start), end: self.position(span.end) }
    }
}

/// The checkpoints of all long lines, in order.
fn checkpoints(text: &str, starts: &[u32]) -> Vec<(u32, u32)> {
    let mut checkpoints = Vec::new();
    for (index, &start) in starts.iter().enumerate() {
        let end = starts.get(index + 1).map_or(text.len(), |&next| next as usize);
        let (mut at, mut before) = (start as usize, 0);
        while end.saturating_sub(at) > STEP {
            let mut next = at + STEP;
            while !text.is_char_boundary(next) {
                next += 1;
            }
            before += text[at..next].chars().count();
            at = next;
            checkpoints.push((u32::try_from(at).unwrap_or(u32::MAX), u32::try_from(before).unwrap_or(u32::MAX)));
        }
    }
    checkpoints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_long_lines_are_counted_from_checkpoints() {
        let text = format!("short\n{}\n{}x\nend", "é".repeat(3000), "a😀".repeat(1000));
        let lines = Lines::new(&text);
        for (offset, _) in text.char_indices() {
            let line_start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
            let line = text[..offset].matches('\n').count() + 1;
            let column = text[line_start..offset].chars().count() + 1;
            let position = lines.position(u32::try_from(offset).unwrap());
            assert_eq!((position.line as usize, position.column as usize), (line, column), "{offset}");
        }
    }

    #[test]
    fn counts_lines_by_any_line_end_and_columns_by_code_points() {
        let text = "a\r\nbé😀c\rd\n\ne";
        let lines = Lines::new(text);
        let at = |needle: &str| lines.position(u32::try_from(text.find(needle).unwrap()).unwrap());
        assert_eq!(at("a"), Position { line: 1, column: 1 });
        assert_eq!(at("c"), Position { line: 2, column: 4 });
        assert_eq!(at("d"), Position { line: 3, column: 1 });
        assert_eq!(at("e"), Position { line: 5, column: 1 });
        assert_eq!(lines.position(9999), Position { line: 5, column: 2 });
    }
}
