//! What every reader of this crate returns.

use std::borrow::Cow;
use std::collections::HashMap;

use text_spans::{OneOrMany, ReadError, Span};

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

impl<'t> Property<'t> {
    /// A scalar of type `String`; `span` is where the value is written.
    pub fn text(key: impl Into<Cow<'t, str>>, key_span: Span, value: impl Into<Cow<'t, str>>, span: Span) -> Self {
        let item = Item { scalar: Scalar::Text(value.into()), span };
        let value = Value { shape: Shape::Scalar, type_name: "String", items: OneOrMany::One(item) };
        Self { key: key.into(), key_span, value, value_span: span }
    }

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
pub(crate) fn dedup_keys<'t>(
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
    const MAX_COMPARED_PROPERTIES: usize = 16;
    if properties.len() <= MAX_COMPARED_PROPERTIES {
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
