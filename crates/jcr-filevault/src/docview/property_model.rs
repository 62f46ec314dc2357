//! A second reader of docview values, for tests: the state machine that FileVault documents, one UTF-16 unit after the other. It
//! is slow, knows no spans and shares no code with the reader that it is compared with.

use super::property::parse;
use crate::vectors;
use jdk_xml::SpanMap;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};

/// That FileVault throws.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Refused;

/// What comes next.
#[derive(Clone, Copy, PartialEq)]
enum State {
    /// A type, a list or a value.
    Begin,
    /// A list or a value, behind the type.
    BehindType,
    Type,
    Value,
    Escape,
    /// The digits of `\u`: how many there were, and their number.
    Unicode(u32, i32),
}

const NAMES: &str = "undefined String Binary Long Double Date Boolean Name Path Reference WeakReference URI Decimal";

/// The type, whether it is a list, whether it refers to a binary, and the values.
fn model(value: &str) -> Result<Json, Refused> {
    let units: Vec<u16> = value.encode_utf16().collect();
    let (mut type_name, mut multi, mut binary_ref) = ("undefined".to_owned(), false, false);
    let mut state = State::Begin;
    let mut text: Vec<u16> = Vec::new();
    let mut values: Option<Vec<String>> = None;
    let take = |text: &mut Vec<u16>| String::from_utf16_lossy(&std::mem::take(text));
    for (at, &unit) in units.iter().enumerate() {
        let c = char::from_u32(unit.into()).unwrap_or('\u{fffd}');
        state = match (state, c) {
            (State::Begin, '{') => State::Type,
            (State::Begin | State::BehindType, '[') => {
                multi = true;
                State::Value
            }
            (State::Begin | State::BehindType | State::Value, '\\') => State::Escape,
            (State::Type, '}') => {
                let name = take(&mut text);
                binary_ref = name == "BinaryRef";
                if !binary_ref && !NAMES.split(' ').any(|known| known == name) {
                    return Err(Refused);
                }
                type_name = if binary_ref { "Binary".to_owned() } else { name };
                State::BehindType
            }
            (State::Value, ',') if multi => {
                values.get_or_insert_default().push(take(&mut text));
                State::Value
            }
            (State::Value, ']') if multi && at + 1 == units.len() => {
                if !text.is_empty() || values.is_some() {
                    values.get_or_insert_default().push(take(&mut text));
                }
                State::Value
            }
            (State::Escape, 'u') => State::Unicode(0, 0),
            // An empty value that is one.
            (State::Escape, '0') => {
                values.get_or_insert_default();
                State::Value
            }
            (State::Unicode(count, number), c) => {
                // `Character.digit`, as far as the inputs have others than those of ASCII.
                let ascii =
                    if ('\u{ff10}'..='\u{ff19}').contains(&c) { char::from((unit - 0xff10) as u8 + b'0') } else { c };
                let digit = ascii.to_digit(16).map_or(-1, u32::cast_signed);
                let number = (number << 4) + digit;
                if count == 3 {
                    // `StringBuilder.appendCodePoint` refuses what is below zero.
                    text.push(u16::try_from(number).map_err(|_| Refused)?);
                    State::Value
                } else {
                    State::Unicode(count + 1, number)
                }
            }
            (State::Type, _) => {
                text.push(unit);
                State::Type
            }
            _ => {
                text.push(unit);
                State::Value
            }
        };
    }
    let values = if multi {
        let mut values = values.unwrap_or_default();
        if !text.is_empty() {
            values.push(take(&mut text));
        }
        values
    } else {
        vec![take(&mut text)]
    };
    Ok(json!({"type": type_name, "multi": multi, "binaryRef": binary_ref, "values": values}))
}

/// What the product says, in the form of the model.
fn product(value: &str) -> Result<Json, Refused> {
    let parsed = parse(value, &SpanMap::Literal(0));
    match parsed.error {
        Some(_) => Err(Refused),
        None => Ok(json!({
            "type": parsed.type_name,
            "multi": parsed.multi,
            "binaryRef": parsed.binary_ref,
            "values": parsed.values.to_vec(),
        })),
    }
}

/// Values from right to almost right.
fn values() -> impl Strategy<Value = String> {
    let names = format!("{NAMES} BinaryRef string long {{ 1f2e").split(' ').map(str::to_owned).collect::<Vec<_>>();
    let type_name = proptest::sample::select(names).prop_map(|name| format!("{{{name}}}"));
    let part = prop_oneof![
        6 => "[a-c0-9 ,]{1,4}",
        3 => "\\\\[\\\\,\\[\\]{}0nx]",
        2 => "\\\\u(00|d8|de|D8)[0-9a-fA-F]{2}",
        1 => "\\\\u[0-9a-fg,\\]]{0,4}",
        1 => "[\\]\\[{}\\\\,é😀]{1,2}",
    ];
    let text = prop::collection::vec(part, 0..6).prop_map(|parts| parts.concat());
    let body = prop_oneof![1 => text.clone(), 2 => text.clone().prop_map(|text| format!("[{text}]")), 1 => text.prop_map(|text| format!("[{text}"))];
    (prop::option::of(type_name), body).prop_map(|(name, body)| name.unwrap_or_default() + &body)
}

#[test]
fn the_model_says_what_the_upstream_code_said() {
    for vector in vectors::read("docview-prop.jsonl") {
        let expected = if vector.is_refused() { Err(Refused) } else { Ok(vector.expected.clone()) };
        assert_eq!(model(vector.input["value"].as_str().unwrap()), expected, "{vector:?}");
    }
}

#[test]
fn reads_values_as_the_model_does() {
    let counts = std::cell::Cell::new((0, 0));
    let config = ProptestConfig { failure_persistence: None, cases: 8192, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&values(), |value| {
            let expected = model(&value);
            let (accepted, refused) = counts.get();
            counts.set((accepted + u32::from(expected.is_ok()), refused + u32::from(expected.is_err())));
            prop_assert_eq!(product(&value), expected, "{:?}", value);
            Ok(())
        })
        .unwrap();
    let (accepted, refused) = counts.get();
    assert!(accepted > 2000 && refused > 200, "{accepted} {refused}: the comparison is about something");
}
