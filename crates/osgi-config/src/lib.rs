#![doc = include_str!("../README.md")]

pub mod cfg_json;
mod config_folder;
mod configuration;
pub mod content_json;
mod felix_characters;
pub mod felix_config;
#[cfg(test)]
mod felix_model;
mod felix_salvage;
#[cfg(test)]
mod felix_tests;
mod felix_types;
mod formats;
mod interpolation;
mod java;
mod json_comments;
mod json_tape;
mod json_types;
pub mod pid;
pub mod placeholders;
pub mod properties;
pub mod properties_xml;
#[cfg(test)]
mod proptests;
pub mod reading;
pub mod run_modes;
mod target;
#[cfg(test)]
mod vectors;

pub use config_folder::{ConfigFolder, ConverterMatch, config_folder, converter_match, watched_folder};
pub use configuration::{Configuration, Dropped, Item, Property, Scalar, Shape, Value};
pub use formats::{FORMATS, FileFormat, Format, FormatSpec, format_of};
pub use pid::Pid;
pub use placeholders::{Placeholder, PlaceholderDefault, PlaceholderKind};
pub use reading::read_file;
pub use run_modes::RunModes;
pub use target::Target;
