//! The few masked lines of a text that a report may show.
//!
//! Made while the text is at hand, so that neither the text nor a secret in it is kept. Lines are masked before they
//! are clipped, and stored once however many marks show them.

mod line_hash;
mod rows;
mod stored;

use crate::secret::masks;
use line_hash::line_hashes;
use rows::{CONTEXT_LINES, MAX_COLUMNS, Shown, Writer};
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;
use text_spans::{Lines, SourceRange, Span};

/// Marks of one part of a file whose lines are kept; further findings are reported without a snippet.
const MAX_MARKS: usize = 2_000;
/// The lines around the marks of one file, with every secret masked and long lines clipped. Kept for every file that has facts,
/// so that all of it is small.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Excerpts {
    /// All rows, one behind the other; without marks the beginning of the file, to be shown for the file as a whole.
    text: Box<str>,
    marked: Option<Box<Marked>>,
}

/// What is shown for which mark.
#[derive(Clone, Default, PartialEq, Eq)]
struct Marked {
    /// Where in the text each row ends, and the next one begins.
    ends: Box<[u32]>,
    /// The rows of all marks, by their numbers. Marks and lines around them are limited, so that there are no more.
    order: Box<[u16]>,
    /// By mark, sorted.
    shown: Box<[(Span, Shown)]>,
    hashes: Box<[(u32, Box<str>)]>,
}

impl Marked {
    /// The bytes of a row in the text.
    fn row(&self, number: u16) -> Option<Range<usize>> {
        let number = usize::from(number);
        let start = number.checked_sub(1).map_or(Some(&0), |before| self.ends.get(before))?;
        Some(*start as usize..*self.ends.get(number)? as usize)
    }
}

impl fmt::Debug for Excerpts {
    /// The rows, each by itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Excerpts");
        match &self.marked {
            None => shown.field("rows", &self.text.lines().collect::<Vec<_>>()),
            Some(marked) => shown
                .field("rows", &self.rows(marked).collect::<Vec<_>>())
                .field("shown", &marked.shown)
                .field("hashes", &marked.hashes),
        };
        shown.finish()
    }
}

/// Lines to show, and what to underline in them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// The lines, masked and clipped, joined by LF. Not escaped: control characters of the file are still in it.
    pub text: String,
    /// The number of the first of these lines in the file, from 1.
    pub first_line: u32,
    /// What to underline: bytes in `text`.
    pub label: Range<usize>,
}

impl Excerpts {
    /// About how many bytes of memory they take.
    pub(crate) fn weight(&self) -> usize {
        let marked = self.marked.as_ref().map_or(0, |marked| {
            let rows = marked.ends.len() * size_of::<u32>() + marked.order.len() * size_of::<u16>();
            let shown = marked.shown.len() * size_of::<(Span, Shown)>();
            let hashes = marked.hashes.iter().map(|(_, hash)| size_of::<(u32, Box<str>)>() + hash.len());
            size_of::<Marked>() + rows + shown + hashes.sum::<usize>()
        });
        size_of::<Self>() + self.text.len() + marked
    }

    fn rows<'e>(&'e self, marked: &'e Marked) -> impl Iterator<Item = &'e str> {
        let numbers = (0..=u16::MAX).take(marked.ends.len());
        numbers.map(|row| marked.row(row).and_then(|row| self.text.get(row)).unwrap_or_default())
    }

    /// Keeps the lines of `text` around `marks`, after masking `secrets` and whatever has the shape or the name of a
    /// secret. `on_disk` is whether the text is a plain file, for which [`line_hash`](Self::line_hash) is wanted.
    pub fn new(text: &str, secrets: &[Span], marks: &[Span], on_disk: bool) -> Self {
        Self::of_lines(&Lines::new(text), secrets, marks, on_disk)
    }

    /// [`new`](Self::new) for the text of which these are the lines.
    pub fn of_lines(lines: &Lines<'_>, secrets: &[Span], marks: &[Span], on_disk: bool) -> Self {
        let masks = if marks.is_empty() { Vec::new() } else { masks(lines.text(), secrets) };
        Self::masked(lines, &masks, &[marks], on_disk)
    }

    /// The same for a text of which it is known what to mask: sorted, without overlaps. Of each part of the marks so many
    /// are kept, whatever is in the others.
    pub(crate) fn masked(lines: &Lines<'_>, masks: &[Span], parts: &[&[Span]], on_disk: bool) -> Self {
        if parts.iter().all(|marks| marks.is_empty()) {
            return Self::default();
        }
        let text = lines.text();
        let mut marks: Vec<Span> = Vec::new();
        for part in parts {
            let mut part = part.to_vec();
            part.sort_unstable();
            part.dedup();
            marks.extend(part.iter().take(MAX_MARKS));
        }
        marks.sort_unstable();
        marks.dedup();
        let hashes = if on_disk {
            let wanted: BTreeSet<u32> = marks.iter().map(|mark| lines.line_number(mark.start as usize)).collect();
            line_hashes(text, &wanted.into_iter().collect::<Vec<_>>(), masks)
        } else {
            Vec::new()
        };
        let mut writer = Writer {
            text,
            lines,
            masks,
            written: String::with_capacity(256),
            ends: Vec::with_capacity(8),
            order: Vec::with_capacity(8),
            whole: Vec::with_capacity(8),
        };
        let shown: Vec<(Span, Shown)> = marks.iter().filter_map(|&mark| Some((mark, writer.show(mark)?))).collect();
        let Writer { written, ends, order, .. } = writer;
        let marked = Marked { ends: ends.into(), order: order.into(), shown: shown.into(), hashes: hashes.into() };
        Self { text: written.into(), marked: Some(Box::new(marked)) }
    }

    /// What [`masked`](Self::masked) makes of a text without secrets for the file as a whole, at a fraction of the cost;
    /// `None` for a text that begins with other than three short lines that end at LF.
    pub(crate) fn beginning(text: &str) -> Option<Self> {
        const SHOWN: usize = 1 + CONTEXT_LINES as usize;
        let mut ends = memchr::memchr_iter(b'\n', text.as_bytes());
        let mut begin = 0;
        for _ in 0..SHOWN {
            let end = ends.next()?;
            if end - begin > MAX_COLUMNS {
                return None;
            }
            begin = end + 1;
        }
        let text = text.get(..begin - 1).filter(|text| memchr::memchr(b'\r', text.as_bytes()).is_none())?;
        Some(Self { text: text.into(), marked: None })
    }

    /// The lines around `mark`, if it was among the marks.
    pub fn around(&self, mark: SourceRange) -> Option<Excerpt> {
        let Some(marked) = &self.marked else {
            let is_there = mark.span == SourceRange::FILE.span && !self.text.is_empty();
            return is_there.then(|| Excerpt { text: self.text.to_string(), first_line: 1, label: 0..0 });
        };
        let at = marked.shown.binary_search_by_key(&mark.span, |&(span, _)| span).ok()?;
        let (_, shown) = marked.shown.get(at)?;
        let mut text = String::new();
        let mut label = 0..0;
        for (number, &row) in (0_u8..).zip(marked.order.get(shown.rows())?) {
            if number > 0 {
                text.push('\n');
            }
            let begin = text.len();
            text.push_str(self.text.get(marked.row(row)?)?);
            if shown.start.0 == number {
                label.start = begin + usize::from(shown.start.1);
            }
            if shown.end.0 == number {
                label.end = begin + usize::from(shown.end.1);
            }
        }
        Some(Excerpt { text, first_line: shown.first_line, label })
    }

    /// The hash with which GitHub code scanning recognises a line of a plain file again, such as `a7f2ff13bc495cf2:1`.
    /// `None` where the hash would cover a secret, and for files that are not plain files on disk.
    pub fn line_hash(&self, line: u32) -> Option<&str> {
        let hashes = &self.marked.as_ref()?.hashes;
        let at = hashes.binary_search_by_key(&line, |&(number, _)| number).ok()?;
        hashes.get(at).map(|(_, hash)| hash.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::rows::CLIPPED;
    use super::*;
    use proptest::prelude::*;

    fn span_of(text: &str, needle: &str) -> Span {
        let at = text.find(needle).unwrap();
        Span::new(at, at + needle.len())
    }

    fn excerpt(text: &str, secrets: &[Span], mark: Span) -> Excerpt {
        Excerpts::new(text, secrets, &[mark], false).around(Lines::new(text).mark(mark)).unwrap()
    }

    #[test]
    fn two_lines_around_and_the_label() {
        let text = "one\r\ntwo\nthree=\"3\"\nfour\nfive\nsix";
        let shown = excerpt(text, &[], span_of(text, "\"3\""));
        assert_eq!(shown.text, "one\ntwo\nthree=\"3\"\nfour\nfive");
        assert_eq!(shown.first_line, 1);
        assert_eq!(&shown.text[shown.label], "\"3\"");
        let shown = excerpt(text, &[], span_of(text, "six"));
        assert_eq!((shown.text.as_str(), shown.first_line), ("four\nfive\nsix", 4));
    }

    #[test]
    fn secrets_are_masked_by_span_name_and_shape() {
        let text = "a=\"plain\"\nphrase=\"correct horse\"\nclientSecret=\"hunter2\"\njwt=\"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhY21lIn0.c2ln\"";
        let shown = excerpt(text, &[span_of(text, "correct horse")], span_of(text, "phrase=\"correct horse\""));
        assert_eq!(shown.text, "a=\"plain\"\nphrase=\"********\"\nclientSecret=\"********\"\njwt=\"********\"");
        assert_eq!(&shown.text[shown.label], "phrase=\"********\"");
    }

    #[test]
    fn a_mark_inside_or_across_a_mask_is_moved_to_the_mask() {
        let text = "secret=\"hunter2\" b=1";
        let inside = excerpt(text, &[], span_of(text, "unter"));
        assert_eq!(&inside.text[inside.label], "********");
        let across = excerpt(text, &[], span_of(text, "ter2\" b"));
        assert_eq!(&across.text[across.label], "********\" b");
    }

    #[test]
    fn a_secret_over_many_lines_keeps_the_line_numbers() {
        let text = "x=1\ngetPrivateKey=\"-----BEGIN PRIVATE KEY-----\nQUJD\nQUJE\n-----END PRIVATE KEY-----\"\ny=2";
        let shown = excerpt(text, &[], span_of(text, "getPrivateKey"));
        assert_eq!(shown.text, "x=1\ngetPrivateKey=\"********\n********\n********");
    }

    #[test]
    fn long_lines_are_clipped_around_the_mark_and_long_marks_after_six_lines() {
        let text = format!("{}needle{}", "é ".repeat(5_000), "x".repeat(100_000));
        let shown = excerpt(&text, &[], span_of(&text, "needle"));
        assert_eq!(shown.text.chars().count(), MAX_COLUMNS);
        assert!(shown.text.starts_with(CLIPPED) && shown.text.ends_with(CLIPPED));
        assert_eq!(&shown.text[shown.label], "needle");

        let text = "line\n".repeat(50);
        let shown = excerpt(&text, &[], Span::new(50, 200));
        assert_eq!(shown.text.lines().count(), 2 + 6 + 2);
        assert_eq!(shown.text[shown.label].lines().count(), 6);
    }

    #[test]
    fn odd_marks_do_no_harm() {
        for (text, start, end) in [("", 0, 0), ("", 5, 9), ("a\n", 2, 2), ("é", 1, 1), ("a\nb", 1, 2)] {
            let excerpts = Excerpts::new(text, &[], &[Span::new(start, end)], true);
            let mark = SourceRange { span: Span::new(start, end), ..SourceRange::FILE };
            let shown = excerpts.around(mark).unwrap();
            assert!(shown.text.get(shown.label).is_some(), "{text:?}");
        }
    }

    #[test]
    fn hashes_are_kept_for_marked_lines_of_plain_files_only() {
        let text = "Lorem ipsum dolor sit amet.\n".repeat(10);
        let marks = [Span::new(0, 5), Span::new(28 * 6, 28 * 6 + 5)];
        let on_disk = Excerpts::new(&text, &[], &marks, true);
        assert_eq!(on_disk.line_hash(1), Some("a7f2ff13bc495cf2:1"));
        assert_eq!(on_disk.line_hash(2), None);
        assert_eq!(on_disk.line_hash(7), Some("a7f2ff1481e87703:1"));
        assert_eq!(Excerpts::new(&text, &[], &marks, false).line_hash(1), None);
        assert_eq!(Excerpts::new(&text, &[Span::new(3, 9)], &marks, true).line_hash(1), None);
    }

    proptest! {
        #[test]
        fn the_beginning_is_what_is_shown_of_a_file(text in "([a-zé]{0,3}|[a-zé]{78,162})((\n|\r\n)([a-z😀]{0,3}|x{159,161})){0,4}\n?") {
            let at_length = Excerpts::masked(&Lines::new(&text), &[], &[&[SourceRange::FILE.span]], false);
            if let Some(beginning) = Excerpts::beginning(&text) {
                prop_assert_eq!(beginning.around(SourceRange::FILE), at_length.around(SourceRange::FILE));
            }
        }
    }

    #[test]
    fn the_beginning_of_most_files_is_known_to_be_short() {
        assert!(Excerpts::beginning("a=\"1\"\nb=\"2\"\n\nc").is_some());
        assert!(Excerpts::beginning("a=\"1\"\nb=\"2\"\n").is_none());
        let elsewhere = SourceRange { span: Span::new(1, 2), ..SourceRange::FILE };
        assert_eq!(Excerpts::beginning("a\nb\nc\n").unwrap().around(elsewhere), None);
    }

    proptest! {
        #[test]
        fn a_secret_never_shows_and_labels_stay_inside(
            before in "[a-z=\"\\n\\ré😀 ]{0,300}",
            secret in "[A-Z0-9]{8,40}(\\n[A-Z0-9]{8,40}){0,3}",
            after in "[a-z=\"\\n\\ré😀 ]{0,300}",
            marks in prop::collection::vec((0_usize..700, 0_usize..300), 1..6),
        ) {
            let text = format!("{before}{secret}{after}");
            let given = [Span::new(before.len(), before.len() + secret.len())];
            let marks: Vec<Span> = marks.into_iter().map(|(start, length)| Span::new(start, start + length)).collect();
            let excerpts = Excerpts::new(&text, &given, &marks, true);
            for span in marks {
                let shown = excerpts.around(SourceRange { span, ..SourceRange::FILE }).unwrap();
                prop_assert!(shown.text.get(shown.label.clone()).is_some());
                prop_assert!(!shown.text.bytes().any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit()));
                prop_assert!(shown.text.lines().all(|line| line.chars().count() <= MAX_COLUMNS));
            }
        }
    }
}
