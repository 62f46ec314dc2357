//! How the value of a secret property is written: readable, encrypted, elsewhere, or not at all.

use super::State;

/// More placeholders than this in one value are no honest value; it counts as readable. Bounds the work.
const MOST_PLACEHOLDERS: usize = 64;

/// Judges the decoded value of a property that should hold a secret.
///
/// Placeholders are those of the Felix interpolation plugin (`$[secret:…]`, `$[env:…]`, `$[prop:…]`) and of Maven and
/// the Felix framework (`${…}`). A literal default of a placeholder is as readable as a literal value.
pub fn state(value: &str) -> State {
    let value = value.trim();
    if value.is_empty() {
        return State::Blank;
    }
    if is_encrypted(value) {
        return State::Encrypted;
    }
    match placeholder_defaults(value) {
        None => State::Plain,
        Some(literal) if literal => State::Plain,
        Some(_) => State::Placeholder,
    }
}

/// Whether AEM's crypto support wrote it: hex digits in braces. In docview XML a backslash may stand before the brace.
fn is_encrypted(value: &str) -> bool {
    let value = value.strip_prefix('\\').unwrap_or(value);
    let inner = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    inner.is_some_and(|hex| !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// `None` if there is no placeholder, else whether one of them has a literal default that is not blank.
fn placeholder_defaults(value: &str) -> Option<bool> {
    let mut found = false;
    let mut rest = value;
    let mut opened = 0;
    while let Some(at) = rest.find('$') {
        rest = &rest[at + 1..];
        let (open, close) = match rest.as_bytes().first() {
            Some(b'[') => (b'[', b']'),
            Some(b'{') => (b'{', b'}'),
            _ => continue,
        };
        opened += 1;
        if opened > MOST_PLACEHOLDERS {
            return Some(true);
        }
        let Some(end) = closing(rest.as_bytes(), open, close) else { continue };
        let body = &rest[1..end];
        if open == b'[' && !["secret:", "env:", "prop:"].iter().any(|kind| body.starts_with(kind)) {
            continue;
        }
        found = true;
        // A default that is itself a placeholder is judged when the search comes to it: `rest` still holds it.
        let default = body.split_once(";default=").map_or("", |(_, rest)| literal_default(rest));
        if !default.trim().is_empty() && !default.starts_with("$[") && !default.starts_with("${") {
            return Some(true);
        }
    }
    found.then_some(false)
}

/// The text of a default: up to the next directive.
fn literal_default(text: &str) -> &str {
    [";type=", ";delimiter=", ";default="]
        .iter()
        .filter_map(|next| text.find(next))
        .min()
        .map_or(text, |end| &text[..end])
}

/// Where the bracket at the first byte is closed.
fn closing(bytes: &[u8], open: u8, close: u8) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, &byte) in bytes.iter().enumerate().take(4096) {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth -= 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_secret() {
        for (value, expected) in [
            ("", State::Blank),
            (" \t\n", State::Blank),
            ("hunter2", State::Plain),
            ("{0123456789abcdefABCDEF}", State::Encrypted),
            ("\\{0123456789abcdef}", State::Encrypted),
            ("{}", State::Plain),
            ("{not hex}", State::Plain),
            ("$[secret:CLIENT_SECRET]", State::Placeholder),
            ("$[env:SECRET;type=String]", State::Placeholder),
            ("$[prop:secret]", State::Placeholder),
            ("${client.secret}", State::Placeholder),
            ("Bearer $[secret:TOKEN]", State::Placeholder),
            ("$[env:SECRET;default=hunter2]", State::Plain),
            ("$[env:SECRET;type=String;default=hunter2]", State::Plain),
            ("$[env:SECRET;default=;type=String]", State::Placeholder),
            ("$[env:SECRET;default=$[secret:OTHER]]", State::Placeholder),
            ("$[env:SECRET;default=$[secret:OTHER;default=hunter2]]", State::Plain),
            ("$[other:SECRET]", State::Plain),
            ("$[secret:UNCLOSED", State::Plain),
            ("pa$$w0rd$", State::Plain),
        ] {
            assert_eq!(state(value), expected, "{value}");
        }
    }
}
