//! What key material is.

use text_spans::Span;

/// One piece of key material.
#[derive(Debug, PartialEq, Eq)]
pub struct KeyFile {
    /// What it is.
    pub kind: KeyKind,
    /// Where it stands in a text; none for a binary file.
    pub span: Option<Span>,
    /// Whether only the name of the file says so.
    pub by_name: bool,
}

/// What a piece of key material is.
#[derive(Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A certificate, in DER.
    Certificate(Vec<u8>),
    /// A private key, in PEM or DER. Its content is never kept.
    PrivateKey {
        /// Whether a passphrase protects it.
        protected: bool,
    },
    /// A keystore.
    Keystore(StoreFormat, Holds),
}

/// A keystore file, by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreFormat {
    /// A Java keystore (JKS or JCEKS).
    Jks,
    /// A PKCS#12 keystore.
    Pkcs12,
    /// A keystore of Bouncy Castle for FIPS.
    Bcfks,
}

/// What a keystore holds, as far as it can be seen without its password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// At least one private or secret key.
    Keys,
    /// Certificates of others only.
    Certificates,
    /// That cannot be seen.
    Unknown,
}
