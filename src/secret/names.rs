//! Whether a property holds a secret, by its name.
//!
//! The last words of a name decide: `client.secret` and `getClientSecret` hold one, `secret.rotation.days` and
//! `passwordHint` say something about one. Identifiers that are public by design (client ids, API keys, key aliases,
//! key ids) are no secrets.

use std::ops::Range;
use text_spans::TripletScanner;

/// Parts of words without one of which no name is a secret's.
const KEYWORDS: &[&str] =
    &["secret", "passw", "passphrase", "passcode", "pwd", "pkcs8", "token", "key", "pem", "credentials", "details"];

/// What they begin with.
pub(crate) const KEYWORD_BEGINNINGS: [[u8; 3]; 9] =
    [*b"sec", *b"pas", *b"pwd", *b"pkc", *b"tok", *b"key", *b"pem", *b"cre", *b"det"];

const BEGINNINGS: TripletScanner<9> = TripletScanner::in_any_case(KEYWORD_BEGINNINGS);

/// All keywords.
#[cfg(test)]
pub(crate) fn keyword_literals() -> impl Iterator<Item = &'static str> {
    KEYWORDS.iter().copied()
}

/// Where the keywords are in a text, whatever their case, in order, without overlaps.
pub(super) fn keywords(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut end_of_last = 0;
    BEGINNINGS.find_iter(bytes).filter_map(move |start| {
        let rest = bytes.get(start..).filter(|_| start >= end_of_last)?;
        let is_here = |keyword: &&&str| {
            rest.get(..keyword.len()).is_some_and(|text| text.eq_ignore_ascii_case(keyword.as_bytes()))
        };
        end_of_last = start + KEYWORDS.iter().find(is_here)?.len();
        Some(start..end_of_last)
    })
}

/// Whether a text holds a keyword, without which no name in it is that of a secret.
pub fn has_keyword(text: &str) -> bool {
    keywords(text.as_bytes()).next().is_some()
}

/// Words that make a name a secret's when they come last.
const LAST: &[&str] =
    &["secret", "secrets", "password", "passwords", "passwd", "passphrase", "passcode", "pwd", "pkcs8", "token"];

/// Word pairs that do so together.
const LAST_TWO: &[(&str, &str)] = &[
    ("private", "key"),
    ("private", "pem"),
    ("secret", "key"),
    ("secret", "value"),
    ("password", "value"),
    ("token", "value"),
    ("encryption", "key"),
    ("signing", "key"),
    ("hmac", "key"),
    ("master", "key"),
    ("shared", "key"),
    ("account", "key"),
    ("service", "credentials"),
    ("account", "details"),
];

/// Endings of words that were written together: `clientsecret`, `privatekey`.
const ENDINGS: &[&str] = &[
    "clientsecret",
    "apisecret",
    "sharedsecret",
    "appsecret",
    "consumersecret",
    "tokensecret",
    "secretkey",
    "secretaccesskey",
    "privatekey",
    "password",
    "passphrase",
    "accesstoken",
    "refreshtoken",
    "authtoken",
    "bearertoken",
    "servicetoken",
    "sessiontoken",
    "apitoken",
    "jwttoken",
];

/// Words that turn the name into a statement about a secret: a switch, a limit, a kind.
const ABOUT: &[&str] = &[
    "is",
    "has",
    "use",
    "uses",
    "enable",
    "enabled",
    "disable",
    "disabled",
    "require",
    "requires",
    "required",
    "show",
    "hide",
    "allow",
    "allows",
    "need",
    "needs",
    "change",
    "forgot",
    "validate",
    "check",
    "ignore",
    "min",
    "max",
    "csrf",
    "cancellation",
    "page",
    "next",
    "public",
    "encrypt",
    "store",
];

/// Bytes of a name that are judged; of a longer one these are its last.
const MAX_NAME_BYTES: usize = 256;

/// Whether a property of this name holds a secret: `clientSecret`, `auth.ims.client.secret`, `getPrivateKey`,
/// `aio.encoded.pkcs8`. Case, separators and camel case do not matter; `apiKey` and `client.id` are public.
///
/// A name says what a value should be, not what it is: see [`state`](super::state) and [`shapes`](super::shapes).
#[inline]
pub fn is_secret_name(key: &str) -> bool {
    // Called for every property of every node; nearly all names fail the first test.
    ends_like_one(key) && keywords(key.as_bytes()).next().is_some() && is_secret_by_words(key)
}

/// The same, word by word.
#[cold]
fn is_secret_by_words(key: &str) -> bool {
    let mut from = key.len().saturating_sub(MAX_NAME_BYTES);
    while !key.is_char_boundary(from) {
        from += 1;
    }
    let words = words(key.get(from..).unwrap_or_default());
    let Some((last, before)) = words.split_last() else { return false };
    let previous = before.last().map_or("", String::as_str);
    let named = LAST.contains(&last.as_str())
        || LAST_TWO.iter().any(|&(first, second)| second == last && first == previous)
        || (previous == "access" && last == "key" && before.iter().rev().nth(1).is_some_and(|word| word == "secret"))
        || ENDINGS.iter().any(|ending| last.ends_with(ending));
    named && !before.iter().any(|word| ABOUT.contains(&word.as_str()))
}

/// Whether a word that makes a name a secret's ends with these letters.
fn ends_one(before: u8, last: u8) -> bool {
    matches!(
        [before.to_ascii_lowercase(), last.to_ascii_lowercase()],
        [b'e', b't' | b'n' | b'y' | b'm']
            | [b't' | b'd' | b'l', b's']
            | [b'r' | b'w', b'd']
            | [b's' | b'd' | b'u', b'e']
            | [b's', b'8']
    )
}

/// Whether the last word of a name can be that of a secret, as far as its last two letters tell.
fn ends_like_one(key: &str) -> bool {
    // Nearly all names end with a letter.
    if let [.., before, last] = key.as_bytes()
        && last.is_ascii_alphanumeric()
    {
        return ends_one(*before, *last);
    }
    let mut bytes = key.bytes().rev().skip_while(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric());
    match (bytes.next(), bytes.next()) {
        (Some(last), Some(before)) if last.is_ascii() => ends_one(before, last),
        (last, _) => last.is_some_and(|last| !last.is_ascii()),
    }
}

/// The words of a name, lower case: split at everything that is no letter or digit, and where camel case begins a word.
fn words(name: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = name.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let after_is_lower = chars.peek().is_some_and(|next| next.is_lowercase());
        // `clientSecret` begins a word at S, `AMCOrgId` at O: the last capital of a run belongs to what follows.
        let begins = c.is_uppercase() && (!before.is_uppercase() || after_is_lower);
        if (begins || !c.is_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
        before = c;
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for name in [
            "clientSecret",
            "CLIENT_SECRET",
            "auth.ims.client.secret",
            "auth.ims.client.secrets",
            "auth.token.provider.client.secret",
            "oauth.provider.ims.service.token.client.secret",
            "oauth.provider.ims.service.token",
            "getClientSecret",
            "password",
            "transportPassword",
            "keystore-password",
            "privateKey",
            "getPrivateKey",
            "private.key",
            "aio.encoded.pkcs8",
            "aio.client.secret",
            "service.account.details",
            "serviceCredentials",
            "token",
            "accessToken",
            "access_token",
            "clientsecret",
            "privatekey",
            "aws.secret.access.key",
            "./clientSecret",
            "cq:password",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn every_ending_has_a_stem() {
        let pairs = LAST_TWO.iter().map(|(first, second)| format!("{first}{second}"));
        for ending in LAST.iter().chain(ENDINGS).map(|&word| word.to_owned()).chain(pairs) {
            assert!(keywords(ending.as_bytes()).next().is_some(), "{ending}");
            for name in [ending.clone(), ending.to_uppercase(), format!("{ending}-"), format!("{ending}é")] {
                assert!(ends_like_one(&name), "{name}");
            }
        }
    }

    #[test]
    fn every_stem_is_found_in_any_case() {
        for keyword in KEYWORDS {
            for text in [format!("x{keyword}"), keyword.to_uppercase()] {
                let mut found = keywords(text.as_bytes());
                assert_eq!(found.next(), Some(text.len() - keyword.len()..text.len()), "{text}");
                assert_eq!(found.next(), None, "{text}");
            }
            // Else which of two is found would depend on where it ends.
            assert!(KEYWORDS.iter().all(|other| other == keyword || !keyword.contains(other)), "{keyword}");
        }
    }

    #[test]
    fn names_about_secrets_and_public_identifiers() {
        for name in [
            "",
            "secretary",
            "tokenUrl",
            "password.policy",
            "passwordHint",
            "auth.access.token.request",
            "auth.token.provider.title",
            "auth.token.provider.client.id",
            "auth.token.provider.keypair.alias",
            "auth.token.validator.type",
            "token.request.customizer.type",
            "token.timeout",
            "secret.rotation.days",
            "apiKey",
            "aio.api.key",
            "apikey",
            "clientId",
            "aio.credential.id",
            "getPrivateKeyFile",
            "privateKeyAlias",
            "requirePassword",
            "hidePassword",
            "hasToken",
            "csrf.token",
            "publicKey",
            "clientSecret@Encrypted",
            "accessKey",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
