//! Mistakes in files that a user wrote, and other errors that end a run, with what to do about them.
//!
//! Configuration and rule files are read by the same means: [`toml_reader`] reads values with their places, and a
//! [`UserError`] shows each mistake on its file.
//! [`read_text`] reads every file that the user names.

mod suggestion;
pub(crate) mod toml_reader;
pub(crate) mod toml_schema;
mod user_error;
mod user_file;

pub(crate) use suggestion::nearest;
pub(crate) use suggestion::{did_you_mean, list_words};
pub use user_error::UserError;
pub(crate) use user_error::{MistakeSink, PlacedMistake};
pub(crate) use user_file::{read_bytes, read_text, text_of};
