//! Globs over places, and what they are relative to.

use super::origin::Origin;
use crate::diagnostics::UserError;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::path::{Component, Path, PathBuf};
use zip_audit::Place;

/// What a glob also matches beside what it says: what lies in the directory or archive.
const INNER: [&str; 3] = ["", "/**", "!/**"];
/// How many globs of the set that [`compile`] makes come from each of those that it is given, in their order.
pub(crate) const COMPILED_OF_EACH: usize = INNER.len();

/// Compiles globs over paths such as `vendor/all.zip!/jcr_root/**`.
///
/// `*` stays within a name and `**` does not. A glob that matches a directory or an archive covers what is in it.
///
/// # Errors
/// If one of them is no glob.
pub(crate) fn compile<'g>(globs: impl IntoIterator<Item = &'g str>) -> Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for glob in globs {
        let glob = glob.strip_prefix("./").unwrap_or(glob).trim_end_matches('/');
        for inner in INNER {
            set.add(GlobBuilder::new(&format!("{glob}{inner}")).literal_separator(true).build()?);
        }
    }
    set.build()
}

/// As [`compile`], for paths of `aemlint.toml`: what equals a shown path means it, whatever it says as a glob.
///
/// # Errors
/// If one of them is no glob, with what to write instead.
pub(super) fn compile_configured(globs: &[String]) -> Result<GlobSet, UserError> {
    let forms: Vec<String> = globs.iter().flat_map(|glob| literal_forms(glob)).collect();
    compile(forms.iter().map(String::as_str)).map_err(|error| {
        UserError::plain(error.to_string(), "Write a glob such as 'vendor/**'; [, {, * and ? need a \\ before them.")
    })
}

/// A glob, and the glob for the path that is written like it, where that is another one: `a[1]/b` means the directory
/// `a[1]`, too. `vendor\old` is what Windows makes of `vendor/old`: nobody needs a `\` before a letter.
fn literal_forms(glob: &str) -> Vec<String> {
    let mut literal = String::with_capacity(glob.len());
    for c in glob.chars() {
        match c {
            '[' | ']' | '{' | '}' | '\\' => literal.extend(['[', c, ']']),
            c => literal.push(c),
        }
    }
    let mut forms = if literal == glob { vec![literal] } else { vec![glob.to_owned(), literal] };
    let portable = with_slashes(glob);
    if portable != glob {
        forms.push(portable);
    }
    forms
}

/// The glob with `/` for each `\`, where these can only be the separators of Windows: nobody needs a `\` before a letter or
/// before `**`.
fn with_slashes(glob: &str) -> String {
    let is_separator = |(at, _): (usize, &str)| {
        let rest = glob.get(at + 1..).unwrap_or_default();
        rest.starts_with("**") || rest.starts_with(|next: char| next.is_alphanumeric() || matches!(next, '.' | '_'))
    };
    let is_windows = !glob.contains('/') && glob.match_indices('\\').any(is_separator);
    if is_windows { glob.replace('\\', "/") } else { glob.to_owned() }
}

/// What the paths that reports show are relative to, and what globs are relative to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Base {
    /// The directory that shown paths are relative to.
    root: PathBuf,
    /// The directory where aemlint was started: a path that leads out of the root is relative to it.
    start: PathBuf,
    /// The directory of the configuration.
    directory: PathBuf,
}

impl Base {
    /// Paths are shown relative to `root`, aemlint was started in `start`, and the configuration lies in `directory`. All
    /// are absolute.
    pub(crate) fn new(root: &Path, start: &Path, directory: &Path) -> Self {
        Self { root: root.to_owned(), start: start.to_owned(), directory: directory.to_owned() }
    }

    /// What the globs of an entry are relative to that another file gives: the directory of that file, if the project lies in it;
    /// `None` if that is what those of the configuration are relative to.
    pub(super) fn of(&self, origin: &Origin) -> Option<Self> {
        let directory = origin.directory.as_deref()?;
        let is_above = self.directory.starts_with(directory) && self.directory != directory;
        is_above.then(|| Self { directory: directory.to_owned(), ..self.clone() })
    }

    /// The path of a place as seen from the directory of the configuration; of what lies elsewhere the path that is shown.
    pub(crate) fn subject(&self, place: &Place) -> String {
        if self.directory == self.root {
            return place.to_string();
        }
        let mut file = Path::new(place.file.as_ref());
        let mut from: &Path = if file.starts_with("..") { &self.start } else { &self.root };
        // The working directory has no link in it.
        while let Ok(rest) = file.strip_prefix("..") {
            (file, from) = (rest, from.parent().unwrap_or(from));
        }
        let below = zip_audit::absolute(&from.join(file))
            .and_then(|path| path.strip_prefix(&self.directory).map(|below| names_of(below).join("/")).ok());
        let file = below.map_or_else(|| place.file.clone(), Into::into);
        Place { file, inside: place.inside.clone() }.to_string()
    }

    /// The forms of a glob of the configuration, as they are matched against shown paths.
    pub(crate) fn seen_from_file(&self, glob: &str, origin: &Origin) -> Vec<String> {
        let base = self.of(origin);
        self.seen_from_root(glob, &base.as_ref().unwrap_or(self).directory)
    }

    /// Whether one of these paths, as a user in the start directory writes them, is the directory of the configuration or
    /// holds it: then all is read that the configuration can be about.
    pub(crate) fn is_covered_by(&self, inputs: &[PathBuf]) -> bool {
        let covers =
            |input: &PathBuf| zip_audit::absolute(input).is_some_and(|input| self.directory.starts_with(input));
        inputs.iter().any(covers)
    }

    /// The forms of a glob of the command line, as they are matched against shown paths. It is relative to the directory
    /// where aemlint was started; a path that was copied from a report means the same.
    pub(crate) fn seen_from_start(&self, glob: &str) -> Vec<String> {
        [literal_forms(glob), self.seen_from_root(glob, &self.start)].concat()
    }

    /// A glob that is relative to `directory`, as seen from the root. Places outside of the root are absolute, so there is a
    /// form for these, too.
    fn seen_from_root(&self, glob: &str, directory: &Path) -> Vec<String> {
        let mut seen = Vec::new();
        for glob in literal_forms(glob) {
            let glob = glob.strip_prefix("./").unwrap_or(&glob);
            if let Ok(above) = directory.strip_prefix(&self.root) {
                seen.extend(prefixed(&names_of(above), glob));
            } else if let Ok(below) = self.root.strip_prefix(directory) {
                seen.extend(remainders(glob, &names_of(below)));
            }
            if let Some(directory) = directory.to_str().filter(|directory| !directory.is_empty()) {
                seen.push(format!("{}/{glob}", literal_forms(directory).pop().unwrap_or_default()));
            }
        }
        seen
    }
}

/// Globs over paths of one entry of a configuration.
#[derive(Debug)]
pub(super) struct PathGlobs {
    set: GlobSet,
    /// What they are relative to, if that is not what those of the configuration are.
    base: Option<Base>,
}

impl PathGlobs {
    /// The globs of an entry of the configuration whose globs are relative to `base`.
    ///
    /// # Errors
    /// If one of them is no glob, with what to write instead.
    pub(super) fn new(globs: &[String], origin: &Origin, base: &Base) -> Result<Self, UserError> {
        Ok(Self { set: compile_configured(globs)?, base: base.of(origin) })
    }

    /// Whether one of them means a place, which the configuration sees as `subject`.
    pub(super) fn is_match(&self, subject: &str, place: &Place) -> bool {
        match &self.base {
            Some(base) => self.set.is_match(base.subject(place)),
            None => self.set.is_match(subject),
        }
    }

    /// Whether one of them means this path, as reports show it.
    pub(super) fn is_match_of_shown(&self, path: &str) -> bool {
        self.set.is_match(path)
    }
}

fn names_of(path: &Path) -> Vec<String> {
    let names = path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    names.collect()
}

/// A glob with the names of the directory that it is relative to before it. `None` if it leads out of all of them.
fn prefixed(names: &[String], glob: &str) -> Option<String> {
    let (mut names, mut rest) = (names, glob);
    while let Some(above) = rest.strip_prefix("../") {
        names = names.split_last()?.1;
        rest = above;
    }
    let literal = |name: &String| literal_forms(name).pop().unwrap_or_default();
    Some(names.iter().map(literal).chain([rest.to_owned()]).collect::<Vec<_>>().join("/"))
}

/// What is left of a glob after its first names have matched `names`. A `**` matches any number of them, so there can
/// be several remainders; all start with the same `**`.
fn remainders(glob: &str, names: &[String]) -> Vec<String> {
    let mut rest = glob.strip_prefix("./").unwrap_or(glob);
    for name in names {
        let (first, others) = rest.split_once('/').map_or((rest, None), |(first, others)| (first, Some(others)));
        if first == "**" {
            // The names after `**` may already be those of the start directory: then all below is meant.
            let whole = names.join("/");
            let covered = compile([glob]).is_ok_and(|set| set.is_match(&whole));
            return if covered { vec!["**".to_owned()] } else { vec![rest.to_owned()] };
        }
        if !compile([first]).is_ok_and(|set| set.is_match(name)) {
            return Vec::new();
        }
        match others {
            Some(others) => rest = others,
            // The glob names the start directory or one above it.
            None => return vec!["**".to_owned()],
        }
    }
    vec![rest.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(file: &str, inside: &[&str]) -> Place {
        inside.iter().fold(Place::on_disk(file), |place, name| place.entry(*name))
    }

    #[test]
    fn a_glob_covers_what_is_in_the_directory_or_archive() {
        let set = compile(["vendor/*.zip", "ui.apps/", "**/gone.config"]).unwrap();
        for path in ["vendor/a.zip", "vendor/a.zip!/x/y.xml", "ui.apps/a/b", "x/y/gone.config", "a.zip!/b/gone.config"]
        {
            assert!(set.is_match(path), "{path}");
        }
        for path in ["vendor/x/a.zip", "ui.appsx/a", "x/gone.config2"] {
            assert!(!set.is_match(path), "{path}");
        }
    }

    #[test]
    fn what_is_written_like_a_path_means_that_path() {
        let set = |globs: &[&str]| {
            compile_configured(&globs.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>()).unwrap()
        };
        for path in ["a[1]/b.config", "a{x}/b", "a.zip!/jcr_root\\apps\\b.config", "a[b]c.zip!/x"] {
            assert!(set(&[path]).is_match(path), "{path}");
        }
        let windows = set(&["vendor\\old\\*.zip", "C:\\project\\x", "..\\a\\_b\\.c", "old\\**", "a\\*b"]);
        for path in ["vendor/old/a.zip", "C:/project/x/y", "../a/_b/.c", "old/x", "a*b"] {
            assert!(windows.is_match(path), "{path}");
        }
        assert!(!windows.is_match("a/xb"));
        let set = set(&["a[1]/*.config", "b{c,d}/"]);
        for path in ["a1/x.config", "a[1]/x.config", "bc/x", "b{c,d}/x"] {
            assert!(set.is_match(path), "{path}");
        }
        assert!(!set.is_match("a2/x.config"));
        assert!(compile_configured(&["a[".to_owned()]).is_err());
    }

    fn base(root: &str, start: &str, directory: &str) -> Base {
        Base::new(Path::new(root), Path::new(start), Path::new(directory))
    }

    #[test]
    fn places_are_seen_from_the_configuration() {
        let below = base("/project", "/project/ui/config/src", "/project/ui");
        assert_eq!(below.subject(&place("ui/src/a.config", &[])), "src/a.config");
        assert_eq!(below.subject(&place("vendor/a.zip", &["b.zip", "c"])), "vendor/a.zip!/b.zip!/c");
        assert_eq!(below.subject(&place("../../other/a.zip", &[])), "other/a.zip");
        let above = base("/project/ui/config", "/project/ui/config", "/project");
        assert_eq!(above.subject(&place("src/a.config", &[])), "ui/config/src/a.config");
        assert_eq!(above.subject(&place("../../vendor/a.zip", &["b.zip", "c"])), "vendor/a.zip!/b.zip!/c");
        assert_eq!(above.subject(&place("/project/vendor/a.zip", &[])), "vendor/a.zip");
        assert_eq!(above.subject(&place("/elsewhere/a.zip", &["x"])), "/elsewhere/a.zip!/x");
        assert_eq!(above.subject(&place("../../../elsewhere/a.zip", &[])), "../../../elsewhere/a.zip");
        assert_eq!(Base::default().subject(&place("a.zip", &["x"])), "a.zip!/x");
    }

    #[test]
    fn globs_of_a_configuration_above_the_root_are_seen_from_the_root() {
        let base = base("/project/ui/config", "/project/ui/config", "/project");
        let seen = |glob: &str| base.seen_from_file(glob, &Origin::default());
        assert_eq!(seen("ui/config/src/**"), ["src/**", "/project/ui/config/src/**"]);
        assert_eq!(seen("ui/*/src"), ["src", "/project/ui/*/src"]);
        assert_eq!(seen("**/dist"), ["**/dist", "/project/**/dist"]);
        assert_eq!(seen("ui"), ["**", "/project/ui"]);
        assert_eq!(seen("**/config"), ["**", "/project/**/config"]);
        assert_eq!(seen("vendor/**"), ["/project/vendor/**"]);
    }

    #[test]
    fn globs_of_a_directory_below_the_root_are_seen_from_the_root() {
        let base = base("/project", "/project/a[1]", "/project/ui");
        let seen = |glob: &str| base.seen_from_file(glob, &Origin::default());
        assert_eq!(seen("./src/**"), ["ui/src/**", "/project/ui/src/**"]);
        assert_eq!(seen("**/dist"), ["ui/**/dist", "/project/ui/**/dist"]);
        assert_eq!(seen("../vendor"), ["vendor", "/project/ui/../vendor"]);
        let given = base.seen_from_start("x");
        assert_eq!(given, ["x", "a[[]1[]]/x", "/project/a[[]1[]]/x"]);
    }
}
