//! The command line: every subcommand and option, with the help that a newcomer reads.
//!
//! Completions, man pages and `--help` are all made from these definitions.

#![allow(rustdoc::invalid_html_tags, rustdoc::broken_intra_doc_links, reason = "comments here are the help text")]

use super::inventory_with::Further;
use super::options::{
    Bundles, Console, Inputs, PolicyOptions, Reading, ReportOptions, RuleSource, Setup, Walk, WhatCounts,
};
use super::values::{self, DiffOutput, InventoryFormat, InventoryOutput};
use crate::policy::LimitSettings;
use crate::report::DiffFormat;
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use std::path::PathBuf;

const EXIT_CODES: &str = "\
Exit codes:
  0  nothing at or above --fail-on was found
  1  findings at or above --fail-on
  2  a usage, configuration or internal error
  3  the audit is incomplete: something could not be read, was cut by a limit (see --max-…) or could not be judged, or
     there was nothing to judge (see --allow-empty)";

const FIX_EXIT_CODES: &str = "\
Exit codes:
  0  nothing at or above --fail-on is left, and without --write there is nothing to mend
  1  findings are left, or without --write can be mended
  2  a usage, configuration or internal error, an answer that does not fit, a file that cannot be written
  3  the audit is incomplete: something could not be read or was cut by a limit (see --max-…)";

const LSP_EXIT_CODES: &str = "\
Exit codes:
  0  the editor ended the server as the protocol says
  1  the editor went away, or ended the server without a shutdown
  2  a usage or internal error";

const DIFF_EXIT_CODES: &str = "\
Exit codes:
  0  no new finding at or above --fail-on
  1  new findings at or above --fail-on
  2  a usage, configuration or internal error
  3  one side is incomplete: something could not be read, was cut off or cut by a limit (see --max-…) or could not be
     judged, or there was nothing to judge (see --allow-empty)";

const COLLECT_EXIT_CODES: &str = "\
Exit codes:
  0  every package has a bundle and was read whole
  2  a usage or internal error, or the directory cannot be written
  3  a package could not be read, or not wholly (see --max-…), or there was nothing to collect";

/// Audits Adobe Experience Manager content packages: zips and source trees, before they are installed.
#[derive(Debug, Parser)]
#[command(
    name = "aemlint",
    version,
    about,
    long_about = "Reads AEM content packages (zips, zips in zips) and source trees, finds the Adobe IMS, Smart Tags and \
                  Brand Portal integrations in them, and says which of them are broken and how to mend them.\n\nTo begin, \
                  run `aemlint check PATH` on a package or a project.",
    after_help = EXIT_CODES,
    propagate_version = true,
    arg_required_else_help = true,
    subcommand_required = true,
    max_term_width = 118
)]
pub(super) struct Cli {
    #[command(subcommand)]
    /// What to do.
    pub command: Command,
    #[command(flatten)]
    /// How to talk.
    pub console: Console,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Judge packages and source trees by the rules, and report what is wrong
    #[command(after_help = EXIT_CODES)]
    Check(Box<Check>),
    /// Mend findings: show the edits, and make them with --write
    #[command(after_help = FIX_EXIT_CODES)]
    Fix(Box<Fix>),
    /// Say what changed between two packages, trees or directories of packages
    #[command(after_help = DIFF_EXIT_CODES)]
    Diff(Box<Diff>),
    /// List every integration found, right or wrong
    Inventory(Box<Inventory>),
    /// Read packages once: write a bundle of facts for each, to be judged elsewhere or later
    #[command(after_help = COLLECT_EXIT_CODES)]
    Collect(Box<Collect>),
    /// Print what the rules see, one JSON object a line
    Facts(Box<Facts>),
    /// List the rules, or test and begin rules of your own
    Rules(Rules),
    /// Show the manual page of a rule
    Explain(Explain),
    /// Run as a language server for editors, on standard input and output
    #[command(after_help = LSP_EXIT_CODES)]
    Lsp(Box<Lsp>),
    /// Print the JSON Schema of a file that aemlint reads or writes, for editors and programs
    Schema {
        /// The file
        name: SchemaName,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell to complete for
        shell: clap_complete::Shell,
    },
    /// Print a man page
    Man {
        /// The subcommand to describe, such as `check` or `rules list`; without it, aemlint as a whole
        #[arg(value_name = "SUBCOMMAND")]
        page: Vec<String>,
    },
}

/// `aemlint check`.
#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    /// What to read.
    pub inputs: Inputs,
    /// Read one file or package from standard input, for the path `-`, and judge it as if it were this file
    #[arg(long, value_name = "NAME", value_hint = ValueHint::AnyPath, help_heading = "Inputs")]
    pub stdin_filename: Option<PathBuf>,
    /// List which files are read, and why others are not, instead of judging them
    #[arg(long, conflicts_with_all = ["outputs", "statistics"], help_heading = "Inputs")]
    pub show_files: bool,
    #[command(flatten)]
    /// What was read before.
    pub bundles: Bundles,
    /// Read paths from this file, one a line; - is standard input
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        help_heading = "Inputs",
        conflicts_with_all = ["from", "paths"]
    )]
    pub files_from: Option<PathBuf>,
    #[command(flatten)]
    /// How to report.
    pub report: ReportOptions,
    #[command(flatten)]
    /// What counts.
    pub policy: PolicyOptions,
    /// Accept the present findings: write an ignore comment for each into its source file, or an [[ignore]] entry into
    /// aemlint.toml where no comment can stand; then judge again
    #[arg(
        long,
        conflicts_with_all = ["no_ignores", "no_config", "write_baseline", "stdin_filename", "show_files"],
        help_heading = "What counts"
    )]
    pub add_ignore: bool,
    /// Why the findings are accepted [default: a placeholder]
    #[arg(long, value_name = "TEXT", requires = "add_ignore", value_parser = values::reason, help_heading = "What counts")]
    pub reason: Option<String>,
    /// With --add-ignore, also accept findings of the family secrets
    #[arg(long, requires = "add_ignore", help_heading = "What counts")]
    pub include_secrets: bool,
    #[command(flatten)]
    /// Rules and configuration.
    pub setup: Setup,
    /// List every setting in force and where it comes from, instead of judging
    #[arg(long, conflicts_with_all = ["add_ignore", "show_files"], help_heading = "Rules and configuration")]
    pub show_settings: bool,
    #[command(flatten)]
    /// Where reading ends.
    pub limits: LimitSettings,
}

/// `aemlint fix`.
#[derive(Debug, Args)]
pub(super) struct Fix {
    #[command(flatten)]
    /// What to read.
    pub inputs: Inputs,
    /// Make the edits; without it they are only shown
    #[arg(long, help_heading = "Edits")]
    pub write: bool,
    /// Write changed packages into this directory, under the same name, instead of NAME.fixed.zip beside NAME.zip
    #[arg(
        long,
        value_name = "DIR",
        value_hint = ValueHint::DirPath,
        requires = "write",
        conflicts_with = "in_place",
        help_heading = "Edits"
    )]
    pub output_dir: Option<PathBuf>,
    /// Write changed packages in the place of the old ones, which are kept as NAME.zip.orig
    #[arg(long, requires = "write", help_heading = "Edits")]
    pub in_place: bool,
    /// Also make edits that can change what works today
    #[arg(long, help_heading = "Edits")]
    pub unsafe_fixes: bool,
    /// Mend only findings of this rule or family; may be given more than once, or as a list with commas
    #[arg(long, value_name = "RULE|FAMILY", value_delimiter = ',', help_heading = "Edits")]
    pub only: Vec<String>,
    /// Answer what only you know, such as region=emea; for one solution or factory instance, target:scope=openid
    #[arg(long = "set", value_name = "[AIM:]KEY=VALUE", help_heading = "Edits")]
    pub answers: Vec<String>,
    /// Read answers from a TOML file, one KEY = "VALUE" a line; --set outweighs it
    #[arg(long = "answers", value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Edits")]
    pub answer_file: Option<PathBuf>,
    /// Replace secrets in plain text by placeholders of variables, with --target cloud and --unsafe-fixes
    #[arg(long, requires = "unsafe_fixes", help_heading = "Edits")]
    pub placeholders: bool,
    /// The form of the plan
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Report")]
    pub format: FixFormat,
    #[command(flatten)]
    /// What counts.
    pub policy: PolicyOptions,
    #[command(flatten)]
    /// Rules and configuration.
    pub setup: Setup,
    #[command(flatten)]
    /// Where reading ends.
    pub limits: LimitSettings,
}

/// The forms of `aemlint fix`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum FixFormat {
    /// The edits with their rules, what is left and why
    Text,
    /// A unified diff for git apply, without lines that hold secrets
    Diff,
    /// One JSON object
    Json,
}

/// `aemlint diff`.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// What was: a package (zip), a tree, a file of one, or a directory with packages
    #[arg(value_name = "OLD", value_hint = ValueHint::AnyPath)]
    pub old: PathBuf,
    /// What is now: the same kinds of things, one may be of another kind than the other
    #[arg(value_name = "NEW", value_hint = ValueHint::AnyPath)]
    pub new: PathBuf,
    #[command(flatten)]
    /// How to read them.
    pub reading: Reading,
    /// The form of the report on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = values::diff_format(), help_heading = "Report")]
    pub format: DiffFormat,
    /// Also write a report of this form to a file, such as markdown=diff.md; may be given more than once
    #[arg(long = "output", value_name = "FORMAT=FILE", value_parser = values::diff_output, help_heading = "Report")]
    pub outputs: Vec<DiffOutput>,
    /// Also show findings that did not change in the SARIF report
    #[arg(long, help_heading = "Report")]
    pub all: bool,
    #[command(flatten)]
    /// What counts.
    pub counting: WhatCounts,
    #[command(flatten)]
    /// Rules and configuration.
    pub setup: Setup,
    #[command(flatten)]
    /// Where reading ends.
    pub limits: LimitSettings,
}

/// `aemlint inventory`.
#[derive(Debug, Args)]
pub(super) struct Inventory {
    #[command(flatten)]
    /// What to read.
    pub inputs: Inputs,
    #[command(flatten)]
    /// What was read before.
    pub bundles: Bundles,
    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "table", help_heading = "Report")]
    pub format: InventoryFormat,
    /// Also write the list in this form to a file, such as csv=inventory.csv; may be given more than once
    #[arg(long = "output", value_name = "FORMAT=FILE", value_parser = values::inventory_output, help_heading = "Report")]
    pub outputs: Vec<InventoryOutput>,
    /// Also list these, each with its own states: secrets (plain, encrypted, …), keys, references to IMS configurations, endpoints
    #[arg(
        long,
        alias = "kind",
        value_name = "WHAT",
        value_delimiter = ',',
        conflicts_with = "run_modes",
        help_heading = "Report"
    )]
    pub with: Vec<Further>,
    /// List what an instance with these run modes uses of all configurations, and which ones lose and why: author,prod
    #[arg(long, value_name = "MODES", help_heading = "Report")]
    pub run_modes: Option<String>,
    #[command(flatten)]
    /// Rules and configuration.
    pub setup: Setup,
    #[command(flatten)]
    /// Where reading ends.
    pub limits: LimitSettings,
}

/// `aemlint collect`.
#[derive(Debug, Args)]
pub(super) struct Collect {
    /// Packages (zip), directories of packages, source trees [default: the current directory]
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Read further paths from this file, one a line; - is standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Inputs")]
    pub files_from: Option<PathBuf>,
    /// Write bundles into this directory: <sha256>.bundle for each package
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Output")]
    pub output_dir: PathBuf,
    /// The form of the status lines: one for each package, as soon as it is done
    #[arg(long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub format: StatusFormat,
    /// Keep what rules on nodes need, too: bundles get as large as the content
    #[arg(long, help_heading = "Output")]
    pub nodes: bool,
    /// Name packages relative to this directory [default: the root of the repository that holds them]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Inputs")]
    pub root: Option<PathBuf>,
    #[command(flatten)]
    /// Which files are read.
    pub walk: Walk,
    #[command(flatten)]
    /// Where reading ends, for each package.
    pub limits: LimitSettings,
}

/// The forms of status lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum StatusFormat {
    /// For people
    Text,
    /// One JSON object a line
    Json,
}

/// `aemlint facts`.
#[derive(Debug, Args)]
pub(super) struct Facts {
    #[command(flatten)]
    /// What to read.
    pub inputs: Inputs,
    #[command(flatten)]
    /// What was read before.
    pub bundles: Bundles,
    /// Print facts of this kind only, such as token_provider; may be given more than once
    #[arg(long = "kind", value_name = "KIND", value_parser = values::kind(), help_heading = "Report")]
    pub kinds: Vec<crate::facts::Kind>,
    #[command(flatten)]
    /// Rules and configuration.
    pub setup: Setup,
    #[command(flatten)]
    /// Where reading ends.
    pub limits: LimitSettings,
}

/// `aemlint lsp`.
#[derive(Debug, Args)]
pub(super) struct Lsp {
    /// Talk over standard input and output; there is no other way, and some editors add the option
    #[arg(long, help_heading = "Editor")]
    pub stdio: bool,
    #[command(flatten)]
    /// What counts.
    pub counting: WhatCounts,
    /// Do not show findings that this baseline file records
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What counts")]
    pub baseline: Option<PathBuf>,
    #[command(flatten)]
    /// Rules and configuration.
    pub setup: Setup,
    #[command(flatten)]
    /// Where reading ends.
    pub limits: LimitSettings,
}

/// `aemlint rules`.
#[derive(Debug, Args)]
pub(super) struct Rules {
    /// What to do with the rules; `list` if nothing is named
    #[command(subcommand)]
    pub action: Option<RulesAction>,
}

/// The actions of `aemlint rules`.
#[derive(Debug, Subcommand)]
pub(super) enum RulesAction {
    /// List the rules with their family, the level that the configuration gives them, and title
    List {
        /// The form of the list
        #[arg(long, value_name = "FORMAT", default_value = "table", help_heading = "Report")]
        format: RuleListFormat,
        #[command(flatten)]
        /// Rules of the user.
        source: RuleSource,
    },
    /// Run the examples in rule files as tests; with --verbose, show what a rule saw of those that fail
    Test {
        /// A rule file, or a directory with <family>/<rule>.toml files
        #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
        path: PathBuf,
    },
    /// Write a new rule file, whole and with examples that pass, to begin from
    New {
        /// The file, <family>/<rule>.toml
        #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
        file: PathBuf,
    },
}

/// The forms of `aemlint rules list`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RuleListFormat {
    /// Columns for a terminal
    Table,
    /// One JSON array
    Json,
}

/// What `aemlint schema` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaName {
    /// The configuration, aemlint.toml
    Config,
    /// A rule file
    Rule,
    /// The JSON report of check
    Report,
    /// A line of facts
    Facts,
    /// The JSON form of diff
    Diff,
}

/// `aemlint explain`.
#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The rule, such as missing-scope; `aemlint rules list` names them all
    #[arg(value_name = "RULE")]
    pub rule: String,
    #[command(flatten)]
    /// Rules of the user.
    pub source: RuleSource,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::Grouping;
    use clap::CommandFactory;

    #[test]
    fn definitions_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_option_and_subcommand_has_help() {
        fn visit(command: &clap::Command) {
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
            for sub in command.get_subcommands() {
                assert!(sub.get_about().is_some(), "{}", sub.get_name());
                visit(sub);
            }
        }
        visit(&Cli::command());
    }

    #[test]
    fn inputs_are_judged_together_or_apart_but_not_both() {
        let grouping = |options: &[&str]| {
            let cli = Cli::try_parse_from(["aemlint", "check"].iter().chain(options)).ok()?;
            let Command::Check(check) = cli.command else { panic!("check expected") };
            Some(check.inputs.reading.grouping())
        };
        assert_eq!(grouping(&[]), Some(Grouping::Usual));
        assert_eq!(grouping(&["--together"]), Some(Grouping::Together));
        assert_eq!(grouping(&["--apart"]), Some(Grouping::Apart));
        assert_eq!(grouping(&["--apart", "--together"]), None);
    }

    #[test]
    fn the_default_input_is_the_current_directory() {
        let cli = Cli::try_parse_from(["aemlint", "check"]).unwrap();
        let Command::Check(check) = cli.command else { panic!("check expected") };
        assert_eq!(check.inputs.paths, [PathBuf::from(".")]);
    }
}
