//! Tests of the `.config` reader and of what it saves from damaged files.

use super::{Configuration, Property, Scalar, Shape, Target, felix_config, vectors};
use text_spans::Lines;

/// Read as the content-package converter of the cloud does, with the newest handler.
fn read(text: &str) -> Configuration<'_> {
    felix_config::read(text, Target::Cloud)
}

/// The properties as `key=value` with the raw text of the value, each span checked on the way.
fn shown(text: &str, properties: &[Property]) -> Vec<String> {
    let show = |property: &Property| {
        for item in &property.value.items {
            assert!(text.get(item.span.range()).is_some(), "{text}");
        }
        format!("{}={}", property.key, &text[property.value_span.range()])
    };
    properties.iter().map(show).collect()
}

fn arrived(text: &str) -> Vec<String> {
    shown(text, &read(text).properties)
}

fn lost(text: &str) -> Vec<String> {
    let configuration = read(text);
    assert_eq!(configuration.error, None, "{text}");
    assert!(!configuration.dropped.is_empty(), "{text}");
    shown(text, &configuration.lost)
}

#[test]
fn reads_as_the_vectors_say() {
    let vectors = vectors::of("felix-config.jsonl", "felix.config");
    vectors::check_all(&vectors, 110, |vector| read(vector.text()).into_owned());
    for vector in vectors {
        let configuration = read(vector.text());
        let message = vector.expected["error"].as_str().unwrap_or_default();
        if let Some((_, rest)) = message.split_once("(line=") {
            let line: u32 = rest.split(',').next().unwrap().parse().unwrap();
            let found = Lines::new(vector.text()).position(configuration.error.unwrap().span.start);
            assert_eq!(found.line, line + 1, "{vector:?}");
        }
    }
}

#[test]
fn spans_are_exact() {
    let text = "# c\r\n é.b = I[ \\\r\n  \"1\", \\\r\n  \"22\" ]\r\nk\\ =\"x\\=y\"";
    let configuration = read(text);
    let [array, scalar] = configuration.properties.as_slice() else { panic!("{configuration:?}") };
    assert_eq!(&text[array.key_span.range()], "é.b");
    assert_eq!(&text[array.value_span.range()], "I[ \\\r\n  \"1\", \\\r\n  \"22\" ]");
    assert_eq!(array.value.shape, Shape::Array);
    let items: Vec<_> = array.value.items.iter().map(|item| &text[item.span.range()]).collect();
    assert_eq!(items, ["1", "22"]);
    assert_eq!(scalar.key, "k");
    assert_eq!(&text[scalar.value.items[0].span.range()], "x\\=y");
}

#[test]
fn odd_syntax_that_felix_takes_arrives() {
    let first = |text: &str| read(text).into_owned().properties[0].value.items[0].scalar.clone();
    assert_eq!(first("a=\"\\u+041\""), Scalar::Text("A".into()));
    assert_eq!(first("a=\"\\ud83d\\ude00\""), Scalar::Text("😀".into()));
    assert_eq!(first("a=I\"+007\""), Scalar::Int(7));
    assert_eq!(first("a\u{3000}=\u{2003}\"x\""), Scalar::Text("x".into()));
    assert_eq!(read("a\u{3000}=\"x\"").properties[0].key, "a\u{3000}", "only characters up to U+0020 are trimmed");
    assert!(read("a=\"\\uxyzw\"").error.is_some());
}

#[test]
fn plain_properties_are_borrowed_from_the_text() {
    use std::borrow::Cow;
    for (text, key, value) in
        [("a.b_c-D=\"x y\"\n", "a.b_c-D", "x y"), ("\r\n \ta=I\"5\"", "a", "5"), ("a=\"\"", "a", "")]
    {
        let configuration = read(text);
        let [property] = configuration.properties.as_slice() else { panic!("{configuration:?}") };
        assert!(matches!(property.key, Cow::Borrowed(_)), "{text}");
        assert_eq!(&text[property.key_span.range()], key);
        assert_eq!(&text[property.value.items[0].span.range()], value);
        assert_eq!(text[property.value_span.range()].len(), property.value_span.len());
        assert_eq!(property.value_span.end as usize, text.trim_end().len(), "{text}");
    }
    let borrowed = read("a=\"x y\"");
    assert!(matches!(&borrowed.properties[0].value.items[0].scalar, Scalar::Text(Cow::Borrowed("x y"))));
}

#[test]
fn other_ways_to_write_a_property() {
    for (text, arrived, lost) in [
        ("", 0, 0),
        ("=\"x\"", 0, 0),
        ("# c\na=\"x\"", 1, 0),
        ("a =\"x\"", 1, 0),
        ("a= \"x\"", 1, 0),
        ("a=\"x\\\"y\"", 1, 0),
        ("a=C\"\"", 0, 1),
        ("a=Q\"x\"", 0, 1),
        ("a=[\"x\"]", 1, 0),
        ("é=\"x\"", 1, 0),
        ("a=\"x\r\ny\"", 1, 0),
    ] {
        let configuration = read(text);
        assert_eq!((configuration.properties.len(), configuration.lost.len()), (arrived, lost), "{text}");
        assert_eq!(configuration.error, None, "{text}");
    }
    for text in ["a", "a=\"x=y\"", "a=I\"x\""] {
        assert!(read(text).error.is_some(), "{text}");
    }
    // A quote that is never closed takes the rest of the file.
    assert_eq!(arrived("a=\"x"), ["a=\"x"]);
}

#[test]
fn a_multi_line_key_is_one_value() {
    let text = "key=\"-----BEGIN X-----\r\nab+/c\r\n-----END X-----\r\n\"\r\nb=\"c\"\r\n";
    let configuration = read(text);
    assert_eq!(configuration.error, None);
    let value = &configuration.properties[0].value.items[0];
    assert_eq!(value.scalar, Scalar::Text("-----BEGIN X-----\nab+/c\n-----END X-----\n".into()));
    assert_eq!(configuration.properties.len(), 2);
}

#[test]
fn what_stands_behind_a_cut_value_is_lost_but_read() {
    let text = "a=\"1\"\nsecret=\"abc==\"\nscope=[\"x=y\",\"z\"]\nb=I\"5\"\n";
    assert_eq!(arrived(text), ["a=\"1\"", "secret=\"abc="]);
    assert_eq!(lost(text), ["secret=\"abc==\"", "scope=[\"x=y\",\"z\"]", "b=I\"5\""]);
    let configuration = read(text);
    assert_eq!(configuration.lost[0].value.items[0].scalar, Scalar::Text("abc==".into()));
    assert_eq!(configuration.lost[1].value.items.len(), 2);
    assert_eq!(configuration.lost[2].value.items[0].scalar, Scalar::Int(5));
    assert_eq!(&text[configuration.dropped[0].span.range()], "=");
}

#[test]
fn stray_tokens_lose_the_rest() {
    assert_eq!(lost("a=\"1\",\nb=\"2\""), ["b=\"2\""]);
    assert_eq!(lost("\"a\"=\"1\"\nb=\"2\""), ["a=\"1\"", "b=\"2\""]);
    assert_eq!(lost("a=Q\"x\"\nb=\"2\""), ["a=Q\"x\"", "b=\"2\""]);
    assert_eq!(lost("a=I \"5\"\nb=\"2\""), ["a=I \"5\"", "b=\"2\""]);
}

#[test]
fn unquoted_values_are_lost_but_read() {
    assert_eq!(lost("a=abc def\nb=\"2\""), ["a=abc def", "b=\"2\""]);
    assert_eq!(arrived("a=hyz\nb=\"2\""), ["yz\nb=\"2\""], "the rest of the value becomes part of the next key");
    assert_eq!(lost("a=[x,y]\nb=\"2\""), ["a=[x,y]", "b=\"2\""]);
    assert_eq!(arrived("a=\\\n\"b\""), Vec::<String>::new());
    assert_eq!(lost("a=\\\n\"b\""), ["a=\"b\""]);
}

#[test]
fn after_an_error_everything_is_still_there() {
    let all = |text: &str| {
        assert!(read(text).error.is_some(), "{text}");
        arrived(text)
    };
    assert_eq!(all("a=\"1\"\nu=\"http://x?y=z\"\nb=\"2\""), ["a=\"1\"", "u=\"http://x?y=z\"", "b=\"2\""]);
    assert_eq!(all("a=\nb=x\n"), ["a=", "b=x"]);
    assert_eq!(all("a=D\"1.5\"\nb=\"2\""), ["a=D\"1.5\"", "b=\"2\""]);
    assert_eq!(all("a=\"1\";\nb=\"2\"\nc"), ["a=\"1\"", "b=\"2\""]);
    assert_eq!(all("a=[\"1\" \"2\"]\nb=\"2\""), ["a=[\"1\" \"2\"]", "b=\"2\""]);
    assert_eq!(all("a=\"\\uzzzz\"\nb=\"2\""), ["a=\"\\uzzzz\"", "b=\"2\""]);
    assert_eq!(read("a=\"1\"\nu\\u0041=\"x=y\"").properties[1].key, "uA");
}

#[test]
fn a_missing_quote_does_not_hide_the_next_line() {
    let text = "a=\"1\nb=\"2\"\nc=\"3\"\n";
    assert_eq!(shown(text, &read(text).properties).len() + read(text).lost.len(), 4);
    let saved = read(text).lost;
    assert_eq!(saved[1].key, "b");
    assert_eq!(saved[1].value.items[0].scalar, Scalar::Text("2".into()));
}

#[test]
fn the_last_of_equal_keys_wins() {
    let configuration = read("a=\"1\"\nA=\"2\"\na=\"3\"");
    let scalar = |property: &Property<'static>| property.value.items[0].scalar.clone();
    assert_eq!(configuration.properties.iter().map(scalar).collect::<Vec<_>>().len(), 2);
    assert_eq!(scalar(&configuration.lost[0]), Scalar::Text("1".into()));
    assert_eq!(configuration.dropped.len(), 1);
    assert_eq!(scalar(&configuration.properties[1]), Scalar::Text("3".into()));
}

#[test]
fn reasons_hold_no_value() {
    for text in ["a=I\"s3cret\"", "a=\"s3cret=\"", "a=s3cret", "a=\"s3cret=x\"", "a=[\"s3cret\" s3cret]"] {
        let Configuration { error, dropped, .. } = read(text);
        let reasons = dropped.into_iter().map(|dropped| dropped.reason).chain(error.map(|error| error.reason));
        let reasons: Vec<String> = reasons.collect();
        assert!(!reasons.is_empty() && !reasons.concat().contains("s3cret"), "{reasons:?}");
    }
}

#[test]
fn hostile_files_do_not_take_quadratic_time() {
    let text = "k=\"v\"\n".repeat(200_000) + &"k=\"v=\nx=[\"=\",y".repeat(50_000);
    let configuration = read(&text);
    assert!(configuration.error.is_some() || !configuration.lost.is_empty());
    // Very many properties on one line.
    assert_eq!(read(&"a=[".repeat(200_000)).lost.len(), 200_000);
}

#[test]
fn the_handler_of_aem_6_5_takes_no_space_around_equals() {
    let read = |text| felix_config::read(text, Target::Aem65);
    let keys = |properties: &[Property]| properties.iter().map(|p| p.key.clone().into_owned()).collect::<Vec<_>>();

    let configuration = read("x=\"1\"\na = \"b\"\nc=\"d\"\n");
    assert_eq!((keys(&configuration.properties), configuration.error), (vec!["x".to_owned()], None));
    assert_eq!(keys(&configuration.lost), ["a", "c"]);
    assert_eq!(configuration.dropped[0].key.as_deref(), Some("a"));

    let text = "a\t=\"b\"\nc=\"d\"\n";
    let configuration = read(text);
    assert_eq!(keys(&configuration.properties), ["a\t", "c"]);
    assert_eq!(keys(&configuration.lost), ["a"]);
    assert_eq!(&text[configuration.properties[0].key_span.range()], "a");

    let configuration = read("a= I\"5\"\nc=\"d\"\n");
    assert!(configuration.error.unwrap().reason.contains("white space"));
    assert_eq!(keys(&configuration.properties), ["a", "c"]);
}
