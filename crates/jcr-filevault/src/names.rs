//! File names of a package and the repository names that they stand for.
//!
//! Follows FileVault's `PlatformNameFormat`: `_cq_content` is `cq:content`, `%xx` is one Latin-1 character, a leading
//! `__` is one `_`.

use std::borrow::Cow;

/// The repository name of a file or directory name (`PlatformNameFormat.getRepositoryName`).
pub fn to_repository(name: &str) -> Cow<'_, str> {
    // How much of it is copied as it is: upstream looks at the character behind a leading `_` and then forgets to decode it.
    let first = |text: &str| text.chars().next().map_or(0, char::len_utf8);
    let (unescaped, copied) = match name.strip_prefix('_') {
        None => (Cow::Borrowed(name), 0),
        Some(rest) if rest.starts_with('_') => (Cow::Borrowed(rest), 1),
        Some(rest) => match rest.split_once('_') {
            Some((prefix, local)) => (Cow::Owned(format!("{prefix}:{local}")), first(rest)),
            None => (Cow::Borrowed(name), 1 + first(rest)),
        },
    };
    if !unescaped.contains('%') {
        return unescaped;
    }
    let (copied, rest) = unescaped.split_at_checked(copied).unwrap_or((&unescaped, ""));
    Cow::Owned(format!("{copied}{}", unescape(rest)))
}

/// The repository path of a path of file names: every segment decoded and, with `dot_dir`, freed of a final `.dir`
/// (`PlatformNameFormat.getRepositoryPath`). Empty segments stay.
pub fn path_to_repository(path: &str, dot_dir: bool) -> String {
    if is_literal(path) {
        return path.to_owned();
    }
    let mut out = String::with_capacity(path.len());
    let mut from = 0;
    for end in memchr::memchr_iter(b'/', path.as_bytes()).chain([path.len()]) {
        if from > 0 {
            out.push('/');
        }
        push_segment(&mut out, path.get(from..end).unwrap_or_default(), dot_dir);
        from = end + 1;
    }
    out
}

/// Adds what [`segment_to_repository`] gives; without a copy of its own where nothing is escaped.
fn push_segment(out: &mut String, segment: &str, dot_dir: bool) {
    if memchr::memchr(b'%', segment.as_bytes()).is_some() {
        out.push_str(&segment_to_repository(segment, dot_dir));
        return;
    }
    let name = match segment.strip_prefix('_') {
        None => segment,
        Some(rest) if rest.starts_with('_') => rest,
        Some(rest) => {
            match memchr::memchr(b'_', rest.as_bytes()).and_then(|at| Some((rest.get(..at)?, rest.get(at + 1..)?))) {
                Some((prefix, local)) => {
                    out.push_str(prefix);
                    out.push(':');
                    local
                }
                None => segment,
            }
        }
    };
    out.push_str(name.strip_suffix(".dir").filter(|_| dot_dir).unwrap_or(name));
}

/// Whether every file name in a path stands for itself, as far as a quick check can find out.
fn is_literal(path: &str) -> bool {
    let bytes = path.as_bytes();
    let begins_segment = |at: usize| at == 0 || bytes.get(at - 1) == Some(&b'/');
    memchr::memchr(b'%', bytes).is_none()
        && !memchr::memchr_iter(b'_', bytes).any(begins_segment)
        && !memchr::memchr_iter(b'.', bytes).any(|at| bytes.get(at..at + 4) == Some(b".dir"))
}

/// One segment of [`path_to_repository`].
fn segment_to_repository(segment: &str, dot_dir: bool) -> Cow<'_, str> {
    match to_repository(segment) {
        Cow::Borrowed(name) if dot_dir => Cow::Borrowed(name.strip_suffix(".dir").unwrap_or(name)),
        Cow::Owned(mut name) if dot_dir => {
            if name.ends_with(".dir") {
                name.truncate(name.len() - ".dir".len());
            }
            Cow::Owned(name)
        }
        name => name,
    }
}

/// Replaces `%xx`. Malformed digits do not fail: upstream adds `Character.digit`'s -1 and wraps to 16 bits.
fn unescape(name: &str) -> String {
    let units: Vec<u16> = name.encode_utf16().collect();
    let mut out = Vec::with_capacity(units.len());
    let mut at = 0;
    while let Some(&unit) = units.get(at) {
        match (unit, units.get(at + 1), units.get(at + 2)) {
            (0x25, Some(&high), Some(&low)) => {
                out.push((digit(high) << 4).wrapping_add(digit(low)) as u16);
                at += 3;
            }
            _ => {
                out.push(unit);
                at += 1;
            }
        }
    }
    String::from_utf16_lossy(&out)
}

/// Java's `Character.digit(unit, 16)` for ASCII and fullwidth digits, -1 for anything else.
fn digit(unit: u16) -> i16 {
    let folded = if (0xff01..=0xff5e).contains(&unit) { unit - 0xfee0 } else { unit };
    let value = char::from_u32(folded.into()).and_then(|c| c.to_digit(16));
    value.and_then(|value| i16::try_from(value).ok()).unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    #[test]
    fn maps_names_as_upstream() {
        let mut seen = 0;
        for vector in vectors::read("platform-name.jsonl") {
            let text = |key: &str| vector.input[key].as_str().unwrap_or_default();
            let actual = match vector.format.as_str() {
                "platform.toRepo" => to_repository(text("name")).into_owned(),
                // The other direction: the file name that upstream writes must lead back to the repository name.
                "platform.toPlatform" => {
                    let file_name = vector.expected.as_str().unwrap();
                    // Upstream itself does not read back what it writes for `_:b`.
                    if file_name.starts_with("_%") {
                        continue;
                    }
                    assert_eq!(to_repository(file_name), text("name"), "{} {}", vector.format, vector.input);
                    seen += 1;
                    continue;
                }
                "platform.pathToRepo" => path_to_repository(text("path"), vector.input["dotDir"].as_bool().unwrap()),
                other => panic!("unknown format {other}"),
            };
            assert_eq!(actual, vector.expected.as_str().unwrap(), "{} {}", vector.format, vector.input);
            seen += 1;
        }
        assert!(seen > 200, "only {seen} vectors");
    }

    proptest::proptest! {
        #[test]
        fn a_path_is_its_segments(path in "([_%:.a-z0-9é]|__|\\.dir|_cq_|%3a|/){0,12}", dot_dir in proptest::bool::ANY) {
            let segments: Vec<_> = path.split('/').map(|segment| segment_to_repository(segment, dot_dir)).collect();
            proptest::prop_assert_eq!(path_to_repository(&path, dot_dir), segments.join("/"));
        }

        #[test]
        fn never_panics(name in "\\PC{0,20}|[_%:a0-9zé😀.]{0,12}") {
            to_repository(&name);
        }
    }
}
