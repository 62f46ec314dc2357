//! A signal: a literal, where it stands, and by which part of it it is found.

/// Where a signal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignalKind {
    /// The PID of OSGi configurations, in the name of a file or node, or in a feature model.
    Pid,
    /// The primary type of a node.
    NodeType,
    /// The end of a resource type or template.
    ResourceType,
    /// A part of a repository path.
    Path,
    /// The name of a property, as a whole.
    Property,
    /// A word of which names of properties that hold secrets have at least one.
    SecretName,
    /// What a secret begins with, or holds near its beginning, upper and lower case apart.
    SecretShape,
    /// A host.
    Host,
    /// A host and all below it.
    Domain,
    /// The path of a URL, on whatever host.
    UrlPath,
    /// A part of the value of a property.
    Value,
    /// A part of the value of a property of a configuration.
    ConfigurationValue,
    /// The extension of a file, with its dot.
    Extension,
    /// The extension of a text, with its dot, in which only private keys are looked for.
    ProseExtension,
}

impl SignalKind {
    /// All kinds, in the order of the documentation.
    pub const ALL: [Self; 14] = [
        Self::Pid,
        Self::NodeType,
        Self::ResourceType,
        Self::Path,
        Self::Property,
        Self::SecretName,
        Self::SecretShape,
        Self::Host,
        Self::Domain,
        Self::UrlPath,
        Self::Value,
        Self::ConfigurationValue,
        Self::Extension,
        Self::ProseExtension,
    ];

    /// What the documentation calls signals of this kind.
    pub fn about(self) -> &'static str {
        match self {
            Self::Pid => "PIDs of configurations",
            Self::NodeType => "primary types of nodes",
            Self::ResourceType => "resource types and templates",
            Self::Path => "parts of repository paths",
            Self::Property => "names of properties",
            Self::SecretName => "words in names of properties",
            Self::SecretShape => "beginnings of secrets",
            Self::Host => "hosts",
            Self::Domain => "hosts and all below them",
            Self::UrlPath => "paths of URLs",
            Self::Value => "parts of values",
            Self::ConfigurationValue => "parts of values in configurations",
            Self::Extension => "extensions of files",
            Self::ProseExtension => "extensions of texts in which only private keys are looked for",
        }
    }
}

/// Where in a file the needle of a signal counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NeedlePlace {
    /// In names and values.
    Anywhere,
    /// In values only.
    Values,
    /// In the names of properties, and in what is written like one inside a value: a name that `=` follows, or a quote and
    /// then `:`.
    Names,
}

/// Something by which a family is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signal {
    /// Where it stands.
    pub kind: SignalKind,
    /// What stands there.
    pub literal: &'static str,
    /// The part of the literal by which the prefilter finds it in the bytes of an XML file, in any ASCII case; empty
    /// where it makes no fact without another signal that has a needle.
    pub needle: &'static str,
    /// Whether the needle of a [`SignalKind::SecretName`] counts in values too.
    pub in_values: bool,
    /// Three bytes of the literal that are rare in ordinary names and texts, by which a quick look finds it.
    pub mark: [u8; 3],
}

impl Signal {
    /// A signal without a needle.
    pub(super) const fn new(kind: SignalKind, literal: &'static str) -> Self {
        let bytes = literal.as_bytes();
        Self { kind, literal, needle: "", in_values: false, mark: [bytes[0], bytes[1], bytes[2]] }
    }

    /// The same, found by a part of its literal.
    pub(super) const fn by(self, needle: &'static str) -> Self {
        assert!(contains(self.literal, needle.as_bytes()), "the needle is no part of the literal");
        Self { needle, ..self }
    }

    /// The same, found by its whole literal.
    pub(super) const fn as_needle(self) -> Self {
        Self { needle: self.literal, ..self }
    }

    /// The same, with a needle that counts in values too.
    pub(super) const fn in_values(self) -> Self {
        Self { in_values: true, ..self }
    }

    /// Where the needle counts.
    pub fn place(&self) -> NeedlePlace {
        match self.kind {
            SignalKind::Value | SignalKind::ConfigurationValue | SignalKind::SecretShape => NeedlePlace::Values,
            SignalKind::SecretName if !self.in_values => NeedlePlace::Names,
            _ => NeedlePlace::Anywhere,
        }
    }

    /// The same, marked by other bytes than its first three.
    pub(super) const fn marked(self, mark: &[u8; 3]) -> Self {
        assert!(contains(self.literal, mark), "the mark is no part of the literal");
        Self { mark: *mark, ..self }
    }

    /// Whether it is of one of these kinds.
    pub(super) const fn is_any(&self, kinds: &[SignalKind]) -> bool {
        let mut rest = kinds;
        while let [kind, tail @ ..] = rest {
            if self.kind as u8 == *kind as u8 {
                return true;
            }
            rest = tail;
        }
        false
    }
}

const fn contains(text: &str, part: &[u8]) -> bool {
    let text = text.as_bytes();
    let mut start = 0;
    while start + part.len() <= text.len() {
        let mut length = 0;
        while length < part.len() && text[start + length] == part[length] {
            length += 1;
        }
        if length == part.len() {
            return true;
        }
        start += 1;
    }
    false
}
