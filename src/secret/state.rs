//! How the value of a secret property is written: readable, encrypted, elsewhere, or not at all.

use super::State;
use osgi_config::placeholders::{self, Placeholder, PlaceholderDefault, PlaceholderKind};

/// A value with more placeholders counts as readable.
const MAX_PLACEHOLDERS_IN_VALUE: usize = 64;

/// Judges the decoded value of a property that should hold a secret.
///
/// What stands beside a placeholder is as readable as any other text: `REAL$[env:STAGE]`. A name before a colon, the
/// scheme of a header and the syntax of JSON are no secret. Placeholders are those of the Felix interpolation plugin (`$[secret:…]`, `$[env:…]`, `$[prop:…]`) and of Maven and
/// the Felix framework (`${…}`). A literal default of a placeholder is as readable as a literal value.
pub fn state(value: &str) -> State {
    let value = value.trim();
    if value.is_empty() {
        return State::Blank;
    }
    if is_encrypted(value) {
        return State::Encrypted;
    }
    if is_hashed(value) {
        return State::Hashed;
    }
    let mut found = placeholders::find(value);
    if found.len() > MAX_PLACEHOLDERS_IN_VALUE {
        return State::Plain;
    }
    // The plugin replaces nothing of an unknown type: it is literal text.
    found.retain(|placeholder| !matches!(placeholder.kind, PlaceholderKind::Other(_)));
    let is_plain = found.is_empty() || found.iter().any(has_readable_default) || has_literal_beside(value, &found);
    if is_plain { State::Plain } else { State::Placeholder }
}

/// Letters and digits beside placeholders from which on they may be a secret.
const MIN_LITERAL: usize = 4;

/// Whether something that may be a secret stands beside the placeholders.
fn has_literal_beside(value: &str, found: &[Placeholder]) -> bool {
    if value.starts_with(['{', '[', '<']) || value.contains("-----BEGIN ") {
        // Of what has members, each is judged by its name.
        return false;
    }
    let mut from = 0;
    let mut longest = 0;
    let end = value.len()..value.len();
    let ends = found.iter().map(|placeholder| placeholder.range.clone()).chain(std::iter::once(end));
    for range in ends {
        let literal = value.get(from..range.start).unwrap_or_default();
        from = range.end;
        let literal = literal.trim_end().strip_suffix(':').map_or(literal, |_| "");
        let words = literal.split(|c: char| !c.is_alphanumeric());
        let secret = words.filter(|word| !["Basic", "Bearer", "basic", "bearer"].contains(word));
        longest = secret.map(|word| word.chars().count()).fold(longest, usize::max);
    }
    longest >= MIN_LITERAL
}

/// Whether it is the hash of a password as Oak keeps it, `{SHA-256}salt-iterations-hash`, or one of bcrypt.
fn is_hashed(value: &str) -> bool {
    let value = value.strip_prefix('\\').unwrap_or(value);
    let inner = value.strip_prefix('{').and_then(|rest| rest.split_once('}'));
    let is_algorithm = |name: &str| {
        let name = name.to_ascii_uppercase();
        ["SHA", "SSHA", "MD5", "PBKDF2"].iter().any(|known| name.starts_with(known))
    };
    inner.is_some_and(|(algorithm, hash)| is_algorithm(algorithm) && hash.len() >= 16)
        || ["$2a$", "$2b$", "$2y$"].iter().any(|scheme| value.starts_with(scheme)) && value.len() >= 50
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
            ("joe:$[secret:TOKEN]", State::Placeholder),
            ("REALSECRET$[env:STAGE]", State::Plain),
            ("${env}REAL", State::Plain),
            ("a $[env:Y] REAL", State::Plain),
            ("${a}.${b}-${c}", State::Placeholder),
            ("{\"secret\": \"$[secret:S]\"}", State::Placeholder),
            ("-----BEGIN PRIVATE KEY-----${KEY}-----END PRIVATE KEY-----", State::Placeholder),
            ("{SHA-256}1f2e3d4c5b6a7988-1000-0123456789abcdef", State::Hashed),
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
