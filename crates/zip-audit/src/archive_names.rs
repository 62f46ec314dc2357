//! What names say of archives: which files are zip archives, and which are archives of kinds that are not looked into.

/// Extensions of zip archives.
const ZIP: [&[u8]; 4] = [b"zip", b"jar", b"war", b"ear"];
/// Extensions of archives of other kinds.
const OTHER: [&[u8]; 11] = [b"tar", b"tgz", b"taz", b"tbz", b"tbz2", b"txz", b"tzst", b"7z", b"rar", b"zipx", b"cab"];
/// Extensions of single files that are compressed.
const COMPRESSED: [&[u8]; 7] = [b"gz", b"bz2", b"xz", b"zst", b"lzma", b"lz", b"z"];

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
    let from = name.len().saturating_sub(LONGEST + 1);
    let at = from + memchr::memrchr(b'.', name.get(from..)?)?;
    let (stem, extension) = (name.get(..at)?, name.get(at + 1..)?);
    (!extension.contains(&b'/')).then_some((stem, extension))
}

/// Length of the longest extension that is asked for; longer ones are none.
const LONGEST: usize = 15;

fn is_one_of(extensions: &[&[u8]], extension: &[u8]) -> bool {
    extensions.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_archives() {
        for name in ["a.zip", "a.JAR", "x/y.War", ".ear"] {
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
