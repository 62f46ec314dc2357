//! The names that files of a package have in the repository, where they are not those of their entries: FileVault decodes
//! names, and takes the content of a file from a property of its own as well (`Importer.prepare`).

use jcr_filevault::names;

/// What the path of the content of a file ends with, behind the path of the file: the property of its `jcr:content` that
/// FileVault reads from a file of its own.
const FILE_CONTENT: &str = "/jcr:content/jcr:data.binary";
/// The extension of such a file. Others are named by properties that nobody reads as a file.
const BINARY: &[u8] = b".binary";
/// Length of the longest extension that can matter, if every character of it is written as `%xx`.
const LONGEST_ENCODED: usize = 3 * ".slingosgifeature".len();

/// The repository path of the file at `below` under `jcr_root`: of an `nt:file`, also where `below` is only its content.
pub(super) fn repository_path(below: &str) -> String {
    let path = match below.rsplit_once('/') {
        Some((folder, name)) => {
            let (folder, name) = (names::path_to_repository(folder, true), names::to_repository(name));
            ["/", folder.trim_matches('/'), "/", &name].concat()
        }
        None => format!("/{}", names::to_repository(below)),
    };
    match path.strip_suffix(FILE_CONTENT) {
        Some(file) if !file.is_empty() => file.to_owned(),
        _ => path,
    }
}

/// The last name of the path that a file of a package gets in the repository, if that may differ from the last name of its
/// entry in what its extension is.
pub fn installed_name(name: &[u8]) -> Option<String> {
    let end = name.get(name.len().saturating_sub(LONGEST_ENCODED)..).unwrap_or_default();
    if memchr::memchr(b'%', end).is_none() && !name.ends_with(BINARY) {
        return None;
    }
    let path = repository_path(&String::from_utf8_lossy(name));
    path.rsplit('/').next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_decoded() {
        for (entry, name) in [
            ("jcr_root/a/x%2econfig", "x.config"),
            ("jcr_root/a/x.con%66ig", "x.config"),
            ("jcr_root/a/%78%2e%78%6d%6c", "x.xml"),
            ("jcr_root/a/_jcr_x%2eb", "jcr:x.b"),
            ("jcr_root/a%20b/x.config", "x.config"),
        ] {
            assert_eq!(installed_name(entry.as_bytes()).as_deref(), Some(name), "{entry}");
        }
        for entry in ["jcr_root/a/x.config", "", "jcr_root/a.binary/b.xml"] {
            assert_eq!(installed_name(entry.as_bytes()), None, "{entry}");
        }
    }

    #[test]
    fn the_content_of_a_file_has_the_path_of_the_file() {
        for below in [
            "apps/x/a.config/_jcr_content/_jcr_data.binary",
            "apps/x/a.config.dir/_jcr_content/_jcr_data.binary",
            "apps/x/a.config/_jcr_content.dir/_jcr_data.binary",
            "apps/x/a%2econfig/_jcr_content/_jcr_data%2ebinary",
        ] {
            assert_eq!(repository_path(below), "/apps/x/a.config", "{below}");
            assert_eq!(installed_name(below.as_bytes()).as_deref(), Some("a.config"), "{below}");
        }
        for (below, path) in [
            ("apps/a.config/_jcr_content/data.binary", "/apps/a.config/jcr:content/data.binary"),
            ("apps/a.config/_jcr_data.binary", "/apps/a.config/jcr:data.binary"),
            ("_jcr_content/_jcr_data.binary", "/jcr:content/jcr:data.binary"),
        ] {
            assert_eq!(repository_path(below), path);
        }
    }
}
