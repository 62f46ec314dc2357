//! The editor of `.cfg` and `.properties` files in the line format of `java.util.Properties`.

use crate::change::{EditError, NewValue};
use crate::generic::{Editor, Part, neighbour};
use crate::lines::{end_of_line, line_break_near, start_of_line, with_its_lines};
use crate::replacement::Replacement;
use crate::seen::{Names, Seen};

/// The editor of files in the line format. Its text is that of ISO-8859-1.
pub(crate) struct PropertiesEditor;

impl Editor for PropertiesEditor {
    const NAMES: Names = Names::IgnoringCase;

    fn read(&self, text: &str) -> Result<Vec<Seen>, EditError> {
        let configuration = osgi_config::properties::read(text);
        match configuration.error {
            Some(error) => Err(EditError::Damaged(error.reason)),
            None => match configuration.dropped.first() {
                Some(dropped) => Err(EditError::Damaged(dropped.reason.clone())),
                None => Ok(configuration.properties.into_iter().map(Seen::from).collect()),
            },
        }
    }

    fn escape(&self, _text: &str, _property: &Seen, value: &str, part: Part) -> String {
        escaped(value, part != Part::Rest)
    }

    fn literal(&self, _text: &str, _near: Option<&Seen>, value: &NewValue) -> Option<String> {
        Some(escaped(value.single()?, true))
    }

    fn between(&self) -> &'static str {
        ""
    }

    fn add(&self, text: &str, seen: &[Seen], name: &str, value: &NewValue) -> Option<Vec<Replacement>> {
        let name = self.name(name)?;
        let literal = self.literal(text, None, value)?;
        let end = line_break_near(text, text.len());
        let Some(beside) = neighbour(seen, &name) else {
            let is_open = start_of_line(text, text.len()) < text.len();
            let line = if is_open { format!("{end}{name}={literal}") } else { format!("{name}={literal}{end}") };
            return Some(vec![Replacement::insert(text.len(), line)]);
        };
        let equals = text.get(beside.name_span.end as usize..beside.value_span.start as usize)?;
        let is_plain = |c: char| matches!(c, '=' | ':' | ' ' | '\t');
        let equals = if equals.contains(['=', ':']) && equals.chars().all(is_plain) { equals } else { "=" };
        let at = end_of_line(text, beside.value_span.end as usize);
        let end = line_break_near(text, at);
        Some(vec![Replacement::insert(at, format!("{end}{name}{equals}{literal}"))])
    }

    fn remove(&self, text: &str, _seen: &[Seen], property: &Seen) -> Option<Vec<Replacement>> {
        let start = property.name_span.start as usize;
        let end = end_of_line(text, property.value_span.end.max(property.name_span.end) as usize);
        let (start, end) = with_its_lines(text, start, end);
        Some(vec![Replacement::remove(start, end)])
    }

    fn name(&self, name: &str) -> Option<String> {
        let is_plain = |c: char| c.is_ascii_graphic() && !matches!(c, '=' | ':' | '\\' | '#' | '!');
        (!name.is_empty() && name.chars().all(is_plain)).then(|| name.to_owned())
    }
}

/// Blanks at the beginning of a whole value would be lost.
fn escaped(value: &str, is_whole: bool) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    for (at, c) in value.char_indices() {
        match c {
            '\\' => out.push_str("\\\\"),
            ' ' if at == 0 && is_whole => out.push_str("\\ "),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{C}' => out.push_str("\\f"),
            ' '..='~' => out.push(c),
            c => {
                let mut units = [0; 2];
                c.encode_utf16(&mut units).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::{Change, NewValue, edit_configuration};

    #[test]
    fn lines_are_edited_in_iso_8859_1() {
        let set = |name: &str, value: &str| Change::Set { name: name.into(), value: NewValue::Text(value.into()) };
        let edited = |text: &[u8], change| edit_configuration("a.cfg", text, &[change]).unwrap();
        assert_eq!(edited(b"a: \xe9\r\nb = 2", set("b", " \\\u{20ac}")), b"a: \xe9\r\nb = \\ \\\\\\u20ac");
        assert_eq!(edited(b"a=1\nb.c : 2\n", set("b.d", "3")), b"a=1\nb.c : 2\nb.d : 3\n");
        assert_eq!(edited(b"a=1\nb=1,\\\n  2\nc=3", Change::Remove { name: "b".into() }), b"a=1\nc=3");
        assert_eq!(edited(b"a=1, 2", Change::Append { name: "a".into(), items: vec!["3".into()] }), b"a=1, 2, 3");
        assert_eq!(edited(b"a 1", Change::Rename { name: "a".into(), to: "b".into() }), b"b 1");
    }
}
