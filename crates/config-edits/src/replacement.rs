//! Replacing spans of a text.

use text_spans::Span;

/// A span of a text and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replacement {
    pub(crate) span: Span,
    pub(crate) text: String,
}

impl Replacement {
    pub(crate) fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }

    /// Puts `text` before the byte `at`.
    pub(crate) fn insert(at: usize, text: impl Into<String>) -> Self {
        Self::new(Span::new(at, at), text)
    }

    /// Removes the bytes `start..end`.
    pub(crate) fn remove(start: usize, end: usize) -> Self {
        Self::new(Span::new(start, end), "")
    }
}

/// The text with all replacements made; `None` if two of them overlap or one is no place in the text.
pub(crate) fn apply(text: &str, mut replacements: Vec<Replacement>) -> Option<String> {
    replacements.sort_by_key(|replacement| (replacement.span.start, replacement.span.end));
    let mut out = String::with_capacity(text.len() + replacements.iter().map(|r| r.text.len()).sum::<usize>());
    let mut at = 0;
    for replacement in &replacements {
        let span = replacement.span.range();
        out.push_str(text.get(at..span.start)?);
        text.get(span.clone())?;
        out.push_str(&replacement.text);
        at = span.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_from_left_to_right_and_refuses_overlaps() {
        let replacements = vec![Replacement::insert(3, "!"), Replacement::new(Span::new(0, 1), "x")];
        assert_eq!(apply("abc", replacements).as_deref(), Some("xbc!"));
        let replacements = vec![Replacement::remove(0, 2), Replacement::remove(1, 3)];
        assert_eq!(apply("abc", replacements), None);
        assert_eq!(apply("é", vec![Replacement::remove(1, 2)]), None);
    }
}
