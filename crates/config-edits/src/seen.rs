//! Properties as all editors see them, whatever the format.

use osgi_config::{Scalar, Shape};
use text_spans::Span;

/// One property of a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) name: String,
    /// Where the name is written.
    pub(crate) name_span: Span,
    /// Where the whole value is written, as its reader says.
    pub(crate) value_span: Span,
    pub(crate) value: SeenValue,
    /// Where each item is written, inside its quotes.
    pub(crate) item_spans: Vec<Span>,
}

/// What a property holds, without places: what must stay the same.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SeenValue {
    /// Whether it is a list of any kind.
    pub(crate) list: bool,
    /// The name of its type and its shape, as the reader has them.
    pub(crate) type_name: &'static str,
    pub(crate) shape: &'static str,
    pub(crate) items: Vec<Scalar<'static>>,
}

impl SeenValue {
    /// The items as texts; `None` if one is not a text.
    pub(crate) fn texts(&self) -> Option<Vec<&str>> {
        self.items.iter().map(|item| if let Scalar::Text(text) = item { Some(&**text) } else { None }).collect()
    }

    /// The items as they would be written.
    pub(crate) fn shown(&self) -> Vec<String> {
        let shown = |item: &Scalar<'static>| match item {
            Scalar::Text(text) => text.to_string(),
            Scalar::Int(value) => value.to_string(),
            Scalar::Double(value) => value.to_string(),
            Scalar::Bool(value) => value.to_string(),
        };
        self.items.iter().map(shown).collect()
    }
}

/// How names of properties are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Names {
    /// As the OSGi registry does: `A` is `a`.
    IgnoringCase,
    /// As the repository does.
    Exact,
}

impl Names {
    pub(crate) fn equal(self, a: &str, b: &str) -> bool {
        match self {
            Self::IgnoringCase => a.eq_ignore_ascii_case(b),
            Self::Exact => a == b,
        }
    }

    pub(crate) fn find<'s>(self, seen: &'s [Seen], name: &str) -> Option<&'s Seen> {
        seen.iter().find(|property| self.equal(&property.name, name))
    }
}

impl From<osgi_config::Property<'_>> for Seen {
    fn from(property: osgi_config::Property<'_>) -> Self {
        let value = &property.value;
        Self {
            name: property.key.into_owned(),
            name_span: property.key_span,
            value_span: property.value_span,
            item_spans: value.items.iter().map(|item| item.span).collect(),
            value: SeenValue {
                list: value.shape != Shape::Scalar,
                type_name: value.type_name,
                shape: value.shape.name(),
                items: value.items.iter().map(|item| owned(&item.scalar)).collect(),
            },
        }
    }
}

fn owned(scalar: &Scalar<'_>) -> Scalar<'static> {
    match scalar {
        Scalar::Text(text) => Scalar::Text(text.clone().into_owned().into()),
        Scalar::Int(value) => Scalar::Int(*value),
        Scalar::Double(value) => Scalar::Double(*value),
        Scalar::Bool(value) => Scalar::Bool(*value),
    }
}

impl From<&jcr_filevault::NodeProperty<'_>> for Seen {
    fn from(property: &jcr_filevault::NodeProperty<'_>) -> Self {
        let text = |value: &std::borrow::Cow<'_, str>| Scalar::Text(value.clone().into_owned().into());
        Self {
            name: property.name.clone().into_owned(),
            name_span: property.name_span,
            value_span: property.value_span,
            item_spans: property.value_spans.to_vec(),
            value: SeenValue {
                list: property.multi,
                type_name: property.type_name,
                shape: if property.binary_ref { "binary-ref" } else { "" },
                items: property.values.iter().map(text).collect(),
            },
        }
    }
}
