//! Facts: what the documents of a package mean, in the vocabulary that rules are written in.
//!
//! A fact is made in two steps. While a document is at hand, its facts are extracted with the positions of everything
//! they mention (in parallel, document by document). When all documents are read, the facts are linked: the workspace
//! filter, the run modes and the packages around them decide what is installed, and facts that belong together are joined.

mod attributes;
pub mod extract;
mod json;
mod kind;
pub mod link;
#[cfg(test)]
mod testing;
mod value;
pub mod walked;

pub use attributes::Attributes;
pub use extract::{Context, FileFacts, Telling, extract};
pub use json::{VERSION, schema};
pub use kind::{AttributeSpec, COMMON, Kind, Kinds, ValueType};
pub use link::link;
pub use value::Value;
pub use walked::Walked;

use crate::excerpts::Excerpts;
use osgi_config::RunModes;
use std::sync::Arc;
use text_spans::SourceRange;
use zip_audit::Place;

/// One fact. `aemlint facts` prints it as one line of JSON; a rule sees it as the CEL variable `fact`.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What kind of thing it is about.
    pub kind: Kind,
    /// The file it was found in.
    pub place: Place,
    /// The deployment: all that one path argument leads to (or all arguments, with `--together`).
    pub deployment: u32,
    /// The configuration, node or file that it is about. Facts of one subject have the same mark (and place):
    /// a token provider, the configuration that it is read from and the endpoints in it are one subject.
    pub mark: SourceRange,
    /// Repository path, where there is one.
    pub path: Option<String>,
    /// When it is active: the run modes of its folder and of the packages around it.
    pub run_modes: RunModes,
    /// `None` if it is installed; else why not, as a clause: `no workspace filter covers it`.
    pub not_installed: Option<String>,
    /// The attributes of its kind (see [`Kind::attributes`]). Absent ones read as null.
    pub attributes: Attributes,
    /// The properties of the configuration or node, where it has any.
    pub properties: Vec<Property>,
    /// The masked lines of the file that a report may show.
    pub excerpts: Arc<Excerpts>,
}

impl Fact {
    /// Whether AEM would install it.
    pub fn installed(&self) -> bool {
        self.not_installed.is_none()
    }

    /// The value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes.get(name).map(|attribute| &attribute.value)
    }

    /// Where a property or an attribute is written: what a rule's `at` looks up.
    pub fn mark_of(&self, name: &str) -> Option<SourceRange> {
        let property = self.properties.iter().find(|property| property.name == name).map(|property| property.mark);
        property.or_else(|| self.attributes.get(name).and_then(|attribute| attribute.mark))
    }
}

/// An attribute of a fact, and where it was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The value.
    pub value: Value,
    /// Where it is written, if it is written in one place.
    pub mark: Option<SourceRange>,
}

/// A property of a configuration or node, as a fact carries it.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The key or qualified name.
    pub name: String,
    /// The plain value: string, number, boolean or list. Secrets are [`Value::Secret`].
    pub value: Value,
    /// How it is declared, for the JSON form.
    pub declared: Declared,
    /// Key and value together.
    pub mark: SourceRange,
}

/// The declared type of a [`Property`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Declared {
    /// Of an OSGi configuration: shape (`scalar`, `array`, `vector`) and Java type.
    Osgi {
        /// `scalar`, `array` or `vector`.
        shape: &'static str,
        /// Java type name.
        type_name: &'static str,
    },
    /// Of a node: JCR type (`undefined` where none is written) and whether it is a multi value.
    Node {
        /// JCR type name.
        type_name: &'static str,
        /// Whether it is a multi value.
        multi: bool,
    },
}
