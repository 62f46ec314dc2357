//! Which files can hold something that a reader understands, by their names and by what they begin with.

use super::installed_name::installed_name;
use super::keys;
use crate::signals::{self, SignalKind};
use osgi_config::FORMATS;

const EXTENSION: [SignalKind; 1] = [SignalKind::Extension];
const OF_FAMILIES: [&str; signals::count(&EXTENSION)] = signals::literals(&EXTENSION);
/// Docview files, initial content, and feature models under both of the names that they have.
const OF_CONTENT: [&str; 3] = [".xml", ".json", FEATURE_MODEL];
/// The extension of a Sling feature model that is an artifact of a build.
const FEATURE_MODEL: &str = ".slingosgifeature";

/// Extensions of everything that is read, with their dot.
pub const EXTENSIONS: [&str; FORMATS.len() + OF_CONTENT.len() + OF_FAMILIES.len()] = {
    let mut extensions = [""; FORMATS.len() + OF_CONTENT.len() + OF_FAMILIES.len()];
    let mut index = 0;
    while index < extensions.len() {
        extensions[index] = if index < FORMATS.len() {
            FORMATS[index].extension
        } else if index < FORMATS.len() + OF_CONTENT.len() {
            OF_CONTENT[index - FORMATS.len()]
        } else {
            OF_FAMILIES[index - FORMATS.len() - OF_CONTENT.len()]
        };
        index += 1;
    }
    extensions
};

/// The manifest of a bundle.
const MANIFEST: &str = "META-INF/MANIFEST.MF";
/// Length of the longest extension with its dot.
const MAX_EXTENSION_BYTES: usize = FEATURE_MODEL.len();

/// Whether the content of the file `name` can matter. Upper and lower case are the same here: `a.CONFIG` is no
/// configuration for the installer, but an auditor wants to hear of it.
pub fn wants(name: &[u8]) -> bool {
    wants_as_written(name) || installed_name(name).is_some_and(|installed| wants_as_written(installed.as_bytes()))
}

/// Whether a file outside of packages and content trees can matter by its name.
pub fn wants_anywhere(name: &[u8]) -> bool {
    ends_with(name, FEATURE_MODEL)
}

fn wants_as_written(name: &[u8]) -> bool {
    // Asked of every entry of every archive: most names are answered by a few bytes of their end.
    let mut extension = 0;
    for (index, byte) in name.iter().rev().take(MAX_EXTENSION_BYTES).enumerate() {
        if *byte == b'.' {
            return KNOWN.contains(&extension) || extension == NODE_TYPES || index == 2 && is_manifest(name);
        }
        extension = prepend(*byte, extension);
    }
    false
}

/// Whether a file of this name, which [`wants`] refuses, can matter if it begins like a text.
pub fn wants_look(name: &[u8]) -> bool {
    is_prose(name)
}

/// Whether a file can be a text in which private keys are looked for, by its name or by the one that it gets.
fn is_prose(name: &[u8]) -> bool {
    keys::is_prose(name) || installed_name(name).is_some_and(|installed| keys::is_prose(installed.as_bytes()))
}

/// Whether a file that [`wants`] refuses can matter, by what it begins with: key material of any name, and texts in which
/// private keys are looked for.
pub fn wants_beginning(name: &[u8], first: &[u8]) -> bool {
    keys::begins_like_key(first) || is_prose(name) && begins_like_text(first)
}

/// What a pointer of Git LFS begins with. It stands for a file that is too large to be a text.
const LFS_POINTER: &[u8] = b"version https://";

/// Whether a file begins like a text: characters and line ends in UTF-8, or UTF-16.
fn begins_like_text(first: &[u8]) -> bool {
    if first.starts_with(b"\xff\xfe") || first.starts_with(b"\xfe\xff") {
        return true;
    }
    // A character may be cut in two at the end.
    let valid = match std::str::from_utf8(first) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none(),
    };
    let is_control = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b);
    valid && !first.is_empty() && !first.iter().any(is_control) && !first.starts_with(LFS_POINTER)
}

/// What stands behind the last dot of the known extensions, as numbers, which are compared at once.
const KNOWN: [u128; EXTENSIONS.len()] = {
    let mut known = [0; EXTENSIONS.len()];
    let mut index = 0;
    while index < known.len() {
        let mut rest = EXTENSIONS[index].as_bytes();
        while let [before @ .., last] = rest {
            if *last == b'.' {
                break;
            }
            known[index] = prepend(*last, known[index]);
            rest = before;
        }
        index += 1;
    }
    known
};

/// The extension of definitions of node types, whose default values can be anything. They are searched as plain text.
const NODE_TYPES: u128 = prepend(b'c', prepend(b'n', b'd' as u128));

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
    use super::{keys, wants, wants_beginning};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_refused_by_a_few_bytes_is_refused_by_more(
            first in prop_oneof![
                proptest::collection::vec(any::<u8>(), 2..64),
                "[a-zé\u{feff}\u{10000} \u{0}-]{1,20}".prop_map(String::into_bytes).prop_filter("two", |first| first.len() > 1),
            ],
        ) {
            for few in 2..first.len().min(5) {
                let refused = !wants_beginning(b"a.txt", &first[..few]) && !keys::begins_like_key(&first);
                prop_assert!(!refused || !wants_beginning(b"a.txt", &first), "{few} of {first:?}");
            }
        }
    }

    #[test]
    fn every_extension_is_found() {
        for extension in super::EXTENSIONS {
            assert!(wants(format!("x{extension}").as_bytes()), "{extension}");
            assert!(extension.len() <= super::MAX_EXTENSION_BYTES, "{extension}");
        }
    }

    #[test]
    fn by_what_a_file_begins_with() {
        for (name, first) in [
            ("a.png", &b"-----BEGIN PRIVATE"[..]),
            ("a.bin", b"\xfe\xed\xfe\xed\0\0\0\x02"),
            ("id_rsa", b"some text"),
            ("a.md", "# Über".as_bytes()),
            ("a.txt", b"cut in two: \xc3"),
            ("a.txt", b"\xff\xfea\0"),
        ] {
            assert!(wants_beginning(name.as_bytes(), first), "{name}");
        }
        for (name, first) in [
            ("a.png", &b"\x89PNG"[..]),
            ("a.js", b"var a"),
            ("original", b"\x89PNG"),
            ("original", b"%PDF-1.4\n%\xe2\xe3\xcf\xd3"),
            ("original", b"version https://git-lfs.github.com/spec/v1"),
            ("a.txt", b""),
            ("a.txt", b"a\0b"),
        ] {
            assert!(!wants_beginning(name.as_bytes(), first), "{name}");
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
            "a%2econfig",
            "a.cfg%2ejson",
            "a.%78%6D%6C",
            "jcr_root/a.config/_jcr_content/_jcr_data.binary",
            "a.SlingOsgiFeature",
            "META-INF/vault/nodetypes.cnd",
        ] {
            assert!(wants(name.as_bytes()), "{name}");
        }
        for name in [
            "a.png",
            "config",
            "xml",
            "MY-META-INF/MANIFEST.MF",
            "a.config.bak",
            "a.mf",
            "a.xkeystore",
            "a.",
            "",
            "a%2epng",
            "a%2",
            "a.config/_jcr_content/x.binary",
            "a.png/_jcr_content/_jcr_data.binary",
        ] {
            assert!(!wants(name.as_bytes()), "{name}");
        }
    }
}
