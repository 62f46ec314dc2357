//! Which folders hold configurations, and for which run modes: the Sling installer's watched folders
//! (`FolderNameFilter`, `JcrInstaller`) and the paths that the content-package converter matches.

use super::formats::{FORMATS, FormatSpec};
use super::pid::{self, Pid};
use super::run_modes::RunModes;
use super::target::Target;

/// The roots that the installer walks, with their priorities.
const ROOTS: [(&str, u32); 2] = [("/libs", 100), ("/apps", 200)];

/// The installer finds folders of at most this many path segments.
const MAX_SEGMENTS: usize = 4;

/// A folder that is named as one for configurations (or bundles and packages), as one consumer sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigFolder {
    /// The repository path of the folder.
    pub path: String,
    /// When its content is active. `never` if it is [unwatched](Self::unwatched).
    pub run_modes: RunModes,
    /// The priority of the root: 100 below `/libs`, 200 below `/apps`, 0 elsewhere. The installer adds one for each
    /// run mode that matches; the highest priority wins a PID.
    pub priority_base: u32,
    /// Why the consumer never looks into the folder, if so.
    pub unwatched: Option<String>,
}

/// The folder that makes the file or node at the repository path `path` a configuration for `target`. `None` if none
/// of the folders above it has the name of a configuration folder.
///
/// The installer scans a watched folder to any depth without looking at the names inside, so the run modes of folders
/// inside each other are alternatives: `config/config.author/A` is always active. The converter takes the innermost.
pub fn config_folder(path: &str, target: Target) -> Option<ConfigFolder> {
    let parent = path.rsplit_once('/')?.0;
    match target {
        Target::Aem65 => installer(parent),
        Target::Cloud => converter(parent),
    }
}

fn installer(parent: &str) -> Option<ConfigFolder> {
    let mut found: Option<ConfigFolder> = None;
    for folder in ancestors(parent) {
        let Some(run_modes) = folder_modes(folder) else { continue };
        let root = ROOTS.iter().find(|(root, _)| folder.strip_prefix(root).is_some_and(|rest| rest.starts_with('/')));
        let unwatched = if root.is_none() {
            Some("the installer watches folders below /apps and /libs only".to_owned())
        } else if folder.split('/').count() > MAX_SEGMENTS + 1 {
            Some(format!("the installer finds folders of at most {MAX_SEGMENTS} path segments"))
        } else if run_modes.is_never() {
            Some("no instance has the run modes in the name of the folder".to_owned())
        } else {
            None
        };
        let watched = unwatched.is_none();
        match &mut found {
            Some(found) if found.unwatched.is_none() && watched => found.run_modes = found.run_modes.or(&run_modes),
            Some(found) if found.unwatched.is_none() || !watched => {}
            _ => {
                found = Some(ConfigFolder {
                    path: folder.to_owned(),
                    run_modes: if watched { run_modes } else { RunModes::never() },
                    priority_base: root.map_or(0, |(_, priority)| *priority),
                    unwatched,
                });
            }
        }
    }
    found
}

/// `/a`, `/a/b`, … up to the whole path.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('/').map(|(at, _)| at).filter(|&at| at > 0).chain([path.len()]);
    ends.filter_map(|end| path.get(..end))
}

/// The run modes in the name of the last folder of `path`, if it is `config` or `install`.
fn folder_modes(path: &str) -> Option<RunModes> {
    let name = path.rsplit('/').next()?;
    let rest = name.strip_prefix("config").or_else(|| name.strip_prefix("install"))?;
    match rest.strip_prefix('.') {
        Some(spec) => Some(RunModes::parse(spec)),
        None => rest.is_empty().then(RunModes::always),
    }
}

/// What the installer's `FolderNameFilter` says of one folder: the priority of its root, and its run modes. The
/// filter takes `/apps2` for a path below `/apps`; see [`config_folder`] for folders that are really walked.
pub fn watched_folder(path: &str) -> Option<(u32, RunModes)> {
    let (_, priority) = ROOTS.iter().find(|(root, _)| path.starts_with(root))?;
    folder_modes(path).map(|run_modes| (*priority, run_modes))
}

fn converter(parent: &str) -> Option<ConfigFolder> {
    let folder = |(start, end): (usize, usize), unwatched: Option<&str>| {
        let run_modes = spec(parent, end).map_or_else(RunModes::always, RunModes::parse);
        let end = parent.get(end..).and_then(|rest| rest.find('/')).map_or(parent.len(), |n| end + n);
        let root = ROOTS.iter().find(|(root, _)| parent.starts_with(root));
        ConfigFolder {
            path: parent.get(..end.max(start)).unwrap_or_default().to_owned(),
            run_modes: if unwatched.is_some() { RunModes::never() } else { run_modes },
            priority_base: root.map_or(0, |(_, priority)| *priority),
            unwatched: unwatched.map(str::to_owned),
        }
    };
    let inside = ["/apps/", "/libs/"].iter().find(|root| parent.starts_with(**root)).map(|root| root.len());
    // One segment at least lies between the root and the folder.
    if let Some(found) = inside.and_then(|inside| last_folder(parent, inside + 1, parent.len())) {
        return Some(folder(found, None));
    }
    let named = ancestors(parent).filter(|folder| folder_modes(folder).is_some()).last()?;
    let start = named.rfind('/')?;
    let name = named.get(start + 1..)?;
    let end = start + 1 + name.find('.').unwrap_or(name.len());
    Some(folder((start, end), Some("the converter takes configurations from folders below /apps/* and /libs/* only")))
}

/// The last `/config` or `/install` that starts within `from..to`: where it starts and where its word ends.
fn last_folder(path: &str, from: usize, to: usize) -> Option<(usize, usize)> {
    let part = path.get(from..to)?;
    let last = |word: &str| part.rfind(word).map(|at| (from + at, from + at + word.len()));
    last("/config").max(last("/install"))
}

/// The run modes directly behind the word that ends at `end`.
fn spec(path: &str, end: usize) -> Option<&str> {
    let rest = path.get(end..)?.strip_prefix('.')?;
    let spec = rest.split('/').next()?;
    (!spec.is_empty()).then_some(spec)
}

/// What the converter sees in the path of a package entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConverterMatch {
    /// The extension, without its dot.
    pub extension: &'static str,
    /// `config` or `install`.
    pub folder: &'static str,
    /// The run modes behind the folder's name.
    pub run_mode: Option<String>,
    /// Whether the entry belongs to the `.dir` folder of the file.
    pub dir: bool,
    /// The PID.
    pub pid: Pid,
}

/// Matches a repository path (an entry's path without `/jcr_root`) against the converter's pattern, which has no
/// limit of depth and takes any folder whose name starts with `config` or `install`.
pub fn converter_match(path: &str) -> Option<ConverterMatch> {
    ["/apps/", "/libs/"].iter().find(|root| path.starts_with(**root))?;
    FORMATS.iter().map(FormatSpec::name).chain(["xml"]).find_map(|extension| {
        let (dir, name_end) = extension_end(path, extension)?;
        let slash = path.get(..name_end)?.rfind('/')?;
        let (start, end) = last_folder(path, "/apps/".len() + 1, slash)?;
        let folder = if path.get(start..)?.starts_with("/config") { "config" } else { "install" };
        Some(ConverterMatch {
            extension,
            folder,
            run_mode: spec(path.get(..slash)?, end).map(str::to_owned),
            dir,
            pid: pid::converter_id(path.get(slash + 1..name_end)?),
        })
    })
}

/// Where the name before `.extension` ends, and whether `.dir` and more follows.
fn extension_end(path: &str, extension: &str) -> Option<(bool, usize)> {
    let dotted = format!(".{extension}");
    if let Some(stem) = path.strip_suffix(&dotted) {
        return Some((false, stem.len()));
    }
    let with_dir = format!("{dotted}.dir");
    let at = path.rfind(&with_dir)?;
    let rest = path.get(at + with_dir.len()..)?;
    (rest.is_empty() || rest.starts_with('/')).then_some((true, at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    #[test]
    fn watches_folders_as_the_vectors_say() {
        let vectors = vectors::of("sling-folder.jsonl", "sling.folder");
        assert_eq!(vectors.len(), 208);
        for vector in vectors {
            let active = vector.run_modes();
            let priority =
                watched_folder(vector.get("path")).and_then(|(base, modes)| Some(base + modes.matched(&active)?));
            assert_eq!(u64::from(priority.unwrap_or(0)), vector.expected.as_u64().unwrap(), "{vector:?}");
        }
    }

    #[test]
    fn matches_paths_as_the_converter_does() {
        let vectors = vectors::of("cpconverter-path.jsonl", "cpconverter.match");
        assert_eq!(vectors.len(), 29);
        for vector in vectors {
            let found = converter_match(vector.get("path").strip_prefix("/jcr_root").unwrap());
            let found = found.map_or(serde_json::Value::Null, |found| {
                // The upstream class keeps the pattern of the extension.
                let extension = match found.extension {
                    "cfg.json" => "cfg\\.json",
                    "cfg" | "properties" => "(cfg|properties)",
                    other => other,
                };
                serde_json::json!({"ext": extension, "folder": found.folder, "runmode": found.run_mode,
                    "dir": found.dir, "pid": found.pid.pid})
            });
            assert_eq!(found, vector.expected, "{vector:?}");
        }
    }

    fn modes(path: &str, target: Target) -> String {
        match config_folder(path, target) {
            None => "none".into(),
            Some(ConfigFolder { unwatched: Some(_), .. }) => "unwatched".into(),
            Some(folder) => format!("{} {}", folder.path, folder.run_modes),
        }
    }

    #[test]
    fn the_two_consumers_differ() {
        let table = [
            ("/apps/x/config/A", "/apps/x/config ", "/apps/x/config "),
            (
                "/apps/x/config.author.prod/A",
                "/apps/x/config.author.prod author.prod",
                "/apps/x/config.author.prod author.prod",
            ),
            ("/apps/x/config/config.author/A", "/apps/x/config ", "/apps/x/config/config.author author"),
            ("/apps/x/config.publish/sub/A", "/apps/x/config.publish publish", "/apps/x/config.publish publish"),
            ("/apps/config/A", "/apps/config ", "unwatched"),
            ("/apps/a/b/config/A", "/apps/a/b/config ", "/apps/a/b/config "),
            ("/apps/a/b/c/config/A", "unwatched", "/apps/a/b/c/config "),
            ("/apps/x/configuration/A", "none", "/apps/x/configuration "),
            ("/apps/x/install.author/p.zip", "/apps/x/install.author author", "/apps/x/install.author author"),
            ("/apps2/x/config/A", "unwatched", "unwatched"),
            ("/content/x/config.author/A", "unwatched", "unwatched"),
            ("/apps/x/config./A", "unwatched", "/apps/x/config. "),
            ("/apps/x/A", "none", "none"),
            ("A", "none", "none"),
        ];
        for (path, installer, converter) in table {
            assert_eq!(modes(path, Target::Aem65), installer, "{path}");
            assert_eq!(modes(path, Target::Cloud), converter, "{path}");
        }
    }

    #[test]
    fn priorities_start_from_the_root() {
        let base = |path| config_folder(path, Target::Aem65).map(|folder| folder.priority_base);
        assert_eq!(base("/libs/x/config/A"), Some(100));
        assert_eq!(base("/apps/x/config/A"), Some(200));
        assert_eq!(base("/content/x/config/A"), Some(0));
    }
}
