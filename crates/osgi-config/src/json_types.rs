//! From JSON values to the Java values of a configuration: what Felix `cm.json` makes of untyped values
//! (`JsonSupport`), and the OSGi converter of values whose key ends in a type (`TypeConverter`).

use super::configuration::{Item, Scalar, Shape, Value};
use super::java;
use super::json_tape::{Kind, Token};
use text_spans::Span;

/// One JSON value, as the tokens of a tape.
#[derive(Clone, Copy)]
pub(super) struct Json<'a> {
    /// The parsed text.
    pub(super) text: &'a str,
    /// The whole tape.
    pub(super) tape: &'a [Token],
    /// The index of the value's first token.
    pub(super) at: usize,
}

impl<'a> Json<'a> {
    fn token(self) -> Option<&'a Token> {
        self.tape.get(self.at)
    }

    /// The index of the token behind the value.
    pub(super) fn next(self) -> usize {
        match self.token() {
            Some(Token { kind: Kind::Open { close, .. }, .. }) => close.saturating_add(1),
            _ => self.at + 1,
        }
    }

    /// The bytes of the value in the parsed text, without the quotes of a string if `inner`.
    pub(super) fn bytes(self, inner: bool) -> (usize, usize) {
        let Some(first) = self.token() else { return (0, 0) };
        let end = self.tape.get(self.next().saturating_sub(1)).map_or(first.end, |last| last.end);
        let quoted = self.text.as_bytes().get(first.start).is_some_and(|b| matches!(b, b'"' | b'\''));
        if inner && quoted && matches!(first.kind, Kind::Text(_)) {
            let raw = self.text.get(first.start..end).unwrap_or_default();
            // A string that the file's end cuts has no closing quote.
            let closed = raw.len() > 1 && raw.ends_with(['"', '\'']);
            return (first.start + 1, end - usize::from(closed));
        }
        (first.start, end)
    }

    fn elements(self) -> Vec<Self> {
        let mut elements = Vec::new();
        let end = self.next().saturating_sub(1);
        let mut element = Self { at: self.at + 1, ..self };
        while element.at < end {
            elements.push(element);
            element = Self { at: element.next(), ..self };
        }
        elements
    }

    /// The compact JSON text, as `JsonValue.toString` gives it. Of repeated keys all are kept.
    fn compact(self) -> String {
        let mut out = String::new();
        let mut comma = false;
        for at in self.at..self.next() {
            let Some(token) = self.tape.get(at) else { break };
            if comma && token.kind != Kind::Close {
                out.push(',');
            }
            comma = true;
            let raw = self.text.get(token.start..token.end).unwrap_or_default();
            match &token.kind {
                Kind::Open { array, .. } => {
                    out.push(if *array { '[' } else { '{' });
                    comma = false;
                }
                Kind::Close => out.push_str(raw),
                Kind::Key(key) => {
                    quote(key, &mut out);
                    out.push(':');
                    comma = false;
                }
                Kind::Text(text) => quote(text, &mut out),
                Kind::Number => out.push_str(raw),
                Kind::Bool(bool) => out.push_str(if *bool { "true" } else { "false" }),
                Kind::Null => out.push_str("null"),
            }
        }
        out
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{C}' => out.push_str("\\f"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// A scalar and its bytes in the parsed text.
type Placed = (Scalar<'static>, (usize, usize));

/// A converted value; the bytes of its items are those of the parsed text.
pub(super) struct Converted {
    shape: Shape,
    type_name: &'static str,
    items: Vec<Placed>,
}

impl Converted {
    /// The value, with spans made by `span`.
    pub(super) fn into_value(self, span: impl Fn(usize, usize) -> Span) -> Value<'static> {
        let item = |(scalar, (start, end))| Item { scalar, span: span(start, end) };
        Value { shape: self.shape, type_name: self.type_name, items: self.items.into_iter().map(item).collect() }
    }

    fn scalar(scalar: Scalar<'static>, at: (usize, usize)) -> Self {
        Self { shape: Shape::Scalar, type_name: type_of(&scalar), items: vec![(scalar, at)] }
    }
}

fn type_of(scalar: &Scalar<'static>) -> &'static str {
    match scalar {
        Scalar::Text(_) => "String",
        Scalar::Int(_) => "Long",
        Scalar::Double(_) => "Double",
        Scalar::Bool(_) => "Boolean",
    }
}

/// What an untyped value becomes; `None` is JSON `null`.
pub(super) fn untyped(json: Json<'_>) -> Option<Converted> {
    let whole = json.bytes(true);
    let scalar = match &json.token()?.kind {
        Kind::Null | Kind::Close | Kind::Key(_) => return None,
        Kind::Bool(bool) => Scalar::Bool(*bool),
        Kind::Text(text) => Scalar::Text(text.clone().into()),
        Kind::Number => number(json),
        Kind::Open { array: true, .. } => return Some(array(json)),
        Kind::Open { .. } => Scalar::Text(json.compact().into()),
    };
    Some(Converted::scalar(scalar, whole))
}

/// An array is one where all elements are of a kind; else it is the text of its JSON.
fn array(json: Json<'_>) -> Converted {
    let elements = json.elements();
    let class = |json: &Json<'_>| match json.token().map(|token| &token.kind) {
        Some(Kind::Text(_)) => 's',
        Some(Kind::Number) => 'n',
        Some(Kind::Bool(_)) => 'b',
        Some(Kind::Open { array: false, .. }) => 'o',
        _ => '-',
    };
    let first = elements.first().map_or('s', class);
    if first == '-' || elements.iter().any(|element| class(element) != first) {
        return Converted::scalar(Scalar::Text(json.compact().into()), json.bytes(true));
    }
    let scalars = elements.iter().filter_map(|&element| untyped(element));
    let mut items: Vec<_> = scalars.flat_map(|converted| converted.items).collect();
    let doubles = items.iter().any(|(scalar, _)| matches!(scalar, Scalar::Double(_)));
    if doubles {
        for (scalar, _) in &mut items {
            if let Scalar::Int(int) = *scalar {
                *scalar = Scalar::Double(int as f64);
            }
        }
    }
    let type_name = items.first().map_or("String", |(scalar, _)| type_of(scalar));
    Converted { shape: Shape::Array, type_name, items }
}

/// `JsonNumber`: integral when the decimal has scale 0, and then the low 64 bits of it.
fn number(json: Json<'_>) -> Scalar<'static> {
    let (start, end) = json.bytes(false);
    let raw = json.text.get(start..end).unwrap_or_default();
    let (mantissa, exponent) = raw.split_once(['e', 'E']).unwrap_or((raw, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = java::parse_integer(exponent, 10, i64::MIN..=i64::MAX);
    if exponent == i64::try_from(fraction.len()).ok() {
        let digits = whole.bytes().chain(fraction.bytes()).filter(u8::is_ascii_digit);
        let value = digits.fold(0_i64, |n, digit| n.wrapping_mul(10).wrapping_add(i64::from(digit - b'0')));
        return Scalar::Int(if raw.starts_with('-') { value.wrapping_neg() } else { value });
    }
    let value: f64 = raw.parse().unwrap_or(f64::NAN);
    // It comes from a BigDecimal, which knows no negative zero.
    Scalar::Double(if value == 0.0 { 0.0 } else { value })
}

/// Why a typed value cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Binary values are allowed in bundles only.
    Binary,
    /// There is no such type.
    UnknownType,
    /// The value does not convert to the type.
    BadValue,
    /// The value is `null`, which drops the configuration.
    Null,
}

/// The scalar types: the name in the key, the Java class, the element type of an array.
fn scalar_type(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "String" => ("String", "String"),
        "Integer" => ("Integer", "Integer"),
        "int" => ("Integer", "int"),
        "Long" => ("Long", "Long"),
        "long" => ("Long", "long"),
        "Float" => ("Float", "Float"),
        "float" => ("Float", "float"),
        "Double" => ("Double", "Double"),
        "double" => ("Double", "double"),
        "Byte" => ("Byte", "Byte"),
        "byte" => ("Byte", "byte"),
        "Short" => ("Short", "Short"),
        "short" => ("Short", "short"),
        "Character" => ("Character", "Character"),
        "char" => ("Character", "char"),
        "Boolean" => ("Boolean", "Boolean"),
        "boolean" => ("Boolean", "boolean"),
        _ => return None,
    })
}

/// What a value becomes whose key ends in `:type_name`.
pub(super) fn typed(json: Json<'_>, type_name: &str) -> Result<Converted, Refused> {
    let source = untyped(json);
    if type_name == "Collection" {
        let items = source.map(|source| source.items).unwrap_or_default();
        let type_name = items.first().map_or("Object", |(scalar, _)| type_of(scalar));
        return Ok(Converted { shape: Shape::Vector, type_name, items });
    }
    let element = type_name.strip_prefix("Collection<").and_then(|name| name.strip_suffix('>'));
    if let Some(name) = element {
        // Collections are of boxed types only.
        let (boxed, _) = scalar_type(name).filter(|(boxed, _)| *boxed == name).ok_or(Refused::UnknownType)?;
        let items = convert_all(source, boxed)?;
        let type_name = if items.is_empty() { "Object" } else { boxed };
        return Ok(Converted { shape: Shape::Vector, type_name, items });
    }
    if let Some(name) = type_name.strip_suffix("[]") {
        let (boxed, type_name) = scalar_type(name).ok_or(Refused::UnknownType)?;
        let items = match source {
            // The one array that is made of a text: all its characters.
            Some(Converted { shape: Shape::Scalar, items, .. }) if boxed == "Character" => characters(items),
            source => convert_all(source, boxed)?,
        };
        return Ok(Converted { shape: Shape::Array, type_name, items });
    }
    let (type_name, _) = scalar_type(type_name).ok_or(Refused::UnknownType)?;
    // Of an array a scalar is the first element.
    let (first, at) = source.ok_or(Refused::Null)?.items.into_iter().next().ok_or(Refused::BadValue)?;
    let scalar = convert(first, type_name).ok_or(Refused::BadValue)?;
    Ok(Converted { shape: Shape::Scalar, type_name, items: vec![(scalar, at)] })
}

fn convert_all(source: Option<Converted>, type_name: &str) -> Result<Vec<Placed>, Refused> {
    let items = source.map(|source| source.items).unwrap_or_default();
    let convert = |(scalar, at)| convert(scalar, type_name).map(|scalar| (scalar, at)).ok_or(Refused::BadValue);
    items.into_iter().map(convert).collect()
}

/// The characters of texts; other values become one character each.
fn characters(items: Vec<Placed>) -> Vec<Placed> {
    let mut characters = Vec::new();
    for (scalar, at) in items {
        match scalar {
            Scalar::Text(text) => characters
                .extend(text.encode_utf16().map(|unit| (Scalar::Text(String::from_utf16_lossy(&[unit]).into()), at))),
            other => characters.extend(convert(other, "Character").map(|scalar| (scalar, at))),
        }
    }
    characters
}

/// The OSGi converter between scalars, to the boxed type `type_name`.
fn convert(scalar: Scalar<'static>, type_name: &str) -> Option<Scalar<'static>> {
    Some(match type_name {
        "String" => Scalar::Text(match scalar {
            Scalar::Text(text) => text,
            Scalar::Int(int) => int.to_string().into(),
            Scalar::Double(double) => java::double_text(double).into(),
            Scalar::Bool(bool) => bool.to_string().into(),
        }),
        "Boolean" => Scalar::Bool(match scalar {
            Scalar::Text(text) => text.eq_ignore_ascii_case("true"),
            Scalar::Int(int) => int as i32 != 0,
            Scalar::Double(double) => double as i32 != 0,
            Scalar::Bool(bool) => bool,
        }),
        "Character" => {
            let unit = match scalar {
                Scalar::Text(text) => return Some(Scalar::Text(first_unit(&text).into())),
                Scalar::Int(int) => int as u16,
                Scalar::Double(double) => double as i32 as u16,
                Scalar::Bool(bool) => u16::from(bool),
            };
            Scalar::Text(String::from_utf16_lossy(&[unit]).into())
        }
        "Float" | "Double" => {
            let double = match scalar {
                Scalar::Text(text) => java::parse_double(&text)?,
                Scalar::Int(int) => int as f64,
                Scalar::Double(double) => double,
                Scalar::Bool(bool) => f64::from(u8::from(bool)),
            };
            Scalar::Double(if type_name == "Float" { java::widen(double as f32) } else { double })
        }
        _ => {
            // The width of the type, which text must fit and numbers are cut to.
            let bits = match type_name {
                "Byte" => 8,
                "Short" => 16,
                "Integer" => 32,
                _ => 64,
            };
            let cut = |int: i64| int << (64 - bits) >> (64 - bits);
            Scalar::Int(match scalar {
                Scalar::Text(text) => {
                    java::parse_integer(&text, 10, i64::MIN..=i64::MAX).filter(|&int| cut(int) == int)?
                }
                Scalar::Int(int) => cut(int),
                Scalar::Double(double) if bits == 64 => double as i64,
                Scalar::Double(double) => cut(i64::from(double as i32)),
                Scalar::Bool(bool) => i64::from(bool),
            })
        }
    })
}

fn first_unit(text: &str) -> String {
    let unit = text.encode_utf16().next().unwrap_or(0);
    String::from_utf16_lossy(&[unit])
}
