//! Reports and lists that are written to files.

use crate::diagnostics::UserError;
use crate::policy::files;
use std::path::Path;

/// Writes a report or list, which `what` names, to a file.
///
/// # Errors
/// If that cannot be done.
pub(super) fn write(file: &Path, what: &str, text: &str) -> Result<(), UserError> {
    files::write(file, text.as_bytes()).map_err(|error| {
        let message = format!("the {what} {} cannot be written: {error}", file.display());
        UserError::plain(message, "Name a file in a directory that exists and that you may write to.")
    })
}
