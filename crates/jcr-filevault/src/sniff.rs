//! Whether an XML file is docview, and of which node.
//!
//! Follows FileVault's `DocViewParser.isDocView` and `getDocumentViewXmlRootNodePath`.

use super::names;
use jdk_xml::decode as decode_xml;

/// How many UTF-16 code units of a file upstream looks at.
const WINDOW: usize = 1024;
/// Enough bytes for the window in any encoding.
const WINDOW_BYTES: usize = WINDOW * 4 + 4;
/// The file that serialises the node of its directory.
pub(super) const DOT_CONTENT_XML: &str = ".content.xml";

/// Whether upstream takes a file that starts with `text` for docview: its first 1024 characters hold `<jcr:root` and,
/// in double quotes, the JCR namespace. A longer licence comment or single quotes make it a plain file.
pub fn is_docview(text: &str) -> bool {
    let mut units = 0;
    let end = text.char_indices().find_map(|(at, c)| {
        units += c.len_utf16();
        (units > WINDOW).then_some(at)
    });
    let window = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
    window.contains("<jcr:root") && window.contains("\"http://www.jcp.org/jcr/1.0\"")
}

/// [`is_docview`] for a file's bytes, whatever their encoding; decodes no more than is looked at.
pub fn is_docview_bytes(bytes: &[u8]) -> bool {
    is_docview(&decode_xml(bytes.get(..WINDOW_BYTES).unwrap_or(bytes)).text)
}

/// The repository path of the root node of the docview file at `path` below `jcr_root`, or `None` if the file is
/// no docview. A `.content.xml` is one whatever it holds.
pub fn root_path(path: &str, bytes: &[u8]) -> Option<String> {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let mut root = String::from("/");
    root.push_str(names::path_to_repository(directory, true).trim_start_matches('/'));
    if name == DOT_CONTENT_XML {
        return Some(root);
    }
    let decoded = names::to_repository(name);
    let base = decoded.strip_suffix(".xml").filter(|base| !base.is_empty())?;
    if !is_docview_bytes(bytes) {
        return None;
    }
    if !root.ends_with('/') {
        root.push('/');
    }
    root.push_str(base);
    Some(root)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors;

    #[test]
    fn sniffs_as_upstream() {
        let mut seen = 0;
        for vector in vectors::read("docview-doc.jsonl") {
            let text = vector.input["text"].as_str().unwrap_or_default();
            match vector.format.as_str() {
                "docview.isDocView" => {
                    assert_eq!(is_docview(text), vector.expected.as_bool().unwrap(), "{text:.200}");
                    assert_eq!(is_docview_bytes(text.as_bytes()), vector.expected.as_bool().unwrap(), "{text:.200}");
                }
                "docview.rootPath" => {
                    let path = vector.input["path"].as_str().unwrap();
                    assert_eq!(root_path(path, text.as_bytes()).as_deref(), vector.expected.as_str(), "{path}");
                }
                _ => continue,
            }
            seen += 1;
        }
        assert!(seen > 30, "only {seen} vectors");
    }

    #[test]
    fn sniffs_utf_16() {
        let text = "<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\"/>";
        let bytes: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert!(is_docview_bytes(&bytes));
    }
}
