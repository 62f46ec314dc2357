//! Which files can hold something that a reader understands, by name alone.

/// Extensions of configurations, docview files, feature models and key material.
const EXTENSIONS: &[&str] = &[
    ".xml",
    ".config",
    ".cfg",
    ".json",
    ".properties",
    ".pem",
    ".crt",
    ".cer",
    ".key",
    ".p12",
    ".pfx",
    ".jks",
    ".keystore",
];
/// The manifest of a bundle.
const MANIFEST: &str = "META-INF/MANIFEST.MF";

/// Whether the content of the file `name` can matter. Upper and lower case are the same here: `a.CONFIG` is no
/// configuration for the installer, but an auditor wants to hear of it.
pub fn wants(name: &[u8]) -> bool {
    EXTENSIONS.iter().any(|extension| ends_with(name, extension)) || is_manifest(name)
}

fn is_manifest(name: &[u8]) -> bool {
    ends_with(name, MANIFEST)
        && (name.len() == MANIFEST.len() || name.get(name.len() - MANIFEST.len() - 1) == Some(&b'/'))
}

fn ends_with(name: &[u8], end: &str) -> bool {
    name.len()
        .checked_sub(end.len())
        .and_then(|at| name.get(at..))
        .is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::wants;

    #[test]
    fn by_extension_in_any_case() {
        for name in
            ["a.config", "x/.content.xml", "A.CFG.JSON", "b.P12", "META-INF/MANIFEST.MF", "x/meta-inf/manifest.mf"]
        {
            assert!(wants(name.as_bytes()), "{name}");
        }
        for name in ["a.png", "config", "xml", "MY-META-INF/MANIFEST.MF", "a.config.bak", ""] {
            assert!(!wants(name.as_bytes()), "{name}");
        }
    }
}
