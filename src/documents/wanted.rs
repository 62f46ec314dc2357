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
    let mut extension = 0;
    for (index, byte) in name.iter().rev().take(LONGEST).enumerate() {
        if *byte == b'.' {
            return KNOWN.contains(&extension) || index == 2 && is_manifest(name);
        }
        extension = prepend(*byte, extension);
    }
    false
}

/// The known extensions as numbers, which are compared at once.
const KNOWN: [u128; EXTENSIONS.len()] = {
    let mut known = [0; EXTENSIONS.len()];
    let mut index = 0;
    while index < known.len() {
        let mut rest = EXTENSIONS[index];
        while let [before @ .., last] = rest {
            known[index] = prepend(*last, known[index]);
            rest = before;
        }
        index += 1;
    }
    known
};

/// The number of an extension of up to sixteen bytes, in lower case, with one more byte before it.
const fn prepend(byte: u8, extension: u128) -> u128 {
    extension << 8 | byte.to_ascii_lowercase() as u128
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
        for spec in osgi_config::FORMATS {
            assert!(wants(format!("x{}", spec.extension).as_bytes()), "{}", spec.extension);
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
