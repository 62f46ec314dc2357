//! Facts: what the documents of a package mean, in the vocabulary that rules are written in.
//!
//! A fact is made in two steps. While a document is at hand, its facts are extracted with the positions of everything
//! they mention (in parallel, document by document). When all documents are read, the facts are linked: the workspace
//! filter, the run modes and the packages around them decide what is installed, and facts that belong together are joined.
//!
//! What is known of one family of integrations is in one place below [`families`]: its vocabulary, its extraction and its
//! links. [`mod@extract`] and [`mod@link`] call the families; they know what all have in common.

mod about_file;
mod attribute;
pub mod extract;
mod fact;
pub mod families;
mod json;
#[cfg(test)]
mod json_schema;
mod kinds;
pub mod link;
mod packages;
mod property;
mod source;
#[cfg(test)]
mod testing;
mod value;
mod vocabulary;
pub mod walked;
mod whereabouts;

#[cfg(test)]
pub(crate) use attribute::Attribute;
pub use attribute::Confidence;
pub use extract::{Context, FileFacts, Telling, extract};
#[cfg(test)]
pub(crate) use fact::FactData;
#[cfg(test)]
pub(crate) use fact::Installation;
#[cfg(test)]
pub use fact::Invented;
pub use fact::{Fact, Kind, OfKind};
pub use kinds::Kinds;
pub(crate) use link::Thing;
pub use link::{Installed, Linked, link};
pub use packages::{Coordinates, Packages};
#[cfg(test)]
pub(crate) use property::Declared;
pub use property::Property;
pub use value::{Value, ValueRef, ValueType};
pub use vocabulary::{AttributeSpec, COMMON};
pub use walked::{Walked, not_judged};
pub use whereabouts::Whereabouts;
