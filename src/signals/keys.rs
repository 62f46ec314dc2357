//! Key material: certificates, private keys, keystores.

use super::{Signal, SignalKind};

/// The end of the path of a user's keystore.
pub(crate) const KEYSTORE_NODE: &str = "/keystore";
/// The beginning of a PEM block.
pub(crate) const PEM: &str = "-----BEGIN";
/// Extensions of PEM and DER files.
pub(crate) const KEY_FILES: [&str; 4] = [".pem", ".crt", ".cer", ".key"];
/// Extensions of PKCS#12 keystores.
pub(crate) const PKCS12_FILES: [&str; 2] = [".p12", ".pfx"];
/// Extensions of Java keystores.
pub(crate) const JKS_FILES: [&str; 2] = [".jks", ".keystore"];

const fn file(extension: &'static str) -> Signal {
    Signal::new(SignalKind::Extension, extension)
}

pub(super) const SIGNALS: &[Signal] = &[
    Signal::new(SignalKind::Path, KEYSTORE_NODE).by("keystore").marked(b"yst"),
    Signal::new(SignalKind::Value, PEM).as_needle(),
    file(KEY_FILES[0]),
    file(KEY_FILES[1]),
    file(KEY_FILES[2]),
    file(KEY_FILES[3]),
    file(PKCS12_FILES[0]),
    file(PKCS12_FILES[1]),
    file(JKS_FILES[0]),
    file(JKS_FILES[1]),
];
