//! Where a word can be part of a name that matters: that of a property, or one that is written inside a value.
//!
//! A name is looked at where a value is assigned to it: as the name of an attribute (`word…="`), or inside a value in a form
//! that only a program writes (`word…=`, `"word…": "`), with the quotes and blanks of any format around it. The words are
//! parts of names: what the whole name says decides (`isMaster`, `accountId` and `passwordLabel` name no secret).

use crate::secret::{self, Naming};
use crate::signals::keys::CRYPTO_KEYS;
use std::ops::Range;

/// Bytes after a word that are looked at. A name that is still not at its end may go on in any way.
const MAX_BYTES: usize = 256;
/// Bytes of an entity or character reference between `&` and `;`.
const MAX_REFERENCE_BYTES: usize = 8;

/// Whether a value may be assigned to a name in which a word stands that ends where `rest` begins. Rather says yes.
pub(super) fn is_assigned(rest: &[u8]) -> bool {
    let room = rest.get(..MAX_BYTES).unwrap_or(rest);
    let is_cut = |left: &[u8]| rest.len() > MAX_BYTES && left.len() <= 2 * MAX_REFERENCE_BYTES;
    let name = room.iter().take_while(|byte| can_go_on(**byte)).count();
    let mut after = room.get(name..).unwrap_or_default();
    let mut quoted = false;
    loop {
        after = match after {
            [b'=', ..] => return true,
            [b':', ..] => return quoted,
            [b'\\' | b' ' | b'\t' | b'\r' | b'\n', after @ ..] => after,
            [b'"' | b'\'', after @ ..] | [b'%', _, _, after @ ..] => {
                quoted = true;
                after
            }
            [b'&', reference @ ..] => match after_reference(reference) {
                Some(after) => {
                    quoted = true;
                    after
                }
                None => return is_cut(after),
            },
            // Something else, or the end of what is looked at or of the file.
            other => return is_cut(other),
        };
    }
}

/// Whether the name that a word stands in, at `word` of `bytes`, may be one that a fact is made of. Rather says yes.
pub(super) fn may_tell(bytes: &[u8], word: Range<usize>) -> bool {
    let length_of =
        |part: &mut dyn Iterator<Item = &u8>| part.take(MAX_BYTES).take_while(|byte| can_go_on(**byte)).count();
    let before = bytes.get(..word.start).unwrap_or_default();
    let start = word.start - length_of(&mut before.iter().rev());
    let end = word.end + length_of(&mut bytes.iter().skip(word.end));
    let Some(name) = bytes.get(start..end).and_then(|name| std::str::from_utf8(name).ok()) else { return true };
    // What is cut, escaped or encoded is another name, and `%22` a quote.
    let is_cut = name.len() > MAX_BYTES || before.get(..start).is_some_and(|before| before.ends_with(b"%"));
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-:".contains(&byte));
    // Behind a colon another name may begin.
    let is_first = name.rfind(':').is_some_and(|colon| start + colon > word.start);
    is_cut || !is_plain || name.contains("_x") || is_first || names_secret(name)
}

/// Whether a name says anything of a secret, as the name of a property or, in lower case, as one that is written in a value.
fn names_secret(name: &str) -> bool {
    let says_something = |name: &str| secret::naming(name) != Naming::Open;
    CRYPTO_KEYS.contains(&name) || says_something(name) || says_something(&name.to_ascii_lowercase())
}

/// What follows a reference to a quote or a blank, or to the `&` of one.
fn after_reference(reference: &[u8]) -> Option<&[u8]> {
    let after = |bytes| {
        let end = memchr::memchr(b';', bytes).filter(|&end| end <= MAX_REFERENCE_BYTES)?;
        bytes.get(end + 1..)
    };
    match reference.strip_prefix(b"amp;") {
        Some(escaped) => after(escaped),
        None => after(reference),
    }
}

/// Whether a name can go on with a byte.
fn can_go_on(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'@' | b':' | b'\\') || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::{is_assigned, may_tell};

    #[test]
    fn names_are_those_that_something_is_assigned_to() {
        for after in [
            "=\"x\"",
            "Key=\"x\"",
            "-key.of_x \n= 'x'",
            "_x0020_key=\"x\"",
            "\": \"x",
            "&quot;:&quot;x",
            "&amp;quot;&#xa; : ",
            "Id\\\": \\\"x",
            "%22:%22",
            "'=",
            "\u{fc}=\"",
        ] {
            assert!(is_assigned(after.as_bytes()), "{after}");
        }
        for after in
            ["", "\"", " of mine", "s: see below", "\" a=\"b\"", "/x=y", "&amp;x=y", "&lt;/p>", ". The a=b", "\"/>"]
        {
            assert!(!is_assigned(after.as_bytes()), "{after}");
        }
    }

    #[test]
    fn what_is_too_long_to_tell_is_a_name() {
        for long in ["a", " ", "\\", "&#xa;"] {
            assert!(is_assigned(long.repeat(1000).as_bytes()), "{long}");
        }
    }

    #[test]
    fn what_the_whole_name_says_decides() {
        let tells = |text: &str, word: &str| {
            let at = text.find(word).unwrap();
            may_tell(text.as_bytes(), at..at + word.len())
        };
        for (text, word) in [
            ("<a masterKey=\"x\"", "master"),
            ("<a my.master.key=\"x\"", "master"),
            ("<a x:account-key=\"x\"", "account"),
            ("<a master=\"x\"", "master"),
            ("<a signing=\"x\"", "signing"),
            // Another name than the bytes show, or two.
            ("<a master_x004b_ey=\"x\"", "master"),
            ("{\\\"master\\\":", "master"),
            ("%22accountId%22", "account"),
            ("password:idOfMine=x", "passw"),
            ("p\u{fc}master=\"x\"", "master"),
        ] {
            assert!(tells(text, word), "{text}");
        }
        for (text, word) in [
            ("<a isMaster=\"{Boolean}true\"", "Master"),
            ("<a cq:isMaster=\"x\"", "Master"),
            ("shared=x", "shared"),
            ("<a accountId=\"x\"", "account"),
            ("<a passwordLabel=\"x\"", "passw"),
            ("{&quot;tokenUrl&quot;:", "token"),
        ] {
            assert!(!tells(text, word), "{text}");
        }
        for long in ["a".repeat(300) + "master", "master".to_owned() + &"a".repeat(300)] {
            assert!(tells(&long, "master"));
        }
    }
}
