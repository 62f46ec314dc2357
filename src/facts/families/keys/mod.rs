//! Key material: certificates with their validity, private keys, keystores.

pub(in crate::facts) mod link;

use crate::documents::{Holds, KeyFile, KeyKind, StoreFormat};
use crate::facts::attribute::Attribute;
use crate::facts::attribute::named_enum;
use crate::facts::source::{FactSource, SourceKind, texts};
use crate::facts::vocabulary::fact_kind;
use crate::signals::keys::{CRYPTO_KEYS, CRYPTO_NODE, KEYSTORE_NODE, PEM};
use jiff::Timestamp;
use text_spans::SourceRange;

fact_kind! {
    #[derive(Default)]
    KeyMaterial "key_material" = "A certificate, a private key or a keystore." {
        form: Attribute<KeyForm> =
            "certificate, private-key, jks, pkcs12, bcfks, truststore, keystore-node or crypto-node",
        by_name: bool = "whether only the name of the file says so, and nothing in it",
        subject: Attribute<Option<String>> = "subject of a certificate",
        issuer: Attribute<Option<String>> = "issuer of a certificate",
        keystore: Option<String> =
            "path of the keystore node that a keystore file belongs to, null if it belongs to none",
        not_after: Attribute<Option<String>> = "end of validity, RFC 3339",
        days_left: Attribute<Option<i64>> = "whole days from now to the end of validity, negative when past",
    }
}

named_enum! {
    /// What a piece of key material is.
    KeyForm {
        /// A certificate.
        Certificate = "certificate",
        /// A private key.
        PrivateKey = "private-key",
        /// A Java keystore.
        Jks = "jks",
        /// A PKCS#12 keystore.
        Pkcs12 = "pkcs12",
        /// A keystore of Bouncy Castle for FIPS.
        Bcfks = "bcfks",
        /// A keystore of any format with certificates of others only.
        Truststore = "truststore",
        /// The `keystore` node of a user.
        KeystoreNode = "keystore-node",
        /// The node with the keys of AEM's crypto support.
        CryptoNode = "crypto-node",
    }
}

/// Seconds of a day.
const DAY: i64 = 86_400;

impl KeyMaterial {
    /// A piece of key material at `mark`. Its `days_left` is the end of its validity in seconds since 1970, until
    /// [`settle_time`](Self::settle_time) counts from now.
    pub(crate) fn new(key: &KeyFile, mark: Option<SourceRange>) -> Self {
        let kind = &key.kind;
        let form = match kind {
            KeyKind::Certificate(_) => KeyForm::Certificate,
            KeyKind::PrivateKey { .. } => KeyForm::PrivateKey,
            KeyKind::Keystore(_, Holds::Certificates) => KeyForm::Truststore,
            KeyKind::Keystore(StoreFormat::Jks, _) => KeyForm::Jks,
            KeyKind::Keystore(StoreFormat::Pkcs12, _) => KeyForm::Pkcs12,
            KeyKind::Keystore(StoreFormat::Bcfks, _) => KeyForm::Bcfks,
        };
        let mut material = Self { form: Attribute { value: form, mark }, by_name: key.by_name, ..Self::default() };
        if let KeyKind::Certificate(der) = kind
            && let Ok((_, certificate)) = x509_parser::parse_x509_certificate(der)
        {
            let end = certificate.validity().not_after.timestamp();
            material.subject = Attribute { value: Some(certificate.subject().to_string()), mark };
            material.issuer = Attribute { value: Some(certificate.issuer().to_string()), mark };
            let not_after = Timestamp::from_second(end).ok().map(|end| end.to_string());
            material.not_after = Attribute { value: not_after, mark };
            material.days_left = Attribute { value: Some(end), mark };
        }
        material
    }

    /// Counts the days that are left at this moment.
    pub(in crate::facts) fn settle_time(&mut self, now: Timestamp) {
        if let Some(left) = &mut self.days_left.value {
            *left = left.saturating_sub(now.as_second()).div_euclid(DAY);
        }
    }
}

/// The fact of a node with keys: the `keystore` of a user, where AEM keeps private keys, or the node of the crypto support.
pub(crate) fn key_node(source: &FactSource<'_>) -> Option<KeyMaterial> {
    let SourceKind::Node(node) = source.kind else { return None };
    let of_form = |form: KeyForm| KeyMaterial { form: form.into(), ..KeyMaterial::default() };
    let is_keystore = node.path.starts_with("/home/users/") && node.path.ends_with(KEYSTORE_NODE);
    if is_keystore && !node.properties.is_empty() {
        return Some(of_form(KeyForm::KeystoreNode));
    }
    let key = || node.properties.iter().find(|property| CRYPTO_KEYS.contains(&&*property.name));
    let key = if node.path == CRYPTO_NODE { key()? } else { return None };
    let mark = source.source_range_of(&key.name);
    Some(KeyMaterial { form: Attribute { value: KeyForm::CryptoNode, mark }, ..KeyMaterial::default() })
}

/// The certificates in the properties of a source.
pub(crate) fn certificates(source: &FactSource<'_>) -> Vec<KeyMaterial> {
    let mut found = Vec::new();
    for property in &source.properties {
        for text in texts(&property.value) {
            let begins = memchr::memchr(b'-', text.as_bytes()).is_some() && text.contains(PEM);
            let keys = if begins { crate::documents::keys_in_text(text) } else { Vec::new() };
            let certificates = keys.iter().filter(|key| matches!(key.kind, KeyKind::Certificate(_)));
            found.extend(certificates.map(|key| KeyMaterial::new(key, Some(property.mark))));
        }
    }
    found
}
