//! Directory trees and the files in them.
//!
//! Below a root of content (the visitor says which folders are) and in the `META-INF` beside it, every file is looked at; elsewhere
//! only files named like archives are, of whatever kind. Links are not followed, only regular files are opened, and that is checked
//! again on what was opened.

use super::causes::{LimitKind, UnreadCause};
use super::inflate::{KEEP, Scratch};
use super::ledger::unread;
use super::session::Session;
use super::sniff;
use super::types::{Container, Place, Start};
use std::fs::{self, OpenOptions};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Directories that are left out unless asked for.
const DEFAULT_EXCLUDES: [&str; 3] = [".git", "node_modules", "target"];
/// Those of them that hold no content, wherever they lie. The build of a package leaves them out, too.
const VERSION_CONTROL: [&str; 1] = [".git"];
/// Files of one piece of work.
const BATCH: usize = 64;

/// What a directory is to a content tree.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
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
    pub(super) root: Arc<Container>,
    pub(super) path: PathBuf,
    /// Relative to the root.
    pub(super) name: String,
    pub(super) role: Role,
}

/// Files of a content tree to read.
pub(super) struct Files {
    pub(super) root: Arc<Container>,
    /// Path on disk, and name relative to the root.
    pub(super) files: Vec<(PathBuf, String)>,
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

/// Whether a directory of this name is left out unless asked for. In a content tree only what version control keeps is:
/// the rest is content that the build packs.
pub(super) fn is_left_out_by_default(session: &Session, name: &str, in_content: bool) -> bool {
    let names = if in_content { &VERSION_CONTROL[..] } else { &DEFAULT_EXCLUDES };
    session.options.default_excludes && names.contains(&name)
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
        let counts = role == Role::Content || session.is_named_archive(own.as_bytes());
        if !session.options.exclude.is_empty() && session.options.exclude.is_match(place(&root, &name).file.as_ref()) {
            if kind.is_dir() || counts {
                session.leave_out();
            }
        } else if kind.is_dir() {
            if is_left_out_by_default(session, &own, role == Role::Content) {
                session.leave_out_by_default(&own, !VERSION_CONTROL.contains(&own.as_ref()));
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
            if counts || own == "jcr_root" || leads_to_content(session, &entry.path(), &path) {
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
fn leads_to_content(session: &Session, link: &Path, directory: &Path) -> bool {
    let Ok(target) = fs::canonicalize(link) else { return false };
    if target.is_dir() {
        let walked = fs::canonicalize(directory).is_ok_and(|directory| directory.starts_with(&target));
        return !walked && fs::symlink_metadata(target.join("jcr_root")).is_ok();
    }
    target.file_name().is_some_and(|name| session.is_named_archive(name.as_encoded_bytes()))
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
            session.count_content(1);
            if sniff::is_archive(bytes) || session.is_named_archive(name.as_bytes()) {
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
            session.visit(root, name, bytes, partial, |cause| say(cause, None));
        }
    });
}

/// Reads until the buffer is full or the file ends: a read that gives less than was asked for is not the end.
pub(super) fn fill(file: &mut impl io::Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(read) => done += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
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
