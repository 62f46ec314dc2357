//! Key material in binary files: keys and certificates in DER, PKCS#12, JKS, JCEKS and BCFKS keystores.
//!
//! PKCS#1 and PKCS#8 by RFC 8017 and 5958, elliptic curves by RFC 5915, PKCS#12 by RFC 7292; Java keystores as
//! `sun.security.provider.JavaKeyStore` and `com.sun.crypto.provider.JceKeyStore` write them, BCFKS as Bouncy Castle does.

use super::kind::{Holds, KeyKind, StoreFormat};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;

/// `pkcs-7`: the content types of what a PKCS#12 file is made of.
const PKCS7: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07";
/// `pkcs-5`: encryption by a password.
const PKCS5: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x05";
/// `pkcs-12PbeIds`: encryption by a password, as it was done before.
const PKCS12_PBE: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01";
/// `pkcs-12-keyBag`, `pkcs-12-pkcs8ShroudedKeyBag` and `pkcs-12-secretBag` without their last bytes: 1, 2 and 5.
const BAG: &[u8] = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01";

const JKS: [u8; 4] = [0xfe, 0xed, 0xfe, 0xed];
const JCEKS: [u8; 4] = [0xce, 0xce, 0xce, 0xce];
/// Most entries of a Java keystore that are looked at.
const MAX_ENTRIES: u32 = 10_000;

/// What a file begins with that may be one of these, for a quick look: a DER sequence in all ways that its length is written
/// for more than 127 bytes, and the shorter ones that keys of elliptic curves are.
pub(super) const BEGINNINGS: [&[u8]; 9] = [
    &JKS,
    &JCEKS,
    b"\x30\x80",
    b"\x30\x81",
    b"\x30\x82",
    b"\x30\x83",
    b"\x30\x2e\x02\x01\0",
    b"\x30\x74\x02\x01\x01",
    b"\x30\x77\x02\x01\x01",
];

/// What a binary file is, whatever its name. `whole` is whether all of its bytes are there.
pub(super) fn kind(bytes: &[u8], whole: bool) -> Option<KeyKind> {
    if bytes.starts_with(&JKS) || bytes.starts_with(&JCEKS) {
        return java_keystore(bytes);
    }
    if bytes.first() == Some(&SEQUENCE) { der(bytes, whole) } else { None }
}

/// What a file is by the few bytes that must be right, for one that is named like a key.
pub(super) fn kind_of_named(bytes: &[u8]) -> Option<KeyKind> {
    if bytes.starts_with(&JKS) || bytes.starts_with(&JCEKS) {
        return Some(KeyKind::Keystore(StoreFormat::Jks, Holds::Unknown));
    }
    let content = Element::read(bytes).filter(|element| element.tag == SEQUENCE)?.content;
    // The version number that comes first: 3 in a PKCS#12 file, 0 in a private key.
    match content {
        [INTEGER, 1, 3, ..] => Some(KeyKind::Keystore(StoreFormat::Pkcs12, Holds::Unknown)),
        [INTEGER, 1, 0, ..] => Some(KeyKind::PrivateKey { protected: false }),
        _ => None,
    }
}

/// A DER or BER element.
#[derive(Clone, Copy)]
struct Element<'b> {
    tag: u8,
    /// Its content, as far as it is there.
    content: &'b [u8],
    /// What follows it.
    rest: &'b [u8],
    /// Whether all of its content is there.
    complete: bool,
}

impl<'b> Element<'b> {
    /// The element at the beginning of `bytes`. One of indefinite length ends with them.
    fn read(bytes: &'b [u8]) -> Option<Self> {
        let [tag, first, body @ ..] = bytes else { return None };
        if *first == 0x80 {
            return Some(Self { tag: *tag, content: body, rest: &[], complete: true });
        }
        let (length, body) = if *first < 0x80 {
            (usize::from(*first), body)
        } else {
            let (digits, body) =
                body.split_at_checked(usize::from(first & 0x7f)).filter(|(digits, _)| digits.len() <= 4)?;
            (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), body)
        };
        let complete = length <= body.len();
        let (content, rest) = body.split_at(length.min(body.len()));
        Some(Self { tag: *tag, content, rest, complete })
    }

    /// The element of that tag at the beginning of `bytes`.
    fn of_tag(tag: u8, bytes: &'b [u8]) -> Option<Self> {
        Self::read(bytes).filter(|element| element.tag == tag)
    }
}

fn der(bytes: &[u8], whole: bool) -> Option<KeyKind> {
    let outer = Element::of_tag(SEQUENCE, bytes)?;
    // A file that is longer or shorter than it says is something else; some tools end one with a line end or zeros.
    let ends = outer.rest.iter().all(|byte| matches!(byte, 0 | b'\r' | b'\n'));
    if whole && !(outer.complete && ends) {
        return None;
    }
    if x509_parser::parse_x509_certificate(bytes).is_ok() {
        return Some(KeyKind::Certificate(bytes.to_vec()));
    }
    let first = Element::read(outer.content)?;
    match (first.tag, first.content) {
        (INTEGER, [3]) => {
            let type_of = Element::of_tag(OBJECT_IDENTIFIER, Element::of_tag(SEQUENCE, first.rest)?.content)?;
            type_of.content.starts_with(PKCS7).then(|| KeyKind::Keystore(StoreFormat::Pkcs12, bags(bytes, whole)))
        }
        (INTEGER, [version @ (0 | 1)]) => {
            is_key(*version, first.rest).then_some(KeyKind::PrivateKey { protected: false })
        }
        (SEQUENCE, algorithm) => {
            let is_by_password = |element: Element<'_>| {
                [PKCS5, PKCS12_PBE].iter().any(|identifier| element.content.starts_with(identifier))
            };
            let second = Element::read(first.rest)?;
            if Element::of_tag(OBJECT_IDENTIFIER, algorithm).is_some_and(is_by_password) {
                return (second.tag == OCTET_STRING).then_some(KeyKind::PrivateKey { protected: true });
            }
            // A BCFKS file: encrypted contents, of which an algorithm is told, and what shows that they are whole.
            let inner = Element::of_tag(SEQUENCE, algorithm)?;
            let is_encrypted = Element::of_tag(OBJECT_IDENTIFIER, inner.content).is_some_and(is_by_password)
                && Element::of_tag(OCTET_STRING, inner.rest).is_some();
            (is_encrypted && second.tag == SEQUENCE).then_some(KeyKind::Keystore(StoreFormat::Bcfks, Holds::Unknown))
        }
        _ => None,
    }
}

/// Whether what follows the version number is a private key: an algorithm and the key, or its numbers.
fn is_key(version: u8, rest: &[u8]) -> bool {
    let Some(first) = Element::read(rest) else { return false };
    let second = || Element::read(first.rest);
    match first.tag {
        SEQUENCE => {
            Element::of_tag(OBJECT_IDENTIFIER, first.content).is_some()
                && second().is_some_and(|element| element.tag == OCTET_STRING)
        }
        // The modulus and the exponent of RSA, or the numbers of DSA.
        INTEGER => version == 0 && first.content.len() >= 32 && second().is_some_and(|element| element.tag == INTEGER),
        OCTET_STRING => version == 1 && first.content.len() >= 20,
        _ => false,
    }
}

/// What bags a PKCS#12 file shows: those of keys are readable in nearly all files, since what is in them is encrypted once
/// more.
fn bags(bytes: &[u8], whole: bool) -> Holds {
    let has_keys = memchr::memmem::find_iter(bytes, BAG).any(|at| matches!(bytes.get(at + BAG.len()), Some(1 | 2 | 5)));
    match (has_keys, whole) {
        (true, _) => Holds::Keys,
        (false, true) => Holds::Certificates,
        (false, false) => Holds::Unknown,
    }
}

/// A JKS or JCEKS file, and what sorts of entries it has.
fn java_keystore(bytes: &[u8]) -> Option<KeyKind> {
    let store = |holds| Some(KeyKind::Keystore(StoreFormat::Jks, holds));
    let mut rest = bytes.get(4..)?;
    let version = take_u32(&mut rest)?;
    if !matches!(version, 1 | 2) {
        return None;
    }
    let Some(count) = take_u32(&mut rest) else { return store(Holds::Unknown) };
    for _ in 0..count.min(MAX_ENTRIES) {
        match take_u32(&mut rest) {
            Some(2) if skip_certificate_entry(&mut rest, version).is_some() => {}
            Some(1 | 3) => return store(Holds::Keys),
            _ => return store(Holds::Unknown),
        }
    }
    store(if count > MAX_ENTRIES { Holds::Unknown } else { Holds::Certificates })
}

/// Skips alias, date, type and bytes of a certificate.
fn skip_certificate_entry(rest: &mut &[u8], version: u32) -> Option<()> {
    skip_text(rest)?;
    take(rest, 8)?;
    if version == 2 {
        skip_text(rest)?;
    }
    let length = take_u32(rest)?;
    take(rest, usize::try_from(length).ok()?)
}

fn skip_text(rest: &mut &[u8]) -> Option<()> {
    let [high, low, ..] = *rest else { return None };
    take(rest, 2 + usize::from(u16::from_be_bytes([*high, *low])))
}

fn take(rest: &mut &[u8], length: usize) -> Option<()> {
    *rest = rest.get(length..)?;
    Some(())
}

fn take_u32(rest: &mut &[u8]) -> Option<u32> {
    let (first, behind) = rest.split_first_chunk::<4>()?;
    *rest = behind;
    Some(u32::from_be_bytes(*first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], &length[..], &content].concat()
    }

    fn whole(bytes: &[u8]) -> Option<KeyKind> {
        kind(bytes, true)
    }

    const VERSION_0: &[u8] = &[INTEGER, 1, 0];
    const VERSION_1: &[u8] = &[INTEGER, 1, 1];
    const VERSION_3: &[u8] = &[INTEGER, 1, 3];
    const KEY: KeyKind = KeyKind::PrivateKey { protected: false };

    fn identifier(of: &[u8], last: u8) -> Vec<u8> {
        [&[OBJECT_IDENTIFIER, u8::try_from(of.len() + 1).unwrap()], of, &[last]].concat()
    }

    #[test]
    fn private_keys() {
        let rsa = identifier(b"\x2a\x86\x48\x86\xf7\x0d\x01\x01", 1);
        let algorithm = element(SEQUENCE, &[&rsa]);
        let octets = element(OCTET_STRING, &[&[7; 64]]);
        let number = element(INTEGER, &[&[5; 64]]);
        assert_eq!(whole(&element(SEQUENCE, &[VERSION_0, &algorithm, &octets])), Some(KEY), "PKCS#8");
        assert_eq!(whole(&element(SEQUENCE, &[VERSION_0, &number, &number])), Some(KEY), "PKCS#1");
        assert_eq!(whole(&element(SEQUENCE, &[VERSION_1, &octets])), Some(KEY), "SEC 1");
        let pbe = element(SEQUENCE, &[&identifier(PKCS5, 13)]);
        let protected = element(SEQUENCE, &[&pbe, &octets]);
        assert_eq!(whole(&protected), Some(KeyKind::PrivateKey { protected: true }));
        let bcfks = element(SEQUENCE, &[&protected, &algorithm]);
        assert_eq!(whole(&bcfks), Some(KeyKind::Keystore(StoreFormat::Bcfks, Holds::Unknown)));
        // A public key, a signing request, a signed message, and what only begins like a key.
        let public = element(SEQUENCE, &[&algorithm, &element(3, &[&[0; 65]])]);
        let request = element(SEQUENCE, &[&element(SEQUENCE, &[VERSION_0, &algorithm]), &algorithm]);
        let message = element(SEQUENCE, &[&identifier(PKCS7, 2), &octets]);
        let snmp = element(SEQUENCE, &[VERSION_1, &element(OCTET_STRING, &[b"public"]), &octets]);
        let mut cut = element(SEQUENCE, &[VERSION_0, &algorithm, &octets]);
        cut.pop();
        let longer = [element(SEQUENCE, &[VERSION_0, &algorithm, &octets]), b"more".to_vec()].concat();
        for (other, why) in [
            (&public, "public key"),
            (&request, "request"),
            (&message, "signed message"),
            (&snmp, "message of SNMP"),
            (&cut, "cut"),
            (&longer, "longer"),
            (&b"0\x82".to_vec(), "two bytes"),
        ] {
            assert_eq!(whole(other), None, "{why}");
        }
        assert_eq!(kind(&cut, false), Some(KEY), "known to be cut");
    }

    #[test]
    fn pkcs12() {
        let store = |bag: u8| {
            let bag = [BAG, &[bag]].concat();
            element(SEQUENCE, &[VERSION_3, &element(SEQUENCE, &[&identifier(PKCS7, 1), &bag])])
        };
        let expected = |holds| Some(KeyKind::Keystore(StoreFormat::Pkcs12, holds));
        assert_eq!(whole(&store(2)), expected(Holds::Keys));
        assert_eq!(whole(&store(3)), expected(Holds::Certificates));
        // Indefinite length, as some tools write it.
        let indefinite = [&[SEQUENCE, 0x80], VERSION_3, &element(SEQUENCE, &[&identifier(PKCS7, 2)])].concat();
        assert_eq!(whole(&indefinite), expected(Holds::Certificates));
        assert_eq!(whole(&element(SEQUENCE, &[VERSION_3, &element(OCTET_STRING, &[b"x"])])), None);
    }

    #[test]
    fn java_keystores() {
        let certificate = [&[0, 0, 0, 2, 0, 1, b'a'], &[0; 8][..], &[0, 1, b'X'], &[0, 0, 0, 3, 1, 2, 3]].concat();
        let key = [0, 0, 0, 1, 0, 1, b'k'];
        let store = |magic: [u8; 4], count: u8, entries: &[&[u8]]| {
            [&magic[..], &[0, 0, 0, 2, 0, 0, 0, count], &entries.concat()].concat()
        };
        let expected = |holds| Some(KeyKind::Keystore(StoreFormat::Jks, holds));
        assert_eq!(whole(&store(JKS, 2, &[&certificate, &key])), expected(Holds::Keys));
        assert_eq!(whole(&store(JCEKS, 2, &[&certificate, &certificate])), expected(Holds::Certificates));
        assert_eq!(whole(&store(JKS, 2, &[&certificate])), expected(Holds::Unknown));
        assert_eq!(whole(&[JKS, [0, 0, 0, 9]].concat()), None);
        assert_eq!(whole(&JCEKS), None);
    }
}
