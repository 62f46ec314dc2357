//! Names that readers of one archive take for different things: with backslashes, with bytes that are no UTF-8, and those
//! that lead out of the folder that an archive is unpacked to.

use super::directory::Directory;
use crate::causes::AnomalyKind;
use crate::ledger::{Ledger, brief};

/// What is odd about a name.
fn oddness(name: &[u8]) -> Option<AnomalyKind> {
    // Nearly all names are plain: one look at the bytes, then none at the segments.
    if is_plain(name) {
        return None;
    }
    let mut segments = name.split(|byte| matches!(byte, b'/' | b'\\'));
    let is_drive = matches!(name, [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic());
    if is_drive || segments.any(|segment| segment == b"..") {
        Some(AnomalyKind::EscapingName)
    } else if std::str::from_utf8(name).is_err() {
        Some(AnomalyKind::UndecodableName)
    } else {
        name.contains(&b'\\').then_some(AnomalyKind::BackslashName)
    }
}

/// Whether a name is ASCII without a backslash, two dots side by side, or the colon of a drive. Without branches, so that
/// many bytes are looked at once.
fn is_plain(name: &[u8]) -> bool {
    let odd = name.iter().fold(false, |odd, byte| odd | !byte.is_ascii() | (*byte == b'\\'));
    let after = name.get(1..).unwrap_or_default();
    let dots = name.iter().zip(after).fold(false, |dots, (one, next)| dots | (*one == b'.') & (*next == b'.'));
    !(odd | dots) && after.first() != Some(&b':')
}

/// Notes odd names in a directory, if some reader relies on the names in the archive at all: `matters` says so of each of
/// them. Files of other kinds, such as pictures that were zipped for download, are nobody's packages.
pub(super) fn note(directory: &Directory, ledger: &Ledger, matters: impl Fn(&[u8]) -> bool) {
    let names = || directory.records.iter().map(|record| (record, directory.name(record)));
    let mut odd = names().filter_map(|(record, name)| Some((record, name, oddness(name)?))).peekable();
    if odd.peek().is_none() || !names().any(|(_, name)| matters(name)) {
        return;
    }
    for (record, name, kind) in odd {
        ledger.anomaly(kind, record.claim.header, || {
            let name = brief(name);
            match kind {
                AnomalyKind::BackslashName => format!("{name} has a backslash in its name"),
                AnomalyKind::UndecodableName => format!("the name of {name} is no UTF-8"),
                _ => format!("{name} leads out of the folder that the archive is unpacked to"),
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_names() {
        for name in ["a/b.xml", "..a/b..", "a:b/c", "\u{fc}/x", "", "c:", "a/...", "/jcr_root/a"] {
            assert_eq!(oddness(name.as_bytes()), None, "{name}");
        }
        for name in ["../a", "a/../b", "a\\..\\b", "C:\\x", "c:/x", ".."] {
            assert_eq!(oddness(name.as_bytes()), Some(AnomalyKind::EscapingName), "{name}");
        }
        assert_eq!(oddness(b"jcr_root\\a.xml"), Some(AnomalyKind::BackslashName));
        assert_eq!(oddness(b"a/b\xfc.xml"), Some(AnomalyKind::UndecodableName));
    }
}
