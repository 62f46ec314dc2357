//! The package that the README uses is what the readable files beside it say.
#![allow(clippy::unwrap_used, reason = "what fails in a test should fail loudly")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;

#[path = "support/pack.rs"]
mod pack;

/// All files of a package, nested packages opened.
fn files(bytes: &[u8], prefix: &str, into: &mut BTreeMap<String, Vec<u8>>) {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = format!("{prefix}{}", entry.name().unwrap());
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        if name.ends_with(".zip") {
            files(&content, &format!("{name}!/"), into);
        } else {
            into.insert(name, content);
        }
    }
}

#[test]
fn the_shipped_package_is_what_its_files_say() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/packages");
    let packed = pack::pack(&directory.join("acme.all-1.4.0"));
    let shipped = directory.join("acme.all-1.4.0.zip");
    if std::env::var_os("AEMLINT_UPDATE").is_some() {
        std::fs::write(&shipped, &packed).unwrap();
    }
    let (mut expected, mut found) = (BTreeMap::new(), BTreeMap::new());
    files(&packed, "", &mut expected);
    files(&std::fs::read(&shipped).unwrap(), "", &mut found);
    assert!(expected.len() > 8);
    assert_eq!(found, expected, "run .ci/update");
}
