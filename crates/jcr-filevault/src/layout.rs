//! Where in a container the parts of a package lie: its content below `jcr_root`, its metadata in `META-INF/vault`.
//!
//! The same code serves archives, where both lie at the top, and Maven modules, where each may have a folder of its
//! own (the places that the filevault-package-maven-plugin looks at).

use super::names;

/// The folder of a package's content.
pub const JCR_ROOT: &str = "jcr_root";
/// The folder of a package's metadata.
pub const META_INF_VAULT: &str = "META-INF/vault";

/// The folders of a Maven module that hold `jcr_root` or `META-INF`.
const MODULE_FOLDERS: [&str; 5] =
    ["src/main/content/", "src/content/", "src/main/resources/", "src/main/vault/", "src/main/"];

/// What a file of a container is to a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Location<'n> {
    /// What stands before `jcr_root/` or `META-INF/vault/`: empty at the top, else ending with `/`.
    pub prefix: &'n str,
    /// The part of the package.
    pub part: Part<'n>,
}

/// A part of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part<'n> {
    /// Content, with its path below `jcr_root`.
    Content(&'n str),
    /// Metadata, with its path below `META-INF/vault`.
    Metadata(&'n str),
}

impl<'n> Location<'n> {
    /// The folder of the package, empty or ending with `/`: the prefix without the folders that Maven puts between.
    /// Content and metadata with the same package folder belong together.
    pub fn package(&self) -> &'n str {
        let inner = |folder: &&str| {
            let outer = self.prefix.strip_suffix(*folder)?;
            (outer.is_empty() || outer.ends_with('/')).then_some(outer)
        };
        MODULE_FOLDERS.iter().find_map(inner).unwrap_or(self.prefix)
    }

    /// The path of the content file below `jcr_root`.
    pub fn content(&self) -> Option<&'n str> {
        match self.part {
            Part::Content(path) => Some(path),
            Part::Metadata(_) => None,
        }
    }
}

/// Finds out what the file `name` of a container (separators `/`) is to a package; `None` if it is outside of any.
pub fn locate(name: &str) -> Option<Location<'_>> {
    let content = after_segments(name, JCR_ROOT).map(|(prefix, path)| Location { prefix, part: Part::Content(path) });
    content.or_else(|| {
        let (prefix, path) = after_segments(name, META_INF_VAULT)?;
        Some(Location { prefix, part: Part::Metadata(path) })
    })
}

/// Splits `name` around the first occurrence of whole segments.
fn after_segments<'n>(name: &'n str, segments: &str) -> Option<(&'n str, &'n str)> {
    memchr::memmem::find_iter(name.as_bytes(), segments.as_bytes()).find_map(|at| {
        let prefix = name.get(..at)?;
        let path = name.get(at + segments.len()..)?.strip_prefix('/')?;
        (prefix.is_empty() || prefix.ends_with('/')).then_some((prefix, path))
    })
}

/// The repository path of a content file or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryPath {
    /// The path with decoded names, not normalised.
    pub path: String,
    /// Whether a name decodes to one that holds a separator or is `.` or `..`, so that the path looks like, or leads
    /// to, another one. No tool writes such names.
    pub spoofed: bool,
}

/// The repository path of `path` below `jcr_root`: of a folder or plain file; of docview see [`super::root_path`].
pub fn repository_path(path: &str) -> RepositoryPath {
    let mut out = RepositoryPath { path: String::with_capacity(path.len() + 1), spoofed: false };
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let name = names::segment_to_repository(segment, true);
        out.spoofed |= name.contains('/') || matches!(name.as_ref(), "" | "." | "..");
        out.path.push('/');
        out.path.push_str(&name);
    }
    if out.path.is_empty() {
        out.path.push('/');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn locates_content_and_metadata() {
        let cases = [
            ("jcr_root/apps/x/.content.xml", "", "", Part::Content("apps/x/.content.xml")),
            ("META-INF/vault/filter.xml", "", "", Part::Metadata("filter.xml")),
            ("ui/src/main/content/jcr_root/apps/a", "ui/src/main/content/", "ui/", Part::Content("apps/a")),
            (
                "ui/src/main/content/META-INF/vault/filter.xml",
                "ui/src/main/content/",
                "ui/",
                Part::Metadata("filter.xml"),
            ),
            ("src/content/jcr_root/a", "src/content/", "", Part::Content("a")),
            (
                "ui/src/main/resources/META-INF/vault/filter.xml",
                "ui/src/main/resources/",
                "ui/",
                Part::Metadata("filter.xml"),
            ),
            ("jcr_root/a/jcr_root/b", "", "", Part::Content("a/jcr_root/b")),
            ("my_src/content/jcr_root/b", "my_src/content/", "my_src/content/", Part::Content("b")),
            ("x_jcr_root/jcr_root/b", "x_jcr_root/", "x_jcr_root/", Part::Content("b")),
        ];
        for (name, prefix, package, part) in cases {
            let location = locate(name).unwrap();
            assert_eq!((location.prefix, location.package(), location.part), (prefix, package, part), "{name}");
        }
        for name in ["apps/x", "jcr_root", "x_jcr_root/a", "META-INF/MANIFEST.MF", ""] {
            assert_eq!(locate(name), None, "{name}");
        }
    }

    #[test]
    fn tells_spoofed_paths() {
        let cases = [
            ("apps/_cq_x/a.jpg.dir", "/apps/cq:x/a.jpg", false),
            ("", "/", false),
            ("apps/a%2fb", "/apps/a/b", true),
            ("apps/%2e%2e/b", "/apps/../b", true),
            ("apps/../b", "/apps/../b", true),
        ];
        for (path, expected, spoofed) in cases {
            assert_eq!(repository_path(path), RepositoryPath { path: expected.into(), spoofed }, "{path}");
        }
    }
}
