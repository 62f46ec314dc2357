//! Comments in XML files: `<!-- … -->` between elements.

use super::comment::Pass;

/// How comments are written in these files.
pub(super) const FORM: &str = "in this file a comment is `<!-- … -->`, between elements";

/// Finds comments and start tags.
pub(super) fn read(pass: &mut Pass<'_>) {
    let text = pass.text();
    let mut at = 0;
    // The first start tag that ends in a line, and the end of the last one.
    let mut last: Option<(usize, usize)> = None;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find('<')).map(|found| at + found) {
        let rest = text.get(start..).unwrap_or_default();
        let length = |end: &str, from: usize| {
            let found = rest.get(from..).and_then(|rest| rest.find(end));
            found.map_or(rest.len(), |found| from + found + end.len())
        };
        let used = if rest.starts_with("<!--") {
            let used = length("-->", 4);
            let whole = rest.get(4..used).unwrap_or_default();
            let inner = start + 4..start + 4 + whole.strip_suffix("-->").unwrap_or(whole).len();
            let behind = last.filter(|&(_, end)| pass.is_one_line(end, start) && pass.is_line_end(start + used));
            pass.comment(start, inner.clone(), behind.map(|(start, _)| start));
            pass.look_at(inner);
            used
        } else if rest.starts_with("<![CDATA[") {
            length("]]>", 9)
        } else if rest.starts_with("<?") {
            length("?>", 2)
        } else if rest.starts_with("</") {
            pass.nothing_follows();
            length(">", 2)
        } else if rest.starts_with("<!") {
            // A document type: what it declares is no element, and its own `>` is good enough as an end.
            length(">", 2)
        } else {
            let used = tag_length(rest);
            let comments = pass.take_waiting();
            let from = if pass.is_at_top() { 0 } else { start };
            pass.cover(comments, from, start + used);
            pass.thing(start, start + used);
            let first = last.filter(|&(_, end)| pass.is_one_line(end, start + used)).map_or(from, |(first, _)| first);
            last = Some((first, start + used));
            used
        };
        at = start + used.max(1);
    }
}

/// The length of the start tag at the start of `text`; a `>` in an attribute value does not end it.
fn tag_length(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'>') => return at + 1,
            (None, _) => {}
        }
    }
    text.len()
}
