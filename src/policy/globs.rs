//! Globs over places, and what they are relative to.

use crate::diagnostics::UserError;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use std::path::{Component, Path};
use zip_audit::Place;

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
        for inner in ["", "/**", "!/**"] {
            set.add(GlobBuilder::new(&format!("{glob}{inner}")).literal_separator(true).build()?);
        }
    }
    set.build()
}

/// As [`compile`], for globs of `aemlint.toml`.
///
/// # Errors
/// If one of them is no glob, with what to write instead.
pub(super) fn compile_configured(globs: &[String]) -> Result<GlobSet, UserError> {
    compile(globs.iter().map(String::as_str)).map_err(|error| {
        UserError::plain(error.to_string(), "Write a glob such as 'vendor/**'; [, {, * and ? need a \\ before them.")
    })
}

/// What globs of a configuration are relative to, seen from the directory where aemlint was started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Base {
    /// The start directory, relative to the directory of the configuration.
    below: Vec<String>,
    /// The directory of the configuration, for places outside of the start directory.
    directory: Option<String>,
}

impl Base {
    /// Globs are relative to `directory`, and aemlint was started in `start`, which lies below. Both are absolute.
    pub(crate) fn new(directory: &Path, start: &Path) -> Self {
        let Ok(below) = start.strip_prefix(directory) else { return Self::default() };
        let names = below.components().filter_map(|component| match component {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        });
        Self { below: names.collect(), directory: directory.to_str().map(str::to_owned) }
    }

    /// The path of a place that globs are matched against.
    pub(crate) fn subject(&self, place: &Place) -> String {
        let file = place.file.as_ref();
        let from_root = self.directory.as_deref().and_then(|directory| file.strip_prefix(directory)?.strip_prefix('/'));
        if file.starts_with('/') {
            return Place { file: from_root.unwrap_or(file).into(), inside: place.inside.clone() }.to_string();
        }
        let mut names: Vec<&str> = self.below.iter().map(String::as_str).collect();
        for name in file.split('/') {
            match name {
                "" | "." => {}
                ".." if names.last().is_some_and(|last| *last != "..") => drop(names.pop()),
                name => names.push(name),
            }
        }
        Place { file: names.join("/").into(), inside: place.inside.clone() }.to_string()
    }

    /// The globs as seen from the start directory. Places outside of it are absolute, so each glob has a second form that
    /// begins with the directory of the configuration.
    pub(crate) fn relative_to_start(&self, globs: &[String]) -> Vec<String> {
        let absolute = |glob: &str| Some(format!("{}/{glob}", globset::escape(self.directory.as_deref()?)));
        let forms = |glob: &String| remainders(glob, &self.below).into_iter().chain(absolute(glob));
        globs.iter().flat_map(forms).collect()
    }
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
    fn places_are_seen_from_the_configuration() {
        let base = Base::new(Path::new("/project"), Path::new("/project/ui/config"));
        assert_eq!(base.subject(&place("src/a.config", &[])), "ui/config/src/a.config");
        assert_eq!(base.subject(&place("../../vendor/a.zip", &["b.zip", "c"])), "vendor/a.zip!/b.zip!/c");
        assert_eq!(base.subject(&place("/project/vendor/a.zip", &[])), "vendor/a.zip");
        assert_eq!(base.subject(&place("/elsewhere/a.zip", &["x"])), "/elsewhere/a.zip!/x");
        assert_eq!(Base::default().subject(&place("./a.zip", &["x"])), "a.zip!/x");
    }

    #[test]
    fn globs_are_seen_from_the_start() {
        let base = Base::new(Path::new("/project"), Path::new("/project/ui/config"));
        let relative_to_start = |glob: &str| base.relative_to_start(&[glob.to_owned()]);
        assert_eq!(relative_to_start("ui/config/src/**"), ["src/**", "/project/ui/config/src/**"]);
        assert_eq!(relative_to_start("ui/*/src"), ["src", "/project/ui/*/src"]);
        assert_eq!(relative_to_start("**/dist"), ["**/dist", "/project/**/dist"]);
        assert_eq!(relative_to_start("ui"), ["**", "/project/ui"]);
        assert_eq!(relative_to_start("**/config"), ["**", "/project/**/config"]);
        assert_eq!(relative_to_start("vendor/**"), ["/project/vendor/**"]);
        assert_eq!(Base::default().relative_to_start(&["vendor/**".to_owned()]), ["vendor/**"]);
    }
}
