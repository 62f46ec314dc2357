//! Where the text of a known secret stands once more: in a comment, in a title, in a second property.

use super::masked::masked;
use aho_corasick::{AhoCorasick, MatchKind};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeSet;
use text_spans::Span;

/// Bytes of the shortest secret that is searched for. A shorter one would mask half of a file.
const MIN_BYTES: usize = 8;
/// The same for one of letters and other characters.
const MIN_MIXED_BYTES: usize = 6;
/// Bytes up to which a plain word is not searched for, since it may say something else elsewhere.
const MAX_WORD_BYTES: usize = 15;
/// Bytes of the longest one.
const MAX_BYTES: usize = 64 << 10;
/// Secrets of one file that are searched for elsewhere in it, and the bytes of all of them.
const MAX_SECRETS: usize = 4096;
const MAX_TOTAL_BYTES: usize = 1 << 20;
/// Secrets that are searched for one after the other: making an automaton takes as long as going over a large file.
const MAX_SECRETS_ONE_BY_ONE: usize = 8;

/// Whether the text of a secret is so much its own that it is searched for.
pub(crate) fn is_searched(secret: &str) -> bool {
    let is_mixed = secret.bytes().any(|byte| byte.is_ascii_alphabetic())
        && secret.bytes().any(|byte| byte.is_ascii_digit() || byte.is_ascii_punctuation());
    let least = if is_mixed { MIN_MIXED_BYTES } else { MIN_BYTES };
    (least..=MAX_BYTES).contains(&secret.len()) && !is_word(secret)
}

/// `password`, `Administrator`: one word in usual spelling, which may be a secret here and none there.
fn is_word(text: &str) -> bool {
    let rest = text.get(1..).unwrap_or_default();
    text.len() <= MAX_WORD_BYTES
        && text.bytes().all(|byte| byte.is_ascii_alphabetic())
        && (rest.bytes().all(|byte| byte.is_ascii_lowercase()) || text.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// Secrets of one file that are searched for, all at once.
pub(crate) struct Repetitions<'s>(Search<'s>);

enum Search<'s> {
    /// One after the other.
    Few(Vec<&'s str>),
    Many(AhoCorasick),
}

impl<'s> Repetitions<'s> {
    /// Those of these secrets that [are searched for](is_searched).
    pub(crate) fn of(secrets: impl IntoIterator<Item = &'s str>) -> Self {
        let mut room = MAX_TOTAL_BYTES;
        let mut patterns: BTreeSet<&str> = BTreeSet::new();
        for secret in secrets.into_iter().map(str::trim).filter(|secret| is_searched(secret)) {
            if secret.len() > room || patterns.len() == MAX_SECRETS {
                break;
            }
            if patterns.insert(secret) {
                room -= secret.len();
            }
        }
        let few = || Search::Few(patterns.iter().copied().collect());
        let search = if patterns.len() <= MAX_SECRETS_ONE_BY_ONE {
            few()
        } else {
            automaton(&patterns).map_or_else(few, Search::Many)
        };
        Self(search)
    }

    /// Where they stand in `text`, in order, without overlaps: of those that begin at one place the longest.
    pub(crate) fn find(&self, text: &str) -> Vec<Span> {
        match &self.0 {
            Search::Few(patterns) => find_few(patterns, text),
            Search::Many(automaton) => {
                automaton.find_iter(text).map(|found| Span::new(found.start(), found.end())).collect()
            }
        }
    }

    /// The text with [`MASK`](super::MASK) in place of each.
    pub(crate) fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let found = self.find(text);
        if found.is_empty() { Cow::Borrowed(text) } else { Cow::Owned(masked(text, found)) }
    }
}

fn automaton(patterns: &BTreeSet<&str>) -> Option<AhoCorasick> {
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(patterns).ok()
}

/// The spans of few patterns in a text, which is gone over once for each.
fn find_few(patterns: &[&str], text: &str) -> Vec<Span> {
    let bytes = text.as_bytes();
    let next = |pattern: &str, from: usize| {
        let found = memchr::memmem::find(bytes.get(from..)?, pattern.as_bytes())?;
        Some(Span::new(from + found, from + found + pattern.len()))
    };
    // For each pattern where it stands next; the ones that are in the text no more are left out.
    let mut ahead: Vec<(&str, Span)> =
        patterns.iter().filter_map(|&pattern| Some((pattern, next(pattern, 0)?))).collect();
    let mut spans = Vec::new();
    while let Some(&(_, first)) = ahead.iter().min_by_key(|(_, span)| (span.start, Reverse(span.end))) {
        spans.push(first);
        let end = first.range().end;
        ahead.retain_mut(|(pattern, span)| {
            let following = if span.start < first.end { next(pattern, end) } else { Some(*span) };
            following.inspect(|following| *span = *following).is_some()
        });
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn few_are_found_as_many_are(
            patterns in proptest::collection::btree_set("[ab]{1,4}", 1..8),
            text in "[abc]{0,60}",
        ) {
            let patterns: BTreeSet<&str> = patterns.iter().map(String::as_str).collect();
            let few: Vec<&str> = patterns.iter().copied().collect();
            let many = Repetitions(Search::Many(automaton(&patterns).unwrap()));
            prop_assert_eq!(find_few(&few, &text), many.find(&text));
        }
    }

    #[test]
    fn all_are_found_at_once() {
        let known = Repetitions::of(["hunter2!", "hunter2!longer", "x"]);
        assert_eq!(known.mask("a hunter2! b hunter2!longer x"), "a ******** b ******** x");
        assert!(matches!(known.mask("nothing"), Cow::Borrowed("nothing")));
        assert!(Repetitions::of([""; 0]).find("x").is_empty());
    }

    #[test]
    fn what_is_searched_for() {
        for (secret, expected) in [
            ("correct-horse", true),
            ("hunter2", true),
            ("kJhGfDsAqWeRtY", true),
            ("admin123!", true),
            ("12345678", true),
            ("password", false),
            ("Administrator", false),
            ("admin", false),
            ("1234", false),
        ] {
            assert_eq!(is_searched(secret), expected, "{secret}");
        }
    }
}
