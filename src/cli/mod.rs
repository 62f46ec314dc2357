//! The command line: arguments, and one file a subcommand.
//!
//! Standard output holds what was asked for alone. Everything else is on standard error, with names from packages
//! escaped. Exit codes: 0 and 1 are judgements, 2 is a usage, configuration or internal error, 3 an incomplete audit.

mod add_ignore;
mod args;
mod audit;
mod bounded_list;
mod call_hints;
mod check;
mod collect;
mod columns;
mod console;
mod deployment_map;
mod diff;
mod explain;
mod facts;
mod file_list;
mod fix;
mod generate;
mod instance_list;
mod inventory;
mod inventory_rows;
mod inventory_with;
mod limits;
mod lsp;
mod options;
mod output_files;
mod progress;
mod rules;
mod scanning;
mod setup;
mod shelf;
mod show_files;
mod show_settings;
mod stdin;
mod unchanged;
mod values;

use args::{Cli, Command, RulesAction};
use clap::Parser;
use console::Console;
use miette::Report;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;

/// The exit code of usage, configuration and internal errors.
const ERROR: u8 = 2;

/// Runs aemlint with the arguments of the process.
pub fn main() -> ExitCode {
    // What a panic carries could be a part of a package. The place in our own code is all that is needed to mend it.
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
        let report = format!("aemlint: internal error{place}. Please report it, see SECURITY.md.\n");
        let _ = std::io::Write::write_all(&mut std::io::stderr(), report.as_bytes());
    }));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(message) => {
            // Help and version are answers, everything else is an error. A closed pipe is not.
            let message = call_hints::with_hint(message);
            let _ = message.print();
            return ExitCode::from(if message.use_stderr() { ERROR } else { 0 });
        }
    };
    let console = Console::new(&cli.console);
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| run(&cli.command, &console)));
    ExitCode::from(match outcome {
        Ok(Ok(code)) => code,
        Ok(Err(error)) => {
            console.error(error.as_ref());
            ERROR
        }
        Err(_) => ERROR,
    })
}

fn run(command: &Command, console: &Console) -> Result<u8, Report> {
    match command {
        Command::Check(args) => check::run(args, console),
        Command::Fix(args) => fix::run(args, console),
        Command::Diff(args) => diff::run(args, console),
        Command::Inventory(args) => inventory::run(args, console),
        Command::Collect(args) => collect::run(args, console),
        Command::Facts(args) => facts::run(args, console),
        Command::Explain(args) => explain::run(args, console),
        Command::Rules(args) => match &args.action {
            None => rules::list(&options::RuleSource::default(), args::RuleListFormat::Table, console),
            Some(RulesAction::List { source, format }) => rules::list(source, *format, console),
            Some(RulesAction::Test { path }) => rules::test(path, console),
            Some(RulesAction::New { file }) => rules::new(file, console),
        },
        Command::Lsp(args) => lsp::run(args),
        Command::Schema { name } => generate::schema(*name, console),
        Command::Completions { shell } => generate::completions(*shell, console),
        Command::Man { page } => generate::man(page, console),
    }
}
