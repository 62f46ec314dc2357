//! The files that are open in the editor, with their unsaved text.

use super::position::{Columns, Encoding};
use lsp_types::{TextDocumentContentChangeEvent, Uri};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use url::Url;

/// A file that is open.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// What the client calls it.
    pub(super) uri: Uri,
    /// Where it is.
    pub(super) path: PathBuf,
    /// The number that the client gave its text.
    pub(super) version: i32,
    /// Its text.
    pub(super) text: Arc<str>,
    /// Whether the text is another one than that on disk, as far as is known.
    pub(super) is_unsaved: bool,
}

impl Document {
    /// Makes changes, one after the other. Each without a range is the whole text.
    pub(super) fn change(&mut self, version: i32, changes: &[TextDocumentContentChangeEvent], encoding: Encoding) {
        let mut text = self.text.to_string();
        for change in changes {
            let Some(range) = change.range else {
                text.clone_from(&change.text);
                continue;
            };
            let columns = Columns::new(&text, encoding);
            let (start, end) = (columns.offset(range.start), columns.offset(range.end));
            text.replace_range(start..end.max(start), &change.text);
        }
        (self.version, self.text, self.is_unsaved) = (version, text.into(), true);
    }

    /// Its bytes, as they would be saved: in UTF-8.
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.text.as_bytes().to_vec()
    }
}

/// The file that a URI names; `None` if it is none on disk.
pub(super) fn path_of(uri: &Uri) -> Option<PathBuf> {
    Url::parse(uri.as_str()).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok()
}

/// The URI of a file; `None` if its path is not absolute.
pub(super) fn uri_of(path: &Path) -> Option<Uri> {
    Uri::from_str(Url::from_file_path(path).ok()?.as_str()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lsp_types::{Position, Range};

    fn changed(text: &str, changes: &[(Option<[u32; 4]>, &str)]) -> String {
        let uri = Uri::from_str("file:///a.xml").unwrap();
        let mut document = Document { uri, path: PathBuf::new(), version: 1, text: text.into(), is_unsaved: false };
        let changes: Vec<TextDocumentContentChangeEvent> = changes
            .iter()
            .map(|(range, text)| {
                let range = range.map(|[a, b, c, d]| Range::new(Position::new(a, b), Position::new(c, d)));
                TextDocumentContentChangeEvent { range, range_length: None, text: (*text).to_owned() }
            })
            .collect();
        document.change(2, &changes, Encoding::Utf16);
        assert_eq!((document.version, document.is_unsaved), (2, true));
        document.text.to_string()
    }

    #[test]
    fn changes_are_made_one_after_the_other() {
        assert_eq!(changed("a😀b\nc", &[(Some([0, 3, 0, 4]), "x"), (Some([1, 0, 1, 1]), "")]), "a😀x\n");
        assert_eq!(changed("a", &[(Some([0, 1, 0, 1]), "b"), (Some([0, 1, 9, 9]), "c")]), "ac");
        assert_eq!(changed("a", &[(Some([0, 1, 0, 1]), "b"), (None, "new")]), "new");
        assert_eq!(changed("abc", &[(Some([0, 2, 0, 1]), "x")]), "abxc", "a range that ends before it starts");
    }

    #[cfg(unix)]
    #[test]
    fn files_have_uris_and_other_things_have_no_path() {
        let path = Path::new("/a b/é#.xml");
        assert_eq!(path_of(&uri_of(path).unwrap()).as_deref(), Some(path));
        assert!(path_of(&Uri::from_str("untitled:a").unwrap()).is_none());
        assert!(uri_of(Path::new("a")).is_none());
    }
}
