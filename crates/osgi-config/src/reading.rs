//! From the bytes of a configuration file to its configuration, as the Sling installer reads it
//! (`InternalResource.readDictionary`).

use std::borrow::Cow;

use super::configuration::{Configuration, Dropped, Property};
use super::formats::{FileFormat, format_of};
use super::target::Target;
use super::{cfg_json, felix_config, properties, properties_xml};
use text_spans::{ReadError, Span, utf_8};

/// Reads the file `name` with the content `bytes`: its form, its decoded text, to which all spans refer, and the
/// configuration that the installer takes from it. `None` if the name is not one of a configuration file.
///
/// `.config` files are read by the handler that the target has (see [`felix_config`]).
///
/// `.config` and `.cfg.json` are UTF-8, broken bytes become U+FFFD as in Java. `.cfg` and `.properties` are
/// ISO-8859-1, or XML if the first byte is `<`.
///
/// # Examples
/// ```
/// use osgi_config::{FileFormat, Target, read_file};
/// let (format, text, configuration) = read_file("com.foo.Bar.config", b"limit=I\"5\"\n", Target::Aem65).unwrap();
/// assert_eq!(format, FileFormat::Config);
/// assert_eq!(&text[configuration.properties[0].value_span.range()], "I\"5\"");
/// assert!(read_file("readme.txt", b"", Target::Aem65).is_none());
/// ```
pub fn read_file<'b>(
    name: &str,
    bytes: &'b [u8],
    target: Target,
) -> Option<(FileFormat, Cow<'b, str>, Configuration<'b>)> {
    let format = format_of(name)?;
    let (text, configuration) = match format {
        FileFormat::Cfg | FileFormat::Properties => {
            let (text, configuration) = read_properties(bytes);
            (Cow::Owned(text), configuration)
        }
        FileFormat::CfgJson => {
            let text = utf_8(bytes);
            let configuration = cfg_json::read(&text);
            (text, configuration)
        }
        FileFormat::Config => match utf_8(bytes) {
            Cow::Borrowed(text) => (Cow::Borrowed(text), read_config(text, target)),
            Cow::Owned(text) => {
                let configuration = read_config(&text, target).into_owned();
                (Cow::Owned(text), configuration)
            }
        },
    };
    Some((format, text, report_byte_order_mark(configuration)))
}

/// Reads a `.cfg` or `.properties` file in either of the formats of `java.util.Properties`.
fn read_properties(bytes: &[u8]) -> (String, Configuration<'static>) {
    if bytes.starts_with(b"<") {
        let decoded = jdk_xml::decode(bytes);
        let mut configuration = properties_xml::read(&decoded.text);
        if let Some(error) = decoded.error {
            configuration.error = Some(error);
        }
        return (decoded.text.into_owned(), configuration);
    }
    let text = properties::decode(bytes);
    let configuration = properties::read(&text);
    (text, configuration)
}

/// The byte order mark as the two kinds of readers decode it.
const MARKS: [&str; 2] = ["\u{FEFF}", "\u{EF}\u{BB}\u{BF}"];

/// A byte order mark is white space to neither reader and becomes part of the first key, whose property is lost so.
fn report_byte_order_mark(mut configuration: Configuration<'_>) -> Configuration<'_> {
    let first = configuration.properties.first().filter(|property| property.key_span.start == 0);
    let meant = first.and_then(|first| {
        let key = MARKS.iter().find_map(|mark| first.key.strip_prefix(mark))?;
        (!key.is_empty() && !key.contains('\n')).then(|| Property { key: key.to_owned().into(), ..first.clone() })
    });
    if let Some(meant) = meant.filter(|_| configuration.error.is_none()) {
        let reason = "the byte order mark at the start of the file became part of this key: save the file without it";
        let dropped =
            Dropped { key: Some(meant.key.clone().into_owned()), span: meant.key_span, reason: reason.to_owned() };
        configuration.dropped.insert(0, dropped);
        configuration.lost.insert(0, meant);
    }
    configuration
}

/// Reads a `.config` text as the installer does: a comment in the first line is skipped before Felix reads the rest.
/// Unlike in Felix only a line feed ends it, and a file that is nothing else is refused.
pub fn read_config(text: &str, target: Target) -> Configuration<'_> {
    if !text.starts_with('#') {
        return felix_config::read(text, target);
    }
    match text.find('\n') {
        Some(line_end) => felix_config::read_from(text, line_end + 1, target),
        None => {
            let reason = "the first line is a comment without a line feed at its end".to_owned();
            let error = Some(ReadError { span: Span::new(0, text.len()), reason });
            // Lines that a CR ends are still there for the auditor.
            let start = text.find('\r').map_or(text.len(), |at| at + 1);
            Configuration { error, ..felix_config::read_from(text, start, target) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::{self, Vector};

    fn read_vector(vector: &Vector, target: Target) -> Configuration<'static> {
        let bytes = vector.bytes();
        let (_, _, configuration) = read_file(vector.get("id"), &bytes, target).unwrap();
        configuration.into_owned()
    }

    #[test]
    fn reads_files_as_the_vectors_say() {
        // The handler of `.config` files is the newest one in these, that of the cloud.
        let vectors = vectors::of("sling-read.jsonl", "sling.read");
        vectors::check_all(&vectors, 559, |vector| read_vector(vector, Target::Cloud));
    }

    #[test]
    fn reads_files_of_aem_6_5_as_the_vectors_say() {
        let vectors = vectors::of("sling-read-configadmin-1.8.12.jsonl", "sling.read");
        vectors::check_all(&vectors, 133, |vector| read_vector(vector, Target::Aem65));
    }

    #[test]
    fn other_files_are_not_read() {
        assert_eq!(read_file("a.json", b"{}", Target::Aem65), None);
    }

    #[test]
    fn broken_utf_8_becomes_the_replacement_character() {
        let (_, text, configuration) = read_file("a.config", b"a=\"\xFFx\"", Target::Aem65).unwrap();
        assert_eq!(text, "a=\"\u{FFFD}x\"");
        assert_eq!(&text[configuration.properties[0].value.items[0].span.range()], "\u{FFFD}x");
    }

    #[test]
    fn a_byte_order_mark_takes_the_first_property_away() {
        for (name, text) in [("a.config", "\u{FEFF}a=\"b\"\nc=\"d\"\n"), ("a.cfg", "\u{FEFF}a=b\nc=d\n")] {
            let (_, _, configuration) = read_file(name, text.as_bytes(), Target::Aem65).unwrap();
            assert_eq!(configuration.dropped.len(), 1, "{name}");
            assert_eq!(configuration.dropped[0].key.as_deref(), Some("a"), "{name}");
            assert_eq!(configuration.lost[0].key, "a", "{name}");
            assert_eq!(configuration.properties.len(), 2, "the installer has a key of its own there");
        }
        assert_eq!(read_file("a.config", b"a=\"b\"\n", Target::Aem65).unwrap().2.dropped, []);
    }

    #[test]
    fn a_first_comment_needs_a_line_feed() {
        assert!(read_config("# c", Target::Aem65).error.is_some());
        let configuration = read_config("# c\ra=\"b\"", Target::Aem65);
        assert!(configuration.error.is_some());
        assert_eq!(configuration.properties.len(), 1);
        // A comment further down may end with CR, in Felix.
        assert_eq!(read_config("a=\"b\"\n# c\rd=\"e\"", Target::Aem65).properties.len(), 2);
    }
}
