//! Findings and mistakes in configuration files as diagnostics of the protocol.

use super::documents::uri_of;
use super::position::{Columns, Encoding};
use crate::diagnostics::{PlacedMistake, UserError};
use crate::escape;
use crate::facts::Whereabouts;
use crate::report::redact;
use crate::rules::{Finding, Severity};
use lsp_types::{
    CodeDescription, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString,
};
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Who made the diagnostics.
pub(super) const SOURCE: &str = "aemlint";
/// Most bytes of a file that is read to find out the columns of a finding.
pub(super) const MAX_FILE_BYTES: u64 = 16 << 20;

/// A finding as it is shown.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    /// What the client gets.
    pub(super) diagnostic: Diagnostic,
    /// What it is about; `None` for a mistake in a configuration file.
    pub(super) finding: Option<Finding>,
}

/// Says where a further place of a finding is.
pub(super) type Link<'a> = &'a dyn Fn(&Whereabouts) -> Option<Location>;

/// The finding as a diagnostic of the file that `columns` are those of. `url` is the page of its rule, `link` says where
/// further places are; without it they are left out.
pub(super) fn of_finding(finding: &Finding, columns: &Columns<'_>, url: Option<&str>, link: Option<Link<'_>>) -> Shown {
    let mut masked = finding.clone();
    redact::finding(&mut masked);
    let mut message = escape::terminal_message(&masked.message);
    if let Some(advice) = &masked.advice {
        message = format!("{message}\n{}", escape::terminal_message(advice));
    }
    let place = &masked.location.place;
    let range = if place.inside.is_empty() {
        columns.range(masked.location.mark)
    } else {
        // An editor shows the package as one file.
        message = format!("{message}\n{}", escape::terminal_message(&place.to_string()));
        lsp_types::Range::default()
    };
    let related = link.map(|link| {
        let related = masked.related.iter().filter_map(|related| {
            let message = escape::terminal_message(&related.message);
            Some(DiagnosticRelatedInformation { location: link(&related.location)?, message })
        });
        related.collect::<Vec<_>>()
    });
    let severity = match finding.severity {
        Severity::Error => DiagnosticSeverity::ERROR,
        Severity::Warning => DiagnosticSeverity::WARNING,
        Severity::Note => DiagnosticSeverity::INFORMATION,
    };
    let diagnostic = Diagnostic {
        range,
        severity: Some(severity),
        code: Some(NumberOrString::String(finding.rule.to_string())),
        code_description: url.and_then(|url| lsp_types::Uri::from_str(url).ok()).map(|href| CodeDescription { href }),
        source: Some(SOURCE.to_owned()),
        message,
        related_information: related.filter(|related| !related.is_empty()),
        tags: None,
        data: None,
    };
    Shown { diagnostic, finding: Some(finding.clone()) }
}

/// The mistakes of an error, each with its file, which is `file` where a mistake has no place.
pub(super) fn of_error(error: &UserError, file: &Path, encoding: Encoding) -> Vec<(PathBuf, Shown)> {
    let of = |mistake: PlacedMistake<'_>| {
        let PlacedMistake { place, message, help } = mistake;
        let (path, range) = match place {
            None => (file.to_owned(), lsp_types::Range::default()),
            Some((name, text, span)) => {
                let mark = text_spans::Lines::new(text).mark(text_spans::Span::new(span.start, span.end));
                let name = Path::new(name);
                let path = if name.is_absolute() { name.to_owned() } else { file.to_owned() };
                (path, Columns::new(text, encoding).range(mark))
            }
        };
        let message = if help.is_empty() { message.to_owned() } else { format!("{message}\n{help}") };
        let severity = Some(DiagnosticSeverity::ERROR);
        let diagnostic =
            Diagnostic { range, severity, source: Some(SOURCE.to_owned()), message, ..Diagnostic::default() };
        (path, Shown { diagnostic, finding: None })
    };
    error.placed_mistakes().map(of).collect()
}

/// The text of a file on disk, as far as it is needed for columns; empty if it cannot be read.
pub(super) fn text_of(path: &Path) -> String {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let is_file = std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    if let Some(file) = std::fs::File::open(path).ok().filter(|_| is_file)
        && file.take(MAX_FILE_BYTES).read_to_end(&mut bytes).is_err()
    {
        bytes.clear();
    }
    jcr_filevault::decode_xml(&bytes).text.into_owned()
}

/// Where a place is, for a link to it.
pub(super) fn location(path: &Path, whereabouts: &Whereabouts, encoding: Encoding) -> Option<Location> {
    let uri = uri_of(path)?;
    if !whereabouts.place.inside.is_empty() {
        return Some(Location::new(uri, lsp_types::Range::default()));
    }
    let text = text_of(path);
    Some(Location::new(uri, Columns::new(&text, encoding).range(whereabouts.mark)))
}
