//! Ignore comments in files of a source tree: `aemlint-ignore RULE: reason`.
//!
//! ```text
//! <!-- aemlint-ignore RULE: reason -->     in XML, before the element that it is about
//! # aemlint-ignore RULE: reason            in .config, .cfg and .properties, before the property
//! // aemlint-ignore RULE: reason           in .cfg.json, before the property
//! ```
//!
//! Several rules are separated by commas. A comment at the top of a configuration file covers the whole file: what is
//! missing in it has no place of its own. In XML it is about the root element. Archives come from others: there a comment has no effect, which
//! the caller sees to by not asking, and `policy::Policy` by not listening.

use osgi_config::FileFormat;
use text_spans::{Lines, Span};

const MARKER: &str = "aemlint-ignore";

/// How comments are written in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// `<!-- … -->`
    Xml,
    /// A line that starts with `#`.
    Hash,
    /// A line that starts with `//`.
    Slashes,
}

impl Syntax {
    /// The syntax of a file by its name; `None` for files without ignore comments.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        match osgi_config::format_of(&name) {
            Some(FileFormat::CfgJson) => Some(Self::Slashes),
            Some(FileFormat::Config | FileFormat::Cfg | FileFormat::Properties) => Some(Self::Hash),
            None => name.ends_with(".xml").then_some(Self::Xml),
        }
    }
}

/// A comment that accepts findings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// The line that it starts in.
    pub line: u32,
    /// Rules or families.
    pub rules: Vec<String>,
    /// Why.
    pub reason: String,
    /// Findings whose mark starts in these bytes are meant.
    pub covers: Span,
}

/// The ignore comments of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comments {
    /// Those that have effect.
    pub valid: Vec<Comment>,
    /// Lines with one that has none, and why.
    pub mistakes: Vec<(u32, &'static str)>,
}

/// Finds the ignore comments of `text`, in one pass and without parsing it: a file that a reader rejects has its
/// comments all the same.
pub(crate) fn comments(text: &str, syntax: Syntax) -> Comments {
    let mut found = Comments::default();
    if memchr::memmem::find(text.as_bytes(), MARKER.as_bytes()).is_none() {
        return found;
    }
    let lines = Lines::new(text);
    let mut waiting = Waiting { lines: &lines, comments: Vec::new(), found: &mut found };
    match syntax {
        Syntax::Xml => in_xml(text, &mut waiting),
        Syntax::Hash => in_lines(text, "#", &mut waiting),
        Syntax::Slashes => in_lines(text, "//", &mut waiting),
    }
    waiting.end();
    found
}

/// Comments that wait for the thing they are about.
struct Waiting<'l, 't> {
    lines: &'l Lines<'t>,
    comments: Vec<Comment>,
    found: &'l mut Comments,
}

impl Waiting<'_, '_> {
    /// Takes the text of a comment that starts at `offset`.
    fn comment(&mut self, offset: usize, text: &str) {
        let Some(rest) = text.trim().strip_prefix(MARKER) else { return };
        let line = self.lines.position(Span::new(offset, offset).start).line;
        let (rules, reason) = rest.split_once(':').unwrap_or((rest, ""));
        let rules: Vec<String> =
            rules.split([',', ' ', '\t']).filter(|rule| !rule.is_empty()).map(str::to_owned).collect();
        let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
        if rules.is_empty() {
            self.found.mistakes.push((line, "it names no rule: write `aemlint-ignore RULE: reason`"));
        } else if reason.is_empty() {
            self.found.mistakes.push((line, "it gives no reason: write `aemlint-ignore RULE: reason`"));
        } else {
            self.comments.push(Comment { line, rules, reason, covers: Span::default() });
        }
    }

    /// The waiting comments are about these bytes.
    fn thing(&mut self, start: usize, end: usize) {
        for mut comment in self.comments.drain(..) {
            comment.covers = Span::new(start, end);
            self.found.valid.push(comment);
        }
    }

    /// Nothing follows that the waiting comments could be about.
    fn end(&mut self) {
        for comment in self.comments.drain(..) {
            self.found.mistakes.push((comment.line, "nothing follows that it could be about"));
        }
    }
}

fn in_lines(text: &str, sign: &str, waiting: &mut Waiting<'_, '_>) {
    let mut offset = 0;
    let mut at_top = true;
    for line in text.split_inclusive(['\n', '\r']) {
        let content = line.trim_start_matches('\u{feff}').trim();
        if let Some(comment) = content.strip_prefix(sign) {
            waiting.comment(offset, comment);
        } else if !content.is_empty() {
            let line = (offset, offset + line.len());
            let (start, end) = if at_top { (0, text.len()) } else { line };
            waiting.thing(start, end);
            at_top = false;
        }
        offset += line.len();
    }
}

fn in_xml(text: &str, waiting: &mut Waiting<'_, '_>) {
    let mut at = 0;
    let mut at_top = true;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find('<')).map(|found| at + found) {
        let rest = text.get(start..).unwrap_or_default();
        let length = |end: &str, from: usize| {
            let found = rest.get(from..).and_then(|rest| rest.find(end));
            found.map_or(rest.len(), |found| from + found + end.len())
        };
        let used = if rest.starts_with("<!--") {
            let used = length("-->", 4);
            let inner = rest.get(4..used).unwrap_or_default();
            waiting.comment(start, inner.strip_suffix("-->").unwrap_or(inner));
            used
        } else if rest.starts_with("<![CDATA[") {
            length("]]>", 9)
        } else if rest.starts_with("<?") {
            length("?>", 2)
        } else if rest.starts_with("</") {
            waiting.end();
            length(">", 2)
        } else if rest.starts_with("<!") {
            // A document type: what it declares is no element, and its own `>` is good enough as an end.
            length(">", 2)
        } else {
            let used = tag_length(rest);
            waiting.thing(if at_top { 0 } else { start }, start + used);
            at_top = false;
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The text that each comment is about.
    fn covered(text: &str, syntax: Syntax) -> Vec<(Vec<String>, &str)> {
        comments(text, syntax).valid.into_iter().map(|c| (c.rules, text.get(c.covers.range()).unwrap())).collect()
    }

    fn rules(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn in_config_the_next_property_is_meant() {
        let text = "a=\"1\"\r\n# aemlint-ignore missing-scope, ims: known\r\n\r\n# another\r\nb=\"2\"\r\nc=\"3\"\r\n";
        assert_eq!(covered(text, Syntax::Hash), [(rules(&["missing-scope", "ims"]), "b=\"2\"\r")]);
    }

    #[test]
    fn at_the_top_the_whole_file_is_meant() {
        let text = "# licence\n# aemlint-ignore missing-scope: set by the platform\na=\"1\"\nb=\"2\"\n";
        let found = comments(text, Syntax::Hash);
        let [comment] = found.valid.as_slice() else { panic!("{found:?}") };
        assert_eq!((comment.line, comment.reason.as_str()), (2, "set by the platform"));
        assert_eq!(comment.covers, Span::new(0, text.len()));
    }

    #[test]
    fn in_json_a_line_comment_counts() {
        let text =
            "{\n  // aemlint-ignore plain-text-secret: a dummy: for tests\n  \"secret\": \"x\",\n  \"b\": 1\n}\n";
        let found = comments(text, Syntax::Slashes);
        assert_eq!(found.valid[0].reason, "a dummy: for tests");
        assert_eq!(covered(text, Syntax::Slashes)[0].1, "  \"secret\": \"x\",\n");
    }

    #[test]
    fn in_xml_the_start_tag_of_the_next_element_is_meant() {
        let text = "<?xml version=\"1.0\"?>\n<a x='>'>\n <!-- aemlint-ignore r:\n  two lines -->\n <!-- other --> <b\n  \
                    p=\"1 > 0\"/><c/>\n <![CDATA[<!-- aemlint-ignore r: no -->]]>\n</a>";
        assert_eq!(covered(text, Syntax::Xml), [(rules(&["r"]), "<b\n  p=\"1 > 0\"/>")]);
        let text = "<!-- aemlint-ignore r: all of it -->\n<a p=\"1\"><b/></a>";
        let found = comments(text, Syntax::Xml);
        assert_eq!(found.valid[0].covers, Span::new(0, text.find("<b").unwrap()));
    }

    #[test]
    fn a_comment_without_effect_says_why() {
        let text =
            "# aemlint-ignore\n# aemlint-ignore missing-scope\n# aemlint-ignore x:  \na=\"1\"\n# aemlint-ignore x: y\n";
        let lines: Vec<u32> = comments(text, Syntax::Hash).mistakes.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 3, 5]);
        assert!(comments(text, Syntax::Hash).valid.is_empty());
        assert_eq!(comments("<a><!-- aemlint-ignore x: y --></a>", Syntax::Xml).mistakes.len(), 1);
    }

    #[test]
    fn the_name_of_a_file_tells_its_syntax() {
        assert_eq!(Syntax::of("a.cfg.json"), Some(Syntax::Slashes));
        assert_eq!(Syntax::of("A.CONFIG"), Some(Syntax::Hash));
        assert_eq!(Syntax::of(".content.xml"), Some(Syntax::Xml));
        assert_eq!(Syntax::of("a.png"), None);
    }

    proptest! {
        #[test]
        fn any_text_gives_marks_inside_of_it(text in "([a<>!\\-\"'#/:\n\u{e9} ]|aemlint-ignore|<!--|-->|<!\\[CDATA\\[){0,60}") {
            for syntax in [Syntax::Xml, Syntax::Hash, Syntax::Slashes] {
                for comment in comments(&text, syntax).valid {
                    prop_assert!(text.get(comment.covers.range()).is_some());
                    prop_assert!(!comment.reason.is_empty() && !comment.rules.is_empty());
                }
            }
        }
    }
}
