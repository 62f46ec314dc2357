//! Property tests of all readers: they take any input, and their spans are places in the text.

use proptest::prelude::*;

use super::{
    Configuration, Property, Scalar, Target, cfg_json, felix_config, placeholders, properties, properties_xml, reading,
};

/// Text made of the tokens of all formats, where random characters would hardly ever meet.
fn tokens() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        "[ \t\n\r=\"\\\\\\[\\](){},:;#!$/*'<>&]{1,3}",
        "[a-zA-Zé😀]{1,3}",
        "[-+0-9.eE]{1,3}",
        Just("\\u00".to_owned()),
        Just("$[env:".to_owned()),
        Just("default=".to_owned()),
        Just("<entry key=\"".to_owned()),
        Just("null".to_owned()),
        Just(":Integer[]\":".to_owned()),
    ];
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

fn check(text: &str, configuration: &Configuration) {
    let mut spans = Vec::new();
    let Configuration { properties, lost, dropped, error } = configuration;
    for property in properties.iter().chain(lost) {
        spans.extend([property.key_span, property.value_span]);
        spans.extend(property.value.items.iter().map(|item| item.span));
    }
    spans.extend(dropped.iter().map(|dropped| dropped.span));
    spans.extend(error.iter().map(|error| error.span));
    for span in spans {
        assert!(text.get(span.range()).is_some(), "{span:?} in {text:?}");
    }
}

fn pairs(properties: &[Property]) -> Vec<(String, String)> {
    let pair = |property: &Property| match &property.value.items[0].scalar {
        Scalar::Text(text) => (property.key.to_string(), text.to_string()),
        other => panic!("{other:?}"),
    };
    properties.iter().map(pair).collect()
}

/// Lines of which most are plain properties.
fn lines() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        3 => "[a-c.]{1,3}=[IBCTQ]?\"[a-c0-9 ]{0,3}\"[ \t]?",
        1 => "[a-c]{0,2} ?=? ?\"?[a-c=\\\\\"é]{0,4}\"?",
        1 => "(#|//)[a-c=\"]{0,4}|[a-c]=\\[\"[a-c]\",\"\"\\]",
    ];
    let end = prop_oneof![4 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\r"), 1 => Just("")];
    prop::collection::vec((line, end), 0..8).prop_map(|lines| lines.into_iter().map(|(line, end)| line + end).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read(text in prop_oneof![lines(), tokens(), any::<String>()]) {
        for configuration in [
            felix_config::read(&text, Target::Aem65),
            reading::read_config(&text, Target::Cloud),
            cfg_json::read(&text),
            cfg_json::read(&format!("{{\"a\":{text}}}")),
            properties::read(&text),
        ] {
            prop_assert!(configuration.properties.len() <= text.len() + 1);
        }
        for target in Target::ALL {
            check(&text, &felix_config::read(&text, target));
            check(&text, &reading::read_config(&text, target));
        }
        check(&text, &cfg_json::read(&text));
        check(&text, &properties::read(&text));
        let xml = format!("<properties><entry key=\"a\">{text}");
        check(&xml, &properties_xml::read(&xml));
    }

    #[test]
    fn any_bytes_are_read(bytes in any::<Vec<u8>>()) {
        for name in ["a.config", "a.cfg.json", "a.cfg", "a.properties"] {
            let (_, text, configuration) = reading::read_file(name, &bytes, Target::Aem65).unwrap();
            check(&text, &configuration);
        }
    }

    #[test]
    fn placeholders_of_any_value_are_found(value in prop_oneof![tokens(), any::<String>()]) {
        for placeholder in placeholders::find(&value) {
            prop_assert!(value.get(placeholder.range).is_some());
        }
        let _ = placeholders::interpolate(&value, &|_, _| None);
    }

    #[test]
    fn felix_values_come_back(values in prop::collection::vec(any::<String>(), 0..8)) {
        let escape = |value: &str| value.chars().map(|c| match c {
            '\\' | '"' | '=' | ' ' => format!("\\{c}"),
            '\r' => "\\r".into(),
            c => c.to_string(),
        }).collect::<String>();
        let lines = values.iter().enumerate().map(|(n, value)| format!("k.{n} = \"{}\"\r\n", escape(value)));
        let text: String = lines.collect();
        let configuration = felix_config::read(&text, Target::Cloud);
        prop_assert_eq!(&configuration.error, &None);
        let expected: Vec<_> = values.iter().enumerate().map(|(n, value)| (format!("k.{n}"), value.clone())).collect();
        prop_assert_eq!(pairs(&configuration.properties), expected);
        for property in &configuration.properties {
            prop_assert_eq!(&text[property.key_span.range()], &property.key);
        }
    }

    #[test]
    fn json_values_come_back(values in prop::collection::vec(any::<String>(), 0..8)) {
        let members: serde_json::Map<_, _> =
            values.iter().enumerate().map(|(n, value)| (format!("k{n}"), value.clone().into())).collect();
        let text = format!("/* c */{}", serde_json::to_string_pretty(&members).unwrap());
        let configuration = cfg_json::read(&text);
        prop_assert_eq!(&configuration.error, &None);
        let expected: Vec<_> = values.iter().enumerate().map(|(n, value)| (format!("k{n}"), value.clone())).collect();
        prop_assert_eq!(pairs(&configuration.properties), expected);
        for property in &configuration.properties {
            prop_assert_eq!(&text[property.key_span.range()], &property.key);
        }
    }

    #[test]
    fn properties_values_come_back(values in prop::collection::vec("[ -~é]{0,20}", 0..8)) {
        let escape = |value: &str| value.replace('\\', "\\\\").replacen(' ', "\\ ", 1);
        let lines = values.iter().enumerate().map(|(n, value)| format!("k{n}={}\n", escape(value)));
        let text: String = lines.collect();
        let expected: Vec<_> = values.iter().enumerate().map(|(n, value)| (format!("k{n}"), value.clone())).collect();
        prop_assert_eq!(pairs(&properties::read(&text).properties), expected);
    }
}
