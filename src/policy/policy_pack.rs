//! A policy pack: a configuration with its rule files, in a zip or in a directory.
//!
//! It is in memory as a whole before anything in it is parsed, so that one hash covers all that counts. Only `*.toml` files
//! do.

use super::origin::FILE_NAME;
use crate::diagnostics::{UserError, read_bytes, text_of};
use crate::facts::walked::cause_text;
use crate::rules::RuleText;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use zip_audit::{File, Limits, Visitor};

/// Most bytes of a zip, and of all files of a pack together.
pub(super) const MAX_PACK_BYTES: u64 = 64 << 20;
/// Most bytes of one file of a pack: what a rule file may have.
const MAX_PACKED_FILE_BYTES: u64 = 4 << 20;
/// Most files and directories that are looked at.
const MAX_PACK_ENTRIES: usize = 10_000;
/// How deep the directories of a pack may be nested.
const MAX_PACK_DEPTH: usize = 16;
/// What a zip begins with; one without entries begins with its end.
const ZIP_BEGINNINGS: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// The files of a pack.
#[derive(Debug)]
pub(crate) struct PolicyPack {
    /// The names of its files begin with it, as they are shown.
    prefix: String,
    /// The directory, absolute; `None` for a zip.
    pub(super) directory: Option<Arc<Path>>,
    /// By path below the folder that holds the configuration, separators `/`.
    files: BTreeMap<String, Vec<u8>>,
    /// Of the zip; of a directory that of the sorted lines `<sha256>  <path>`, each with a line feed, of its `*.toml` files.
    pub(super) sha256: String,
}

/// Whether a file is a zip, by what it begins with.
pub(super) fn is_zip(bytes: &[u8]) -> bool {
    ZIP_BEGINNINGS.iter().any(|beginning| bytes.starts_with(beginning))
}

/// The SHA-256 of some bytes, in hexadecimal.
pub(super) fn sha256_of(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

impl PolicyPack {
    /// The pack in the zip `name`, whose configuration lies at its root or in the one folder there.
    ///
    /// # Errors
    /// Why it cannot be one, as a clause.
    pub(super) fn of_zip(name: &str, bytes: Vec<u8>) -> Result<Self, String> {
        let sha256 = sha256_of(&bytes);
        let files = Mutex::default();
        let limits = Limits { depth: 1, text: MAX_PACKED_FILE_BYTES, inflated: MAX_PACK_BYTES, ..Limits::default() };
        let options = zip_audit::Options { limits, threads: Some(1), ..zip_audit::Options::default() };
        let outcome = zip_audit::walk_bytes(name, bytes, &options, &TomlFiles(&files));
        if let Some(unread) = outcome.unread.first() {
            return Err(format!("not all of it can be read: {}", cause_text(&unread.cause)));
        }
        if let Some(anomaly) = outcome.anomalies.first() {
            return Err(format!("two programs can read it differently ({})", anomaly.kind.name()));
        }
        let mut files = files.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut prefix = format!("{name}!/");
        if !files.contains_key(FILE_NAME) {
            let folders: Vec<&str> = files.keys().filter_map(|path| folder_of_configuration(path)).collect();
            let [folder] = folders.as_slice() else {
                return Err(format!("it holds no {FILE_NAME} at its root or in the one folder there"));
            };
            let folder = format!("{folder}/");
            let below = |(path, bytes): (String, Vec<u8>)| Some((path.strip_prefix(&folder)?.to_owned(), bytes));
            prefix += &folder;
            files = files.into_iter().filter_map(below).collect();
        }
        Ok(Self { prefix, directory: None, files, sha256 })
    }

    /// The pack in the directory `path`. Symbolic links in it are not followed.
    ///
    /// # Errors
    /// Why it cannot be one, as a clause.
    pub(super) fn of_directory(path: &Path) -> Result<Self, String> {
        let mut files = BTreeMap::new();
        let mut left = MAX_PACK_BYTES;
        for (name, file) in toml_files(path)? {
            let limit = left.min(MAX_PACKED_FILE_BYTES);
            let bytes = read_bytes(&file, limit).map_err(|error| format!("{name} in it cannot be read: {error}"))?;
            left -= bytes.len() as u64;
            files.insert(name, bytes);
        }
        if !files.contains_key(FILE_NAME) {
            return Err(format!("it holds no {FILE_NAME}"));
        }
        let mut lines: Vec<String> =
            files.iter().map(|(name, bytes)| format!("{}  {name}\n", sha256_of(bytes))).collect();
        lines.sort_unstable();
        let directory = zip_audit::absolute(path).map(Arc::from);
        let prefix = format!("{}/", path.display());
        Ok(Self { prefix, directory, files, sha256: sha256_of(lines.concat().as_bytes()) })
    }

    /// What a file or folder of the pack is called.
    pub(super) fn shown(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// Whether there is a file of that path.
    pub(super) fn has_file(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// Whether there is a file of that path, or one in a folder of that path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.has_file(path) || self.below(path).next().is_some()
    }

    /// The content of a file; empty if there is none.
    pub(super) fn bytes(&self, path: &str) -> &[u8] {
        self.files.get(path).map_or(&[], Vec::as_slice)
    }

    /// The rule files in a folder, or the one of that path.
    pub(super) fn rule_texts(&self, folder: &str) -> Vec<Result<RuleText, UserError>> {
        let own = self.files.get_key_value(folder).map(|(path, bytes)| (path.as_str(), bytes));
        let below = own.into_iter().chain(self.below(folder));
        let rule = |(path, bytes): (&str, &Vec<u8>)| {
            let name = self.shown(path);
            let text = text_of(bytes.clone()).map_err(|error| RuleText::unreadable(&name, &error))?;
            let top = if path == folder { folder.rsplit_once('/').map_or("", |(above, _)| above) } else { folder };
            let rest = path.strip_prefix(top).unwrap_or(path).trim_start_matches('/');
            Ok(RuleText::new(top.rsplit('/').next().unwrap_or_default(), rest, name, text))
        };
        below.map(rule).collect()
    }

    fn below(&self, folder: &str) -> impl Iterator<Item = (&str, &Vec<u8>)> {
        let start = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        self.files.iter().filter(move |(path, _)| path.starts_with(&start)).map(|(path, bytes)| (path.as_str(), bytes))
    }
}

/// The path that `text`, written in the file `from` of a pack, means in the pack. `None` if it leads out.
pub(super) fn path_in_pack(from: &str, text: &str) -> Option<String> {
    let text = text.replace('\\', "/");
    let has_drive = text.as_bytes().get(1) == Some(&b':');
    if text.starts_with('/') || has_drive {
        return None;
    }
    let mut names: Vec<&str> = from.rsplit_once('/').map_or(Vec::new(), |(folder, _)| folder.split('/').collect());
    for name in text.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                names.pop()?;
            }
            name => names.push(name),
        }
    }
    Some(names.join("/"))
}

fn folder_of_configuration(path: &str) -> Option<&str> {
    let (folder, name) = path.split_once('/')?;
    (name == FILE_NAME).then_some(folder)
}

/// Whether a file can count: what file managers of macOS write beside others cannot.
fn is_toml(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with(".toml") && !name.starts_with("._")
}

/// The files of a directory that can count, by their paths in it.
fn toml_files(directory: &Path) -> Result<Vec<(String, PathBuf)>, String> {
    let cannot = |error: io::Error| format!("it cannot be read: {error}");
    let (mut files, mut seen) = (Vec::new(), 0);
    let mut todo = vec![(directory.to_owned(), String::new(), 0)];
    while let Some((folder, prefix, depth)) = todo.pop() {
        for entry in std::fs::read_dir(&folder).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            seen += 1;
            if seen > MAX_PACK_ENTRIES || depth > MAX_PACK_DEPTH {
                return Err(format!(
                    "it has more than {MAX_PACK_ENTRIES} files and directories, or more than {MAX_PACK_DEPTH} nested ones"
                ));
            }
            let kind = entry.file_type().map_err(cannot)?;
            let name = entry.file_name();
            // A name that is no text cannot be that of a rule.
            let Some(name) = name.to_str() else { continue };
            let path = format!("{prefix}{name}");
            if kind.is_dir() {
                todo.push((entry.path(), format!("{path}/"), depth + 1));
            } else if kind.is_file() && is_toml(&path) {
                files.push((path, entry.path()));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Collects the `*.toml` files of an archive.
struct TomlFiles<'f>(&'f Mutex<BTreeMap<String, Vec<u8>>>);

impl Visitor for TomlFiles<'_> {
    fn wants(&self, name: &[u8]) -> bool {
        name.ends_with(b".toml")
    }

    fn file(&self, file: File<'_>) {
        let is_outermost = file.container.parent.is_none();
        let is_plain = !file.name.split('/').any(|name| matches!(name, "" | "." | ".."));
        if is_outermost && is_plain && is_toml(file.name) && !file.name.starts_with("__MACOSX/") {
            let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            files.insert(file.name.to_owned(), file.bytes.to_vec());
        }
    }
}

#[cfg(test)]
mod tests;
