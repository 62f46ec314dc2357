//! Decides whether an XML file may be left unparsed because nothing in it can make a fact or fire a rule.
//!
//! The decision is *sound*: [`Prefilter::may_skip`] says yes only if no needle can be in the decoded document. A needle
//! is a literal of which at least one occurs, in any ASCII case, in whatever a fact or rule looks at. A file is parsed
//! if any of these holds:
//!
//! - a needle occurs in its bytes, in any ASCII case;
//! - it is not plainly ASCII-compatible: it does not begin with `<` or white space, has a NUL among its first bytes, or
//!   declares an encoding other than UTF-8, US-ASCII or ISO-8859-1;
//! - `<!` occurs: document types, entities, attribute defaults, CDATA sections and comments;
//! - a processing instruction follows the XML declaration, since it can cut text in two;
//! - a character reference stands for a printable ASCII character other than `" ' < > &`, which no needle contains;
//! - a backslash escapes a letter, a digit or a character that needles contain (docview `\uXXXX`, `\0`, `\c`);
//! - `_xHHHH_` (ISO 9075) stands for a character that needles contain;
//! - `%HH` stands for an unreserved URL character (RFC 3986, 2.3), so that hosts can be written with it.
//!
//! What this asks of the code that makes facts: hosts and names are compared by ASCII case folding at most (no Unicode
//! mapping, no IDNA), and white space within a value ends a URL rather than being dropped from it. Facts that come from
//! the *path* of a file are not covered; ask [`Prefilter::mentions`] about the decoded path.

mod encoding;
mod needles;
mod sieve;

use std::sync::LazyLock;

pub use needles::{FACT_NEEDLES, InvalidNeedle};

use needles::Needles;
use sieve::{ByteSet, Fingerprint, Sieve};

/// Finds the files that need no parser. Cheap to share between threads, about 0.1 ms to build.
#[derive(Clone, Debug)]
pub struct Prefilter {
    /// `None` parses everything.
    search: Option<Search>,
}

#[derive(Clone, Debug)]
struct Search {
    sieve: Sieve,
    patterns: Vec<Pattern>,
    needles: Needles,
}

/// What a candidate of the sieve has to be confirmed as.
#[derive(Clone, Copy, Debug)]
enum Pattern {
    /// The needle of that index; the fingerprint lies `offset` bytes into it.
    Needle { index: usize, offset: usize },
    /// `<!`
    Declaration,
    /// `<?`
    Instruction,
    /// `&#`
    CharacterReference,
    /// `\`
    Backslash,
    /// `%HH`
    Percent,
    /// `_xHHHH_`
    EncodedName,
}

impl Prefilter {
    /// A prefilter for `needles`, beside which nothing makes a fact or fires a rule.
    ///
    /// # Errors
    /// A needle that cannot be searched in raw bytes; see [`InvalidNeedle`]. The caller can then only use
    /// [`Prefilter::parse_everything`].
    pub fn new<I>(needles: I) -> Result<Self, InvalidNeedle>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let needles = Needles::new(needles)?;
        let mut patterns = Vec::new();
        let mut fingerprints = Vec::new();
        for (index, needle) in needles.iter().enumerate() {
            let (offset, fingerprint) = sieve::rarest_window(needle);
            patterns.push(Pattern::Needle { index, offset });
            fingerprints.push(fingerprint);
        }
        for (pattern, fingerprint) in escapes(&needles) {
            patterns.push(pattern);
            fingerprints.push(fingerprint);
        }
        Ok(Self { search: Some(Search { sieve: Sieve::new(&fingerprints), patterns, needles }) })
    }

    /// A prefilter that lets nothing be skipped: for rules without needles, and for `--no-prefilter`.
    pub const fn parse_everything() -> Self {
        Self { search: None }
    }

    /// Whether the XML file `bytes` can be left unparsed.
    pub fn may_skip(&self, bytes: &[u8]) -> bool {
        let Some(search) = &self.search else { return false };
        encoding::is_plain(bytes) && !search.sieve.any(bytes, |pattern, at| search.confirms(pattern, bytes, at))
    }

    /// Whether a needle occurs in `text` in any ASCII case: for decoded repository paths, which can make facts by
    /// themselves.
    pub fn mentions(&self, text: &str) -> bool {
        self.search.as_ref().is_none_or(|search| search.needles.occur_in(text.as_bytes()))
    }
}

impl Search {
    fn confirms(&self, pattern: usize, bytes: &[u8], at: usize) -> bool {
        let Some(pattern) = self.patterns.get(pattern) else { return true };
        let rest = bytes.get(at..).unwrap_or_default();
        match *pattern {
            Pattern::Needle { index, offset } => {
                let (Some(needle), Some(start)) = (self.needles.get(index), at.checked_sub(offset)) else {
                    return false;
                };
                bytes.get(start..start + needle.len()).is_some_and(|found| found.eq_ignore_ascii_case(needle))
            }
            Pattern::Declaration => rest.starts_with(b"<!"),
            // The one at the start is the XML declaration, which `encoding` has looked at.
            Pattern::Instruction => at > 0 && rest.starts_with(b"<?"),
            Pattern::CharacterReference => refers_to_printable(rest),
            Pattern::Backslash => match rest {
                [b'\\', escaped, ..] => escaped.is_ascii_alphanumeric() || self.needles.contain(*escaped),
                _ => false,
            },
            Pattern::Percent => match rest {
                [b'%', high, low, ..] => hex_pair(*high, *low).is_some_and(is_unreserved),
                _ => false,
            },
            Pattern::EncodedName => match rest {
                [b'_', b'x', b'0', b'0', high, low, b'_', ..] => {
                    hex_pair(*high, *low).is_some_and(|decoded| self.needles.contain(decoded))
                }
                _ => false,
            },
        }
    }
}

/// The fingerprints of everything by which a needle can be written so that a search in raw bytes misses it.
fn escapes(needles: &Needles) -> Vec<(Pattern, Fingerprint)> {
    let any = ByteSet::any();
    let escaped = ByteSet::of((0..128).filter(|byte: &u8| byte.is_ascii_alphanumeric() || needles.contain(*byte)));
    let hex = ByteSet::of(*b"0123456789abcdefABCDEF");
    let one = |byte: u8| ByteSet::of([byte]);
    vec![
        (Pattern::Declaration, [one(b'<'), one(b'!'), any, any]),
        (Pattern::CharacterReference, [one(b'&'), one(b'#'), any, any]),
        (Pattern::Instruction, [one(b'<'), one(b'?'), any, any]),
        (Pattern::EncodedName, [one(b'_'), one(b'x'), one(b'0'), one(b'0')]),
        (Pattern::Percent, [one(b'%'), ByteSet::of(*b"234567"), hex, any]),
        (Pattern::Backslash, [one(b'\\'), escaped, any, any]),
    ]
}

/// Whether the character reference at the start of `rest` (which begins with `&#`) can be part of a needle or of an
/// escape of one. A malformed one counts: what a lenient reader makes of it is not known here.
fn refers_to_printable(rest: &[u8]) -> bool {
    let Some(digits) = rest.strip_prefix(b"&#") else { return false };
    let (radix, digits) = match digits {
        [b'x' | b'X', digits @ ..] => (16, digits),
        digits => (10, digits),
    };
    let mut code = 0_u32;
    for (index, byte) in digits.iter().enumerate() {
        match (char::from(*byte).to_digit(radix), *byte) {
            (Some(digit), _) => code = code.saturating_mul(radix).saturating_add(digit),
            (None, b';') if index > 0 => {
                return match u8::try_from(code) {
                    Ok(b'"' | b'\'' | b'<' | b'>' | b'&') => false,
                    Ok(byte) => byte.is_ascii_graphic(),
                    Err(_) => false,
                };
            }
            (None, _) => return true,
        }
    }
    true
}

fn hex_pair(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// RFC 3986, 2.3: the characters whose percent-encoded form is the same URL.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}

/// The prefilter for facts alone, for callers without rules that name further needles.
pub static FACTS: LazyLock<Prefilter> =
    LazyLock::new(|| Prefilter::new(FACT_NEEDLES).unwrap_or_else(|_| Prefilter::parse_everything()));

#[cfg(test)]
mod tests;
