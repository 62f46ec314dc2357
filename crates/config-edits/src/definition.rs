//! The editor of the copy of the workspace filter in a vault definition: `META-INF/vault/definition/.content.xml`, of which the
//! package manager shows and rebuilds a package.
//!
//! Its nodes `filter/fN` hold what `JcrWorkspaceFilter` of FileVault 4.2 reads: `root`, `mode` and `rules`. It knows no type.

use crate::change::EditError;
use crate::docview::{end_of_element, nodes, without_places, writable};
use crate::replacement::{self, Replacement};
use crate::seen::Seen;
use jcr_filevault::{Node, encode_xml_like};

/// Adds a root to the copy of the filter: beside the root `like`, with its mode and rules; or else, in mode replace, before the
/// first that covers it, which would decide how it is imported, or as the last. Gives `None` if it is there already, or if there
/// is no copy.
///
/// # Errors
/// A file that cannot be read as a whole, or not be written.
pub fn add_definition_root(bytes: &[u8], root: &str, like: Option<&str>) -> Result<Option<Vec<u8>>, EditError> {
    let text = writable(bytes)?;
    let before = nodes(&text)?;
    let roots: Vec<&Node<'_>> = before.iter().filter(|node| is_root(node)).collect();
    let is = |node: &Node<'_>, path: &str| value(node, "root").as_deref() == Some(path);
    if roots.iter().any(|node| is(node, root)) {
        return Ok(None);
    }
    let Some(last) = roots.last() else { return Ok(None) };
    let model = like.and_then(|like| roots.iter().find(|node| is(node, like)));
    let not_expressible = || EditError::NotExpressible("filter".to_owned());
    let name = free_name(&roots);
    let covers = |node: &&&Node<'_>| {
        value(node, "root").is_some_and(|path| root.strip_prefix(&path).is_some_and(|rest| rest.starts_with('/')))
    };
    let covering = roots.iter().find(covers).filter(|_| model.is_none());
    let beside = model.or(covering).unwrap_or(last);
    let start = (beside.span.start as usize).checked_sub(1).ok_or_else(not_expressible)?;
    let end = end_of_element(&text, beside.span).ok_or_else(not_expressible)?;
    let element = match model {
        Some(model) => copy(&text, model, start..end, &name, root).ok_or_else(not_expressible)?,
        None => format!(
            "<{name} jcr:primaryType=\"nt:unstructured\" mode=\"replace\" root=\"{}\" rules=\"[]\"/>",
            escaped(root)
        ),
    };
    let before_it = text.get(..start).unwrap_or_default();
    let blank = before_it.get(before_it.trim_end().len()..).unwrap_or_default();
    let insertion = match covering {
        Some(_) => Replacement::insert(start, format!("{element}{blank}")),
        None => Replacement::insert(end, format!("{blank}{element}")),
    };
    let changed = replacement::apply(&text, vec![insertion]);
    let changed = changed.ok_or_else(not_expressible)?;
    let after = nodes(&changed).map_err(|_| not_expressible())?;
    let added = format!("{FILTER}{name}");
    let below = format!("{added}/");
    let others = |nodes: &[Node<'_>]| -> Vec<(String, Vec<Seen>)> {
        let others = nodes.iter().filter(|node| node.path != added && !node.path.starts_with(&below));
        others.map(|node| (node.path.clone(), without_places(node))).collect()
    };
    let is_right = others(&before) == others(&after) && after.iter().any(|node| node.path == added && is(node, root));
    if !is_right {
        return Err(not_expressible());
    }
    encode_xml_like(bytes, &changed).ok_or(EditError::Encoding).map(Some)
}

/// Where the roots are, in a file that is read as if it filled `/root`.
const FILTER: &str = "/root/filter/";

fn is_root(node: &Node<'_>) -> bool {
    let name = node.path.strip_prefix(FILTER);
    name.is_some_and(|name| !name.contains('/')) && value(node, "root").is_some()
}

fn value(node: &Node<'_>, name: &str) -> Option<String> {
    let property = node.properties.iter().find(|property| property.name == name)?;
    property.values.first().map(ToString::to_string)
}

/// A name `fN` that no root has.
fn free_name(roots: &[&Node<'_>]) -> String {
    let number = |node: &&Node<'_>| node.path.rsplit('/').next()?.strip_prefix('f')?.parse::<u32>().ok();
    let next = roots.iter().filter_map(number).max().map_or(0, |number| number.saturating_add(1));
    format!("f{next}")
}

/// The element of a root with another name and path.
fn copy(text: &str, model: &Node<'_>, whole: std::ops::Range<usize>, name: &str, root: &str) -> Option<String> {
    let old_name = text.get(model.span.range())?;
    let path = model.properties.iter().find(|property| property.name == "root")?.value_span;
    let head = text.get(model.span.end as usize..path.start as usize)?;
    let rest = text.get(path.end as usize..whole.end)?;
    let rest = match rest.strip_suffix(&format!("</{old_name}>")) {
        Some(inner) => format!("{inner}</{name}>"),
        None => rest.to_owned(),
    };
    Some(format!("<{name}{head}{}{rest}", escaped(root)))
}

/// A path as both quotes take it.
fn escaped(path: &str) -> String {
    path.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&apos;")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" \
        xmlns:nt=\"http://www.jcp.org/jcr/nt/1.0\" jcr:primaryType=\"vlt:PackageDefinition\" name=\"acme\">\n";

    fn added(filter: &str, root: &str, like: Option<&str>) -> Option<String> {
        let text = format!("{HEAD}{filter}</jcr:root>\n");
        let changed = add_definition_root(text.as_bytes(), root, like).unwrap()?;
        let changed = String::from_utf8(changed).unwrap();
        changed.strip_prefix(HEAD)?.strip_suffix("</jcr:root>\n").map(str::to_owned)
    }

    #[test]
    fn a_root_is_added_beside_the_one_that_it_is_like() {
        let filter = "  <filter jcr:primaryType=\"nt:unstructured\">\n    <f0\n      mode=\"merge\" root='/a'\n      rules=\"[exclude:/a/b]\"/>\n    <f3 root=\"/c\"><f0 type=\"include\" pattern=\"/c\"/></f3>\n  </filter>\n";
        let expected = filter
            .replace("b]\"/>\n", "b]\"/>\n    <f4\n      mode=\"merge\" root='/b'\n      rules=\"[exclude:/a/b]\"/>\n");
        assert_eq!(added(filter, "/b", Some("/a")), Some(expected));
        let expected =
            filter.replace("</f3>\n", "</f3>\n    <f4 root=\"/d\"><f0 type=\"include\" pattern=\"/c\"/></f4>\n");
        assert_eq!(added(filter, "/d", Some("/c")), Some(expected));
        assert_eq!(added(filter, "/c", Some("/a")), None);
        assert_eq!(added("", "/c", Some("/a")), None);
    }

    #[test]
    fn a_root_that_is_like_no_other_comes_last() {
        let filter = "<filter jcr:primaryType=\"nt:unstructured\"><f0 root=\"/a\"/></filter>";
        let expected = filter.replace(
            "</filter>",
            "<f1 jcr:primaryType=\"nt:unstructured\" mode=\"replace\" root=\"/b\" rules=\"[]\"/></filter>",
        );
        assert_eq!(added(filter, "/b", None), Some(expected.clone()));
        assert_eq!(added(filter, "/b", Some("/other")), Some(expected));
        let expected = filter.replace(
            "<f0 ",
            "<f1 jcr:primaryType=\"nt:unstructured\" mode=\"replace\" root=\"/a/b\" rules=\"[]\"/><f0 ",
        );
        assert_eq!(added(filter, "/a/b", None), Some(expected));
    }
}
