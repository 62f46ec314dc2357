//! Packs directories into archives: a directory whose name ends in `.zip` or `.jar` stands for an archive of that name,
//! to any depth, so that packages can be kept in the repository as readable files.

#![allow(dead_code, unreachable_pub, reason = "each test that includes this uses a part of it")]

use std::fs;
use std::io::{Cursor, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;

/// Copies the tree at `from` to `to`, packing what stands for an archive.
pub fn unfold(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in sorted(from) {
        let target = to.join(path.file_name().unwrap());
        if stands_for_archive(&path) {
            fs::write(target, pack(&path)).unwrap();
        } else if path.is_dir() {
            unfold(&path, &target);
        } else {
            fs::copy(&path, target).unwrap();
        }
    }
}

/// The archive that a directory stands for. The same files give the same bytes.
pub fn pack(directory: &Path) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    add(&mut zip, directory, "");
    zip.finish().unwrap().into_inner()
}

fn add(zip: &mut zip::ZipWriter<Cursor<Vec<u8>>>, directory: &Path, prefix: &str) {
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    for path in sorted(directory) {
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() && !stands_for_archive(&path) {
            zip.add_directory(&name, SimpleFileOptions::default()).unwrap();
            add(zip, &path, &format!("{name}/"));
        } else {
            zip.start_file(&name, options).unwrap();
            let bytes = if path.is_dir() { pack(&path) } else { fs::read(&path).unwrap() };
            zip.write_all(&bytes).unwrap();
        }
    }
}

fn stands_for_archive(path: &Path) -> bool {
    path.is_dir() && path.extension().is_some_and(|extension| extension == "zip" || extension == "jar")
}

fn sorted(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
