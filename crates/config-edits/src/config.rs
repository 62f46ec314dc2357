//! The editor of Felix `.config` files.

use crate::change::{EditError, NewValue};
use crate::generic::{Editor, Part, neighbour};
use crate::lines::{end_of_line, is_blank, line_break_near, start_of_line, with_its_lines};
use crate::replacement::Replacement;
use crate::seen::{Names, Seen};
use osgi_config::Target;
use osgi_config::reading::read_config;

/// The editor of Felix `.config` files.
pub(crate) struct ConfigEditor;

impl Editor for ConfigEditor {
    const NAMES: Names = Names::IgnoringCase;

    fn read(&self, text: &str) -> Result<Vec<Seen>, EditError> {
        // The newest handler takes most: what an older one loses is there to be edited, too.
        let configuration = read_config(text, Target::Cloud);
        match configuration.error {
            Some(error) => Err(EditError::Damaged(error.reason)),
            None => match configuration.dropped.first() {
                // What is lost behind a mistake would move with every edit, unseen.
                Some(dropped) => Err(EditError::Damaged(dropped.reason.clone())),
                None => Ok(configuration.properties.into_iter().map(Seen::from).collect()),
            },
        }
    }

    fn escape(&self, text: &str, _property: &Seen, value: &str, _part: Part) -> String {
        escaped(value, escapes_blanks(text))
    }

    fn literal(&self, text: &str, _near: Option<&Seen>, value: &NewValue) -> Option<String> {
        let blanks = escapes_blanks(text);
        let quoted = |text: &str| format!("\"{}\"", escaped(text, blanks));
        Some(match value {
            NewValue::Text(text) | NewValue::Only(text) => quoted(text),
            NewValue::Bool(_) => format!("B\"{}\"", value.single()?),
            NewValue::Texts(texts) => {
                format!("[{}]", texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(","))
            }
        })
    }

    fn between(&self) -> &'static str {
        "\",\""
    }

    fn add(&self, text: &str, seen: &[Seen], name: &str, value: &NewValue) -> Option<Vec<Replacement>> {
        let name = self.name(name)?;
        let literal = self.literal(text, None, value)?;
        let Some(beside) = neighbour(seen, &self.name(&name)?) else {
            let end = line_break_near(text, text.len());
            let line = format!("{name}={literal}");
            let is_open = end_of_line(text, start_of_line(text, text.len())) > start_of_line(text, text.len());
            let line = if is_open { format!("{end}{line}") } else { format!("{line}{end}") };
            return Some(vec![Replacement::insert(text.len(), line)]);
        };
        let equals = text.get(beside.name_span.end as usize..beside.value_span.start as usize)?;
        let equals = if equals.chars().all(|c| matches!(c, '=' | ' ' | '\t')) { equals } else { "=" };
        let at = beside.value_span.end as usize;
        let line_end = end_of_line(text, at);
        let rest = text.get(at..line_end)?.trim_start_matches([' ', '\t']);
        if !(rest.is_empty() || rest.starts_with('#')) {
            return Some(vec![Replacement::insert(at, format!(" {name}{equals}{literal}"))]);
        }
        let start = start_of_line(text, beside.name_span.start as usize);
        let key = beside.name_span.start as usize;
        let indent = if is_blank(text, start, key) { text.get(start..key)? } else { "" };
        let end = line_break_near(text, at);
        Some(vec![Replacement::insert(line_end, format!("{end}{indent}{name}{equals}{literal}"))])
    }

    fn remove(&self, text: &str, _seen: &[Seen], property: &Seen) -> Option<Vec<Replacement>> {
        let (start, end) = with_its_lines(text, property.name_span.start as usize, property.value_span.end as usize);
        // A file that is nothing but a comment in its first line needs the line break behind it.
        let is_all = text.starts_with('#') && end == text.len() && !text.get(..start)?.contains('\n');
        let start = if is_all { start_of_line(text, property.name_span.start as usize) } else { start };
        Some(vec![Replacement::remove(start, end)])
    }

    fn name(&self, name: &str) -> Option<String> {
        let is_plain = |c: char| c > ' ' && !matches!(c, '=' | '"' | '\\' | '#' | '[' | ']' | '(' | ')' | ',');
        (!name.is_empty() && name.chars().all(is_plain)).then(|| name.to_owned())
    }

    fn is_read_by_all(&self, before: &str, after: &str) -> bool {
        let read_by_older = |text: &str| {
            let configuration = read_config(text, Target::Aem65);
            let is_whole = configuration.error.is_none() && configuration.dropped.is_empty();
            is_whole.then(|| configuration.properties.into_iter().map(Seen::from).collect::<Vec<_>>())
        };
        read_by_older(before).is_none() || read_by_older(after).is_some_and(|seen| self.read(after) == Ok(seen))
    }
}

/// Whether the values of the file escape their blanks, as Felix writes them: `,\ `. Both are read alike.
fn escapes_blanks(text: &str) -> bool {
    text.contains("\\ ")
}

fn escaped(value: &str, blanks: bool) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    for c in value.chars() {
        match c {
            '\\' | '"' | '=' => out.extend(['\\', c]),
            ' ' if blanks => out.push_str("\\ "),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{C}' => out.push_str("\\f"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::{Change, EditError, NewValue, edit_configuration};

    fn set(name: &str, value: &str) -> Change {
        Change::Set { name: name.into(), value: NewValue::Text(value.into()) }
    }

    fn edited(text: &str, change: Change) -> String {
        let bytes = edit_configuration("a.config", text.as_bytes(), &[change]).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_new_property_follows_the_style_of_its_neighbour() {
        assert_eq!(
            edited("a.b=\"1\"\r\nc=\"x\\ y\"\r\n", set("a.c", "x y")),
            "a.b=\"1\"\r\na.c=\"x\\ y\"\r\nc=\"x\\ y\"\r\n"
        );
        assert_eq!(edited("  a = \"1\"", set("b", "2=3")), "  a = \"1\"\n  b = \"2\\=3\"");
        assert_eq!(edited("a=\"1\" c=\"2\"", set("a.x", "3")), "a=\"1\" a.x=\"3\" c=\"2\"");
        assert_eq!(edited("a=\"1\" # why\nc=\"2\"\n", set("a.x", "3")), "a=\"1\" # why\na.x=\"3\"\nc=\"2\"\n");
        assert_eq!(edited("# nothing\n", set("a", "1")), "# nothing\na=\"1\"\n");
        assert_eq!(edited("", set("a", "1")), "a=\"1\"\n");
    }

    #[test]
    fn a_value_changes_inside_its_quotes() {
        assert_eq!(edited("a=T\"1\"\n", set("A", "\"2\"\\")), "a=T\"\\\"2\\\"\\\\\"\n");
        assert_eq!(edited("a=[ \\\n  \"x\", \\\n  \"y\", \\\n  ]\n", set("a", "z")), "a=[ \\\n  \"z\", \\\n  ]\n");
        let on = || Change::Set { name: "a".into(), value: NewValue::Bool(true) };
        assert_eq!(edited("a=B\"false\"\n", on()), "a=B\"true\"\n");
        assert_eq!(edited("a=\"false\"\n", on()), "a=\"true\"\n");
        assert_eq!(edited("a=I\"5\"\n", set("a", "x")), "a=\"x\"\n");
    }

    #[test]
    fn a_removed_property_takes_its_lines_along() {
        let remove = || Change::Remove { name: "b".into() };
        assert_eq!(edited("a=\"1\"\nb=[ \\\n\"1\", \\\n]\nc=\"2\"", remove()), "a=\"1\"\nc=\"2\"");
        assert_eq!(edited("a=\"1\"\nb=\"2\"", remove()), "a=\"1\"");
        assert_eq!(edited("a=\"1\"\n", remove()), "a=\"1\"\n");
        assert_eq!(edited("# x\nb=\"2\"", remove()), "# x\n");
        assert_eq!(edited("a=\"1\" b=\"2\" c=\"3\"", remove()), "a=\"1\" c=\"3\"");
    }

    #[test]
    fn what_is_appended_uses_the_separator_that_is_there() {
        let append = |text: &str, items: &[&str]| {
            let items = items.iter().map(|item| (*item).to_owned()).collect();
            edited(text, Change::Append { name: "s".into(), items })
        };
        assert_eq!(append("s=\"a,\\ b\"\n", &["b", "c"]), "s=\"a,\\ b,\\ c\"\n");
        assert_eq!(append("s=\"a,b\"\n", &["c"]), "s=\"a,b,c\"\n");
        assert_eq!(append("s=\"a b\"\n", &["c"]), "s=\"a b c\"\n");
        assert_eq!(append("s=\"\"\n", &["a", "c"]), "s=\"a, c\"\n");
        assert_eq!(append("s=\"a, \"\n", &["c"]), "s=\"a,  c\"\n");
        assert_eq!(
            append("s=[ \\\n  \"a\", \\\n  \"b\", \\\n  ]", &["c"]),
            "s=[ \\\n  \"a\", \\\n  \"b\", \\\n  \"c\", \\\n  ]"
        );
        assert_eq!(append("s=[\"a\"]", &["b"]), "s=[\"a\",\"b\"]");
        assert_eq!(append("s=[]", &["b"]), "s=[\"b\"]");
        assert_eq!(append("a=\"1\"", &["b"]), "a=\"1\"\ns=\"b\"");
        assert_eq!(append("s=\"b\"", &["b"]), "s=\"b\"");
    }

    #[test]
    fn a_renamed_property_keeps_its_value() {
        let rename = |to: &str| Change::Rename { name: "b".into(), to: to.into() };
        assert_eq!(edited("a=\"1\"\nb =I\"2\"", rename("c")), "a=\"1\"\nc =I\"2\"");
        let taken = edit_configuration("a.config", b"a=\"1\"\nb=\"2\"", &[rename("A")]);
        assert_eq!(taken, Err(EditError::NameTaken("A".into())));
    }

    #[test]
    fn a_file_of_which_something_is_lost_is_left_alone() {
        let edit = |text: &str| edit_configuration("a.config", text.as_bytes(), &[set("a", "2")]);
        assert!(matches!(edit("a=\"1\"\nb=\"x=y\"\nc=\"2\"\n"), Err(EditError::Damaged(_))));
        assert!(matches!(edit("# only\ra=\"1\""), Err(EditError::Damaged(_))));
        assert_eq!(edit_configuration("a.txt", b"", &[]), Err(EditError::NoEditor));
    }

    #[test]
    fn bytes_that_are_no_utf_8_stay() {
        let edited = |change| edit_configuration("a.config", b"t=\"B\xfcro\"\r\na=\"1\" # \xe4\r\nb=\"2\"", &[change]);
        assert_eq!(edited(set("a", "3")).unwrap(), b"t=\"B\xfcro\"\r\na=\"3\" # \xe4\r\nb=\"2\"");
        assert_eq!(edited(set("a.c", "3")).unwrap(), b"t=\"B\xfcro\"\r\na=\"1\" # \xe4\r\na.c=\"3\"\r\nb=\"2\"");
        assert_eq!(edited(set("t", "\u{FC}")).unwrap(), b"t=\"\xc3\xbc\"\r\na=\"1\" # \xe4\r\nb=\"2\"");
        assert_eq!(edited(Change::Remove { name: "t".into() }).unwrap(), b"a=\"1\" # \xe4\r\nb=\"2\"");
    }

    #[test]
    fn what_the_older_handler_reads_it_reads_afterwards() {
        // It knows no white space around `=`.
        assert_eq!(
            edited("a=\"1\"\nb=[ \\\n  \"x\", \\\n]\n", set("c", "2")),
            "a=\"1\"\nb=[ \\\n  \"x\", \\\n]\nc=\"2\"\n"
        );
        assert_eq!(edited("a = \"1\"\n", set("c", "2")), "a = \"1\"\nc = \"2\"\n");
    }
}
