//! The prefixes under which a repository knows its namespaces, whatever prefix a file uses.

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
