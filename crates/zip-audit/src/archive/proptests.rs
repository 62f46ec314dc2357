//! Random archives: what the `zip` crate sees is always seen, and nothing panics.

use crate::testing::zipbytes::{Archive, Descriptor, Entry};
use crate::testing::*;
use proptest::prelude::*;
use std::io::Cursor;
use zip::ZipArchive;

fn entry() -> impl Strategy<Value = Entry> {
    let name = "[a-d]{1,3}\\.(xml|config|png|zip)";
    let content = proptest::collection::vec(any::<u8>(), 0..200);
    let descriptor =
        prop_oneof![Just(Descriptor::None), Just(Descriptor::Signed), Just(Descriptor::Plain), Just(Descriptor::Wide)];
    (name, content, any::<bool>(), descriptor, 0..10_u8).prop_map(|(name, content, deflated, descriptor, hidden)| {
        let entry = Entry::new(name, &content, if deflated { 8 } else { 0 });
        // Streamed entries are deflated ones: where stored data ends cannot be told.
        let entry = if descriptor != Descriptor::None && deflated { entry.streamed(descriptor) } else { entry };
        if hidden == 0 { entry.hidden() } else { entry }
    })
}

fn archive() -> impl Strategy<Value = Archive> {
    (proptest::collection::vec(entry(), 0..12), any::<bool>()).prop_map(|(entries, wide)| Archive {
        entries,
        wide,
        ..Archive::default()
    })
}

/// The names and contents of text entries as the `zip` crate reads them; without empty ones, of which any damaged header
/// makes a sound entry that says nothing.
fn second_reader(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return Vec::new() };
    let mut files = Vec::new();
    for index in 0..archive.len() {
        let Ok(mut file) = archive.by_index(index) else { continue };
        let name = String::from_utf8_lossy(file.name_raw()).into_owned();
        let mut content = Vec::new();
        if (name.ends_with(".xml") || name.ends_with(".config"))
            && std::io::copy(&mut file, &mut content).is_ok()
            && !content.is_empty()
        {
            files.push((name, content));
        }
    }
    files
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn every_entry_is_visited_once(archive in archive()) {
        let seen = see_bytes(&archive.bytes(), &options(1));
        let wanted = |entry: &&Entry| [&b".xml"[..], b".config"].iter().any(|end| entry.local.name.ends_with(end));
        let expected: std::collections::BTreeSet<_> = archive.entries.iter().filter(wanted)
            .map(|entry| (String::from_utf8_lossy(&entry.local.name).into_owned(), entry.central.crc)).collect();
        let visited: std::collections::BTreeSet<_> = seen.files.iter()
            .map(|(place, bytes, _)| (place.rsplit("!/").next().unwrap().to_owned(), libdeflater::crc32(bytes))).collect();
        prop_assert!(visited.is_superset(&expected), "{expected:?} {:?} {:?}", seen.files, seen.outcome);
        let hidden = archive.entries.iter().any(|entry| !entry.has_central);
        prop_assert_eq!(seen.classes().contains("hidden-entry"), hidden);
    }

    #[test]
    fn a_damaged_archive_shows_what_the_second_reader_sees(
        archive in archive(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let mut bytes = archive.bytes();
        for (at, value) in damage {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        bytes.splice(0..0, *b"PK\x03\x04");
        let seen = see_bytes(&bytes, &options(1));
        for (name, content) in second_reader(&bytes) {
            let there = seen.files.iter().any(|(place, bytes, _)| place.ends_with(&format!("!/{name}")) && *bytes == content);
            prop_assert!(there, "{name} {content:?} {:?} {:?}", seen.files, seen.outcome);
        }
    }

    #[test]
    fn random_bytes_end_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        see_bytes(&[&b"PK\x03\x04"[..], &bytes].concat(), &options(1));
    }
}
