//! How the value of a secret property is written: readable, encrypted, elsewhere, or not at all.

use super::State;
use osgi_config::placeholders::{self, Placeholder, PlaceholderDefault, PlaceholderKind};

/// A value with more placeholders counts as readable.
const MAX_PLACEHOLDERS_IN_VALUE: usize = 64;

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
    let mut found = placeholders::find(value);
    if found.len() > MAX_PLACEHOLDERS_IN_VALUE {
        return State::Plain;
    }
    // The plugin replaces nothing of an unknown type: it is literal text.
    found.retain(|placeholder| !matches!(placeholder.kind, PlaceholderKind::Other(_)));
    if found.is_empty() || found.iter().any(has_readable_default) { State::Plain } else { State::Placeholder }
}

/// Whether AEM's crypto support wrote it: hex digits in braces. In docview XML a backslash may stand before the brace.
fn is_encrypted(value: &str) -> bool {
    let value = value.strip_prefix('\\').unwrap_or(value);
    let inner = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    inner.is_some_and(|hex| !hex.is_empty() && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whether a default has text that is no placeholder. One that cannot be followed counts as readable.
fn has_readable_default(placeholder: &Placeholder) -> bool {
    match &placeholder.default {
        PlaceholderDefault::Absent => false,
        PlaceholderDefault::TooComplex => true,
        PlaceholderDefault::Text(text) => {
            let mut from = 0;
            let mut literal = String::new();
            for Placeholder { range, .. } in placeholders::find(text) {
                literal.push_str(text.get(from..range.start).unwrap_or_default());
                from = range.end;
            }
            literal.push_str(text.get(from..).unwrap_or_default());
            !literal.trim().is_empty()
        }
    }
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
            ("$[env:SECRET;default=hunter2$[secret:OTHER]]", State::Plain),
            ("$[env:SECRET;default=$[secret:OTHER]hunter2]", State::Plain),
            ("${client.secret;default=hunter2}", State::Plain),
            ("\\$[secret:ESCAPED]", State::Plain),
            ("$[other:SECRET]", State::Plain),
            ("$[other:SECRET;default=hunter2]", State::Plain),
            ("$[secret:UNCLOSED", State::Plain),
            ("pa$$w0rd$", State::Plain),
        ] {
            assert_eq!(state(value), expected, "{value}");
        }
        assert_eq!(state(&"$[secret:S]".repeat(64)), State::Placeholder);
        assert_eq!(state(&"$[secret:S]".repeat(65)), State::Plain);
        let nested = |levels: usize| "$[env:S;default=".repeat(levels) + "hunter2" + &"]".repeat(levels);
        assert_eq!(state(&nested(3)), State::Plain);
        assert_eq!(state(&nested(30)), State::Plain);
    }
}
