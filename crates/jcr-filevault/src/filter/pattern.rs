//! One `include` or `exclude` pattern.

use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};

use super::java_regex::{self, Failure, Translated};
use text_spans::Span;

/// Most steps of backtracking for one match; a pattern that takes more is not decided.
const MAX_BACKTRACK_STEPS: usize = 100_000;
/// Most memory for one compiled pattern, in bytes.
const MAX_COMPILED_BYTES: usize = 1 << 20;

/// A pattern of a workspace filter: a Java regular expression that has to match a whole path.
#[derive(Debug)]
pub struct Pattern {
    /// Whether it includes what it matches, or excludes it.
    pub include: bool,
    /// The pattern as Java sees it.
    pub source: String,
    /// Where it is written.
    pub span: Span,
    translated: Result<Translated, Failure>,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// The pattern that is written as `source`, at `span`.
    pub fn new(include: bool, source: String, span: Span) -> Self {
        let translated = java_regex::translate(&source);
        Self { include, source, span, translated, regex: OnceLock::new() }
    }

    /// Why Java does not accept the pattern.
    pub fn invalid(&self) -> Option<&'static str> {
        match self.translated {
            Err(Failure::Invalid(reason)) => Some(reason),
            _ => None,
        }
    }

    /// Why the pattern cannot be evaluated here, whatever the path.
    pub fn unsupported(&self) -> Option<&'static str> {
        match self.translated {
            Err(Failure::Invalid(reason) | Failure::Unsupported(reason)) => Some(reason),
            Ok(_) if self.regex().is_none() => Some("the regular expression library cannot express it"),
            Ok(_) => None,
        }
    }

    /// Whether the pattern matches the whole of `path`; `None` where that is unknown.
    pub fn matches(&self, path: &str) -> Option<bool> {
        let translated = self.translated.as_ref().ok()?;
        let plain = || path.bytes().all(|b| (b' '..0x7f).contains(&b));
        if translated.ascii_only && !plain() {
            return None;
        }
        self.regex()?.is_match(path).ok()
    }

    fn regex(&self) -> Option<&Regex> {
        let compile = || {
            let translated = self.translated.as_ref().ok()?;
            let mut builder = RegexBuilder::new(&translated.pattern);
            builder.backtrack_limit(MAX_BACKTRACK_STEPS).delegate_size_limit(MAX_COMPILED_BYTES).build().ok()
        };
        self.regex.get_or_init(compile).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_undecided_what_it_cannot_express() {
        let pattern = |source: &str| Pattern::new(true, source.into(), Span::default());
        assert_eq!(pattern("(?x)a").matches("a"), None);
        assert_eq!(pattern("/a$").matches("/a"), Some(true));
        assert_eq!(pattern("/a$").matches("/a\n"), None);
        assert_eq!(pattern("c(a|b|ab)*(?>c)").matches(&format!("c{}", "ab".repeat(60))), None);
        assert!(pattern("(").invalid().is_some() && pattern("(?x)a").invalid().is_none());
    }
}
