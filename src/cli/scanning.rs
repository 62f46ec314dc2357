//! What `check`, `facts` and `inventory` have in common: one scan of the inputs that the options name.

use super::args::Inputs;
use super::console::{Console, Failure};
use super::progress::Progress;
use super::setup::{ChosenTarget, Settings};
use crate::facts::walked::cause_text;
use crate::policy::LimitSettings;
use crate::scan::{self, Scanned, Sought};
use miette::Report;
use zip_audit::InputError;

/// The exit code of a scan that came to its end without a judgement.
pub(super) fn exit_code(scanned: &Scanned) -> u8 {
    if scanned.is_incomplete() { 3 } else { 0 }
}

/// Scans the inputs for what is sought.
///
/// # Errors
/// A glob that is none, an input that does not exist or is nothing that can be read.
pub(super) fn scan(
    settings: &Settings,
    inputs: &Inputs,
    limits: &LimitSettings,
    target: ChosenTarget,
    sought: Sought,
    console: &Console,
) -> Result<Scanned, Report> {
    let prefilter = if inputs.no_prefilter { sought.prefilter.switched_off() } else { sought.prefilter };
    let options = scan::Options {
        walk: settings.options(inputs, limits)?,
        target: target.target,
        target_named: target.named,
        grouping: inputs.grouping(),
        exclusive: settings.config.exclusive.clone(),
        sought: Sought { prefilter, ..sought },
        now: jiff::Timestamp::now(),
    };
    let progress = Progress::new(console);
    let outcome = scan::scan(&inputs.paths, &options, &|done, total| progress.set(done, total));
    drop(progress);
    outcome.map_err(|errors| not_readable(&errors).into())
}

fn not_readable(errors: &[InputError]) -> Failure {
    let messages: Vec<String> = errors.iter().map(input_error).collect();
    let help = if errors.iter().any(|error| matches!(error, InputError::Missing(_))) {
        "Name content packages (zip), directories with packages or jcr_root trees, or files of a tree. \
         The paths are relative to the current directory."
    } else {
        "Name content packages (zip), directories with packages or jcr_root trees, or files of a tree."
    };
    Failure::new(messages.join("; "), help)
}

/// Why an input cannot be walked, as a sentence without a period.
fn input_error(error: &InputError) -> String {
    match error {
        InputError::NotOpened(path, cause) => format!("{} cannot be read: {}", path.display(), cause_text(cause)),
        InputError::NotAPackage(path) => format!(
            "{} is neither a content package (a zip archive) nor a file of a content tree (below jcr_root)",
            path.display()
        ),
        InputError::Missing(_) | InputError::Unreadable(..) => error.to_string(),
    }
}
