//! Whether a property holds a secret, by its name.
//!
//! Two questions, of which the first is answered the more widely: may the value be shown, and is it to be reported? A name
//! that has a word of credentials in it *suggests* a secret, whatever stands around that word: its value is masked. Only
//! where a word behind it says that the value tells about a secret (`privateKeyAlias`, `tokenUrl`, `password.maxLength`) the
//! value is shown. What is reported depends on what the name says and on what the value looks like.

mod vocabulary;
mod words;

use std::ops::Range;
use vocabulary::{
    ABOUT_BEFORE, KEY_OF_SERVICE, KEY_OF_TABLE, KEYWORDS, OPEN_TOKEN, QUALIFIER, SECRET_PAIRS, TELLING, TRIPLETS,
    WordKind, kind_of,
};
use words::Words;
pub(crate) use words::is_invisible;

#[cfg(test)]
pub(crate) use vocabulary::keyword_literals;

/// What the name of a property says about its value, in the order of how certain it is that the value is a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Naming {
    /// Nothing, or that it tells about a secret: `title`, `tokenUrl`.
    Open,
    /// It may be a secret, and is not shown: `auth.data`, `csrf.token`.
    Suggests,
    /// A key of some kind, which is a secret if it looks generated: `orderKey`. Of nodes it is only masked, since the
    /// prefilter could not search for such names.
    AnyKey,
    /// A key of a service, or something about a secret that is none by name alone: `apiKey`, `xSecretHeader`.
    Key,
    /// A token: `accessToken`.
    Token,
    /// A password, a secret or a private key: `client.secret`, `rep:password`.
    Secret,
}

/// Where the keywords are in a text, whatever their case, in order, without overlaps.
pub(super) fn keywords(bytes: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let mut end_of_last = 0;
    TRIPLETS.find_iter(bytes).filter_map(move |at| {
        let is_here = |&&(keyword, offset): &&(&str, usize)| {
            let start = at.checked_sub(offset).filter(|&start| start >= end_of_last);
            start
                .and_then(|start| bytes.get(start..start + keyword.len()))
                .is_some_and(|text| text.eq_ignore_ascii_case(keyword.as_bytes()))
        };
        let &(keyword, offset) = KEYWORDS.iter().find(is_here)?;
        end_of_last = at - offset + keyword.len();
        Some(at - offset..end_of_last)
    })
}

/// Whether a text holds a keyword, without which no name in it suggests a secret.
pub fn has_keyword(text: &str) -> bool {
    keywords(text.as_bytes()).next().is_some()
}

/// Whether a property of this name in a node makes a fact if its value fits: it is named like a key of a service, a token
/// or a secret.
#[inline]
pub fn is_secret_name(key: &str) -> bool {
    // Called for every property of every node; nearly all names fail the first test.
    may_be_reported(key) && naming(key) >= Naming::Key
}

/// What the name says. Case, separators and camel case do not matter.
pub fn naming(name: &str) -> Naming {
    if name.chars().any(is_invisible) {
        return naming(&name.replace(is_invisible, ""));
    }
    let (prefix, local) = name.rsplit_once(':').unwrap_or(("", name));
    // The repository's own: `jcr:lockToken` is no credential, and `sling:key` that of a translation.
    if prefix == "jcr" || name == "sling:key" || keywords(local.as_bytes()).next().is_none() {
        return Naming::Open;
    }
    let said = of_words(&Words::of(local));
    if said == Naming::Key && !is_searchable(local) { Naming::AnyKey } else { said }
}

/// Whether one of the needles of the prefilter stands in a name that is one of a key.
fn is_searchable(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let holds = |word: &&str| name.contains(word);
    ["secret", "passw", "passphrase", "passcode", "pwd", "pkcs", "token", "private", "encryption", "signing", "hmac"]
        .iter()
        .chain(&["master", "shared", "account", "credential", "authorization", "subscription"])
        .any(holds)
        || ["api", "working"]
            .iter()
            .any(|first| ["", "_", "-", "."].iter().any(|by| name.contains(&format!("{first}{by}key"))))
}

#[cold]
fn of_words(words: &Words) -> Naming {
    let all: Vec<&str> = words.iter().collect();
    let Some(at) = all.iter().rposition(|word| kind_of(word) != WordKind::Other) else { return Naming::Open };
    let (before, after) = (all.get(..at).unwrap_or_default(), all.get(at + 1..).unwrap_or_default());
    let Some(&word) = all.get(at) else { return Naming::Open };
    let previous = before.last().copied().unwrap_or_default();
    let is_set_up = |word: &&str| TELLING.contains(word) && !(*word == "id" && kind_of(all[at]) == WordKind::Secret);
    if after.iter().any(is_set_up) || word == "key" && KEY_OF_TABLE.contains(&previous) {
        return Naming::Open;
    }
    let said = match kind_of(word) {
        WordKind::Secret => Naming::Secret,
        WordKind::Token if OPEN_TOKEN.contains(&previous) => return Naming::Suggests,
        WordKind::Token => Naming::Token,
        WordKind::Credentials if previous == "service" => Naming::Secret,
        WordKind::Credentials => Naming::Key,
        WordKind::Key if is_secret_pair(previous, word) || is_secret_access_key(before, word) => Naming::Secret,
        WordKind::Key if KEY_OF_SERVICE.contains(&previous) || is_service_key(word) => Naming::Key,
        WordKind::Key => Naming::AnyKey,
        WordKind::Suggestive if is_secret_pair(previous, word) => Naming::Secret,
        WordKind::Suggestive if word == "details" => return Naming::Open,
        WordKind::Suggestive if word == "authorization" => Naming::Key,
        WordKind::Suggestive | WordKind::Other => Naming::Suggests,
    };
    if said > Naming::Suggests && before.iter().any(|word| ABOUT_BEFORE.contains(word)) {
        return Naming::Suggests;
    }
    let is_qualifier = |word: &&str| QUALIFIER.contains(word) || word.bytes().all(|byte| byte.is_ascii_digit());
    if said > Naming::Key && !after.iter().all(is_qualifier) {
        // `xSecretHeader`, `client.secret.of.joe`: a secret or something about one.
        return Naming::Key;
    }
    said
}

fn is_secret_pair(first: &str, second: &str) -> bool {
    SECRET_PAIRS.iter().any(|&(one, two)| one == first && two == second || is_joined(second, one, two))
}

/// Whether a word is two others, written together.
fn is_joined(word: &str, one: &str, two: &str) -> bool {
    word.strip_suffix(two).is_some_and(|rest| rest.ends_with(one))
}

/// `aws.secret.access.key`.
fn is_secret_access_key(before: &[&str], word: &str) -> bool {
    word == "key"
        && before.last() == Some(&"access")
        && matches!(before.iter().rev().nth(1), Some(&("secret" | "shared")))
}

/// `apikey`.
fn is_service_key(word: &str) -> bool {
    KEY_OF_SERVICE.iter().any(|first| is_joined(word, first, "key"))
}

/// Pairs of letters of which one is in every name that [`is_secret_name`] accepts, chosen to be rare in other names: of
/// secret and credential, passw…, passphrase, passcode, pwd, pkcs8, token, key, account, authorization and
/// private.
const PAIRS: [[u8; 2]; 12] =
    [*b"cr", *b"sw", *b"ph", *b"sc", *b"wd", *b"kc", *b"ok", *b"ey", *b"cc", *b"za", *b"iv", *b"pw"];

/// For the lower five bits of a letter those of the letters that follow it in a pair.
const FOLLOWING: [u32; 32] = {
    let mut rows = [0; 32];
    let mut index = 0;
    while index < PAIRS.len() {
        rows[(PAIRS[index][0] & 31) as usize] |= 1 << (PAIRS[index][1] & 31);
        index += 1;
    }
    rows
};

/// Whether one of the pairs is in a name. Goes over it once.
fn may_be_reported(name: &str) -> bool {
    let mut row = 0;
    name.bytes().any(|byte| {
        let found = row >> (byte & 31) & 1 == 1;
        row = FOLLOWING.get(usize::from(byte & 31)).copied().unwrap_or_default();
        found
    })
}

#[cfg(test)]
mod tests;
