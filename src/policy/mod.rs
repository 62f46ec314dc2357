//! Policy: what a project has decided about findings. `aemlint.toml`, levels, ignores, the baseline, packages of vendors,
//! and the exit code that follows.
//!
//! Nothing here is read from the material that is scanned, except ignore comments in files of a source tree.

mod apply;
mod baseline;
mod config;
mod diagnostic;
pub mod files;
mod find;
pub mod globs;
mod level;
mod limits;
pub mod parse_units;
mod schema;
mod selection;
mod vendor;

pub use apply::{Context, Hidden, Note, Policy, PolicyOutcome, PolicyOverrides, Suppressed, Suppression};
pub use baseline::{Baseline, Record};
pub use config::{Config, FILE_NAME, Ignore, LevelEntry, Vendor};
pub use diagnostic::{ConfigError, Mistake};
pub use find::find;
pub use level::{FailOn, Setting};
pub use limits::{LIMITS, Limit, LimitSettings, Unit};
pub use osgi_config::Target;
pub use schema::schema;
pub use selection::{KnownRule, UNREAD_RULE};
pub use vendor::Package;
