//! `aemlint collect`: a bundle of facts for each package, to be judged elsewhere or later.

use super::args::{Collect, StatusFormat};
use super::console::Console;
use super::file_list;
use super::options::{ConfigSource, Inputs, Reading};
use super::scanning;
use super::setup::{ChosenTarget, Settings};
use crate::bundles::{Collected, Collector, Directory, Outcome, ReadingOptions, units};
use crate::diagnostics::UserError;
use crate::escape;
use crate::facts::Kinds;
use crate::policy::Target;
use crate::remote::Connections;
use crate::scan::Sought;
use crate::secret::mask_shapes;
use miette::Report;
use serde_json::json;
use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Collects the packages that the options name. No configuration takes part: it belongs to judging.
///
/// # Errors
/// A glob that is none, a list of files that cannot be read, a directory that cannot be written.
pub(super) fn run(args: &Collect, console: &Console) -> Result<u8, Report> {
    let mut inputs = args.inputs();
    if let Some(list) = &args.files_from {
        inputs.paths = args.paths.iter().cloned().chain(file_list::read(list)?).collect();
    }
    let settings = Settings::for_inputs(&ConfigSource { config: None, no_config: true }, &inputs)?;
    let kinds = if args.nodes { Kinds::all() } else { Kinds::usual() };
    let target = ChosenTarget { target: Target::default(), named: false };
    let options = scanning::options(&settings, &inputs.reading, &args.limits, target, Sought::kinds(kinds))?;
    let noted = ReadingOptions {
        limits: options.walk.limits.clone(),
        exclude: args.walk.exclude.clone(),
        default_excludes: !args.walk.no_default_excludes,
        search_packed: args.walk.search_packed,
        nodes: args.nodes,
    };
    let directory = Directory::new(&args.output_dir);
    directory.create().map_err(|error| {
        let message = format!("the directory {} cannot be made: {error}", args.output_dir.display());
        UserError::plain(message, "Name a directory that you may write to.")
    })?;
    let tally = Tally::default();
    let connections = Connections::default();
    let collector = Collector { directory: &directory, options: &options, noted: &noted, connections };
    collector.collect(units(&inputs.paths, &options), &|outcome| {
        tally.count(outcome);
        tally.print(&status_line(outcome, args.format));
    });
    let Tally { made, kept, failed, partial, lost } = tally;
    let [made, kept, failed, partial] = [made, kept, failed, partial].map(AtomicU64::into_inner);
    console.tally(&format!("aemlint: bundles made: {made}, kept: {kept}, failed: {failed}; partial: {partial}"));
    if let Some(error) = lost.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner) {
        let message = format!("the status lines cannot be written: {error}");
        return Err(UserError::plain(message, "Free some space and try again.").into());
    }
    Ok(if failed + partial > 0 || made + kept == 0 { 3 } else { 0 })
}

impl Collect {
    /// What is read, as the other commands have it.
    fn inputs(&self) -> Inputs {
        let reading = Reading { root: self.root.clone(), walk: self.walk.clone(), ..Reading::default() };
        let paths = if self.paths.is_empty() { vec![".".into()] } else { self.paths.clone() };
        Inputs { paths, reading }
    }
}

/// What became of packages, in numbers.
#[derive(Debug, Default)]
struct Tally {
    made: AtomicU64,
    kept: AtomicU64,
    failed: AtomicU64,
    partial: AtomicU64,
    /// Why a line could not be written.
    lost: Mutex<Option<io::Error>>,
}

impl Tally {
    fn count(&self, outcome: &Outcome) {
        let counter = match outcome.collected {
            Collected::Made(_) => &self.made,
            Collected::Kept(_) => &self.kept,
            Collected::Failed => &self.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        if outcome.status() == "partial" {
            self.partial.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Writes a line at once, so that a run that is killed leaves what it did.
    fn print(&self, line: &str) {
        let mut out = io::stdout().lock();
        match out.write_all(line.as_bytes()).and_then(|()| out.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                crate::workers::lock(&self.lost).get_or_insert(error);
            }
            _ => {}
        }
    }
}

fn status_line(outcome: &Outcome, format: StatusFormat) -> String {
    let path = mask_shapes(&outcome.path);
    let reason = outcome.reason.as_deref().map(mask_shapes);
    let milliseconds = u64::try_from(outcome.took.as_millis()).unwrap_or(u64::MAX);
    let bundle = match outcome.collected {
        Collected::Made(_) => Some("made"),
        Collected::Kept(_) => Some("kept"),
        Collected::Failed => None,
    };
    match format {
        StatusFormat::Json => {
            let counts = outcome.counts().map(|counts| {
                json!({
                    "files": counts.files, "facts": counts.facts, "unread": counts.unread, "anomalies": counts.anomalies,
                })
            });
            let line = json!({
                "path": path,
                "sha256": outcome.sha256,
                "size": outcome.size,
                "status": outcome.status(),
                "reason": reason,
                "bundle": bundle,
                "counts": counts,
                "milliseconds": milliseconds,
            });
            format!("{}\n", escape::json(&line.to_string()))
        }
        StatusFormat::Text => {
            let status = outcome.status();
            let path = escape::terminal(&path);
            let reason = reason.map(|reason| format!(" ({})", escape::terminal(&reason))).unwrap_or_default();
            format!("{status:7} {:6} {path}{reason}\n", bundle.unwrap_or("-"))
        }
    }
}
