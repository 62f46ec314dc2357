//! What an ignore comment says and what it is about, and the means by which the readers of the formats find that out.

use std::collections::BTreeSet;
use std::ops::Range;
use text_spans::{Lines, Span};

/// What an ignore comment begins with.
pub(super) const MARKER: &str = "aemlint-ignore";

const NO_RULE: &str = "it names no rule: write `aemlint-ignore RULE: reason`";
const NO_REASON: &str = "it gives no reason: write `aemlint-ignore RULE: reason`";
const NOTHING_FOLLOWS: &str = "nothing follows that it could be about";
const NOT_FIRST: &str = "`aemlint-ignore` has to be the first word of a comment";

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
    /// Lines with one that has none, and why, in their order.
    pub mistakes: Vec<(u32, &'static str)>,
}

impl Comments {
    /// Those of a text in which there are none, whatever it says.
    pub(super) fn none_of(text: &str, why: &'static str) -> Self {
        let lines = Lines::new(text);
        let found = memchr::memmem::find_iter(text.as_bytes(), MARKER).map(|at| (lines.line_number(at), why));
        let mistakes: BTreeSet<(u32, &'static str)> = found.collect();
        Self { valid: Vec::new(), mistakes: mistakes.into_iter().collect() }
    }
}

/// One pass over a text: what its reader found so far.
pub(super) struct Pass<'t> {
    text: &'t str,
    lines: Lines<'t>,
    /// Comments that wait for the thing they are about.
    waiting: Vec<Comment>,
    valid: Vec<Comment>,
    mistakes: BTreeSet<(u32, &'static str)>,
    /// Where the marker stands in comments that were looked at.
    looked_at: BTreeSet<usize>,
    /// What a comment can be about: properties, elements.
    things: Vec<Span>,
}

impl<'t> Pass<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            lines: Lines::new(text),
            waiting: Vec::new(),
            valid: Vec::new(),
            mistakes: BTreeSet::new(),
            looked_at: BTreeSet::new(),
            things: Vec::new(),
        }
    }

    pub(super) fn text(&self) -> &'t str {
        self.text
    }

    /// Whether nothing was found yet that a comment can be about.
    pub(super) fn is_at_top(&self) -> bool {
        self.things.is_empty()
    }

    /// Whether both bytes are in one line.
    pub(super) fn is_one_line(&self, from: usize, to: usize) -> bool {
        let between = self.text.as_bytes().get(from..to).unwrap_or_default();
        memchr::memchr2(b'\n', b'\r', between).is_none()
    }

    /// Whether only white space follows in the line of this byte.
    pub(super) fn is_line_end(&self, at: usize) -> bool {
        let rest = self.text.get(at..).unwrap_or_default();
        rest.split(['\n', '\r']).next().is_none_or(|rest| rest.trim().is_empty())
    }

    /// Takes a comment that starts at `start`; what it says stands at `inner`. At the end of the line of a thing that
    /// starts at `behind` it is about that and what else is in the line, else about what follows.
    pub(super) fn comment(&mut self, start: usize, inner: Range<usize>, behind: Option<usize>) {
        let text = self.text.get(inner.clone()).unwrap_or_default();
        let said = text.trim_start_matches(|c: char| c.is_whitespace() || "*/#!-".contains(c));
        let Some(rest) = said.strip_prefix(MARKER) else { return };
        self.looked_at.insert(inner.end - said.len());
        let line = self.lines.line_number(start);
        if rest.starts_with(|c: char| !c.is_whitespace() && c != ':') {
            self.mistakes.insert((line, NO_RULE));
            return;
        }
        let (rules, reason) = rest.split_once(':').unwrap_or((rest, ""));
        let rules: Vec<String> =
            rules.split([',', ' ', '\t']).filter(|rule| !rule.is_empty()).map(str::to_owned).collect();
        let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
        if rules.is_empty() {
            self.mistakes.insert((line, NO_RULE));
        } else if reason.is_empty() {
            self.mistakes.insert((line, NO_REASON));
        } else {
            let comment = Comment { line, rules, reason, covers: Span::default() };
            match behind {
                Some(behind) => {
                    let from = self.lines.line_range(line).map_or(behind, |line| line.start.min(behind));
                    self.cover([comment], from, start);
                }
                None => self.waiting.push(comment),
            }
        }
    }

    /// The waiting comments, which are about what starts now.
    pub(super) fn take_waiting(&mut self) -> Vec<Comment> {
        std::mem::take(&mut self.waiting)
    }

    /// These comments are about these bytes.
    pub(super) fn cover(&mut self, comments: impl IntoIterator<Item = Comment>, start: usize, end: usize) {
        let covers = Span::new(start, end);
        self.valid.extend(comments.into_iter().map(|comment| Comment { covers, ..comment }));
    }

    /// Notes something that a comment can be about.
    pub(super) fn thing(&mut self, start: usize, end: usize) {
        self.things.push(Span::new(start, end));
    }

    /// Nothing follows that the waiting comments could be about.
    pub(super) fn nothing_follows(&mut self) {
        let lines: Vec<u32> = self.waiting.drain(..).map(|comment| comment.line).collect();
        self.mistakes.extend(lines.into_iter().map(|line| (line, NOTHING_FOLLOWS)));
    }

    /// Notes that what stands in these bytes is a comment, so that what is wrong with it can be said.
    pub(super) fn look_at(&mut self, inner: Range<usize>) {
        let text = self.text.as_bytes().get(inner.clone()).unwrap_or_default();
        for at in memchr::memmem::find_iter(text, MARKER).map(|at| inner.start + at) {
            if self.looked_at.insert(at) {
                self.mistakes.insert((self.lines.line_number(at), NOT_FIRST));
            }
        }
    }

    /// The comments, and all that one can be about. `form` says how comments are written in texts of this kind, for those who
    /// wrote one in another form.
    pub(super) fn end(mut self, form: &'static str) -> (Comments, Vec<Span>) {
        self.nothing_follows();
        for at in memchr::memmem::find_iter(self.text.as_bytes(), MARKER) {
            if !self.looked_at.contains(&at) {
                self.mistakes.insert((self.lines.line_number(at), form));
            }
        }
        self.valid.sort_by_key(|comment| comment.line);
        (Comments { valid: self.valid, mistakes: self.mistakes.into_iter().collect() }, self.things)
    }
}
