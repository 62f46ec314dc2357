//! Policy: what a project has decided about findings. `aemlint.toml`, levels, ignores, the baseline, other people's
//! packages, and the exit code that follows.
//!
//! Nothing here is read from the material that is scanned, but for ignore comments in files of a source tree.

mod baseline;
pub mod comments;
mod config;
#[cfg(test)]
mod config_tests;
pub mod files;
mod find;
pub mod globs;
mod judge;
#[cfg(test)]
mod judge_tests;
mod level;
mod mistake;
mod selection;
mod shape;
pub mod units;
mod vendor;

pub use baseline::{Baseline, Record};
pub use config::{Config, FILE_NAME, Ignore, LevelEntry, LimitSettings, Vendor};
pub use find::find;
pub use judge::{Choice, Context, Hidden, Judged, Note, Policy, Suppressed, Suppression};
pub use level::{FailOn, Setting};
pub use mistake::{ConfigError, Mistake};
pub use osgi_config::Target;
pub use selection::KnownRule;
pub use shape::schema;
pub use vendor::Package;

fn glob_error(error: globset::Error) -> ConfigError {
    ConfigError::plain(format!("{error}"), "Write a glob such as 'vendor/**'; [, {, * and ? need a \\ before them.")
}

fn target_from_name(name: &str) -> Option<Target> {
    match name {
        "aem-6.5" => Some(Target::Aem65),
        "cloud" => Some(Target::Cloud),
        _ => None,
    }
}
