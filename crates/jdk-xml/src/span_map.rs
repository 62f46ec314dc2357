//! Where the characters of a decoded attribute value are written.

use std::ops::Range;

use text_spans::Span;

/// Leads from bytes of a decoded value back to the source.
#[derive(Clone, Debug)]
pub enum SpanMap {
    /// Byte for byte as written, from this offset on.
    Literal(usize),
    /// All of it comes from one place.
    Whole(Span),
    /// Runs of literal text and references, in order.
    Pieces(Vec<Piece>),
}

/// A run of a decoded value.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// Where it starts in the decoded value.
    pub(crate) decoded: usize,
    /// What it was written as.
    pub(crate) raw: Span,
    /// Whether it was written byte for byte; else it is a reference.
    pub(crate) literal: bool,
}

impl SpanMap {
    /// The source of `range` of the decoded value.
    pub fn span(&self, range: Range<usize>) -> Span {
        match self {
            Self::Literal(start) => Span::new(start + range.start, start + range.end),
            Self::Whole(span) => *span,
            Self::Pieces(pieces) => {
                let start = Self::last(pieces, |piece| piece.decoded <= range.start);
                let start = start.map_or(0, |piece| match piece.literal {
                    true => (piece.raw.start as usize + range.start - piece.decoded).min(piece.raw.end as usize),
                    // An empty range after the last reference stands behind it.
                    false if range.is_empty() && piece.decoded < range.start => piece.raw.end as usize,
                    false => piece.raw.start as usize,
                });
                let end = Self::last(pieces, |piece| piece.decoded < range.end).filter(|_| !range.is_empty());
                let end = end.map_or(start, |piece| match piece.literal {
                    true => (piece.raw.start as usize + range.end - piece.decoded).min(piece.raw.end as usize),
                    false => piece.raw.end as usize,
                });
                Span::new(start, end.max(start))
            }
        }
    }

    fn last(pieces: &[Piece], starts: impl Fn(&Piece) -> bool) -> Option<&Piece> {
        pieces.get(pieces.partition_point(starts).saturating_sub(1))
    }
}
