//! Directory trees and single files.
//!
//! Below a root of content (the visitor says which folders are) and in the `META-INF` beside it, every file is looked at; elsewhere
//! only files named like archives are. Links are not followed, only regular files are opened, and that is checked
//! again on what was opened.

use super::bytes::Source;
use super::causes::{LimitKind, UnreadCause};
use super::inflate::{KEEP, Scratch};
use super::ledger::unread;
use super::session::Session;
use super::sniff;
use super::sniff::looks_like_archive;
use super::types::{Container, ContainerKind, InputError, Place, Start};
use std::fs::{self, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

/// Directories that are left out unless asked for.
const DEFAULT_EXCLUDES: [&str; 3] = [".git", "node_modules", "target"];
/// Files of one piece of work.
const BATCH: usize = 64;

/// What a directory is to a content tree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Not part of one: only archives and `jcr_root` are looked for.
    Outside,
    /// A `META-INF` without `jcr_root` beside it: only its `vault` is content.
    MetaInf,
    /// Content: everything in it counts.
    Content,
}

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
    role: Role,
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
        let Some((base, name)) = content_root(session, &path) else {
            let root = root(input, index);
            return Ok(vec![Work::Directory(Directory { root, path, name: String::new(), role: Role::Outside })]);
        };
        let root = root(&base, index);
        let inside_meta = name.starts_with("META-INF");
        let mut jobs = vec![Work::Directory(Directory { root: root.clone(), path, name, role: Role::Content })];
        if !inside_meta {
            jobs.extend(context(session, &root, &base, index));
        }
        return Ok(jobs);
    }
    let (file, len) = open(&path).map_err(|cause| InputError::NotOpened(input.to_owned(), cause))?;
    let source = Source::file(file, len);
    let mut buffer = Vec::new();
    let first = source.read(0, 4, &mut buffer).map_err(unreadable)?;
    let name = path.file_name().map(|name| name.as_encoded_bytes().to_vec()).unwrap_or_default();
    if sniff::is_archive(first) || sniff::named_archive(&name) && looks_like_archive(&source) {
        session.add_total(len);
        let place = Place::on_disk(shown(input));
        return Ok(vec![Work::Package(Package { path, place, input: index, len, start: None })]);
    }
    let Some((base, name)) = content_root(session, &path) else {
        return Err(InputError::NotAPackage(input.to_owned()));
    };
    let root = root(&base, index);
    let inside_meta = name.starts_with("META-INF");
    let mut jobs = vec![Work::Files(Files { root: root.clone(), files: vec![(path, name)] })];
    if !inside_meta {
        jobs.extend(context(session, &root, &base, index));
    }
    Ok(jobs)
}

fn root(directory: &Path, input: u32) -> Arc<Container> {
    let place = Place::on_disk(shown(directory));
    let start = std::env::current_dir().ok().and_then(|start| started_in(directory, &start)).map(Arc::new);
    Arc::new(Container { place, parent: None, kind: ContainerKind::Directory, depth: 0, input, start })
}

/// Set if `start` lies below a directory that holds `jcr_root` or `META-INF`.
pub(super) fn started_in(directory: &Path, start: &Path) -> Option<Start> {
    let below = start.strip_prefix(directory).ok()?;
    let name: Vec<_> = below.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    let inside = name.first().is_some_and(|first| first == "jcr_root" || first == "META-INF");
    inside.then(|| Start { base: directory.to_string_lossy().into(), name: name.join("/").into() })
}

/// The package's own files beside `jcr_root`: its filter says what of a part of the tree gets installed.
fn context(session: &Session, tree: &Arc<Container>, base: &Path, input: u32) -> Vec<Work> {
    let real = |path: &Path| fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir());
    let mut found = Vec::new();
    for directory in session.metadata_directories(base) {
        let path = directory.join("META-INF").join("vault");
        if real(&directory.join("META-INF")) && real(&path) {
            let root = if directory == base { tree.clone() } else { root(&directory, input) };
            found.push(Work::Directory(Directory { root, path, name: "META-INF/vault".into(), role: Role::Content }));
        }
    }
    found
}

/// The directory that holds the `jcr_root` or `META-INF/vault` around a path, and the path's name from there; as the
/// user wrote it when that shows it.
fn content_root(session: &Session, path: &Path) -> Option<(PathBuf, String)> {
    split_content(session, path).or_else(|| split_content(session, &fs::canonicalize(path).ok()?))
}

fn split_content(session: &Session, path: &Path) -> Option<(PathBuf, String)> {
    let parts: Vec<Component> = path.components().collect();
    let is = |at: usize, name: &str| parts.get(at).is_some_and(|part| part.as_os_str() == name);
    let is_content = |at: usize| {
        let name = parts.get(at).map(|part| part.as_os_str().to_string_lossy()).unwrap_or_default();
        session.is_content_folder(&parts.iter().take(at).collect::<PathBuf>(), &name)
    };
    let at = (0..parts.len())
        .find(|&at| is(at, "jcr_root"))
        .or_else(|| (0..parts.len()).find(|&at| is_content(at)))
        .or_else(|| (0..parts.len()).find(|&at| is(at, "META-INF") && is(at + 1, "vault")))?;
    let base: PathBuf = parts.iter().take(at).collect();
    let base = if base.as_os_str().is_empty() { PathBuf::from(".") } else { base };
    let name: Vec<_> = parts.iter().skip(at).map(|part| part.as_os_str().to_string_lossy()).collect();
    Some((base, name.join("/")))
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
    let Directory { root, path, name: below, role } = directory;
    let say = |name: &str, cause| session.unread(unread(place(&root, name), cause, None, root.input));
    let entries = match fs::read_dir(&path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
        Ok(entries) => entries,
        Err(error) => return say(&below, UnreadCause::CannotList(error.to_string())),
    };
    let beside_content = entries.iter().any(|entry| entry.file_name() == "jcr_root");
    let mut files = Vec::new();
    for entry in entries {
        let own = entry.file_name();
        let own = own.to_string_lossy();
        let name = join(&below, &own);
        let kind = match entry.file_type() {
            Ok(kind) => kind,
            Err(error) => {
                say(&name, UnreadCause::CannotExamine(error.to_string()));
                continue;
            }
        };
        let counts = role == Role::Content || sniff::named_archive(own.as_bytes());
        if !session.options.exclude.is_empty() && session.options.exclude.is_match(place(&root, &name).file.as_ref()) {
            if kind.is_dir() || counts {
                session.count_excluded();
            }
        } else if kind.is_dir() {
            if session.options.default_excludes && DEFAULT_EXCLUDES.contains(&own.as_ref()) {
                session.count_excluded();
                continue;
            }
            let role = match (role, own.as_ref()) {
                (Role::Content, _) | (Role::MetaInf, "vault") => Role::Content,
                (Role::Outside, name) if session.is_content_folder(&path, name) => Role::Content,
                (Role::Outside, "META-INF") if beside_content => Role::Content,
                (Role::Outside, "META-INF") => Role::MetaInf,
                _ => Role::Outside,
            };
            emit(Work::Directory(Directory { root: root.clone(), path: entry.path(), name, role }));
        } else if session.is_sidecar(own.as_bytes()) {
            // Left out.
        } else if kind.is_symlink() {
            if counts || own == "jcr_root" || leads_to_content(&entry.path(), &path) {
                say(&name, UnreadCause::SymbolicLink);
            }
        } else if !kind.is_file() {
            if counts {
                say(&name, UnreadCause::NotRegular);
            }
        } else if role == Role::Content {
            files.push((entry.path(), name));
            if files.len() == BATCH {
                emit(Work::Files(Files { root: root.clone(), files: std::mem::take(&mut files) }));
            }
        } else if counts {
            package(session, &root, entry.path(), &name, emit);
        }
    }
    if !files.is_empty() {
        emit(Work::Files(Files { root, files }));
    }
}

/// Whether what a link points at would have been looked at: an archive, or a directory that is not walked anyway.
fn leads_to_content(link: &Path, directory: &Path) -> bool {
    let Ok(target) = fs::canonicalize(link) else { return false };
    if target.is_dir() {
        let walked = fs::canonicalize(directory).is_ok_and(|directory| directory.starts_with(&target));
        return !walked && fs::symlink_metadata(target.join("jcr_root")).is_ok();
    }
    target.file_name().is_some_and(|name| sniff::named_archive(name.as_encoded_bytes()))
}

fn package(session: &Session, root: &Container, path: PathBuf, name: &str, emit: Emit) {
    let len = fs::symlink_metadata(&path).map_or(0, |meta| meta.len());
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
            let (mut file, len) = match open(path) {
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
            let got = match fill(&mut file, buffer.get_mut(..room).unwrap_or_default()) {
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

/// Reads until the buffer is full or the file ends. A read that does not fill the buffer is the end of a regular file.
fn fill(file: &mut fs::File, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Opens a regular file without waiting for anybody and without following a link in the last place; gives its length.
pub(super) fn open(path: &Path) -> Result<(fs::File, u64), UnreadCause> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    }
    let file = options.open(path).map_err(|error| {
        #[cfg(unix)]
        if error.raw_os_error() == Some(libc::ELOOP) {
            return UnreadCause::SymbolicLink;
        }
        UnreadCause::CannotOpen(error.to_string())
    })?;
    let meta = file.metadata().map_err(|error| UnreadCause::CannotExamine(error.to_string()))?;
    if meta.is_file() { Ok((file, meta.len())) } else { Err(UnreadCause::NotRegular) }
}

/// Reads a file that is known to be small; says when it was not what its length promised.
pub(super) fn read_whole(mut file: fs::File, len: u64) -> io::Result<(Vec<u8>, Option<UnreadCause>)> {
    let before = file.metadata()?.modified().ok();
    let mut bytes = Vec::with_capacity(usize::try_from(len).unwrap_or(0).saturating_add(1));
    (&mut file).take(len + 1).read_to_end(&mut bytes)?;
    let changed = bytes.len() as u64 != len || file.metadata()?.modified().ok() != before;
    Ok((bytes, changed.then_some(UnreadCause::Changed)))
}
