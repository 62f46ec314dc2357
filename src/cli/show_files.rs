//! `aemlint check --show-files`: which files are read, and why others are not.

use super::args::Check;
use super::console::Console;
use super::options::Inputs;
use super::scanning;
use super::setup::Settings;
use crate::escape;
use crate::scan::{self, Handling, Sought};
use crate::secret::mask_shapes;
use miette::Report;
use std::fmt::Write;
use zip_audit::PassedBy;

/// Lists the files of the inputs. The exit code is 3 if something should be read and is not.
///
/// # Errors
/// A mistake in a configuration, a glob that is none.
pub(super) fn run(args: &Check, inputs: &Inputs, console: &Console) -> Result<u8, Report> {
    let settings = Settings::for_inputs(&args.setup.source.config, inputs)?;
    let rules = settings.rules(&args.setup.source.directories)?;
    let target = settings.target(args.setup.target);
    let options = scanning::options(&settings, &inputs.reading, &args.limits, target, Sought::by_rules(&rules))?;
    let files = scan::list_files(&inputs.paths, &options);
    let mut out = String::new();
    for (place, handling) in &files {
        let (word, why) = describe(handling);
        let path = mask_shapes(&place.to_string()).into_owned();
        let why = if why.is_empty() { String::new() } else { format!("  ({why})") };
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{word:8}  {}{}", escape::terminal(&path), escape::terminal(&why));
    }
    console.print(out.as_bytes())?;
    let count = |wanted: fn(&Handling) -> bool| files.values().filter(|handling| wanted(handling)).count();
    let (read, left_out) =
        (count(|handling| *handling == Handling::Read), count(|handling| matches!(handling, Handling::LeftOut(_))));
    let unread = count(|handling| matches!(handling, Handling::Unread(_)));
    console.tally(&format!("aemlint: {read} read, {left_out} left out, {unread} not read"));
    Ok(if unread > 0 { 3 } else { 0 })
}

/// What is done with a file, and why, as a clause.
fn describe(handling: &Handling) -> (&'static str, &str) {
    match handling {
        Handling::Read => ("read", ""),
        Handling::Archive => ("archive", ""),
        Handling::Unread(why) => ("not read", why),
        Handling::LeftOut(why) => ("left out", reason(*why)),
    }
}

fn reason(why: PassedBy) -> &'static str {
    match why {
        PassedBy::Excluded => "an exclude names it",
        PassedBy::ExcludedByDefault => "directories of this name are left out; --no-default-excludes reads them",
        PassedBy::Sidecar => "it is only what a file manager writes beside other files",
        PassedBy::NoContent => "it is not below jcr_root or META-INF, and not named like a package",
        PassedBy::Unwanted => "nothing that is judged is in files of this name",
    }
}
