//! OSGi configurations, whatever they are written in: Felix `.config`, `.cfg.json`, `.cfg` and `.properties`,
//! and `sling:OsgiConfig` nodes. All readers produce a [`Configuration`].
//!
//! The readers follow the Java code that AEM runs, odd cases included: Felix `ConfigurationHandler` for `.config`,
//! Felix `cm.json` for `.cfg.json`, `java.util.Properties` for the other two, the Sling installer for the rest.

pub mod cfg_json;
mod config_folder;
pub mod felix_config;
mod felix_plain;
mod felix_salvage;
#[cfg(test)]
mod felix_tests;
mod felix_types;
mod interpolation;
mod java;
mod json_comments;
mod json_tape;
mod json_types;
pub mod pid;
pub mod placeholders;
pub mod properties;
mod properties_xml;
#[cfg(test)]
mod proptests;
pub mod reading;
pub mod run_modes;
#[cfg(test)]
mod vectors;

pub use config_folder::{ConfigFolder, ConverterMatch, config_folder, converter_match, watched_folder};
pub use pid::{NameForm, Pid};
pub use placeholders::{Placeholder, PlaceholderDefault, PlaceholderKind};
pub use reading::read_file;
pub use run_modes::RunModes;

use std::borrow::Cow;
use std::collections::HashMap;

use text_spans::{OneOrMany, ReadError, Span};

/// The consumer of configurations that is modelled: where the two differ, they differ on real packages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// AEM 6.5 and the local SDK: the Sling installer watches folders of the repository.
    #[default]
    Aem65,
    /// AEM as a Cloud Service: the content-package to feature-model converter reads packages at build time.
    Cloud,
}

impl Target {
    /// All targets, in the order of their names in the help.
    pub const ALL: [Self; 2] = [Self::Aem65, Self::Cloud];

    /// The name on the command line: `aem-6.5` or `cloud`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Aem65 => "aem-6.5",
            Self::Cloud => "cloud",
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Target {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|target| target.name() == name);
        found.ok_or_else(|| format!("unknown target `{name}`: expected `aem-6.5` or `cloud`"))
    }
}

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

/// What one configuration file or node says, as the installer would see it. Keys and texts are borrowed from the text
/// `'t` that was read, as far as nothing in them is escaped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Configuration<'t> {
    /// The properties that arrive, in file order. Of a repeated key only the winning one is here.
    /// After an [`error`](Self::error) these are what could still be read, for judging; the installer takes none.
    pub properties: Vec<Property<'t>>,
    /// What stands in the file and does not arrive, although the rest does: values of keys that are repeated later,
    /// and what can be read behind the place where the installer silently stops. In file order; a key may occur here
    /// and in [`properties`](Self::properties). For judging only.
    pub lost: Vec<Property<'t>>,
    /// What the installer silently loses, and why.
    pub dropped: Vec<Dropped>,
    /// Why the installer rejects the whole file, when it does.
    pub error: Option<ReadError>,
}

/// One property of a configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Property<'t> {
    /// The key, decoded, without a type suffix.
    pub key: Cow<'t, str>,
    /// Where the key is written.
    pub key_span: Span,
    /// The value.
    pub value: Value<'t>,
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
pub struct Value<'t> {
    /// Scalar, array or collection.
    pub shape: Shape,
    /// Java type name: `String`, `Integer`, `int`, `Boolean`, …
    pub type_name: &'static str,
    /// The values; a scalar has exactly one.
    pub items: OneOrMany<Item<'t>>,
}

/// One scalar and where it is written (inside its quotes).
#[derive(Clone, Debug, PartialEq)]
pub struct Item<'t> {
    /// The decoded value.
    pub scalar: Scalar<'t>,
    /// Where it is written.
    pub span: Span,
}

/// The value kinds that a configuration can hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar<'t> {
    /// `String` and `Character`.
    Text(Cow<'t, str>),
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

impl Configuration<'_> {
    /// The same, borrowed from nothing.
    pub fn into_owned(self) -> Configuration<'static> {
        let owned = |properties: Vec<Property<'_>>| properties.into_iter().map(Property::into_owned).collect();
        Configuration {
            properties: owned(self.properties),
            lost: owned(self.lost),
            dropped: self.dropped,
            error: self.error,
        }
    }
}

impl Property<'_> {
    fn into_owned(self) -> Property<'static> {
        let Value { shape, type_name, items } = self.value;
        let items = items.map(|Item { scalar, span }| Item { scalar: scalar.into_owned(), span });
        Property {
            key: Cow::Owned(self.key.into_owned()),
            key_span: self.key_span,
            value: Value { shape, type_name, items },
            value_span: self.value_span,
        }
    }
}

impl Scalar<'_> {
    fn into_owned(self) -> Scalar<'static> {
        match self {
            Self::Text(text) => Scalar::Text(Cow::Owned(text.into_owned())),
            Self::Int(value) => Scalar::Int(value),
            Self::Double(value) => Scalar::Double(value),
            Self::Bool(value) => Scalar::Bool(value),
        }
    }
}

/// Keeps the last property of each key, as `Hashtable.put` does; the earlier ones go to `lost`.
fn settle<'t>(
    properties: Vec<Property<'t>>,
    dropped: &mut Vec<Dropped>,
    lost: &mut Vec<Property<'t>>,
) -> Vec<Property<'t>> {
    let properties = match replaced(&properties) {
        None => properties,
        Some(replaced) => {
            let mut winners = Vec::with_capacity(properties.len());
            for (property, replaced) in properties.into_iter().zip(replaced) {
                if !replaced {
                    winners.push(property);
                    continue;
                }
                dropped.push(Dropped {
                    key: Some(property.key.clone().into_owned()),
                    span: property.key_span.to(property.value_span),
                    reason: "the same key stands again further down and replaces this one".into(),
                });
                lost.push(property);
            }
            winners
        }
    };
    lost.sort_by_key(|property| property.key_span.start);
    dropped.sort_by_key(|dropped| dropped.span.start);
    properties
}

/// For each property whether one of the same key comes later; `None` if no key is repeated.
fn replaced(properties: &[Property<'_>]) -> Option<Vec<bool>> {
    /// Up to here comparing each with each is faster than a table.
    const FEW: usize = 16;
    if properties.len() <= FEW {
        let mut rest = properties;
        let mut repeated = false;
        while let Some((first, later)) = rest.split_first() {
            repeated |= later.iter().any(|other| other.key == first.key);
            rest = later;
        }
        if !repeated {
            return None;
        }
    }
    let last: HashMap<&str, usize> = properties.iter().enumerate().map(|(at, property)| (&*property.key, at)).collect();
    (last.len() < properties.len())
        .then(|| properties.iter().enumerate().map(|(at, property)| last.get(&*property.key) != Some(&at)).collect())
}
