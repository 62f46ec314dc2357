//! `META-INF/vault/properties.xml`: what a package says about itself, in the XML form of `java.util.Properties`.

use jdk_xml::properties::{Properties, Property};
use text_spans::{ReadError, Span};

/// The properties of a package.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PackageProperties {
    /// All entries in the order of the file.
    pub entries: Vec<Property>,
    /// Why Java refuses the file, when it does; `entries` then holds what could be read.
    pub error: Option<ReadError>,
    /// Whether the file has a DTD with an internal subset.
    pub internal_dtd: bool,
    /// Whether some of the file could not be read as XML.
    pub partial: bool,
}

impl PackageProperties {
    /// Parses a `properties.xml`.
    pub fn parse(text: &str) -> Self {
        let Properties { entries, error, internal_dtd, partial } = Properties::read(text);
        Self { entries, error, internal_dtd, partial }
    }

    /// Properties with these keys and values, which stand nowhere.
    pub fn with_entries(entries: impl IntoIterator<Item = (String, String)>, error: Option<ReadError>) -> Self {
        let (key_span, value_span) = (Span::default(), Span::default());
        let entries = entries.into_iter().map(|(key, value)| Property { key, value, key_span, value_span });
        Self { entries: entries.collect(), error, ..Self::default() }
    }

    /// The value of `key`; of several the last, as in a `Properties` table.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entries.iter().rev().find(|entry| entry.key == key).map(|entry| entry.value.as_str())
    }

    /// The package's group.
    pub fn group(&self) -> Option<&str> {
        self.get("group")
    }

    /// The package's name.
    pub fn name(&self) -> Option<&str> {
        self.get("name")
    }

    /// The package's version.
    pub fn version(&self) -> Option<&str> {
        self.get("version")
    }

    /// `application`, `content`, `container` or `mixed`, where it is said.
    pub fn package_type(&self) -> Option<&str> {
        self.get("packageType")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_all_entries() {
        let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
            <!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">\n\
            <properties><comment>c</comment><entry key=\"name\">a&amp;b</entry><entry key='group'/>\n\
            <entry key=\"version\">1</entry><entry key=\"version\"><![CDATA[2]]></entry>\n\
            <entry key=\"packageType\">container</entry></properties>";
        let properties = PackageProperties::parse(text);
        assert_eq!((properties.error.as_ref(), properties.partial, properties.internal_dtd), (None, false, false));
        assert_eq!((properties.name(), properties.group()), (Some("a&b"), Some("")));
        assert_eq!((properties.version(), properties.package_type()), (Some("2"), Some("container")));
        assert_eq!(properties.get("subPackageHandling"), None);
        let sources: Vec<_> = properties.entries.iter().map(|entry| &text[entry.value_span.range()]).collect();
        assert_eq!(sources, ["a&amp;b", "", "1", "2", "container"]);
    }

    #[test]
    fn reads_what_it_can_of_a_broken_file() {
        let properties = PackageProperties::parse("<properties><entry key='name'>a</entry><entry key='group'>b");
        assert!(properties.error.is_some());
        assert_eq!((properties.name(), properties.group()), (Some("a"), Some("b")));
    }
}
