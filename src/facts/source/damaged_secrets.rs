//! What of a damaged configuration must not be shown. Behind a mistake the reader may take a secret for the value, or even
//! for the name, of another property; the text still shows what it is.

use crate::documents::OsgiDocument;
use crate::facts::value::Value;
use crate::secret::{self, Secret};
use text_spans::Span;

/// The parts of a text that hold secrets; of one that is not damaged none, since its reader knows them.
pub(crate) struct DamagedSecrets(Vec<Span>);

impl DamagedSecrets {
    /// Those of the text of a configuration.
    pub(crate) fn of(document: &OsgiDocument<'_>, text: &str) -> Self {
        let damaged = document.configuration.error.is_some();
        Self(if damaged && secret::has_keyword(text) { secret::masks(text, &[]) } else { Vec::new() })
    }

    /// Whether a secret stands in a part of the text.
    pub(crate) fn covers(&self, span: Span) -> bool {
        let next = self.0.partition_point(|secret| secret.end <= span.start);
        self.0.get(next).is_some_and(|secret| secret.start < span.end)
    }

    /// A name from a part of the text, as it may be shown.
    pub(crate) fn name<'n>(&self, name: &'n str, span: Span) -> &'n str {
        if self.covers(span) { secret::MASK } else { name }
    }
}

/// The value without its texts.
pub(crate) fn hide(value: Value) -> Value {
    match value {
        Value::Text(text) => Value::Secret(Secret::new(text)),
        Value::List(values) => Value::List(values.into_iter().map(hide).collect()),
        other => other,
    }
}
