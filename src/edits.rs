//! Edits of one configuration or node, whatever it is written in: picks the editor by the name of the file.

use config_edits::{Change, EditError, PagePart, edit_configuration, edit_node, page_of, remove_node, rename_node};
use text_spans::{SourceRange, Span};

/// An edit of the configuration or node that a fact is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    /// One of its properties changes.
    Change(Change),
    /// It gets another name: the file, or the element of a node that does not fill a file.
    Rename(String),
    /// It goes: the file, or the element.
    Delete,
    /// What readers lose or reject of its file gets the form that was meant.
    Repair,
}

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edited {
    /// It stays, with this content.
    Content(Vec<u8>),
    /// It gets this content and, in the same folder, this name.
    Moved(String, Vec<u8>),
    /// It goes.
    Gone,
}

/// What an edit is made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The element of the configuration or node; `None` if it fills the file.
    element: Option<Span>,
}

impl From<SourceRange> for Subject {
    /// The subject at the place of a fact.
    fn from(mark: SourceRange) -> Self {
        Self { element: (mark != SourceRange::FILE).then_some(mark.span) }
    }
}

impl Subject {
    /// Where it begins. Edits of several subjects of one file are made from the last to the first, so that those before
    /// keep their places.
    pub fn start(self) -> u32 {
        self.element.map_or(0, |element| element.start)
    }
}

/// Makes the edits of one subject in the file `name`, which is the last segment of its path.
///
/// # Errors
/// See [`EditError`]; then nothing is changed.
pub fn apply(name: &str, bytes: &[u8], subject: Subject, edits: &[Edit]) -> Result<Edited, EditError> {
    let changes: Vec<Change> = edits
        .iter()
        .filter_map(|edit| if let Edit::Change(change) = edit { Some(change.clone()) } else { None })
        .collect();
    let renamed = edits.iter().find_map(|edit| if let Edit::Rename(name) = edit { Some(name) } else { None });
    let is_root = |element: Span| config_edits::is_root(bytes, element);
    if edits.contains(&Edit::Repair) {
        return config_edits::repair(&name_of_reader(name), bytes).map(Edited::Content);
    }
    if edits.contains(&Edit::Delete) {
        return match subject.element {
            None => Ok(Edited::Gone),
            Some(_) if !is_xml(name) => Err(EditError::NoEditor),
            // The content of a page goes with the page.
            Some(element) => match page_of(bytes, element)? {
                PagePart::File => Ok(Edited::Gone),
                PagePart::Element(element) => remove_node(bytes, element).map(Edited::Content),
            },
        };
    }
    let Some(element) = subject.element else {
        let content = edit_configuration(&name_of_reader(name), bytes, &changes)?;
        return Ok(match renamed {
            Some(to) => Edited::Moved(to.clone(), content),
            None => Edited::Content(content),
        });
    };
    if !is_xml(name) {
        return Err(EditError::NoEditor);
    }
    let content = edit_node(bytes, element, &changes)?;
    Ok(match renamed {
        None => Edited::Content(content),
        Some(to) if !is_root(element)? => Edited::Content(rename_node(&content, element, to)?),
        // The node of such a file has the name of its folder.
        Some(_) if name == ".content.xml" => return Err(EditError::NoEditor),
        Some(to) => Edited::Moved(format!("{to}.xml"), content),
    })
}

fn is_xml(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".xml")
}

/// The name by which the reader of a configuration is chosen: `.CONFIG` is read as what it was meant to be.
fn name_of_reader(name: &str) -> String {
    if osgi_config::format_of(name).is_some() { name.to_owned() } else { name.to_ascii_lowercase() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use config_edits::NewValue;

    fn set(value: &str) -> Edit {
        Edit::Change(Change::Set { name: "a".to_owned(), value: NewValue::Text(value.to_owned()) })
    }

    #[test]
    fn a_configuration_that_fills_a_file_is_edited_by_the_form_of_the_file() {
        let subject = Subject::from(SourceRange::FILE);
        let edit = |name, bytes: &[u8], edits: &[Edit]| apply(name, bytes, subject, edits);
        assert_eq!(edit("a.CONFIG", b"a=\"1\"\n", &[set("2")]), Ok(Edited::Content(b"a=\"2\"\n".to_vec())));
        let moved = Edit::Rename("b.cfg.json".to_owned());
        let expected = Edited::Moved("b.cfg.json".to_owned(), b"{\"a\":\"2\"}".to_vec());
        assert_eq!(edit("a.cfg.json", b"{\"a\":\"1\"}", &[moved, set("2")]), Ok(expected));
        assert_eq!(edit("a.config", b"", &[Edit::Delete]), Ok(Edited::Gone));
        assert_eq!(edit("a.txt", b"", &[set("1")]), Err(EditError::NoEditor));
    }

    #[test]
    fn a_node_is_edited_in_its_file_and_the_root_of_a_file_is_the_file() {
        let text = "<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" a=\"1\"><b a=\"1\"/></jcr:root>";
        let at = |word: &str| {
            let start = text.find(word).unwrap() + 1;
            Subject { element: Some(Span::new(start, start + word.len() - 1)) }
        };
        let edit = |name, subject, edit: Edit| apply(name, text.as_bytes(), subject, &[edit]);
        let rename = || Edit::Rename("c".to_owned());
        let expected = text.replace("<b a=\"1\"", "<b a=\"2\"").into_bytes();
        assert_eq!(edit("x.xml", at("<b"), set("2")), Ok(Edited::Content(expected)));
        let expected = text.replace("<b ", "<c ").into_bytes();
        assert_eq!(edit("x.xml", at("<b"), rename()), Ok(Edited::Content(expected)));
        let expected = text.replace("<b a=\"1\"/>", "").into_bytes();
        assert_eq!(edit("x.xml", at("<b"), Edit::Delete), Ok(Edited::Content(expected)));
        let root = at("<jcr:root");
        assert_eq!(edit("x.xml", root, rename()), Ok(Edited::Moved("c.xml".to_owned(), text.into())));
        assert_eq!(edit("x.xml", root, Edit::Delete), Ok(Edited::Gone));
        assert_eq!(edit(".content.xml", root, rename()), Err(EditError::NoEditor));
        assert_eq!(edit("x.json", root, set("2")), Err(EditError::NoEditor));
    }
}
