//! The report for people at a terminal: what is wrong, the lines with the property underlined, what to do.
//!
//! miette draws it. Everything is masked and escaped before miette sees it.

use super::form::{ReportForm, Style};
use super::model::{Report, RuleInfo};
use super::{phrases, summary};
use crate::escape;
use crate::facts::Whereabouts;
use crate::rules::{Finding, Severity};
use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode,
    SourceSpan, SpanContents,
};
use std::fmt;
use std::ops::Range;
use zip_audit::Place;

/// Related places shown in full; of further ones the number.
const MOST_RELATED: usize = 10;
/// Things that were not read shown, where no finding tells of them.
const MOST_UNREAD: usize = 20;
const NARROWEST: usize = 40;

pub(super) const FORM: ReportForm = ReportForm {
    name: "text",
    about: "For people: the lines in question, what is wrong and what to do",
    needs_all_rules: false,
    shows_inputs: false,
    shows_audit: false,
    has_summary: true,
    render,
};

fn render(report: &Report, _: &[RuleInfo], style: &Style) -> String {
    let width = style.width.max(NARROWEST);
    let handler = handler(style, width);
    let mut out = String::new();
    for finding in &report.findings {
        one(&mut out, finding, &handler, style, width);
        out.push('\n');
    }
    let unread = phrases::untold_unread(report);
    for thing in unread.iter().take(MOST_UNREAD) {
        let path = phrases::path_of(&thing.place);
        out += &format!("not read: {path}: {}\n", phrases::reason(thing));
    }
    if unread.len() > MOST_UNREAD {
        out += &format!("not read: {} more\n", unread.len() - MOST_UNREAD);
    }
    out += &summary::line(report);
    out.push('\n');
    out
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

fn one(out: &mut String, finding: &Finding, handler: &GraphicalReportHandler, style: &Style, width: usize) {
    let color = style.color;
    let dots = if style.unicode { "…" } else { "..." };
    let diagnostic = Shown::new(finding, if style.unicode { '│' } else { '|' });
    if handler.render_report(out, &diagnostic).is_err() {
        // A drawing that fails must not swallow the finding.
        *out += &format!("{}: {diagnostic}\n", phrases::place(&finding.location));
    }
    for related in finding.related.iter().take(MOST_RELATED) {
        paragraph(out, "also", &escape::terminal_message(&related.message), color, width);
        for line in place_lines(&related.location, Some((&finding.location.place, dots))) {
            *out += &format!("        {line}\n");
        }
    }
    if finding.related.len() > MOST_RELATED {
        let more = finding.related.len() - MOST_RELATED;
        paragraph(out, "also", &format!("{more} more, in the other report formats"), color, width);
    }
    paragraph(out, "help", &phrases::help(finding), color, width);
}

/// A paragraph with a word in front, wrapped between words; a command in backticks stays on one line.
fn paragraph(out: &mut String, lead: &str, text: &str, color: bool, width: usize) {
    let (bold, plain) = if color { ("\u{1b}[36m", "\u{1b}[0m") } else { ("", "") };
    *out += &format!("  {bold}{lead}:{plain}");
    let indent = lead.len() + 3;
    let mut column = indent;
    let mut words = text.split_whitespace();
    while let Some(first) = words.next() {
        let mut word = first.to_owned();
        while word.matches('`').count() % 2 == 1 {
            let Some(next) = words.next() else { break };
            word = word + " " + next;
        }
        let length = word.chars().count();
        if column > indent && column + 1 + length > width {
            *out += &format!("\n{}", " ".repeat(indent));
            column = indent;
        }
        out.push(' ');
        out.push_str(&word);
        column += 1 + length;
    }
    out.push('\n');
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
    fn new(finding: &Finding, bar: char) -> Self {
        let snippet = Snippet::new(&finding.location, bar);
        let place = snippet.is_none().then(|| Where(place_lines(&finding.location, None).join("\n")));
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
    fn new(location: &Whereabouts, bar: char) -> Option<Self> {
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
            name: place_lines(location, None).join(&margin),
            text,
            first_line,
            label,
            note: note.map(|node| format!("in {}", escape::terminal_name(node))),
        })
    }
}

/// Whether the node is the file itself, of which the place already tells.
fn is_file(node: &str, location: &Whereabouts) -> bool {
    let place = &location.place;
    place.inside.last().unwrap_or(&place.file).ends_with(node)
}

/// The place, a line for each archive around it. Of archives that are also around a `known` place only dots are left.
fn place_lines(location: &Whereabouts, known: Option<(&Place, &str)>) -> Vec<String> {
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
