//! The editor of workspace filters: `META-INF/vault/filter.xml`.

use crate::change::EditError;
use crate::lines::{line_break_near, start_of_line};
use crate::replacement::{self, Replacement};
use jcr_filevault::{WorkspaceFilter, decode_xml, encode_xml_like};

/// Lets a filter follow something that moves from the repository path `old` to `new`: a root that is `old` itself gets
/// `new` beside it and becomes a cleanup root. Gives `None` if no root is `old`.
///
/// # Errors
/// A file that cannot be read as a whole, or not be written.
pub fn rename_root(bytes: &[u8], old: &str, new: &str) -> Result<Option<Vec<u8>>, EditError> {
    let (text, filter) = read(bytes)?;
    let Some(tag) = root_tag(&text, old) else { return Ok(None) };
    let mut replacements = cleanup(&tag);
    if !filter.sets.iter().any(|set| set.root() == new) {
        let written = text.get(tag.start..tag.end).unwrap_or_default();
        let renamed = format!(
            "{}{}{}",
            text.get(tag.start..tag.root.start).unwrap_or_default(),
            escaped(new),
            text.get(tag.root.end..tag.end).unwrap_or_default()
        );
        let blank = blank_before(&text, tag.start);
        let whole = if written.ends_with("/>") { renamed } else { text_of_element(&text, &tag, &renamed)? };
        replacements.push(Replacement::insert(tag.start, format!("{whole}{blank}")));
    }
    write(bytes, &text, replacements, &[old, new]).map(Some)
}

/// Lets a filter follow something that goes: a root that is `old` itself becomes a cleanup root. Gives `None` if no root is
/// `old`, or if it is one already.
///
/// # Errors
/// A file that cannot be read as a whole, or not be written.
pub fn empty_root(bytes: &[u8], old: &str) -> Result<Option<Vec<u8>>, EditError> {
    let (text, _) = read(bytes)?;
    let Some(tag) = root_tag(&text, old).filter(|tag| !tag.is_cleanup) else { return Ok(None) };
    write(bytes, &text, cleanup(&tag), &[old]).map(Some)
}

/// What makes a root one of type cleanup. Its mode goes: `merge` and `update` delete nothing.
fn cleanup(tag: &RootTag) -> Vec<Replacement> {
    if tag.is_cleanup {
        return Vec::new();
    }
    let mode = tag.mode.clone().map(|mode| Replacement::remove(mode.start, mode.end));
    std::iter::once(Replacement::insert(tag.root.end + 1, " type=\"cleanup\"")).chain(mode).collect()
}

/// Adds a root of type cleanup for the repository path `old`, so that what an earlier version of the package installed
/// there is removed. Of several roots that cover a path the first decides how it is imported, so that this one comes before
/// them. Gives `None` if a root is `old` already.
///
/// # Errors
/// A file that cannot be read as a whole, or not be written.
pub fn add_cleanup_root(bytes: &[u8], old: &str) -> Result<Option<Vec<u8>>, EditError> {
    let (text, filter) = read(bytes)?;
    if filter.sets.iter().any(|set| set.root() == old) {
        return Ok(None);
    }
    let added = format!("<filter root=\"{}\" type=\"cleanup\"/>", escaped(old));
    if let Some(covering) = first_tag(&text, |root| old.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))) {
        let blank = blank_before(&text, covering.start);
        return write(bytes, &text, vec![Replacement::insert(covering.start, added + &blank)], &[old]).map(Some);
    }
    let end = text.rfind("</workspaceFilter").ok_or_else(|| damaged("it has no end tag"))?;
    let line = start_of_line(&text, end);
    let break_ = line_break_near(&text, line.saturating_sub(1));
    let indent = text.find("<filter").map(|at| blank_before(&text, at)).unwrap_or_default();
    let indent = indent.trim_start_matches(['\r', '\n']);
    let (at, added) = if text.get(line..end).is_some_and(|before| before.trim().is_empty()) {
        (line, format!("{indent}{added}{break_}"))
    } else {
        (end, added)
    };
    write(bytes, &text, vec![Replacement::insert(at, added)], &[old]).map(Some)
}

fn damaged(reason: &str) -> EditError {
    EditError::Damaged(reason.to_owned())
}

fn read(bytes: &[u8]) -> Result<(String, WorkspaceFilter), EditError> {
    let decoded = decode_xml(bytes);
    let text = decoded.text.into_owned();
    if decoded.lossy || decoded.error.is_some() || encode_xml_like(bytes, &text).is_none_or(|again| again != bytes) {
        return Err(EditError::Encoding);
    }
    let filter = WorkspaceFilter::parse(&text);
    match &filter.error {
        Some(error) => Err(EditError::Damaged(error.reason.clone())),
        None if filter.partial || filter.internal_dtd => Err(damaged("not all of it can be read")),
        None => Ok((text, filter)),
    }
}

fn write(bytes: &[u8], text: &str, replacements: Vec<Replacement>, roots: &[&str]) -> Result<Vec<u8>, EditError> {
    let not_expressible = || EditError::NotExpressible("filter".to_owned());
    let changed = replacement::apply(text, replacements).ok_or_else(not_expressible)?;
    let changed = encode_xml_like(bytes, &changed).ok_or(EditError::Encoding)?;
    let (_, after) = read(&changed).map_err(|_| not_expressible())?;
    let all = roots.iter().all(|root| after.sets.iter().filter(|set| set.root() == *root).count() == 1);
    if all { Ok(changed) } else { Err(not_expressible()) }
}

/// The start tag of a filter root.
struct RootTag {
    start: usize,
    end: usize,
    /// The value of `root`, without quotes.
    root: std::ops::Range<usize>,
    /// The attribute `mode` with the white space before it, if it is there.
    mode: Option<std::ops::Range<usize>>,
    is_cleanup: bool,
}

/// The tag of the filter whose root is exactly `path`.
fn root_tag(text: &str, path: &str) -> Option<RootTag> {
    first_tag(text, |root| root == escaped(path))
}

/// The first tag of a filter whose root, as it is written, is one that is looked for. Comments are passed by.
fn first_tag(text: &str, is_wanted: impl Fn(&str) -> bool) -> Option<RootTag> {
    let mut at = 0;
    loop {
        at += text.get(at..)?.find('<')?;
        let rest = text.get(at..)?;
        if rest.starts_with("<!--") {
            at += rest.find("-->")? + 3;
            continue;
        }
        let length = rest.find('>')? + 1;
        let tag = rest.get(..length)?;
        let value = attribute(tag, "root").filter(|_| tag.starts_with("<filter"));
        if let Some(range) = value
            && is_wanted(tag.get(range.clone())?)
        {
            let root = at + range.start..at + range.end;
            let type_ = attribute(tag, "type").and_then(|range| tag.get(range));
            let mode = attribute(tag, "mode").and_then(|value| {
                let start = tag.get(..value.start)?.rfind("mode")?;
                let start = tag.get(..start)?.trim_end().len();
                Some(at + start..at + value.end + 1)
            });
            return Some(RootTag { start: at, end: at + length, root, mode, is_cleanup: type_ == Some("cleanup") });
        }
        at += length;
    }
}

/// Where the value of an attribute is in a tag.
fn attribute(tag: &str, name: &str) -> Option<std::ops::Range<usize>> {
    let mut from = 0;
    loop {
        let at = from + tag.get(from..)?.find(name)?;
        let before = tag.get(..at)?.chars().next_back()?;
        let rest = tag.get(at + name.len()..)?;
        let trimmed = rest.trim_start();
        if let Some(value) = trimmed.strip_prefix('=').filter(|_| before.is_whitespace()) {
            let value = value.trim_start();
            let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
            let start = tag.len() - value.len() + 1;
            let length = tag.get(start..)?.find(quote)?;
            return Some(start..start + length);
        }
        from = at + name.len();
    }
}

/// The element that the tag opens, with another start tag.
fn text_of_element(text: &str, tag: &RootTag, renamed: &str) -> Result<String, EditError> {
    let rest = text.get(tag.end..).unwrap_or_default();
    let end = rest.find("</filter>").ok_or_else(|| damaged("a filter has no end tag"))? + "</filter>".len();
    Ok(format!("{renamed}{}", rest.get(..end).unwrap_or_default()))
}

/// The line break and indentation before the byte `at`.
fn blank_before(text: &str, at: usize) -> String {
    let before = text.get(..at).unwrap_or_default();
    before.get(before.trim_end().len()..).unwrap_or_default().to_owned()
}

fn escaped(path: &str) -> String {
    path.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "/apps/x/config/a.1.config";
    const NEW: &str = "/apps/x/config/a-1.config";

    #[test]
    fn a_root_of_its_own_becomes_a_cleanup_root_beside_the_new_one() {
        let text = format!(
            "<workspaceFilter version=\"1.0\">\r\n  <!-- <filter root=\"{OLD}\"/> -->\r\n  <filter root=\"{OLD}\" mode=\"merge\"/>\r\n</workspaceFilter>"
        );
        let changed = rename_root(text.as_bytes(), OLD, NEW).unwrap().unwrap();
        let expected = text.replace(
            &format!("  <filter root=\"{OLD}\" mode"),
            &format!("  <filter root=\"{NEW}\" mode=\"merge\"/>\r\n  <filter root=\"{OLD}\" type=\"cleanup\" mode"),
        );
        // Under a mode that deletes nothing, nothing would be cleaned up.
        let expected = expected.replace(" type=\"cleanup\" mode=\"merge\"", " type=\"cleanup\"");
        assert_eq!(String::from_utf8(changed).unwrap(), expected);
        assert_eq!(rename_root(text.as_bytes(), "/apps/x", NEW), Ok(None));
    }

    #[test]
    fn the_root_of_what_goes_stays_as_a_cleanup_root() {
        let text = format!("<workspaceFilter><filter root='{OLD}'/></workspaceFilter>");
        let changed = empty_root(text.as_bytes(), OLD).unwrap().unwrap();
        assert_eq!(String::from_utf8(changed.clone()).unwrap(), text.replace("'/>", "' type=\"cleanup\"/>"));
        assert_eq!(empty_root(&changed, OLD), Ok(None));
        assert_eq!(empty_root(&changed, NEW), Ok(None));
    }

    #[test]
    fn a_root_with_patterns_keeps_them() {
        let text =
            format!("<workspaceFilter><filter root=\"{OLD}\"><include pattern=\".*\"/></filter></workspaceFilter>");
        let changed = rename_root(text.as_bytes(), OLD, NEW).unwrap().unwrap();
        let expected = format!(
            "<workspaceFilter><filter root=\"{NEW}\"><include pattern=\".*\"/></filter><filter root=\"{OLD}\" type=\"cleanup\"><include pattern=\".*\"/></filter></workspaceFilter>"
        );
        assert_eq!(String::from_utf8(changed).unwrap(), expected);
    }

    #[test]
    fn a_cleanup_root_decides_what_becomes_of_its_path() {
        let text = "<workspaceFilter>\n    <filter root=\"/b\"/>\n    <filter mode=\"merge\" root=\"/apps/x\">\n    </filter>\n    <filter root=\"/c\"/>\n</workspaceFilter>\n";
        let changed = String::from_utf8(add_cleanup_root(text.as_bytes(), OLD).unwrap().unwrap()).unwrap();
        let covering = "    <filter mode";
        let expected = text.replace(covering, &format!("    <filter root=\"{OLD}\" type=\"cleanup\"/>\n{covering}"));
        assert_eq!(changed, expected);
        let mode = |text: &str| WorkspaceFilter::parse(text).mode(OLD);
        assert_eq!(
            (mode(text), mode(&changed)),
            (jcr_filevault::ImportMode::Merge, jcr_filevault::ImportMode::Replace)
        );
        let own = format!("<workspaceFilter><filter mode='update' root='{OLD}'/></workspaceFilter>");
        let changed = String::from_utf8(empty_root(own.as_bytes(), OLD).unwrap().unwrap()).unwrap();
        assert_eq!(changed, format!("<workspaceFilter><filter root='{OLD}' type=\"cleanup\"/></workspaceFilter>"));
    }

    #[test]
    fn a_cleanup_root_is_added_at_the_end() {
        let text = "<workspaceFilter>\n\t<filter root=\"/apps/y\" mode=\"merge\"/>\n</workspaceFilter>\n";
        let changed = add_cleanup_root(text.as_bytes(), OLD).unwrap().unwrap();
        let expected = text
            .replace("</workspaceFilter>", &format!("\t<filter root=\"{OLD}\" type=\"cleanup\"/>\n</workspaceFilter>"));
        assert_eq!(String::from_utf8(changed.clone()).unwrap(), expected);
        assert_eq!(add_cleanup_root(&changed, OLD), Ok(None));
    }
}
