//! Whether a value looks generated, and its form in words.

/// Bytes of the longest value that is judged.
const MAX_BYTES: usize = 4096;
/// Characters of the shortest value that looks generated.
const MIN_CHARACTERS: usize = 12;
/// Of so many characters on, fewer changes are enough.
const LONG: usize = 16;

/// Whether all are hexadecimal digits, letters and digits among them.
pub(crate) fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// How often lower case, upper case and digits follow each other, in hundredths of the places where they could. In words,
/// paths and names it is seldom, in what is random more often than not.
fn changes(text: &str) -> usize {
    let kind = |byte: u8| (byte.is_ascii_lowercase(), byte.is_ascii_uppercase());
    let letters: Vec<u8> = text.bytes().filter(u8::is_ascii_alphanumeric).collect();
    let changes = letters.windows(2).filter(|pair| kind(pair[0]) != kind(pair[1])).count();
    (changes * 100).checked_div(letters.len().saturating_sub(1)).unwrap_or(0)
}

/// How many different letters and digits there are.
fn distinct(text: &str) -> u32 {
    let bit = |byte: u8| 1_u128 << (byte & 127);
    text.bytes().filter(u8::is_ascii_alphanumeric).fold(0_u128, |all, byte| all | bit(byte)).count_ones()
}

/// Whether a run of characters without blanks is random: hexadecimal, or of upper case, lower case and digits in turn.
pub(crate) fn is_generated_run(run: &str) -> bool {
    let any = |is: fn(&u8) -> bool| run.as_bytes().iter().any(is);
    let all_sorts = any(u8::is_ascii_lowercase) && any(u8::is_ascii_uppercase) && any(u8::is_ascii_digit);
    distinct(run) >= 8 && (is_hexadecimal(run) || all_sorts && changes(run) >= 40)
}

/// Whether a value looks as if a program made it up: no word, path, URL, address, date or number.
pub(crate) fn is_generated(value: &str) -> bool {
    let value = value.trim();
    let (mut letters, mut digits, mut others) = (0_usize, 0_usize, 0_usize);
    for c in value.chars().take(MAX_BYTES) {
        match c {
            'a'..='z' | 'A'..='Z' => letters += 1,
            '0'..='9' => digits += 1,
            ' ' | '\t' | '\n' | '\r' | '<' | '>' | '{' | '}' | '(' | ')' => return false,
            _ => others += 1,
        }
    }
    if letters + digits < MIN_CHARACTERS || others * 3 > letters + digits || value.len() > MAX_BYTES {
        return false;
    }
    if value.starts_with(['/', '.', '#']) || value.contains("://") || is_address(value) || distinct(value) < 8 {
        return false;
    }
    let joined: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
    if is_uuid(value) || is_hexadecimal(&joined) && joined.len() >= LONG && others * 8 <= joined.len() {
        return true;
    }
    let changes = changes(value);
    if digits == 0 {
        return letters >= 20 && changes >= 40;
    }
    // Numbers with a word around them, as in a version, change too seldom.
    letters > 0 && (changes >= 40 || digits + letters >= LONG && changes >= 25 && digits * 4 >= letters)
}

fn is_address(value: &str) -> bool {
    value.split_once('@').is_some_and(|(_, host)| host.contains('.'))
}

fn is_uuid(value: &str) -> bool {
    let groups = [8, 4, 4, 4, 12];
    let mut parts = value.split('-');
    groups.iter().all(|&length| {
        parts.next().is_some_and(|part| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    }) && parts.next().is_none()
}

/// The form of a value in words, without anything of it: `40 characters, hexadecimal`.
pub fn form_of(value: &str) -> String {
    let value = value.trim();
    let count = value.chars().count();
    let has = |is: fn(char) -> bool| value.chars().any(is);
    let (letters, digits) = (has(char::is_alphabetic), has(|c| c.is_ascii_digit()));
    let others = has(|c| !c.is_alphanumeric());
    let sort = if is_uuid(value) {
        "a UUID"
    } else if is_hexadecimal(value) && count >= LONG {
        "hexadecimal"
    } else {
        match (letters, digits, others) {
            (true, true, true) => "letters, digits and other characters",
            (true, true, false) => "letters and digits",
            (true, false, true) => "letters and other characters",
            (true, false, false) => "letters",
            (false, true, true) => "digits and other characters",
            (false, true, false) => "digits",
            (false, false, _) => "no letters or digits",
        }
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} character{plural}, {sort}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_generated() {
        for value in [
            "7b1e9c40d2f84a6690ab3c5d7e8f1029",
            "5C1F9A77E0B24D3388AA",
            "dl93Kq-0aZv-77Yt",
            "Tr0ub4dor-7zQx91LmKpWv",
            "0f8fad5b-d9cb-469f-a165-70867728950e",
            "Xz82-Kq0vLm4-Tt91",
            "AIzaSyD3x4mPl3K3yV4lu3",
            "kJhGfDsAqWeRtYuIoPzXcV",
        ] {
            assert!(is_generated(value), "{value}");
        }
    }

    #[test]
    fn what_does_not() {
        for value in [
            "",
            "secret",
            "Please enter your password",
            "/apps/acme/config2/Abc3",
            "https://a1B2c3D4e5F6g7H8",
            "joe1X2y3Z4a5@example.com",
            "acme-service-v2-prod1",
            "com.acme.core.services.Rest2Client",
            "2026-11-28T07:10:20.000Z",
            "X-Api-Key-Header",
            "1234567890123456",
            "aaaaaaaaaaaaaaaa1111",
            "Ocp-Apim-Subscription-Key",
            "clientSecretHeaderName",
        ] {
            assert!(!is_generated(value), "{value}");
        }
    }

    #[test]
    fn forms() {
        for (value, expected) in [
            ("0b79bab50daca910b000d4f1a2b675d604257e42", "40 characters, hexadecimal"),
            ("0f8fad5b-d9cb-469f-a165-70867728950e", "36 characters, a UUID"),
            ("hunter2", "7 characters, letters and digits"),
            ("geheim", "6 characters, letters"),
            ("1", "1 character, digits"),
            ("admin123!", "9 characters, letters, digits and other characters"),
        ] {
            assert_eq!(form_of(value), expected);
        }
    }
}
