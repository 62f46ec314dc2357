//! Policy: what a project has decided about findings. `aemlint.toml`, levels, ignores, the baseline, packages of vendors,
//! and the exit code that follows.
//!
//! Nothing here is read from the material that is scanned, except ignore comments in files of a source tree.

mod apply;
mod baseline;
mod config;
mod decode;
mod extends;
pub(crate) mod files;
mod find;
pub(crate) mod globs;
mod layer;
mod level;
mod limits;
mod origin;
pub(crate) mod parse_units;
mod policy_pack;
mod run_modes;
mod schema;
mod selection;
mod vendor;

pub(crate) use apply::{Context, Note, Policy, PolicyOutcome, PolicyOverrides, Suppressed, Suppression};
pub(crate) use baseline::Baseline;
pub(crate) use config::{Config, Extended, MAX_CONFIGURATION_BYTES, RuleSource};
pub(crate) use extends::hash_to_pin;
pub(crate) use find::{find, new_file, root_of};
pub(crate) use level::FailOn;
pub(crate) use limits::{LIMITS, LimitSettings, Unit};
pub(crate) use origin::Origin;
pub(crate) use osgi_config::Target;
pub(crate) use schema::schema as config_schema;
pub(crate) use selection::KnownRule;
pub(crate) use vendor::Package;
