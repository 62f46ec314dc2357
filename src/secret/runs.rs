//! What may be a secret by its form, without being known as one: it is masked, and reported only where more speaks for it.

use super::generated::{is_generated_run, is_hexadecimal};
use data_encoding::BASE64_NOPAD;
use text_spans::{Span, TripletScanner};

/// What a part of a text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Run {
    /// The credentials behind `Basic `: a user and a password in base64.
    Basic,
    /// The token behind `Bearer `.
    Bearer,
    /// What stands before the `@` of a URL.
    UserInfo,
    /// The signature of a shared access signature, `sig=`.
    Signature,
    /// A long run of hexadecimal digits or of base64.
    Long,
}

/// Characters of the shortest run of hexadecimal digits.
const MIN_HEXADECIMAL: usize = 32;
/// Characters of the shortest run of base64, and of one that ends with `=`.
const MIN_BASE64: usize = 32;
const MIN_PADDED_BASE64: usize = 22;
/// Characters of the shortest credentials behind a scheme.
const MIN_CREDENTIALS: usize = 8;
/// Bytes before the `@` of a URL that are looked at.
const MAX_USER_INFO_BYTES: usize = 512;
/// PEM blocks of one text that are looked for.
const MAX_PUBLIC_BLOCKS: usize = 256;
/// Bytes of a name before a run.
const MAX_NAME_BYTES: usize = 64;

/// The parts of `text` that may be secrets, in no certain order.
pub(crate) fn possible_secrets(text: &str) -> Vec<(Span, Run)> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    long_runs(bytes, &mut found);
    if !found.is_empty() {
        let public = public_blocks(bytes);
        found.retain(|(span, _)| !public.iter().any(|block| block.start <= span.start && span.end <= block.end));
    }
    authorizations(bytes, &mut found);
    user_infos(bytes, &mut found);
    signatures(bytes, &mut found);
    found
}

/// Whether [`possible_secrets`] would find something, as far as a quick look tells; rather says yes.
pub(crate) fn may_hold_one(text: &str) -> bool {
    let bytes = text.as_bytes();
    SCHEMES.any(bytes)
        || memchr::memchr(b'@', bytes).is_some()
        || has_long_run(bytes)
        || memchr::memmem::find(bytes, b"sig=").is_some()
        || memchr::memmem::find(bytes, b"%40").is_some()
}

fn is_run(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

/// Looks at every so many bytes only: a long run is under one of them.
fn has_long_run(bytes: &[u8]) -> bool {
    let mut from = 0;
    while let Some(&byte) = bytes.get(from + MIN_PADDED_BASE64 - 1) {
        if !is_run(byte) {
            from += MIN_PADDED_BASE64;
            continue;
        }
        let last = from + MIN_PADDED_BASE64 - 1;
        let before = bytes.get(from..last).unwrap_or_default().iter().rev().take_while(|&&byte| is_run(byte)).count();
        if before + 1 == MIN_PADDED_BASE64 {
            return true;
        }
        let after = bytes.get(last..).unwrap_or_default().iter().take_while(|&&byte| is_run(byte)).count();
        if before + after >= MIN_PADDED_BASE64 {
            return true;
        }
        from = last + after;
    }
    false
}

fn long_runs(bytes: &[u8], found: &mut Vec<(Span, Run)>) {
    let mut from = 0;
    // As above: a step over what cannot hold a run.
    while let Some(&byte) = bytes.get(from + MIN_PADDED_BASE64 - 1) {
        let last = from + MIN_PADDED_BASE64 - 1;
        if !is_run(byte) {
            from = last + 1;
            continue;
        }
        let before = bytes.get(..last).unwrap_or_default();
        let before = before.get(from..).unwrap_or_default().iter().rev().take_while(|&&byte| is_run(byte)).count();
        let start = last - before;
        let end = last + bytes.get(last..).unwrap_or_default().iter().take_while(|&&byte| is_run(byte)).count();
        let padding = bytes.get(end..).unwrap_or_default().iter().take(2).take_while(|&&byte| byte == b'=').count();
        from = end + 1;
        let run = bytes.get(start..end).and_then(|run| std::str::from_utf8(run).ok()).unwrap_or_default();
        if run.len() < MIN_PADDED_BASE64 {
            continue;
        }
        if padding > 0 && is_generated_run(run) || run.len() >= MIN_BASE64 && is_generated_run(run) {
            if !(is_hexadecimal(run) && is_public(bytes, start, end)) {
                found.push((Span::new(start, end + padding), Run::Long));
            }
            continue;
        }
        // A run of digits within a longer word, such as `sha-…` or `/…/`.
        let mut at = start;
        for part in run.split(|c: char| !c.is_ascii_alphanumeric()) {
            if part.len() >= MIN_HEXADECIMAL && is_hexadecimal(part) && !is_public(bytes, at, at + part.len()) {
                found.push((Span::new(at, at + part.len()), Run::Long));
            }
            at += part.len() + 1;
        }
    }
}

/// The PEM blocks of certificates and public keys, as far as there are not very many.
fn public_blocks(bytes: &[u8]) -> Vec<Span> {
    const BEGIN: &[u8] = b"-----BEGIN ";
    const END: &[u8] = b"-----END ";
    let mut found = Vec::new();
    for start in memchr::memmem::find_iter(bytes, BEGIN).take(MAX_PUBLIC_BLOCKS) {
        let rest = bytes.get(start + BEGIN.len()..).unwrap_or_default();
        let is_public = [&b"CERTIFICATE"[..], b"TRUSTED CERTIFICATE", b"PUBLIC KEY", b"X509 C"]
            .iter()
            .any(|label| rest.starts_with(label));
        if is_public && let Some(length) = memchr::memmem::find(rest, END) {
            found.push(Span::new(start, start + BEGIN.len() + length));
        }
    }
    found
}

/// Whether hexadecimal digits are an identifier, a checksum or a value that AEM encrypted.
fn is_public(bytes: &[u8], start: usize, end: usize) -> bool {
    let after = bytes.get(end..).unwrap_or_default();
    let before = bytes.get(..start).unwrap_or_default();
    // `/c/<client id>` is what a claim says of a client.
    if before.ends_with(b"/c/")
        || after.starts_with(b"@AdobeOrg")
        || after.starts_with(b"@techacct")
        || before.ends_with(b"{") && after.starts_with(b"}")
    {
        return true;
    }
    let Some(name) = name_before(before) else { return false };
    const PUBLIC: [&[u8]; 12] = [
        b"id",
        b"uuid",
        b"guid",
        b"hash",
        b"sha1",
        b"sha256",
        b"md5",
        b"digest",
        b"checksum",
        b"etag",
        b"fingerprint",
        b"revision",
    ];
    let ends = |word: &&[u8]| {
        let Some(at) = name.len().checked_sub(word.len()) else { return false };
        let (first, tail) = (name.get(at).copied().unwrap_or_default(), name.get(at..).unwrap_or_default());
        tail.eq_ignore_ascii_case(word)
            && (at == 0
                || !name[at - 1].is_ascii_alphanumeric()
                || first.is_ascii_uppercase()
                || name[at - 1].is_ascii_digit())
    };
    PUBLIC.iter().any(ends) || name.eq_ignore_ascii_case(b"clientid")
}

/// The name of the property whose value begins here.
fn name_before(before: &[u8]) -> Option<&[u8]> {
    let tail = before.get(before.len().saturating_sub(MAX_NAME_BYTES)..)?;
    let is_between = |byte: u8| matches!(byte, b'"' | b'\'' | b' ' | b'=' | b':' | b'\\' | b'\t' | b'[' | b',');
    let end = tail.len() - tail.iter().rev().take_while(|&&byte| is_between(byte)).count();
    if end == tail.len() {
        return None;
    }
    let name = tail.get(..end)?;
    let length = name
        .iter()
        .rev()
        .take_while(|&&byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        .count();
    name.get(end - length..).filter(|name| !name.is_empty())
}

/// What the schemes of HTTP authorization begin with.
const SCHEMES: TripletScanner<3> = TripletScanner::exactly([*b"Bas", *b"Bea", *b"bea"]);

fn authorizations(bytes: &[u8], found: &mut Vec<(Span, Run)>) {
    for at in SCHEMES.find_iter(bytes) {
        let rest = bytes.get(at..).unwrap_or_default();
        let (scheme, run) = if rest.starts_with(b"Basic") {
            (5, Run::Basic)
        } else if rest.starts_with(b"Bearer") || rest.starts_with(b"bearer") {
            (6, Run::Bearer)
        } else {
            continue;
        };
        // The blank may be escaped, as in a `.config` file or in a URL.
        let blank = [&b" "[..], b"\\ ", b"%20", b"+", b"&#32;", b"\\u0020"];
        let Some(blank) = blank.iter().find(|blank| rest.get(scheme..).is_some_and(|rest| rest.starts_with(blank)))
        else {
            continue;
        };
        let start = at + scheme + blank.len();
        let is_credential = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/-_.~=\\%".contains(byte);
        let length = bytes.get(start..).unwrap_or_default().iter().take_while(is_credential).count();
        let credentials = bytes.get(start..start + length).unwrap_or_default();
        let is_one = match run {
            Run::Basic => is_basic(credentials),
            _ => {
                credentials.iter().any(u8::is_ascii_digit)
                    || is_generated_run(std::str::from_utf8(credentials).unwrap_or_default())
            }
        };
        if length >= MIN_CREDENTIALS && is_one {
            found.push((Span::new(start, start + length), run));
        }
    }
}

/// Whether it is base64 of a user and a password.
fn is_basic(credentials: &[u8]) -> bool {
    let letters: Vec<u8> = credentials
        .iter()
        .copied()
        .filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
        .collect();
    // The last character may hold bits that no byte needs.
    let whole = letters.get(..letters.len() / 4 * 4).unwrap_or_default();
    let decoded = BASE64_NOPAD.decode(whole).unwrap_or_default();
    let is_text = |byte: &u8| matches!(byte, b' '..=b'~' | 0x80..);
    decoded.contains(&b':') && decoded.iter().all(is_text)
        || credentials.iter().any(u8::is_ascii_digit)
            && is_generated_run(std::str::from_utf8(&letters).unwrap_or_default())
}

/// `//user:password@host`, `https:user:password@host`, `https://token@host`, and the same with percent signs.
fn user_infos(bytes: &[u8], found: &mut Vec<(Span, Run)>) {
    let mut last = 0;
    for at in memchr::memchr_iter(b'@', bytes) {
        let from = at.saturating_sub(MAX_USER_INFO_BYTES).max(last);
        last = at + 1;
        let before = bytes.get(from..at).unwrap_or_default();
        let ends = |byte: &u8| b"/?#\"'<> \t\r\n,;(){}[]".contains(byte);
        let start = from + before.iter().rposition(ends).map_or(0, |end| end + 1);
        let info = bytes.get(start..at).unwrap_or_default();
        let slashes = bytes.get(..start).unwrap_or_default().ends_with(b"//");
        if slashes {
            let (start, info) = match memchr::memchr(b':', info) {
                Some(colon) => (start + colon + 1, info.get(colon + 1..).unwrap_or_default()),
                None => (start, info),
            };
            if !info.is_empty() && !info.starts_with(b"$") && (start > from || info.len() >= MIN_CREDENTIALS) {
                found.push((Span::new(start, at), Run::UserInfo));
            }
        } else if info
            .get(..5)
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"https") || scheme.eq_ignore_ascii_case(b"http:"))
        {
            // Without the slashes that belong there: `https:user:password@host`.
            let colon = memchr::memchr(b':', info).map_or(info.len(), |colon| colon + 1);
            let rest = info.get(colon..).unwrap_or_default();
            if let Some(second) = memchr::memchr(b':', rest).filter(|second| second + 1 < rest.len()) {
                found.push((Span::new(start + colon + second + 1, at), Run::UserInfo));
            }
        }
    }
    for at in memchr::memmem::find_iter(bytes, b"%40") {
        let from = at.saturating_sub(MAX_USER_INFO_BYTES);
        let before = bytes.get(from..at).unwrap_or_default();
        let Some(slash) = rfind_any_case(before, b"%2f") else { continue };
        let info = before.get(slash + 3..).unwrap_or_default();
        if let Some(colon) = rfind_any_case(info, b"%3a")
            && colon + 3 < info.len()
            && !info.contains(&b' ')
        {
            found.push((Span::new(from + slash + 3 + colon + 3, at), Run::UserInfo));
        }
    }
}

fn rfind_any_case(bytes: &[u8], pattern: &[u8]) -> Option<usize> {
    bytes.windows(pattern.len()).rposition(|window| window.eq_ignore_ascii_case(pattern))
}

/// The signature of a shared access signature of Azure.
fn signatures(bytes: &[u8], found: &mut Vec<(Span, Run)>) {
    for at in memchr::memmem::find_iter(bytes, b"sig=") {
        let begins =
            at.checked_sub(1).and_then(|before| bytes.get(before)).is_none_or(|before| b"?&;\"' \\".contains(before));
        let is_signature = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/-_%=".contains(byte);
        let length = bytes.get(at + 4..).unwrap_or_default().iter().take_while(is_signature).count();
        if begins && length >= MIN_PADDED_BASE64 {
            found.push((Span::new(at + 4, at + 4 + length), Run::Signature));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<&str> {
        possible_secrets(text).into_iter().map(|(span, _)| &text[span.range()]).collect()
    }

    #[test]
    fn forms_of_secrets() {
        for (text, expected) in [
            ("Authorization: Basic YWRtaW46YWRtaW4=", "YWRtaW46YWRtaW4="),
            ("h=\"Basic\\ YWRtaW46YWRtaW4\\=\"", "YWRtaW46YWRtaW4\\="),
            ("Bearer 0b79bab50daca910b000d4f1a2b675d6", "0b79bab50daca910b000d4f1a2b675d6"),
            ("https://0b79bab5@host/", "0b79bab5"),
            ("https:joe:hunter2@host/", "hunter2"),
            ("x=//joe:hunter2@host/", "hunter2"),
            ("https%3A%2F%2Fjoe%3Ahunter2%40host", "hunter2"),
            ("k=7b1e9c40d2f84a6690ab3c5d7e8f1029", "7b1e9c40d2f84a6690ab3c5d7e8f1029"),
            ("https://a/b?sp=r&sig=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MTI%3D&x", "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MTI%3D"),
            ("x Zm9vYmFy+mF6cXV4Zm9/YmFyYmF6cXV4MTI= y", "Zm9vYmFy+mF6cXV4Zm9/YmFyYmF6cXV4MTI="),
        ] {
            assert!(found(text).contains(&expected), "{text}: {:?}", found(text));
            assert!(may_hold_one(text), "{text}");
        }
    }

    #[test]
    fn what_is_none() {
        for text in [
            "",
            "Basic information about the bearer of this",
            "Basic authentication",
            "com.adobe.granite.auth.ims.impl.IMSAccessTokenRequestCustomizerImpl-1718203040",
            "/content/dam/AcmeSite2024/HeaderImages/SummerCampaign/Hero2Large/original",
            "0123456789ABCDEF01234567@AdobeOrg",
            "client.id=\"0123456789abcdef0123456789abcdef\"",
            "\"client_id\": \"0123456789abcdef0123456789abcdef\"",
            "jcr:uuid=\"0f8fad5b-d9cb-469f-a165-70867728950e\"",
            "{0123456789abcdef0123456789abcdef}",
            "mailto:joe@example.com, joe@example.com",
            "https://medium.com/@joe",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert_eq!(found(text), [""; 0], "{text}");
        }
    }

    proptest! {
        #[test]
        fn spans_are_inside_and_the_quick_look_agrees(text in "(Basic |Bearer |sig=|[?@:/%=]|//|%40|%2F|%3a|[A-Za-z0-9+/]{1,50}|[0-9a-f]{32}|é){0,12}") {
            let found = possible_secrets(&text);
            for (span, _) in &found {
                prop_assert!(text.get(span.range()).is_some() && !span.is_empty());
            }
            prop_assert!(found.is_empty() || may_hold_one(&text));
        }
    }
}
