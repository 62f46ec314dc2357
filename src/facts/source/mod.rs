//! The thing that facts are about while they are extracted: one configuration or one node, its properties as facts
//! carry them, every secret wrapped.

pub(super) mod damaged_secrets;
pub(super) mod doc_placeholders;
mod judgement;
pub(super) mod no_secret;
mod secrets;
pub(super) mod source_ranges;
pub(super) mod urls;

pub(super) use secrets::shown_name;

use super::attribute::{Attribute, TextList};
use super::property::{Declared, Property};
use super::value::Value;
use crate::documents::OsgiDocument;
use crate::secret::{self, Naming, State};
use damaged_secrets::{DamagedSecrets, hide};
use osgi_config::{self, Format, Scalar};
use secrets::SecretFinder;
use source_ranges::SourceRanges;
use std::collections::HashSet;
use text_spans::SourceRange;

/// A configuration or node with its properties.
pub(crate) struct FactSource<'d> {
    /// The configuration (the start of its file, or its element) or the node's element.
    pub(crate) mark: SourceRange,
    /// Repository path of the file or node.
    pub(crate) path: Option<String>,
    /// Whether the document says that something of it is lost or could not be read.
    pub(crate) partial: bool,
    /// What it was read from.
    pub(crate) kind: SourceKind<'d>,
    /// The properties; secrets are [`Value::Secret`].
    pub(crate) properties: Vec<Property>,
    /// The secrets among them.
    pub(crate) secrets: SecretFinder,
}

/// What a [`FactSource`] was read from.
#[derive(Clone, Copy)]
pub(crate) enum SourceKind<'d> {
    /// An OSGi configuration.
    Osgi(&'d OsgiDocument<'d>),
    /// A node of a docview file.
    Node(&'d jcr_filevault::Node<'d>),
}

/// Whether something may stand in a configuration that its reader did not get to. A node is read to its end, whatever AEM
/// refuses or loses of it.
fn is_cut_short(document: &OsgiDocument<'_>) -> bool {
    let configuration = &document.configuration;
    document.format != Format::OsgiNode && (configuration.error.is_some() || !configuration.dropped.is_empty())
}

impl<'d> FactSource<'d> {
    /// The source of a configuration.
    pub(crate) fn of_configuration(
        document: &'d OsgiDocument<'d>,
        partial: bool,
        ranges: &SourceRanges<'_>,
        damaged: &DamagedSecrets,
    ) -> Self {
        let mut source = Self {
            mark: document.span.map_or(SourceRange::FILE, |span| ranges.range(span)),
            path: document.path.clone(),
            partial: partial || is_cut_short(document),
            kind: SourceKind::Osgi(document),
            properties: Vec::with_capacity(document.configuration.properties.len()),
            secrets: SecretFinder::new(false, secrets::is_adobe_client(document)),
        };
        for property in &document.configuration.properties {
            let mark = ranges.range(property.key_span.to(property.value_span));
            let known = source.secrets.uses.len();
            let mut value = source.osgi_value(property, mark);
            if secret::naming(&property.key) == Naming::Open && damaged.covers(property.value_span) {
                source.secrets.spans.push(property.value_span);
                value = hide(value);
            }
            if property.key.contains('\n') || document.configuration.lost.iter().any(|lost| is_meant_by(lost, property))
            {
                // A damaged file made another key of it; under its own key the secret is among what is lost.
                source.secrets.uses.truncate(known);
            }
            source.properties.push(Property {
                name: shown_name(damaged.name(&property.key, property.key_span)),
                value,
                declared: Declared::Osgi { shape: property.value.shape.name(), type_name: property.value.type_name },
                mark,
            });
        }
        // What AEM does not get is no setting, but a secret in it is as readable as any other.
        let mut told: HashSet<String> = source.secrets.uses.iter().map(|secret| secret.property.clone()).collect();
        for property in &document.configuration.lost {
            let known = source.secrets.uses.len();
            source.osgi_value(property, ranges.range(property.key_span.to(property.value_span)));
            if source.secrets.uses.len() > known && !told.insert(property.key.clone().into_owned()) {
                source.secrets.uses.truncate(known);
            }
        }
        source
    }

    /// The source of a node.
    pub(crate) fn of_node(node: &'d jcr_filevault::Node<'d>, partial: bool, ranges: &SourceRanges<'_>) -> Self {
        let mut source = Self {
            mark: ranges.range(node.span),
            path: Some(node.path.clone()),
            partial,
            kind: SourceKind::Node(node),
            properties: Vec::with_capacity(node.properties.len()),
            secrets: SecretFinder::new(true, secrets::is_adobe_service(node)),
        };
        for property in &node.properties {
            let mark = ranges.range(property.name_span.to(property.value_span));
            let value = source.node_value(property, mark);
            source.properties.push(Property {
                name: shown_name(&property.name),
                value,
                declared: Declared::Node { type_name: property.type_name, multi: property.multi },
                mark,
            });
        }
        source
    }

    fn osgi_value(&mut self, property: &osgi_config::Property<'_>, mark: SourceRange) -> Value {
        let named = self.secrets.named(&property.key, mark);
        let mut values: Vec<Value> = property
            .value
            .items
            .iter()
            .map(|item| match &item.scalar {
                Scalar::Text(text) => self.secrets.text(&named, text, item.span),
                Scalar::Int(value) => self.secrets.number(&named, &value.to_string(), item.span, Value::Int(*value)),
                Scalar::Double(value) => {
                    self.secrets.number(&named, &value.to_string(), item.span, Value::Double(*value))
                }
                Scalar::Bool(value) => Value::Bool(*value),
            })
            .collect();
        match property.value.shape {
            osgi_config::Shape::Scalar => values.pop().unwrap_or(Value::Null),
            osgi_config::Shape::Array | osgi_config::Shape::Vector => Value::List(values),
        }
    }

    fn node_value(&mut self, property: &jcr_filevault::NodeProperty<'_>, mark: SourceRange) -> Value {
        let named = self.secrets.named(&property.name, mark);
        let mut values: Vec<Value> = property
            .values
            .iter()
            .enumerate()
            .map(|(at, text)| {
                let span = property.value_spans.get(at).copied().unwrap_or(property.value_span);
                let number = match property.type_name {
                    "Boolean" if matches!(&**text, "true" | "false") => return Value::Bool(text == "true"),
                    "Long" => text.parse().ok().map(Value::Int),
                    "Double" => text.parse().ok().map(Value::Double),
                    _ => None,
                };
                match number {
                    Some(number) => self.secrets.number(&named, text, span, number),
                    None => self.secrets.text(&named, text, span),
                }
            })
            .collect();
        if property.multi { Value::List(values) } else { values.pop().unwrap_or(Value::Null) }
    }

    /// The property of that name; names of configuration properties are case-insensitive, as in the OSGi registry.
    pub(crate) fn property(&self, name: &str) -> Option<&Property> {
        let mut properties = self.properties.iter();
        match self.kind {
            SourceKind::Osgi(_) => properties.find(|property| property.name.eq_ignore_ascii_case(name)),
            SourceKind::Node(_) => properties.find(|property| property.name == name),
        }
    }

    /// The value of a property as one text, trimmed, if it is not blank: of a list the first.
    pub(crate) fn text_of(&self, name: &str) -> Option<&str> {
        self.texts_of(name).next()
    }

    /// All texts of a property that are not blank, trimmed.
    pub(crate) fn texts_of(&self, name: &str) -> impl Iterator<Item = &str> {
        self.property(name).into_iter().flat_map(|property| texts(&property.value))
    }

    /// Whether a property is there with a value that is not blank, secret or not.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.property(name).is_some_and(|property| !is_blank(&property.value))
    }

    /// How the secret in a property is written; blank if there is no such property.
    pub(crate) fn state_of(&self, name: &str) -> State {
        match self.property(name).map(|property| &property.value) {
            Some(Value::Secret(secret)) => secret::state(secret.expose()),
            Some(Value::Text(text)) => secret::state(text),
            Some(Value::List(values)) => match values.iter().find(|value| !is_blank(value)) {
                Some(Value::Secret(secret)) => secret::state(secret.expose()),
                Some(Value::Text(text)) => secret::state(text),
                _ => State::Blank,
            },
            _ => State::Blank,
        }
    }

    /// An attribute that is the value of a property, of a list the first, with its place.
    pub(crate) fn attribute(&self, name: &str) -> Attribute<Value> {
        let value = match self.property(name).map(|property| &property.value) {
            Some(Value::List(values)) => values.first().cloned().unwrap_or(Value::Null),
            Some(value) => value.clone(),
            None => Value::Null,
        };
        Attribute { value, mark: self.source_range_of(name) }
    }

    /// Where a property is written.
    pub(crate) fn source_range_of(&self, name: &str) -> Option<SourceRange> {
        self.property(name).map(|property| property.mark)
    }

    /// An attribute of any value, at the place of a property.
    pub(crate) fn attribute_at<T>(&self, name: &str, value: T) -> Attribute<T> {
        Attribute { value, mark: self.source_range_of(name) }
    }

    /// The names of those attributes whose property a placeholder supplies.
    pub(crate) fn unknown(&self, attributes: &[(&'static str, &str)]) -> TextList {
        attributes
            .iter()
            .filter(|(_, property)| self.texts_of(property).any(osgi_config::placeholders::has_placeholder))
            .map(|(attribute, _)| *attribute)
            .collect()
    }

    /// The properties that still hold a placeholder of documentation. Names with a prefix belong to the repository.
    pub(crate) fn samples(&self) -> Attribute<TextList> {
        let holds = |property: &&Property| {
            !property.name.contains(':') && texts(&property.value).any(doc_placeholders::is_sample)
        };
        let found: Vec<&Property> = self.properties.iter().filter(holds).collect();
        let names = found.iter().map(|property| property.name.as_str()).collect();
        Attribute { value: names, mark: found.first().map(|property| property.mark) }
    }

    /// The value of `jcr:primaryType`, `sling:resourceType`, … of a node.
    pub(crate) fn resource_type(&self) -> Option<&str> {
        self.text_of("sling:resourceType")
    }
}

/// Whether `lost` is what stands at the place of `property`, under the key that its author wrote.
fn is_meant_by(lost: &osgi_config::Property<'_>, property: &osgi_config::Property<'_>) -> bool {
    lost.key_span.start == property.key_span.start && lost.key != property.key
}

/// The texts in a value that are not blank, trimmed. Secrets are left out.
pub(crate) fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let items = match value {
        Value::List(values) => values.as_slice(),
        other => std::slice::from_ref(other),
    };
    items.iter().filter_map(Value::as_text).map(str::trim).filter(|text| !text.is_empty())
}

/// Whether a value has no text, number or secret in it.
pub(crate) fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.trim().is_empty(),
        Value::List(values) => values.iter().all(is_blank),
        _ => false,
    }
}
