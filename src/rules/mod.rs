//! The rule engine: rules are TOML files with CEL conditions; this loads, compiles, evaluates and tests them.

mod finding;
mod level;

pub use finding::{Finding, Location, Related};
pub use level::{Confidence, Level};
