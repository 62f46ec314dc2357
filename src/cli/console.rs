//! Standard output and standard error: the report alone on the one, everything else on the other.

use super::options;
use crate::diagnostics::UserError;
use crate::escape;
use crate::secret::mask_shapes;
use miette::{Diagnostic, MietteHandlerOpts, Report};
use std::fmt;
use std::io::{self, IsTerminal, Write};

/// How to talk on the terminal, decided once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Console {
    /// Colour on standard output.
    pub stdout_color: bool,
    /// Colour on standard error.
    pub stderr_color: bool,
    /// Whether a progress bar may be shown.
    pub progress: bool,
    /// Nothing but errors on standard error.
    pub quiet: bool,
    /// More on standard error.
    pub verbose: bool,
}

impl Console {
    /// Decides by options, environment and terminal.
    pub(super) fn new(options: &options::Console) -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        let (stdout, stderr) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        Self {
            stdout_color: options.color.use_color(stdout, variable),
            stderr_color: options.color.use_color(stderr, variable),
            progress: stderr && !options.no_progress && !options.quiet,
            quiet: options.quiet,
            verbose: options.verbose,
        }
    }

    /// Writes to standard output. A reader that has gone away, such as `head`, is no error.
    ///
    /// # Errors
    /// If standard output cannot be written, because a disk is full.
    pub(super) fn print(&self, bytes: &[u8]) -> Result<(), Report> {
        let mut out = io::stdout().lock();
        match out.write_all(bytes).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(UserError::plain(
                format!("the report cannot be written: {error}"),
                "Free some space and try again.",
            )
            .into()),
            _ => Ok(()),
        }
    }

    /// Writes a line to standard error, unless that is not wanted.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.stderr(&format!("{}\n", escape::terminal(&mask_shapes(text))));
        }
    }

    /// Writes a line of our own words and numbers to standard error, unless that is not wanted. There is nothing to mask
    /// in it, and getting ready for masking costs a sixth of a run on a small package.
    pub(super) fn tally(&self, text: &str) {
        if !self.quiet {
            self.stderr(&format!("{}\n", escape::terminal(text)));
        }
    }

    /// Writes a line to standard error if more is wanted.
    pub(super) fn detail(&self, text: &str) {
        if self.verbose {
            self.note(text);
        }
    }

    /// Shows an error.
    pub(super) fn error(&self, error: &(dyn Diagnostic + 'static)) {
        let handler = MietteHandlerOpts::new().color(self.stderr_color).terminal_links(false).build();
        let shown = format!("{:?}\n", Rendered(&handler, error));
        self.stderr(&keep_colour(&shown));
    }

    /// Writes warnings to standard error, with their places, unless that is not wanted.
    pub(super) fn warn_of(&self, warnings: &[UserError]) {
        if !self.quiet {
            warnings.iter().for_each(|warning| self.error(warning));
        }
    }

    fn stderr(&self, text: &str) {
        // Where standard error is closed there is nobody to tell.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

/// The columns that lines on standard output may have: those of the variable `COLUMNS`, else of the terminal; `None` where there
/// is neither.
pub(super) fn width() -> Option<usize> {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse().ok());
    let terminal = || terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| usize::from(width.0));
    columns.or_else(terminal).filter(|columns| *columns > 0)
}

/// Whether standard output is a terminal that shows links, by the variables that such terminals set.
pub(super) fn knows_links() -> bool {
    io::stdout().is_terminal() && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout)
}

struct Rendered<'a>(&'a miette::MietteHandler, &'a (dyn Diagnostic + 'static));

impl fmt::Debug for Rendered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        miette::ReportHandler::debug(self.0, self.1, f)
    }
}

/// Escapes text that our own renderer has coloured: its line ends and colour sequences (`ESC [ … m`) stay.
fn keep_colour(text: &str) -> String {
    let lines = |text: &str| escape::terminal_lines(text, 0..0).0;
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("\u{1b}[") {
        let (before, sequence) = rest.split_at(at);
        shown.push_str(&lines(before));
        let parameters = sequence.bytes().skip(2).take_while(|byte| byte.is_ascii_digit() || *byte == b';').count();
        let length = 2 + parameters;
        let end = if sequence.as_bytes().get(length) == Some(&b'm') { length + 1 } else { 0 };
        let (sequence, after) = sequence.split_at(if end > 0 { end } else { 2 });
        if end > 0 {
            shown.push_str(sequence)
        } else {
            shown.push_str(&lines(sequence))
        }
        rest = after;
    }
    shown.push_str(&lines(rest));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_steer_a_terminal_is_escaped() {
        assert_eq!(
            keep_colour("\u{1b}[1;31mred\u{1b}[0m\u{1b}[2Jx\u{1b}"),
            "\u{1b}[1;31mred\u{1b}[0m\\u{1b}[2Jx\\u{1b}"
        );
    }
}
