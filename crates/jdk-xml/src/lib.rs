#![doc = include_str!("../README.md")]

mod attributes;
mod byte_search;
mod charset;
mod dtd;
mod dtd_parser;
mod encoding;
mod entities;
mod handler;
mod namespaces;
mod parser;
mod prolog;
pub mod properties;
mod reading;
mod report;
mod span_map;
mod tag_preview;
#[cfg(test)]
mod tests;

pub use encoding::{Decoded, decode, encode_like};
pub use handler::{Attribute, Element, Handler};
pub use namespaces::Namespaces;
pub use reading::read;
pub use report::{Doctype, Report};
pub use span_map::SpanMap;
pub use tag_preview::TagPreview;
