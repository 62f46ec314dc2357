//! What names say of archives: which files are zip archives, and which are archives of kinds that are not looked into.

/// Extensions of zip archives; `far` is a feature archive of Sling.
const ZIP: [u64; 5] = [number(b"zip"), number(b"jar"), number(b"war"), number(b"ear"), number(b"far")];
/// Extensions of archives of other kinds.
const OTHER: [u64; 11] = [
    number(b"tar"),
    number(b"tgz"),
    number(b"taz"),
    number(b"tbz"),
    number(b"tbz2"),
    number(b"txz"),
    number(b"tzst"),
    number(b"7z"),
    number(b"rar"),
    number(b"zipx"),
    number(b"cab"),
];
/// Extensions of single files that are compressed.
const COMPRESSED: [u64; 7] =
    [number(b"gz"), number(b"bz2"), number(b"xz"), number(b"zst"), number(b"lzma"), number(b"lz"), number(b"z")];

/// Whether the name says that the file is a zip archive: it may hold one behind a prefix, such as a launcher script.
pub(super) fn named_archive(name: &[u8]) -> bool {
    extension(name).is_some_and(|(_, extension)| is_one_of(&ZIP, extension))
}

/// Whether the name says that the file is an archive of another kind than zip, a part of an archive, or a compressed file
/// of which the content would be looked at if it were not compressed: `wants` says of which names it is.
pub(super) fn named_other_archive(name: &[u8], wants: impl Fn(&[u8]) -> bool) -> bool {
    let Some((stem, last)) = extension(name) else { return false };
    if is_one_of(&OTHER, last) {
        return true;
    }
    if last.len() == 3 && last.iter().all(u8::is_ascii_digit) {
        return named_archive(stem) || extension(stem).is_some_and(|(_, extension)| is_one_of(&OTHER, extension));
    }
    is_one_of(&COMPRESSED, last)
        && match extension(stem) {
            None => true,
            Some((_, inner)) => is_one_of(&ZIP, inner) || is_one_of(&OTHER, inner) || wants(stem),
        }
}

/// Splits a path at the last `.` of its last name. What comes before may be empty, as in `.zip`.
fn extension(name: &[u8]) -> Option<(&[u8], &[u8])> {
    // No extension that is asked for is longer; the names of most files end here.
    let from = name.len().saturating_sub(MAX_EXTENSION_BYTES + 1);
    let at = from + memchr::memrchr(b'.', name.get(from..)?)?;
    let (stem, extension) = (name.get(..at)?, name.get(at + 1..)?);
    (!extension.contains(&b'/')).then_some((stem, extension))
}

/// Length of the longest extension that is asked for by [`named_other_archive`]; longer ones are none.
const MAX_EXTENSION_BYTES: usize = 15;
/// Length of the longest extension of an archive.
const MAX_KNOWN_BYTES: usize = 4;

/// An extension of an archive in lower case and its length, as a number: every entry is asked for it, so all are compared at
/// once.
const fn number(extension: &[u8]) -> u64 {
    let mut number = 0;
    let mut index = 0;
    while index < extension.len() {
        number = number << 8 | extension[index].to_ascii_lowercase() as u64;
        index += 1;
    }
    number | (extension.len() as u64) << 56
}

fn is_one_of(extensions: &[u64], extension: &[u8]) -> bool {
    if extension.len() > MAX_KNOWN_BYTES {
        return false;
    }
    let number = number(extension);
    extensions.iter().fold(false, |found, known| found | (*known == number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_archives() {
        for name in ["a.zip", "a.JAR", "x/y.War", ".ear", "a.far"] {
            assert!(named_archive(name.as_bytes()));
        }
        for name in ["zip", "a.zipx", "a.xml", "", "a.zip/b", "a.", "a.zip.bak"] {
            assert!(!named_archive(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn names_of_other_archives_and_of_compressed_files_that_matter() {
        let other = |name: &str| named_other_archive(name.as_bytes(), |name| name.ends_with(b".xml"));
        for name in [
            "a.tgz",
            "x/a.TAR",
            "a.tar.gz",
            "a.tar.zst",
            "a.7z",
            "a.part1.rar",
            "a.7z.001",
            "a.zip.002",
            "a.zip.gz",
            "a.xml.gz",
            "dump.gz",
        ] {
            assert!(other(name), "{name}");
        }
        for name in ["a.zip", "app.js.gz", "a.css.br", "a.002", "v1.0.001", "tar", "x.tgz/readme", "a.tgzz", "gz", ""] {
            assert!(!other(name), "{name}");
        }
    }
}
