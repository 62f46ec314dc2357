//! The workspace filter (`META-INF/vault/filter.xml`): what of a package's content gets into the repository.
//!
//! Follows FileVault's `DefaultWorkspaceFilter` and `PathFilterSet`.

mod java_regex;
mod pattern;

pub use pattern::Pattern;

use jdk_xml::{self as xml, Element, Report};
use text_spans::{ReadError, Span};

/// A workspace filter.
#[derive(Debug, Default)]
pub struct WorkspaceFilter {
    /// The filters in the order of the file.
    pub sets: Vec<FilterSet>,
    /// Why FileVault would reject the file. `sets` then holds what could be read.
    pub error: Option<ReadError>,
    /// Whether the file has a DTD with an internal subset.
    pub internal_dtd: bool,
    /// Whether some of the file could not be read as XML.
    pub partial: bool,
}

/// One `<filter>`.
#[derive(Debug)]
pub struct FilterSet {
    /// The root without final `/`; empty for the repository's root.
    root: String,
    /// Where the root is written; the element's name if it has none.
    pub root_span: Span,
    /// How content is imported.
    pub mode: ImportMode,
    /// The patterns for nodes in order. Those with `matchProperties="true"`, which only see properties, are checked but
    /// not kept.
    pub patterns: Vec<Pattern>,
}

/// How the content below a filter root is imported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ImportMode {
    /// The package replaces what is there.
    #[default]
    Replace,
    /// Existing content wins.
    Merge,
    /// The package wins; nothing is deleted.
    Update,
    /// Existing properties win, missing ones are added.
    MergeProperties,
    /// Properties of the package win; nothing is deleted.
    UpdateProperties,
}

impl ImportMode {
    const ALL: [(&str, Self); 5] = [
        ("REPLACE", Self::Replace),
        ("MERGE", Self::Merge),
        ("UPDATE", Self::Update),
        ("MERGE_PROPERTIES", Self::MergeProperties),
        ("UPDATE_PROPERTIES", Self::UpdateProperties),
    ];

    /// The name of upstream's constant.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, mode)| *mode == self).map_or("REPLACE", |(name, _)| name)
    }

    fn from_attribute(value: &str) -> Option<Self> {
        if value.is_empty() {
            return Some(Self::Replace);
        }
        let upper = value.to_uppercase();
        Self::ALL.iter().find(|(name, _)| *name == upper).map(|(_, mode)| *mode)
    }
}

/// Whether a filter contains a path.
#[derive(Clone, Copy, Debug)]
pub enum Verdict<'f> {
    /// It does: the node is installed.
    Contained,
    /// It does not: the node is dropped.
    NotContained,
    /// It depends on a pattern that cannot be evaluated here ([`Pattern::unsupported`]), or not within bounds.
    Unknown {
        /// The pattern.
        pattern: &'f Pattern,
    },
}

impl Verdict<'_> {
    /// Whether the path is certainly contained.
    pub fn is_contained(&self) -> bool {
        matches!(self, Self::Contained)
    }

    /// Whether the path is certainly not contained.
    pub fn is_not_contained(&self) -> bool {
        matches!(self, Self::NotContained)
    }
}

impl FilterSet {
    /// A `<filter>` with this root, whether or not it ends with `/`.
    pub fn new(root: &str, root_span: Span, mode: ImportMode, patterns: Vec<Pattern>) -> Self {
        Self { root: root.strip_suffix('/').unwrap_or(root).to_owned(), root_span, mode, patterns }
    }

    /// The root as upstream prints it.
    pub fn root(&self) -> &str {
        if self.root.is_empty() { "/" } else { &self.root }
    }

    /// Whether `path` is the root or below it.
    pub fn covers(&self, path: &str) -> bool {
        path.strip_prefix(self.root.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether `path` is the root or above it.
    pub fn is_ancestor(&self, path: &str) -> bool {
        let above = || self.root.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        path.is_empty() || path == "/" || above()
    }

    /// Whether the set contains the node at `path`.
    pub fn contains(&self, path: &str) -> Verdict<'_> {
        // The last pattern that matches decides, else the opposite of the first pattern.
        if !self.covers(path) {
            return Verdict::NotContained;
        }
        let mut undecided: Option<&Pattern> = None;
        let mut settled = None;
        for pattern in self.patterns.iter().rev() {
            match pattern.matches(path) {
                Some(true) => {
                    settled = Some(pattern.include);
                    break;
                }
                Some(false) => {}
                None if undecided.is_none() => undecided = Some(pattern),
                // Two open patterns that would decide differently leave the question open whatever comes.
                None if undecided.is_some_and(|open| open.include != pattern.include) => break,
                None => {}
            }
        }
        let settled = settled.unwrap_or(self.patterns.first().is_none_or(|first| !first.include));
        match undecided {
            Some(pattern) if pattern.include != settled || self.mixed(path, pattern) => Verdict::Unknown { pattern },
            _ if settled => Verdict::Contained,
            _ => Verdict::NotContained,
        }
    }

    /// Whether open patterns of both kinds come before a match.
    fn mixed(&self, path: &str, open: &Pattern) -> bool {
        self.patterns
            .iter()
            .rev()
            .take_while(|pattern| pattern.matches(path) != Some(true))
            .any(|pattern| pattern.include != open.include && pattern.matches(path).is_none())
    }
}

impl WorkspaceFilter {
    /// Parses a `filter.xml`.
    pub fn parse(text: &str) -> Self {
        let mut builder = Builder::default();
        let report = xml::read(text, &mut builder);
        Self { sets: builder.sets, error: report.error, internal_dtd: report.internal_dtd, partial: report.partial }
    }

    /// Whether the node at `path` is installed: any set contains it.
    pub fn contains(&self, path: &str) -> Verdict<'_> {
        let mut verdict = Verdict::NotContained;
        for set in &self.sets {
            match set.contains(path) {
                Verdict::Contained => return Verdict::Contained,
                Verdict::Unknown { pattern } if verdict.is_not_contained() => verdict = Verdict::Unknown { pattern },
                _ => {}
            }
        }
        verdict
    }

    /// The first set that covers `path`; it decides the import mode.
    pub fn covering(&self, path: &str) -> Option<&FilterSet> {
        self.sets.iter().find(|set| set.covers(path))
    }

    /// Whether `path` is a filter root or below one, whatever the patterns say.
    pub fn covers(&self, path: &str) -> bool {
        self.covering(path).is_some()
    }

    /// Whether `path` is a filter root or above one; such nodes are created only where missing.
    pub fn is_ancestor(&self, path: &str) -> bool {
        self.sets.iter().any(|set| set.is_ancestor(path))
    }

    /// How the node at `path` is imported.
    pub fn mode(&self, path: &str) -> ImportMode {
        self.covering(path).map_or(ImportMode::Replace, |set| set.mode)
    }
}

/// Makes the filter from the elements, as upstream walks its DOM.
#[derive(Default)]
struct Builder {
    sets: Vec<FilterSet>,
    depth: u32,
    /// Whether the innermost element of the first level is a `<filter>`.
    in_filter: bool,
}

impl<'t> xml::Handler<'t> for Builder {
    fn start(&mut self, element: &mut Element<'_, 't>, report: &mut Report) {
        // In text that is no XML there is no structure left; names have to do.
        let depth = match element.salvaged {
            false => self.depth,
            true => u32::from(element.name != "workspaceFilter") + u32::from(element.name.ends_with("clude")),
        };
        match depth {
            0 => self.root(element, report),
            1 => self.filter(element, report),
            2 if self.in_filter => self.pattern(element, report),
            _ => {}
        }
        if !element.salvaged {
            self.depth = self.depth.saturating_add(1);
        }
    }

    fn end(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

impl Builder {
    fn root(&mut self, element: &Element<'_, '_>, report: &mut Report) {
        if element.name != "workspaceFilter" {
            report.fail(element.span, "the root element must be `workspaceFilter`");
        }
        let (version, span) = element.attribute("version");
        let supported = version.is_empty() || version.trim().parse::<f64>().is_ok_and(|version| version <= 1.0);
        if !supported {
            report.fail(span, "this version of the filter format is not supported; it must be 1.0");
        }
    }

    fn filter(&mut self, element: &Element<'_, '_>, report: &mut Report) {
        self.in_filter = element.name == "filter";
        if !self.in_filter {
            report.fail(element.span, "only `filter` elements may stand here");
            return;
        }
        let (root, root_span) = element.attribute("root");
        let (mode, mode_span) = element.attribute("mode");
        let mode = ImportMode::from_attribute(mode).unwrap_or_else(|| {
            report
                .fail(mode_span, "unknown import mode; known are replace, merge, update and their `_properties` forms");
            ImportMode::Replace
        });
        self.sets.push(FilterSet::new(root, root_span, mode, Vec::new()));
    }

    fn pattern(&mut self, element: &Element<'_, '_>, report: &mut Report) {
        if !matches!(element.name, "include" | "exclude") {
            report.fail(element.span, "only `include` and `exclude` may stand in a `filter`");
            return;
        }
        let (source, span) = element.attribute("pattern");
        if source.is_empty() {
            report.fail(span, "the filter pattern must not be empty");
            return;
        }
        let pattern = Pattern::new(element.name == "include", source.to_owned(), span);
        if pattern.invalid().is_some() {
            report.fail(span, "the pattern is not a valid Java regular expression");
        }
        let Some(set) = self.sets.last_mut() else { return };
        if !element.attribute("matchProperties").0.eq_ignore_ascii_case("true") {
            set.patterns.push(pattern);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, Vector};

    #[test]
    fn filters_as_upstream() {
        let vectors = vectors::read("filter.jsonl");
        assert_eq!(vectors.len(), 167);
        let wrong: Vec<String> = vectors.iter().flat_map(differences).collect();
        vectors::assert_none(&wrong, vectors.len());
    }

    /// What is decided otherwise than by upstream.
    fn differences(vector: &Vector) -> Vec<String> {
        let text = vector.input["filterXml"].as_str().unwrap();
        let filter = WorkspaceFilter::parse(text);
        if filter.error.is_some() != vector.is_refused() {
            return vec![format!("{text}: {:?}", filter.error)];
        }
        let paths = vector.input["paths"].as_array().unwrap().iter().map(|path| path.as_str().unwrap());
        let difference = |path: &str| {
            let expected = vector.expected.get(path)?;
            let contains = filter.contains(path);
            if let Verdict::Unknown { pattern } = contains {
                assert!(pattern.unsupported().is_some() || !path.is_ascii());
                return None;
            }
            let actual = serde_json::json!({
                "contains": contains.is_contained(),
                "covers": filter.covers(path),
                "isAncestor": filter.is_ancestor(path),
                "mode": filter.mode(path).name(),
                "coveringRoot": filter.covering(path).map_or("", FilterSet::root),
            });
            (actual != *expected).then(|| format!("{text} on {path}: expected {expected} found {actual}"))
        };
        paths.filter_map(difference).collect()
    }

    fn verdict(patterns: &str, path: &str) -> String {
        let filter = WorkspaceFilter::parse(&format!(
            "<workspaceFilter><filter root='/a'>{patterns}</filter></workspaceFilter>"
        ));
        match filter.contains(path) {
            Verdict::Contained => "contained".into(),
            Verdict::NotContained => "not contained".into(),
            Verdict::Unknown { pattern } => format!("depends on {}", pattern.source),
        }
    }

    #[test]
    fn never_guesses_about_a_pattern_that_it_cannot_express() {
        assert_eq!(verdict("<include pattern='(?x)/a'/>", "/a"), "depends on (?x)/a");
        assert_eq!(verdict("<include pattern='(?x)/a'/><include pattern='/a'/>", "/a"), "contained");
        assert_eq!(verdict("<include pattern='/a'/><include pattern='(?x)/a'/>", "/a"), "contained");
        assert_eq!(verdict("<include pattern='/a'/><exclude pattern='(?x)/a'/>", "/a"), "depends on (?x)/a");
        assert_eq!(verdict("<exclude pattern='(?x)/a'/><include pattern='(?d)/a'/>", "/a"), "depends on (?d)/a");
        assert_eq!(verdict("<include pattern='(?x)/a'/>", "/b"), "not contained");
    }

    #[test]
    fn says_where_roots_and_patterns_are() {
        let text = "<workspaceFilter><filter root=\"/a&#x2f;b\"><exclude pattern='.*' matchProperties='TRUE'/>\
                    <include pattern='x&amp;y'/></filter></workspaceFilter>";
        let filter = WorkspaceFilter::parse(text);
        let [set] = filter.sets.as_slice() else { panic!("one set") };
        assert_eq!((set.root(), &text[set.root_span.range()]), ("/a/b", "/a&#x2f;b"));
        assert_eq!((&text[set.patterns[0].span.range()], set.patterns[0].source.as_str()), ("x&amp;y", "x&y"));
        assert_eq!(set.patterns.len(), 1);
    }

    #[test]
    fn reads_what_it_can_of_a_broken_file() {
        let filter = WorkspaceFilter::parse(
            "<workspaceFilter><filter root='/a'/><!-- <filter root='/b'><exclude pattern='/b/c'/>",
        );
        assert!(filter.partial && filter.error.is_some());
        assert!(filter.contains("/a/x").is_contained() && filter.contains("/b").is_contained());
        assert!(filter.contains("/b/c").is_not_contained());
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "(<|/|>|workspaceFilter|filter|include|exclude| root=| pattern=| mode=|\"|'|/a|\\(|\\)|\\*|&){0,30}") {
            let filter = WorkspaceFilter::parse(&text);
            filter.contains("/a");
            filter.mode("/a/b");
        }
    }
}
