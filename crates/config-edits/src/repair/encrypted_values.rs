//! Encrypted values in docview files: `{hex}` is taken for a type, and must be written `\{hex}`.

use crate::change::EditError;
use crate::docview::{tag_length, writable};
use crate::replacement::{self, Replacement};
use jcr_filevault::{docview, encode_xml_like};

/// The shortest text between braces that is taken for an encrypted value: one block of its cipher.
const MIN_HEX_DIGITS: usize = 32;

/// Escapes the brace of every encrypted value.
pub(super) fn escape(bytes: &[u8]) -> Result<Vec<u8>, EditError> {
    let text = writable(bytes)?;
    let escapes: Vec<Replacement> = values(&text).into_iter().map(|at| Replacement::insert(at, "\\")).collect();
    if escapes.is_empty() {
        return Err(EditError::Unclear);
    }
    let changed = replacement::apply(&text, escapes).ok_or(EditError::Unclear)?;
    let view = docview::read(&changed, "/root");
    if view.error.is_some() || view.partial || view.internal_dtd {
        return Err(EditError::Unclear);
    }
    encode_xml_like(bytes, &changed).ok_or(EditError::Encoding)
}

/// Where the values of attributes are that are nothing but an encrypted value. Comments are passed by.
fn values(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = text.get(at..).and_then(|rest| rest.find('<')) {
        at += open;
        let Some(rest) = text.get(at..) else { break };
        let skipped = [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")];
        if let Some((start, end)) = skipped.iter().find(|(start, _)| rest.starts_with(start)) {
            let Some(length) = rest.get(start.len()..).and_then(|rest| rest.find(end)) else { break };
            at += start.len() + length + end.len();
            continue;
        }
        let Some(length) = tag_length(rest) else { break };
        let tag = rest.get(..length).unwrap_or_default();
        let mut from = 0;
        while let Some(open) = tag.get(from..).and_then(|rest| rest.find(['"', '\''])) {
            let start = from + open + 1;
            let quote = tag.get(start - 1..start).unwrap_or_default();
            let Some(length) = tag.get(start..).and_then(|rest| rest.find(quote)) else { break };
            if tag.get(start..start + length).is_some_and(is_encrypted) {
                found.push(at + start);
            }
            from = start + length + 1;
        }
        at += length;
    }
    found
}

fn is_encrypted(value: &str) -> bool {
    let hex = value.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    hex.is_some_and(|hex| {
        hex.len() >= MIN_HEX_DIGITS && hex.len() % 2 == 0 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brace_of_an_encrypted_value_is_escaped() {
        let hex = "1f2e3d4c5b6a79881f2e3d4c5b6a7988";
        let text = format!(
            "<?xml version=\"1.0\"?>\n<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\"><!-- a=\"{{{hex}}}\" --><b a='{{{hex}}}' c=\"&gt;>\" d=\"{{{hex}}}\"/></jcr:root>"
        );
        let changed = String::from_utf8(escape(text.as_bytes()).unwrap()).unwrap();
        let expected = text.replace("a='{", "a='\\{").replace("d=\"{", "d=\"\\{");
        assert_eq!(changed, expected);
        assert_eq!(escape(changed.as_bytes()), Err(EditError::Unclear));
        assert_eq!(escape(text.replace(hex, "Unknown").as_bytes()), Err(EditError::Unclear));
    }
}
