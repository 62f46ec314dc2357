//! Puts the mask in place of secrets.

use super::MASK;
use text_spans::Span;

/// `text` with [`MASK`] in place of every one of `secrets`, which are in order.
pub(crate) fn masked(text: &str, secrets: impl IntoIterator<Item = Span>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for span in secrets {
        let range = span.range();
        out.push_str(text.get(from..range.start).unwrap_or_default());
        out.push_str(MASK);
        from = range.end.max(from);
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}
