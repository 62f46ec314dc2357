//! How paths on disk are shown: relative to one directory of the run, whatever directory the program was started in.

use std::path::{Component, Path, PathBuf};

/// What the paths of a run are shown relative to.
#[derive(Clone, Debug, Default)]
pub(super) struct ShownPaths {
    /// The directory, absolute; none if the program was started in a directory that is gone.
    root: Option<PathBuf>,
    /// The same with all links resolved. Only a directory that was named can have another name than that.
    real_root: Option<PathBuf>,
}

impl ShownPaths {
    /// Paths are relative to `root`, or to the working directory if there is none.
    pub(super) fn new(root: Option<&Path>) -> Self {
        match root {
            Some(root) => Self { root: absolute(root), real_root: root.canonicalize().ok() },
            None => Self { root: std::env::current_dir().ok(), real_root: None },
        }
    }

    /// The directory that paths are relative to.
    pub(super) fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// A path as reports show it: relative to the root if it lies below, else as it was given; with `/` between names.
    pub(super) fn show(&self, path: &Path) -> String {
        let below = self.below(path);
        let text = join(below.as_deref().unwrap_or(path));
        if text.is_empty() { ".".into() } else { text }
    }

    fn below(&self, path: &Path) -> Option<PathBuf> {
        let strip = |path: Option<PathBuf>, root: &Option<PathBuf>| {
            path?.strip_prefix(root.as_deref()?).map(Path::to_path_buf).ok()
        };
        strip(absolute(path), &self.root).or_else(|| {
            self.real_root.as_ref()?;
            strip(path.canonicalize().ok(), &self.real_root)
        })
    }
}

/// A path from the root of the file system on, without `.` and `..`. None where the working directory is gone, or where
/// only the file system can tell what `..` leads to and does not.
pub fn absolute(path: &Path) -> Option<PathBuf> {
    let mut parts: Vec<Component<'_>> = Vec::new();
    for part in path.components() {
        match (part, parts.last()) {
            (Component::CurDir, _) => {}
            // The name before it may be a link, and `..` leads out of what it points at.
            (Component::ParentDir, Some(Component::Normal(_))) => return path.canonicalize().ok(),
            (part, _) => parts.push(part),
        }
    }
    let mut whole = if path.has_root() { PathBuf::new() } else { std::env::current_dir().ok()? };
    for part in parts {
        // The working directory has no link in it.
        match part {
            Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    Some(whole)
}

fn join(path: &Path) -> String {
    let mut text = String::new();
    for part in path.components() {
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
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_below_the_root_are_relative_to_it_and_others_stay_as_they_are() {
        let directory = tempfile::tempdir().unwrap();
        let root = directory.path().join("project");
        std::fs::create_dir_all(root.join("ui/src")).unwrap();
        let paths = ShownPaths::new(Some(&root));
        let show = |path: &Path| paths.show(path);
        assert_eq!(show(&root), ".");
        assert_eq!(show(&root.join("./ui/src")), "ui/src");
        assert_eq!(show(&root.join("ui/../ui/src")), "ui/src");
        assert_eq!(show(&root.join("gone.zip")), "gone.zip");
        assert_eq!(show(&directory.path().join("x.zip")), directory.path().join("x.zip").to_str().unwrap());
        for path in ["vendor/a.zip", "../a.zip", "/a.zip"] {
            assert_eq!(show(Path::new(path)), path);
        }
        assert_eq!(ShownPaths::new(None).show(Path::new("./vendor//a.zip")), "vendor/a.zip");
        assert_eq!(ShownPaths::new(None).show(&std::env::current_dir().unwrap().join("a/b")), "a/b");
    }

    #[cfg(unix)]
    #[test]
    fn links_on_the_way_to_the_root_do_not_matter_and_those_below_it_keep_their_names() {
        let directory = tempfile::tempdir().unwrap();
        let (root, link) = (directory.path().join("project"), directory.path().join("link"));
        std::fs::create_dir_all(root.join("ui")).unwrap();
        std::os::unix::fs::symlink(&root, &link).unwrap();
        std::os::unix::fs::symlink(directory.path(), root.join("out")).unwrap();
        for (root, path) in [(&root, link.join("ui")), (&link, root.join("ui")), (&link, link.join("ui"))] {
            assert_eq!(ShownPaths::new(Some(root)).show(&path), "ui");
        }
        let paths = ShownPaths::new(Some(&root));
        assert_eq!(paths.show(&root.join("out")), "out");
        // The parent of what the link points at, not the directory that holds the link.
        let outside = root.join("out/../x.zip");
        assert_eq!(paths.show(&outside), outside.to_str().unwrap());
    }
}
