//! Key material: certificates, private keys, keystores.

use super::{Signal, SignalKind};

/// The end of the path of a user's keystore.
pub(crate) const KEYSTORE_NODE: &str = "/keystore";
/// The beginning of a PEM block.
pub(crate) const PEM: &str = "-----BEGIN";
/// Extensions of PEM and DER files.
pub(crate) const KEY_FILES: [&str; 6] = [".pem", ".crt", ".cer", ".key", ".der", ".p8"];
/// Extensions of PKCS#12 keystores.
pub(crate) const PKCS12_FILES: [&str; 2] = [".p12", ".pfx"];
/// Extensions of Java keystores.
pub(crate) const JKS_FILES: [&str; 3] = [".jks", ".jceks", ".keystore"];
/// Extensions of keystores of Bouncy Castle.
pub(crate) const BCFKS_FILES: [&str; 1] = [".bcfks"];
/// Extensions of texts in which private keys are looked for, and nothing else. Names without an extension are added.
pub(crate) const PROSE_FILES: [&str; 8] = [".txt", ".md", ".env", ".yaml", ".yml", ".ini", ".conf", ".sh"];
/// The node that holds the keys of AEM's crypto support.
pub(crate) const CRYPTO_NODE: &str = "/etc/key";
/// What the keys of that node are called.
pub(crate) const CRYPTO_KEYS: [&str; 2] = ["hmac", "master"];

const fn file(extension: &'static str) -> Signal {
    Signal::new(SignalKind::Extension, extension)
}

const fn prose(extension: &'static str) -> Signal {
    Signal::new(SignalKind::ProseExtension, extension)
}

pub(super) const SIGNALS: &[Signal] = &[
    Signal::new(SignalKind::Path, KEYSTORE_NODE).by("keystore").marked(b"yst"),
    // Its properties are named like secrets.
    Signal::new(SignalKind::Path, CRYPTO_NODE).marked(b"c/k"),
    Signal::new(SignalKind::Value, PEM).as_needle(),
    file(KEY_FILES[0]),
    file(KEY_FILES[1]),
    file(KEY_FILES[2]),
    file(KEY_FILES[3]),
    file(KEY_FILES[4]),
    file(KEY_FILES[5]),
    file(PKCS12_FILES[0]),
    file(PKCS12_FILES[1]),
    file(JKS_FILES[0]),
    file(JKS_FILES[1]),
    file(JKS_FILES[2]),
    file(BCFKS_FILES[0]),
    prose(PROSE_FILES[0]),
    prose(PROSE_FILES[1]),
    prose(PROSE_FILES[2]),
    prose(PROSE_FILES[3]),
    prose(PROSE_FILES[4]),
    prose(PROSE_FILES[5]),
    prose(PROSE_FILES[6]),
    prose(PROSE_FILES[7]),
];
