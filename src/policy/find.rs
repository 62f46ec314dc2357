//! Repositories: which one a path lies in, and where the configuration is looked for in it: upwards from the directory where aemlint is started, to the repository root.
//!
//! Material that is scanned never configures the scanner, so nothing is looked for at the paths that are named on the
//! command line. Outside of a repository only the start directory itself counts: a directory above it may belong to
//! anybody, `/tmp` for one.

use super::origin::FILE_NAME;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Whether a directory is the root of a repository. In a worktree or a submodule `.git` is a file.
fn is_repository(directory: &Path) -> bool {
    directory.join(".git").exists()
}

/// The root of the repository that holds a path, which need not exist: the nearest directory upwards with `.git`.
fn repository_of(path: &Path) -> Option<PathBuf> {
    let nearest = |path: Option<PathBuf>| path?.ancestors().find(|above| is_repository(above)).map(Path::to_path_buf);
    // A link can lead into a repository from outside of it.
    nearest(zip_audit::absolute(path)).or_else(|| nearest(path.canonicalize().ok()))
}

/// The directory that the paths of a run are relative to: the repository that holds the inputs, wherever aemlint is
/// started. `None` if they lie in none, or in several of which none is that of the start directory.
///
/// There is one such directory a run, so that no two files have the same path.
pub(crate) fn root_of(inputs: &[PathBuf], start: &Path) -> Option<PathBuf> {
    let roots: Vec<Option<PathBuf>> = inputs.iter().map(|input| repository_of(input)).collect();
    let distinct: BTreeSet<&PathBuf> = roots.iter().flatten().collect();
    let mut distinct = distinct.into_iter();
    if let (Some(root), None) = (distinct.next(), distinct.next()) {
        // A path from elsewhere that is relative could else be that of a file in the repository.
        let all = roots.iter().all(Option::is_some);
        return (all || start.starts_with(root)).then(|| root.clone());
    }
    repository_of(start).filter(|root| roots.iter().flatten().any(|other| other == root))
}

/// The configuration file for a run that is started in `start`, an absolute path.
pub(crate) fn find(start: &Path) -> Option<PathBuf> {
    let mut candidates = Vec::new();
    let mut inside_repository = false;
    for directory in start.ancestors() {
        candidates.push(directory.join(FILE_NAME));
        if is_repository(directory) {
            inside_repository = true;
            break;
        }
    }
    if !inside_repository {
        candidates.truncate(1);
    }
    // Whatever it is: one that cannot be read is a mistake that has to be said.
    candidates.into_iter().find(|candidate| candidate.symlink_metadata().is_ok())
}

/// Where a configuration goes for runs that are started in `start`, if there is none: the root of the repository around, else
/// `start`.
pub(crate) fn new_file(start: &Path) -> PathBuf {
    start.ancestors().find(|directory| is_repository(directory)).unwrap_or(start).join(FILE_NAME)
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

    #[test]
    fn paths_are_relative_to_the_repository_that_holds_the_inputs() {
        let outer = tempfile::tempdir().unwrap();
        // As the system names the working directory.
        let outer = outer.path().canonicalize().unwrap();
        let (one, two) = (outer.join("one"), outer.join("two"));
        for root in [&one, &two] {
            fs::create_dir_all(root.join("ui")).unwrap();
            fs::create_dir(root.join(".git")).unwrap();
        }
        // A submodule.
        fs::create_dir(one.join("sub")).unwrap();
        fs::write(one.join("sub/.git"), "gitdir: x").unwrap();
        let root = |inputs: &[&Path], start: &Path| {
            root_of(&inputs.iter().map(|input| input.to_path_buf()).collect::<Vec<_>>(), start)
        };
        assert_eq!(root(&[&one.join("ui")], &outer), Some(one.clone()));
        assert_eq!(root(&[&one.join("gone.zip"), &one], &one.join("ui")), Some(one.clone()));
        assert_eq!(root(&[&one.join("sub/x.zip")], &one), Some(one.join("sub")));
        assert_eq!(root(&[&outer.join("x.zip")], &one), None);
        // Others beside: only from within, so that their paths are none of the repository.
        assert_eq!(root(&[&one, &outer.join("x.zip")], &one.join("ui")), Some(one.clone()));
        assert_eq!(root(&[&one, &outer.join("x.zip")], &outer), None);
        assert_eq!(root(&[&one, &two], &two.join("ui")), Some(two.clone()));
        assert_eq!(root(&[&one, &two], &outer), None);
    }
}
