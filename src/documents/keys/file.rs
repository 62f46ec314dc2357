//! Whether a file is key material, by its first bytes and its name.

use super::kind::{Holds, KeyFile, KeyKind, StoreFormat};
use super::{binary, text};
use crate::signals::keys::{BCFKS_FILES, JKS_FILES, KEY_FILES, PKCS12_FILES};

/// What files begin with that are key material whatever their names are: a PEM header in UTF-8 and UTF-16, DER, a Java
/// keystore.
pub const BEGINNINGS: [&[u8]; text::BEGINNINGS.len() + binary::BEGINNINGS.len()] = {
    let mut all: [&[u8]; text::BEGINNINGS.len() + binary::BEGINNINGS.len()] = [b""; _];
    let mut index = 0;
    while index < all.len() {
        all[index] = match index.checked_sub(text::BEGINNINGS.len()) {
            None => text::BEGINNINGS[index],
            Some(index) => binary::BEGINNINGS[index],
        };
        index += 1;
    }
    all
};

/// Whether a file of this name is one of key material.
pub(in crate::documents) fn is_key_name(name: &str) -> bool {
    let all = KEY_FILES.iter().chain(&PKCS12_FILES).chain(&JKS_FILES).chain(&BCFKS_FILES);
    all.into_iter().any(|end| has_extension(name, end))
}

/// Whether a file begins like key material, so that it is read as that whatever its name is.
pub(in crate::documents) fn begins_like_key(bytes: &[u8]) -> bool {
    BEGINNINGS.iter().any(|beginning| bytes.starts_with(beginning))
}

fn has_extension(name: &str, extension: &str) -> bool {
    let at = name.len().checked_sub(extension.len());
    at.and_then(|at| name.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(extension))
}

/// The key material that a binary file is. `whole` is whether all of its bytes are there.
pub(in crate::documents) fn binary_key(name: &str, bytes: &[u8], whole: bool) -> Option<KeyFile> {
    let by_content = |kind| KeyFile { kind, span: None, by_name: false };
    if let Some(kind) = binary::kind(bytes, whole) {
        return Some(by_content(kind));
    }
    if !is_key_name(name) {
        return None;
    }
    if let Some(kind) = binary::kind_of_named(bytes) {
        return Some(by_content(kind));
    }
    // Extensions of files that are keystores unless their content says something else.
    let formats = [
        (&PKCS12_FILES[..], StoreFormat::Pkcs12),
        (&JKS_FILES[..], StoreFormat::Jks),
        (&BCFKS_FILES[..], StoreFormat::Bcfks),
    ];
    let named = |extensions: &[&str]| !bytes.is_empty() && extensions.iter().any(|end| has_extension(name, end));
    let (_, format) = formats.into_iter().find(|(extensions, _)| named(extensions))?;
    Some(KeyFile { kind: KeyKind::Keystore(format, Holds::Unknown), span: None, by_name: true })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, bytes: &[u8]) -> Option<(KeyKind, bool)> {
        binary_key(name, bytes, true).map(|key| (key.kind, key.by_name))
    }

    #[test]
    fn named_files_need_less_to_show() {
        let store = |format, by_name| Some((KeyKind::Keystore(format, Holds::Unknown), by_name));
        assert_eq!(kind("a.jks", &[0xfe, 0xed, 0xfe, 0xed]), store(StoreFormat::Jks, false));
        assert_eq!(kind("a", &[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2]), store(StoreFormat::Jks, false));
        let key = Some((KeyKind::PrivateKey { protected: false }, false));
        assert_eq!(kind("a.key", &[0x30, 0x82, 1, 0, 2, 1, 0]), key);
        assert_eq!(kind("a", &[0x30, 0x82, 1, 0, 2, 1, 0]), None);
        // Indefinite length, as some tools write PKCS#12.
        assert_eq!(kind("store.pfx", &[0x30, 0x80, 2, 1, 3]), store(StoreFormat::Pkcs12, false));
        assert_eq!(kind("a.P12", b"x"), store(StoreFormat::Pkcs12, true));
        assert_eq!(kind("a.keystore", b"x"), store(StoreFormat::Jks, true));
        assert_eq!(kind("a.bcfks", b"x"), store(StoreFormat::Bcfks, true));
        assert_eq!(kind("a.p12", b""), None);
        assert_eq!(kind("a.key", b"x"), None);
    }
}
