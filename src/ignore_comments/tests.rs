//! What ignore comments are about in each format, and what is said of those without effect.

use super::*;
use proptest::prelude::*;

/// The text that each comment is about.
fn covered(text: &str, syntax: Syntax) -> Vec<(Vec<String>, &str)> {
    comments(text, syntax).valid.into_iter().map(|c| (c.rules, text.get(c.covers.range()).unwrap())).collect()
}

fn rules(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn mistakes(text: &str, syntax: Syntax) -> Vec<(u32, &'static str)> {
    comments(text, syntax).mistakes
}

#[test]
fn in_config_the_next_property_is_meant() {
    let text = "a=\"1\"\r\n# aemlint-ignore missing-scope, ims: known\r\n\r\n# another\r\nb=\"2\"\r\nc=\"3\"\r\n";
    assert_eq!(covered(text, Syntax::FelixConfig), [(rules(&["missing-scope", "ims"]), "b=\"2\"")]);
    let text = "a=\"1\"\n# aemlint-ignore r: all of it\nb=[ \\\n  \"#1\", \\\n  ]\nc=\"3\"\n";
    assert_eq!(covered(text, Syntax::FelixConfig)[0].1, "b=[ \\\n  \"#1\", \\\n  ]");
}

#[test]
fn at_the_top_the_whole_file_is_meant() {
    let text = "# licence\n# aemlint-ignore missing-scope: set by the platform\na=\"1\"\nb=\"2\"\n";
    for syntax in [Syntax::FelixConfig, Syntax::Properties] {
        let found = comments(text, syntax);
        let [comment] = found.valid.as_slice() else { panic!("{found:?}") };
        assert_eq!((comment.line, comment.reason.as_str()), (2, "set by the platform"));
        assert_eq!(comment.covers, Span::new(0, text.len()));
    }
    let text = "\u{feff}/* licence */\n/** aemlint-ignore r: a reason */\n{\"a\": 1}";
    assert_eq!(covered(text, Syntax::Json), [(rules(&["r"]), text)]);
}

#[test]
fn in_json_a_line_comment_counts() {
    let text = "{\n  // aemlint-ignore plain-text-secret: a dummy: for tests\n  \"secret\": \"x\",\n  \"b\": 1\n}\n";
    let found = comments(text, Syntax::Json);
    assert_eq!(found.valid[0].reason, "a dummy: for tests");
    assert_eq!(covered(text, Syntax::Json)[0].1, "\"secret\": \"x\"");
    let text = "{\"a\": 1, /* aemlint-ignore r: x */ \"b\": [\n 1, 2\n], \"c\": \"// aemlint-ignore\"}";
    assert_eq!(covered(text, Syntax::Json)[0].1, "\"b\": [\n 1, 2\n]");
    assert_eq!(mistakes(text, Syntax::Json), [(3, json::FORM)]);
}

#[test]
fn at_the_end_of_a_line_the_line_is_meant() {
    let text =
        "{\n \"a\": 1,\n \"b\": 2, \"c\": 3, // aemlint-ignore r: x\n \"d\": [\n  1\n ] /* aemlint-ignore s: y */\n}";
    let expected = [(rules(&["r"]), " \"b\": 2, \"c\": 3, "), (rules(&["s"]), "\"d\": [\n  1\n ] ")];
    assert_eq!(covered(text, Syntax::Json), expected);
    let text = "{ // aemlint-ignore r: x\n \"a\": 1\n}";
    assert_eq!(covered(text, Syntax::Json)[0].1, "{ ");
    let text = "a=\"1 # no\"\nb=[ \\\n \"2\", \\\n ]  # aemlint-ignore r: x\nc=\"3\"\n";
    assert_eq!(covered(text, Syntax::FelixConfig)[0].1, "b=[ \\\n \"2\", \\\n ]  ");
    let text = "<a>\n <b/><c\n  p='1'/> <d/> <!-- aemlint-ignore r: x -->\n <e/>\n</a>";
    assert_eq!(covered(text, Syntax::Xml)[0].1, "<c\n  p='1'/> <d/> ");
}

#[test]
fn in_xml_the_start_tag_of_the_next_element_is_meant() {
    let text = "<?xml version=\"1.0\"?>\n<a x='>'>\n <!-- aemlint-ignore r:\n  two lines -->\n <!-- other --> <b\n  \
                p=\"1 > 0\"/><c/>\n <![CDATA[<!-- aemlint-ignore r: no -->]]>\n</a>";
    assert_eq!(covered(text, Syntax::Xml), [(rules(&["r"]), "<b\n  p=\"1 > 0\"/>")]);
    assert_eq!(mistakes(text, Syntax::Xml), [(7, xml::FORM)]);
    let text = "<!-- aemlint-ignore r: all of it -->\n<a p=\"1\"><b/></a>";
    let found = comments(text, Syntax::Xml);
    assert_eq!(found.valid[0].covers, Span::new(0, text.find("<b").unwrap()));
}

#[test]
fn in_properties_a_comment_has_a_line_of_its_own() {
    let text = "a=1\n! aemlint-ignore r: x\nb=2, \\\n  # aemlint-ignore s: y\nc=3 # aemlint-ignore t: z\n";
    assert_eq!(covered(text, Syntax::Properties), [(rules(&["r"]), "b=2, \\\n  # aemlint-ignore s: y\n")]);
    assert_eq!(mistakes(text, Syntax::Properties), [(4, properties::FORM), (5, properties::FORM)]);
}

#[test]
fn a_comment_without_effect_says_why() {
    let text =
        "# aemlint-ignore\n# aemlint-ignore missing-scope\n# aemlint-ignore x:  \na=\"1\"\n# aemlint-ignore x: y\n";
    for syntax in [Syntax::FelixConfig, Syntax::Properties] {
        let lines: Vec<u32> = mistakes(text, syntax).iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 3, 5]);
        assert!(comments(text, syntax).valid.is_empty());
    }
    assert_eq!(mistakes("<a><!-- aemlint-ignore x: y --></a>", Syntax::Xml).len(), 1);
    assert_eq!(mistakes("# aemlint-ignored x: y\n# see aemlint-ignore\na=\"1\"", Syntax::FelixConfig).len(), 2);
    assert_eq!(mistakes("// aemlint-ignore x: y\na=\"1\"", Syntax::FelixConfig), [(1, felix_config::FORM)]);
    assert_eq!(mistakes("{\n# aemlint-ignore x: y\n}", Syntax::Json), [(2, json::FORM)]);
    assert_eq!(comments_without_effect("a\n# aemlint-ignore x: y").mistakes, [(2, NO_COMMENTS)]);
}

#[test]
fn the_name_of_a_file_tells_its_syntax() {
    assert_eq!(Syntax::of("a.cfg.json"), Some(Syntax::Json));
    assert_eq!(Syntax::of("A.CONFIG"), Some(Syntax::FelixConfig));
    assert_eq!(Syntax::of("a.cfg"), Some(Syntax::Properties));
    assert_eq!(Syntax::of(".content.xml"), Some(Syntax::Xml));
    assert_eq!(Syntax::of("a.png"), None);
}

/// A comment that is one here is one for those who read the file, and changes nothing of what they read.
#[test]
fn the_readers_skip_what_counts_as_a_comment() {
    let with = "# aemlint-ignore r: x\na=\"1\" # aemlint-ignore r: x\n# aemlint-ignore r: x\nb=[ \\\n  \"2\", \\\n  ] # aemlint-ignore r: x\n";
    assert_eq!(comments(with, Syntax::FelixConfig).valid.len(), 4);
    let without: String = with.split("# aemlint-ignore r: x").collect();
    for target in osgi_config::Target::ALL {
        let values = |text: &str| {
            let read = osgi_config::felix_config::read(text, target);
            assert!(read.error.is_none() && read.dropped.is_empty(), "{read:?}");
            let property = |p: &osgi_config::Property<'_>| {
                format!("{} {:?}", p.key, p.value.items.iter().map(|i| i.scalar.clone()).collect::<Vec<_>>())
            };
            read.properties.iter().map(property).collect::<Vec<_>>()
        };
        assert_eq!(values(with), values(&without));
    }
}

proptest! {
    #[test]
    fn any_text_gives_marks_inside_of_it(text in "([a<>!\\-\"'#/:\n\u{e9} =,\\[\\]{}\\\\*]|aemlint-ignore|aemlint-ignore a: b|<!--|-->|<!\\[CDATA\\[){0,60}") {
        for syntax in [Syntax::Xml, Syntax::FelixConfig, Syntax::Properties, Syntax::Json] {
            let found = comments(&text, syntax);
            for comment in &found.valid {
                prop_assert!(text.get(comment.covers.range()).is_some());
                prop_assert!(!comment.reason.is_empty() && !comment.rules.is_empty());
            }
            // Each is understood, or it is said that it is not.
            prop_assert_eq!(found.valid.is_empty() && found.mistakes.is_empty(), !is_marked(text.as_bytes()));
        }
    }
}
