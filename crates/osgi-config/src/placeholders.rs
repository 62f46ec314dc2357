//! Placeholders in configuration values. `$[env:…]`, `$[secret:…]` and `$[prop:…]` are filled in by the Felix
//! interpolation plugin when a service gets its configuration; `${…}` by Maven or at launch, `@…@` by Maven, of which these are
//! the two forms that its resources plugin knows by default. Either way the value is
//! unknown to whoever reads the file, save for the default that a placeholder may bring along.

use std::borrow::Cow;
use std::ops::Range;

use super::interpolation::{self, MAX_INTERPOLATION_BYTES};

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
    /// `${…}` or `@…@`, filled in when the package is built or the instance launched.
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
    /// What stands in if the name is not found.
    pub default: PlaceholderDefault,
}

/// The default of a [`Placeholder`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlaceholderDefault {
    /// The placeholder has no default.
    Absent,
    /// The default, with the defaults of the placeholders in it in their place. Placeholders without one are left in it.
    Text(String),
    /// The default nests more deeply, or is longer, than is followed.
    TooComplex,
}

impl PlaceholderDefault {
    /// The default, if it holds no placeholder any more.
    pub fn literal(&self) -> Option<&str> {
        match self {
            Self::Text(text) if !has_placeholder(text) => Some(text),
            _ => None,
        }
    }
}

/// Replaces the placeholders of `value` as the Felix interpolation plugin (`Interpolator`) does: by what `lookup` returns
/// for a type (`env`, `secret`, `prop`) and a name, or by their defaults. Placeholders with neither, and `${…}`, stay.
///
/// `None` if the value nests too deeply, or grows too long, to be followed. The plugin itself never ends on such values,
/// or overflows its stack.
///
/// # Examples
/// ```
/// use osgi_config::placeholders::interpolate;
/// let lookup = |kind: &str, name: &str| (kind == "env" && name == "HOST").then(|| "example.com".to_owned());
/// assert_eq!(interpolate("https://$[env:HOST]/", &lookup).as_deref(), Some("https://example.com/"));
/// assert_eq!(interpolate("$[env:PORT;default=80]", &lookup).as_deref(), Some("80"));
/// assert_eq!(interpolate("$[secret:S]", &lookup).as_deref(), Some("$[secret:S]"));
/// ```
pub fn interpolate(value: &str, lookup: &dyn Fn(&str, &str) -> Option<String>) -> Option<String> {
    interpolation::interpolate(value, lookup, &mut MAX_INTERPOLATION_BYTES.clone())
}

/// Whether `value` has a placeholder. Cheaper than [`find`] for the many values without one.
pub fn has_placeholder(value: &str) -> bool {
    !raw(value).is_empty()
}

/// The outermost placeholders of `value`, in order. An escaped `$[`, a bracket that is never closed, a `$[…]` without a
/// type and an empty `${}` are none.
///
/// # Examples
/// ```
/// use osgi_config::placeholders::{PlaceholderKind, find};
/// let found = find("https://$[env:HOST;default=example.com]/");
/// assert_eq!(found[0].kind, PlaceholderKind::Env);
/// assert_eq!(found[0].name, "HOST");
/// assert_eq!(found[0].default.literal(), Some("example.com"));
/// ```
pub fn find(value: &str) -> Vec<Placeholder> {
    let mut budget = MAX_INTERPOLATION_BYTES;
    let placeholder = |(range, key): (Range<usize>, Raw<'_>)| match key {
        Raw::Configured { kind, rest } => configured(kind, rest, range, &mut budget),
        Raw::Filtered(name) => Placeholder {
            range,
            kind: PlaceholderKind::Build,
            name: name.to_owned(),
            default: PlaceholderDefault::Absent,
        },
        Raw::Build(text) => {
            let (name, directives) = name_and_directives(text);
            Placeholder { range, kind: PlaceholderKind::Build, name, default: default(directives, &mut budget) }
        }
    };
    raw(value).into_iter().map(placeholder).collect()
}

/// A placeholder as written, before its directives are looked at.
enum Raw<'v> {
    /// `$[kind:rest]`
    Configured { kind: &'v str, rest: &'v str },
    /// `${name}`
    Build(&'v str),
    /// `@name@`
    Filtered(&'v str),
}

/// All placeholders, in order.
fn raw(value: &str) -> Vec<(Range<usize>, Raw<'_>)> {
    let mut found = with_dollar(value);
    let filtered = with_at_signs(value);
    if !filtered.is_empty() {
        let is_apart =
            |range: &Range<usize>| found.iter().all(|(other, _)| other.end <= range.start || range.end <= other.start);
        let filtered: Vec<_> = filtered.into_iter().filter(|(range, _)| is_apart(range)).collect();
        found.extend(filtered);
        found.sort_by_key(|(range, _)| range.start);
    }
    found
}

/// Most placeholders with at signs that are looked at in one value.
const MAX_FILTERED_PLACEHOLDERS: usize = 64;

/// The names between at signs. One that stands behind a letter or a digit is that of an e-mail address.
fn with_at_signs(value: &str) -> Vec<(Range<usize>, Raw<'_>)> {
    let bytes = value.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(step) = memchr::memchr(b'@', bytes.get(at..).unwrap_or_default()) {
        let start = at + step;
        at = start + 1;
        let is_in_word =
            start.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(u8::is_ascii_alphanumeric);
        let rest = bytes.get(at..).unwrap_or_default();
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let len = rest.iter().position(|byte| !is_name(byte)).unwrap_or(rest.len());
        let ends = rest.get(len) == Some(&b'@') && !rest.get(len + 1).is_some_and(u8::is_ascii_alphanumeric);
        let begins = rest.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
        if let Some(name) = value.get(at..at + len).filter(|_| !is_in_word && begins && ends)
            && found.len() < MAX_FILTERED_PLACEHOLDERS
        {
            at += len + 1;
            found.push((start..at, Raw::Filtered(name)));
        }
    }
    found
}

/// Those that begin with a `$`.
fn with_dollar(value: &str) -> Vec<(Range<usize>, Raw<'_>)> {
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
    let (name, directives) = name_and_directives(rest);
    Placeholder { range, kind, name, default: default(directives, budget) }
}

/// The name that is looked up, and the directives behind its first `;`.
fn name_and_directives(text: &str) -> (String, Option<&str>) {
    text.split_once(';').map_or((text.to_owned(), None), |(name, directives)| (name.to_owned(), Some(directives)))
}

fn default(directives: Option<&str>, budget: &mut usize) -> PlaceholderDefault {
    let Some(directives) = directives else { return PlaceholderDefault::Absent };
    match interpolation::interpolate(&unescape_brackets(directives), &|_, _| None, budget) {
        None => PlaceholderDefault::TooComplex,
        Some(directives) => interpolation::directive(&directives, "default")
            .map_or(PlaceholderDefault::Absent, PlaceholderDefault::Text),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_between_at_signs_are_filled_in_by_the_build() {
        let names = |value: &str| -> Vec<String> { find(value).into_iter().map(|found| found.name).collect() };
        assert_eq!(names("@ims.host@"), ["ims.host"]);
        assert_eq!(names("\"iss\" : \"@org@\""), ["org"]);
        assert_eq!(names("https://@host@/${path}"), ["host", "path"]);
        for none in ["0123@AdobeOrg", "a@b.com, c@d.com", "p@ssw0rd@1", "@", "@@", "@a b@", "user@host@", "@1@", "@a@b"]
        {
            assert_eq!(find(none), [], "{none}");
        }
    }

    #[test]
    fn finds_placeholders_with_their_places() {
        let value = "a $[env:X] \\$[env:no] ${project.version}$[secret:S;type=String;default=a\\;b]";
        let found = find(value);
        let shown: Vec<_> =
            found.iter().map(|p| (&value[p.range.clone()], p.name.as_str(), p.default.literal())).collect();
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

    /// The placeholders of a value with their defaults, and the value with all defaults in place.
    fn shown(value: &str) -> (Vec<(&str, PlaceholderDefault)>, Option<String>) {
        let found = find(value).into_iter().map(|p| (&value[p.range], p.default)).collect();
        (found, interpolate(value, &|_, _| None))
    }

    #[test]
    fn values_without_a_placeholder_are_literal() {
        for value in ["plain $5 [x] {y}", "$[env:X", "$[X]", "${}", "\\$[env:X]"] {
            assert_eq!(shown(value).0, [], "{value}");
            assert!(!has_placeholder(value), "{value}");
        }
    }

    #[test]
    fn a_placeholder_without_a_literal_default_is_unknown() {
        use PlaceholderDefault::{Absent, Text};
        for (value, whole, default) in [
            ("${x}", true, Absent),
            ("$[env:X]", true, Absent),
            ("a$[env:X]", false, Absent),
            ("$[env:X;default=$[secret:S]]", true, Text("$[secret:S]".into())),
            ("$[env:X;default=${y}]", true, Text("${y}".into())),
        ] {
            let (found, _) = shown(value);
            let [(written, found)] = found.as_slice() else { panic!("{value}") };
            assert_eq!((*written == value, found), (whole, &default), "{value}");
            assert_eq!(found.literal(), None, "{value}");
        }
        let (found, _) = shown("$[env:X;default=d]$[env:Y]");
        assert_eq!(found.iter().map(|(_, default)| default.literal()).collect::<Vec<_>>(), [Some("d"), None]);
    }

    #[test]
    fn literal_defaults_are_known() {
        for (value, whole, expected) in [
            ("$[env:X;default=d]", true, "d"),
            ("$[env:X;default]", true, ""),
            ("$[foo:X;default=d]", true, "d"),
            ("a$[env:X;default=d]b$[prop:Y;default=]", false, "adb"),
            ("$[env:X;default=$[secret:S;default=d]]", true, "d"),
            ("$[env:X;default=a\\]b]", true, "a]b"),
        ] {
            let (found, interpolated) = shown(value);
            assert!(found.iter().all(|(_, default)| default.literal().is_some()), "{value}");
            assert_eq!(matches!(found.as_slice(), [(one, _)] if *one == value), whole, "{value}");
            assert_eq!(interpolated.as_deref(), Some(expected), "{value}");
        }
        assert_eq!(find("${x;default=d}")[0].default.literal(), Some("d"));
    }

    #[test]
    fn a_default_that_nests_too_deeply_is_not_followed() {
        let value = "$[env:X;default=".repeat(20) + "d" + &"]".repeat(20);
        assert_eq!(find(&value)[0].default, PlaceholderDefault::TooComplex);
    }

    #[test]
    fn a_partial_default_is_still_to_be_had() {
        let found = find("$[env:X;default=https://mc.adobe.io/]$[env:Y]");
        assert_eq!(found[0].default.literal(), Some("https://mc.adobe.io/"));
    }

    #[test]
    fn hostile_values_end_quickly() {
        for part in ["$[", "${", "$[env:", "$[env:$[x;default=", "[", "\\$["] {
            let open = part.repeat(50_000);
            assert!(!has_placeholder(&open), "{part}");
            let closed = open + &"]".repeat(50_000);
            let _ = find(&closed);
        }
    }
}
