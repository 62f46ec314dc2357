//! `format`: the values of a list in the places of a text. `%s`, `%d`, `%f`, `%e`, `%b`, `%x`, `%X` and `%o`, the two for
//! fractions with a precision such as `%.2f`; `%%` is a percent sign.

use super::value::{List, Map, Value};

/// The digits after the point where a place says nothing of them.
const PRECISION: usize = 6;
/// Most digits after the point that a place may ask for.
const MAX_PRECISION: usize = 100;

/// The text with its places filled.
///
/// # Errors
/// What is wrong with the text, or with a value.
pub(super) fn format(text: &str, values: &List<'_>) -> Result<String, String> {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    let mut next = 0;
    while let Some((before, place)) = rest.split_once('%') {
        filled.push_str(before);
        if let Some(after) = place.strip_prefix('%') {
            filled.push('%');
            rest = after;
            continue;
        }
        let value = values.get(next).ok_or_else(|| format!("index {next} out of range"))?;
        let (precision, place) = precision(place)?;
        let mut letters = place.chars();
        let letter = letters.next().ok_or("unexpected end of string")?;
        let shown = fill(letter, precision, &value);
        let wrong = || format!("`%{letter}` does not show a {}", value.type_name());
        filled.push_str(&shown.ok_or_else(wrong)?);
        rest = letters.as_str();
        next += 1;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn precision(place: &str) -> Result<(usize, &str), String> {
    let Some(rest) = place.strip_prefix('.') else { return Ok((PRECISION, place)) };
    let end = rest.find(|c: char| !c.is_ascii_digit()).ok_or("could not find end of precision specifier")?;
    let precision: usize = rest[..end].parse().map_err(|error| format!("the precision is no number: {error}"))?;
    if precision > MAX_PRECISION {
        return Err(format!("precision {precision} exceeds maximum allowed precision {MAX_PRECISION}"));
    }
    Ok((precision, &rest[end..]))
}

fn fill(letter: char, precision: usize, value: &Value<'_>) -> Option<String> {
    let sign = |value: i64| if value < 0 { "-" } else { "" };
    Some(match (letter, value) {
        ('s', value) => string(value),
        ('d', Value::Int(_) | Value::UInt(_) | Value::Double(_)) => string(value),
        ('f', value) => not_finite(number(value)?).unwrap_or(format!("{:.precision$}", number(value)?)),
        ('e', value) => not_finite(number(value)?).unwrap_or(scientific(number(value)?, precision)),
        ('b', Value::Bool(value)) => u8::from(*value).to_string(),
        ('b', Value::Int(value)) => format!("{}{:b}", sign(*value), value.unsigned_abs()),
        ('b', Value::UInt(value)) => format!("{value:b}"),
        ('x', Value::Int(value)) => format!("{}{:x}", sign(*value), value.unsigned_abs()),
        ('X', Value::Int(value)) => format!("{}{:X}", sign(*value), value.unsigned_abs()),
        ('x', Value::UInt(value)) => format!("{value:x}"),
        ('X', Value::UInt(value)) => format!("{value:X}"),
        ('x', Value::Text(text)) => text.bytes().map(|byte| format!("{byte:02x}")).collect(),
        ('X', Value::Text(text)) => text.bytes().map(|byte| format!("{byte:02X}")).collect(),
        ('o', Value::Int(value)) => format!("{}{:o}", sign(*value), value.unsigned_abs()),
        ('o', Value::UInt(value)) => format!("{value:o}"),
        _ => return None,
    })
}

fn string(value: &Value<'_>) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Double(value) => not_finite(*value).unwrap_or_else(|| value.to_string()),
        Value::Type(name) => (*name).to_owned(),
        Value::List(list) => format!("[{}]", list.iter().map(|item| string(&item)).collect::<Vec<_>>().join(", ")),
        Value::Map(map) => members(map),
        Value::Bool(_) | Value::Int(_) | Value::UInt(_) | Value::Text(_) => value.display().into_owned(),
    }
}

fn members(map: &Map<'_>) -> String {
    let mut members: Vec<(String, String)> =
        map.members().iter().map(|(key, value)| (string(key), string(value))).collect();
    members.sort();
    let members: Vec<String> = members.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
    format!("{{{}}}", members.join(", "))
}

#[allow(clippy::cast_precision_loss)]
fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Int(value) => Some(*value as f64),
        Value::UInt(value) => Some(*value as f64),
        Value::Double(value) => Some(*value),
        _ => None,
    }
}

fn not_finite(value: f64) -> Option<String> {
    let name = if value.is_nan() {
        "NaN"
    } else if value == f64::INFINITY {
        "Infinity"
    } else if value == f64::NEG_INFINITY {
        "-Infinity"
    } else {
        return None;
    };
    Some(name.to_owned())
}

/// With a sign and at least two digits in the exponent.
fn scientific(value: f64, precision: usize) -> String {
    let written = format!("{value:.precision$e}");
    let (digits, exponent) = written.split_once('e').unwrap_or((&written, "0"));
    match exponent.strip_prefix('-') {
        Some(exponent) => format!("{digits}e-{exponent:0>2}"),
        None => format!("{digits}e+{exponent:0>2}"),
    }
}
