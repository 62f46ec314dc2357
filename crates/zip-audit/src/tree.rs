//! Directory trees and the files in them.
//!
//! In a folder of content (the visitor says which are) every file is looked at; elsewhere only files are that the visitor
//! wants anywhere, and those named like archives, of whatever kind. Links are not followed.

use super::causes::{LimitKind, UnreadCause};
use super::file_tree::{self, EntryKind};
use super::inflate::{MAX_KEPT_BYTES, Scratch};
use super::ledger::unread;
use super::opener::Opener;
use super::session::Session;
use super::sniff;
use super::types::{BEGINNING, Container, ContainerKind, PassedBy, Place, Start};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Directories that are left out unless asked for.
const DEFAULT_EXCLUDES: [&str; 3] = [".git", "node_modules", "target"];
/// Those of them that hold no content, wherever they lie. The build of a package leaves them out, too.
const VERSION_CONTROL: [&str; 1] = [".git"];
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

/// An archive that lies in no other one.
pub(super) struct Package {
    pub(super) path: PathBuf,
    pub(super) place: Place,
    pub(super) input: u32,
    pub(super) len: u64,
    pub(super) start: Option<Arc<Start>>,
    /// What opens it, if it is no file on disk.
    pub(super) opener: Option<Arc<dyn Opener>>,
}

/// A directory to list.
pub(super) struct Directory {
    pub(super) root: Arc<Container>,
    pub(super) path: PathBuf,
    /// Relative to the root.
    pub(super) name: String,
    /// Whether every file in it counts, rather than archives alone.
    pub(super) is_content: bool,
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

/// Whether a directory of this name is left out unless asked for. In a folder of content only what version control keeps
/// is: the rest is content that the build packs.
pub(super) fn is_left_out_by_default(session: &Session, name: &str, in_content: bool) -> bool {
    let names = if in_content { &VERSION_CONTROL[..] } else { &DEFAULT_EXCLUDES };
    session.options.default_excludes && names.contains(&name)
}

/// The only work for a tree that is not on disk.
pub(super) fn whole() -> Work {
    let place = Place::on_disk(".");
    let root = Container { place, parent: None, kind: ContainerKind::Directory, depth: 0, input: 0, start: None };
    let (path, name) = (PathBuf::new(), String::new());
    Work::Directory(Directory { root: Arc::new(root), path, name, is_content: false })
}

/// Lists one directory.
pub(super) fn list(session: &Session, directory: Directory, emit: Emit) {
    let Directory { root, path, name: below, is_content } = directory;
    let say = |name: &str, cause| session.unread(unread(place(&root, name), cause, None, root.input));
    let pass_by = |name: &str, why| session.pass_by(&|| place(&root, name), why);
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
        let is_file = is_content || session.wants_anywhere(own.as_bytes());
        let counts = is_file || session.is_named_archive(own.as_bytes());
        if !session.options.exclude.is_empty() && session.is_excluded(&place(&root, &name).file) {
            if kind == EntryKind::Directory || counts {
                session.leave_out();
            }
            pass_by(&name, PassedBy::Excluded);
        } else if kind == EntryKind::Directory {
            if is_left_out_by_default(session, &own, is_content) {
                if !VERSION_CONTROL.contains(&own.as_ref()) {
                    session.leave_out_by_default(&own);
                }
                pass_by(&name, PassedBy::ExcludedByDefault);
                continue;
            }
            let is_content = is_content || session.is_content_folder(&path, &own);
            emit(Work::Directory(Directory { root: root.clone(), path: path.join(&entry.name), name, is_content }));
        } else if session.is_sidecar(own.as_bytes()) {
            pass_by(&name, PassedBy::Sidecar);
        } else if kind == EntryKind::Link {
            let leads_to_content = || leads_to_content(session, &path.join(&entry.name), &path);
            if counts || session.is_content_folder(&path, &own) || leads_to_content() {
                say(&name, UnreadCause::SymbolicLink);
            } else {
                pass_by(&name, PassedBy::NoContent);
            }
        } else if kind == EntryKind::Other {
            if counts {
                say(&name, UnreadCause::NotRegular);
            } else {
                pass_by(&name, PassedBy::NoContent);
            }
        } else if is_file {
            files.push((path.join(&entry.name), name));
            if files.len() == BATCH {
                emit(Work::Files(Files { root: root.clone(), files: std::mem::take(&mut files) }));
            }
        } else if counts {
            package(session, &root, path.join(&entry.name), &name, emit);
        } else {
            pass_by(&name, PassedBy::NoContent);
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
    target.file_name().is_some_and(|name| session.is_named_archive(name.as_encoded_bytes()))
}

fn package(session: &Session, root: &Container, path: PathBuf, name: &str, emit: Emit) {
    let len = session.tree.len(&path);
    session.add_total(len);
    let start = root.start.clone();
    let place = place(root, name);
    emit(Work::Package(Package { path, place, input: root.input, len, start, opener: None }));
}

/// Reads on from `file`, of which `got` bytes are in `buffer`, until there are one more than `most`. Returns how many there
/// are.
fn fill(file: &mut file_tree::OpenFile, buffer: &mut Vec<u8>, got: usize, most: u64) -> std::io::Result<usize> {
    let room = usize::try_from(most).unwrap_or(usize::MAX).saturating_add(1);
    if buffer.len() < room {
        buffer.resize(room, 0);
    }
    Ok(got + file.fill(buffer.get_mut(got..room).unwrap_or_default())?)
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
            let wanted_by_name = session.wants(name.as_bytes());
            let text = session.limits().text;
            let mut most = if wanted_by_name { text } else { BEGINNING as u64 };
            let buffer = &mut scratch.window;
            let mut _alone = (len.min(most) > MAX_KEPT_BYTES as u64).then(|| session.alone_with_large_text());
            let mut read = fill(&mut file, buffer, 0, len.min(most));
            let mut wanted = wanted_by_name;
            if let Ok(got) = read
                && !wanted
                && session.wants_content(name.as_bytes(), buffer.get(..got).unwrap_or_default())
            {
                wanted = true;
                most = text;
                _alone = (len.min(most) > MAX_KEPT_BYTES as u64).then(|| session.alone_with_large_text());
                read = fill(&mut file, buffer, got, len.min(most));
            }
            let got = match read {
                Ok(got) => got,
                Err(error) => {
                    say(UnreadCause::CannotRead(error.to_string()), None);
                    continue;
                }
            };
            let room = usize::try_from(len.min(most)).unwrap_or(usize::MAX);
            let bytes = buffer.get(..got.min(room)).unwrap_or_default();
            session.count_content(1);
            if sniff::is_archive(bytes) || session.is_named_archive(name.as_bytes()) {
                package(session, root, path.clone(), name, emit);
                if !wanted {
                    continue;
                }
            }
            session.count(0, 1);
            if !wanted {
                session.pass_by(&|| place(root, name), PassedBy::Unwanted);
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
