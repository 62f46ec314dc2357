//! What the tests of this module share: a collecting visitor, two canaries, and ways to run a walk.

use super::*;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

#[path = "../../../tests/support/zipbytes.rs"]
pub(super) mod zipbytes;

use zipbytes::{Archive, Entry};

pub(super) const IMS: &str = "jcr_root/apps/x/config/provider.config";
pub(super) const IMS_TEXT: &[u8] = b"auth.ims.client.id=\"canary one\"\n";
pub(super) const TAGS: &str = "jcr_root/etc/tags/.content.xml";
pub(super) const TAGS_TEXT: &[u8] = b"<jcr:root url=\"https://canary.two/smartcontent\"/>\n";

/// Keeps the text files that it is given.
#[derive(Default)]
pub(super) struct Collector {
    files: Mutex<BTreeSet<(String, Vec<u8>, bool)>>,
}

impl Visitor for Collector {
    fn wants(&self, name: &[u8]) -> bool {
        [&b".config"[..], b".xml"].iter().any(|suffix| name.ends_with(suffix))
    }

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
    Options {
        limits: Limits::default(),
        root: None,
        default_excludes: true,
        exclude: globset::GlobSet::empty(),
        threads: Some(threads),
        search_packed: false,
    }
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

/// Both canaries are seen, and exactly these classes are named.
#[track_caller]
pub(super) fn found(bytes: &[u8], classes: &[&str]) -> Seen {
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
