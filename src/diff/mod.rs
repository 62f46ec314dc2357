//! What changed between two deliveries: packages, integrations, the hosts that they talk to, secrets, findings.
//!
//! A [`Side`] is what is kept of one delivery once it was judged; nothing of it depends on where it lay. [`compare`] pairs what
//! is the same on both sides: configurations by PID and run modes, nodes by repository path, packages by group and name. The
//! name of a file on disk, a version and a line are no identity, and of secrets only their state is known.

mod difference;
mod integrations;
mod pairing;
mod secrets;
mod side;
mod subject;

#[cfg(test)]
pub(crate) use difference::FindingsDifference;
pub use difference::{
    AttributeChange, Changes, Difference, IntegrationChange, NewFinding, PackageChange, SecretChange, compare,
};
pub use integrations::Integration;
pub use secrets::SecretEntry;
pub use side::{NotRead, Side, kinds};
