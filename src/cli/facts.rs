//! `aemlint facts`: what rules see, one JSON object a line.

use super::args::Facts;
use super::console::Console;
use super::scanning;
use super::setup::Settings;
use super::shelf;
use crate::escape;
use crate::facts::Kinds;
use crate::report::redact;
use crate::scan::Sought;
use miette::Report;

/// Facts are written once they come to so many bytes.
const PIECE_BYTES: usize = 1 << 20;

/// Prints the facts of the inputs, no more bytes of them than `--max-memory` has. Nodes are printed only if they are asked for: a package has a great many.
///
/// # Errors
/// A mistake in the configuration, an input that cannot be read.
pub(super) fn run(args: &Facts, console: &Console) -> Result<u8, Report> {
    let settings = Settings::for_inputs(&args.setup.source.config, &args.inputs)?;
    let wanted: Kinds = if args.kinds.is_empty() { Kinds::usual() } else { args.kinds.iter().copied().collect() };
    let target = settings.target(args.setup.target);
    let options = scanning::options(&settings, &args.inputs.reading, &args.limits, target, Sought::kinds(wanted))?;
    let scanned = match &args.bundles.from {
        Some(from) => scanning::join(shelf::scan(from, &args.bundles, &options, console)?),
        None => Some(scanning::scan_with(&args.inputs.paths, &options, console)),
    };
    let Some(scanned) = scanned else { return Ok(3) };
    let mut room = usize::try_from(options.walk.limits.memory).unwrap_or(usize::MAX);
    let mut out = String::new();
    let mut facts = scanned.facts.iter().filter(|fact| wanted.contains(fact.kind())).peekable();
    while let Some(fact) = facts.next_if(|_| room > 0) {
        let mut json = fact.to_json();
        // Values of secrets are masked already; names that look like one are not.
        redact::json(&mut json);
        let start = out.len();
        out += &escape::json(&json.to_string());
        out.push('\n');
        room = room.saturating_sub(out.len() - start);
        if out.len() > PIECE_BYTES {
            console.print(out.as_bytes())?;
            out.clear();
        }
    }
    console.print(out.as_bytes())?;
    let left_out = facts.count();
    if left_out > 0 {
        console.note(&format!(
            "aemlint: {left_out} facts are not printed: the others are as many bytes as `--max-memory` allows to be held; \
             name kinds with `--kind`, fewer inputs, or a higher limit"
        ));
        return Ok(3);
    }
    Ok(scanning::exit_code(&scanned))
}
