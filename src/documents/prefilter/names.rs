//! Where a word can be part of a name: that of a property, or one that is written inside a value.
//!
//! A name is looked at where a value is assigned to it: as the name of an attribute (`word…="`), or inside a value in a form
//! that only a program writes (`word…=`, `"word…": "`), with the quotes and blanks of any format around it.

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
    use super::is_assigned;

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
}
