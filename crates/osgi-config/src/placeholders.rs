//! Placeholders in configuration values. `$[env:…]`, `$[secret:…]` and `$[prop:…]` are filled in by the Felix
//! interpolation plugin when a service gets its configuration; `${…}` by Maven or at launch. Either way the value is
//! unknown to whoever reads the file, save for the default that a placeholder may bring along.

use std::borrow::Cow;
use std::ops::Range;

use super::interpolation::{self, BUDGET};

/// Where a placeholder gets its value from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PlaceholderKind {
    /// `$[env:…]`, an environment variable.
    Env,
    /// `$[secret:…]`, a file of the secrets directory.
    Secret,
    /// `$[prop:…]`, a framework property.
    Prop,
    /// `$[other:…]`; only its default can ever be used.
    Other(String),
    /// `${…}`, filled in when the package is built or the instance launched.
    Build,
}

/// One placeholder in a decoded value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder {
    /// Its bytes in the decoded value.
    pub range: Range<usize>,
    /// Where its value comes from.
    pub kind: PlaceholderKind,
    /// The name that is looked up.
    pub name: String,
    /// What stands in if the name is not found: literal text, to be judged like any other.
    pub default: Option<String>,
}

/// How much of a value a reader of the file knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// No placeholder is in it.
    Literal,
    /// It has a placeholder without a literal default; `whole` if it is nothing but that.
    Unknown {
        /// Whether the value is one placeholder and nothing else.
        whole: bool,
    },
    /// All its placeholders have literal defaults.
    Default {
        /// Whether the value is one placeholder and nothing else.
        whole: bool,
        /// The value with the defaults in place.
        value: String,
    },
}

/// Says how much of `value` is known.
///
/// # Examples
/// ```
/// use aemlint::osgi::{Known, placeholders::classify};
/// assert_eq!(classify("abc"), Known::Literal);
/// assert_eq!(classify("$[secret:S]"), Known::Unknown { whole: true });
/// let value = "https://x/".to_owned();
/// assert_eq!(classify("https://$[env:H;default=x]/"), Known::Default { whole: false, value });
/// ```
pub fn classify(value: &str) -> Known {
    if !has_placeholder(value) {
        return Known::Literal;
    }
    let found = find(value);
    let whole = matches!(found.as_slice(), [one] if one.range == (0..value.len()));
    let known = found.iter().all(|placeholder| placeholder.default.is_some());
    match interpolation::interpolate(value, &|_, _| None, &mut BUDGET.clone()) {
        Some(value) if known && !has_placeholder(&value) => Known::Default { whole, value },
        _ => Known::Unknown { whole },
    }
}

/// Whether `value` has a placeholder. Cheaper than [`classify`] for the many values without one.
pub fn has_placeholder(value: &str) -> bool {
    !raw(value).is_empty()
}

/// The outermost placeholders of `value`, in order.
pub fn find(value: &str) -> Vec<Placeholder> {
    let mut budget = BUDGET;
    let placeholder = |(range, key): (Range<usize>, Raw<'_>)| match key {
        Raw::Configured { kind, rest } => configured(kind, rest, range, &mut budget),
        Raw::Build(name) => Placeholder { range, kind: PlaceholderKind::Build, name: name.to_owned(), default: None },
    };
    raw(value).into_iter().map(placeholder).collect()
}

/// A placeholder as written, before its directives are looked at.
enum Raw<'v> {
    /// `$[kind:rest]`
    Configured { kind: &'v str, rest: &'v str },
    /// `${name}`
    Build(&'v str),
}

fn raw(value: &str) -> Vec<(Range<usize>, Raw<'_>)> {
    let bytes = value.as_bytes();
    let mut found = Vec::new();
    // Most values have none.
    if memchr::memchr(b'$', bytes).is_none() || !bytes.windows(2).any(|pair| matches!(pair, b"$[" | b"${")) {
        return found;
    }
    let closers = closers(bytes);
    // Braces and colons are looked for once, not again from each `$` before them.
    let mut brace = Next { bytes, byte: b'}', at: 0 };
    let mut colon = Next { bytes, byte: b':', at: 0 };
    let mut at = 0;
    while let Some(step) = memchr::memchr(b'$', bytes.get(at..).unwrap_or_default()) {
        let start = at + step;
        at = start + 1;
        match bytes.get(start + 1) {
            Some(b'[') if !is_escaped(bytes, start) => {
                let closer = closers.binary_search_by_key(&(start + 1), |&(open, _)| open).ok();
                let Some(&(_, end)) = closer.and_then(|n| closers.get(n)) else { continue };
                // Without a type it is no placeholder, and the plugin leaves it alone.
                let sep = colon.from(start + 2);
                if sep < end
                    && let (Some(kind), Some(rest)) = (value.get(start + 2..sep), value.get(sep + 1..end))
                {
                    at = end + 1;
                    found.push((start..at, Raw::Configured { kind, rest }));
                }
            }
            Some(b'{') => {
                let end = brace.from(start + 2);
                if let Some(name) = value.get(start + 2..end).filter(|name| !name.is_empty()) {
                    at = end + 1;
                    found.push((start..at, Raw::Build(name)));
                }
            }
            _ => {}
        }
    }
    found
}

/// The next place of a byte, for places asked in rising order.
struct Next<'b> {
    bytes: &'b [u8],
    byte: u8,
    at: usize,
}

impl Next<'_> {
    /// The first place at or behind `from`; `usize::MAX` if there is none.
    fn from(&mut self, from: usize) -> usize {
        if self.at < from {
            let rest = self.bytes.get(from..).unwrap_or_default();
            self.at = memchr::memchr(self.byte, rest).map_or(usize::MAX, |n| from + n);
        }
        self.at
    }
}

/// The unescaped brackets that match, as (open, close), ordered by where they open.
fn closers(bytes: &[u8]) -> Vec<(usize, usize)> {
    let mut open = Vec::new();
    let mut pairs = Vec::new();
    for at in memchr::memchr2_iter(b'[', b']', bytes) {
        if is_escaped(bytes, at) {
            continue;
        }
        if bytes.get(at) == Some(&b'[') {
            open.push(at);
        } else if let Some(start) = open.pop() {
            pairs.push((start, at));
        }
    }
    pairs.sort_unstable();
    pairs
}

/// Whether exactly one backslash, as far as two characters back tell, stands before `at`.
fn is_escaped(bytes: &[u8], at: usize) -> bool {
    let before = |n: usize| at.checked_sub(n).and_then(|at| bytes.get(at)) == Some(&b'\\');
    before(1) && !before(2)
}

/// The placeholder `$[kind:rest]`.
fn configured(kind: &str, rest: &str, range: Range<usize>, budget: &mut usize) -> Placeholder {
    let kind = match kind {
        "env" => PlaceholderKind::Env,
        "secret" => PlaceholderKind::Secret,
        "prop" => PlaceholderKind::Prop,
        other => PlaceholderKind::Other(other.to_owned()),
    };
    let (name, directives) = rest.split_once(';').map_or((rest, None), |(name, rest)| (name, Some(rest)));
    let default = directives.and_then(|directives| {
        let directives = interpolation::interpolate(&unescape_brackets(directives), &|_, _| None, budget)?;
        let default = interpolation::directive(&directives, "default")?;
        // A default that is itself a placeholder says nothing.
        (!has_placeholder(&default)).then_some(default)
    });
    Placeholder { range, kind, name: name.to_owned(), default }
}

fn unescape_brackets(text: &str) -> Cow<'_, str> {
    if !text.contains("\\]") && !text.contains("\\[") {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let keep = |(at, c): (usize, char)| {
        let bracket = matches!(bytes.get(at + 1), Some(b'[' | b']')) && is_escaped(bytes, at + 1);
        (c != '\\' || !bracket).then_some(c)
    };
    Cow::Owned(text.char_indices().filter_map(keep).collect())
}

/// Whether `value` has the form of text encrypted by AEM's `CryptoSupport`: hexadecimal digits in braces.
pub fn is_encrypted(value: &str) -> bool {
    let digits = value.strip_prefix('{').and_then(|value| value.strip_suffix('}'));
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_placeholders_with_their_places() {
        let value = "a $[env:X] \\$[env:no] ${project.version}$[secret:S;type=String;default=a\\;b]";
        let found = find(value);
        let shown: Vec<_> =
            found.iter().map(|p| (&value[p.range.clone()], p.name.as_str(), p.default.as_deref())).collect();
        assert_eq!(
            shown,
            [
                ("$[env:X]", "X", None),
                ("${project.version}", "project.version", None),
                ("$[secret:S;type=String;default=a\\;b]", "S", Some("a;b")),
            ]
        );
        assert_eq!(found[2].kind, PlaceholderKind::Secret);
    }

    #[test]
    fn tells_how_much_is_known() {
        let default = |whole, value: &str| Known::Default { whole, value: value.into() };
        let table = [
            ("plain $5 [x] {y}", Known::Literal),
            ("$[env:X", Known::Literal),
            ("$[X]", Known::Literal),
            ("${}", Known::Literal),
            ("\\$[env:X]", Known::Literal),
            ("${x}", Known::Unknown { whole: true }),
            ("$[env:X]", Known::Unknown { whole: true }),
            ("a$[env:X]", Known::Unknown { whole: false }),
            ("$[env:X;default=d]", default(true, "d")),
            ("$[env:X;default]", default(true, "")),
            ("$[foo:X;default=d]", default(true, "d")),
            ("a$[env:X;default=d]b$[prop:Y;default=]", default(false, "adb")),
            ("$[env:X;default=d]$[env:Y]", Known::Unknown { whole: false }),
            ("$[env:X;default=$[secret:S]]", Known::Unknown { whole: true }),
            ("$[env:X;default=${y}]", Known::Unknown { whole: true }),
            ("$[env:X;default=$[secret:S;default=d]]", default(true, "d")),
            ("$[env:X;default=a\\]b]", default(true, "a]b")),
        ];
        for (value, known) in table {
            assert_eq!(classify(value), known, "{value}");
        }
    }

    #[test]
    fn a_partial_default_is_still_to_be_had() {
        let found = find("$[env:X;default=https://mc.adobe.io/]$[env:Y]");
        assert_eq!(found[0].default.as_deref(), Some("https://mc.adobe.io/"));
    }

    #[test]
    fn recognises_encrypted_values() {
        assert!(is_encrypted("{1f2e3d}") && is_encrypted("{AB}"));
        for value in ["{}", "{Long}", "1f2e", "{1f2e", "{1f2e} ", "${1f2e}"] {
            assert!(!is_encrypted(value), "{value}");
        }
    }

    #[test]
    fn hostile_values_end_quickly() {
        for part in ["$[", "${", "$[env:", "$[env:$[x;default=", "[", "\\$["] {
            let open = part.repeat(50_000);
            assert!(!has_placeholder(&open), "{part}");
            let closed = open + &"]".repeat(50_000);
            let _ = classify(&closed);
        }
    }
}
