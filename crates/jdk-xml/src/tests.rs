//! What the parser hands over, against quick-xml.

use crate::{Element, Handler, Report, read};
use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::BytesStart;
use text_spans::Span;

const PREFIXES: [&str; 4] = ["", "a", "b", "jcr"];

/// What a handler is given, in order.
#[derive(Debug, PartialEq)]
enum Event {
    /// Its name, its attributes, and the namespaces of [`PREFIXES`].
    Start(String, Vec<(String, String)>, Vec<Option<String>>),
    End,
    /// Text without anything else in between, in one piece.
    Text(String),
}

fn push_text(events: &mut Vec<Event>, text: &str) {
    match events.last_mut() {
        Some(Event::Text(before)) => before.push_str(text),
        _ => events.push(Event::Text(text.to_owned())),
    }
}

struct Recorder<'t> {
    /// The file, if everything stands in it as it is handed over.
    text: Option<&'t str>,
    events: Vec<Event>,
}

impl<'t> Handler<'t> for Recorder<'_> {
    fn start(&mut self, element: &mut Element<'_, 't>, _: &mut Report) {
        if let Some(text) = self.text {
            assert_eq!(&text[element.span.range()], element.name);
            for attribute in &*element.attributes {
                assert_eq!(text[attribute.name_span.range()], attribute.name);
                assert_eq!(unescape(&text[attribute.value_span.range()]).unwrap_or_default(), attribute.value);
            }
        }
        let attributes = element.attributes.iter().map(|found| (found.name.to_string(), found.value.to_string()));
        let scope = PREFIXES.map(|prefix| element.namespaces.resolve(prefix).map(str::to_owned));
        self.events.push(Event::Start(element.name.to_owned(), attributes.collect(), scope.to_vec()));
    }

    fn end(&mut self) {
        self.events.push(Event::End);
    }

    fn text(&mut self, text: &str, _: Span) {
        push_text(&mut self.events, text);
    }
}

/// What quick-xml reads, or `None` if it rejects the text. Elements `b` get the attribute `default` if they lack it.
fn read_with_quick_xml(text: &str, default: Option<(&str, &str)>) -> Option<Vec<Event>> {
    let mut reader = Reader::from_str(text);
    let mut events = Vec::new();
    let mut bindings: Vec<(String, String)> = Vec::new();
    let mut open = Vec::new();
    let start = |tag: &BytesStart<'_>, bindings: &mut Vec<(String, String)>| {
        let name = tag.name().as_ref().to_owned();
        let mut attributes = Vec::new();
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.ok()?;
            let (name, value) = (attribute.key.as_ref().to_owned(), attribute.value);
            let value = unescape(&value).ok()?.into_owned();
            match name.strip_prefix("xmlns") {
                Some(prefix) => bindings.push((prefix.trim_start_matches(':').to_owned(), value)),
                None => attributes.push((name, value)),
            }
        }
        if let Some((added, value)) = default.filter(|_| name == "b")
            && !attributes.iter().any(|(known, _)| known == added)
        {
            attributes.push((added.to_owned(), value.to_owned()));
        }
        let resolve = |prefix: &&str| bindings.iter().rev().find(|(known, _)| known == prefix);
        let scope = PREFIXES.iter().map(|prefix| resolve(prefix).map(|(_, uri)| uri.clone())).collect();
        Some(Event::Start(name, attributes, scope))
    };
    loop {
        match reader.read_event().ok()? {
            quick_xml::events::Event::Start(tag) => {
                open.push(bindings.len());
                events.push(start(&tag, &mut bindings)?);
            }
            quick_xml::events::Event::Empty(tag) => {
                let around = bindings.len();
                events.push(start(&tag, &mut bindings)?);
                events.push(Event::End);
                bindings.truncate(around);
            }
            quick_xml::events::Event::End(_) => {
                bindings.truncate(open.pop()?);
                events.push(Event::End);
            }
            quick_xml::events::Event::Text(content) => push_text(&mut events, &content),
            quick_xml::events::Event::CData(content) => push_text(&mut events, &content),
            quick_xml::events::Event::GeneralRef(name) => {
                let written = format!("&{};", &*name);
                push_text(&mut events, &unescape(&written).ok()?);
            }
            quick_xml::events::Event::Eof => return open.is_empty().then_some(events),
            _ => {}
        }
    }
}

fn read_here(text: &str, everything_stands_in_it: bool) -> (Vec<Event>, Report) {
    let mut recorder = Recorder { text: everything_stands_in_it.then_some(text), events: Vec::new() };
    let report = read(text, &mut recorder);
    (recorder.events, report)
}

fn reason(report: &Report) -> &str {
    report.error.as_ref().map_or("", |error| &error.reason)
}

#[test]
fn what_is_right_is_read_as_by_quick_xml() {
    for text in [
        "<?xml version='1.0'?>\n<a>\n <b c='d'/> <b/></a>",
        "<?xml version='1.0'?><a><b c='&lt;&#10;'> </b >x<b/>&amp;<b/><![CDATA[ ]]> <b/></a>",
        "<!----><a>\u{feff}<b/>\u{feff}</a>",
        "<!----><a b='1' d='2' xmlns:a='u'><a:b a:c='1'/><b xmlns='v'><c/></b> </a><!---->",
    ] {
        let (events, report) = read_here(text, true);
        assert_eq!(reason(&report), "", "{text}");
        assert_eq!(Some(events), read_with_quick_xml(text, None), "{text}");
    }
}

#[test]
fn what_the_document_type_declares_is_read_as_if_it_were_written_there() {
    let dtd = "<!DOCTYPE a [<!ENTITY e '<b c=\"&#38;lt;\"/>'><!ATTLIST b d CDATA 'e'>]>";
    let (events, report) = read_here(&format!("{dtd}<!-- --> <a> <b/>&e; <b c='&e;'/></a>"), false);
    assert_eq!(reason(&report), "");
    let written = "<!-- --> <a> <b/><b c=\"&lt;\"/> <b c='&lt;b c=&quot;&lt;&quot;/>'/></a>";
    assert_eq!(Some(events), read_with_quick_xml(written, Some(("d", "e"))));
}

#[test]
fn what_is_wrong_is_reported_and_what_follows_is_read() {
    for (text, expected, names) in [
        ("<?xml version='1.0'?><a></b></a></a><a/>", "matches no start tag", "aa"),
        ("<a><b c='&lt;&#10;'> </b > <b c='<'/>x<b/></a> x", "&lt;", "abbb"),
        ("<!---->\u{feff}<a>\u{feff}<b/></a>", "outside", "ab"),
    ] {
        let (events, report) = read_here(text, false);
        assert!(reason(&report).contains(expected), "{text}: {}", reason(&report));
        let found: String = events
            .iter()
            .filter_map(|event| if let Event::Start(name, ..) = event { Some(name.as_str()) } else { None })
            .collect();
        assert_eq!(found, names, "{text}");
    }
}

proptest::proptest! {
    /// What is read without an error is what quick-xml reads, and what quick-xml rejects is rejected.
    #[test]
    fn quick_xml_reads_the_same(
        start in "(<\\?xml \\?>|<!---->)?",
        declares in proptest::bool::ANY,
        content in "(<[ab]>|</[ab]>|<[ab]/>|<a:b c='1' a:d=\"[&<;]{0,2}\"/>|<a xmlns:a='u'>|<b xmlns='u' b = '1'>|[ \n]{1,3}|&e;|&lt;|<!---->|<\\?p\\?>|<!\\[CDATA\\[x\\]\\]>|[\u{feff}<>/'&x]){0,20}",
        closed in "((<a>|<a b='1'>)(<[ab]( c='(&lt;|x)')?/>|[ \n]|&e;|&amp;|<!---->){0,4}</a>|<b xmlns:b='v'/>){0,3}",
    ) {
        for content in [format!("{content}{closed}"), closed.clone()] {
            let (declared, text, default) = if declares {
                let dtd = "<!DOCTYPE a [<!ENTITY e '<b>x</b>'><!ATTLIST b c CDATA 'd'>]>";
                (format!("{dtd}<a>{content}</a>"), format!("<a>{}</a>", content.replace("&e;", "<b>x</b>")), Some(("c", "d")))
            } else {
                let text = format!("{start}<a>{content}</a>");
                (text.clone(), text, None)
            };
            let expected = read_with_quick_xml(&text, default);
            let (_, report) = read_here(&declared, false);
            proptest::prop_assert!(expected.is_some() || report.error.is_some(), "{}", declared);
            if report.error.is_none() {
                let (events, _) = read_here(&declared, !declares);
                proptest::prop_assert_eq!(Some(events), expected);
            }
        }
    }
}
