//! Random documents of each format, and random changes: read again, the properties are as intended, and everything that is
//! written around them is the same.

use crate::{Change, NewValue, edit_configuration, edit_node};
use osgi_config::{Scalar, Target, read_file};
use proptest::prelude::*;
use std::collections::BTreeMap;
use text_spans::Span;

/// A property of a random document: its value as texts, and whether it is a list.
type Value = (Vec<String>, bool);

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z ]{0,8}",
        "[ -~é😀]{0,8}",
        Just("a, b".to_owned()),
        Just("{Boolean}[x]".to_owned()),
        Just("line\r\nbreak\t".to_owned()),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => text().prop_map(|text| (vec![text], false)),
        1 => prop::collection::vec("[ -~é]{1,5}", 1..4).prop_map(|texts| (texts, true)),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let name = || "[a-e](\\.[a-c])?";
    prop_oneof![
        (name(), text()).prop_map(|(name, text)| Change::Set { name, value: NewValue::Text(text) }),
        (name(), any::<bool>()).prop_map(|(name, value)| Change::Set { name, value: NewValue::Bool(value) }),
        name().prop_map(|name| Change::Remove { name }),
        (name(), prop::collection::vec("[a-z]{1,3}", 1..3)).prop_map(|(name, items)| Change::Append { name, items }),
        (name(), name()).prop_map(|(name, to)| Change::Rename { name, to }),
        (name(), "[a-c ,=]{1,2}", text()).prop_map(|(name, old, new)| Change::Replace { name, old, new }),
    ]
}

/// Properties in the order of the file.
fn document() -> impl Strategy<Value = Vec<(String, Value)>> {
    let property = ("[a-e](\\.[a-c])?", value());
    prop::collection::vec(property, 0..6).prop_map(|properties| {
        let mut seen = std::collections::BTreeSet::new();
        properties.into_iter().filter(|(name, _)| seen.insert(name.clone())).collect()
    })
}

/// How a document is laid out.
#[derive(Clone, Debug)]
struct Layout {
    line_end: &'static str,
    indent: &'static str,
    comment: bool,
    final_line_end: bool,
}

fn layout() -> impl Strategy<Value = Layout> {
    let line_end = prop_oneof![Just("\n"), Just("\r\n")];
    (line_end, prop_oneof![Just(""), Just("  "), Just("\t")], any::<bool>(), any::<bool>())
        .prop_map(|(line_end, indent, comment, final_line_end)| Layout { line_end, indent, comment, final_line_end })
}

fn escape(value: &str, special: &str) -> String {
    let escaped = value.chars().map(|c| match c {
        '\r' => "\\r".to_owned(),
        '\n' => "\\n".to_owned(),
        '\t' => "\\t".to_owned(),
        c if special.contains(c) => format!("\\{c}"),
        c => c.to_string(),
    });
    escaped.collect()
}

fn config(document: &[(String, Value)], layout: &Layout) -> String {
    let quoted = |text: &String| format!("\"{}\"", escape(text, "\\\"="));
    let lines = document.iter().map(|(name, (texts, list))| {
        let value = texts.iter().map(quoted).collect::<Vec<_>>().join(", ");
        let value = if *list { format!("[{value}]") } else { value };
        format!("{}{name}={value}", layout.indent)
    });
    let comment = layout.comment.then(|| "# by hand: a=\"1\"".to_owned());
    finish(comment.into_iter().chain(lines).collect(), layout)
}

fn finish(lines: Vec<String>, layout: &Layout) -> String {
    let text = lines.join(layout.line_end);
    if layout.final_line_end && !text.is_empty() { text + layout.line_end } else { text }
}

fn json(document: &[(String, Value)], layout: &Layout) -> String {
    let quoted = |text: &String| format!("\"{}\"", escape(text, "\\\""));
    let last = document.len().saturating_sub(1);
    let members = document.iter().enumerate().map(|(at, (name, (texts, list)))| {
        let value = texts.iter().map(quoted).collect::<Vec<_>>().join(",");
        let value = if *list { format!("[{value}]") } else { value };
        let comma = if at == last { "" } else { "," };
        let comment = if layout.comment { " // \"a\": 1" } else { "" };
        format!("{}\"{name}\": {value}{comma}{comment}", layout.indent)
    });
    let lines = ["{".to_owned()].into_iter().chain(members).chain(["}".to_owned()]);
    finish(lines.collect(), layout)
}

fn docview(document: &[(String, Value)], layout: &Layout) -> String {
    let xml = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('"', "&quot;")
            .replace('\r', "&#xd;")
            .replace('\n', "&#xa;")
            .replace('\t', "&#x9;")
    };
    let attributes: String = document
        .iter()
        .map(|(name, (texts, list))| {
            let value = if *list {
                let items: Vec<String> =
                    texts.iter().map(|text| text.replace('\\', "\\\\").replace(',', "\\,")).collect();
                format!("[{}]", items.join(","))
            } else {
                let text = texts.concat().replace('\\', "\\\\");
                if text.starts_with(['{', '[']) { format!("\\{text}") } else { text }
            };
            format!("{}    {name}=\"{}\"", layout.line_end, xml(&value))
        })
        .collect();
    let comment = if layout.comment { "<!-- a=\"1\" -->" } else { "" };
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\">{comment}<é><n{attributes}/></é></jcr:root>"
    );
    if layout.final_line_end { text + layout.line_end } else { text }
}

/// What the properties are after a change; `None` if it cannot be made.
fn intended(document: &[(String, Value)], change: &Change) -> Option<BTreeMap<String, Value>> {
    let mut properties: BTreeMap<String, Value> = document.iter().cloned().collect();
    match change {
        Change::Set { name, value } => {
            let texts = value.texts();
            let list = properties.get(name).is_some_and(|(_, list)| *list);
            properties.insert(name.clone(), (texts, list));
        }
        Change::Remove { name } => {
            properties.remove(name);
        }
        Change::Append { name, items } => match properties.get_mut(name) {
            None => {
                properties.insert(name.clone(), (vec![items.join(", ")], false));
            }
            Some((texts, true)) => {
                let missing: Vec<String> = items.iter().filter(|item| !texts.contains(item)).cloned().collect();
                texts.extend(missing);
            }
            Some((texts, false)) => {
                let has = |text: &str, item: &String| {
                    text.split(|c: char| c == ',' || c.is_whitespace()).any(|word| word == item)
                };
                // Checked by words, since the separator depends on the text.
                let text = texts.concat();
                let missing: Vec<&String> = items.iter().filter(|item| !has(&text, item)).collect();
                texts.extend(missing.into_iter().cloned());
            }
        },
        Change::Replace { name, old, new } => {
            let (texts, _) = properties.get_mut(name)?;
            let count: usize = texts.iter().map(|text| text.matches(old.as_str()).count()).sum();
            if count != 1 {
                return None;
            }
            texts.iter_mut().for_each(|text| *text = text.replacen(old.as_str(), new, 1));
        }
        Change::Rename { name, to } => {
            if name != to && properties.contains_key(to) && properties.contains_key(name) {
                return None;
            }
            if let Some(value) = properties.remove(name) {
                properties.insert(to.clone(), value);
            }
        }
    }
    Some(properties)
}

fn check_properties(
    found: &BTreeMap<String, Value>,
    document: &[(String, Value)],
    change: &Change,
) -> Result<(), TestCaseError> {
    let Some(intended) = intended(document, change) else { return Ok(()) };
    prop_assert_eq!(found.keys().collect::<Vec<_>>(), intended.keys().collect::<Vec<_>>());
    for (name, (texts, list)) in &intended {
        let (found, is_list) = &found[name];
        prop_assert_eq!(is_list, list, "{}", name);
        if matches!(change, Change::Append { .. }) && change.name() == name && !list {
            let first = texts.first().map(String::as_str).unwrap_or_default();
            prop_assert!(found.concat().starts_with(first));
            let words = |text: &str| -> Vec<String> {
                text.split(|c: char| c == ',' || c.is_whitespace())
                    .filter(|w| !w.is_empty())
                    .map(str::to_owned)
                    .collect()
            };
            prop_assert_eq!(words(&found.concat()), words(&texts.join(" ")));
        } else {
            prop_assert_eq!(found, texts, "{}", name);
        }
    }
    Ok(())
}

fn properties_of(name: &str, bytes: &[u8]) -> BTreeMap<String, Value> {
    let (_, _, configuration) = read_file(name, bytes, Target::Cloud).unwrap();
    assert_eq!(configuration.error, None);
    assert_eq!(configuration.dropped, []);
    let text = |scalar: &Scalar<'_>| match scalar {
        Scalar::Text(text) => text.to_string(),
        Scalar::Bool(value) => value.to_string(),
        other => panic!("{other:?}"),
    };
    let value = |property: &osgi_config::Property<'_>| {
        let items = property.value.items.iter().map(|item| text(&item.scalar)).collect();
        (items, property.value.shape != osgi_config::Shape::Scalar)
    };
    configuration.properties.iter().map(|property| (property.key.to_string(), value(property))).collect()
}

/// Whether all lines of the text but those with the property are still there, in their order and with their line ends.
fn check_lines(before: &str, after: &str, names: &[&str], layout: &Layout) -> Result<(), TestCaseError> {
    let others = |text: &str| -> Vec<String> {
        let is_touched =
            |line: &str| names.iter().any(|name| line.trim_start().trim_start_matches('"').starts_with(name));
        let lines = text.split(layout.line_end).filter(|line| !is_touched(line));
        // The comma behind the last member comes and goes.
        lines.map(|line| line.replacen(',', "", usize::from(line.contains("\": ")))).collect()
    };
    let join = |lines: Vec<String>| lines.join("|").replace(", //", " //");
    // Of a file of one line it is not known how its lines end.
    if !before.contains(layout.line_end) {
        return Ok(());
    }
    prop_assert_eq!(
        join(others(before)).trim_matches('|').to_owned(),
        join(others(after)).trim_matches('|').to_owned()
    );
    let is_only_comment = after.starts_with('#') && after.lines().count() == 1;
    if !is_only_comment && !after.is_empty() {
        prop_assert_eq!(before.ends_with(layout.line_end), after.ends_with(layout.line_end));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn config_files_change_as_intended(document in document(), layout in layout(), change in change()) {
        let mut text = config(&document, &layout);
        if layout.comment && document.is_empty() {
            text.push('\n');
        }
        match edit_configuration("a.config", text.as_bytes(), std::slice::from_ref(&change)) {
            Ok(edited) => check_properties(&properties_of("a.config", &edited), &document, &change)?,
            Err(error) => prop_assert!(intended(&document, &change).is_none(), "{error} in {text:?}"),
        }
    }

    #[test]
    fn json_files_change_as_intended(document in document(), layout in layout(), change in change()) {
        let text = json(&document, &layout);
        match edit_configuration("a.cfg.json", text.as_bytes(), std::slice::from_ref(&change)) {
            Ok(edited) => check_properties(&properties_of("a.cfg.json", &edited), &document, &change)?,
            Err(error) => prop_assert!(intended(&document, &change).is_none(), "{error} in {text:?}"),
        }
    }

    #[test]
    fn nodes_change_as_intended(document in document(), layout in layout(), change in change(), wide in any::<bool>()) {
        let text = docview(&document, &layout);
        let text = if wide { text.replacen("UTF-8", "UTF-16", 1) } else { text };
        let mark: &[u8] = if wide { &[0xfe, 0xff] } else { &[] };
        let encode = |text: &str| -> Vec<u8> {
            let encoded: Vec<u8> = if wide { text.encode_utf16().flat_map(u16::to_be_bytes).collect() } else { text.into() };
            [mark, &encoded].concat()
        };
        let at = text.find("<n").unwrap() + 1;
        match edit_node(&encode(&text), Span::new(at, at + 1), std::slice::from_ref(&change)) {
            Ok(edited) => {
                let decoded = jcr_filevault::decode_xml(&edited).text.into_owned();
                prop_assert_eq!(&encode(&decoded), &edited);
                let view = jcr_filevault::docview::read(&decoded, "/r");
                prop_assert_eq!(&view.error, &None);
                let node = view.nodes.last().unwrap();
                let found = node.properties.iter().map(|property| {
                    let texts = property.values.iter().map(ToString::to_string).collect();
                    (property.name.to_string(), (texts, property.multi))
                });
                check_properties(&found.collect(), &document, &change)?;
                let end = text[at..].find("/>").map(|length| at + length).filter(|_| !document.iter().any(|(_, (texts, _))| texts.concat().contains("/>")));
                prop_assert_eq!(&decoded[..at], &text[..at]);
                if let Some(end) = end {
                    prop_assert!(decoded.ends_with(&text[end..]));
                }
            }
            Err(error) => {
                // A part of a value that is written with escapes is not replaced.
                if matches!(&change, Change::Replace { old, .. } if old.contains([',', '\\', '[', '{'])) {
                    return Ok(());
                }
                // `[]` is the empty list: a list of one empty text has no form.
                let has_form = |intended: BTreeMap<String, Value>| {
                    intended.get(change.name()).is_none_or(|(texts, list)| !list || *texts != [""])
                };
                prop_assert!(!intended(&document, &change).is_some_and(has_form), "{error} in {text:?}");
            }
        }
    }

    #[test]
    fn all_other_lines_stay(
        names in prop::collection::btree_set("[a-e]", 1..5),
        layout in layout(),
        change in change(),
        is_json in any::<bool>(),
    ) {
        let document: Vec<(String, Value)> = names.iter().map(|name| (name.repeat(2), (vec!["x".to_owned()], false))).collect();
        let (name, text) =
            if is_json { ("a.cfg.json", json(&document, &layout)) } else { ("a.config", config(&document, &layout)) };
        let change = match change {
            Change::Set { name, value } => Change::Set { name: name.repeat(2), value },
            Change::Remove { name } => Change::Remove { name: name.repeat(2) },
            Change::Append { name, items } => Change::Append { name: name.repeat(2), items },
            Change::Rename { name, to } => Change::Rename { name: name.repeat(2), to: to.repeat(2) },
            Change::Replace { name, old, new } => Change::Replace { name: name.repeat(2), old, new },
        };
        let Ok(edited) = edit_configuration(name, text.as_bytes(), std::slice::from_ref(&change)) else { return Ok(()) };
        let edited = String::from_utf8(edited).unwrap();
        let mut touched = vec![change.name()];
        if let Change::Rename { to, .. } = &change {
            touched.push(to);
        }
        // A comment behind a removed member keeps its line.
        if !(is_json && layout.comment) {
            check_lines(&text, &edited, &touched, &layout)?;
        }
    }

    #[test]
    fn any_text_is_edited_or_refused(text in "[a-c=\"\\\\\\[\\](){},:;# \r\n<>/*é]{0,40}", change in change()) {
        for name in ["a.config", "a.cfg.json", "a.cfg"] {
            let _ = edit_configuration(name, text.as_bytes(), std::slice::from_ref(&change));
        }
        let xml = format!("<r>{text}<n a=\"1\"/></r>");
        let at = xml.rfind("<n").unwrap() + 1;
        let _ = edit_node(xml.as_bytes(), Span::new(at, at + 1), std::slice::from_ref(&change));
        let _ = crate::remove_node(xml.as_bytes(), Span::new(at, at + 1));
        let filter = format!("<workspaceFilter><filter root=\"/a\"/>{text}</workspaceFilter>");
        let _ = crate::rename_root(filter.as_bytes(), "/a", "/b");
        let _ = crate::add_cleanup_root(filter.as_bytes(), "/c");
    }
}
