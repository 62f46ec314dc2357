//! The hash by which GitHub code scanning recognises a line of a file again.
//!
//! GitHub's upload action hashes the 100 characters that begin with each line, blanks left out, with a rolling
//! polynomial hash, and numbers equal hashes within a file. A report that carries the same values keeps alerts stable
//! whoever uploads it. Followed: `fingerprints.ts` of github/codeql-action, whose vectors are the tests below.

use std::collections::HashMap;
use text_spans::Span;

/// UTF-16 code units in the window.
const WINDOW: usize = 100;
/// Base of the polynomial.
const BASE: u64 = 37;
/// Stands for the end of the file.
const END_OF_FILE: u16 = u16::MAX;

/// The hashes of the `wanted` lines (sorted, from 1), as `hash:occurrence`, without those whose window covers a byte of
/// `secrets` (sorted, without overlaps).
pub(super) fn line_hashes(text: &str, wanted: &[u32], secrets: &[Span]) -> Vec<(u32, Box<str>)> {
    let mut hasher = Hasher::new(wanted, secrets);
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut after_cr = false;
    let mut units = [0_u16; 2];
    for (offset, c) in text.char_indices() {
        let skipped = matches!(c, ' ' | '\t') || (after_cr && c == '\n');
        after_cr = c == '\r';
        if skipped {
            continue;
        }
        let c = if c == '\r' { '\n' } else { c };
        for &unit in c.encode_utf16(&mut units).iter() {
            hasher.push(unit, offset);
        }
        if hasher.done() {
            return hasher.found;
        }
    }
    hasher.push(END_OF_FILE, text.len());
    hasher.flush(text.len());
    hasher.found
}

/// The state of the rolling hash. Both rings turn together: at `at` stands the oldest unit, and the line that began
/// with it.
struct Hasher<'a> {
    units: [u16; WINDOW],
    begun: [Option<Begun>; WINDOW],
    at: usize,
    hash: u64,
    base_to_window: u64,
    line: u32,
    at_line_start: bool,
    seen: HashMap<u64, u32>,
    wanted: &'a [u32],
    secrets: &'a [Span],
    found: Vec<(u32, Box<str>)>,
}

#[derive(Clone, Copy)]
struct Begun {
    line: u32,
    offset: usize,
}

impl<'a> Hasher<'a> {
    fn new(wanted: &'a [u32], secrets: &'a [Span]) -> Self {
        let base_to_window = (0..WINDOW).fold(1_u64, |power, _| power.wrapping_mul(BASE));
        Self {
            units: [0; WINDOW],
            begun: [None; WINDOW],
            at: 0,
            hash: 0,
            base_to_window,
            line: 0,
            at_line_start: true,
            seen: HashMap::new(),
            wanted,
            secrets,
            found: Vec::new(),
        }
    }

    /// Whether every wanted line was passed.
    fn done(&self) -> bool {
        self.wanted.is_empty()
    }

    fn push(&mut self, unit: u16, offset: usize) {
        self.emit(offset);
        if std::mem::take(&mut self.at_line_start) {
            self.line = self.line.saturating_add(1);
            if let Some(begun) = self.begun.get_mut(self.at) {
                *begun = Some(Begun { line: self.line, offset });
            }
        }
        self.at_line_start = unit == u16::from(b'\n');
        self.roll(unit);
    }

    /// The lines whose window the file did not fill.
    fn flush(&mut self, end: usize) {
        for _ in 0..WINDOW {
            self.emit(end);
            self.roll(0);
        }
    }

    fn roll(&mut self, unit: u16) {
        let Some(slot) = self.units.get_mut(self.at) else { return };
        let oldest = std::mem::replace(slot, unit);
        self.hash = self
            .hash
            .wrapping_mul(BASE)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(self.base_to_window.wrapping_mul(u64::from(oldest)));
        self.at = (self.at + 1) % WINDOW;
    }

    /// Gives out the hash of the line whose window is full now: `end` is the byte after it.
    fn emit(&mut self, end: usize) {
        let Some(begun) = self.begun.get_mut(self.at).and_then(Option::take) else { return };
        let seen = self.seen.entry(self.hash).or_insert(0);
        *seen += 1;
        let occurrence = *seen;
        let Some((&next, rest)) = self.wanted.split_first() else { return };
        if next > begun.line {
            return;
        }
        self.wanted = rest;
        if next == begun.line && !self.covers_secret(begun.offset, end) {
            self.found.push((begun.line, format!("{:x}:{occurrence}", self.hash).into()));
        }
    }

    fn covers_secret(&self, start: usize, end: usize) -> bool {
        let first = self.secrets.partition_point(|secret| secret.end as usize <= start);
        self.secrets.get(first).is_some_and(|secret| (secret.start as usize) < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<String> {
        line_hashes(text, &(1..=20).collect::<Vec<_>>(), &[]).into_iter().map(|(_, hash)| hash.into()).collect()
    }

    #[test]
    fn the_vectors_of_github() {
        assert_eq!(all(""), ["c129715d7a2bc9a3:1"]);
        let expected = ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"];
        assert_eq!(all(" a\nb\n  \t\tc\n d"), expected);
        assert_eq!(all(" a\rb\r  \t\tc\r d"), expected);
        assert_eq!(all(" a\r\nb\r\n  \t\tc\r\n d"), expected);
        let lorem = all(&"Lorem ipsum dolor sit amet.\n".repeat(10));
        assert_eq!(lorem[0], "a7f2ff13bc495cf2:1");
        assert_eq!(lorem[1], "a7f2ff13bc495cf2:2");
        assert_eq!(lorem[6], "a7f2ff1481e87703:1");
    }

    #[test]
    fn only_wanted_lines_are_given_and_none_that_covers_a_secret() {
        let text = "x".repeat(120) + "\nsecret=abc\nlast\n";
        let at = text.find("abc").unwrap();
        let secrets = [Span::new(at, at + 3)];
        let lines =
            |wanted: &[u32]| line_hashes(&text, wanted, &secrets).iter().map(|(line, _)| *line).collect::<Vec<_>>();
        assert_eq!(lines(&[1, 2, 3]), [1, 3]);
        assert_eq!(lines(&[3]), [3]);
        assert!(lines(&[2]).is_empty());
        assert!(lines(&[99]).is_empty());
    }
}
