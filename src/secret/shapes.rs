//! Finds secrets by what they look like, whatever the property is called.
//!
//! Only shapes that nothing else has: no entropy, no guesses. One pass over the text finds the few literals that can
//! begin such a shape; the rest of a text is read once.

use text_spans::{Span, TripletScanner};

/// What a secret looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// A private key in PEM (also with escaped line ends), or its base64 without the PEM lines.
    PrivateKey,
    /// A private key in PEM that a passphrase protects.
    EncryptedPrivateKey,
    /// A JSON Web Token.
    Jwt,
    /// A client secret of the Adobe Developer Console.
    ClientSecret,
    /// The password in the user information of a URL.
    UrlPassword,
}

impl Shape {
    /// The name in facts.
    pub fn name(self) -> &'static str {
        match self {
            Self::PrivateKey => "private-key",
            Self::EncryptedPrivateKey => "encrypted-private-key",
            Self::Jwt => "jwt",
            Self::ClientSecret => "client-secret",
            Self::UrlPassword => "url-password",
        }
    }
}

/// What a shape can begin with or hold near its beginning.
#[derive(Clone, Copy)]
enum Sign {
    Pem,
    /// Base64 of a DER key; the number of characters before the literal.
    Der(usize),
    /// Base64 of a whole PEM file.
    EncodedPem(Shape),
    Jwt,
    AdobeSecret,
    Url,
}

const SIGNS: &[(&str, Sign)] = &[
    ("-----BEGIN ", Sign::Pem),
    // PKCS#8, RSA: `MIIEvg` and then version 0 and the algorithm's identifier.
    ("IBADANBgkqhkiG9w0BAQEFAASC", Sign::Der(6)),
    // PKCS#8, elliptic curve.
    ("MIGHAgEAMBMGByqGSM49", Sign::Der(0)),
    // PKCS#1: `MIIEpA` and then version 0 and a modulus of 2048 or 4096 bits.
    ("IBAAKCAQEA", Sign::Der(6)),
    ("IBAAKCAgEA", Sign::Der(6)),
    ("LS0tLS1CRUdJTiBQUklWQVRFIEtFWS", Sign::EncodedPem(Shape::PrivateKey)),
    ("LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVkt", Sign::EncodedPem(Shape::PrivateKey)),
    ("LS0tLS1CRUdJTiBFTkNSWVBURUQgUFJJVkFURSBLRVkt", Sign::EncodedPem(Shape::EncryptedPrivateKey)),
    ("eyJ", Sign::Jwt),
    ("p8e-", Sign::AdobeSecret),
    ("s8e-", Sign::AdobeSecret),
    ("://", Sign::Url),
];

/// What they begin with.
const BEGINNINGS: TripletScanner<8> =
    TripletScanner::exactly([*b"---", *b"IBA", *b"MIG", *b"LS0", *b"eyJ", *b"p8e", *b"s8e", *b"://"]);

/// The literals of all signs: without one of them nothing has the shape of a secret.
pub(crate) const SHAPE_LITERALS: [&str; SIGNS.len()] = {
    let mut literals = [""; SIGNS.len()];
    let mut index = 0;
    while index < literals.len() {
        literals[index] = SIGNS[index].0;
        index += 1;
    }
    literals
};

/// The signs in a text with the bytes of their literals, in order, without overlaps.
fn signs(bytes: &[u8]) -> impl Iterator<Item = (std::ops::Range<usize>, Sign)> {
    let mut end_of_last = 0;
    BEGINNINGS.find_iter(bytes).filter_map(move |start| {
        let rest = bytes.get(start..).filter(|_| start >= end_of_last)?;
        let (literal, sign) = SIGNS.iter().find(|(literal, _)| rest.starts_with(literal.as_bytes()))?;
        end_of_last = start + literal.len();
        Some((start..end_of_last, *sign))
    })
}

/// Bytes from the beginning of a PEM block in which it says that a passphrase protects the key.
const HEAD_OF_PEM_BYTES: usize = 120;
/// Bytes of a label between `BEGIN ` and `-----`.
const MAX_PEM_LABEL_BYTES: usize = 40;
/// Bytes of the user information of a URL that are searched for a password.
const MAX_USER_INFO_BYTES: usize = 512;

/// Where in `text` something has the shape of a secret, in order, without overlaps. Certificates are no secrets.
pub fn shapes(text: &str) -> Vec<(Span, Shape)> {
    let bytes = text.as_bytes();
    let mut found: Vec<(Span, Shape)> = Vec::new();
    let mut pem_ends = DelimiterCache::default();
    let mut end_of_last = 0;
    for (hit, sign) in signs(bytes) {
        // Inside something found; only what begins after its end counts.
        if hit.start < end_of_last {
            continue;
        }
        let (start, end, shape) = match sign {
            Sign::Pem => match pem(bytes, hit.start, hit.end, &mut pem_ends) {
                Some(end) => (hit.start, end, sort_of_key(bytes, hit.start, end)),
                None => continue,
            },
            Sign::Der(before) => {
                let start = hit.start.saturating_sub(before).max(end_of_last);
                if before > 0 && bytes.get(start..start + 3) != Some(b"MII") {
                    continue;
                }
                (start, base64_end(bytes, hit.end), Shape::PrivateKey)
            }
            Sign::EncodedPem(shape) => (hit.start, base64_end(bytes, hit.end), shape),
            Sign::Jwt => match jwt(bytes, hit.start) {
                Some(end) => (hit.start, end, Shape::Jwt),
                None => continue,
            },
            Sign::AdobeSecret => {
                let end = hit.end + run(bytes, hit.end, is_token);
                if end - hit.end < 16 || begins_inside_word(bytes, hit.start) {
                    continue;
                }
                (hit.start, end, Shape::ClientSecret)
            }
            Sign::Url => match url_password(bytes, hit.end) {
                Some((start, end)) => (start, end, Shape::UrlPassword),
                None => continue,
            },
        };
        end_of_last = end;
        found.push((Span::new(start, end), shape));
    }
    found
}

/// Positions of `-----END `, looked up in order, so that many beginnings without an end cost one search.
#[derive(Default)]
struct DelimiterCache {
    next: Option<usize>,
    searched: bool,
}

impl DelimiterCache {
    fn after(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        if self.searched && self.next.is_none_or(|at| at >= from) {
            return self.next;
        }
        self.searched = true;
        self.next = memchr::memmem::find(&bytes[from..], b"-----END ").map(|at| from + at);
        self.next
    }
}

/// The end of the PEM block whose label begins at `label`, if it is a private key.
fn pem(bytes: &[u8], start: usize, label: usize, pem_ends: &mut DelimiterCache) -> Option<usize> {
    let window = &bytes[label..bytes.len().min(label + MAX_PEM_LABEL_BYTES)];
    let label_length = memchr::memmem::find(window, b"-----")?;
    memchr::memmem::find(&window[..label_length], b"PRIVATE KEY")?;
    let body = label + label_length + 5;
    if let Some(end) = pem_ends.after(bytes, body) {
        let another = memchr::memmem::find(&bytes[body..end], b"-----BEGIN ").map(|at| body + at);
        if let Some(another) = another {
            return Some(another.max(start + 1));
        }
        let tail = &bytes[end..bytes.len().min(end + 9 + MAX_PEM_LABEL_BYTES)];
        let close = memchr::memmem::find(tail.get(9..).unwrap_or_default(), b"-----");
        return Some(close.map_or(end + 9, |at| end + 9 + at + 5));
    }
    // Cut off: everything that can belong to such a block.
    Some(body + run(bytes, body, |byte| is_base64(byte) || byte.is_ascii_whitespace() || b"\\:,-.&#;".contains(&byte)))
}

/// Whether a passphrase protects the key in the PEM block `start..end`.
fn sort_of_key(bytes: &[u8], start: usize, end: usize) -> Shape {
    let block = bytes.get(start..end).unwrap_or_default();
    let head = block.get(..block.len().min(HEAD_OF_PEM_BYTES)).unwrap_or_default();
    let protected = memchr::memmem::find(head, b"ENCRYPTED").is_some();
    if protected { Shape::EncryptedPrivateKey } else { Shape::PrivateKey }
}

/// Whether a PEM block of a private key holds no key, but what stands for one: dots, `<your key>`, a placeholder, nothing.
pub(crate) fn is_placeholder_key(block: &str) -> bool {
    let Some((_, rest)) = block.split_once("-----BEGIN ") else { return false };
    let Some((_, rest)) = rest.split_once("-----") else { return false };
    let body = rest.split("-----END").next().unwrap_or_default();
    let body = body.replace("\\r", "\n").replace("\\n", "\n").replace("&#xa;", "\n").replace("&#10;", "\n");
    let lines = body.lines().filter(|line| !line.contains(": "));
    let words: Vec<&str> = lines
        .flat_map(str::split_whitespace)
        .map(|word| word.trim_matches('\\'))
        .filter(|word| !word.is_empty())
        .collect();
    let is_key = |word: &&str| word.bytes().all(is_base64);
    let is_prose = |word: &&str| word.len() < 16 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let varied = words.iter().flat_map(|word| word.bytes()).collect::<std::collections::BTreeSet<u8>>().len() > 2;
    !varied || !words.iter().all(is_key) || words.iter().all(is_prose)
}

/// The end of a run of base64 that line ends, escaped or not, may interrupt.
fn base64_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        at += run(bytes, at, is_base64);
        let rest = &bytes[at..];
        let gap = ["\\r\\n", "\\n", "\r\n", "\n", "&#10;", "&#xa;", "&#xA;", "\\\n", "\\\r\n"]
            .iter()
            .filter(|gap| rest.starts_with(gap.as_bytes()))
            .map(|gap| gap.len())
            .max();
        // A line of a key is long: a short word on the next line is something else.
        match gap {
            Some(gap) if run(bytes, at + gap, is_base64) >= 40 => at += gap,
            Some(gap) if rest.get(gap..).is_some_and(ends_with_padding) => at += gap,
            _ => return at,
        }
    }
}

/// Whether a short last line of base64 begins here.
fn ends_with_padding(bytes: &[u8]) -> bool {
    let length = bytes.iter().take(80).take_while(|&&byte| is_base64(byte)).count();
    length > 0 && bytes[length - 1] == b'='
}

/// The end of the JSON Web Token that begins at `start`: at least a header and a payload of some length.
fn jwt(bytes: &[u8], start: usize) -> Option<usize> {
    if start.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(|&byte| is_token(byte)) {
        return None;
    }
    let mut end = start + run(bytes, start, is_token);
    if end - start < 12 {
        return None;
    }
    let mut segments = 1;
    while segments < 5 && bytes.get(end) == Some(&b'.') {
        let length = run(bytes, end + 1, is_token);
        // What follows header and payload belongs to the token, however short it is.
        if length == 0 || (segments == 1 && length < 8) {
            break;
        }
        end += 1 + length;
        segments += 1;
    }
    (segments >= 2).then_some(end)
}

/// Where the password stands in the user information after `://`.
fn url_password(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    let window = &bytes[from..bytes.len().min(from + MAX_USER_INFO_BYTES)];
    let stop = window.iter().position(|byte| {
        matches!(byte, b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b' ' | b'\t' | b'\r' | b'\n')
    });
    let stop = stop.unwrap_or(window.len());
    let at = memchr::memrchr(b'@', &window[..stop])?;
    let colon = memchr::memchr(b':', &window[..at])?;
    let password = &window[colon + 1..at];
    // A placeholder or nothing is no password.
    let literal = !password.is_empty() && !password.starts_with(b"$") && !password.starts_with(b"{");
    literal.then_some((from + colon + 1, from + at))
}

fn begins_inside_word(bytes: &[u8], start: usize) -> bool {
    start.checked_sub(1).and_then(|before| bytes.get(before)).is_some_and(|byte| byte.is_ascii_alphanumeric())
}

fn run(bytes: &[u8], from: usize, accept: impl Fn(u8) -> bool) -> usize {
    bytes.get(from..).unwrap_or_default().iter().take_while(|&&byte| accept(byte)).count()
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Vec<(&str, Shape)> {
        shapes(text).into_iter().map(|(span, shape)| (&text[span.range()], shape)).collect()
    }

    #[test]
    fn every_sign_begins_as_one_that_is_searched_for() {
        for literal in SHAPE_LITERALS {
            assert_eq!(signs(literal.as_bytes()).next().map(|(range, _)| range), Some(0..literal.len()), "{literal}");
            // Else which of two is found would depend on where it ends.
            assert!(SHAPE_LITERALS.iter().all(|other| *other == literal || !literal.contains(other)), "{literal}");
        }
    }

    #[test]
    fn private_keys_in_every_dress() {
        let pem = "-----BEGIN RSA PRIVATE KEY-----\nQUJD\n\nQUJD\n-----END RSA PRIVATE KEY-----";
        assert_eq!(found(&format!("key=\"{pem}\"\nnext=1")), [(pem, Shape::PrivateKey)]);
        let escaped = r"-----BEGIN PRIVATE KEY-----\nQUJD\r\nQUJD\n-----END PRIVATE KEY-----";
        assert_eq!(found(&format!("{{\"k\": \"{escaped}\\n\"}}")), [(escaped, Shape::PrivateKey)]);
        let cut = "-----BEGIN PRIVATE KEY-----\nQUJDREVG\nQUJD";
        assert_eq!(found(&format!("k=\"{cut}\"")), [(cut, Shape::PrivateKey)]);
        let bare = format!("MIIEvgIBADANBgkqhkiG9w0BAQEFAASC{}", "Qk".repeat(40));
        assert_eq!(found(&format!("k={bare}\nnext=value")), [(bare.as_str(), Shape::PrivateKey)]);
        let encoded = "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCg==";
        assert_eq!(found(&format!("k = {encoded} ;")), [(encoded, Shape::PrivateKey)]);
    }

    #[test]
    fn keys_that_a_passphrase_protects() {
        for text in [
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nQUJD\n-----END ENCRYPTED PRIVATE KEY-----",
            "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nQUJD\n-----END RSA PRIVATE KEY-----",
        ] {
            assert_eq!(found(text), [(text, Shape::EncryptedPrivateKey)]);
            assert!(!is_placeholder_key(text), "{text}");
        }
    }

    #[test]
    fn what_stands_for_a_key() {
        let block = |body: &str| format!("-----BEGIN PRIVATE KEY-----{body}-----END PRIVATE KEY-----");
        for body in [
            "\n...\n",
            "\n<your key>\n",
            "\nMIIEpAIBAAKCAQEA...\n",
            "",
            "\\n…\\n",
            "your key here",
            "${KEY}",
            "xxxxxxxx",
            "*****",
        ] {
            assert!(is_placeholder_key(&block(body)), "{body}");
        }
        for body in ["\nQUJD\nQUJE==\n", "\\nMIIEpAIBAAKCAQEA\\n", "MIIE pAIB", "&#xa;MIIEpAIBAAKCAQEA&#xa;"] {
            assert!(!is_placeholder_key(&block(body)), "{body}");
        }
    }

    #[test]
    fn two_keys_without_an_end_are_both_found() {
        let text = "-----BEGIN PRIVATE KEY-----\nQUJD\n-----BEGIN PRIVATE KEY-----\nQUJE\n-----END PRIVATE KEY-----";
        assert_eq!(shapes(text).len(), 2);
        assert_eq!(shapes(text).last().map(|(span, _)| span.end as usize), Some(text.len()));
    }

    #[test]
    fn tokens_and_client_secrets() {
        let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhY21lIn0.c2lnbmF0dXJl";
        assert_eq!(found(&format!("Authorization: Bearer {jwt}, x")), [(jwt, Shape::Jwt)]);
        let secret = format!("p8e-{}", "Ab1_-".repeat(6));
        assert_eq!(found(&format!("s=\"{secret}\"")), [(secret.as_str(), Shape::ClientSecret)]);
        assert_eq!(found("https://user:hunter2@host/p"), [("hunter2", Shape::UrlPassword)]);
    }

    #[test]
    fn what_only_resembles_a_secret() {
        for text in [
            "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----",
            "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----",
            "eyJ",
            "eyJhbGciOiJSUzI1NiJ9",
            "heyJudeheyJude.abcdefghijkl",
            "p8e-short",
            "http://www.jcp.org/jcr/1.0",
            "https://host:8080/a@b",
            "https://user:$[secret:PASSWORD]@host/",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn spans_are_ordered_and_inside(text in "(-----BEGIN |-----END |PRIVATE KEY|-----|eyJ|p8e-|://|@|:|[A-Za-z0-9]{1,20}|é|\\n|\\.){0,40}") {
            let mut last = 0;
            for (span, _) in shapes(&text) {
                prop_assert!(span.start as usize >= last && span.end > span.start);
                prop_assert!(text.get(span.range()).is_some());
                last = span.end as usize;
            }
        }
    }
}
