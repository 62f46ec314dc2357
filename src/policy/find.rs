//! Where the configuration is looked for: upwards from the directory where aemlint is started, to the repository root.
//!
//! Material that is scanned never configures the scanner, so nothing is looked for at the paths that are named on the
//! command line. Outside of a repository only the start directory itself counts: a directory above it may belong to
//! anybody, `/tmp` for one.

use super::config::FILE_NAME;
use std::path::{Path, PathBuf};

/// The configuration file for a run that is started in `start`, an absolute path.
pub(crate) fn find(start: &Path) -> Option<PathBuf> {
    let mut candidates = Vec::new();
    let mut inside_repository = false;
    for directory in start.ancestors() {
        candidates.push(directory.join(FILE_NAME));
        // In a worktree or a submodule `.git` is a file.
        if directory.join(".git").exists() {
            inside_repository = true;
            break;
        }
    }
    if !inside_repository {
        candidates.truncate(1);
    }
    candidates.into_iter().find(|candidate| candidate.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_nearest_file_up_to_the_repository_root_counts() {
        let outer = tempfile::tempdir().unwrap();
        let root = outer.path().join("project");
        let deep = root.join("ui.config/src");
        fs::create_dir_all(&deep).unwrap();
        fs::write(outer.path().join(FILE_NAME), "").unwrap();
        assert_eq!(find(&deep), None, "outside of a repository nothing above the start counts");
        assert_eq!(find(outer.path()), Some(outer.path().join(FILE_NAME)));

        fs::create_dir(root.join(".git")).unwrap();
        assert_eq!(find(&deep), None, "nothing above the repository root counts");
        fs::write(root.join(FILE_NAME), "").unwrap();
        assert_eq!(find(&deep), Some(root.join(FILE_NAME)));
        fs::write(root.join("ui.config").join(FILE_NAME), "").unwrap();
        assert_eq!(find(&deep), Some(root.join("ui.config").join(FILE_NAME)));
        assert_eq!(find(&root), Some(root.join(FILE_NAME)));
    }
}
