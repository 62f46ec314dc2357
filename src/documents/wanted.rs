//! Which files can hold something that a reader understands, by name alone.

/// Extensions of configurations, docview files, feature models and key material, without their dot.
const EXTENSIONS: &[&[u8]] = &[
    b"xml",
    b"config",
    b"cfg",
    b"json",
    b"properties",
    b"pem",
    b"crt",
    b"cer",
    b"key",
    b"p12",
    b"pfx",
    b"jks",
    b"keystore",
];
/// The manifest of a bundle.
const MANIFEST: &str = "META-INF/MANIFEST.MF";
/// Length of the longest extension with its dot.
const LONGEST: usize = ".properties".len();

/// Whether the content of the file `name` can matter. Upper and lower case are the same here: `a.CONFIG` is no
/// configuration for the installer, but an auditor wants to hear of it.
pub fn wants(name: &[u8]) -> bool {
    // Asked of every entry of every archive: most names are answered by a few bytes of their end.
    let tail = name.get(name.len().saturating_sub(LONGEST)..).unwrap_or_default();
    let Some(extension) = memchr::memrchr(b'.', tail).and_then(|dot| tail.get(dot + 1..)) else { return false };
    KNOWN.contains(&in_one(extension)) || (extension.len() == 2 && is_manifest(name))
}

/// The known extensions as numbers, which are compared at once.
const KNOWN: [u128; EXTENSIONS.len()] = {
    let mut known = [0; EXTENSIONS.len()];
    let mut index = 0;
    while index < known.len() {
        known[index] = in_one(EXTENSIONS[index]);
        index += 1;
    }
    known
};

/// An extension of up to sixteen bytes in lower case as one number.
const fn in_one(extension: &[u8]) -> u128 {
    let mut all = 0;
    let mut index = 0;
    while index < extension.len() {
        all = all << 8 | extension[index].to_ascii_lowercase() as u128;
        index += 1;
    }
    all
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
    fn every_extension_is_found() {
        for extension in super::EXTENSIONS {
            assert!(wants(&[b"x.", *extension].concat()), "{}", extension.escape_ascii());
        }
    }

    #[test]
    fn by_extension_in_any_case() {
        for name in [
            "a.config",
            ".xml",
            "A.CFG.JSON",
            "b.P12",
            "x.y.KeyStore",
            "META-INF/MANIFEST.MF",
            "x/meta-inf/manifest.mf",
        ] {
            assert!(wants(name.as_bytes()), "{name}");
        }
        for name in
            ["a.png", "config", "xml", "MY-META-INF/MANIFEST.MF", "a.config.bak", "a.mf", "a.xkeystore", "a.", ""]
        {
            assert!(!wants(name.as_bytes()), "{name}");
        }
    }
}
