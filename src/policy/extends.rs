//! `extends`: configurations that others build on.
//!
//! A file counts once, however many extend it, and less than each file that extends it; of two entries the later counts more.
//! A hash is compared before anything of what it covers is parsed, and what is pinned names nothing that is not. Nothing is
//! fetched.

use super::config::{Config, Extended, MAX_CONFIGURATION_BYTES, RuleSource};
use super::decode::{Extends, NamedPath};
use super::layer::{Layer, path_in};
use super::origin::FILE_NAME;
use super::policy_pack::{MAX_PACK_BYTES, PolicyPack, is_zip, path_in_pack, sha256_of};
use crate::diagnostics::{MistakeSink, UserError, read_bytes, read_text, text_of};
use std::collections::BTreeSet;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How many files may extend one another in a row.
const MAX_EXTENDS_DEPTH: usize = 8;
/// How many files a configuration may extend in all.
const MAX_EXTENDED_FILES: usize = 64;

impl Config {
    /// Reads the file at `path`, and those that it extends.
    ///
    /// # Errors
    /// If one of them cannot be read or holds mistakes; all of them are in the error.
    pub(crate) fn read(path: &Path) -> Result<Self, UserError> {
        read(path)
    }
}

fn read(path: &Path) -> Result<Config, UserError> {
    let text = read_text(path, MAX_CONFIGURATION_BYTES).map_err(|error| {
        UserError::plain(
            format!("the configuration {} cannot be read: {error}", path.display()),
            "Name an existing file in UTF-8 with --config, or leave the option out.",
        )
    })?;
    let mut reader = Reader::default();
    let own = At::File { path: path.to_owned(), is_pinned: false };
    reader.seen.insert(own.identity());
    reader.chain.push((own.identity(), path.display().to_string()));
    reader.visit(&own, &text, None);
    let mut layers = reader.layers.into_iter().rev();
    let mut config = layers.next().unwrap_or_default();
    layers.for_each(|base| config.extend(base));
    match UserError::all(reader.mistakes) {
        Some(error) => Err(error),
        None => {
            config.file = Some(path.to_path_buf());
            Ok(config)
        }
    }
}

/// Where a configuration is.
#[derive(Clone)]
enum At {
    /// A file of its own, and whether its hash was compared.
    File { path: PathBuf, is_pinned: bool },
    /// In a pack.
    Packed(Arc<PolicyPack>, String),
}

impl At {
    fn name(&self) -> String {
        match self {
            Self::File { path, .. } => path.display().to_string(),
            Self::Packed(pack, path) => pack.shown(path),
        }
    }

    /// The same for the same file, whatever it is called.
    fn identity(&self) -> PathBuf {
        let path = match self {
            Self::File { path, .. } => path.clone(),
            Self::Packed(pack, path) => PathBuf::from(pack.shown(path)),
        };
        path.canonicalize().unwrap_or(path)
    }

    /// What globs in it are relative to, if the project lies there.
    fn directory(&self) -> Option<Arc<Path>> {
        match self {
            Self::File { path, .. } => zip_audit::absolute(path)?.parent().map(Arc::from),
            Self::Packed(pack, path) => {
                let directory = pack.directory.as_ref()?.join(path);
                directory.parent().map(Arc::from)
            }
        }
    }
}

/// What is wrong with an entry.
struct EntryMistake {
    span: Range<usize>,
    message: String,
    label: &'static str,
    help: String,
}

/// Reads the files one by one.
#[derive(Default)]
struct Reader {
    /// What was read: what counts less comes first.
    layers: Vec<Config>,
    seen: BTreeSet<PathBuf>,
    /// The files that extend one another down to the present one.
    chain: Vec<(PathBuf, String)>,
    mistakes: Vec<UserError>,
}

impl Reader {
    /// Reads a file after all that it extends. No file is deeper than [`MAX_EXTENDS_DEPTH`].
    fn visit(&mut self, at: &At, text: &str, extended: Option<Extended>) {
        let directory = if extended.is_some() { at.directory() } else { None };
        let layer = match Layer::parse(at.name().into(), text, directory) {
            Ok(layer) => layer,
            Err(error) => return self.mistakes.push(error),
        };
        let mut sink = layer.sink.clone();
        for entry in &layer.extends {
            match self.open(at, entry) {
                Err(mistake) => note(&mut sink, mistake),
                Ok(None) => {}
                Ok(Some((base, text))) => {
                    let extended = Extended {
                        path: base_path(at, &entry.path),
                        file: base.name().into(),
                        sha256: entry.sha256.clone(),
                        origin: entry.path.origin.clone(),
                    };
                    self.chain.push((base.identity(), base.name()));
                    self.visit(&base, &text, Some(extended));
                    self.chain.pop();
                }
            }
        }
        layer.rules().iter().filter_map(|named| rules_mistake(at, named)).for_each(|mistake| note(&mut sink, mistake));
        self.mistakes.extend(sink.error());
        let mut config = layer.into_config(|named| rule_source(at, named));
        config.extended.extend(extended);
        self.layers.push(config);
    }

    /// The file that an entry of the file `from` names, and its text; `None` if it was read before.
    fn open(&mut self, from: &At, entry: &Extends) -> Result<Option<(At, String)>, EntryMistake> {
        let (base, bytes) = self::open(from, entry)?;
        let span = entry.path.span.clone();
        let identity = base.identity();
        if let Some(first) = self.chain.iter().position(|(other, _)| *other == identity) {
            let names = self.chain.iter().skip(first).map(|(_, name)| name.as_str());
            let chain = names.chain([base.name().as_str()]).collect::<Vec<_>>().join(" extends ");
            return Err(EntryMistake {
                span,
                message: format!("configurations extend each other: {chain}"),
                label: "closes the circle",
                help: "Remove one of these entries.".to_owned(),
            });
        }
        if !self.seen.insert(identity) {
            return Ok(None);
        }
        if self.chain.len() > MAX_EXTENDS_DEPTH || self.seen.len() > MAX_EXTENDED_FILES + 1 {
            return Err(EntryMistake {
                span,
                message: format!(
                    "configurations extend each other over more than {MAX_EXTENDS_DEPTH} steps, or {MAX_EXTENDED_FILES} in all"
                ),
                label: "not read any more",
                help: "Put some of the files together.".to_owned(),
            });
        }
        let text = text_of(bytes).map_err(|error| unreadable(&entry.path, &error.to_string()))?;
        Ok(Some((base, text)))
    }
}

fn note(sink: &mut MistakeSink, mistake: EntryMistake) {
    sink.add(mistake.span, mistake.message, mistake.label, mistake.help);
}

/// What an entry names, as a path from where aemlint is started.
fn base_path(from: &At, named: &NamedPath) -> PathBuf {
    match from {
        At::File { path, .. } => path_in(path.parent().unwrap_or(Path::new("")), &named.text),
        At::Packed(pack, path) => PathBuf::from(pack.shown(&path_in_pack(path, &named.text).unwrap_or_default())),
    }
}

/// Finds and reads what an entry names, and compares its hash.
fn open(from: &At, entry: &Extends) -> Result<(At, Vec<u8>), EntryMistake> {
    match from {
        At::Packed(pack, path) => {
            let Some(mut inner) = path_in_pack(path, &entry.path.text) else { return Err(leads_out(&entry.path)) };
            if !pack.has_file(&inner) {
                inner = format!("{inner}/{FILE_NAME}").trim_start_matches('/').to_owned();
            }
            if !pack.has_file(&inner) {
                return Err(unreadable(&entry.path, "there is no such file in the pack"));
            }
            let bytes = pack.bytes(&inner).to_vec();
            compare(entry, &sha256_of(&bytes))?;
            Ok((At::Packed(pack.clone(), inner), bytes))
        }
        At::File { is_pinned: true, .. } if entry.sha256.is_none() => Err(EntryMistake {
            span: entry.path.span.clone(),
            message: "a file that is pinned extends one that is not".to_owned(),
            label: "has no hash",
            help: "Write { path = …, sha256 = … }, or pin the directory that holds both.".to_owned(),
        }),
        At::File { .. } => open_on_disk(&base_path(from, &entry.path), entry),
    }
}

fn open_on_disk(path: &Path, entry: &Extends) -> Result<(At, Vec<u8>), EntryMistake> {
    let cannot = |error: io::Error| unreadable(&entry.path, &error.to_string());
    let mut file = path.to_owned();
    if path.is_dir() {
        if entry.sha256.is_some() {
            let pack = PolicyPack::of_directory(path).map_err(|why| unreadable(&entry.path, &why))?;
            compare(entry, &pack.sha256)?;
            return Ok(packed(pack));
        }
        file.push(FILE_NAME);
    }
    let bytes = read_bytes(&file, MAX_PACK_BYTES).map_err(cannot)?;
    compare(entry, &sha256_of(&bytes))?;
    if is_zip(&bytes) {
        let pack = PolicyPack::of_zip(&file.display().to_string(), bytes);
        return pack.map(packed).map_err(|why| unreadable(&entry.path, &why));
    }
    if bytes.len() as u64 > MAX_CONFIGURATION_BYTES {
        return Err(unreadable(&entry.path, &format!("it is larger than {} MiB", MAX_CONFIGURATION_BYTES >> 20)));
    }
    Ok((At::File { path: file, is_pinned: entry.sha256.is_some() }, bytes))
}

fn packed(pack: PolicyPack) -> (At, Vec<u8>) {
    let bytes = pack.bytes(FILE_NAME).to_vec();
    (At::Packed(Arc::new(pack), FILE_NAME.to_owned()), bytes)
}

fn compare(entry: &Extends, found: &str) -> Result<(), EntryMistake> {
    match &entry.sha256 {
        Some(pinned) if pinned != found => Err(EntryMistake {
            span: entry.sha256_span.clone(),
            message: "what is extended here is not what was pinned".to_owned(),
            label: "another hash",
            help: format!(
                "Pinned is sha256 = \"{pinned}\", found is sha256 = \"{found}\". Look at what changed; if that is wanted, pin \
                 what was found."
            ),
        }),
        _ => Ok(()),
    }
}

fn unreadable(named: &NamedPath, why: &str) -> EntryMistake {
    EntryMistake {
        span: named.span.clone(),
        message: format!("what is extended here cannot be read: {why}"),
        label: "not read",
        help: format!(
            "Name a configuration file, a directory with an {FILE_NAME}, or a zip of one. A path is relative to the file that it \
             stands in."
        ),
    }
}

fn leads_out(named: &NamedPath) -> EntryMistake {
    EntryMistake {
        span: named.span.clone(),
        message: "this leads out of the pack that it stands in".to_owned(),
        label: "not in the pack",
        help: "A pack is whole: what it names lies in it.".to_owned(),
    }
}

/// What is wrong with a directory of rules that a file names, as far as the file decides that.
fn rules_mistake(at: &At, named: &NamedPath) -> Option<EntryMistake> {
    match at {
        At::File { is_pinned: false, .. } => None,
        At::File { path, .. } => {
            let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let hash = PolicyPack::of_directory(directory).ok().map(|pack| format!("sha256 = \"{}\"", pack.sha256));
            let hash = hash.unwrap_or_else(|| "its sha256".to_owned());
            Some(EntryMistake {
                span: named.span.clone(),
                message: "a file that is pinned names rules that its hash does not cover".to_owned(),
                label: "not pinned",
                help: format!("Name the directory in `extends` instead of the file, with {hash}, or a zip of it."),
            })
        }
        At::Packed(pack, path) => match path_in_pack(path, &named.text) {
            None => Some(leads_out(named)),
            Some(folder) if pack.has(&folder) => None,
            Some(_) => Some(EntryMistake {
                span: named.span.clone(),
                message: "there is no such folder in the pack".to_owned(),
                label: "not in the pack",
                help: "Name a folder that holds rule files, <family>/<id>.toml.".to_owned(),
            }),
        },
    }
}

fn rule_source(at: &At, named: &NamedPath) -> RuleSource {
    match at {
        At::Packed(pack, path) => RuleSource::Packed(pack.clone(), path_in_pack(path, &named.text).unwrap_or_default()),
        At::File { .. } => RuleSource::Path(base_path(at, named)),
    }
}

/// The hash to pin what an entry names, as it is now; `None` if that cannot be read, or would not cover all of it.
pub(crate) fn hash_to_pin(path: &Path) -> Option<String> {
    if path.is_dir() {
        return PolicyPack::of_directory(path).ok().map(|pack| pack.sha256);
    }
    read_bytes(path, MAX_PACK_BYTES).ok().map(|bytes| sha256_of(&bytes))
}

#[cfg(test)]
mod tests;
