//! `aemlint check - --stdin-filename NAME`: one file or package from standard input.

use super::args::Check;
use super::console::Console;
use super::options::Inputs;
use super::progress::Progress;
use crate::diagnostics::UserError;
use crate::scan::{self, Given, Scanned};
use std::path::{Path, PathBuf};

/// The path that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// The inputs, with the name that standard input is judged under in its place.
///
/// # Errors
/// If standard input has no name or others are named beside it, or if it has a name and is not read.
pub(super) fn inputs(args: &Check) -> Result<Inputs, UserError> {
    let is_given = args.inputs.paths.iter().any(|path| path == Path::new(STANDARD_INPUT));
    let others = args.inputs.paths.len() > 1;
    let paths = match &args.stdin_filename {
        None if !is_given => return Ok(args.inputs.clone()),
        Some(_) if !is_given => {
            let help = "Write `aemlint check - --stdin-filename NAME`.";
            return Err(UserError::plain("--stdin-filename is for the path `-`", help));
        }
        _ if others => {
            let help = "Check the other paths in a run of their own.";
            return Err(UserError::plain("`-` is read alone, without other paths", help));
        }
        None => {
            let help = "Write `aemlint check - --stdin-filename NAME`, with the path that the file has in its tree, or that \
                        of the package.";
            return Err(UserError::plain("it cannot be said what standard input holds without a name", help));
        }
        Some(name) => vec![name.clone()],
    };
    Ok(Inputs { paths, ..args.inputs.clone() })
}

/// Reads standard input, if it is what is judged.
///
/// # Errors
/// If it cannot be read.
pub(super) fn read(args: &Check, options: &scan::Options) -> Result<Option<Given>, UserError> {
    let read = |_: &PathBuf| {
        Given::read(std::io::stdin().lock(), options).map_err(|error| {
            let help = "Pipe a file or package to aemlint.";
            UserError::plain(format!("standard input cannot be read: {error}"), help)
        })
    };
    args.stdin_filename.as_ref().map(read).transpose()
}

/// Scans what standard input holds, and shows how far it is.
///
/// # Errors
/// A name that no file here can have.
pub(super) fn scan(
    inputs: &Inputs,
    given: &Given,
    options: &scan::Options,
    console: &Console,
) -> Result<Scanned, UserError> {
    let name = inputs.paths.first().map(PathBuf::as_path).unwrap_or(Path::new(STANDARD_INPUT));
    let progress = Progress::new(console);
    scan::scan_given(name, given, options, &|done, total| progress.set(done, total)).map_err(|_| {
        let help = "Name the path that the file has in its tree, relative to the root of the repository.";
        UserError::plain(format!("{} leads out of the current directory", name.display()), help)
    })
}
