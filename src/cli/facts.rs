//! `aemlint facts`: what rules see, one JSON object a line.

use super::args::Facts;
use super::console::Console;
use super::scanning;
use super::setup::Settings;
use crate::escape;
use crate::facts::Kinds;
use crate::report::redact;
use crate::scan::Sought;
use miette::Report;

/// Prints the facts of the inputs. Nodes are printed only if they are asked for: a package has a great many.
///
/// # Errors
/// A mistake in the configuration, an input that cannot be read.
pub(super) fn run(args: &Facts, console: &Console) -> Result<u8, Report> {
    let settings = Settings::for_inputs(&args.setup.source.config, &args.inputs)?;
    let wanted: Kinds = if args.kinds.is_empty() { Kinds::usual() } else { args.kinds.iter().copied().collect() };
    let target = settings.target(args.setup.target);
    let scanned = scanning::scan(&settings, &args.inputs, &args.limits, target, Sought::kinds(wanted), console)?;
    let mut out = String::new();
    for fact in scanned.facts.iter().filter(|fact| wanted.contains(fact.kind())) {
        let mut json = fact.to_json();
        // Values of secrets are masked already; names that look like one are not.
        redact::json(&mut json);
        out += &escape::json(&json.to_string());
        out.push('\n');
    }
    console.print(out.as_bytes())?;
    Ok(scanning::exit_code(&scanned))
}
