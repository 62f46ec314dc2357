//! A finding as miette draws it: what is wrong, and the lines with the property underlined.
//!
//! Everything is masked and escaped before miette sees it.

use crate::escape;
use crate::facts::Whereabouts;
use crate::report::form::Style;
use crate::report::{layout, phrases};
use crate::rules::{Finding, Severity};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use std::fmt;
use std::ops::Range;
use zip_audit::Place;

/// The narrowest report.
pub(super) const MIN_WIDTH_COLUMNS: usize = 40;
/// What miette is given where lines may have any length.
const UNLIMITED_COLUMNS: usize = 1_000_000;

/// The columns of lines; `None` where they may have any length.
pub(super) fn width(style: &Style) -> Option<usize> {
    style.width.map(|width| width.max(MIN_WIDTH_COLUMNS))
}

/// What draws findings.
pub(super) struct Drawing {
    handler: GraphicalReportHandler,
    bar: char,
    width: Option<usize>,
}

impl Drawing {
    pub(super) fn new(style: &Style) -> Self {
        let width = width(style);
        Self {
            handler: handler(style, width.unwrap_or(UNLIMITED_COLUMNS)),
            bar: if style.unicode { '│' } else { '|' },
            width,
        }
    }

    /// Draws a finding.
    pub(super) fn draw(&self, out: &mut String, finding: &Finding) {
        let diagnostic = Shown::new(finding, self.bar, self.width);
        if self.handler.render_report(out, &diagnostic).is_err() {
            // A drawing that fails must not swallow the finding.
            *out += &format!("{}: {diagnostic}\n", phrases::place(&finding.location));
        }
    }
}

fn handler(style: &Style, width: usize) -> GraphicalReportHandler {
    let mut theme = match (style.unicode, style.color) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::unicode_nocolor(),
        (false, true) => GraphicalTheme::ascii(),
        (false, false) => GraphicalTheme::none(),
    };
    if !style.unicode {
        // miette's ASCII words for the levels repeat what the first line says.
        theme.characters.error = "x".into();
        theme.characters.warning = "!".into();
        theme.characters.advice = "i".into();
    }
    // A place has several lines, and what is left of them would be underlined too.
    theme.styles.link = theme.styles.help;
    GraphicalReportHandler::new_themed(theme)
        .with_width(width)
        .with_links(false)
        .with_context_lines(2)
        .without_primary_span_start()
        .without_syntax_highlighting()
}

/// A finding as miette sees it.
#[derive(Debug)]
struct Shown {
    level: Severity,
    code: String,
    message: String,
    snippet: Option<Snippet>,
    place: Option<Where>,
}

impl Shown {
    fn new(finding: &Finding, bar: char, width: Option<usize>) -> Self {
        let snippet = Snippet::new(&finding.location, bar, width);
        let place = snippet.is_none().then(|| Where(broken(place_lines(&finding.location, None), width).join("\n")));
        Self {
            level: finding.severity,
            code: format!("{}[{}]", phrases::level(finding.severity), escape::terminal(&finding.rule)),
            message: escape::terminal_message(&finding.message),
            snippet,
            place,
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {
    // miette shows causes below the message: the one spot for a place without lines.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.place.as_ref().map(|place| place as _)
    }
}

impl Diagnostic for Shown {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.level {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.snippet.as_ref().map(|snippet| snippet as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let snippet = self.snippet.as_ref()?;
        let label = LabeledSpan::new(snippet.note.clone(), snippet.label.start, snippet.label.len());
        Some(Box::new(std::iter::once(label)))
    }
}

/// The place of a finding without a snippet.
#[derive(Debug)]
struct Where(String);

impl fmt::Display for Where {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Where {}

/// The lines to show, already escaped, numbered as in the file.
#[derive(Debug)]
struct Snippet {
    name: String,
    text: String,
    first_line: usize,
    label: Range<usize>,
    note: Option<String>,
}

impl Snippet {
    /// `bar` is what miette draws between the numbers and the lines.
    fn new(location: &Whereabouts, bar: char, width: Option<usize>) -> Option<Self> {
        if phrases::is_whole_file(location) {
            return None;
        }
        let excerpt = location.excerpts.around(location.mark)?;
        let (text, label) = escape::terminal_lines(&excerpt.text, excerpt.label);
        let label = visible(&text, label)?;
        let first_line = excerpt.first_line as usize;
        // The rest of the place stands below its first line, right of the bar that miette draws left of the lines.
        let last_line = first_line + text.lines().count().saturating_sub(1);
        let margin = format!("\n{} {bar}   ", " ".repeat(last_line.to_string().len() + 1));
        let note = location.node.as_deref().filter(|node| !is_file(node, location));
        Some(Self {
            name: broken(place_lines(location, None), width).join(&margin),
            text,
            first_line,
            label,
            note: note.map(|node| format!("in {}", escape::terminal_name(node))),
        })
    }
}

/// The lines, broken where they do not fit beside what miette draws.
fn broken(lines: Vec<String>, width: Option<usize>) -> Vec<String> {
    /// Columns of what miette draws left and right of a place.
    const FRAME_COLUMNS: usize = 12;
    match width {
        None => lines,
        Some(width) => lines.iter().flat_map(|line| layout::break_name(line, width - FRAME_COLUMNS)).collect(),
    }
}

/// Whether the node is the file itself, of which the place already tells.
fn is_file(node: &str, location: &Whereabouts) -> bool {
    let place = &location.place;
    place.inside.last().unwrap_or(&place.file).ends_with(node)
}

/// The place, a line for each archive around it. Of archives that are also around a `known` place only dots are left.
pub(super) fn place_lines(location: &Whereabouts, known: Option<(&Place, &str)>) -> Vec<String> {
    let place = &location.place;
    let mut lines = phrases::names(place);
    for line in lines.iter_mut().skip(1) {
        line.insert_str(0, "!/");
    }
    if let Some(last) = lines.last_mut()
        && !phrases::is_whole_file(location)
    {
        *last += &format!(":{}:{}", location.mark.start.line, location.mark.start.column);
    }
    let archives = |place: &Place| place.inside.split_last().map(|(_, around)| (place.file.clone(), around.to_vec()));
    if archives(place).is_some() && archives(place) == known.and_then(|(known, _)| archives(known)) {
        let dots = known.map_or("", |(_, dots)| dots);
        return lines.pop().map(|last| format!("{dots}{last}")).into_iter().collect();
    }
    lines
}

/// The range, at least one character long, so that there is something to underline.
fn visible(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let at = |from: usize| text.get(from..).and_then(|rest| rest.chars().next()).filter(|&c| c != '\n');
    if text.get(range.clone()).is_some_and(|label| label.chars().any(|c| c != '\n')) {
        return Some(range);
    }
    if let Some(c) = at(range.start) {
        return Some(range.start..range.start + c.len_utf8());
    }
    // At a line's end: the character before it.
    let before = text.get(..range.start)?.chars().next_back().filter(|&c| c != '\n')?;
    Some(range.start - before.len_utf8()..range.start)
}

impl SourceCode for Snippet {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let contents = self.text.as_str().read_span(span, before, after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            contents.data(),
            *contents.span(),
            contents.line() + self.first_line - 1,
            contents.column(),
            contents.line_count(),
        )))
    }
}
