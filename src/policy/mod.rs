//! Policy: what a project has decided about findings. `aemlint.toml`, levels, ignores, the baseline, other people's
//! packages, and the exit code that follows.
//!
//! Nothing here is read from the material that is scanned, but for ignore comments in files of a source tree.

mod config;
#[cfg(test)]
mod config_tests;
mod find;
mod level;
mod mistake;
mod shape;
pub mod units;

pub use crate::osgi::Target;
pub use config::{Config, FILE_NAME, Ignore, LevelEntry, LimitSettings, Vendor};
pub use find::find;
pub use level::{FailOn, Setting};
pub use mistake::{ConfigError, Mistake};
pub use shape::schema;

fn nearest<'a>(_word: &str, _candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    None
}

fn target_from_name(name: &str) -> Option<Target> {
    match name {
        "aem-6.5" => Some(Target::Aem65),
        "cloud" => Some(Target::Cloud),
        _ => None,
    }
}
