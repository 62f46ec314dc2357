//! A second reader of `.config` files, for tests: what Felix documents and does, one UTF-16 unit after the other, with nothing in
//! it but that. It is slow, knows no spans and shares no code with the reader that it is compared with.
//!
//! `file = { key "=" value }`, `value = [type] ( "[" values "]" | "(" values ")" | quoted )`, `values = quoted { "," quoted }`.
//! Whatever else stands where a value is expected is no value: the key is passed over, and reading goes on behind it.

use super::{Configuration, Scalar, Shape, Target, felix_config, vectors};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// The end of the file, as Java's `Reader.read` says it.
const END: i32 = -1;

/// That the handler throws, so that nothing of the file is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Refused;

/// The values by key, each as shape, type and items.
type Properties = BTreeMap<String, Json>;

struct Model {
    units: Vec<u16>,
    at: usize,
    /// What was pushed back, as the `char` that a `PushbackReader` keeps: the end of the file comes back as U+FFFF.
    pushed: Option<u16>,
    /// Whether it is the handler of configadmin 1.8.12.
    is_old: bool,
}

impl Model {
    fn read(text: &str, is_old: bool) -> Result<Properties, Refused> {
        let mut model = Self { units: text.encode_utf16().collect(), at: 0, pushed: None, is_old };
        let mut properties = Properties::new();
        loop {
            let Some(key) = model.key()? else { return Ok(properties) };
            if model.behind_white_space() != unit('=') {
                return Err(Refused);
            }
            if let Some(value) = model.value()? {
                properties.insert(key, value);
            }
        }
    }

    /// The next key; `None` at the end, and where something else stands.
    fn key(&mut self) -> Result<Option<String>, Refused> {
        let mut c = self.behind_white_space();
        while c == unit('#') {
            while c != END && c != unit('\n') {
                c = self.next();
            }
            if c == END {
                return Ok(None);
            }
            c = self.behind_white_space();
        }
        if c == END || "=[](),\"".chars().any(|token| unit(token) == c) {
            return Ok(None);
        }
        self.push_back(c);
        let key = String::from_utf16_lossy(&self.quoted()?);
        let trimmed = key.trim_matches(|c: char| c <= ' ').to_owned();
        Ok(Some(if self.is_old { key } else { trimmed }))
    }

    fn value(&mut self) -> Result<Option<Json>, Refused> {
        let first = if self.is_old { self.next() } else { self.behind_white_space() };
        let is_type = "TILFDXSCBilfdxscb".chars().any(|letter| unit(letter) == first);
        let code = if is_type { first as u8 as char } else { 'T' };
        let open = if is_type { self.next() } else { first };
        if open == unit('"') {
            let item = self.item(code)?;
            // Felix looks at the character that must be the closing quote, and does not complain.
            self.next();
            return Ok(item.map(|item| json!(["scalar", boxed(code), [item]])));
        }
        let (close, shape) = match char::from_u32(open as u32) {
            Some('[') => (']', "array"),
            Some('(') => (')', "vector"),
            _ => return Ok(None),
        };
        let mut items = Vec::new();
        loop {
            let mut c = self.behind_line_ends();
            if c == unit('"') {
                let Some(item) = self.item(code)? else { return Ok(None) };
                self.next();
                items.push(item);
                c = self.behind_line_ends();
            }
            if c == unit(close) {
                let type_name = match shape {
                    "array" => element(code),
                    _ if items.is_empty() => "Object",
                    _ => boxed(code),
                };
                return Ok(Some(json!([shape, type_name, items])));
            }
            if c != unit(',') {
                return Ok(None);
            }
        }
    }

    /// One value behind its opening quote; `None` for a `Character` of no character.
    fn item(&mut self, code: char) -> Result<Option<String>, Refused> {
        let units = self.quoted()?;
        let whole =
            |low: i128, high: i128| number(&units, 10).filter(|number| (low..=high).contains(number)).ok_or(Refused);
        let (int, long) = ((i32::MIN.into(), i32::MAX.into()), (i64::MIN.into(), i64::MAX.into()));
        Ok(Some(match code.to_ascii_uppercase() {
            'I' => whole(int.0, int.1)?.to_string(),
            'L' => whole(long.0, long.1)?.to_string(),
            'X' => whole(-128, 127)?.to_string(),
            'S' => whole(-32_768, 32_767)?.to_string(),
            'F' => f32::from_bits(whole(int.0, int.1)? as i32 as u32).to_string(),
            'D' => f64::from_bits(whole(long.0, long.1)? as i64 as u64).to_string(),
            'B' => String::from_utf16_lossy(&units).eq_ignore_ascii_case("true").to_string(),
            'C' => match units.first() {
                Some(&first) => String::from_utf16_lossy(&[first]),
                None => return Ok(None),
            },
            _ => String::from_utf16_lossy(&units),
        }))
    }

    /// Everything up to a `=` or `"` that is not escaped, or to the end.
    fn quoted(&mut self) -> Result<Vec<u16>, Refused> {
        let mut units = Vec::new();
        loop {
            let c = self.next();
            if c == END || c == unit('=') || c == unit('"') {
                self.push_back(c);
                return Ok(units);
            }
            if c != unit('\\') {
                units.push(c as u16);
                continue;
            }
            let c = self.next();
            match u8::try_from(c).map(char::from) {
                Ok('b') => units.push(8),
                Ok('t') => units.push(9),
                Ok('n') => units.push(10),
                Ok('f') => units.push(12),
                Ok('r') => units.push(13),
                Ok('u') => {
                    let digits: Vec<i32> = (0..4).map(|_| self.next()).take_while(|c| *c != END).collect();
                    if digits.len() == 4 {
                        let digits: Vec<u16> = digits.into_iter().map(|digit| digit as u16).collect();
                        units.push(number(&digits, 16).ok_or(Refused)? as u16);
                    }
                }
                _ => units.push(c as u16),
            }
        }
    }

    fn behind_white_space(&mut self) -> i32 {
        loop {
            let c = self.next();
            if !is_white_space(c) {
                return c;
            }
        }
    }

    /// Behind white space and backslashes that end their line.
    fn behind_line_ends(&mut self) -> i32 {
        let mut c = self.behind_white_space();
        while c == unit('\\') {
            let after = self.raw();
            if after != unit('\r') && after != unit('\n') {
                self.push_back(after);
                return c;
            }
            c = self.behind_white_space();
        }
        c
    }

    /// The next unit; CR, and CR LF, are LF.
    fn next(&mut self) -> i32 {
        let c = self.raw();
        if c != unit('\r') {
            return c;
        }
        let after = self.raw();
        if after != unit('\n') {
            self.push_back(after);
        }
        unit('\n')
    }

    fn raw(&mut self) -> i32 {
        if let Some(pushed) = self.pushed.take() {
            return pushed.into();
        }
        let unit = self.units.get(self.at).map_or(END, |unit| i32::from(*unit));
        self.at += 1;
        unit
    }

    fn push_back(&mut self, c: i32) {
        assert_eq!(self.pushed.replace(c as u16), None, "Java's reader has room for one");
    }
}

fn unit(c: char) -> i32 {
    c as i32
}

/// `Character.isWhitespace`.
fn is_white_space(c: i32) -> bool {
    let Some(c) = u32::try_from(c).ok().and_then(char::from_u32) else { return false };
    // Information separators are, spaces that do not break are not; U+0085 is a control like any other.
    ('\u{1c}'..='\u{1f}').contains(&c) || c.is_whitespace() && !"\u{85}\u{a0}\u{2007}\u{202f}".contains(c)
}

/// `Long.parseLong` without a limit: a sign and digits of any script in the basic plane, of which three are known here.
fn number(units: &[u16], radix: u32) -> Option<i128> {
    let text = String::from_utf16(units).ok()?;
    let (sign, digits) = match text.chars().next()? {
        '-' => (-1, text.get(1..)?),
        '+' => (1, text.get(1..)?),
        _ => (1, text.as_str()),
    };
    if digits.is_empty() {
        return None;
    }
    let mut number: i128 = 0;
    for digit in digits.chars() {
        let ascii = match digit {
            '\u{660}'..='\u{669}' => char::from_u32(digit as u32 - 0x660 + 0x30)?,
            '\u{ff10}'..='\u{ff5a}' => char::from_u32(digit as u32 - 0xff10 + 0x30)?,
            _ => digit,
        };
        number = number.saturating_mul(radix.into()).saturating_add(ascii.to_digit(radix)?.into());
    }
    Some(sign * number)
}

fn boxed(code: char) -> &'static str {
    match code.to_ascii_uppercase() {
        'I' => "Integer",
        'L' => "Long",
        'F' => "Float",
        'D' => "Double",
        'X' => "Byte",
        'S' => "Short",
        'C' => "Character",
        'B' => "Boolean",
        _ => "String",
    }
}

/// The type of the elements of an array: small letters are for those that are no objects.
fn element(code: char) -> &'static str {
    match code {
        'i' => "int",
        'l' => "long",
        'f' => "float",
        'd' => "double",
        'x' => "byte",
        's' => "short",
        'c' => "char",
        'b' => "boolean",
        _ => boxed(code),
    }
}

/// What the product says, in the form of the model.
fn product(configuration: &Configuration<'_>) -> Result<Properties, Refused> {
    if configuration.error.is_some() {
        return Err(Refused);
    }
    let described = configuration.properties.iter().map(|property| {
        let value = &property.value;
        let item = |scalar: &Scalar<'_>| match scalar {
            Scalar::Text(text) => text.to_string(),
            Scalar::Int(int) => int.to_string(),
            Scalar::Double(double) if value.type_name.eq_ignore_ascii_case("float") => (*double as f32).to_string(),
            Scalar::Double(double) => double.to_string(),
            Scalar::Bool(bool) => bool.to_string(),
        };
        let shape = match value.shape {
            Shape::Scalar => "scalar",
            Shape::Array => "array",
            Shape::Vector => "vector",
        };
        let items: Vec<String> = value.items.iter().map(|one| item(&one.scalar)).collect();
        (property.key.to_string(), json!([shape, value.type_name, items]))
    });
    let properties: Properties = described.collect();
    assert_eq!(properties.len(), configuration.properties.len(), "each key once");
    Ok(properties)
}

/// Properties by keys in which characters beyond the first plane are one replacement character. Java takes their halves for
/// characters, so that a key behind a value that ended too early can begin with the second half of one; the reader has the whole.
fn with_alike_characters(properties: Result<Properties, Refused>) -> Result<Properties, Refused> {
    let alike = |c: char| if c > '\u{ffff}' { char::REPLACEMENT_CHARACTER } else { c };
    properties.map(|all| all.into_iter().map(|(key, value)| (key.chars().map(alike).collect(), value)).collect())
}

/// A text as an author may write it, from right to almost right.
fn written() -> impl Strategy<Value = String> {
    let quoted = prop_oneof![
        6 => "[a-c .,/;-]{0,6}",
        3 => "[-+]?[0-9]{1,4}",
        1 => "[-+]?[0-9٠-٣１２]{1,20}",
        2 => "(true|TRUE|false|2147483647|-2147483649|1078523331|4611686018427387904)",
        3 => "(\\\\[btnfr\"= \\\\x]|[a-c]){0,4}",
        1 => "(\\\\u(00|D8|DE)[0-9a-f]{2}|\\\\u-00[0-9]|\\\\u[0-9]{0,3}|é|😀){1,3}",
    ]
    .prop_map(|text| format!("\"{text}\""));
    let type_letter = "[TILFDXSCBilfdxscbqzé]?";
    let gap = prop_oneof![6 => Just(""), 1 => Just(" "), 1 => Just(" \\\r\n  "), 1 => Just("\\\r"), 1 => Just("\n")];
    let items =
        prop::collection::vec((gap.clone(), quoted.clone(), gap, prop_oneof![6 => Just(","), 1 => Just("")]), 0..4)
            .prop_map(|items| items.into_iter().map(|(a, b, c, d)| format!("{a}{b}{c}{d}")).collect::<String>());
    let body = prop_oneof![
        4 => quoted.clone(),
        2 => items.clone().prop_map(|items| format!("[{items}]")),
        2 => items.prop_map(|items| format!("({items})")),
        1 => "[a-c0-9]{0,3}",
    ];
    let equals = prop_oneof![6 => Just("="), 1 => Just(" = "), 1 => Just(" ="), 1 => Just("= "), 1 => Just("")];
    let key = prop_oneof![6 => "[a-c][a-c.]{0,3}", 1 => "[a-c\\\\ \u{2003}é]{0,3}", 1 => "\\\\u006[1-3]"];
    let property =
        (key, equals, type_letter, body).prop_map(|(key, equals, letter, body)| format!("{key}{equals}{letter}{body}"));
    let line = prop_oneof![8 => property, 1 => "#[a-c=\"\\\\]{0,5}", 1 => "[=\\[\\](),\"]"];
    let end = prop_oneof![6 => Just("\n"), 3 => Just("\r\n"), 1 => Just("\r"), 1 => Just(" "), 1 => Just("")];
    prop::collection::vec((line, end), 0..6).prop_map(|lines| lines.into_iter().map(|(line, end)| line + end).collect())
}

/// The same with a few characters replaced, left out or added.
fn changed() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        6 => proptest::sample::select("=\"\\[](),# \r\n\tTIxCu0a".chars().collect::<Vec<_>>()),
        1 => proptest::sample::select("é😀\u{feff}\u{ffff}\u{a0}\u{2003}\u{85}\u{1c}\0".chars().collect::<Vec<_>>()),
        1 => any::<char>(),
    ];
    let change = (any::<prop::sample::Index>(), prop::option::of(character), any::<bool>());
    (written(), prop::collection::vec(change, 0..5)).prop_map(|(text, changes)| {
        let mut chars: Vec<char> = text.chars().collect();
        for (index, character, replaces) in changes {
            let at = index.index(chars.len() + 1);
            let removed = at..(at + usize::from(replaces || character.is_none())).min(chars.len());
            chars.splice(removed, character);
        }
        chars.into_iter().collect()
    })
}

#[test]
fn the_model_says_what_the_upstream_code_said() {
    let check = |file: &str, format: &str, is_old: bool| {
        let is_config = |vector: &vectors::Vector| vector.input["id"].as_str().is_none_or(|id| id.ends_with(".config"));
        let vectors: Vec<_> = vectors::of(file, format).into_iter().filter(is_config).collect();
        assert!(vectors.len() > 50, "{file}");
        for vector in vectors {
            let refused = vector.expected.get("error").is_some() || vector.expected.get("__null__").is_some();
            let found = Model::read(vector.text(), is_old);
            assert_eq!(found.is_err(), refused, "{vector:?}");
            let keys =
                |json: &Json| json.as_object().unwrap().keys().cloned().collect::<std::collections::BTreeSet<_>>();
            if let Ok(found) = found {
                assert_eq!(
                    found.keys().cloned().collect::<std::collections::BTreeSet<_>>(),
                    keys(&vector.expected),
                    "{vector:?}"
                );
            }
        }
    };
    check("felix-config.jsonl", "felix.config", false);
    check("sling-read-configadmin-1.8.12.jsonl", "sling.read", true);
}

#[test]
fn reads_as_the_model_does() {
    // How many were taken, refused, and taken with properties.
    let counts = std::cell::Cell::new([0_u32; 3]);
    let config = ProptestConfig { failure_persistence: None, cases: 4096, ..ProptestConfig::default() };
    // Found by chance: a value ends before it.
    let known = "a=[\"x\"\\\r,\"0\"\u{10000} ,]\nb=[\"x\",] ";
    let inputs = prop_oneof![1 => Just(known.to_owned()), 400 => changed()];
    TestRunner::new(config)
        .run(&inputs, |text| {
            for (target, is_old) in [(Target::Aem65, true), (Target::Cloud, false)] {
                let expected = Model::read(&text, is_old);
                let [taken, refused, full] = counts.get();
                counts.set(match &expected {
                    Ok(properties) => [taken + 1, refused, full + u32::from(!properties.is_empty())],
                    Err(Refused) => [taken, refused + 1, full],
                });
                let found = with_alike_characters(product(&felix_config::read(&text, target)));
                prop_assert_eq!(found, with_alike_characters(expected), "{:?} {:?}", target, text);
            }
            Ok(())
        })
        .unwrap();
    // The inputs are of all kinds, so that the comparison is about something.
    let [taken, refused, full] = counts.get();
    assert!(taken > 1000 && refused > 1000 && full > 500, "{taken} {refused} {full}");
}
