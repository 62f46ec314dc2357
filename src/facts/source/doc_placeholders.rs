//! Placeholders of documentation that nobody replaced: `<OrgID>`, `your-client-id`, `REPLACE_ME`. Unlike `$[env:…]` and
//! `${…}` nothing ever puts a value in their place.

use fancy_regex::Regex;
use std::sync::LazyLock;

/// A pattern of this module. Each is tried by a test; one that could not be compiled would match nothing.
fn pattern(pattern: &str) -> Option<Regex> {
    Regex::new(pattern).ok()
}

/// Values that are nothing else than a placeholder.
static WHOLE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)^(<[a-z][a-z0-9 _-]{0,60}>",
        r"|(your[-_ ]?|my[-_ ])(adobe[-_ ])?(client|org|organi[sz]ation|api|tenant|ims|secret|technical|tech)([-_ ]?[a-z0-9]+)*",
        r"|replace[-_ ]?(me|this)|insert[-_ ][a-z0-9 _-]*here|x{4,}|[*]{4,})$"
    ))
});

/// Values that say that something is still to be done; as a secret each of them is a real and popular password.
static UNDECIDED: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?i)^(change[-_ ]?(me|it|this)|todo|tbd|to be defined)$"));

/// Placeholders that stand inside a longer value, such as a claim or a URL.
static INSIDE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(concat!(
        r"(?i)<(your[-_ ])?(ims[-_ ])?(org|organi[sz]ation|client|tenant|region|api|technical[-_ ]?account|random[-_ ]?numbers?)",
        r"([-_ ]?(id|secret|key|name|url))?>|<region [a-z0-9 ,.'-]{1,100}>|://your[-_]"
    ))
});

/// What must occur between the angle brackets of a placeholder for a secret, since a password may have brackets too.
static SECRET_WORD: LazyLock<Option<Regex>> =
    LazyLock::new(|| pattern(r"(?i)(secret|client|password|token|key|value|your|insert|replace|here)"));

/// Instance names that the documentation shows.
static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    pattern(r"(?i)(<|%3c|_x003c_)random[-_ ]?numbers?(>|%3e|_x003e_)|[-~.]random[-_ ]?numbers?([.]|$)")
});

fn matches(pattern: &LazyLock<Option<Regex>>, text: &str) -> bool {
    pattern.as_ref().is_some_and(|pattern| pattern.is_match(text).unwrap_or(false))
}

/// Longest value that is looked at: no placeholder needs more.
const MAX_PLACEHOLDER_BYTES: usize = 512;

/// Whether the value of a property is, or holds, a placeholder of documentation.
pub(crate) fn is_sample(text: &str) -> bool {
    let text = text.trim();
    text.len() <= MAX_PLACEHOLDER_BYTES && (is_whole(text) || is_undecided(text) || has_inside(text))
}

// To compile a pattern takes longer than most runs, so that each is asked only of what begins like its matches, or
// holds what each of them holds.

fn is_whole(text: &str) -> bool {
    begins_with_any(text, &["<", "your", "my", "replace", "insert", "xxxx", "****"]) && matches(&WHOLE, text)
}

fn is_undecided(text: &str) -> bool {
    begins_with_any(text, &["change", "todo", "tbd", "to be"]) && matches(&UNDECIDED, text)
}

fn has_inside(text: &str) -> bool {
    let your = |at| text.get(at..).is_some_and(|rest| begins_with_any(rest, &["://your"]));
    memchr::memchr2_iter(b'<', b':', text.as_bytes()).any(|at| text.as_bytes()[at] == b'<' || your(at))
        && matches(&INSIDE, text)
}

fn begins_with_any(text: &str, beginnings: &[&str]) -> bool {
    let begins = |beginning: &&str| {
        text.as_bytes().get(..beginning.len()).is_some_and(|first| first.eq_ignore_ascii_case(beginning.as_bytes()))
    };
    beginnings.iter().any(begins)
}

/// Whether the value of a secret is such a placeholder, and so no secret at all.
pub(crate) fn is_sample_secret(text: &str) -> bool {
    let text = text.trim();
    text.len() <= MAX_PLACEHOLDER_BYTES && is_whole(text) && (!text.starts_with('<') || matches(&SECRET_WORD, text))
}

/// The placeholder in the name of a configuration file, as written there.
pub(crate) fn in_name(name: &str) -> Option<&str> {
    const WORD: &[u8] = b"random";
    if !name.as_bytes().windows(WORD.len()).any(|part| part.eq_ignore_ascii_case(WORD)) {
        return None;
    }
    let found = NAME.as_ref()?.find(name).ok()??;
    Some(found.as_str().trim_matches(|c| matches!(c, '-' | '~' | '.')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_quick_looks_hide_no_match(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "<", ">", "your", "YOUR", "my", "-", "_", " ", "Client", "id", "ORG", "replace", "me", "insert", "here",
                    "xxxx", "****", "change", "it", "ToDo", "tbd", "to be defined", "://", "random", "Number", "~", ".", "%3c",
                    "%3e", "a",
                ]),
                1..6,
            )
        ) {
            let text = pieces.concat();
            prop_assert_eq!(is_whole(&text), matches(&WHOLE, &text));
            prop_assert_eq!(is_undecided(&text), matches(&UNDECIDED, &text));
            prop_assert_eq!(has_inside(&text), matches(&INSIDE, &text));
            prop_assert_eq!(in_name(&text).is_some(), matches(&NAME, &text));
        }
    }

    #[test]
    fn placeholders_of_documentation() {
        for text in [
            "<OrgID>",
            " <ClientID> ",
            "<your client id>",
            "your-client-id",
            "YOUR_ORG_ID",
            "yourClientId",
            "my-tenant",
            "REPLACE_ME",
            "replaceme",
            "insert client id here",
            "xxxxxxxx",
            "changeme",
            "TODO",
            "\"iss\" : \"<OrgID>\"",
            "https://<tenant>.brand-portal.adobe.com",
            "https://your-tenant.brand-portal.adobe.com",
            "https://smartcontent.adobe.io/<region>",
        ] {
            assert!(is_sample(text), "{text}");
        }
    }

    #[test]
    fn values_of_real_configurations() {
        for text in [
            "",
            "0123456789ABCDEF01234567@AdobeOrg",
            "Adobe Brand Portal",
            "my organisation's portal, the old one",
            "<p>Text</p>",
            "https://acme.brand-portal.adobe.com",
            "xxx",
            "$[env:CLIENT_ID]",
            "${client.id}",
            "todos",
        ] {
            assert!(!is_sample(text), "{text}");
        }
    }

    #[test]
    fn a_popular_password_is_a_secret() {
        for (text, expected) in [
            ("<ClientSecret>", true),
            ("REPLACE_ME", true),
            ("your-client-secret", true),
            ("********", true),
            ("changeit", false),
            ("changeme", false),
            ("<x7Kpa>", false),
        ] {
            assert_eq!(is_sample_secret(text), expected, "{text}");
        }
    }

    #[test]
    fn names_of_files() {
        let name = |suffix: &str| format!("com.adobe.granite.auth.oauth.accesstoken.provider{suffix}");
        for (suffix, expected) in [
            ("-<randomnumber>.config", Some("<randomnumber>")),
            (".<randomnumbers>.config", Some("<randomnumbers>")),
            ("-%3crandomnumber%3e.config", Some("%3crandomnumber%3e")),
            ("~randomnumber.cfg.json", Some("randomnumber")),
            ("-random-number.xml", Some("random-number")),
            ("-1234567.config", None),
            ("-smarttags.config", None),
        ] {
            assert_eq!(in_name(&name(suffix)), expected, "{suffix}");
        }
    }
}
