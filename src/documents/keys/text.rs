//! Key material in texts: PEM blocks.

use super::kind::{KeyFile, KeyKind};
use crate::secret::{self, Shape};
use crate::signals::keys::{PEM, PROSE_FILES};
use data_encoding::BASE64_MIME_PERMISSIVE;
use std::borrow::Cow;
use text_spans::{Span, utf_8};

/// What a text begins with that is a PEM file: in UTF-8, with a byte order mark, and in UTF-16.
pub(super) const BEGINNINGS: [&[u8]; 6] = [
    PEM.as_bytes(),
    b"\xef\xbb\xbf-----BEGIN",
    b"\xff\xfe-\0-\0-\0-\0-\0B\0",
    b"\xfe\xff\0-\0-\0-\0-\0-\0B",
    b"-\0-\0-\0-\0-\0B\0",
    b"\0-\0-\0-\0-\0-\0B",
];

/// Most PEM blocks that are looked at in one text.
const MAX_BLOCKS: usize = 1000;
/// Bytes of the longest label of a PEM block.
const MAX_LABEL_BYTES: usize = 40;
/// Characters of base64 that are a key in a text for people, whatever they decode to: more than what is shown of one as an
/// example.
const MIN_KEY_CHARACTERS: usize = 100;

/// Whether a file of this name is a text in which nothing but PEM blocks is looked for, if it begins like a text.
pub(in crate::documents) fn is_prose(name: &[u8]) -> bool {
    let base = name.rsplit(|byte| *byte == b'/').next().unwrap_or(name);
    let Some(dot) = memchr::memrchr(b'.', base) else { return !base.is_empty() };
    let is = |extension: &[u8]| PROSE_FILES.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(extension));
    // `.env.production`
    base.get(dot..).is_some_and(is)
        || base.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b".env."))
        // `.netrc` has no extension, only a name that begins with a dot.
        || dot == 0
}

/// The text of bytes that may be UTF-16, as a byte order mark or zeros between the first letters show.
pub(in crate::documents) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let (units, little): (&[u8], bool) = match bytes {
        [0xff, 0xfe, rest @ ..] => (rest, true),
        [0xfe, 0xff, rest @ ..] => (rest, false),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => (bytes, true),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => (bytes, false),
        [0xef, 0xbb, 0xbf, rest @ ..] => return utf_8(rest),
        _ => return utf_8(bytes),
    };
    let unit = |pair: &[u8; 2]| if little { u16::from_le_bytes(*pair) } else { u16::from_be_bytes(*pair) };
    let (pairs, _) = units.as_chunks::<2>();
    Cow::Owned(char::decode_utf16(pairs.iter().map(unit)).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
}

/// The key material in a text: every PEM block.
pub fn in_text(text: &str) -> Vec<KeyFile> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find("-----BEGIN ")).map(|at| from + at) {
        if found.len() == MAX_BLOCKS {
            break;
        }
        let label_at = start + "-----BEGIN ".len();
        from = label_at;
        let Some((label, _)) = text.get(label_at..).and_then(|rest| rest.split_once("-----")) else { break };
        if label.len() > MAX_LABEL_BYTES {
            continue;
        }
        let end_line = format!("-----END {label}-----");
        let end = text.get(label_at..).and_then(|rest| rest.find(&end_line)).map(|at| label_at + at + end_line.len());
        let span = Span::new(start, end.unwrap_or(text.len()));
        from = end.unwrap_or(label_at);
        let block = text.get(span.range()).unwrap_or_default();
        let kind = if label.ends_with("PRIVATE KEY") || label.ends_with("PRIVATE KEY BLOCK") {
            let protected =
                secret::shapes(block).first().is_some_and(|(_, shape)| *shape == Shape::EncryptedPrivateKey);
            KeyKind::PrivateKey { protected }
        } else if label.ends_with("CERTIFICATE") {
            // A certificate that cannot be read is told by its form alone.
            KeyKind::Certificate(certificate(block).unwrap_or_default())
        } else {
            continue;
        };
        found.push(KeyFile { kind, span: Some(span), by_name: false });
    }
    found
}

/// The private keys in a text for people or programs. What an example shows of one is none.
pub(in crate::documents) fn in_prose(text: &str) -> Vec<KeyFile> {
    let is_key = |key: &KeyFile| {
        let block = key.span.and_then(|span| text.get(span.range())).unwrap_or_default();
        matches!(key.kind, KeyKind::PrivateKey { .. }) && !secret::is_placeholder_key(block) && is_long_enough(block)
    };
    in_text(text).into_iter().filter(is_key).collect()
}

/// Whether a PEM block has as much in it as a key, or says itself how long it is.
fn is_long_enough(block: &str) -> bool {
    let body = block.split("-----").nth(2).unwrap_or_default().replace("\\r", "\n").replace("\\n", "\n");
    let lines = body.lines().map(|line| line.trim().trim_end_matches('\\')).filter(|line| !line.contains(':'));
    let encoded: String = lines.flat_map(str::split_whitespace).collect();
    encoded.len() >= MIN_KEY_CHARACTERS
        || BASE64_MIME_PERMISSIVE.decode(encoded.as_bytes()).is_ok_and(|der| match der.as_slice() {
            [0x30, length @ 0..0x80, content @ ..] => usize::from(*length) == content.len(),
            _ => false,
        })
}

fn certificate(block: &str) -> Option<Vec<u8>> {
    x509_parser::pem::parse_x509_pem(block.as_bytes()).ok().map(|(_, pem)| pem.contents)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pem_blocks_in_a_text() {
        let text = "x\n-----BEGIN RSA PRIVATE KEY-----\nQUJD\n-----END RSA PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n-----BEGIN PRIVATE KEY-----\ncut";
        let found = in_text(text);
        let kinds: Vec<_> = found.iter().map(|key| &key.kind).collect();
        let key = KeyKind::PrivateKey { protected: false };
        assert_eq!(kinds, [&key, &KeyKind::Certificate(Vec::new()), &key]);
        assert!(text.get(found[0].span.unwrap().range()).unwrap().ends_with("RSA PRIVATE KEY-----"));
    }

    #[test]
    fn keys_of_other_tools_and_protected_ones() {
        for (label, head, protected) in [
            ("OPENSSH PRIVATE KEY", "", false),
            ("PGP PRIVATE KEY BLOCK", "Version: 1\n\n", false),
            ("ENCRYPTED PRIVATE KEY", "", true),
            ("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n", true),
        ] {
            let text = format!("-----BEGIN {label}-----\n{head}QUJDREVG\n-----END {label}-----\n");
            assert_eq!(in_text(&text)[0].kind, KeyKind::PrivateKey { protected }, "{label}");
        }
    }

    #[test]
    fn prose_holds_whole_keys_only() {
        let key = |body: &str| format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----");
        let long = ["MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC7VJTUt9Us8cKj"; 2].join("\n");
        // Ed25519: one line, whose length it says itself.
        let short = "MC4CAQAwBQYDK2VwBCIEIKqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq";
        for text in [
            key(&long),
            key(&long).replace('\n', "\\n"),
            key(&long).replace('\n', "\n    "),
            key(short),
            format!("KEY=\"{}\" # the key", key(short).replace('\n', "\\n")),
        ] {
            assert_eq!(in_prose(&text).len(), 1, "{text}");
        }
        for body in ["...", "MIIEvgIBADANBgkqhkiG9w0BAQEFAASC", "<your key>", "", &format!("{long}\n...")] {
            assert_eq!(in_prose(&key(body)), [], "{body}");
        }
        assert_eq!(in_prose("-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----"), []);
    }

    #[test]
    fn texts_in_utf_16() {
        let text = "-----BEGIN é";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            [b"\xff\xfe", &little[..]].concat(),
            [b"\xfe\xff", &big[..]].concat(),
            little.clone(),
            big.clone(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            text.as_bytes().to_vec(),
        ] {
            assert_eq!(decode(&bytes), text);
            assert!(BEGINNINGS.iter().any(|beginning| bytes.starts_with(beginning)), "{bytes:?}");
        }
        assert_eq!(decode(b"\xff\xfe"), "");
        assert_eq!(decode(b"\0\0\x01"), "\0\0\x01");
    }

    #[test]
    fn names_of_texts() {
        for name in
            ["README.md", "a/b.TXT", ".env", "x/.env.production", "deploy/id_rsa", "values.yaml", ".netrc", "a.sh"]
        {
            assert!(is_prose(name.as_bytes()), "{name}");
        }
        for name in ["a.js", "b.css", "c.html", "d.png", "e.config", "x.y/z.jsp", "f.env.js", "dir/"] {
            assert!(!is_prose(name.as_bytes()), "{name}");
        }
    }
}
