//! URLs of packages: which inputs are some, and how they are shown.

use crate::diagnostics::UserError;
use std::path::{Path, PathBuf};
use url::Url;

/// The schemes of URLs that packages can have.
const SCHEMES: [&str; 9] = ["s3", "s3a", "gs", "az", "azure", "abfs", "abfss", "http", "https"];
/// Schemes in which what stands before `@` names a container.
const CONTAINER_FIRST: [&str; 2] = ["abfs", "abfss"];

/// Whether an input is a URL rather than a path: it begins with a known scheme and `://`.
pub(crate) fn is_url(input: &Path) -> bool {
    let scheme = input.to_str().and_then(|text| text.split_once("://")).map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|scheme| SCHEMES.contains(&scheme.as_str()))
}

/// The path that a URL of the form `file:///a/b.zip` is another name of; other inputs stay what they are.
///
/// # Errors
/// A URL of a file on another machine.
pub(crate) fn local_path(input: PathBuf) -> Result<PathBuf, UserError> {
    let is_file_url = |text: &str| text.get(..7).is_some_and(|first| first.eq_ignore_ascii_case("file://"));
    let Some(text) = input.to_str().filter(|text| is_file_url(text)) else { return Ok(input) };
    let path = Url::parse(text).ok().and_then(|url| url.to_file_path().ok());
    path.ok_or_else(|| {
        let message = format!("this URL names no file of this machine: {}", shown(&input));
        UserError::plain(message, "Write a path, or file:/// and the path from the root on.")
    })
}

/// Refuses URLs where nothing can open them.
///
/// # Errors
/// If one of the inputs is a URL and aemlint was built without the feature `remote`.
pub(crate) fn check_inputs(inputs: &[PathBuf]) -> Result<(), UserError> {
    match inputs.iter().find(|input| is_url(input)) {
        Some(url) if cfg!(not(feature = "remote")) => Err(UserError::plain(
            format!("this build of aemlint cannot read packages at URLs: {}", shown(url)),
            "Download the package and name the file, or use a build with the feature `remote`: \
             `cargo install aemlint --features remote`.",
        )),
        _ => Ok(()),
    }
}

/// Refuses URLs where only files will do.
///
/// # Errors
/// If one of the inputs is a URL.
pub(crate) fn check_on_disk(inputs: &[PathBuf]) -> Result<(), UserError> {
    match inputs.iter().find(|input| is_url(input)) {
        Some(url) => Err(UserError::plain(
            format!("only files and directories can be mended: {}", shown(url)),
            "Download the package and name the file.",
        )),
        None => Ok(()),
    }
}

/// The URL that an input is; `None` if it begins like one and is none.
pub(super) fn parse(input: &Path) -> Option<Url> {
    input.to_str().and_then(|text| Url::parse(text).ok()).filter(Url::has_host)
}

/// A URL without what can be a credential: user, password, query and fragment.
pub(crate) fn shown(input: &Path) -> String {
    let Some(mut url) = parse(input) else {
        let scheme = input.to_str().and_then(|text| text.split_once("://")).map_or("", |(scheme, _)| scheme);
        return format!("{scheme}://");
    };
    // These fail for URLs without a host only.
    let _ = url.set_password(None);
    if !CONTAINER_FIRST.contains(&url.scheme()) {
        let _ = url.set_username("");
    }
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_a_known_scheme() {
        for url in
            ["s3://bucket/a.zip", "GS://bucket/a.zip", "https://host/a.zip?x=1", "abfss://c@a.dfs.core.windows.net/x"]
        {
            assert!(is_url(Path::new(url)), "{url}");
        }
        for path in ["a.zip", "s3:/bucket/a.zip", "C:\\a.zip", "ftp://host/a.zip", "x/s3://a", "://a", ""] {
            assert!(!is_url(Path::new(path)), "{path}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_url_of_a_file_is_its_path() {
        let path = |input: &str| local_path(PathBuf::from(input)).map_err(|error| error.to_string());
        assert_eq!(path("file:///a/b%20c.zip"), Ok(PathBuf::from("/a/b c.zip")));
        assert_eq!(path("FILE://localhost/a.zip"), Ok(PathBuf::from("/a.zip")));
        for other in ["a.zip", "file:/a.zip", "files/a.zip", "https://host/a.zip", "é"] {
            assert_eq!(path(other), Ok(PathBuf::from(other)));
        }
        assert!(path("file://host/a.zip").is_err());
    }

    #[test]
    fn no_credential_of_a_url_is_shown() {
        for (url, expected) in [
            ("https://user:secret@host:8443/a/b.zip?sig=secret#secret", "https://host:8443/a/b.zip"),
            ("http://secret@host/a.zip", "http://host/a.zip"),
            ("s3://bucket/a b.zip", "s3://bucket/a%20b.zip"),
            ("s3://secret:secret@bucket/a.zip", "s3://bucket/a.zip"),
            (
                "abfss://container@account.dfs.core.windows.net/a.zip",
                "abfss://container@account.dfs.core.windows.net/a.zip",
            ),
            (
                "abfss://container:secret@account.dfs.core.windows.net/a.zip?secret",
                "abfss://container@account.dfs.core.windows.net/a.zip",
            ),
            ("https://secret@", "https://"),
            ("https://user:secret@ho st/a.zip", "https://"),
        ] {
            assert_eq!(shown(Path::new(url)), expected);
        }
    }
}
