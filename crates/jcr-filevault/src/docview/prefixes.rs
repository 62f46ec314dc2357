//! The prefixes under which a repository knows its namespaces, whatever prefix a file uses.

use std::borrow::Cow;

/// Namespaces of JCR, Oak, FileVault, Sling and AEM with the prefixes that they are registered with.
const REGISTERED: [(&str, &str); 27] = [
    ("http://www.jcp.org/jcr/1.0", "jcr"),
    ("http://www.jcp.org/jcr/nt/1.0", "nt"),
    ("http://www.jcp.org/jcr/mix/1.0", "mix"),
    ("http://www.jcp.org/jcr/sv/1.0", "sv"),
    ("http://sling.apache.org/jcr/sling/1.0", "sling"),
    ("http://www.day.com/jcr/cq/1.0", "cq"),
    ("http://www.day.com/dam/1.0", "dam"),
    ("http://www.adobe.com/jcr/granite/1.0", "granite"),
    ("internal", "rep"),
    ("http://jackrabbit.apache.org/oak/ns/1.0", "oak"),
    ("http://www.day.com/jcr/vault/1.0", "vlt"),
    ("http://www.day.com/crx/1.0", "crx"),
    ("http://www.day.com/crx/oauth/1.0", "oauth"),
    ("http://www.adobe.com/social/1.0", "social"),
    ("http://www.adobe.com/jcr/workflow/1.0", "workflow"),
    ("http://www.adobe.com/granite/external/1.0", "external"),
    ("http://www.adobe.com/scene7/1.0", "scene7"),
    ("http://ns.adobe.com/xap/1.0/", "xmp"),
    ("http://ns.adobe.com/xap/1.0/mm/", "xmpMM"),
    ("http://ns.adobe.com/xap/1.0/rights/", "xmpRights"),
    ("http://ns.adobe.com/photoshop/1.0/", "photoshop"),
    ("http://ns.adobe.com/pdf/1.3/", "pdf"),
    ("http://ns.adobe.com/tiff/1.0/", "tiff"),
    ("http://ns.adobe.com/exif/1.0/", "exif"),
    ("http://purl.org/dc/elements/1.1/", "dc"),
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdf"),
    ("http://www.w3.org/XML/1998/namespace", "xml"),
];

/// The namespace of `jcr:root` and `jcr:primaryType`.
pub(super) const JCR: &str = "http://www.jcp.org/jcr/1.0";

/// The usual prefix of a namespace.
pub(super) fn usual(uri: &str) -> Option<&'static str> {
    REGISTERED.iter().find(|(known, _)| *known == uri).map(|(_, prefix)| *prefix)
}

/// The prefix that a repository uses for a namespace which a file calls `prefix`.
///
/// Where it uses that prefix for another namespace, FileVault registers the new one with a number behind the prefix.
pub(super) fn in_repository<'p>(prefix: &'p str, uri: &str) -> Cow<'p, str> {
    match usual(uri) {
        Some(usual) => Cow::Borrowed(usual),
        None if REGISTERED.iter().any(|(_, taken)| *taken == prefix) => Cow::Owned(format!("{prefix}1")),
        None => Cow::Borrowed(prefix),
    }
}

/// Whether a repository knows the namespace by the prefix that the file has for it.
pub(super) fn is_in_repository(prefix: &str, uri: &str) -> bool {
    match usual(uri) {
        Some(usual) => usual == prefix,
        None => REGISTERED.iter().all(|(_, taken)| *taken != prefix),
    }
}
