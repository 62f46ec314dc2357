//! What the tests of this module share: a collecting visitor, two canaries, and ways to run a walk.

use super::*;
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex};

#[path = "../../../tests/support/zipbytes.rs"]
pub(super) mod zipbytes;

use zipbytes::{Archive, Entry};

pub(super) const IMS: &str = "jcr_root/apps/x/config/provider.config";
pub(super) const IMS_TEXT: &[u8] = b"auth.ims.client.id=\"canary one\"\n";
pub(super) const TAGS: &str = "jcr_root/etc/tags/.content.xml";
pub(super) const TAGS_TEXT: &[u8] = b"<jcr:root url=\"https://canary.two/smartcontent\"/>\n";

/// The layout of the trees and packages here.
struct JcrRoot;

impl Layout for JcrRoot {
    fn relies_on_names(&self, name: &[u8]) -> bool {
        name.starts_with(b"jcr_root")
    }

    fn is_sidecar(&self, name: &[u8]) -> bool {
        name.rsplit(|byte| *byte == b'/').next().is_some_and(|base| base.starts_with(b"._"))
    }

    fn is_content_folder(&self, tree: &FileTree, directory: &Path, name: &str) -> bool {
        name == "jcr_root" || name == "META-INF" && tree.is_directory(&directory.join("META-INF/vault"))
    }

    fn companion_folders(&self, base: &Path, name: &str) -> Vec<ContentFolder> {
        let folder = ContentFolder { base: base.to_owned(), name: "META-INF/vault".to_owned() };
        if name.starts_with("META-INF") { Vec::new() } else { vec![folder] }
    }
}

/// Keeps the text files that it is given.
#[derive(Default)]
pub(super) struct Collector {
    files: Mutex<BTreeSet<(String, Vec<u8>, bool)>>,
}

impl Visitor for Collector {
    fn wants(&self, name: &[u8]) -> bool {
        [&b".config"[..], b".xml"].iter().any(|suffix| name.ends_with(suffix))
    }

    fn layout(&self) -> &dyn Layout {
        &JcrRoot
    }

    fn file(&self, file: File<'_>) {
        assert!(!file.name.contains("panic"), "asked for");
        // Huge files are kept by their front only.
        let front = file.bytes.get(..file.bytes.len().min(4096)).unwrap_or_default().to_vec();
        self.files.lock().unwrap().insert((file.place().to_string(), front, file.partial));
    }
}

impl Collector {
    pub(super) fn seen(&self, outcome: Outcome) -> Seen {
        Seen { files: std::mem::take(&mut self.files.lock().unwrap()), outcome }
    }
}

pub(super) struct Seen {
    pub(super) files: BTreeSet<(String, Vec<u8>, bool)>,
    pub(super) outcome: Outcome,
}

impl Seen {
    pub(super) fn classes(&self) -> BTreeSet<&'static str> {
        self.outcome.anomalies.iter().map(|anomaly| anomaly.kind.name()).collect()
    }

    pub(super) fn has(&self, text: &[u8]) -> bool {
        self.files.iter().any(|(_, bytes, _)| bytes == text)
    }

    pub(super) fn names(&self) -> BTreeSet<&str> {
        self.files.iter().map(|(place, ..)| place.rsplit("!/").next().unwrap()).collect()
    }

    pub(super) fn limits(&self) -> BTreeSet<Limit> {
        self.outcome.unread.iter().filter_map(|unread| unread.limit).collect()
    }
}

pub(super) fn options(threads: usize) -> Options {
    Options { threads: Some(threads), ..Options::default() }
}

pub(super) fn see(paths: &[&Path], options: &Options) -> Seen {
    let collector = Collector::default();
    let paths: Vec<_> = paths.iter().map(|path| path.to_path_buf()).collect();
    collector.seen(walk(&paths, options, &collector))
}

pub(super) fn see_globs(paths: &[&Path], globs: &[&str]) -> Seen {
    let mut set = globset::GlobSetBuilder::new();
    for glob in globs {
        set.add(globset::Glob::new(glob).unwrap());
    }
    see(paths, &Options { exclude: set.build().unwrap(), ..options(1) })
}

pub(super) fn see_bytes(bytes: &[u8], options: &Options) -> Seen {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("package.zip");
    std::fs::write(&path, bytes).unwrap();
    see(&[&path], options)
}

/// As [`see_bytes`], without a file.
pub(super) fn see_memory(bytes: &[u8], options: &Options) -> Seen {
    let collector = Collector::default();
    collector.seen(walk_bytes("package.zip", bytes.to_vec(), options, &collector))
}

/// As [`see_bytes`], wherever the bytes are.
pub(super) fn see_source(source: bytes::Source, options: &Options) -> Seen {
    let collector = Collector::default();
    collector.seen(driver::walk_source("package.zip", source, options, &collector))
}

pub(super) fn ims() -> Entry {
    Entry::deflated(IMS, IMS_TEXT)
}

pub(super) fn tags() -> Entry {
    Entry::stored(TAGS, TAGS_TEXT)
}

pub(super) fn other() -> Entry {
    Entry::deflated("jcr_root/etc/other.xml", b"<other/>")
}

pub(super) fn both() -> Archive {
    Archive::of([ims(), tags()])
}

/// Bytes that lie somewhere, and what was done with them.
pub(super) struct Somewhere {
    pub(super) bytes: Vec<u8>,
    pub(super) is_distant: bool,
    /// What cannot be read.
    pub(super) broken: Range<u64>,
    pub(super) log: Arc<Mutex<Log>>,
}

/// The ranges that a walk announced, and those that it read.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) announced: Vec<Range<u64>>,
    pub(super) read: Vec<Range<u64>>,
}

impl Somewhere {
    pub(super) fn new(bytes: &[u8], is_distant: bool) -> Self {
        Self { bytes: bytes.to_vec(), is_distant, broken: 0..0, log: Arc::default() }
    }

    pub(super) fn source(self) -> bytes::Source {
        bytes::Source::positioned(Box::new(self) as Box<dyn ReadAt>)
    }
}

impl ReadAt for Somewhere {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, into: &mut [u8], offset: u64) -> std::io::Result<usize> {
        let end = offset + into.len() as u64;
        if offset < self.broken.end && self.broken.start < end {
            return Err(std::io::Error::other("bad sector"));
        }
        let from = self.bytes.get(offset as usize..).unwrap_or_default();
        let count = from.len().min(into.len());
        into[..count].copy_from_slice(&from[..count]);
        self.log.lock().unwrap().read.push(offset..offset + count as u64);
        Ok(count)
    }

    fn announce(&self, ranges: &[Range<u64>]) {
        self.log.lock().unwrap().announced.extend(ranges.iter().cloned());
    }

    fn is_distant(&self) -> bool {
        self.is_distant
    }
}

/// A file with these bytes, of which a range cannot be read.
pub(super) fn broken(bytes: &[u8], range: Range<u64>) -> bytes::Source {
    Somewhere { broken: range, ..Somewhere::new(bytes, false) }.source()
}

/// An archive of which the bytes lie far away is read as one that is too large to be read whole.
#[track_caller]
fn same_from_afar(bytes: &[u8]) {
    let [near, far] = [false, true].map(|distant| see_source(Somewhere::new(bytes, distant).source(), &options(1)));
    assert_eq!(far.files, near.files);
    assert_eq!((far.outcome.anomalies, far.outcome.unread), (near.outcome.anomalies, near.outcome.unread));
    assert_eq!((far.outcome.archives, far.outcome.files), (near.outcome.archives, near.outcome.files));
}

/// Both canaries are seen, and exactly these classes are named.
#[track_caller]
pub(super) fn found(bytes: &[u8], classes: &[&str]) -> Seen {
    same_from_afar(bytes);
    let seen = see_bytes(bytes, &options(1));
    assert!(seen.has(IMS_TEXT), "first canary: {:?} {:?}", seen.files, seen.outcome);
    assert!(seen.has(TAGS_TEXT), "second canary: {:?} {:?}", seen.files, seen.outcome);
    assert_eq!(seen.classes(), classes.iter().copied().collect(), "{:?}", seen.outcome);
    seen
}

/// As [`found`], and nothing is unread.
#[track_caller]
pub(super) fn found_all(bytes: &[u8], classes: &[&str]) -> Seen {
    let seen = found(bytes, classes);
    assert_eq!(seen.outcome.unread, []);
    seen
}
