//! The command line: arguments, and one file a subcommand.

pub mod args;
pub mod values;
