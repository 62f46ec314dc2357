//! Directory trees and single files.
//!
//! In a folder of content (the visitor says which are) every file is looked at; elsewhere only files named like archives
//! are. Links are not followed.

use super::bytes::Source;
use super::causes::{LimitKind, UnreadCause};
use super::file_tree::{self, EntryKind};
use super::inflate::{KEEP, Scratch};
use super::ledger::unread;
use super::session::Session;
use super::sniff;
use super::sniff::looks_like_archive;
use super::types::{Container, ContainerKind, ContentFolder, InputError, Place, Start};
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Directories that are left out unless asked for.
const DEFAULT_EXCLUDES: [&str; 3] = [".git", "node_modules", "target"];
/// Files of one piece of work.
const BATCH: usize = 64;

/// Work that a tree gives.
pub(super) enum Work {
    /// An archive on disk.
    Package(Package),
    /// A directory to list.
    Directory(Directory),
    /// Files to read.
    Files(Files),
}

/// Where work goes.
pub(super) type Emit<'e> = &'e mut dyn FnMut(Work);

/// An archive on disk.
pub(super) struct Package {
    pub(super) path: PathBuf,
    pub(super) place: Place,
    pub(super) input: u32,
    pub(super) len: u64,
    pub(super) start: Option<Arc<Start>>,
}

/// A directory to list.
pub(super) struct Directory {
    root: Arc<Container>,
    path: PathBuf,
    /// Relative to the root.
    name: String,
    /// Whether every file in it counts, rather than archives alone.
    is_content: bool,
}

/// Files of a content tree to read.
pub(super) struct Files {
    root: Arc<Container>,
    /// Path on disk, and name relative to the root.
    files: Vec<(PathBuf, String)>,
}

impl Directory {
    /// For an error in it.
    pub(super) fn place(&self) -> (Place, u32) {
        (place(&self.root, &self.name), self.root.input)
    }
}

impl Files {
    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    /// For an error in one of them.
    pub(super) fn place(&self) -> (Place, u32) {
        (place(&self.root, self.files.first().map_or("", |(_, name)| name)), self.root.input)
    }
}

fn place(root: &Container, name: &str) -> Place {
    if name.is_empty() { root.place.clone() } else { root.place_of(name) }
}

fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

/// The first work for one path argument.
pub(super) fn start(session: &Session, input: &Path, index: u32) -> Result<Vec<Work>, InputError> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => InputError::Missing(input.to_owned()),
        _ => InputError::Unreadable(input.to_owned(), error),
    };
    let meta = fs::metadata(input).map_err(unreadable)?;
    // A link that the user names is followed: it is what was asked for.
    let link = fs::symlink_metadata(input).is_ok_and(|meta| meta.is_symlink());
    let path = if link { fs::canonicalize(input).map_err(unreadable)? } else { input.to_owned() };
    if meta.is_dir() {
        fs::read_dir(&path).map_err(unreadable)?;
        return Ok(match content_folder(session, &path) {
            None => {
                let root = root(session, input, index);
                vec![Work::Directory(Directory { root, path, name: String::new(), is_content: false })]
            }
            Some((base, name)) => {
                let root = root(session, &base, index);
                let companions = companions(session, &root, &base, &name);
                let part = Work::Directory(Directory { root, path, name, is_content: true });
                [part].into_iter().chain(companions).collect()
            }
        });
    }
    let (file, len) =
        file_tree::open_regular(&path, false).map_err(|cause| InputError::NotOpened(input.to_owned(), cause))?;
    let source = Source::file(file, len);
    let mut buffer = Vec::new();
    let first = source.read(0, 4, &mut buffer).map_err(unreadable)?;
    let name = path.file_name().map(|name| name.as_encoded_bytes().to_vec()).unwrap_or_default();
    if sniff::is_archive(first) || sniff::named_archive(&name) && looks_like_archive(&source) {
        session.add_total(len);
        let place = Place::on_disk(shown(input));
        return Ok(vec![Work::Package(Package { path, place, input: index, len, start: None })]);
    }
    let Some((base, name)) = content_folder(session, &path) else {
        return Err(InputError::NotAPackage(input.to_owned()));
    };
    let root = root(session, &base, index);
    let companions = companions(session, &root, &base, &name);
    let file = Work::Files(Files { root, files: vec![(path, name)] });
    Ok([file].into_iter().chain(companions).collect())
}

/// The only work for a tree that is not on disk.
pub(super) fn whole() -> Work {
    let place = Place::on_disk(".");
    let root = Container { place, parent: None, kind: ContainerKind::Directory, depth: 0, input: 0, start: None };
    let (path, name) = (PathBuf::new(), String::new());
    Work::Directory(Directory { root: Arc::new(root), path, name, is_content: false })
}

fn root(session: &Session, directory: &Path, input: u32) -> Arc<Container> {
    let place = Place::on_disk(shown(directory));
    let start = std::env::current_dir().ok().and_then(|start| started_in(session, directory, &start)).map(Arc::new);
    Arc::new(Container { place, parent: None, kind: ContainerKind::Directory, depth: 0, input, start })
}

/// Set if `start` lies in a folder of content of a directory.
pub(super) fn started_in(session: &Session, directory: &Path, start: &Path) -> Option<Start> {
    let below = start.strip_prefix(directory).ok()?;
    let name: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let inside = name.first().is_some_and(|first| session.is_content_folder(directory, first));
    inside.then(|| Start { base: directory.to_string_lossy().into(), name: name.join("/").into() })
}

/// What the visitor wants beside a part of a folder of content, as far as no link leads there.
fn companions(session: &Session, tree: &Arc<Container>, base: &Path, name: &str) -> Vec<Work> {
    let mut found = Vec::new();
    for ContentFolder { base: directory, name } in session.companion_folders(base, name) {
        let path = directory.join(&name);
        let mut ways = path.ancestors().take(Path::new(&name).components().count());
        if ways.all(|way| session.tree.is_own_directory(way)) {
            let root = if directory == base { tree.clone() } else { root(session, &directory, tree.input) };
            found.push(Work::Directory(Directory { root, path, name, is_content: true }));
        }
    }
    found
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

/// A path as the user would name it.
fn shown(path: &Path) -> String {
    let current = std::env::current_dir().ok();
    let below = current.as_deref().and_then(|current| path.strip_prefix(current).ok()).unwrap_or(path);
    let mut text = String::new();
    for part in below.components() {
        match part {
            Component::RootDir => text.push('/'),
            Component::CurDir => {}
            part => {
                if !text.is_empty() && !text.ends_with('/') {
                    text.push('/');
                }
                text.push_str(&part.as_os_str().to_string_lossy());
            }
        }
    }
    if text.is_empty() { ".".into() } else { text }
}

/// Lists one directory.
pub(super) fn list(session: &Session, directory: Directory, emit: Emit) {
    let Directory { root, path, name: below, is_content } = directory;
    let say = |name: &str, cause| session.unread(unread(place(&root, name), cause, None, root.input));
    let entries = match session.tree.list(&path) {
        Ok(entries) => entries,
        Err(error) => return say(&below, UnreadCause::CannotList(error.to_string())),
    };
    let mut files = Vec::new();
    for entry in entries {
        let own = entry.name.to_string_lossy();
        let name = join(&below, &own);
        let kind = match entry.kind {
            Ok(kind) => kind,
            Err(error) => {
                say(&name, UnreadCause::CannotExamine(error.to_string()));
                continue;
            }
        };
        let counts = is_content || sniff::named_archive(own.as_bytes());
        if !session.options.exclude.is_empty() && session.options.exclude.is_match(place(&root, &name).file.as_ref()) {
            if kind == EntryKind::Directory || counts {
                session.count_excluded();
            }
        } else if kind == EntryKind::Directory {
            if session.options.default_excludes && DEFAULT_EXCLUDES.contains(&own.as_ref()) {
                session.count_excluded();
                continue;
            }
            let is_content = is_content || session.is_content_folder(&path, &own);
            emit(Work::Directory(Directory { root: root.clone(), path: path.join(&entry.name), name, is_content }));
        } else if session.is_sidecar(own.as_bytes()) {
            // Left out.
        } else if kind == EntryKind::Link {
            let leads_to_content = || leads_to_content(session, &path.join(&entry.name), &path);
            if counts || session.is_content_folder(&path, &own) || leads_to_content() {
                say(&name, UnreadCause::SymbolicLink);
            }
        } else if kind == EntryKind::Other {
            if counts {
                say(&name, UnreadCause::NotRegular);
            }
        } else if is_content {
            files.push((path.join(&entry.name), name));
            if files.len() == BATCH {
                emit(Work::Files(Files { root: root.clone(), files: std::mem::take(&mut files) }));
            }
        } else if counts {
            package(session, &root, path.join(&entry.name), &name, emit);
        }
    }
    if !files.is_empty() {
        emit(Work::Files(Files { root, files }));
    }
}

/// Whether what a link points at would have been looked at: an archive, or a directory that is not walked anyway.
fn leads_to_content(session: &Session, link: &Path, directory: &Path) -> bool {
    let Ok(target) = fs::canonicalize(link) else { return false };
    if target.is_dir() {
        let walked = fs::canonicalize(directory).is_ok_and(|directory| directory.starts_with(&target));
        let is_content =
            |entry: &file_tree::DirectoryEntry| session.is_content_folder(&target, &entry.name.to_string_lossy());
        return !walked && session.tree.list(&target).is_ok_and(|entries| entries.iter().any(is_content));
    }
    target.file_name().is_some_and(|name| sniff::named_archive(name.as_encoded_bytes()))
}

fn package(session: &Session, root: &Container, path: PathBuf, name: &str, emit: Emit) {
    let len = session.tree.len(&path);
    session.add_total(len);
    let start = root.start.clone();
    emit(Work::Package(Package { path, place: place(root, name), input: root.input, len, start }));
}

/// Reads files of a content tree.
pub(super) fn read(session: &Session, files: &Files, emit: Emit) {
    let Files { root, files } = files;
    Scratch::lend(|scratch| {
        for (path, name) in files {
            let say = |cause, limit| session.unread(unread(place(root, name), cause, limit, root.input));
            if let Some((cause, limit)) = session.exhausted() {
                say(cause, Some(limit));
                continue;
            }
            let (mut file, len) = match session.tree.open(path) {
                Ok(opened) => opened,
                Err(cause) => {
                    say(cause, None);
                    continue;
                }
            };
            let wanted = session.wants(name.as_bytes());
            let most = if wanted { session.limits().text } else { 4 };
            let room = usize::try_from(len.min(most)).unwrap_or(usize::MAX).saturating_add(1);
            let _alone = (room > KEEP).then(|| session.alone_with_large_text());
            let buffer = &mut scratch.window;
            if buffer.len() < room {
                buffer.resize(room, 0);
            }
            let got = match file.fill(buffer.get_mut(..room).unwrap_or_default()) {
                Ok(got) => got,
                Err(error) => {
                    say(UnreadCause::CannotRead(error.to_string()), None);
                    continue;
                }
            };
            let bytes = buffer.get(..got.min(room - 1)).unwrap_or_default();
            if sniff::is_archive(bytes) || sniff::named_archive(name.as_bytes()) {
                package(session, root, path.clone(), name, emit);
                if !wanted {
                    continue;
                }
            }
            session.count(0, 1);
            if !wanted {
                continue;
            }
            let partial = if len > most {
                say(UnreadCause::TooLarge, Some((LimitKind::Text, most)));
                true
            } else {
                if got as u64 != len {
                    say(UnreadCause::Changed, None);
                }
                got as u64 != len
            };
            session.visit(root, name, bytes, partial, || say(UnreadCause::InternalError, None));
        }
    });
}
