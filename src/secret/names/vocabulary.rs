//! The words that names of secrets are made of.

use text_spans::TripletScanner;

/// Parts of words without one of which no name suggests a secret, and how far into each the three bytes stand by which it
/// is searched. Those are chosen to be rare in other words: `private` by `iva`, since `primaryType` is everywhere.
pub(super) const KEYWORDS: &[(&str, usize)] = &[
    ("secret", 0),
    ("pass", 0),
    ("pwd", 0),
    ("pkcs8", 0),
    ("token", 0),
    ("key", 0),
    ("pem", 0),
    ("cred", 0),
    ("details", 0),
    ("auth", 1),
    ("private", 2),
    ("trust", 1),
    ("subscription", 2),
    ("working", 2),
    ("signing", 2),
];

/// The three bytes of each.
pub(super) const TRIPLETS: TripletScanner<15> = TripletScanner::in_any_case([
    *b"sec", *b"pas", *b"pwd", *b"pkc", *b"tok", *b"key", *b"pem", *b"cre", *b"det", *b"uth", *b"iva", *b"rus",
    *b"bsc", *b"rki", *b"gni",
]);

/// All keywords.
#[cfg(test)]
pub(crate) fn keyword_literals() -> impl Iterator<Item = &'static str> {
    KEYWORDS.iter().map(|(keyword, _)| *keyword)
}

/// What a word says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordKind {
    /// Nothing of credentials.
    Other,
    /// It belongs to credentials, and may stand for one.
    Suggestive,
    /// A key.
    Key,
    /// Credentials.
    Credentials,
    /// A token.
    Token,
    /// A secret.
    Secret,
}

/// Words for a secret, and the ends of those that were written together with others.
const SECRET: &[&str] = &["secret", "secrets", "password", "passwords", "passwd", "passwort", "passphrase", "passcode"];
/// The same, as ends only where more stands before them, or as whole words.
const SECRET_ENDS: &[&str] = &["pwd", "pkcs8", "privatekey", "secretkey", "secretaccesskey"];
/// Words that belong to credentials.
const SUGGESTIVE: &[&str] = &[
    "pass",
    "pem",
    "details",
    "auth",
    "authn",
    "authz",
    "authorization",
    "authentication",
    "private",
    "keystore",
    "truststore",
    "trust",
    "subscription",
    "working",
    "signing",
    "passes",
    "creds",
    "cred",
];
/// Words that only end like a key.
const NO_KEYS: &[&str] = &["monkey", "turkey", "donkey", "hockey", "jockey", "whiskey", "turnkey", "passkey"];

/// What a word, in lower case, says.
pub(super) fn kind_of(word: &str) -> WordKind {
    let ends_with = |ends: &[&str]| ends.iter().any(|end| word.ends_with(end));
    if ends_with(SECRET) || ends_with(SECRET_ENDS) {
        WordKind::Secret
    } else if word.ends_with("token") || word.ends_with("tokens") {
        WordKind::Token
    } else if word.contains("credential") {
        WordKind::Credentials
    } else if SUGGESTIVE.contains(&word) || ends_with(&["keystore", "truststore", "pem", "accountdetails"]) {
        WordKind::Suggestive
    } else if word == "keys" || word.ends_with("key") && !NO_KEYS.contains(&word) {
        WordKind::Key
    } else if SECRET.iter().any(|begin| word.starts_with(begin)) && !word.starts_with("secretar")
        || word.starts_with("token") && !word.starts_with("tokeni")
        || word.starts_with("auth") && matches!(&word["auth".len()..], "header" | "code" | "value" | "string" | "data")
    {
        // Written together with a word behind it.
        if TELLING.iter().any(|telling| word.ends_with(telling)) { WordKind::Other } else { WordKind::Suggestive }
    } else {
        WordKind::Other
    }
}

/// Word pairs that name a secret together.
pub(super) const SECRET_PAIRS: &[(&str, &str)] = &[
    ("private", "key"),
    ("private", "pem"),
    ("secret", "key"),
    ("encryption", "key"),
    ("signing", "key"),
    ("hmac", "key"),
    ("master", "key"),
    ("shared", "key"),
    ("account", "key"),
    ("account", "details"),
];

/// Words that make a key one of a service. Each pair, in every spelling, is a needle of the prefilter.
pub(super) const KEY_OF_SERVICE: &[&str] = &["api", "subscription", "working"];

/// Words that make a key one of a table, a list or a dictionary, or one that is public.
pub(super) const KEY_OF_TABLE: &[&str] = &[
    "claim",
    "sort",
    "group",
    "foreign",
    "primary",
    "cache",
    "i18n",
    "message",
    "translation",
    "search",
    "map",
    "row",
    "partition",
    "property",
    "parameter",
    "param",
    "option",
    "dictionary",
    "public",
    "lookup",
    "unique",
    "natural",
    "composite",
    "shortcut",
    "site",
    "title",
    "label",
    "menu",
    "node",
    "resource",
];

/// Words that make a token one of a protocol or a list, which nobody has to keep.
pub(super) const OPEN_TOKEN: &[&str] =
    &["csrf", "xsrf", "cancellation", "page", "next", "continuation", "sync", "lock"];

/// Words before a secret that turn the name into a statement about it: a switch, a limit, a kind.
pub(super) const ABOUT_BEFORE: &[&str] = &[
    "is", "has", "use", "uses", "enable", "enabled", "disable", "disabled", "require", "requires", "required", "show",
    "hide", "allow", "allows", "need", "needs", "change", "forgot", "validate", "check", "ignore", "min", "max",
    "public", "encrypt",
];

/// Words behind a secret that leave it one: an environment, a number, what it is.
pub(super) const QUALIFIER: &[&str] = &[
    "value",
    "plain",
    "clear",
    "text",
    "string",
    "prod",
    "production",
    "stage",
    "staging",
    "dev",
    "development",
    "test",
    "qa",
    "uat",
    "int",
    "local",
    "live",
    "author",
    "publish",
    "old",
    "new",
    "current",
    "primary",
    "secondary",
    "default",
    "backup",
    "base64",
    "encoded",
    "hex",
];

/// Words behind those of a credential that say that the value tells about it, and is none.
pub(super) const TELLING: &[&str] = &[
    "alias",
    "aliases",
    "path",
    "paths",
    "url",
    "urls",
    "uri",
    "uris",
    "href",
    "link",
    "links",
    "endpoint",
    "endpoints",
    "host",
    "port",
    "length",
    "len",
    "size",
    "min",
    "max",
    "count",
    "limit",
    "name",
    "names",
    "id",
    "ids",
    "type",
    "types",
    "title",
    "label",
    "labels",
    "message",
    "messages",
    "hint",
    "placeholder",
    "description",
    "desc",
    "tooltip",
    "help",
    "policy",
    "policies",
    "strength",
    "regex",
    "pattern",
    "format",
    "algorithm",
    "alg",
    "provider",
    "providers",
    "service",
    "factory",
    "class",
    "handler",
    "handlers",
    "validator",
    "customizer",
    "request",
    "response",
    "timeout",
    "expiry",
    "expiration",
    "expires",
    "expired",
    "expire",
    "expiring",
    "ttl",
    "lifetime",
    "age",
    "days",
    "hours",
    "minutes",
    "seconds",
    "millis",
    "interval",
    "rotation",
    "date",
    "time",
    "created",
    "modified",
    "enabled",
    "disabled",
    "required",
    "visible",
    "question",
    "reset",
    "change",
    "forgot",
    "forgotten",
    "field",
    "fields",
    "column",
    "columns",
    "index",
    "order",
    "position",
    "scope",
    "scopes",
    "grant",
    "grants",
    "claim",
    "claims",
    "audience",
    "issuer",
    "version",
    "encoding",
    "charset",
    "file",
    "files",
    "filename",
    "folder",
    "dir",
    "directory",
    "location",
    "resource",
    "template",
    "page",
    "group",
    "groups",
    "role",
    "roles",
    "user",
    "username",
    "mode",
    "state",
    "status",
    "info",
    "source",
    "error",
    "exception",
    "param",
    "params",
    "parameter",
    "property",
    "attribute",
    "selector",
    "reference",
    "supported",
    "allowed",
    "usage",
    "method",
    "strategy",
    "manager",
    "generator",
    "encrypted",
    "requirements",
    "window",
    "delay",
    "period",
    "optional",
    "level",
    "enable",
    "domain",
    "realm",
    "server",
    "pair",
    "schema",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_found_by_its_triplet() {
        for (keyword, offset) in KEYWORDS {
            for text in [format!("xx{keyword}"), keyword.to_uppercase()] {
                let found: Vec<usize> = TRIPLETS.find_iter(text.as_bytes()).collect();
                assert!(found.contains(&(text.len() - keyword.len() + offset)), "{text}");
            }
        }
    }

    #[test]
    fn every_word_of_a_credential_holds_a_keyword() {
        let words = SECRET.iter().chain(SECRET_ENDS).chain(SUGGESTIVE).copied();
        for word in words.chain(["token", "credential", "key", "authheader"]) {
            assert!(KEYWORDS.iter().any(|(keyword, _)| word.contains(keyword)), "{word}");
            assert!(kind_of(word) != WordKind::Other, "{word}");
        }
    }
}
