//! The literals that are searched: those that make facts, and what a literal must be to be searchable in raw bytes.

/// Of these at least one occurs, in any ASCII case, in every XML file that makes a fact other than `node`.
///
/// Never contains a namespace prefix (prefixes can be renamed) nor digits (names that begin with a digit are always
/// written `_x003N_`, which would then have to be parsed).
pub const FACT_NEEDLES: &[&str] = &[
    // Hosts of Adobe endpoints: token exchange, APIs and Smart Content, tenants, retired gateways, technical accounts.
    "adobelogin.com",
    "adobe.io",
    "brand-portal.adobe.com",
    "marketing.adobe.com",
    "ethos.adobe.net",
    "techacct.adobe.com",
    // OSGi configurations written as nodes, and the PIDs as values.
    "OsgiConfig",
    "accesstoken.provider",
    "IMSAccessTokenRequestCustomizer",
    // Cloud services and agents: names of their pages, resource types and properties.
    "smarttagging",
    "mediaportal",
    "eventproxy",
    "imsConfig",
    "replication/components/agent",
    // Secrets and keys, by the name of the property or by the shape of the value.
    "-----BEGIN",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "privateKey",
    "private.key",
    "private_key",
    "keystore",
    "keypair",
    "apiKey",
];

/// The fewest bytes of a needle. A shorter one would be in nearly every file.
const SHORTEST: usize = 3;

/// A literal that cannot be searched in raw bytes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' cannot be a needle: a needle is at least {SHORTEST} printable ASCII characters, without white space and \
     without < > & ' \" and \\"
)]
pub struct InvalidNeedle(pub String);

/// Checked needles, and which bytes occur in them.
#[derive(Clone, Debug)]
pub(super) struct Needles {
    all: Vec<Box<[u8]>>,
    bytes: [bool; 256],
}

impl Needles {
    pub(super) fn new<I>(needles: I) -> Result<Self, InvalidNeedle>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let mut checked = Self { all: Vec::new(), bytes: [false; 256] };
        for needle in needles {
            let needle = needle.as_ref();
            let searchable = |byte: u8| byte.is_ascii_graphic() && !b"<>&'\"\\".contains(&byte);
            if needle.len() < SHORTEST || !needle.bytes().all(searchable) {
                return Err(InvalidNeedle(needle.to_owned()));
            }
            let needle = needle.to_ascii_lowercase().into_bytes().into_boxed_slice();
            for byte in &needle {
                for case in [byte.to_ascii_lowercase(), byte.to_ascii_uppercase()] {
                    if let Some(occurs) = checked.bytes.get_mut(usize::from(case)) {
                        *occurs = true;
                    }
                }
            }
            checked.all.push(needle);
        }
        // What contains another needle is found with it: one search less.
        let all = std::mem::take(&mut checked.all);
        checked.all = all
            .iter()
            .enumerate()
            .filter(|(index, needle)| {
                !all.iter().enumerate().any(|(other_index, other)| {
                    let shorter = other.len() < needle.len() || (other == *needle && other_index < *index);
                    shorter && memchr::memmem::find(needle, other).is_some()
                })
            })
            .map(|(_, needle)| needle.clone())
            .collect();
        Ok(checked)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.all.iter().map(|needle| &**needle)
    }

    pub(super) fn get(&self, index: usize) -> Option<&[u8]> {
        self.all.get(index).map(|needle| &**needle)
    }

    /// Whether `byte` occurs in a needle, in either case.
    pub(super) fn contain(&self, byte: u8) -> bool {
        self.bytes.get(usize::from(byte)).copied().unwrap_or(false)
    }

    /// Whether a needle occurs in `text`: the plain search, for short texts.
    pub(super) fn occur_in(&self, text: &[u8]) -> bool {
        self.iter().any(|needle| text.windows(needle.len()).any(|window| window.eq_ignore_ascii_case(needle)))
    }
}
