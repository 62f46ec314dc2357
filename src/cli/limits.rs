//! The options that set limits, made from [`LIMITS`].

use crate::policy::{LIMITS, LimitSettings, Unit};
use clap::error::Error;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

const HEADING: &str = "Limits (reaching one is reported and exits with 3)";

impl Args for LimitSettings {
    fn augment_args(command: Command) -> Command {
        command.args(LIMITS.iter().map(|limit| {
            let value_name = match limit.unit {
                Unit::Count => "N",
                Unit::Bytes | Unit::TextBytes => "SIZE",
                Unit::Milliseconds => "TIME",
            };
            let unit = limit.unit;
            Arg::new(limit.name)
                .long(limit.option)
                .value_name(value_name)
                .value_parser(move |text: &str| unit.parse(text))
                .help(format!("{} [default: {}]", limit.about.trim_end_matches('.'), limit.default_text()))
                .help_heading(HEADING)
        }))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for LimitSettings {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        Ok(Self::from_values(|limit| matches.get_one::<u64>(limit.name).copied()))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
