//! Places in a text as editors count them: lines and columns from 0, columns in the units that client and server agree on.

use lsp_types::{Position, PositionEncodingKind, Range};
use text_spans::{Lines, SourceRange};

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    /// Bytes.
    Utf8,
    /// Code units of UTF-16; what every client knows.
    Utf16,
    /// Code points.
    Utf32,
}

impl Encoding {
    /// The first of those that the client offers which is known here.
    pub(super) fn negotiate(offered: Option<&[PositionEncodingKind]>) -> Self {
        let known = [Self::Utf8, Self::Utf16, Self::Utf32];
        let of = |kind: &PositionEncodingKind| known.into_iter().find(|known| known.kind() == *kind);
        offered.unwrap_or_default().iter().find_map(of).unwrap_or(Self::Utf16)
    }

    /// Its name in the protocol.
    pub(super) fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
            Self::Utf32 => PositionEncodingKind::UTF32,
        }
    }

    fn units(self, c: char) -> usize {
        match self {
            Self::Utf8 => c.len_utf8(),
            Self::Utf16 => c.len_utf16(),
            Self::Utf32 => 1,
        }
    }
}

/// The lines of a text, with columns in an encoding.
#[derive(Debug)]
pub(super) struct Columns<'t> {
    lines: Lines<'t>,
    encoding: Encoding,
}

impl<'t> Columns<'t> {
    /// The lines of `text`.
    pub(super) fn new(text: &'t str, encoding: Encoding) -> Self {
        Self { lines: Lines::new(text), encoding }
    }

    /// What a mark covers. One of the file as a whole is shown at its first line.
    pub(super) fn range(&self, mark: SourceRange) -> Range {
        if mark == SourceRange::FILE {
            let end = self.line(1).chars().map(|c| self.encoding.units(c)).sum();
            return Range::new(Position::new(0, 0), Position::new(0, number(end)));
        }
        Range::new(self.position(mark.start), self.position(mark.end))
    }

    fn position(&self, position: text_spans::Position) -> Position {
        let before = (position.column as usize).saturating_sub(1);
        let column = self.line(position.line).chars().take(before).map(|c| self.encoding.units(c)).sum();
        Position::new(position.line.saturating_sub(1), number(column))
    }

    /// The byte at a position; what is past the end of a line or of the text is its end.
    pub(super) fn offset(&self, position: Position) -> usize {
        let Some(range) = self.lines.line_range(position.line.saturating_add(1)) else {
            return self.lines.text().len();
        };
        let mut left = position.character as usize;
        let mut offset = range.start;
        for c in self.lines.text().get(range).unwrap_or_default().chars() {
            let units = self.encoding.units(c);
            if left < units {
                break;
            }
            left -= units;
            offset += c.len_utf8();
        }
        offset
    }

    fn line(&self, line: u32) -> &'t str {
        self.lines.line_range(line).and_then(|range| self.lines.text().get(range)).unwrap_or_default()
    }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Whether a position lies in a range or at one of its ends.
pub(super) fn touches(range: Range, other: Range) -> bool {
    range.start <= other.end && other.start <= range.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use text_spans::Span;

    const TEXT: &str = "a😀é = 1\r\nb\rc";

    fn columns(encoding: Encoding) -> (u32, u32) {
        let columns = Columns::new(TEXT, encoding);
        let at = TEXT.find('1').unwrap();
        let range = columns.range(Lines::new(TEXT).mark(Span::new(at, at + 1)));
        assert_eq!(range.start.line, 0);
        assert_eq!(columns.offset(range.start), at);
        (range.start.character, range.end.character)
    }

    #[test]
    fn columns_count_the_units_of_the_encoding() {
        assert_eq!(columns(Encoding::Utf8), (10, 11));
        assert_eq!(columns(Encoding::Utf16), (7, 8));
        assert_eq!(columns(Encoding::Utf32), (6, 7));
    }

    #[test]
    fn positions_past_an_end_are_that_end_and_none_is_in_a_character() {
        let columns = Columns::new(TEXT, Encoding::Utf16);
        let offset = |line, character| columns.offset(Position::new(line, character));
        assert_eq!(offset(0, 99), TEXT.find('\r').unwrap());
        assert_eq!(offset(0, 2), 1);
        assert_eq!(offset(1, 1), TEXT.rfind('\r').unwrap());
        assert_eq!(offset(2, 1), TEXT.len());
        assert_eq!(offset(9, 0), TEXT.len());
        assert_eq!(columns.range(SourceRange::FILE).end, Position::new(0, 8));
    }

    #[test]
    fn the_first_known_offer_counts() {
        let kind = |name: &'static str| PositionEncodingKind::new(name);
        assert_eq!(Encoding::negotiate(None), Encoding::Utf16);
        assert_eq!(Encoding::negotiate(Some(&[kind("x"), kind("utf-8"), kind("utf-16")])), Encoding::Utf8);
        assert_eq!(Encoding::negotiate(Some(&[kind("x")])), Encoding::Utf16);
    }
}
