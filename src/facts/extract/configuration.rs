//! Facts of kind `configuration`: any OSGi configuration, whatever it is written in.

use super::file::Marks;
use super::subject::{Attributes, plain};
use crate::documents::OsgiDocument;
use crate::documents::pids;
use crate::facts::{Attribute, Value};

/// The attributes of the fact.
pub(super) fn configuration(document: &OsgiDocument, marks: &Marks<'_>) -> Attributes {
    let configuration = &document.configuration;
    let keys: Vec<&str> = configuration.dropped.iter().filter_map(|dropped| dropped.key.as_deref()).collect();
    let first = configuration.dropped.first();
    let at_first = first.map(|dropped| marks.mark(dropped.span));
    let error = configuration.error.as_ref();
    [
        ("pid", plain(document.pid.pid.as_str())),
        ("factory", plain(document.pid.factory.as_deref())),
        ("name", plain(document.pid.name.as_deref())),
        ("format", plain(document.format.name())),
        ("dropped", Attribute { value: keys.into(), mark: at_first }),
        ("dropped_reason", Attribute { value: first.map(|dropped| dropped.reason.as_str()).into(), mark: at_first }),
        (
            "error",
            Attribute {
                value: error.map(|error| error.reason.as_str()).into(),
                mark: error.map(|error| marks.mark(error.span)),
            },
        ),
        ("integration", plain(pids::is_known(&document.name))),
        ("duplicate_of", plain(Value::List(Vec::new()))),
    ]
    .into()
}
