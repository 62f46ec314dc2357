//! Key material in files: PEM texts, certificates in DER, Java and PKCS#12 keystores.

use crate::signals::keys::{JKS_FILES, KEY_FILES, PKCS12_FILES};
use text_spans::Span;

/// One piece of key material.
#[derive(Debug, PartialEq, Eq)]
pub struct KeyFile {
    /// What it is.
    pub kind: KeyKind,
    /// Where it stands in a text; none for a binary file.
    pub span: Option<Span>,
}

/// What a piece of key material is.
#[derive(Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A certificate, in DER.
    Certificate(Vec<u8>),
    /// A private key, in PEM or DER. Its content is never kept.
    PrivateKey,
    /// A Java keystore (JKS or JCEKS).
    Jks,
    /// A PKCS#12 keystore.
    Pkcs12,
}

/// Most PEM blocks that are looked at in one text.
const MOST: usize = 1000;

/// Whether a file of this name is one of key material.
pub(super) fn is_key_name(name: &str) -> bool {
    KEY_FILES.iter().chain(&PKCS12_FILES).chain(&JKS_FILES).any(|end| has_extension(name, end))
}

fn has_extension(name: &str, extension: &str) -> bool {
    let at = name.len().checked_sub(extension.len());
    at.and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(extension))
}

/// The key material in a binary file.
pub(super) fn binary(name: &str, bytes: &[u8]) -> Option<KeyKind> {
    if bytes.starts_with(&[0xfe, 0xed, 0xfe, 0xed]) || bytes.starts_with(&[0xce, 0xce, 0xce, 0xce]) {
        return Some(KeyKind::Jks);
    }
    if bytes.first() == Some(&0x30) {
        if x509_parser::parse_x509_certificate(bytes).is_ok() {
            return Some(KeyKind::Certificate(bytes.to_vec()));
        }
        // The version number that comes first: 3 in a PKCS#12 file, 0 in a private key.
        match content_of_sequence(bytes) {
            Some([0x02, 0x01, 0x03, ..]) => return Some(KeyKind::Pkcs12),
            Some([0x02, 0x01, 0x00, ..]) => return Some(KeyKind::PrivateKey),
            _ => {}
        }
    }
    // Extensions of files that are keystores unless their content says something else.
    let named = |extensions: &[&str]| !bytes.is_empty() && extensions.iter().any(|end| has_extension(name, end));
    if named(&PKCS12_FILES) {
        Some(KeyKind::Pkcs12)
    } else if named(&JKS_FILES) {
        Some(KeyKind::Jks)
    } else {
        None
    }
}

/// What follows the tag and length of a DER sequence.
fn content_of_sequence(bytes: &[u8]) -> Option<&[u8]> {
    let length = *bytes.get(1)?;
    let skip = if length < 0x80 { 0 } else { usize::from(length & 0x7f) };
    bytes.get(2 + skip..)
}

/// The key material in a text: every PEM block.
pub fn in_text(text: &str) -> Vec<KeyFile> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = text.get(from..).and_then(|rest| rest.find("-----BEGIN ")).map(|at| from + at) {
        if found.len() == MOST {
            break;
        }
        let label_at = start + "-----BEGIN ".len();
        from = label_at;
        let Some((label, _)) = text.get(label_at..).and_then(|rest| rest.split_once("-----")) else { break };
        if label.len() > 40 {
            continue;
        }
        let end_line = format!("-----END {label}-----");
        let end = text.get(label_at..).and_then(|rest| rest.find(&end_line)).map(|at| label_at + at + end_line.len());
        let span = Span::new(start, end.unwrap_or(text.len()));
        from = end.unwrap_or(label_at);
        let kind = if label.ends_with("PRIVATE KEY") {
            KeyKind::PrivateKey
        } else if label.ends_with("CERTIFICATE") {
            // A certificate that cannot be read is told by its form alone.
            let block = text.get(span.range()).unwrap_or_default();
            KeyKind::Certificate(certificate(block).unwrap_or_default())
        } else {
            continue;
        };
        found.push(KeyFile { kind, span: Some(span) });
    }
    found
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
        assert_eq!(kinds, [&KeyKind::PrivateKey, &KeyKind::Certificate(Vec::new()), &KeyKind::PrivateKey]);
        assert!(text.get(found[0].span.unwrap().range()).unwrap().ends_with("RSA PRIVATE KEY-----"));
    }

    #[test]
    fn binary_forms() {
        assert_eq!(binary("a", &[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2]), Some(KeyKind::Jks));
        assert_eq!(binary("a.key", &[0x30, 0x82, 1, 0, 2, 1, 0]), Some(KeyKind::PrivateKey));
        // Indefinite length, as some tools write PKCS#12.
        assert_eq!(binary("store", &[0x30, 0x80, 2, 1, 3]), Some(KeyKind::Pkcs12));
        assert_eq!(binary("a.P12", b"x"), Some(KeyKind::Pkcs12));
        assert_eq!(binary("a.p12", b""), None);
        assert_eq!(binary("a.key", b"x"), None);
    }
}
