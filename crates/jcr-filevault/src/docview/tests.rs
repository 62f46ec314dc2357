//! Tests of the docview reader: upstream's vectors, places, and what goes on after mistakes.

use serde_json::{Map, Value, json};

use super::*;
use crate::vectors::{self, Vector};
use text_spans::{Lines, Span};

/// Where the start tag with this name ends, as a SAX locator counts: lines and UTF-16 columns of LF-only text.
fn after_tag(text: &str, name: Span) -> (u32, u32) {
    let mut quote = None;
    let len = text[name.range().end..].find(|c| match (quote, c) {
        (None, '>') => true,
        (None, '"' | '\'') => {
            quote = Some(c);
            false
        }
        (Some(open), c) => {
            if open == c {
                quote = None;
            }
            false
        }
        _ => false,
    });
    let position = Lines::new(text).position((name.range().end + len.unwrap() + 1) as u32);
    (position.line, position.column)
}

#[test]
fn parses_as_upstream() {
    let vectors: Vec<_> =
        vectors::read("docview-doc.jsonl").into_iter().filter(|vector| vector.format == "docview.parse").collect();
    assert_eq!(vectors.len(), 278);
    let wrong: Vec<String> = vectors.iter().filter_map(difference).collect();
    vectors::assert_none(&wrong, vectors.len());
}

/// Whether a file uses other prefixes than a repository. Upstream was run without one and knows those of the file.
fn has_other_prefixes(text: &str) -> bool {
    ["xmlns:j=", "xmlns=\"h"].iter().any(|declaration| text.contains(declaration))
}

/// What is read otherwise than by upstream.
fn difference(vector: &Vector) -> Option<String> {
    let bytes = vector.bytes();
    let decoded = crate::decode_xml(&bytes);
    let text = decoded.text.trim_start_matches('\u{feff}');
    let view = read(text, vector.input["root"].as_str().unwrap());
    let error = decoded.error.clone().or(view.error);
    // The import, not the parser, cannot make a node of such a name.
    let error = error.filter(|error| vector.is_refused() || !error.reason.contains("with a `/`"));
    if has_other_prefixes(text) && !vector.is_refused() {
        return error.map(|error| format!("{text}\n  {error:?}"));
    }
    if vector.is_refused() {
        // Without a repository upstream cannot know that `cq` is registered; here it is known.
        let reason = vector.expected["error"].as_str().unwrap_or_default();
        let no_session = reason.contains("Unknown namespace prefix used in file name");
        return (error.is_some() == no_session).then(|| format!("{text}\n  is not refused"));
    }
    let nodes: Vec<Value> = view.nodes.iter().map(|node| node_as_vector(text, node)).collect();
    // A node of an entity is placed where that is used, not where it is declared; and columns are not counted by Java as here
    // where a character takes two units.
    let has_exact_places = !text.contains("<!ENTITY") && text.chars().all(|c| c.len_utf16() == 1);
    // A prefix that the repository has for another namespace gets a number there.
    let renumbered = |nodes: &Value| -> Value {
        let text = ["jcr", "cq", "nt", "sling"]
            .iter()
            .fold(nodes.to_string(), |text, prefix| text.replace(&format!("{prefix}1:"), &format!("{prefix}:")));
        let mut nodes: Value = serde_json::from_str(&text).unwrap();
        for node in nodes.as_array_mut().unwrap().iter_mut().filter(|_| !has_exact_places) {
            node["column"].take();
        }
        nodes
    };
    let is_same = renumbered(&Value::from(nodes.clone())) == renumbered(&vector.expected);
    let same = is_same && error.is_none() && !view.partial;
    (!same).then(|| format!("{text}\n  expected {}\n  found {} {error:?}", vector.expected, Value::from(nodes)))
}

fn node_as_vector(text: &str, node: &Node) -> Value {
    let (line, column) = after_tag(text, node.span);
    let mut properties = Map::new();
    for property in &node.properties {
        let shape = json!({
            "type": property.type_name, "multi": property.multi, "binaryRef": property.binary_ref,
            "values": property.values.to_vec(),
        });
        // Of names that are the same when they are decoded upstream takes the first; here both are kept.
        properties.entry(property.name.clone().into_owned()).or_insert(shape);
    }
    json!({"path": node.path, "index": node.index, "line": line, "column": column, "props": properties})
}

const NS: &str = "xmlns:jcr=\"http://www.jcp.org/jcr/1.0\"";

/// All values of a text, as `path@name=value`, one for each value.
fn values(view: &DocView) -> Vec<String> {
    let of = |node: &Node, property: &NodeProperty| {
        let (path, name) = (node.path.clone(), property.name.clone());
        property.values.iter().map(move |value| format!("{path}@{name}={value}")).collect::<Vec<_>>()
    };
    view.nodes.iter().flat_map(|node| node.properties.iter().flat_map(|property| of(node, property))).collect()
}

/// The source text of each value.
fn sources<'t>(text: &'t str, view: &DocView) -> Vec<&'t str> {
    let properties = view.nodes.iter().flat_map(|node| &node.properties);
    properties.flat_map(|property| property.value_spans.iter().map(|span| &text[span.range()])).collect()
}

fn reason<'v>(view: &'v DocView<'_>) -> &'v str {
    view.error.as_ref().map_or("", |error| error.reason.as_str())
}

#[test]
fn knows_where_each_item_is_written_through_references() {
    let text = format!("<jcr:root {NS} a=\"[x&amp;y,&#x41;,&lt;z,\n\\u0041]\" b='{{Long}}&#49;' c=\"é&quot;\"/>");
    let view = read(&text, "/x");
    assert_eq!(values(&view), ["/x@a=x&y", "/x@a=A", "/x@a=<z", "/x@a= A", "/x@b=1", "/x@c=é\""]);
    assert_eq!(sources(&text, &view), ["x&amp;y", "&#x41;", "&lt;z", "\n\\u0041", "&#49;", "é&quot;"]);
    let names: Vec<_> = view.nodes[0].properties.iter().map(|p| &text[p.name_span.range()]).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(&text[view.nodes[0].span.range()], "jcr:root");
}

#[test]
fn expands_entities_in_values_and_content() {
    let text = format!(
        "<!DOCTYPE r [<!ENTITY t '{{Long}}'><!ENTITY a '&b;&#9;c'><!ENTITY b \"[1,2\"><!ENTITY n '<n p=\"&v;\"/>'>\
         <!ENTITY v 'w'><!ENTITY % pe '<!ENTITY late \"l\">'>%pe;]>\
         <jcr:root {NS} x=\"&t;&a;,&late;]\">&n;</jcr:root>"
    );
    let view = read(&text, "/x");
    assert_eq!((reason(&view), view.partial, view.internal_dtd), ("", false, true));
    assert_eq!(values(&view), ["/x@x=1", "/x@x=2 c", "/x@x=l", "/x/n@p=w"]);
    assert_eq!(view.nodes[0].properties[0].type_name, "Long");
    assert_eq!(sources(&text, &view), ["&a;", "&a;", "&late;", "&n;"]);
}

#[test]
fn applies_attribute_defaults_of_the_dtd() {
    let text = format!(
        "<!DOCTYPE r [<!ATTLIST jcr:root hidden CDATA 'https://a' a (x|y) \"x\" b CDATA #REQUIRED\n\
         xmlns:jcr CDATA #FIXED '{}'>]><jcr:root a=\"y\"/>",
        prefixes::JCR
    );
    let view = read(&text, "/x");
    // FileVault does not look at `a`, which is no CDATA.
    assert_eq!((reason(&view), values(&view)), ("", vec!["/x@hidden=https://a".to_owned()]));
    assert_eq!(sources(&text, &view), ["https://a"]);
}

#[test]
fn bounds_entity_expansion() {
    let mut dtd = String::from("<!ENTITY e0 'aaaaaaaaaa'>");
    for level in 1..12 {
        dtd += &format!("<!ENTITY e{level} '{}'>", format!("&e{};", level - 1).repeat(10));
    }
    let text = format!("<!DOCTYPE r [{dtd}<!ENTITY me 'x&me;'>]><jcr:root {NS} v='&e11;' w='&me;'/>");
    let view = read(&text, "/x");
    assert!(view.partial && reason(&view).contains("expand"));
    assert!(view.nodes[0].properties[0].values[0].len() <= 2 << 20);
    let text = format!("<!DOCTYPE r [<!ENTITY me '<a b=\"1\"/>&me;'>]><jcr:root {NS}>&me;</jcr:root>");
    let view = read(&text, "/x");
    assert_eq!((reason(&view), values(&view)), ("an entity that contains itself", vec!["/x/a@b=1".to_owned()]));
}

#[test]
fn names_properties_by_namespace_and_not_by_the_file_s_prefix() {
    let text = "<j:root xmlns:j=\"http://www.jcp.org/jcr/1.0\" xmlns:s='http://sling.apache.org/jcr/sling/1.0'\n\
        xmlns:my='urn:x' j:primaryType=\"a\" s:resourceType=\"b\" my:c=\"d\" p_x0020_q=\"e\"/>";
    let view = read(text, "/x");
    assert_eq!(values(&view), ["/x@jcr:primaryType=a", "/x@sling:resourceType=b", "/x@my:c=d", "/x@p q=e"]);
    assert_eq!(view.error, None);
}

#[test]
fn goes_on_after_what_filevault_rejects() {
    let cases = [
        ("<jcr:root NS a='1' a='2'/>", "repeated", false, vec!["/x@a=1", "/x@a=2"]),
        ("<jcr:root NS q:a='1'><q:b c='2'/></jcr:root>", "prefix", false, vec!["/x@q:a=1", "/x/q:b@c=2"]),
        ("<jcr:root NS a='{Foo}1' b='2'/>", "property type", false, vec!["/x@a={Foo}1", "/x@b=2"]),
        ("<jcr:root NS a='1'><b c='2'>", "without end tag", false, vec!["/x@a=1", "/x/b@c=2"]),
        ("<jcr:root NS><b><c d='1'/></e></b><f g='2'/></jcr:root>", "end tag", false, vec!["/x/b/c@d=1", "/x/f@g=2"]),
        ("<jcr:root NS a='1'/>junk<b c='2'/>", "outside", false, vec!["/x@a=1", "/b@c=2"]),
        ("<jcr:root NS a='x<y' b='1'/>", "&lt;", false, vec!["/x@a=x<y", "/x@b=1"]),
        ("<jcr:root NS a=1 b='&nope;&'/>", "quotes", false, vec!["/x@a=1", "/x@b=&nope;&"]),
        ("<jcr:root NS><!-- <b c='1'/>", "comment", true, vec!["/x/b@c=1"]),
        ("<jcr:root NS><b c='1' d='2", "quote", true, vec!["/x/b@c=1", "/x/b@d=2"]),
        ("<jcr:root NS b='1' <c d='2'/><e f='3'/>", "start an attribute", false, vec!["/x@b=1", "/x@d=2", "/e@f=3"]),
        ("<!DOCTYPE r [ <jcr:root NS a='1'/>", "document type", true, vec!["/x@a=1"]),
        ("<jcr:root NS a='\u{1}'/>", "control", false, vec!["/x@a=\u{1}"]),
    ];
    for (text, expected, partial, all) in cases {
        let text = text.replace("NS", NS);
        let view = read(&text, "/x");
        assert!(reason(&view).contains(expected), "{text}: {}", reason(&view));
        assert_eq!((values(&view), view.partial), (all.into_iter().map(str::to_owned).collect(), partial), "{text}");
    }
    assert_eq!(reason(&read("", "/x")), "no root element");
}

#[test]
fn finds_the_tags_that_a_quote_without_end_hides() {
    let text = format!("<jcr:root {NS}><a b=\"x>\n<c d=\"y\"/><e f='z'/></jcr:root>");
    let view = read(&text, "/x");
    assert!(view.partial);
    let found = values(&view);
    assert!(found.iter().any(|value| value.ends_with("c@d=y")) && found.iter().any(|value| value.ends_with("e@f=z")));
}

#[test]
fn reads_a_million_nested_elements() {
    let deep = 1_000_000;
    let mut text = format!("<jcr:root {NS}>");
    text.push_str(&"<a>".repeat(deep));
    text.push_str("<b c='canary'/>");
    text.push_str(&"</a>".repeat(deep));
    text.push_str("</jcr:root>");
    let mut nodes = 0;
    let mut found = Vec::new();
    let outcome = read_with(&text, "/x", &|_| false, &mut |node| {
        nodes += 1;
        assert!(node.path.len() <= MAX_PATH_BYTES + 10);
        found.extend(node.properties.iter().flat_map(|property| property.values.to_vec()));
    });
    assert_eq!(found, ["canary"]);
    assert!(outcome.partial && nodes < 5000, "{nodes} nodes");
}

#[test]
fn reads_many_attributes_and_prefixes() {
    let many = 200_000;
    let mut text = format!("<jcr:root {NS}");
    for n in 0..many {
        text += &format!(" xmlns:p{n}=\"u{n}\" p{n}:a{n}=\"{n}\"");
    }
    text.push_str("/>");
    let view = read(&text, "/x");
    assert_eq!((view.nodes[0].properties.len(), view.error), (many, None));
}

/// A node that was passed, or one that was made.
#[derive(Debug, PartialEq)]
struct Seen {
    path: String,
    names: Vec<String>,
    made: bool,
}

/// Reads a text, skips the nodes for which `passes` says so, and gives all nodes in order.
fn passing(text: &str, passes: &dyn Fn(&Ahead<'_>) -> bool) -> (Vec<Seen>, Outcome) {
    let seen = std::cell::RefCell::new(Vec::new());
    let pass = |node: &Ahead<'_>| {
        let passes = passes(node);
        if passes {
            let names = node.names().map(str::to_owned).collect();
            seen.borrow_mut().push(Seen { path: node.path.to_owned(), names, made: false });
        }
        passes
    };
    let outcome = read_with(text, "/x", &pass, &mut |node| {
        let names = node.properties.iter().map(|property| property.name.clone().into_owned()).collect();
        seen.borrow_mut().push(Seen { path: node.path.clone(), names, made: true });
    });
    (seen.into_inner(), outcome)
}

#[test]
fn passes_what_is_right_and_plain_and_nothing_else() {
    let right = ["<a/>", "<jcr:a/>", "<a b='c' jcr:b='{Long}1'/>", "<a b='[c,&lt;]'/>", "<a b='[{String}'/>"];
    let wrong = [
        "<y:a/>",
        "<a y:b='c'/>",
        "<a b='c' b='d'/>",
        "<a b='{String}c' jcr:b='' b=''/>",
        "<a b='{Strin}c'/>",
        "<a b='{'/>",
        "<a b='\\c'/>",
        "<a b='&#97;'/>",
        "<a b='&x;'/>",
        "<a_x0062_/>",
        "<a b_x0062_='c'/>",
        "<a x:b='c'/>",
        "<a xmlns:y='c'/>",
        "<a b=c/>",
    ];
    for (element, passes) in right.map(|right| (right, true)).into_iter().chain(wrong.map(|wrong| (wrong, false))) {
        let text =
            format!("<?xml version='1.0'?><jcr:root {NS} xmlns:x='http://www.day.com/jcr/cq/1.0'>{element}</jcr:root>");
        let (seen, _) = passing(&text, &|_| true);
        assert_eq!(seen.iter().map(|seen| !seen.made).collect::<Vec<_>>(), [false, passes], "{element}");
    }
}

mod properties {
    use proptest::prelude::*;

    use super::*;

    /// Writes one character of a value in some way that stands for it.
    fn write(c: char, way: u8) -> String {
        let code = u32::from(c);
        match (way % 6, c) {
            (0, _) => format!("&#{code};"),
            (1, _) => format!("&#x{code:x};"),
            (2, _) => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
            (3, 'a'..='z' | 'A'..='Z') if c != 'u' => format!("\\{c}"),
            (_, '<') => "&lt;".into(),
            (_, '&') => "&amp;".into(),
            (_, '"') => "&quot;".into(),
            (_, '\t' | '\n' | '\r') => format!("&#{code};"),
            (_, '\\' | ',' | '[' | ']' | '{' | '}') => format!("\\{c}"),
            _ => c.to_string(),
        }
    }

    fn value() -> impl Strategy<Value = (String, String)> {
        let character = prop_oneof![
            any::<char>(),
            proptest::sample::select(vec!['\\', ',', '[', ']', '{', '&', '<', '"', '\n', '\r'])
        ];
        let character =
            character.prop_filter("XML has no such character", |c| *c >= ' ' || matches!(c, '\t' | '\n' | '\r'));
        proptest::collection::vec((character, any::<u8>()), 0..12).prop_map(|parts| {
            // Character references are decoded before the docview grammar, which they must not trip.
            let safe = |c: char, way: u8| if way % 6 < 2 && r"\,[]{}".contains(c) { 2 } else { way };
            let written = parts.iter().map(|&(c, way)| write(c, safe(c, way))).collect();
            (parts.iter().map(|(c, _)| *c).collect(), written)
        })
    }

    proptest! {
        #[test]
        fn reads_back_what_was_written(
            rows in proptest::collection::vec((value(), proptest::collection::vec(value(), 2..4), any::<bool>()), 1..4),
            prefix in "[a-z]{1,3}",
            wide in any::<bool>(),
        ) {
            prop_assume!(prefix != "xml");
            let mut text = format!("<{prefix}:root xmlns:{prefix}=\"{}\">", prefixes::JCR);
            for (single, list, typed) in &rows {
                let kind = if *typed { "{String}" } else { "" };
                let items: Vec<&str> = list.iter().map(|(_, written)| written.as_str()).collect();
                text += &format!("<n {prefix}:s=\"{kind}{}\"\n\tl = \"{kind}[{}]\"/>", single.1, items.join(","));
            }
            text += &format!("</{prefix}:root>");
            let bytes: Vec<u8> = match wide {
                true => "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
                false => text.clone().into_bytes(),
            };
            let decoded = crate::decode_xml(&bytes);
            let view = read(&decoded.text, "/x");
            prop_assert_eq!(&view.error, &None);
            for (node, (single, list, typed)) in view.nodes.iter().skip(1).zip(&rows) {
                let [s, l] = node.properties.as_slice() else { panic!("two properties") };
                prop_assert_eq!(&s.name, "jcr:s");
                prop_assert_eq!(&s.values.to_vec(), &vec![single.0.clone()]);
                prop_assert_eq!(s.type_name == "String", *typed);
                prop_assert_eq!(&l.values.to_vec(), &list.iter().map(|(text, _)| text.clone()).collect::<Vec<_>>());
                for (span, (_, written)) in l.value_spans.iter().zip(list) {
                    prop_assert_eq!(&text[span.range()], written);
                }
            }
            prop_assert_eq!(view.nodes.len(), rows.len() + 1);
        }

        #[test]
        fn what_is_passed_is_as_it_would_have_been_made(
            content in "(<[ab]( (b|c|jcr:b|x:b|y:d|jcr:title|jcr:subtitle|a_x0062_)='(&lt;|\\{[LS](ong|tring)\\}|[a,<{\\[\\\\]|&#97;|&x;|\\]){0,3}'){0,3}/?>|</[ab]>|<y:a/>|<a xmlns:y='z'>|<a xmlns='internal'>|<b xmlns:jcr='v'>|<x:a b='1'/>|<!-- -->|x|\n ){0,16}",
        ) {
            let ns = "xmlns:jcr='http://www.jcp.org/jcr/1.0' xmlns:x='http://www.day.com/jcr/cq/1.0'";
            let text = format!("<?xml version='1.0'?><jcr:root {ns}>{content}</jcr:root>");
            let (made, expected) = passing(&text, &|_| false);
            let (seen, outcome) = passing(&text, &|_| true);
            prop_assert_eq!(outcome, expected);
            prop_assert_eq!(seen.len(), made.len());
            for (seen, made) in seen.into_iter().zip(made) {
                prop_assert_eq!(Seen { made: true, ..seen }, made);
            }
        }

        #[test]
        fn never_panics_and_keeps_spans_in_the_text(
            text in "(<|>|/|&|;|!|--|\\[|\\]|<!DOCTYPE|<!ENTITY|<!ATTLIST|CDATA|xmlns:|[a-c]|=|\"|'| |\\{|\\\\u|é|😀|#|%|<\\?|\\?>|:|\n){0,40}"
        ) {
            let view = read(&text, "/x");
            let spans = view.nodes.iter().flat_map(|node| {
                let of = |p: &NodeProperty| [vec![p.name_span, p.value_span], p.value_spans.to_vec()].concat();
                node.properties.iter().flat_map(of).chain([node.span]).collect::<Vec<_>>()
            });
            for span in spans.chain(view.error.iter().map(|error| error.span)) {
                prop_assert!(text.get(span.range()).is_some(), "{:?}", span);
            }
            for property in view.nodes.iter().flat_map(|node| &node.properties) {
                prop_assert_eq!(property.values.len(), property.value_spans.len());
            }
        }
    }
}
