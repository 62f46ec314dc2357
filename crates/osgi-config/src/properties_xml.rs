//! The XML format of `java.util.Properties` (`loadFromXML`), in which `.cfg` and `.properties` files that begin with `<` are
//! written.

use super::configuration::{Configuration, Property, dedup_keys};
use jdk_xml::properties::Properties;

/// Reads a decoded text as `Properties.loadFromXML` does. Spans refer to that text.
pub fn read(text: &str) -> Configuration<'static> {
    let Properties { entries, error, .. } = Properties::read(text);
    let properties = entries.into_iter().map(|entry| {
        let jdk_xml::properties::Property { key, value, key_span, value_span } = entry;
        Property::text(key, key_span, value, value_span)
    });
    let mut found = Configuration { error, ..Configuration::default() };
    found.properties = dedup_keys(properties.collect(), &mut found.dropped, &mut found.lost);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_equal_keys_wins() {
        let text = "<!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">\
                    <properties><entry key=\"a\">1</entry><entry key=\"a\">2</entry></properties>";
        let found = read(text);
        assert_eq!((found.error, found.dropped.len()), (None, 1));
        assert_eq!(&text[found.properties[0].value_span.range()], "2");
        assert_eq!(&text[found.lost[0].value_span.range()], "1");
    }
}
