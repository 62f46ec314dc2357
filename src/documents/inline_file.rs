//! Files whose content stands in a docview file: the property `jcr:data` of the `jcr:content` of a node is the content of
//! the file that the node is, whatever its type (`FileNodeConverter` of the JCR installer asks for no more).

use super::OsgiDocument;
use super::pids::is_known as is_integration_name;
use jcr_filevault::Node;
use jcr_filevault::docview::Ahead;
use osgi_config::{Configuration, FileFormat, Property, Target, pid};
use text_spans::Span;

/// The end of the path of a node that holds the content of a file.
const CONTENT: &str = "/jcr:content";
/// The property that is the content.
const DATA: &str = "jcr:data";

/// Whether a node can hold the content of a file. Rather says yes.
pub(super) fn is_possible(node: &Ahead<'_>) -> bool {
    node.path.ends_with(CONTENT) && node.names().any(|name| name == DATA)
}

/// The configuration that the file is whose content a node holds, if it is one; its text is then taken from the node.
///
/// All spans are that of the text: it may be written with escapes and entities. FileVault takes no content of the type
/// Binary from such a file, but any other.
pub(super) fn take_configuration<'t>(node: &mut Node<'t>, target: Target) -> Option<OsgiDocument<'t>> {
    let file = node.path.strip_suffix(CONTENT)?;
    let is_content = |property: &jcr_filevault::NodeProperty<'_>| {
        property.name == DATA && !property.multi && property.type_name != "Binary"
    };
    let at = node.properties.iter().position(is_content)?;
    let data = node.properties.get(at)?;
    let name = file.rsplit('/').next().unwrap_or_default();
    let text = data.values.first()?;
    let (format, _, configuration) = osgi_config::read_file(name, text.as_bytes(), target)?;
    let typed = matches!(format, FileFormat::CfgJson | FileFormat::Config) && configuration.error.is_none();
    if !typed && !is_integration_name(name) && osgi_config::config_folder(file, target).is_none() {
        return None;
    }
    let span = data.value_span;
    let document = OsgiDocument {
        name: name.to_owned().into(),
        path: Some(file.to_owned()),
        format: format.into(),
        pid: pid::pid(name, target),
        span: Some(span),
        configuration: placed_at(configuration.into_owned(), span),
    };
    node.properties.remove(at);
    Some(document)
}

/// The configuration with everything in it at one place.
fn placed_at(mut configuration: Configuration<'static>, span: Span) -> Configuration<'static> {
    let place = |property: &mut Property<'static>| {
        (property.key_span, property.value_span) = (span, span);
        property.value.items.iter_mut().for_each(|item| item.span = span);
    };
    configuration.properties.iter_mut().for_each(place);
    configuration.lost.iter_mut().for_each(place);
    configuration.dropped.iter_mut().for_each(|dropped| dropped.span = span);
    configuration.error.iter_mut().for_each(|error| error.span = span);
    configuration
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\"><jcr:content a=\"b\" \
                        jcr:data=\"limit=I&quot;5&quot;&#xa;name=&quot;x&quot;\"/></jcr:root>";

    fn read(text: &str, path: &str) -> (Option<OsgiDocument<'static>>, usize) {
        let mut node = jcr_filevault::docview::read(text, path).nodes.swap_remove(1).into_owned();
        (take_configuration(&mut node, Target::Aem65), node.properties.len())
    }

    #[test]
    fn the_content_of_a_file_is_read_as_the_file() {
        let (document, left) = read(TEXT, "/apps/x/config/com.acme.A-b.config");
        let document = document.unwrap();
        assert_eq!(document.path.as_deref(), Some("/apps/x/config/com.acme.A-b.config"));
        assert_eq!((document.pid.pid.as_str(), document.configuration.properties.len()), ("com.acme.A~b", 2));
        let span = document.configuration.properties[1].value_span;
        assert_eq!(Some(span), document.span);
        assert!(TEXT[span.range()].starts_with("limit=") && TEXT[span.range()].ends_with("x&quot;"));
        assert_eq!(left, 1, "the other properties stay");
    }

    #[test]
    fn other_content_stays_with_its_node() {
        for path in ["/apps/x/config/a.png", "/apps/x/config/com.acme.A.xml", "/conf/a.properties"] {
            assert!(matches!(read(TEXT, path), (None, 2)), "{path}");
        }
        let path = "/apps/x/config/com.acme.A.config";
        assert!(read(&TEXT.replace("jcr:data=\"", "jcr:data=\"{Binary}"), path).0.is_none());
        assert!(read(&TEXT.replace("jcr:data=\"", "jcr:data=\"[a,"), path).0.is_none());
        assert!(read(&TEXT.replace("jcr:content", "jcr:other"), path).0.is_none());
    }
}
