//! A writer of HTML in which what comes from outside is escaped by its type: names of elements and attributes are literals
//! of this program, and every other text passes the escaping of HTML.

use crate::escape;

/// Characters without a blank that are shown without a place to break them: about what fits on a line of paper.
const MAX_UNBROKEN_CHARACTERS: usize = 100;
/// Elements that can hold no other element.
const PLAIN: [&str; 4] = ["title", "desc", "text", "style"];

/// Attributes of an element. The names are ours, the values are escaped.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// A page or a part of it, well-formed as XML too.
#[derive(Debug, Default)]
pub(super) struct Markup(String);

impl Markup {
    /// An empty page that has room for so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self(String::with_capacity(bytes))
    }

    /// The markup.
    pub(super) fn into_string(self) -> String {
        self.0
    }

    /// Markup that this program holds.
    pub(super) fn literal(&mut self, markup: &'static str) {
        self.0.push_str(markup);
    }

    /// An element with what `content` writes into it.
    pub(super) fn element(&mut self, name: &'static str, attributes: Attributes<'_>, content: impl FnOnce(&mut Self)) {
        self.start(name, attributes, ">");
        content(self);
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
    }

    /// As [`element`](Self::element), on lines of its own.
    pub(super) fn block(&mut self, name: &'static str, attributes: Attributes<'_>, content: impl FnOnce(&mut Self)) {
        self.start(name, attributes, ">\n");
        content(self);
        if !self.0.ends_with('\n') {
            self.0.push('\n');
        }
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push_str(">\n");
    }

    /// An element that holds text alone.
    pub(super) fn leaf(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) {
        let is_plain = PLAIN.contains(&name);
        self.element(name, attributes, |out| if is_plain { out.plain_text(text) } else { out.text(text) });
    }

    /// An element that holds text alone, and the end of the line.
    pub(super) fn line(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) {
        self.leaf(name, attributes, text);
        self.0.push('\n');
    }

    /// An element without content.
    pub(super) fn void(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.start(name, attributes, "/>");
    }

    /// Text. What is too long for a line and has no place to be broken at gets some.
    pub(super) fn text(&mut self, text: &str) {
        self.broken_text(text, MAX_UNBROKEN_CHARACTERS);
    }

    /// Text that can be broken behind a slash after so many characters, so that paths fit into columns without a style sheet.
    pub(super) fn broken_text(&mut self, text: &str, characters: usize) {
        if text.len() <= characters {
            return self.plain_text(text);
        }
        let (mut from, mut run) = (0, 0);
        for (at, c) in text.char_indices() {
            run = if c == ' ' { 0 } else { run + 1 };
            if run >= MAX_UNBROKEN_CHARACTERS || (c == '/' && run >= characters) {
                let end = at + c.len_utf8();
                self.plain_text(text.get(from..end).unwrap_or_default());
                self.literal("<wbr/>");
                (from, run) = (end, 0);
            }
        }
        self.plain_text(text.get(from..).unwrap_or_default());
    }

    fn plain_text(&mut self, text: &str) {
        escape::html_into(&mut self.0, text);
    }

    /// Text of several lines, which stay lines.
    pub(super) fn text_lines(&mut self, text: &str) {
        escape::html_lines_into(&mut self.0, text);
    }

    /// Text as code.
    pub(super) fn code(&mut self, text: &str) {
        self.leaf("code", &[], text);
    }

    fn start(&mut self, name: &'static str, attributes: Attributes<'_>, end: &'static str) {
        self.0.push('<');
        self.0.push_str(name);
        for (attribute, value) in attributes {
            self.0.push(' ');
            self.0.push_str(attribute);
            self.0.push_str("=\"");
            escape::html_into(&mut self.0, value);
            self.0.push('"');
        }
        self.0.push_str(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_nest_and_everything_from_outside_is_escaped() {
        let mut page = Markup::default();
        page.block("ul", &[("class", "a\"b")], |out| {
            out.line("li", &[], "<script>alert(1)</script>\u{202e}");
            out.element("li", &[], |out| {
                out.literal("<b>ours</b>");
                out.code("a&b");
                out.void("br", &[]);
            });
        });
        let expected = "<ul class=\"a&quot;b\">\n<li>&lt;script&gt;alert(1)&lt;/script&gt;\\u{202e}</li>\n\
                        <li><b>ours</b><code>a&amp;b</code><br/></li>\n</ul>\n";
        assert_eq!(page.into_string(), expected);
    }

    #[test]
    fn long_names_can_be_broken_and_say_the_same() {
        let name = format!("{}/{}/c", "a".repeat(50), "é".repeat(250));
        let mut page = Markup::default();
        page.leaf("td", &[], &name);
        page.broken_text(&name, 40);
        page.leaf("title", &[], &name);
        let page = page.into_string();
        assert_eq!(page.matches("<wbr/>").count(), 3 + 4);
        assert!(page.contains(&format!("<title>{name}</title>")), "{page}");
        assert_eq!(page.replace("<wbr/>", ""), format!("<td>{name}</td>{name}<title>{name}</title>"));
    }
}
