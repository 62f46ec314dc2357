//! Facts of kind `node`: one for each node of a docview file, made only if a rule asks for them.

use super::subject::{Attributes, Subject};

/// The attributes of the fact.
pub(super) fn node(subject: &Subject<'_>) -> Attributes {
    [("primary_type", subject.attribute("jcr:primaryType")), ("resource_type", subject.attribute("sling:resourceType"))]
        .into()
}
