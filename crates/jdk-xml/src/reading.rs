//! From the text of a file to its elements: what stands before the root element, and then the rest.

use crate::byte_search::{first_control, first_noncharacter};
use crate::dtd::Dtd;
use crate::dtd_parser;
use crate::entities::Budget;
use crate::handler::Handler;
use crate::parser::Parser;
use crate::prolog::{check_comment, check_declaration, check_instruction, is_declaration};
use crate::report::Report;
use text_spans::Span;

/// Reads a document to its end, whatever is wrong with it.
pub fn read<'t, H: Handler<'t>>(text: &'t str, handler: &mut H) -> Report {
    let mut report = read_noting_bytes(text, handler);
    if let Some(error) = &mut report.error {
        error.span = error.span.to_characters(text);
    }
    report
}

/// As [`read`], but an error may point at a part of a character.
fn read_noting_bytes<'t, H: Handler<'t>>(text: &'t str, handler: &mut H) -> Report {
    let mut report = Report::default();
    let mut budget = Budget::default();
    if let Some(at) = first_control(text.as_bytes()) {
        report.fail(Span::new(at, at + 1), "a control character that XML does not allow");
    }
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    if let Some(at) = first_noncharacter(text.as_bytes()) {
        report.fail(Span::new(at, at + 3), "a character that XML does not allow");
    }
    check_declaration(text, mark, &mut report);
    let (dtd, start) = match find_doctype(text, mark, &mut report) {
        None => (Dtd::default(), Some(mark)),
        Some(doctype) => match dtd_parser::read(text, doctype, &mut budget, &mut report) {
            (dtd, None) => {
                let mut parser = Parser::new(text, &dtd, budget, handler, report);
                parser.salvage(text, doctype + 1, None);
                return parser.report;
            }
            (dtd, end) => (dtd, end),
        },
    };
    let mut parser = Parser::new(text, &dtd, budget, handler, report);
    parser.run(text, start.unwrap_or(mark));
    parser.report
}

/// The offset of `<!DOCTYPE` if only white space, comments and processing instructions stand before it. Notes what is wrong
/// with those: where there is one, nothing else looks at them.
fn find_doctype(text: &str, mark: usize, report: &mut Report) -> Option<usize> {
    let mut before = Report::default();
    let mut at = mark;
    loop {
        let rest = text.get(at..)?;
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        at += rest.len() - trimmed.len();
        if trimmed.starts_with("<!DOCTYPE") {
            if report.error.is_none() {
                report.error = before.error;
            }
            return Some(at);
        }
        let (begin, end) = if trimmed.starts_with("<?") {
            ("<?", "?>")
        } else if trimmed.starts_with("<!--") {
            ("<!--", "-->")
        } else {
            return None;
        };
        let inside = trimmed.get(begin.len()..)?;
        let len = memchr::memmem::find(inside.as_bytes(), end.as_bytes())?;
        let inside = inside.get(..len)?;
        let after = at + begin.len() + len + end.len();
        let span = Span::new(at, after);
        match begin {
            "<!--" => check_comment(inside, span, &mut before),
            // The one at the start may be the XML declaration.
            _ if at == mark && is_declaration(inside) => {}
            _ => check_instruction(inside, span, &mut before),
        }
        at = after;
    }
}
