//! Reports on the difference between two deliveries: one file a form.

mod bounded;
mod formats;
mod json;
mod markdown;
mod model;
mod phrases;
mod sarif;
#[cfg(test)]
mod tests;
mod text;

pub use formats::{DiffFormat, redact_diff, render_diff};
pub use model::{Compared, DiffReport, DiffStyle};
