//! The rows of an excerpt: lines that are masked first and clipped then, stored once however many marks show them.

use crate::secret::MASK;
use std::borrow::Cow;
use std::ops::Range;
use text_spans::{Lines, Span};

/// Lines shown before and after a mark.
pub(super) const CONTEXT_LINES: u32 = 2;
/// Lines shown of a mark that goes over many.
const MAX_MARKED_LINES: u32 = 6;
/// Characters shown of a line.
pub(super) const MAX_COLUMNS: usize = 160;
/// Stands where a line was clipped.
pub(super) const CLIPPED: char = '…';

/// What is shown for one mark: a part of `order`, and the label as row and byte of both its ends. A row is short, and so are
/// the rows of a mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) first_line: u32,
    pub(super) first_row: u16,
    pub(super) row_count: u8,
    pub(super) start: (u8, u16),
    pub(super) end: (u8, u16),
}

impl Shown {
    /// The part of `order`.
    pub(super) fn rows(&self) -> Range<usize> {
        let first = usize::from(self.first_row);
        first..first + usize::from(self.row_count)
    }
}

/// A byte of a row.
fn byte_of_row(at: usize) -> u16 {
    u16::try_from(at).unwrap_or(u16::MAX)
}

/// Makes the rows.
pub(super) struct Writer<'t> {
    pub(super) text: &'t str,
    pub(super) lines: &'t Lines<'t>,
    pub(super) masks: &'t [Span],
    /// All rows, and where each ends.
    pub(super) written: String,
    pub(super) ends: Vec<u32>,
    /// The rows of all marks, one mark behind the other.
    pub(super) order: Vec<u16>,
    /// Line numbers and rows of whole lines, and of long lines clipped at their beginning; sorted.
    pub(super) whole: Vec<(u32, u16)>,
}

impl<'t> Writer<'t> {
    /// Writes the rows of the lines around a mark.
    pub(super) fn show(&mut self, mark: Span) -> Option<Shown> {
        let mut start = (mark.start as usize).min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let mut end = (mark.end as usize).clamp(start, self.text.len());
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        let first = self.lines.line_number(start);
        let last_byte = if end > start { end - 1 } else { start };
        let last = self.lines.line_number(last_byte).min(first.saturating_add(MAX_MARKED_LINES - 1));
        let from = first.saturating_sub(CONTEXT_LINES).max(1);
        let first_row = u16::try_from(self.order.len()).ok()?;
        let row_of = |line: u32| u8::try_from(line - from).unwrap_or(u8::MAX);
        let mut label = ((row_of(first), 0), (row_of(last), 0));
        for number in from..=last.saturating_add(CONTEXT_LINES) {
            let Some(range) = self.lines.line_range(number) else { break };
            if !(first..=last).contains(&number) {
                let row = self.context(number, range);
                self.order.push(row);
                continue;
            }
            let marked = start.clamp(range.start, range.end)..end.clamp(range.start, range.end);
            let (row, marked) = self.marked(number, range, marked);
            if number == first {
                label.0.1 = byte_of_row(marked.start);
            }
            if number == last {
                label.1.1 = byte_of_row(marked.end);
            }
            self.order.push(row);
        }
        let row_count = u8::try_from(self.order.len() - usize::from(first_row)).ok()?;
        Some(Shown { first_line: from, first_row, row_count, start: label.0, end: label.1 })
    }

    /// The row of a line that holds no part of the mark.
    fn context(&mut self, number: u32, range: Range<usize>) -> u16 {
        match self.whole.binary_search_by_key(&number, |&(line, _)| line) {
            Ok(at) => self.whole[at].1,
            Err(at) => {
                let row = self.push(&clipped(&self.masked(range.start..range.end, 0..0), 0..0).0);
                // Marks are sorted, so that this is at the end or close to it.
                self.whole.insert(at, (number, row));
                row
            }
        }
    }

    /// The row of a line, and the bytes in it to underline for the `marked` bytes of the text.
    fn marked(&mut self, number: u32, range: Range<usize>, marked: Range<usize>) -> (u16, Range<usize>) {
        let masked = self.masked(range, marked);
        let (text, label) = clipped(&masked, masked.label.clone());
        let is_long = masked.text.len() > MAX_COLUMNS && masked.text.chars().nth(MAX_COLUMNS).is_some();
        if is_long || masked.is_part {
            return (self.push(&text), label);
        }
        match self.whole.binary_search_by_key(&number, |&(line, _)| line) {
            Ok(at) => (self.whole[at].1, label),
            Err(at) => {
                let row = self.push(&text);
                self.whole.insert(at, (number, row));
                (row, label)
            }
        }
    }

    fn push(&mut self, row: &str) -> u16 {
        self.written.push_str(row);
        self.ends.push(u32::try_from(self.written.len()).unwrap_or(u32::MAX));
        u16::try_from(self.ends.len() - 1).unwrap_or(u16::MAX)
    }

    /// The line with its secrets masked. Of a very long line only the bytes around `marked` that can be shown.
    fn masked(&self, line: Range<usize>, marked: Range<usize>) -> Masked<'t> {
        // A mask can be shorter than what it hides, so that the bytes that fill a row cannot be known before. More
        // than this many bytes are never looked at, whatever the line's length and the number of marks on it.
        const REACH: usize = 4 * MAX_COLUMNS;
        let center = if marked.is_empty() && marked.start == 0 { line.start } else { marked.start };
        let mut from = center.saturating_sub(REACH).max(line.start);
        let mut to = (center + 2 * REACH).min(line.end);
        while !self.text.is_char_boundary(from) {
            from -= 1;
        }
        while !self.text.is_char_boundary(to) {
            to += 1;
        }
        let mut out = Masked {
            text: Cow::Borrowed(""),
            label: 0..0,
            is_part: from > line.start || to < line.end,
            before: from > line.start,
            after: to < line.end,
        };
        let mut at = from;
        let mut next = self.masks.partition_point(|mask| mask.end as usize <= from);
        let note = |at: usize, start: usize, end: usize, out: &mut Masked<'_>| {
            // Bytes `start..end` of the text are copied to the end of `out.text`, which stands for byte `at` now.
            if (start..end).contains(&marked.start) {
                out.label.start = out.text.len() + (marked.start - at);
            }
            if start < marked.end && marked.end <= end {
                out.label.end = out.text.len() + (marked.end - at);
            }
        };
        while at < to {
            let mask = self.masks.get(next).map(|mask| mask.range()).filter(|mask| mask.start < to);
            let stop = mask.as_ref().map_or(to, |mask| mask.start.max(at));
            note(at, at, stop, &mut out);
            out.text += self.text.get(at..stop).unwrap_or_default();
            at = stop;
            let Some(mask) = mask else { continue };
            let end = mask.end.min(to);
            if (at..end).contains(&marked.start) {
                out.label.start = out.text.len();
            }
            out.text += MASK;
            if at < marked.end && marked.end <= end {
                out.label.end = out.text.len();
            }
            at = end;
            next += 1;
        }
        if marked.start >= to {
            out.label.start = out.text.len();
        }
        if marked.end > to {
            out.label.end = out.text.len();
        }
        out.label.end = out.label.end.max(out.label.start);
        out
    }
}

/// A line after masking.
struct Masked<'t> {
    text: Cow<'t, str>,
    label: Range<usize>,
    /// Whether bytes of the line are missing, and on which side.
    is_part: bool,
    before: bool,
    after: bool,
}

/// At most [`MAX_COLUMNS`] characters of the line, among them the beginning of the label, and the label in them.
fn clipped<'l>(line: &'l Masked<'_>, label: Range<usize>) -> (Cow<'l, str>, Range<usize>) {
    // So many bytes are no more characters.
    let is_short = line.text.len() <= MAX_COLUMNS;
    let count = if is_short && !line.is_part { 0 } else { line.text.chars().count() };
    if count <= MAX_COLUMNS && !line.before && !line.after {
        return (Cow::Borrowed(&line.text), label);
    }
    let before_label = line.text.get(..label.start).map_or(0, |before| before.chars().count());
    let label_length = line.text.get(label.clone()).map_or(0, |label| label.chars().count()).min(MAX_COLUMNS - 2);
    // The label in the middle, the row as full as it can be.
    let room = (MAX_COLUMNS - 2 - label_length) / 2;
    let first = before_label.saturating_sub(room).min(count.saturating_sub(MAX_COLUMNS - 2));
    let byte_of = |column: usize| line.text.char_indices().nth(column).map_or(line.text.len(), |(at, _)| at);
    let (from, to) = (byte_of(first), byte_of(first + MAX_COLUMNS - 2));
    let mut text = String::with_capacity(to - from + 2 * CLIPPED.len_utf8());
    if from > 0 || line.before {
        text.push(CLIPPED);
    }
    let shift = |at: usize, lead: usize| lead + at.clamp(from, to) - from;
    let label = shift(label.start, text.len())..shift(label.end, text.len());
    text.push_str(&line.text[from..to]);
    if to < line.text.len() || line.after {
        text.push(CLIPPED);
    }
    (text.into(), label)
}
