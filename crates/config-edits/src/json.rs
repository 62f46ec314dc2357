//! The editor of `.cfg.json` files.

use crate::change::{EditError, NewValue};
use crate::generic::{Editor, Part, neighbour};
use crate::lines::{end_of_line, is_blank, line_break, line_break_near, start_of_line, with_its_lines};
use crate::replacement::Replacement;
use crate::seen::{Names, Seen};

/// The editor of `.cfg.json` files.
pub(crate) struct JsonEditor;

impl Editor for JsonEditor {
    const NAMES: Names = Names::IgnoringCase;

    fn read(&self, text: &str) -> Result<Vec<Seen>, EditError> {
        let configuration = osgi_config::cfg_json::read(text);
        match configuration.error {
            Some(error) => Err(EditError::Damaged(error.reason)),
            None => match configuration.dropped.first() {
                Some(dropped) => Err(EditError::Damaged(dropped.reason.clone())),
                None => Ok(configuration.properties.into_iter().map(Seen::from).collect()),
            },
        }
    }

    fn escape(&self, _text: &str, _property: &Seen, value: &str, _part: Part) -> String {
        escaped(value)
    }

    fn literal(&self, text: &str, _near: Option<&Seen>, value: &NewValue) -> Option<String> {
        let quoted = |text: &String| format!("\"{}\"", escaped(text));
        Some(match value {
            NewValue::Text(text) | NewValue::Only(text) => quoted(text),
            NewValue::Bool(_) => value.single()?.to_owned(),
            NewValue::Texts(texts) => {
                let comma = if text.contains("\", \"") || text.contains("\": ") { ", " } else { "," };
                format!("[{}]", texts.iter().map(quoted).collect::<Vec<_>>().join(comma))
            }
        })
    }

    fn between(&self) -> &'static str {
        "\", \""
    }

    fn add(&self, text: &str, seen: &[Seen], name: &str, value: &NewValue) -> Option<Vec<Replacement>> {
        let name = self.name(name)?;
        let literal = self.literal(text, None, value)?;
        let Some(beside) = neighbour(seen, &name) else {
            let open = skip_blank_and_comments(text, 0);
            let inner = (text.as_bytes().get(open) == Some(&b'{')).then_some(open + 1)?;
            return Some(vec![Replacement::insert(inner, format!("\"{name}\": {literal}"))]);
        };
        let key = start_of_key(text, beside)?;
        let end = beside.value_span.end as usize;
        let between = text.get(beside.name_span.end as usize..beside.value_span.start as usize)?;
        let colon = between.get(between.find(':')?..).filter(|colon| colon.trim_end().len() == 1).unwrap_or(": ");
        // A value written over several lines may begin on one of its own.
        let colon = if colon.contains(['\n', '\r']) { ": " } else { colon };
        let member = format!("\"{name}\"{colon}{literal}");
        let next = skip_blank_and_comments(text, end);
        let is_last = text.as_bytes().get(next) != Some(&b',');
        let behind = if is_last { end } else { next + 1 };
        let line = start_of_line(text, key);
        let rest_is_blank =
            end_of_line(text, skip_comments_of_line(text, behind)) == skip_comments_of_line(text, behind);
        if is_blank(text, line, key) && rest_is_blank {
            let at = end_of_line(text, behind);
            let new_line = line_break_near(text, at);
            let indent = text.get(line..key)?;
            let comma = if is_last { "" } else { "," };
            let inserted = Replacement::insert(at, format!("{new_line}{indent}{member}{comma}"));
            let before = is_last.then(|| Replacement::insert(end, ","));
            // Both at one place: the comma comes first.
            return Some(match before {
                Some(_) if at == end => vec![Replacement::insert(at, format!(",{}", inserted.text))],
                before => before.into_iter().chain([inserted]).collect(),
            });
        }
        let blank = if colon.ends_with(' ') || text.contains(", \"") { " " } else { "" };
        Some(vec![Replacement::insert(end, format!(",{blank}{member}"))])
    }

    fn remove(&self, text: &str, seen: &[Seen], property: &Seen) -> Option<Vec<Replacement>> {
        let start = start_of_key(text, property)?;
        let end = property.value_span.end as usize;
        let next = skip_blank_and_comments(text, end);
        if text.as_bytes().get(next) == Some(&b',') {
            let is_adjacent = is_blank(text, end, next);
            let (start, end) = with_its_lines(text, start, if is_adjacent { next + 1 } else { end });
            let comma = (!is_adjacent).then(|| Replacement::remove(next, next + 1));
            return Some(comma.into_iter().chain([Replacement::remove(start, end)]).collect());
        }
        // The last member: the comma before it goes too.
        let before = seen.iter().filter(|other| other.value_span.end <= property.name_span.start);
        let (start, end) = with_its_lines(text, start, end);
        let comma = before.max_by_key(|other| other.value_span.end).map(|other| {
            let comma = skip_blank_and_comments(text, other.value_span.end as usize);
            (text.as_bytes().get(comma) == Some(&b',')).then(|| Replacement::remove(comma, comma + 1))
        });
        let comma = match comma {
            Some(comma) => Some(comma?),
            None => None,
        };
        // On one line the blanks behind that comma are those before the member.
        let start = match &comma {
            Some(comma) if is_blank(text, comma.span.end as usize, start) => comma.span.end as usize,
            _ => start,
        };
        Some(comma.into_iter().chain([Replacement::remove(start, end)]).collect())
    }

    fn name(&self, name: &str) -> Option<String> {
        (!name.is_empty() && !name.contains(':')).then(|| escaped(name))
    }
}

/// Where the quote before a key is.
fn start_of_key(text: &str, property: &Seen) -> Option<usize> {
    text.get(..property.name_span.start as usize)?.rfind('"')
}

/// The first byte from `at` on that belongs to neither white space nor a comment.
fn skip_blank_and_comments(text: &str, mut at: usize) -> usize {
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let trimmed = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        at += rest.len() - trimmed.len();
        at += match trimmed.as_bytes() {
            [b'/', b'/', ..] => trimmed.find('\n').unwrap_or(trimmed.len()),
            [b'/', b'*', ..] => match trimmed.get(1..).and_then(|rest| rest.find("*/")) {
                Some(end) => end + 3,
                None => return at,
            },
            _ => return at,
        };
    }
}

/// The first byte from `at` on that belongs to neither a blank nor a comment, on the line of `at`.
fn skip_comments_of_line(text: &str, at: usize) -> usize {
    let end = end_of_line(text, at);
    let next = skip_blank_and_comments(text, at);
    if next <= end {
        return next;
    }
    // A comment that goes on over the end of the line belongs to what follows.
    let rest = text.get(at..end).unwrap_or_default();
    match rest.find("/*").filter(|open| !rest.get(open + 2..).unwrap_or_default().contains("*/")) {
        Some(open) if !rest.get(..open).unwrap_or_default().contains("//") => at + open,
        _ => {
            if line_break(text, end).is_empty() {
                text.len()
            } else {
                end
            }
        }
    }
}

fn escaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    for c in value.chars() {
        match c {
            '\\' | '"' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
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
        let bytes = edit_configuration("a.cfg.json", text.as_bytes(), &[change]).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_new_member_stands_on_a_line_of_its_own_or_on_the_only_one() {
        let two = "{\r\n  \"a.b\": \"1\", // one\r\n  \"c\": 2 // two\r\n}\r\n";
        let expected = "{\r\n  \"a.b\": \"1\", // one\r\n  \"a.c\": \"3\",\r\n  \"c\": 2 // two\r\n}\r\n";
        assert_eq!(edited(two, set("a.c", "3")), expected);
        let expected = "{\r\n  \"a.b\": \"1\", // one\r\n  \"c\": 2, // two\r\n  \"c.d\": \"3\"\r\n}\r\n";
        assert_eq!(edited(two, set("c.d", "3")), expected);
        assert_eq!(edited("{\n\t\"a\":\"1\"\n}", set("b", "\"")), "{\n\t\"a\":\"1\",\n\t\"b\":\"\\\"\"\n}");
        assert_eq!(edited("{\"a\":\"1\",\"c\":\"2\"}", set("a.b", "3")), "{\"a\":\"1\",\"a.b\":\"3\",\"c\":\"2\"}");
        assert_eq!(edited("{\"a\": \"1\"}", set("b", "3")), "{\"a\": \"1\", \"b\": \"3\"}");
        assert_eq!(edited("// x {\n{}", set("b", "3")), "// x {\n{\"b\": \"3\"}");
        assert_eq!(
            edited("{\n  \"a\": \"1\" /* to\n be */ }", set("b", "3")),
            "{\n  \"a\": \"1\", \"b\": \"3\" /* to\n be */ }"
        );
    }

    #[test]
    fn a_value_changes_inside_its_quotes_and_a_list_stays_one() {
        assert_eq!(edited("{ \"A:String\": \"1\" }", set("a", "2")), "{ \"A:String\": \"2\" }");
        assert_eq!(edited("{\"a\":[\"x\",\n\"y\"]}", set("a", "z")), "{\"a\":[\"z\"]}");
        let append = Change::Append { name: "a".into(), items: vec!["y".into()] };
        assert_eq!(edited("{\"a\":[\"x\"]}", append), "{\"a\":[\"x\", \"y\"]}");
        let on = || Change::Set { name: "a".into(), value: NewValue::Bool(true) };
        assert_eq!(edited("{\"a\":false}", on()), "{\"a\":true}");
        assert_eq!(edited("{\"a\":\"false\"}", on()), "{\"a\":\"true\"}");
        assert_eq!(edited("{\"b\":1}", on()), "{\"b\":1,\"a\":true}");
        let error = edit_configuration("a.cfg.json", b"{\"a:Integer\":1}", &[set("a", "x")]);
        assert_eq!(error, Err(EditError::NotExpressible("a".into())));
    }

    #[test]
    fn a_removed_member_takes_one_comma_along() {
        let remove = |name: &str, text: &str| edited(text, Change::Remove { name: name.into() });
        assert_eq!(remove("a", "{\n  \"a\": 1, // x\n  \"b\": 2\n}"), "{\n  // x\n  \"b\": 2\n}");
        assert_eq!(remove("b", "{\n  \"a\": 1, // x\n  \"b\": 2\n}"), "{\n  \"a\": 1 // x\n}");
        assert_eq!(remove("b", "{\"a\":1, \"b\":2}"), "{\"a\":1}");
        assert_eq!(remove("a", "{\"a\":1, \"b\":2}"), "{\"b\":2}");
        assert_eq!(remove("a", "{\"a\":1}"), "{}");
        assert_eq!(remove("a", "{\n\"a\":1 // \"b\"\n,\"b\":2}"), "{\n// \"b\"\n\"b\":2}");
        assert_eq!(remove("b", "{\n  \"a\": 1,\n  // b is gone\n  \"b\": 2\n}"), "{\n  \"a\": 1\n  // b is gone\n}");
    }
}
