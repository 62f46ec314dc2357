//! Decides whether an XML file may be left unparsed because nothing in it can make a fact or fire a rule.
//!
//! The decision is *sound*: [`Prefilter::may_skip`] says yes only if no needle can be in the decoded document. A needle
//! is a literal of which at least one occurs, in any ASCII case, in whatever a fact or rule looks at. A file is parsed
//! if any of these holds:
//!
//! - a needle occurs in its bytes, in any ASCII case; words of the names of secrets only where a name can end with them,
//!   and only if that name, as a whole, says anything of a secret (see `names`): they are ordinary words in values;
//! - it is not plainly ASCII-compatible: it does not begin with `<` or white space, has a NUL among its first bytes, or
//!   declares an encoding other than UTF-8, US-ASCII or ISO-8859-1;
//! - `<!` occurs: document types, entities, attribute defaults and CDATA sections. Comments are plain: no reader joins the
//!   texts around one, and in an attribute there is none;
//! - a processing instruction follows the XML declaration, since it can cut text in two;
//! - a character reference stands for a printable ASCII character other than `" ' < > &`, which no needle contains;
//! - a backslash escapes a letter, a digit or a character that needles contain (docview `\uXXXX`, `\0`, `\c`);
//! - `_xHHHH_` (ISO 9075) stands for a character of a needle that can be in a name, or for one that is not seen;
//! - a character that is not seen stands in a name that something is assigned to: what such a name says is read without it;
//! - `%HH` stands for an unreserved URL character (RFC 3986, 2.3), so that hosts can be written with it;
//! - a URL has a password in its user information (only where facts are looked for).
//!
//! What this asks of the code that makes facts: hosts and names are compared by ASCII case folding at most (no Unicode
//! mapping, no IDNA), and white space within a value ends a URL rather than being dropped from it. Facts that come from
//! the *path* of a file are not covered; ask [`Prefilter::mentions`] about the decoded path.

mod encoding;
#[cfg(test)]
mod frequencies;
mod names;
mod needles;
mod sieve;

use std::sync::LazyLock;

pub use needles::InvalidNeedle;

use crate::secret;
use crate::signals::{self, NeedlePlace};
use needles::{Needle, Needles};
use sieve::{ByteSet, Fingerprint, Sieve, Wanted};

/// Finds the files that need no parser. Cheap to share between threads, well below a millisecond to build.
#[derive(Clone, Debug)]
pub struct Prefilter {
    /// `None` parses everything, because everything can matter.
    search: Option<Search>,
    /// Parse also what cannot matter.
    all: bool,
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
    /// The needle of that index.
    Needle { index: usize },
    /// `<!`, unless a comment begins with it.
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
    /// A character that is not seen, in a name.
    Invisible,
    /// The `@` of `https://user:password@host`.
    UserInfo,
}

impl Pattern {
    fn name(self, needles: &Needles) -> &str {
        match self {
            Self::Needle { index } => needles.get(index).map_or("", |needle| &needle.literal),
            Self::Declaration => "<!",
            Self::Instruction => "<?",
            Self::CharacterReference => "&#",
            Self::Backslash => "\\",
            Self::Percent => "%",
            Self::EncodedName => "_x00",
            Self::Invisible => "a character that is not seen",
            Self::UserInfo => "user:password@",
        }
    }
}

/// How often a needle stands in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Occurrences<'n> {
    /// The needle, in lower case.
    pub needle: &'n str,
    /// How often it is there.
    pub all: u64,
    /// How often where it counts.
    pub counting: u64,
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
        Self::build(needles, &[], None)
    }

    /// A prefilter for everything that makes a fact other than `node`, and for the further needles of the loaded rules.
    ///
    /// # Errors
    /// As for [`Prefilter::new`].
    pub fn for_facts<I>(further: I) -> Result<Self, InvalidNeedle>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let of_facts: Vec<_> = signals::needles().collect();
        Self::build(further, &of_facts, Some(user_info()))
    }

    fn build<I>(
        further: I,
        of_facts: &[(&str, NeedlePlace)],
        beside: Option<(Pattern, Wanted<'_>)>,
    ) -> Result<Self, InvalidNeedle>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let further: Vec<I::Item> = further.into_iter().collect();
        let further = further.iter().map(|needle| (needle.as_ref(), NeedlePlace::Anywhere));
        let needles = Needles::new(of_facts.iter().copied().chain(further))?;
        let (patterns, wanted): (Vec<_>, Vec<_>) = patterns(&needles).chain(beside).unzip();
        Ok(Self { search: Some(Search { sieve: Sieve::new(&wanted), patterns, needles }), all: false })
    }

    /// A prefilter that lets nothing be skipped, for rules without needles.
    pub const fn parse_everything() -> Self {
        Self { search: None, all: false }
    }

    /// The same, but everything is parsed whether it can matter or not: for `--no-prefilter`.
    #[must_use]
    pub fn switched_off(self) -> Self {
        Self { all: true, ..self }
    }

    /// Whether the XML file `bytes` can be left unparsed.
    pub fn may_skip(&self, bytes: &[u8]) -> bool {
        !self.all && !self.can_matter(bytes)
    }

    /// Whether something in the XML file `bytes` can matter.
    pub fn can_matter(&self, bytes: &[u8]) -> bool {
        !self.is_irrelevant(bytes)
    }

    fn is_irrelevant(&self, bytes: &[u8]) -> bool {
        let Some(search) = &self.search else { return false };
        let bytes = encoding::after_usual_declaration(bytes);
        encoding::is_plain(bytes) && !search.sieve.any(bytes, |pattern, at| search.confirms(pattern, bytes, at))
    }

    /// By what an XML file is not irrelevant: the needles and the ways to hide one that are in it, each once, in no certain
    /// order; none if it [may be skipped](Self::may_skip). For measurements.
    pub fn reasons(&self, bytes: &[u8]) -> Vec<&str> {
        let Some(search) = &self.search else { return vec!["everything is parsed"] };
        if !encoding::is_plain(bytes) {
            return vec!["another encoding"];
        }
        let bytes = encoding::after_usual_declaration(bytes);
        let mut found: Vec<&str> = Vec::new();
        search.sieve.any(bytes, |pattern, at| {
            if search.confirms(pattern, bytes, at) {
                found.extend(search.patterns.get(pattern).map(|pattern| pattern.name(&search.needles)));
            }
            false
        });
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What is searched, in lower case and in alphabetical order, each once: without the needles that are found with others.
    pub fn needles(&self) -> Vec<&str> {
        let mut all: Vec<&str> =
            self.search.iter().flat_map(|search| search.needles.iter()).map(|needle| &*needle.literal).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// How often each needle stands in a file, in any ASCII case, and how often it stands where it counts; in no certain order,
    /// without those that are not there. For measurements.
    pub fn occurrences(&self, bytes: &[u8]) -> Vec<Occurrences<'_>> {
        let Some(search) = &self.search else { return Vec::new() };
        let mut found: Vec<Occurrences<'_>> = Vec::new();
        search.sieve.any(bytes, |pattern, at| {
            if let Some(Pattern::Needle { index }) = search.patterns.get(pattern)
                && let Some(needle) = search.needles.get(*index).filter(|needle| is_at(needle, bytes, at))
            {
                let counts = u64::from(search.confirms(pattern, bytes, at));
                match found.iter_mut().find(|found| found.needle == &*needle.literal) {
                    Some(found) => (found.all, found.counting) = (found.all + 1, found.counting + counts),
                    None => found.push(Occurrences { needle: &needle.literal, all: 1, counting: counts }),
                }
            }
            false
        });
        found
    }

    /// Whether every file is parsed, whatever is in it.
    pub fn parses_everything(&self) -> bool {
        self.all || self.search.is_none()
    }

    /// Whether something in a text that is no XML can matter: one that is searched as such, after undoing the escapes
    /// of [`raw`](crate::documents::raw). `has_names` says whether anybody looks at names in it.
    pub fn can_matter_as_text(&self, bytes: &[u8], has_names: impl Fn() -> bool) -> bool {
        let Some(search) = &self.search else { return true };
        // A backslash at the end of a line joins it with the next.
        let joined = memchr::memchr_iter(b'\\', bytes).any(|at| matches!(bytes.get(at + 1), Some(b'\n' | b'\r')));
        joined
            || search.sieve.any(bytes, |pattern, at| match search.name(pattern) {
                Some(name) => is_at(name, bytes, at) && has_names(),
                None => search.confirms(pattern, bytes, at),
            })
    }

    /// Whether a needle that counts in values occurs in `text` in any ASCII case: for decoded repository paths, which can
    /// make facts by themselves.
    pub fn mentions(&self, text: &str) -> bool {
        let Some(search) = &self.search else { return true };
        let bytes = text.as_bytes();
        let needle = |pattern: usize| matches!(search.patterns.get(pattern), Some(Pattern::Needle { .. }));
        search.sieve.any(bytes, |pattern, at| {
            needle(pattern) && search.name(pattern).is_none() && search.confirms(pattern, bytes, at)
        })
    }
}

/// Whether `needle` stands in `bytes` at that position, in any ASCII case.
fn is_at(needle: &Needle, bytes: &[u8], at: usize) -> bool {
    let found = bytes.get(at..).and_then(|rest| rest.get(..needle.literal.len()));
    found.is_some_and(|found| found.eq_ignore_ascii_case(needle.literal.as_bytes()))
}

/// Whether `needle`, which stands in `bytes` at that position, is a part of a name that matters.
fn is_in_name(needle: &Needle, bytes: &[u8], at: usize) -> bool {
    let end = at + needle.literal.len();
    names::is_assigned(bytes.get(end..).unwrap_or_default()) && names::may_tell(bytes, at..end)
}

impl Search {
    /// The needle of a pattern that counts in names only.
    fn name(&self, pattern: usize) -> Option<&Needle> {
        match self.patterns.get(pattern)? {
            Pattern::Needle { index } => self.needles.get(*index).filter(|needle| needle.place == NeedlePlace::Names),
            _ => None,
        }
    }

    fn confirms(&self, pattern: usize, bytes: &[u8], at: usize) -> bool {
        let Some(pattern) = self.patterns.get(pattern) else { return true };
        let rest = bytes.get(at..).unwrap_or_default();
        match *pattern {
            Pattern::Needle { index } => self.needles.get(index).is_some_and(|needle| {
                is_at(needle, bytes, at) && (needle.place != NeedlePlace::Names || is_in_name(needle, bytes, at))
            }),
            Pattern::Declaration => rest.starts_with(b"<!") && !rest.starts_with(b"<!--"),
            // The one at the start is the XML declaration, which `encoding` has looked at.
            Pattern::Instruction => at > 0 && rest.starts_with(b"<?"),
            Pattern::CharacterReference => refers_to_printable(rest),
            Pattern::Backslash => match rest {
                [b'\\', escaped, ..] => counts_escaped(*escaped, &self.needles),
                _ => false,
            },
            Pattern::Percent => match rest {
                [b'%', high, low, ..] => hex_pair(*high, *low).is_some_and(is_unreserved),
                _ => false,
            },
            Pattern::EncodedName => encoded_in_name(rest).is_some_and(|decoded| {
                secret::is_invisible(decoded)
                    || u8::try_from(decoded).is_ok_and(|decoded| self.needles.contain_in_names(decoded))
            }),
            Pattern::Invisible => invisible_at_start(rest).is_some_and(names::is_assigned),
            Pattern::UserInfo => bytes.get(..at).is_some_and(ends_with_password),
        }
    }
}

/// What is searched: the needles and their escapes.
fn patterns(needles: &Needles) -> impl Iterator<Item = (Pattern, Wanted<'_>)> {
    let plain = needles.iter().enumerate();
    let plain = plain.map(|(index, needle)| (Pattern::Needle { index }, Wanted::Needle(&needle.literal)));
    plain.chain(escapes(needles))
}

fn user_info() -> (Pattern, Wanted<'static>) {
    (Pattern::UserInfo, Wanted::By("user@", Fingerprint::starting([ByteSet::of(*b"@")])))
}

/// Everything by which a needle can be written so that a search in raw bytes misses it.
fn escapes(needles: &Needles) -> Vec<(Pattern, Wanted<'static>)> {
    let escaped = ByteSet::of((0..128).filter(|byte| counts_escaped(*byte, needles)));
    let hex = ByteSet::of(*b"0123456789abcdefABCDEF");
    let one = |byte: u8| ByteSet::of([byte]);
    // A reference that is not written with digits stands for nothing and stays as it is. Each set is one that the halves of
    // its bytes tell exactly, so that the line break `&#xa;`, which is everywhere, is in none of the three.
    let (x, high) = (ByteSet::of(*b"xX"), ByteSet::of(*b"89abcdefABCDEF"));
    let decimal = Fingerprint::starting([one(b'&'), one(b'#'), ByteSet::of(*b"0123456789")]);
    let low = Fingerprint::at(1, [one(b'#'), x, ByteSet::of(*b"01234567")]);
    let more = Fingerprint::at(1, [one(b'#'), x, high, hex]);
    // Those of needles are below U+0100; what is not seen is there, at U+2000 or at U+FEFF.
    let encoded = Fingerprint::starting([one(b'_'), one(b'x'), ByteSet::of(*b"02fF"), ByteSet::of(*b"0eE")]);
    let invisible = |name, head: [u8; 2], last: std::ops::RangeInclusive<u8>| {
        let sets = [one(head[0]), one(head[1]), ByteSet::of(last)];
        (Pattern::Invisible, Wanted::By(name, Fingerprint::starting(sets)))
    };
    let soft_hyphen = Fingerprint::starting([one(0xC2), one(0xAD)]);
    let percent = Fingerprint::starting([one(b'%'), ByteSet::of(*b"234567"), hex]);
    vec![
        (Pattern::Declaration, Wanted::By("<!", Fingerprint::starting([one(b'<'), one(b'!')]))),
        (Pattern::CharacterReference, Wanted::By("&#", decimal)),
        (Pattern::CharacterReference, Wanted::By("&#x4", low)),
        (Pattern::CharacterReference, Wanted::By("&#xaa", more)),
        (Pattern::Instruction, Wanted::By("<?", Fingerprint::starting([one(b'<'), one(b'?')]))),
        (Pattern::EncodedName, Wanted::By("_x00", encoded)),
        (Pattern::Invisible, Wanted::By("U+00AD", soft_hyphen)),
        invisible("U+200B", [0xE2, 0x80], 0x8B..=0x8F),
        invisible("U+2060", [0xE2, 0x81], 0xA0..=0xA0),
        invisible("U+FEFF", [0xEF, 0xBB], 0xBF..=0xBF),
        (Pattern::Percent, Wanted::By("%", percent)),
        (Pattern::Backslash, Wanted::By("\\", Fingerprint::starting([one(b'\\'), escaped]))),
    ]
}

/// Whether a needle, an escape or a URL can go on with the character that a backslash stands before.
fn counts_escaped(escaped: u8, needles: &Needles) -> bool {
    escaped.is_ascii_alphanumeric() || b"._:-/@".contains(&escaped) || needles.contain(escaped)
}

/// The bytes that no authority of a URL contains.
const ENDS_AUTHORITY: [bool; 256] = {
    let mut table = [false; 256];
    let ends = b"/?#\"'<> \t\r\n";
    let mut index = 0;
    while index < ends.len() {
        table[ends[index] as usize] = true;
        index += 1;
    }
    table
};

/// Whether `before`, which an `@` follows, ends with the user information of a URL that has a password in it.
///
/// Looks no further back than to the `@` before it, so that a file is gone over once.
fn ends_with_password(before: &[u8]) -> bool {
    let mut password = false;
    for (at, byte) in before.iter().enumerate().rev() {
        match byte {
            b'@' => return false,
            b':' => password = true,
            b'/' => return password && before.get(..=at).is_some_and(|url| url.ends_with(b"://")),
            byte if ENDS_AUTHORITY[usize::from(*byte)] => return false,
            _ => {}
        }
    }
    false
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

/// The character that `_xHHHH_` at the start of `rest` stands for in a name (ISO 9075).
fn encoded_in_name(rest: &[u8]) -> Option<char> {
    let [b'_', b'x', digits @ .., b'_'] = rest.get(..7)? else { return None };
    let digits = std::str::from_utf8(digits).ok()?;
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

/// What follows a character that is not seen, if `rest` begins with one.
fn invisible_at_start(rest: &[u8]) -> Option<&[u8]> {
    // None of them takes more than three bytes.
    let first = rest.get(..3).unwrap_or(rest).utf8_chunks().next()?.valid().chars().next()?;
    rest.get(first.len_utf8()..).filter(|_| secret::is_invisible(first))
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
    LazyLock::new(|| Prefilter::for_facts([""; 0]).unwrap_or_else(|_| Prefilter::parse_everything()));

#[cfg(test)]
mod tests;
