//! Groups of options that several subcommands take: what is read, what counts, where rules come from, how to report.

#![allow(rustdoc::invalid_html_tags, rustdoc::broken_intra_doc_links, reason = "comments here are the help text")]

use super::values::{self, OutputSpec};
use crate::policy::{FailOn, Target};
use crate::report::Format;
use crate::rules::{Confidence, Severity};
use crate::scan::Grouping;
use clap::{Args, ValueEnum, ValueHint};
use std::path::PathBuf;

/// Where rules come from besides the built-in ones.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct RuleSource {
    /// Load further rules from <family>/<rule>.toml files below DIR; may be given more than once
    #[arg(long = "rules", value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Rules and configuration")]
    pub directories: Vec<PathBuf>,
    #[command(flatten)]
    /// The configuration file.
    pub config: ConfigSource,
}

/// Where the configuration comes from.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ConfigSource {
    /// Read this configuration file instead of looking for aemlint.toml from here up to the repository root
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        conflicts_with = "no_config",
        help_heading = "Rules and configuration"
    )]
    pub config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long, help_heading = "Rules and configuration")]
    pub no_config: bool,
}

/// Rules, configuration and the AEM that packages are judged for.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Setup {
    #[command(flatten)]
    /// Rules and the configuration file.
    pub source: RuleSource,
    /// The AEM that the packages are for, where the two differ [default: aem-6.5]
    #[arg(long, value_name = "TARGET", value_parser = values::target(), help_heading = "Rules and configuration")]
    pub target: Option<Target>,
}

/// What to read.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Inputs {
    /// Packages (zip), directories with packages or jcr_root trees, or single files of a tree; each path is one deployment,
    /// and so is each package of a directory without trees
    #[arg(value_name = "PATH", default_value = ".", value_hint = ValueHint::AnyPath, value_parser = values::input())]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    /// How to read them.
    pub reading: Reading,
}

/// What was read before.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Bundles {
    /// Judge the bundles in this directory, which aemlint collect wrote, instead of packages
    #[arg(
        long,
        value_name = "DIR",
        value_hint = ValueHint::DirPath,
        conflicts_with = "paths",
        help_heading = "Inputs"
    )]
    pub from: Option<PathBuf>,
    /// Which bundles are one deployment: a CSV file with the columns deployment and sha256, or deployment and path
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        requires = "from",
        conflicts_with_all = ["together", "apart"],
        help_heading = "Inputs"
    )]
    pub deployments: Option<PathBuf>,
}

/// How to read what is named.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Reading {
    /// Judge all paths as one deployment, as when they are installed into the same AEM
    #[arg(long, help_heading = "Inputs")]
    pub together: bool,
    /// Judge each package and each content module as a deployment of its own, as when only one of them is installed
    #[arg(long, conflicts_with = "together", help_heading = "Inputs")]
    pub apart: bool,
    /// Show paths relative to this directory [default: the root of the repository that holds the inputs]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath, help_heading = "Inputs")]
    pub root: Option<PathBuf>,
    /// Succeed where there is nothing to judge: no package, no content tree and no configuration
    #[arg(long, help_heading = "Inputs")]
    pub allow_empty: bool,
    #[command(flatten)]
    /// Which files are read.
    pub walk: Walk,
    /// Parse every file, even where no rule can apply; a check of aemlint itself, the report is the same
    #[arg(long, help_heading = "Inputs")]
    pub no_prefilter: bool,
}

/// Which files of the inputs are read, and by how many threads.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Walk {
    /// Leave out files and directories that match, such as 'vendor/**'; may be given more than once
    #[arg(long, value_name = "GLOB", help_heading = "Inputs")]
    pub exclude: Vec<String>,
    /// Also read directories named .git, node_modules and target
    #[arg(long, help_heading = "Inputs")]
    pub no_default_excludes: bool,
    /// Number of worker threads [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = values::threads, help_heading = "Inputs")]
    pub threads: Option<usize>,
    /// Also search the packed bytes of pictures and the like in packages above 8 MiB for entries that are hidden there, and
    /// look behind the packed data of every text that is read
    #[arg(long, help_heading = "Inputs")]
    pub search_packed: bool,
}

impl Reading {
    /// What is taken to end up in one AEM.
    pub(super) fn grouping(&self) -> Grouping {
        match (self.together, self.apart) {
            (true, _) => Grouping::Together,
            (_, true) => Grouping::Apart,
            _ => Grouping::Usual,
        }
    }
}

/// How to report.
#[derive(Clone, Debug, Args)]
pub(super) struct ReportOptions {
    /// The form of the report on standard output
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = values::format(), help_heading = "Report")]
    pub format: Format,
    /// Also write a report of this form to a file, such as sarif=aemlint.sarif; may be given more than once
    #[arg(long = "output", value_name = "FORMAT=FILE", value_parser = values::output, help_heading = "Report")]
    pub outputs: Vec<OutputSpec>,
    /// Print how many findings there are of each rule instead of the findings, in the form text, json, csv or markdown
    #[arg(long, help_heading = "Report")]
    pub statistics: bool,
    /// Leave out of reports how long the run took, so that two runs on the same input give the same bytes
    #[arg(long, help_heading = "Report")]
    pub no_times: bool,
    /// Tell several runs in one GitHub job apart: the category that the SARIF report is filed under
    #[arg(long, value_name = "NAME", help_heading = "Report")]
    pub sarif_category: Option<String>,
    /// Keep ignored and baselined findings in the SARIF report, marked as suppressed; GitHub shows them as open
    #[arg(long, help_heading = "Report")]
    pub sarif_include_suppressed: bool,
}

/// What counts, and what is known already.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct PolicyOptions {
    #[command(flatten)]
    /// What counts.
    pub counting: WhatCounts,
    /// Do not report findings that this baseline file records
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What counts")]
    pub baseline: Option<PathBuf>,
    /// Record all findings in this baseline file, and drop the records of findings that are gone
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "What counts")]
    pub write_baseline: Option<PathBuf>,
}

/// What counts.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct WhatCounts {
    /// Apply only this rule or family; may be given more than once, or as a list with commas
    #[arg(long, value_name = "RULE|FAMILY", value_delimiter = ',', help_heading = "What counts")]
    pub select: Vec<String>,
    /// Do not apply this rule or family; a rule outweighs its family, and --ignore outweighs --select
    #[arg(long, value_name = "RULE|FAMILY", value_delimiter = ',', help_heading = "What counts")]
    pub ignore: Vec<String>,
    /// Leave findings below this level out of the report: note, warning, error [default: note]
    #[arg(long, value_name = "LEVEL", value_parser = values::level(), help_heading = "What counts")]
    pub min_severity: Option<Severity>,
    /// Leave findings that are less sure out of the report: low, medium, high [default: low]
    #[arg(long, value_name = "CONFIDENCE", value_parser = values::confidence(), help_heading = "What counts")]
    pub min_confidence: Option<Confidence>,
    /// Exit with 1 if a reported finding has this level or a higher one: note, warning, error, never [default: warning]
    #[arg(long, value_name = "LEVEL", value_parser = values::fail_on(), help_heading = "What counts")]
    pub fail_on: Option<FailOn>,
    /// Report what ignore comments, [[ignore]] entries and the baseline would hide: for auditors
    #[arg(long, help_heading = "What counts")]
    pub no_ignores: bool,
}

/// How to talk on the terminal.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Console {
    /// When to use colour; NO_COLOR and CLICOLOR_FORCE are obeyed by auto
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, help_heading = "Console")]
    pub color: When,
    /// Show no progress bar
    #[arg(long, global = true, help_heading = "Console")]
    pub no_progress: bool,
    /// Print the report only, without notes on standard error
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Console")]
    pub quiet: bool,
    /// Say on standard error what is read and decided
    #[arg(short, long, global = true, help_heading = "Console")]
    pub verbose: bool,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// On a terminal, unless the environment says otherwise
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl When {
    /// Whether to use colour on a stream that is a terminal or not, given the environment.
    ///
    /// <https://no-color.org> and <https://bixense.com/clicolors/>: a set, non-empty `NO_COLOR` turns colour off, else
    /// `CLICOLOR_FORCE` other than `0` turns it on, else the terminal decides.
    pub(super) fn use_color(self, terminal: bool, variable: impl Fn(&str) -> Option<String>) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let set = |name: &str| variable(name).filter(|value| !value.is_empty());
                if set("NO_COLOR").is_some() {
                    return false;
                }
                if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
                    return true;
                }
                terminal && set("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_follows_option_then_environment_then_terminal() {
        let none = |_: &str| None;
        assert!(When::Auto.use_color(true, none));
        assert!(!When::Auto.use_color(false, none));
        let no_color = |name: &str| (name == "NO_COLOR").then(|| "1".to_owned());
        assert!(!When::Auto.use_color(true, no_color));
        assert!(When::Always.use_color(false, no_color));
        let force = |name: &str| (name == "CLICOLOR_FORCE").then(|| "1".to_owned());
        assert!(When::Auto.use_color(false, force));
        assert!(!When::Never.use_color(true, force));
    }
}
