//! Where a new ignore comment goes, and how it is written there.

use super::{Syntax, read};
use text_spans::Span;

/// A comment that is to be put into a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Insertion {
    /// The byte that it goes before.
    pub offset: usize,
    form: Form,
    /// The white space before what it goes before, in its line: a new line starts with it too.
    indent: Span,
}

/// How a comment is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    /// In a line of its own, before what it is about.
    Line,
    /// Before what it is about, in the same line.
    Before,
    /// At the end of the line of what it is about.
    Behind,
}

/// Where a comment goes that is about what stands at `mark`; an empty mark stands for the whole file. `None` if no comment in
/// the text can say that.
pub(crate) fn insertion(text: &str, syntax: Syntax, mark: Span) -> Option<Insertion> {
    let (_, things) = read(text, syntax);
    let first = things.iter().min_by_key(|thing| thing.start)?;
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let line = |offset: usize, indent: Span| Some(Insertion { offset, form: Form::Line, indent });
    if mark.is_empty() && syntax != Syntax::Xml {
        return line(start, Span::new(start, start));
    }
    let holds = |thing: &&Span| thing.start <= mark.start && mark.start < thing.end;
    let thing = match things.iter().filter(holds).min_by_key(|thing| thing.len()) {
        Some(thing) => thing,
        None if mark.is_empty() => first,
        None => return None,
    };
    let offset = thing.start as usize;
    let before = text.get(..offset)?;
    let begin = before.rfind(['\n', '\r']).map_or(start, |at| at + 1).max(start);
    let is_alone = before.get(begin..)?.trim().is_empty();
    let at_top = thing.start == first.start;
    match syntax {
        // A comment before the first property would be about the whole file.
        Syntax::FelixConfig if at_top || !is_alone => {
            let end = thing.end as usize;
            let rest = text.get(end..)?.split(['\n', '\r']).next()?;
            let indent = Span::new(end, end);
            rest.trim().is_empty().then_some(Insertion { offset: end, form: Form::Behind, indent })
        }
        // The object that the file holds.
        Syntax::Json if at_top => line(start, Span::new(start, start)),
        _ if is_alone => line(offset, Span::new(begin, offset)),
        Syntax::Json | Syntax::Xml => Some(Insertion { offset, form: Form::Before, indent: Span::new(offset, offset) }),
        Syntax::FelixConfig | Syntax::Properties => None,
    }
}

impl Insertion {
    /// The bytes to put in: a comment that accepts findings of these rules.
    pub(crate) fn text(&self, text: &str, syntax: Syntax, rules: &str, reason: &str) -> String {
        let said = format!("aemlint-ignore {rules}: {reason}");
        let comment = match (syntax, self.form) {
            (Syntax::Xml, _) => format!("<!-- {said} -->"),
            (Syntax::FelixConfig | Syntax::Properties, _) => format!("# {said}"),
            (Syntax::Json, Form::Line) => format!("// {said}"),
            (Syntax::Json, Form::Before | Form::Behind) => format!("/* {said} */"),
        };
        match self.form {
            Form::Line => {
                let indent = text.get(self.indent.range()).unwrap_or_default();
                format!("{comment}{}{indent}", line_end(text))
            }
            Form::Before => format!("{comment} "),
            Form::Behind => format!(" {comment}"),
        }
    }
}

/// How the lines of a text end.
fn line_end(text: &str) -> &'static str {
    match text.find(['\n', '\r']).and_then(|at| text.get(at..)) {
        Some(rest) if rest.starts_with("\r\n") => "\r\n",
        Some(rest) if rest.starts_with('\r') => "\r",
        _ => "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::super::comments;
    use super::*;

    /// The text with a comment on the place where `at` stands; on the whole file without one. Says whether the comment covers it.
    fn put(text: &str, syntax: Syntax, at: Option<&str>) -> Option<String> {
        let mark = at.map_or(Span::default(), |at| {
            let start = text.find(at).unwrap();
            Span::new(start, start + at.len())
        });
        let insertion = insertion(text, syntax, mark)?;
        let new = insertion.text(text, syntax, "r", "TODO");
        let (before, after) = text.split_at(insertion.offset);
        let made = format!("{before}{new}{after}");
        let found = comments(&made, syntax);
        assert!(found.mistakes.is_empty(), "{found:?} {made}");
        let [comment] = found.valid.as_slice() else { panic!("{found:?} {made}") };
        let start = at.map_or(0, |at| made.find(at).unwrap());
        let covers = comment.covers.range();
        assert!(covers.contains(&start), "{comment:?} does not cover {start} of {made}");
        Some(made)
    }

    #[test]
    fn in_config_a_comment_stands_before_its_property_or_behind_the_first_one() {
        let text = "a=\"1\"\r\nb=[ \\\r\n  \"2\", \\\r\n  ]\r\n";
        let made = put(text, Syntax::FelixConfig, Some("\"2\"")).unwrap();
        assert_eq!(made, "a=\"1\"\r\n# aemlint-ignore r: TODO\r\nb=[ \\\r\n  \"2\", \\\r\n  ]\r\n");
        let made = put(text, Syntax::FelixConfig, Some("a=")).unwrap();
        assert!(made.starts_with("a=\"1\" # aemlint-ignore r: TODO\r\nb"), "{made}");
        let made = put(text, Syntax::FelixConfig, None).unwrap();
        assert!(made.starts_with("# aemlint-ignore r: TODO\r\na"), "{made}");
        assert_eq!(put("a=\"1\" b=\"2\"", Syntax::FelixConfig, Some("a=")), None);
        assert_eq!(put("", Syntax::FelixConfig, None), None);
    }

    #[test]
    fn in_json_a_comment_stands_before_its_property() {
        let text = "\u{feff}{\n\t\"a\": 1,\n\t\"b\": [\n\t\t\"x\"\n\t]\n}\n";
        let made = put(text, Syntax::Json, Some("\"b\"")).unwrap();
        assert!(made.contains(",\n\t// aemlint-ignore r: TODO\n\t\"b\""), "{made}");
        let made = put(text, Syntax::Json, Some("\"x\"")).unwrap();
        assert!(made.contains("[\n\t\t// aemlint-ignore r: TODO\n\t\t\"x\""), "{made}");
        let made = put(text, Syntax::Json, None).unwrap();
        assert!(made.starts_with("\u{feff}// aemlint-ignore r: TODO\n{"), "{made}");
        let made = put("{\"a\":1,\"b\":2}", Syntax::Json, Some("\"b\"")).unwrap();
        assert_eq!(made, "{\"a\":1,/* aemlint-ignore r: TODO */ \"b\":2}");
    }

    #[test]
    fn in_xml_a_comment_stands_before_its_element() {
        let text = "<?xml version=\"1.0\"?>\n<a\n  p=\"1\">\n  <b\n    p=\"2\"/><c/></a>";
        let made = put(text, Syntax::Xml, Some("p=\"2\"")).unwrap();
        assert!(made.contains("\n  <!-- aemlint-ignore r: TODO -->\n  <b\n"), "{made}");
        let made = put(text, Syntax::Xml, Some("<c/>")).unwrap();
        assert!(made.contains("/><!-- aemlint-ignore r: TODO --> <c/>"), "{made}");
        let made = put(text, Syntax::Xml, None).unwrap();
        assert!(made.contains("?>\n<!-- aemlint-ignore r: TODO -->\n<a"), "{made}");
    }

    #[test]
    fn in_properties_a_comment_has_a_line_of_its_own() {
        let made = put("a=1\rb=2\r", Syntax::Properties, Some("b=")).unwrap();
        assert_eq!(made, "a=1\r# aemlint-ignore r: TODO\rb=2\r");
    }
}
