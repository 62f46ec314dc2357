//! The editor of the header `Content-Package-Roots` in `META-INF/MANIFEST.MF`.

use crate::change::EditError;

const HEADER: &str = "Content-Package-Roots:";
/// Bytes of a line without its line end. The specification allows 72, which some writers take to include the line end.
const MAX_LINE_BYTES: usize = 70;

/// Adds a root to the list of those that a package covers: behind the root `like`, if it is there, else at the end. Gives `None`
/// if it is there already, or if the manifest has no such list.
///
/// # Errors
/// A manifest that is not UTF-8.
pub fn add_manifest_root(bytes: &[u8], root: &str, like: Option<&str>) -> Result<Option<Vec<u8>>, EditError> {
    let text = std::str::from_utf8(bytes).map_err(|_| EditError::Encoding)?;
    let Some((start, end)) = header(text) else { return Ok(None) };
    let written = text.get(start..end).unwrap_or_default();
    let line_end = if written.contains("\r\n") { "\r\n" } else { "\n" };
    let value = written.replace("\r\n ", "").replace("\n ", "");
    let value = value.get(HEADER.len()..).unwrap_or_default().trim();
    let mut roots: Vec<&str> = value.split(',').map(str::trim).filter(|root| !root.is_empty()).collect();
    if roots.contains(&root) {
        return Ok(None);
    }
    let beside = like.and_then(|like| roots.iter().position(|other| *other == like));
    roots.insert(beside.map_or(roots.len(), |at| at + 1), root);
    let name = written.get(..HEADER.len()).unwrap_or(HEADER);
    let folded = folded(&format!("{name} {}", roots.join(",")), line_end);
    let rest = |range: Option<&str>| range.unwrap_or_default().to_owned();
    Ok(Some((rest(text.get(..start)) + &folded + &rest(text.get(end..))).into_bytes()))
}

/// Where the header with its continued lines is, in the main section, without its last line end.
fn header(text: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    let mut found = None;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end_matches(['\r', '\n']);
        match found {
            Some((start, _)) if content.starts_with(' ') => found = Some((start, at + content.len())),
            Some(_) => return found,
            // The main section ends with the first empty line.
            None if content.is_empty() => return None,
            None if content.get(..HEADER.len()).is_some_and(|name| name.eq_ignore_ascii_case(HEADER)) => {
                found = Some((at, at + content.len()));
            }
            None => {}
        }
        at += line.len();
    }
    found
}

/// The line, continued where it is too long.
fn folded(line: &str, line_end: &str) -> String {
    let mut out = String::with_capacity(line.len() + line.len() / 16);
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > MAX_LINE_BYTES {
            out.extend([line_end, " "]);
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str, root: &str, like: Option<&str>) -> Option<String> {
        add_manifest_root(text.as_bytes(), root, like).unwrap().map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_root_is_added_and_the_line_continued() {
        let text = "Manifest-Version: 1.0\r\nContent-Package-Roots: /apps/a,/apps\r\n /b\r\nContent-Package-Type: mixed\r\n\r\n";
        let expected = text.replace("/apps/a,/apps\r\n /b", "/apps/a,/apps/c,/apps/b");
        assert_eq!(added(text, "/apps/c", Some("/apps/a")), Some(expected));
        assert_eq!(added(text, "/apps/b", None), None);
        let long = format!("/apps/{}", "x".repeat(60));
        let changed = added(text, &long, None).unwrap();
        assert!(changed.lines().all(|line| line.len() <= MAX_LINE_BYTES), "{changed}");
        assert_eq!(
            changed.replace("\r\n ", ""),
            text.replace("\r\n ", "").replace("/apps/b", &format!("/apps/b,{long}"))
        );
    }

    #[test]
    fn a_manifest_without_the_list_stays() {
        assert_eq!(added("Manifest-Version: 1.0\n", "/a", None), None);
        assert_eq!(added("Manifest-Version: 1.0\n\nContent-Package-Roots: /b\n", "/a", None), None);
        assert_eq!(added("content-package-roots: /b", "/a", None).as_deref(), Some("content-package-roots: /b,/a"));
        assert!(add_manifest_root(b"\xff", "/a", None).is_err());
    }
}
