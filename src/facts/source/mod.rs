//! The thing that facts are about while they are extracted: one configuration or one node, its properties as facts
//! carry them, every secret wrapped.

pub(super) mod damaged_secrets;
pub(super) mod doc_placeholders;
pub(super) mod source_ranges;
pub(super) mod urls;

use super::attribute::{Attribute, TextList};
use super::property::{Declared, Property};
use super::value::Value;
use crate::documents::OsgiDocument;
use crate::secret::{self, Secret, State};
use damaged_secrets::{DamagedSecrets, hide};
use osgi_config::{self, Format, Scalar};
use source_ranges::SourceRanges;
use text_spans::{SourceRange, Span};

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
    pub(crate) secrets: Vec<SecretUse>,
    /// Where the values of secrets stand, for masking.
    pub(crate) secret_spans: Vec<Span>,
}

/// What a [`FactSource`] was read from.
#[derive(Clone, Copy)]
pub(crate) enum SourceKind<'d> {
    /// An OSGi configuration.
    Osgi(&'d OsgiDocument<'d>),
    /// A node of a docview file.
    Node(&'d jcr_filevault::Node<'d>),
}

/// A property that holds a secret, by its name or by the shape of its value.
#[derive(Clone, Debug)]
pub(crate) struct SecretUse {
    pub(crate) property: String,
    pub(crate) state: State,
    pub(crate) shape: Option<&'static str>,
    /// Whether the value is a placeholder of documentation, and so no secret.
    pub(crate) sample: bool,
    pub(crate) mark: SourceRange,
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
            secrets: Vec::new(),
            secret_spans: Vec::new(),
        };
        for property in &document.configuration.properties {
            let mark = ranges.range(property.key_span.to(property.value_span));
            let known = source.secrets.len();
            let mut value = source.osgi_value(property, mark);
            if !secret::is_secret_name(&property.key) && damaged.covers(property.value_span) {
                source.secret_spans.push(property.value_span);
                value = hide(value);
            }
            if property.key.contains('\n') || document.configuration.lost.iter().any(|lost| is_meant_by(lost, property))
            {
                // A damaged file made another key of it; under its own key the secret is among what is lost.
                source.secrets.truncate(known);
            }
            source.properties.push(Property {
                name: damaged.name(&property.key, property.key_span).to_owned(),
                value,
                declared: Declared::Osgi { shape: property.value.shape.name(), type_name: property.value.type_name },
                mark,
            });
        }
        // What AEM does not get is no setting, but a secret in it is as readable as any other.
        for property in &document.configuration.lost {
            let known = source.secrets.len();
            source.osgi_value(property, ranges.range(property.key_span.to(property.value_span)));
            let told = source.secrets.iter().take(known).any(|secret| secret.property == property.key);
            if told {
                source.secrets.truncate(known);
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
            secrets: Vec::new(),
            secret_spans: Vec::new(),
        };
        for property in &node.properties {
            let mark = ranges.range(property.name_span.to(property.value_span));
            let value = source.node_value(property, mark);
            source.properties.push(Property {
                name: property.name.clone().into_owned(),
                value,
                declared: Declared::Node { type_name: property.type_name, multi: property.multi },
                mark,
            });
        }
        source
    }

    fn osgi_value(&mut self, property: &osgi_config::Property<'_>, mark: SourceRange) -> Value {
        let named = secret::is_secret_name(&property.key);
        let mut values: Vec<Value> = property
            .value
            .items
            .iter()
            .map(|item| match &item.scalar {
                Scalar::Text(text) => self.text(&property.key, named, text, item.span, mark),
                Scalar::Int(value) => Value::Int(*value),
                Scalar::Double(value) => Value::Double(*value),
                Scalar::Bool(value) => Value::Bool(*value),
            })
            .collect();
        match property.value.shape {
            osgi_config::Shape::Scalar => values.pop().unwrap_or(Value::Null),
            osgi_config::Shape::Array | osgi_config::Shape::Vector => Value::List(values),
        }
    }

    fn node_value(&mut self, property: &jcr_filevault::NodeProperty<'_>, mark: SourceRange) -> Value {
        // Names with a prefix belong to the repository and to AEM's own machinery: `jcr:lockToken` is no credential.
        let named = !property.name.contains(':') && secret::is_secret_name(&property.name);
        let mut values: Vec<Value> = property
            .values
            .iter()
            .enumerate()
            .map(|(at, text)| {
                let span = property.value_spans.get(at).copied().unwrap_or(property.value_span);
                match property.type_name {
                    "Boolean" if matches!(&**text, "true" | "false") => Value::Bool(text == "true"),
                    "Long" => {
                        text.parse().map_or_else(|_| self.text(&property.name, named, text, span, mark), Value::Int)
                    }
                    "Double" => {
                        text.parse().map_or_else(|_| self.text(&property.name, named, text, span, mark), Value::Double)
                    }
                    _ => self.text(&property.name, named, text, span, mark),
                }
            })
            .collect();
        if property.multi { Value::List(values) } else { values.pop().unwrap_or(Value::Null) }
    }

    /// One text value: wrapped if it is a secret, by the property's name or by its own shape.
    fn text(&mut self, property: &str, named: bool, text: &str, span: Span, mark: SourceRange) -> Value {
        let shapes = secret::shapes(text);
        if !named && shapes.is_empty() {
            // A property that is written within the value of another: of a URL, or where a reader lost its way.
            let within = if secret::has_keyword(text) { secret::masks(text, &[]) } else { Vec::new() };
            if within.is_empty() {
                return Value::Text(text.to_owned());
            }
            self.secret_spans.push(span);
            return Value::Text(secret::masked(text, within));
        }
        let state = secret::state(text);
        let shape = shapes.first().map(|(_, shape)| shape.name());
        let sample = state == State::Plain && shape.is_none() && doc_placeholders::is_sample_secret(text);
        self.secrets.push(SecretUse { property: property.to_owned(), state, shape, sample, mark });
        if sample || matches!(state, State::Blank | State::Placeholder) {
            return Value::Text(text.to_owned());
        }
        self.secret_spans.push(span);
        if named || covers(&shapes, text) {
            return Value::Secret(Secret::new(text));
        }
        // Something beside the secret may matter to rules: the host of a URL that holds a password.
        Value::Text(secret::masked(text, shapes.into_iter().map(|(span, _)| span)))
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

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.trim().is_empty(),
        Value::List(values) => values.iter().all(is_blank),
        _ => false,
    }
}

/// Whether secrets are all that there is in `text`.
fn covers(shapes: &[(Span, secret::Shape)], text: &str) -> bool {
    let covered: usize = shapes.iter().map(|(span, _)| span.len()).sum();
    covered >= text.trim().len()
}
