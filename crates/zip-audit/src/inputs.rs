//! The paths that are given: which of them name the same, and the first work that each of them gives.

use super::bytes::Source;
use super::causes::UnreadCause;
use super::file_tree::open_regular;
use super::layout::ContentFolder;
use super::session::Session;
use super::sniff;
use super::tree::{self, Directory, Files, Package, Work};
use super::types::{Container, ContainerKind, Place, Start};
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// What an input counts that is yet to be opened, in bytes: enough to be worth a thread of its own.
const EXPECTED_OPENED_BYTES: u64 = 8 << 20;

/// The indices of the inputs that are to be walked: of those that name the same file or directory the first, and none that
/// lies in the directory of another one, where it is found anyway.
pub(super) fn distinct(session: &Session, inputs: &[PathBuf]) -> Vec<usize> {
    if inputs.len() < 2 {
        return (0..inputs.len()).collect();
    }
    let is_path = |input: &PathBuf| session.opener_of(input).is_none();
    let real = |input: &PathBuf| if is_path(input) { input.canonicalize().ok() } else { Some(input.clone()) };
    let real: Vec<Option<PathBuf>> = inputs.iter().map(real).collect();
    let mut first: HashMap<&Path, usize> = HashMap::new();
    for (index, path) in real.iter().enumerate() {
        if let Some(path) = path {
            first.entry(path).or_insert(index);
        }
    }
    let is_read_elsewhere = |index: usize| {
        // What cannot be examined is told once for each time that it is named.
        let Some(path) = real.get(index).and_then(Option::as_deref) else { return false };
        let is_path = inputs.get(index).is_some_and(is_path);
        first.get(path) != Some(&index)
            || is_path
                && path
                    .ancestors()
                    .skip(1)
                    .any(|above| first.contains_key(above) && is_found_below(session, above, path))
    };
    (0..inputs.len()).filter(|&index| !is_read_elsewhere(index)).collect()
}

/// Whether a walk of the directory `above` comes to `path` and reads it. Both have no links in them.
pub(super) fn is_found_below(session: &Session, above: &Path, path: &Path) -> bool {
    let Ok(below) = path.strip_prefix(above) else { return false };
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    let is_read = path.is_dir() || session.is_named_archive(name) || split_content(session, path).is_some();
    let mut directory = above.to_path_buf();
    let is_left_out = below.components().any(|part| {
        let part = part.as_os_str();
        let is_content = split_content(session, &directory).is_some();
        directory.push(part);
        let shown = session.paths.show(&directory);
        session.options.exclude.is_match(&shown)
            || directory.is_dir() && tree::is_left_out_by_default(session, &part.to_string_lossy(), is_content)
    });
    is_read && !is_left_out
}

/// The first work for one input.
///
/// # Errors
/// Why it cannot be walked.
pub(super) fn start(session: &Session, input: &Path, index: u32) -> Result<Vec<Work>, UnreadCause> {
    if let Some((opener, name)) = session.opener_of(input) {
        let (path, place, opener) = (input.to_owned(), Place::on_disk(name), Some(opener.clone()));
        let len = EXPECTED_OPENED_BYTES;
        return Ok(vec![Work::Package(Package { path, place, input: index, len, start: None, opener })]);
    }
    let cannot_examine = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => UnreadCause::Missing,
        _ => UnreadCause::CannotExamine(error.to_string()),
    };
    let meta = fs::metadata(input).map_err(cannot_examine)?;
    // A link that the user names is followed: it is what was asked for.
    let link = fs::symlink_metadata(input).is_ok_and(|meta| meta.is_symlink());
    let path = if link { fs::canonicalize(input).map_err(cannot_examine)? } else { input.to_owned() };
    if meta.is_dir() {
        let Some((base, name)) = content_folder(session, &path) else {
            let root = root(session, input, index);
            return Ok(vec![Work::Directory(Directory { root, path, name: String::new(), is_content: false })]);
        };
        let root = root(session, &base, index);
        let first = Work::Directory(Directory { root: root.clone(), path, name: name.clone(), is_content: true });
        return Ok(with_companions(session, first, &root, &base, &name));
    }
    let (file, len) = open_regular(&path, false)?;
    let source = Source::file(file, len);
    let mut buffer = Vec::new();
    let first = source.read(0, 4, &mut buffer).map_err(|error| UnreadCause::CannotRead(error.to_string()))?;
    let name = path.file_name().map(|name| name.as_encoded_bytes().to_vec()).unwrap_or_default();
    let is_archive = sniff::is_archive(first)
        || session.is_named_zip(&name) && sniff::looks_like_archive(&source, || session.exhausted().is_none());
    if let Some((base, name)) = content_folder(session, &path).filter(|_| !is_archive) {
        let root = root(session, &base, index);
        let first = Work::Files(Files { root: root.clone(), files: vec![(path, name.clone())] });
        return Ok(with_companions(session, first, &root, &base, &name));
    }
    // What is named like an archive and is none is told as that.
    if is_archive || session.is_named_archive(&name) || sniff::holds_lfs_pointer(&source) {
        session.add_total(len);
        let place = Place::on_disk(session.paths.show(input));
        return Ok(vec![Work::Package(Package { path, place, input: index, len, start: None, opener: None })]);
    }
    Err(UnreadCause::NoContent)
}

/// The container of a directory on disk.
fn root(session: &Session, directory: &Path, input: u32) -> Arc<Container> {
    let place = Place::on_disk(session.paths.show(directory));
    let start = session.paths.root().and_then(|shown_from| started_in(session, directory, shown_from)).map(Arc::new);
    Arc::new(Container { place, parent: None, kind: ContainerKind::Directory, depth: 0, input, start })
}

/// Set if paths are shown from a place in a folder of content of a directory.
pub(super) fn started_in(session: &Session, directory: &Path, shown_from: &Path) -> Option<Start> {
    let below = shown_from.strip_prefix(directory).ok()?;
    let name: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let inside = name.first().is_some_and(|first| session.is_content_folder(directory, first));
    inside.then(|| Start { base: directory.to_string_lossy().into(), name: name.join("/").into() })
}

/// The first work in a folder of content, and what the visitor wants beside a part of it, as far as no link leads there.
fn with_companions(session: &Session, first: Work, tree: &Arc<Container>, base: &Path, name: &str) -> Vec<Work> {
    let mut work = vec![first];
    for ContentFolder { base: directory, name } in session.companion_folders(base, name) {
        let path = directory.join(&name);
        let mut ways = path.ancestors().take(Path::new(&name).components().count());
        if ways.all(|way| session.tree.is_own_directory(way)) {
            let root = if directory == base { tree.clone() } else { root(session, &directory, tree.input) };
            work.push(Work::Directory(Directory { root, path, name, is_content: true }));
        }
    }
    work
}

/// The directory that holds the outermost folder of content around a path, and the path's name from there; as the user
/// wrote it when that shows it.
fn content_folder(session: &Session, path: &Path) -> Option<(PathBuf, String)> {
    split_content(session, path).or_else(|| split_content(session, &fs::canonicalize(path).ok()?))
}

fn split_content(session: &Session, path: &Path) -> Option<(PathBuf, String)> {
    let parts: Vec<Component> = path.components().collect();
    let name = |part: &Component| part.as_os_str().to_string_lossy().into_owned();
    let base = |at: usize| parts.iter().take(at).collect::<PathBuf>();
    let is_content = |(at, part)| session.is_content_folder(&base(at), &name(part));
    let at = parts.iter().enumerate().position(is_content)?;
    let base = if at == 0 { PathBuf::from(".") } else { base(at) };
    Some((base, parts.iter().skip(at).map(name).collect::<Vec<_>>().join("/")))
}
