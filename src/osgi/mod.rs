//! OSGi configurations, whatever they are written in: Felix `.config`, `.cfg.json`, `.cfg` and `.properties`,
//! and `sling:OsgiConfig` nodes. All readers produce a [`Configuration`].
//!
//! The readers follow the Java code that AEM runs, odd cases included: Felix `ConfigurationHandler` for `.config`,
//! Felix `cm.json` for `.cfg.json`, `java.util.Properties` for the other two, the Sling installer for the rest.

mod run_modes;

pub use run_modes::RunModes;

use crate::text::{ReadError, Span};

/// How a configuration is written down. The names are part of the facts' contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// Felix `.config`, typed.
    Config,
    /// Configurator resource, `.cfg.json`.
    CfgJson,
    /// `java.util.Properties` in a `.cfg` file.
    Cfg,
    /// `java.util.Properties` in a `.properties` file.
    Properties,
    /// A `sling:OsgiConfig` node in a docview file.
    OsgiNode,
}

impl Format {
    /// The name in facts: `config`, `cfg.json`, `cfg`, `properties`, `osgi-node`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::CfgJson => "cfg.json",
            Self::Cfg => "cfg",
            Self::Properties => "properties",
            Self::OsgiNode => "osgi-node",
        }
    }
}

/// What one configuration file or node says, as the installer would see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Configuration {
    /// The properties that arrive, in file order. Of a repeated key only the winning one is here.
    /// After an [`error`](Self::error) these are what could still be read, for judging; the installer takes none.
    pub properties: Vec<Property>,
    /// What the installer silently loses.
    pub dropped: Vec<Dropped>,
    /// Why the installer rejects the whole file, when it does.
    pub error: Option<ReadError>,
}

/// One property of a configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// The key, decoded, without a type suffix.
    pub key: String,
    /// Where the key is written.
    pub key_span: Span,
    /// The value.
    pub value: Value,
    /// Where the whole value is written, quotes and brackets included.
    pub value_span: Span,
}

/// Scalar, array or collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One value.
    Scalar,
    /// A Java array.
    Array,
    /// A Java collection (`Vector` or `List`).
    Vector,
}

impl Shape {
    /// The name in facts and vectors: `scalar`, `array`, `vector`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Array => "array",
            Self::Vector => "vector",
        }
    }
}

/// A typed value of a configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Value {
    /// Scalar, array or collection.
    pub shape: Shape,
    /// Java type name: `String`, `Integer`, `int`, `Boolean`, …
    pub type_name: &'static str,
    /// The values; a scalar has exactly one.
    pub items: Vec<Item>,
}

/// One scalar and where it is written (inside its quotes).
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The decoded value.
    pub scalar: Scalar,
    /// Where it is written.
    pub span: Span,
}

/// The value kinds that a configuration can hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `String` and `Character`.
    Text(String),
    /// All integral types.
    Int(i64),
    /// `Float` and `Double`.
    Double(f64),
    /// `Boolean`.
    Bool(bool),
}

/// Something that the installer loses without a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Dropped {
    /// The key, where one could be read.
    pub key: Option<String>,
    /// What is lost, or the token after which the rest of the file is lost.
    pub span: Span,
    /// Why, in plain words, without any value from the file.
    pub reason: String,
}

/// Which consumer of configurations is modelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// AEM 6.5 and the local SDK: the Sling installer watches folders.
    #[default]
    Aem65,
    /// AEM as a Cloud Service: the converter turns packages into feature models.
    Cloud,
}
