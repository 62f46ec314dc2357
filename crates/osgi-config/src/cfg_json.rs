//! The reader of `.cfg.json` files: one configuration in the JSON of the OSGi Configurator, read as Felix `cm.json`
//! (`ConfigurationReaderImpl`, with Johnzon 1.2.8 as its parser) does for a single configuration.

use std::collections::{HashMap, HashSet};

use super::configuration::{Configuration, Dropped, Property, dedup_keys};
use super::json_comments::strip;
use super::json_tape::{self, Kind, Token};
use super::json_types::{Json, Refused, typed, untyped};
use text_spans::{ReadError, Span};

/// The prefix of the keys that are meant for the Configurator. Without a handler they are stored without it.
const CONFIGURATOR: &str = ":configurator:";

/// Reads a `.cfg.json` text.
///
/// A key whose untyped value is `null` makes the installer drop the whole configuration; that is an
/// [`error`](Configuration::error) here.
pub fn read(text: &str) -> Configuration<'static> {
    let stripped = strip(text);
    let tape = json_tape::read(&stripped.text);
    let span = |start, end| stripped.span(start, end);
    let error = tape.error.map(|(start, end, reason)| ReadError { span: span(start, end), reason });
    let mut reader = Reader { text, properties: Vec::new(), dropped: Vec::new(), error, keys: HashSet::new() };

    if !matches!(tape.tokens.first(), None | Some(Token { kind: Kind::Open { array: false, .. }, .. })) {
        reader.fail(span(0, stripped.text.len()), "the root of the JSON text is no object");
    }
    let mut at = 0;
    while let Some(token) = tape.tokens.get(at) {
        let root = Json { text: &stripped.text, tape: &tape.tokens, at };
        if matches!(token.kind, Kind::Open { array: false, .. }) {
            reader.object(root, span);
        }
        at = root.next();
    }

    let Reader { properties, mut dropped, error, .. } = reader;
    let mut lost = Vec::new();
    let properties = dedup_keys(properties, &mut dropped, &mut lost);
    Configuration { properties, lost, dropped, error }
}

struct Reader<'t> {
    text: &'t str,
    properties: Vec<Property<'static>>,
    dropped: Vec<Dropped>,
    error: Option<ReadError>,
    /// The case-folded forms of the names that are taken.
    keys: HashSet<String>,
}

impl Reader<'_> {
    fn fail(&mut self, span: Span, reason: &str) {
        self.error.get_or_insert_with(|| ReadError { span, reason: reason.to_owned() });
    }

    fn object(&mut self, object: Json<'_>, span: impl Fn(usize, usize) -> Span + Copy) {
        let end = object.next().saturating_sub(1);
        let mut entries = Vec::new();
        let mut at = object.at + 1;
        while at < end {
            let Some(Token { kind: Kind::Key(json_key), start, end: key_end }) = object.tape.get(at) else { break };
            let value = Json { at: at + 1, ..object };
            entries.push((json_key.as_str(), span(*start, *key_end), value));
            at = value.next();
        }
        let last: HashMap<&str, usize> = entries.iter().map(|(json_key, _, value)| (*json_key, value.at)).collect();
        for (json_key, quoted_span, value) in entries {
            let counts = last.get(json_key) == Some(&value.at);
            self.entry(json_key, quoted_span, value, span, counts);
        }
    }

    /// One member of the object. It counts unless the very same key stands again further down.
    fn entry(
        &mut self,
        json_key: &str,
        quoted_span: Span,
        value: Json<'_>,
        span: impl Fn(usize, usize) -> Span,
        counts: bool,
    ) {
        let (key, type_name) = split_key(json_key);
        let key_span = name_span(self.text, json_key, key, quoted_span);
        let (start, end) = value.bytes(false);
        let value_span = span(start, end);
        let converted = match type_name {
            None => untyped(value).ok_or(Refused::Null),
            Some("binary" | "binary[]") => Err(Refused::Binary),
            Some(type_name) => typed(value, type_name),
        };
        if counts {
            if !self.keys.insert(fold(key)) {
                self.fail(key_span, "two keys are the same but for upper and lower case or their type");
            }
            match converted {
                Ok(_) => {}
                Err(Refused::Binary) => self.fail(key_span, "the type `binary` is allowed in bundles only"),
                Err(Refused::UnknownType) => self.fail(quoted_span, "the type behind the `:` of the key is unknown"),
                Err(Refused::BadValue) => self.fail(value_span, "the value does not convert to the type of its key"),
                Err(Refused::Null) => {
                    self.fail(value_span, "the value is `null`, which drops the whole configuration");
                    let reason = "the value is `null`".to_owned();
                    self.dropped.push(Dropped { key: Some(key.to_owned()), span: key_span.to(value_span), reason });
                }
            }
        }
        // The installer takes nothing of what it refuses; an auditor still wants to see the value.
        if let Some(converted) = converted.ok().or_else(|| untyped(value)) {
            let value = converted.into_value(span);
            self.properties.push(Property { key: key.to_owned().into(), key_span, value, value_span });
        }
    }
}

/// The property's name and type in a JSON key. Of the type of a Configurator key only `binary` is looked at.
fn split_key(json_key: &str) -> (&str, Option<&str>) {
    let internal = json_key.strip_prefix(CONFIGURATOR);
    let key = internal.unwrap_or(json_key);
    match key.split_once(':') {
        Some((name, type_name)) => {
            let counts = internal.is_none() || matches!(type_name, "binary" | "binary[]");
            (name, Some(type_name).filter(|_| counts))
        }
        None => (key, None),
    }
}

/// Where the name stands inside its quotes; all of it where escapes or a comment within it make that hard to say.
fn name_span(text: &str, json_key: &str, name: &str, quoted: Span) -> Span {
    let written = text.get(quoted.range()).unwrap_or_default();
    // A key without quotes, or without the second one, is an error.
    let inner = match written.chars().next().filter(|first| matches!(first, '"' | '\'')) {
        Some(quote) => {
            let inner = written.get(1..).unwrap_or_default();
            let start = quoted.start as usize + 1;
            Span::new(start, start + inner.strip_suffix(quote).unwrap_or(inner).len())
        }
        None => quoted,
    };
    if text.get(inner.range()) != Some(json_key) {
        return inner;
    }
    let prefix = json_key.strip_prefix(CONFIGURATOR).map_or(0, |_| CONFIGURATOR.len());
    let start = inner.start as usize + prefix;
    Span::new(start, start + name.len())
}

/// The form under which `String.CASE_INSENSITIVE_ORDER` takes two keys for the same.
fn fold(key: &str) -> String {
    // Java maps one character to one; mappings to several characters do not count.
    fn single(mut mapped: impl Iterator<Item = char>, c: char) -> char {
        match (mapped.next(), mapped.next()) {
            (Some(one), None) => one,
            _ => c,
        }
    }
    key.chars().map(|c| single(c.to_uppercase(), c)).map(|c| single(c.to_lowercase(), c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Scalar, vectors};

    #[test]
    fn reads_as_the_vectors_say() {
        vectors::check_all(&vectors::of("cfgjson.jsonl", "felix.cfgjson"), 499, |vector| read(vector.text()));
    }

    /// Every key span and every text item without escapes shows what was read.
    fn check_spans(text: &str) -> Configuration<'static> {
        let configuration = read(text);
        for property in configuration.properties.iter().chain(&configuration.lost) {
            assert_eq!(&text[property.key_span.range()], property.key, "{text}");
            for item in &property.value.items {
                if let Scalar::Text(value) = &item.scalar {
                    assert_eq!(&text[item.span.range()], value, "{text}");
                }
            }
        }
        configuration
    }

    #[test]
    fn spans_are_exact_behind_comments_and_type_suffixes() {
        let text = "/* é */{ \"a:String[]\": [\"x\", // y\n \"z\"], \":configurator:b\": \"c\" }";
        let configuration = check_spans(text);
        assert_eq!(configuration.error, None);
        assert_eq!(&text[configuration.properties[0].value_span.range()], "[\"x\", // y\n \"z\"]");
        assert_eq!(&text[configuration.properties[1].value_span.range()], "\"c\"");
    }

    #[test]
    fn converts_by_the_type_in_the_key() {
        let value = |text: &str| {
            let configuration = read(&format!("{{\"a:{text}}}"));
            configuration.error.is_none().then(|| configuration.properties[0].value.items[0].scalar.clone())
        };
        assert_eq!(value("String\":5"), Some(Scalar::Text("5".into())));
        assert_eq!(value("Integer\":\"1\""), Some(Scalar::Int(1)));
        assert_eq!(value("Long\":\"hello\""), None);
        assert_eq!(value("Boolean\":\"hello\""), Some(Scalar::Bool(false)));
        assert_eq!(value("Boolean\":1"), Some(Scalar::Bool(true)));
        assert_eq!(value("Character\":\"hello\""), Some(Scalar::Text("h".into())));
        assert_eq!(value("Double\":\"1\""), Some(Scalar::Double(1.0)));
        assert_eq!(value("Byte\":300"), Some(Scalar::Int(44)));
        assert_eq!(value("String\":null"), None);
        assert_eq!(value("Collection<int>\":[1]"), None);
        assert_eq!(read("{\"a\":1.5e1}").properties[0].value.type_name, "Long");
    }

    #[test]
    fn after_an_error_the_rest_is_still_read() {
        let keys = |text: &str| {
            let configuration = check_spans(text);
            assert!(configuration.error.is_some(), "{text}");
            configuration.properties.iter().map(|p| p.key.clone()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(keys("{\"a\":\"b\",}"), "a");
        assert_eq!(keys("{\"a\":\"b\" \"c\":\"d\"}"), "a c");
        assert_eq!(keys("# no\n{a:'b', 'c' \"d\"}"), "a c");
        assert_eq!(keys("{\"a\":\"b\"}{\"c\":\"d\"} \"e\""), "a c");
        assert_eq!(keys("{\"a\":\"line\nbreak\",\"c\":[1,"), "a c");
        assert_eq!(keys("\u{FEFF}{\"a\":\"b\"}"), "a");
        assert_eq!(keys("{\"a:Foo\":\"b\",\"A\":\"c\"}"), "a A");
        assert_eq!(keys("{\"a\":null,\"é\":{\"x\":1}"), "é");
        assert_eq!(keys("{\"a\":[\"b\"}"), "a");
    }

    #[test]
    fn the_value_of_a_repeated_key_is_lost_but_visible() {
        let configuration = check_spans("{\"a\":null,\"a\":\"x\",\"a\":\"y\"}");
        assert_eq!(configuration.error, None);
        assert_eq!(configuration.properties.len(), 1);
        assert_eq!(configuration.lost.len(), 1);
        assert_eq!(configuration.dropped.len(), 1);
    }

    #[test]
    fn keys_fold_letters_outside_ascii() {
        assert!(read("{\"É\":1,\"é\":2}").error.is_some());
        assert!(read("{\":configurator:a\":1,\"a\":2}").error.is_some());
        assert!(read("{\"ss\":1,\"ß\":2}").error.is_none());
    }

    #[test]
    fn deep_nesting_is_read_without_recursion() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(500_000), "]".repeat(500_000));
        let configuration = read(&deep);
        assert_eq!(configuration.error, None);
        let Scalar::Text(text) = &configuration.properties[0].value.items[0].scalar else { panic!("no text") };
        assert_eq!(text.len(), 1_000_001);
        assert!(read(&"{\"a\":".repeat(300_000)).error.is_some());
    }
}
