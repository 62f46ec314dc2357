//! What the properties of a package show beside what the package is: they can hold anything, secrets too.

use super::extraction::{Extraction, SourceKind};
use crate::documents::OsgiDocument;
use crate::facts::fact::FactData;
use crate::facts::source::FactSource;
use crate::facts::source::damaged_secrets::DamagedSecrets;
use jcr_filevault::PackageProperties;
use osgi_config::{Configuration, FileFormat, Item, Property, Scalar, Shape, Value, pid};
use std::borrow::Cow;
use text_spans::{OneOrMany, SourceRange, Span};

impl Extraction<'_> {
    /// The facts of single values in package properties. No text is kept of them, so that all stand at its beginning.
    pub(super) fn package_properties(&mut self, properties: &PackageProperties) {
        let nowhere = Span::default();
        let property = |entry: &jdk_xml::properties::Property| Property {
            key: Cow::Owned(entry.key.clone()),
            key_span: nowhere,
            value: Value {
                shape: Shape::Scalar,
                type_name: "String",
                items: OneOrMany::One(Item { scalar: Scalar::Text(Cow::Owned(entry.value.clone())), span: nowhere }),
            },
            value_span: nowhere,
        };
        let document = OsgiDocument {
            name: Cow::Borrowed("properties.xml"),
            path: None,
            format: FileFormat::Properties.into(),
            pid: pid::pid("properties.xml", osgi_config::Target::Aem65),
            span: None,
            configuration: Configuration {
                properties: properties.entries.iter().map(property).collect(),
                ..Configuration::default()
            },
        };
        let damaged = DamagedSecrets::of(&document, self.text);
        let source = FactSource::of_configuration(&document, false, &self.ranges, &damaged);
        let mut facts: Vec<FactData> = Vec::new();
        self.values(&source, false, &mut facts);
        if !facts.is_empty() {
            self.known_secrets.extend(source.secrets.known);
            self.push_facts(SourceRange::FILE, None, Vec::new(), SourceKind::default(), facts, None);
        }
    }
}
