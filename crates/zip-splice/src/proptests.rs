//! Random archives and random changes: the changed entries are as intended, and all other records are the same bytes.

use crate::{Archive, Change, SpliceError};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::{Cursor, Read, Seek, Write};
use zip::write::SimpleFileOptions;

/// How an entry is packed: stored or deflated, and whether with ZIP64 fields.
#[derive(Clone, Debug)]
struct Form {
    stored: bool,
    large: bool,
}

/// A writer that cannot seek, so that sizes go into data descriptors.
struct Stream(Vec<u8>);

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn options(form: &Form) -> SimpleFileOptions {
    let method = if form.stored { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
    SimpleFileOptions::default().compression_method(method).large_file(form.large)
}

fn pack(entries: &[(Form, Vec<u8>)], comment: &str, streamed: bool) -> Vec<u8> {
    fn fill<W: Write + Seek>(writer: &mut zip::ZipWriter<W>, entries: &[(Form, Vec<u8>)], comment: &str) {
        for (number, (form, content)) in entries.iter().enumerate() {
            writer.start_file(format!("folder/entry-{number}.txt"), options(form)).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.set_comment(comment).unwrap();
    }
    if streamed {
        let mut writer = zip::ZipWriter::new_stream(Stream(Vec::new()));
        for (number, (form, content)) in entries.iter().enumerate() {
            let form = Form { stored: false, ..form.clone() };
            writer.start_file(format!("folder/entry-{number}.txt"), options(&form)).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.set_comment(comment).unwrap();
        return writer.finish().unwrap().into_inner().0;
    }
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    fill(&mut writer, entries, comment);
    writer.finish().unwrap().into_inner()
}

fn entry() -> impl Strategy<Value = (Form, Vec<u8>)> {
    let form = (any::<bool>(), any::<bool>()).prop_map(|(stored, large)| Form { stored, large });
    (form, prop::collection::vec(any::<u8>(), 0..200))
}

fn change() -> impl Strategy<Value = Option<Change>> {
    prop_oneof![
        3 => Just(None),
        1 => Just(Some(Change::Remove)),
        2 => (prop::option::of("[a-z]{20}"), prop::collection::vec(any::<u8>(), 0..300))
            .prop_map(|(name, content)| Some(Change::Replace { name, content })),
    ]
}

/// The local records of an archive, by name: everything up to the next one.
fn records(bytes: &[u8]) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let archive = Archive::open(Cursor::new(bytes)).unwrap();
    let directory = &archive.directory;
    let start = |place: usize| {
        let entry = archive.order.get(place).map(|&index| &directory.entries[index]);
        usize::try_from(entry.map_or(directory.start, |entry| directory.prefix + entry.offset)).unwrap()
    };
    let record = |(place, &index): (usize, &usize)| {
        (directory.entries[index].name().to_vec(), bytes[start(place)..start(place + 1)].to_vec())
    };
    archive.order.iter().enumerate().map(record).collect()
}

/// What the `zip` crate reads.
fn contents(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut read = |index: usize| {
        let mut file = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        (file.name().unwrap().into_owned(), content)
    };
    let count = zip::ZipArchive::new(Cursor::new(bytes)).unwrap().len();
    (0..count).map(&mut read).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn changed_entries_are_as_intended_and_all_others_the_same(
        entries in prop::collection::vec((entry(), change()), 0..8),
        comment in "[a-z]{0,20}",
        prefix in prop::collection::vec(any::<u8>(), 0..10),
        streamed in any::<bool>(),
    ) {
        let (entries, changes): (Vec<_>, Vec<_>) = entries.into_iter().unzip();
        prop_assume!(!prefix.windows(2).any(|pair| pair == b"PK"));
        let packed = pack(&entries, &comment, streamed);
        let packed: Vec<u8> = prefix.iter().copied().chain(packed).collect();
        let names: Vec<String> = (0..entries.len()).map(|number| format!("folder/entry-{number}.txt")).collect();
        let changes: BTreeMap<usize, Change> =
            changes.into_iter().enumerate().filter_map(|(index, change)| Some((index, change?))).collect();
        // What stands before an archive without entries is refused.
        let removed = changes.values().filter(|change| matches!(change, Change::Remove)).count();
        prop_assume!(removed < entries.len() || prefix.is_empty());
        let taken: Vec<&String> = changes.values().filter_map(|change| match change {
            Change::Replace { name, .. } => name.as_ref(),
            Change::Remove => None,
        }).collect();
        prop_assume!(taken.iter().collect::<std::collections::BTreeSet<_>>().len() == taken.len());
        let mut changed = Vec::new();
        Archive::open(Cursor::new(&packed)).unwrap().splice(&changes, &mut changed).unwrap();
        let mut again = Vec::new();
        Archive::open(Cursor::new(&packed)).unwrap().splice(&changes, &mut again).unwrap();
        prop_assert_eq!(&changed, &again);
        if changes.is_empty() {
            prop_assert_eq!(&changed, &packed);
        }
        let before = records(&packed);
        let after = records(&changed);
        let mut expected = BTreeMap::new();
        for (index, name) in names.iter().enumerate() {
            match changes.get(&index) {
                None => {
                    prop_assert_eq!(after.get(name.as_bytes()), before.get(name.as_bytes()));
                    expected.insert(name.clone(), entries[index].1.clone());
                }
                Some(Change::Remove) => {}
                Some(Change::Replace { name: new, content }) => {
                    expected.insert(new.clone().unwrap_or_else(|| name.clone()), content.clone());
                }
            }
        }
        prop_assert_eq!(contents(&changed), expected.clone());
        prop_assert!(changed.starts_with(&prefix));
        let mut archive = Archive::open(Cursor::new(&changed)).unwrap();
        for (name, content) in &expected {
            let index = archive.find(name).unwrap();
            prop_assert_eq!(&archive.read(index).unwrap(), content);
        }
    }

    #[test]
    fn any_bytes_are_changed_or_refused(
        mut bytes in prop::collection::vec(any::<u8>(), 0..60),
        damage in prop::collection::vec((0_usize..400, any::<u8>()), 0..6),
    ) {
        let _ = Archive::open(Cursor::new(&bytes));
        bytes.truncate(20);
        let mut packed = pack(&[(Form { stored: false, large: true }, bytes)], "c", false);
        for (at, byte) in damage {
            if let Some(place) = packed.get_mut(at) {
                *place = byte;
            }
        }
        if let Ok(mut archive) = Archive::open(Cursor::new(&packed)) {
            let _ = archive.read(0);
            let _ = archive.splice(&BTreeMap::from([(0, Change::replace(b"x".to_vec()))]), &mut Vec::new());
        }
    }
}

#[test]
fn signed_and_ambiguous_archives_are_refused() {
    let pack = |names: &[&str]| {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for name in names {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    };
    let open = |bytes: Vec<u8>| Archive::open(Cursor::new(bytes)).map(|_| ());
    assert!(open(pack(&["META-INF/MANIFEST.MF", "META-INF/x/a.rsa"])).is_ok());
    assert!(matches!(open(pack(&["META-INF/acme.sf"])), Err(SpliceError::Signed)));
    let twice = [pack(&["a"]), b"PK\x05\x06".to_vec(), vec![0; 18]].concat();
    assert!(open(twice).is_err());
    assert!(matches!(open(b"no zip".to_vec()), Err(SpliceError::Damaged(_))));
    // Two entries of one name.
    let mut bytes = pack(&["aa", "ab"]);
    while let Some(at) = bytes.windows(2).position(|pair| pair == b"ab") {
        bytes[at + 1] = b'a';
    }
    assert!(matches!(open(bytes), Err(SpliceError::Ambiguous(_))));
}
