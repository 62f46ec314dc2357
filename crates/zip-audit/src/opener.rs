//! Inputs that are no paths of the file system.

use crate::causes::UnreadCause;
use crate::read_at::ReadAt;
use std::fmt;
use std::path::Path;

/// Opens inputs that are no paths of the file system, such as URLs of objects in a store.
///
/// Such an input is one archive: it cannot be listed, and is never taken for a directory.
pub trait Opener: fmt::Debug + Send + Sync {
    /// What the input is called in [`Place::file`](crate::Place::file); `None` if it is a path of the file system. The name
    /// is shown in reports: it must hold no credentials.
    fn name(&self, input: &Path) -> Option<String>;

    /// Opens an input that has such a name.
    ///
    /// # Errors
    /// Why it cannot be opened; shown in reports.
    fn open(&self, input: &Path) -> Result<Box<dyn ReadAt>, UnreadCause>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{IMS_TEXT, Log, Somewhere, TAGS_TEXT, both, options, see, zipbytes::Archive, zipbytes::Entry};
    use crate::types::{Limits, Options};
    use std::sync::Arc;
    use std::time::Duration;

    /// One archive, at every `store:` input but `store:none`.
    #[derive(Debug)]
    struct OneArchive(Vec<u8>);

    impl Opener for OneArchive {
        fn name(&self, input: &Path) -> Option<String> {
            input.to_str()?.strip_prefix("store:").map(|rest| format!("store://{rest}"))
        }

        fn open(&self, input: &Path) -> Result<Box<dyn ReadAt>, UnreadCause> {
            match input.to_str() {
                Some("store:none") => Err(UnreadCause::Missing),
                _ => Ok(Box::new(Somewhere::new(&self.0, true))),
            }
        }
    }

    fn opening(bytes: Vec<u8>) -> Options {
        Options { opener: Some(Arc::new(OneArchive(bytes))), ..options(1) }
    }

    #[test]
    fn what_is_no_path_is_opened_once_and_what_cannot_be_is_said() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("on-disk.zip");
        std::fs::write(&file, both().bytes()).unwrap();
        let inputs = ["store:a/b.zip", "store:none", "store:a/b.zip", "store:a"].map(Path::new);
        let seen = see(&[&inputs[..], &[&file]].concat(), &opening(both().bytes()));
        assert!(seen.has(IMS_TEXT) && seen.has(TAGS_TEXT));
        let archives: Vec<String> = seen.outcome.archives.iter().map(|archive| archive.place.to_string()).collect();
        assert_eq!(archives, ["store://a/b.zip", "store://a", file.to_str().unwrap()]);
        let unread: Vec<String> = seen.outcome.unread.iter().map(|unread| unread.place.to_string()).collect();
        assert_eq!(unread, ["store://none"]);
        let opened: Vec<bool> = seen.outcome.archive_files.iter().map(|file| file.opened_bytes.is_some()).collect();
        assert_eq!(opened, [true, true, false]);
    }

    #[test]
    fn nothing_is_opened_when_the_time_is_up() {
        let limits = Limits { time: Duration::ZERO, ..Limits::default() };
        let seen = see(&[Path::new("store:a.zip")], &Options { limits, ..opening(both().bytes()) });
        assert_eq!(seen.outcome.unread[0].cause, UnreadCause::OutOfTime);
        assert!(seen.outcome.archive_files.is_empty());
    }

    #[test]
    fn of_a_large_archive_only_what_can_matter_is_read_and_all_of_it_is_announced() {
        let picture = |n: u32| Entry::stored(format!("jcr_root/content/dam/{n}.png"), &vec![7; 150_000]);
        let inner = Archive::of([crate::testing::tags()]).bytes();
        let entries = (0..80).map(picture).chain([crate::testing::ims(), Entry::deflated("inner.zip", &inner)]);
        let bytes = Archive::of(entries.chain((80..160).map(picture)).collect::<Vec<_>>()).bytes();
        let somewhere = Somewhere::new(&bytes, true);
        let log = somewhere.log.clone();
        let seen = crate::testing::see_source(somewhere.source(), &options(2));
        assert!(seen.has(IMS_TEXT) && seen.has(TAGS_TEXT) && seen.outcome.unread.is_empty());
        let Log { announced, read } = &*log.lock().unwrap();
        let total: u64 = read.iter().map(|range| range.end - range.start).sum();
        assert!(total < bytes.len() as u64 / 50, "{total} of {}", bytes.len());
        let is_announced = |range: &std::ops::Range<u64>| {
            announced.iter().any(|known| known.start <= range.start && range.end <= known.end)
        };
        let others: Vec<_> = read.iter().filter(|range| !is_announced(range)).collect();
        assert!(others.len() <= 4, "{others:?}");
    }
}
