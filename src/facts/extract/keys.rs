//! Facts of kind `key_material`: certificates with their validity, private keys, keystores.

use super::subject::{Attributes, Origin, Subject, plain};
use crate::documents::KeyKind;
use crate::facts::{Attribute, Value};
use jiff::Timestamp;
use text_spans::SourceRange;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// The attributes of a piece of key material at `mark`.
pub(super) fn material(kind: &KeyKind, mark: Option<SourceRange>, now: Timestamp) -> Attributes {
    let at = |value: Value| Attribute { value, mark };
    let form = match kind {
        KeyKind::Certificate(_) => "certificate",
        KeyKind::PrivateKey => "private-key",
        KeyKind::Jks => "jks",
        KeyKind::Pkcs12 => "pkcs12",
    };
    let mut attributes: Attributes = [("form", at(form.into()))].into();
    if let KeyKind::Certificate(der) = kind
        && let Ok((_, certificate)) = x509_parser::parse_x509_certificate(der)
    {
        let end = certificate.validity().not_after.timestamp();
        attributes.insert("subject", at(certificate.subject().to_string().into()));
        attributes.insert("issuer", at(certificate.issuer().to_string().into()));
        attributes.insert("not_after", at(Timestamp::from_second(end).ok().map(|end| end.to_string()).into()));
        attributes.insert("days_left", at(Value::Int((end - now.as_second()).div_euclid(DAY))));
    }
    attributes
}

/// The attributes of a keystore node: the `keystore` of a user, where AEM keeps private keys.
pub(super) fn keystore_node(subject: &Subject<'_>) -> Option<Attributes> {
    let Origin::Node(node) = subject.origin else { return None };
    let keystore = node.path.starts_with("/home/users/") && node.path.ends_with("/keystore");
    (keystore && !node.properties.is_empty()).then(|| [("form", plain("keystore-node"))].into())
}

/// The certificates in the properties of a subject.
pub(super) fn certificates(subject: &Subject<'_>, now: Timestamp) -> Vec<Attributes> {
    let mut found = Vec::new();
    for property in &subject.properties {
        for text in super::subject::texts(&property.value) {
            let begins = memchr::memchr(b'-', text.as_bytes()).is_some() && text.contains("-----BEGIN ");
            let keys = if begins { crate::documents::keys_in_text(text) } else { Vec::new() };
            let certificates = keys.iter().filter(|key| matches!(key.kind, KeyKind::Certificate(_)));
            found.extend(certificates.map(|key| material(&key.kind, Some(property.mark), now)));
        }
    }
    found
}
