//! Walks files that are in memory as if they lay in a directory.

use super::driver::Driver;
use super::file_tree::{FileTree, InvalidPath};
use super::tree;
use super::types::{Options, Outcome, Place, Visitor};

/// Walks `files`, pairs of path and content, as [`walk`](crate::walk) would if they lay in the current directory.
///
/// Paths have the separator `/`.
///
/// # Errors
/// A path that leads out of the directory, or that two files have; then nothing was visited.
pub fn walk_files(
    files: impl IntoIterator<Item = (String, Vec<u8>)>,
    options: &Options,
    visitor: &dyn Visitor,
) -> Result<Outcome, InvalidPath> {
    let tree = FileTree::in_memory(files)?;
    let driver = Driver::new(options, visitor, &tree);
    driver.drive(vec![tree::whole().into()]);
    Ok(driver.outcome(&[Place::on_disk(".")]))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Collector, IMS, IMS_TEXT, TAGS, TAGS_TEXT, both, options, see};
    use super::*;

    #[test]
    fn files_in_memory_are_walked_as_those_on_disk() {
        let files = || {
            [
                (format!("ui/{IMS}"), IMS_TEXT.to_vec()),
                (format!("ui/{TAGS}"), TAGS_TEXT.to_vec()),
                ("ui/META-INF/vault/filter.xml".to_owned(), b"<filter/>".to_vec()),
                ("ui/other/a.xml".to_owned(), b"<a/>".to_vec()),
                ("target/jcr_root/a.xml".to_owned(), b"<a/>".to_vec()),
                ("vendor/one.zip".to_owned(), both().bytes()),
                ("ui/jcr_root/apps/x/install/two".to_owned(), both().bytes()),
                ("vendor/none.zip".to_owned(), b"text".to_vec()),
            ]
        };
        let directory = tempfile::tempdir().unwrap();
        for (name, bytes) in files() {
            let path = directory.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        let disk = see(&[directory.path()], &options(1));
        let collector = Collector::default();
        let memory = collector.seen(walk_files(files(), &options(1), &collector).unwrap());
        let prefix = format!("{}/", directory.path().display());
        let on_disk = |file: &str| file.strip_prefix(&prefix).unwrap().to_owned();
        let expected: Vec<_> = disk.files.iter().map(|(place, bytes, cut)| (on_disk(place), bytes, *cut)).collect();
        let found: Vec<_> = memory.files.iter().map(|(place, bytes, cut)| (place.clone(), bytes, *cut)).collect();
        assert_eq!(found, expected);
        assert_eq!(found.len(), 7);
        let (disk, memory) = (disk.outcome, memory.outcome);
        assert_eq!((memory.files, memory.excluded, memory.archives.len()), (disk.files, 1, 2));
        assert_eq!(memory.unread[0].place.file.as_ref(), "vendor/none.zip");
        assert_eq!(memory.unread.len(), 1);
    }
}
