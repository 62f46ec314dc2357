//! The functions that expressions may call: those of CEL and of its extension for strings, and four that take null.

use super::eval_error::{EvalError, Evaluated, failed};
use super::format::format;
use super::lowered::Binary;
use super::pattern;
use super::value::{List, Value};
use std::borrow::Cow;

/// Calls a function; `arguments` of a method begin with the value that it belongs to.
pub(super) fn call<'a>(name: &'static str, method: bool, arguments: &[Value<'a>]) -> Evaluated<'a> {
    let result = if method { call_method(name, arguments) } else { call_function(name, arguments) };
    result.unwrap_or_else(|| Err(EvalError::overload(name, &arguments.iter().collect::<Vec<_>>(), method)))
}

/// `None` where there is no such function for values of these types.
fn call_function<'a>(name: &'static str, arguments: &[Value<'a>]) -> Option<Evaluated<'a>> {
    match (name, arguments) {
        ("blank", [value]) => Some(Ok(Value::Bool(is_blank(value)))),
        ("text", [value]) => Some(Ok(match value {
            Value::Null => Value::from(""),
            Value::Text(_) => value.clone(),
            other => other.display().into_owned().into(),
        })),
        ("get", [map, key]) => Some(Ok(match (map, key) {
            (Value::Map(map), Value::Text(_)) => map.get(key).unwrap_or(Value::Null),
            _ => Value::Null,
        })),
        ("names", [value]) => Some(Ok(names(value))),
        ("size", [value]) => size(value),
        ("dyn", [value]) => Some(Ok(value.clone())),
        ("type", [value]) => Some(Ok(Value::Type(value.type_name()))),
        ("matches", [text, pattern]) => matches(text, pattern),
        ("string" | "int" | "uint" | "double" | "bool", [value]) => convert(name, value),
        _ => None,
    }
}

fn call_method<'a>(name: &'static str, arguments: &[Value<'a>]) -> Option<Evaluated<'a>> {
    match (name, arguments) {
        ("size", [value]) => size(value),
        ("matches", [text, pattern]) => matches(text, pattern),
        ("join", [Value::List(list)]) => Some(join(list, "")),
        ("join", [Value::List(list), Value::Text(between)]) => Some(join(list, between)),
        ("format", [Value::Text(text), Value::List(list)]) => {
            Some(format(text, list).map(Value::from).map_err(|message| failed("format", message)))
        }
        (_, [Value::Text(text), rest @ ..]) => of_text(name, text, rest),
        _ => None,
    }
}

fn of_text<'a>(name: &'static str, text: &Cow<'a, str>, arguments: &[Value<'a>]) -> Option<Evaluated<'a>> {
    use Value::{Int, Text};
    let value = match (name, arguments) {
        ("contains", [Text(part)]) => Value::Bool(text.contains(&**part)),
        ("startsWith", [Text(part)]) => Value::Bool(text.starts_with(&**part)),
        ("endsWith", [Text(part)]) => Value::Bool(text.ends_with(&**part)),
        ("lowerAscii", []) if !text.bytes().any(|byte| byte.is_ascii_uppercase()) => Text(text.clone()),
        ("lowerAscii", []) => text.to_ascii_lowercase().into(),
        ("upperAscii", []) => text.to_ascii_uppercase().into(),
        ("trim", []) => match text {
            Cow::Borrowed(text) => text.trim().into(),
            Cow::Owned(text) => text.trim().to_owned().into(),
        },
        ("reverse", []) => text.chars().rev().collect::<String>().into(),
        ("replace", [Text(from), Text(to)]) => text.replace(&**from, to).into(),
        ("replace", [Text(from), Text(to), Int(count)]) => match usize::try_from(*count) {
            Ok(count) => text.replacen(&**from, to, count).into(),
            Err(_) => text.replace(&**from, to).into(),
        },
        ("split", [Text(separator)]) => split(text, separator, None),
        ("split", [Text(separator), Int(most)]) => split(text, separator, usize::try_from(*most).ok()),
        ("charAt", [Int(index)]) => return Some(char_at(text, *index)),
        ("substring", [Int(start)]) => return Some(substring(text, *start, None)),
        ("substring", [Int(start), Int(end)]) => return Some(substring(text, *start, Some(*end))),
        ("indexOf", [Text(part)]) => position(find(text, part, 0)),
        ("lastIndexOf", [Text(part)]) => position(find_last(text, part, usize::MAX)),
        ("indexOf" | "lastIndexOf", [Text(part), Int(offset)]) => return Some(index_from(name, text, part, *offset)),
        _ => return None,
    };
    Some(Ok(value))
}

/// Null, a string of blanks, an empty list or map.
fn is_blank(value: &Value<'_>) -> bool {
    match value {
        Value::Null => true,
        Value::Text(text) => text.trim().is_empty(),
        Value::List(list) => list.len() == 0,
        Value::Map(map) => map.len() == 0,
        _ => false,
    }
}

/// The keys of a map in alphabetical order.
fn names<'a>(value: &Value<'a>) -> Value<'a> {
    let Value::Map(map) = value else { return Value::list(Vec::new()) };
    let mut names: Vec<String> = map.keys().iter().map(|key| key.display().into_owned()).collect();
    names.sort();
    Value::list(names.into_iter().map(Value::from).collect())
}

fn int(count: usize) -> Value<'static> {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

fn size<'a>(value: &Value<'a>) -> Option<Evaluated<'a>> {
    Some(Ok(int(match value {
        Value::Text(text) => text.chars().count(),
        Value::List(list) => list.len(),
        Value::Map(map) => map.len(),
        _ => return None,
    })))
}

fn join<'a>(list: &List<'a>, between: &str) -> Evaluated<'a> {
    let mut joined = String::new();
    for (index, item) in list.iter().enumerate() {
        let Value::Text(text) = item else { return Err(EvalError::overload("join", &[&item], true)) };
        if index > 0 {
            joined.push_str(between);
        }
        joined.push_str(&text);
    }
    Ok(joined.into())
}

/// At most so many parts, the last with the rest; without a separator the characters.
fn split(text: &str, separator: &str, most: Option<usize>) -> Value<'static> {
    let most = most.unwrap_or(usize::MAX);
    let parts: Vec<&str> = if most == 0 {
        Vec::new()
    } else if separator.is_empty() {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next().filter(|_| parts.len() + 1 < most) {
            let (head, tail) = rest.split_at(first.len_utf8());
            parts.push(head);
            rest = tail;
        }
        parts.extend((!rest.is_empty()).then_some(rest));
        parts
    } else {
        text.splitn(most, separator).collect()
    };
    Value::list(parts.into_iter().map(|part| part.to_owned().into()).collect())
}

fn length(text: &str) -> i64 {
    i64::try_from(text.chars().count()).unwrap_or(i64::MAX)
}

fn out_of_range(function: &str, index: i64) -> EvalError {
    failed(function, format_args!("index out of range: {index}"))
}

fn char_at<'a>(text: &str, index: i64) -> Evaluated<'a> {
    match usize::try_from(index) {
        Ok(at) if index <= length(text) => Ok(text.chars().nth(at).map(String::from).unwrap_or_default().into()),
        _ => Err(out_of_range("charAt", index)),
    }
}

fn substring<'a>(text: &str, start: i64, end: Option<i64>) -> Evaluated<'a> {
    let length = length(text);
    let last = end.unwrap_or(length);
    if end.is_some() && start > last {
        return Err(failed("substring", format_args!("invalid substring range. start: {start}, end: {last}")));
    }
    match (usize::try_from(start), usize::try_from(last)) {
        (Ok(from), Ok(to)) if start <= length && last <= length => {
            Ok(text.chars().skip(from).take(to.saturating_sub(from)).collect::<String>().into())
        }
        _ => Err(out_of_range("substring", if start < 0 || start > length { start } else { last })),
    }
}

/// Where a part of a text is, in characters, at `offset` or behind it.
fn find(text: &str, part: &str, offset: usize) -> Option<usize> {
    let (start, _) = text.char_indices().chain([(text.len(), ' ')]).nth(offset)?;
    let at = text.get(start..)?.find(part)?;
    Some(text.get(..start + at)?.chars().count())
}

/// Where a part of a text is for the last time, in characters, at `offset` or before it.
fn find_last(text: &str, part: &str, offset: usize) -> Option<usize> {
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let last = offset.min(starts.len() - 1);
    (0..=last).rev().find(|&index| text.get(starts[index]..).is_some_and(|rest| rest.starts_with(part)))
}

fn position<'a>(found: Option<usize>) -> Value<'a> {
    found.map_or(Value::Int(-1), int)
}

fn index_from<'a>(name: &str, text: &str, part: &str, offset: i64) -> Evaluated<'a> {
    let length = length(text);
    let Ok(from) = usize::try_from(offset) else { return Err(out_of_range(name, offset)) };
    if part.is_empty() {
        return Ok(Value::Int(offset.min(length)));
    }
    if offset >= length {
        return Err(out_of_range(name, offset));
    }
    Ok(position(if name == "indexOf" { find(text, part, from) } else { find_last(text, part, from) }))
}

/// The conversions between booleans, numbers and strings.
fn convert<'a>(name: &'static str, value: &Value<'a>) -> Option<Evaluated<'a>> {
    let parsed = |error: &dyn std::fmt::Display| failed(name, format_args!("string parse error: {error}"));
    let fits = |value: Option<Value<'a>>| {
        let signed = if name == "uint" { "unsigned integer overflow" } else { "integer overflow" };
        value.ok_or_else(|| failed(name, signed))
    };
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    Some(match (name, value) {
        ("string", Value::Text(_))
        | ("int", Value::Int(_))
        | ("uint", Value::UInt(_))
        | ("double", Value::Double(_))
        | ("bool", Value::Bool(_)) => Ok(value.clone()),
        ("string", Value::Bool(_) | Value::Int(_) | Value::UInt(_) | Value::Double(_)) => {
            Ok(value.display().into_owned().into())
        }
        ("int", Value::UInt(value)) => fits(i64::try_from(*value).ok().map(Value::Int)),
        ("int", Value::Double(value)) => {
            fits((*value > i64::MIN as f64 && *value < i64::MAX as f64).then_some(Value::Int(*value as i64)))
        }
        ("int", Value::Text(text)) => text.parse().map(Value::Int).map_err(|error| parsed(&error)),
        ("uint", Value::Int(value)) => fits(u64::try_from(*value).ok().map(Value::UInt)),
        ("uint", Value::Double(value)) => {
            fits((*value >= 0.0 && *value < u64::MAX as f64).then_some(Value::UInt(*value as u64)))
        }
        ("uint", Value::Text(text)) => text.parse().map(Value::UInt).map_err(|error| parsed(&error)),
        ("double", Value::Int(value)) => Ok(Value::Double(*value as f64)),
        ("double", Value::UInt(value)) => Ok(Value::Double(*value as f64)),
        ("double", Value::Text(text)) => text.parse().map(Value::Double).map_err(|error| parsed(&error)),
        ("bool", Value::Text(text)) => match &**text {
            "1" | "t" | "true" | "TRUE" | "True" => Ok(Value::Bool(true)),
            "0" | "f" | "false" | "FALSE" | "False" => Ok(Value::Bool(false)),
            _ => Err(failed("bool", "Type conversion error from 'string' to 'bool'")),
        },
        _ => return None,
    })
}

/// `-x` of an integer or a floating-point number.
pub(super) fn negate(value: Value<'_>) -> Evaluated<'_> {
    match value {
        Value::Int(value) => {
            value.checked_neg().map(Value::Int).ok_or_else(|| EvalError("Overflow from unary operator '-'".to_owned()))
        }
        Value::Double(value) => Ok(Value::Double(-value)),
        other => Err(EvalError::overload("-_", &[&other], false)),
    }
}

/// `+`, `-`, `*`, `/` and `%` of two numbers of one type; `+` of strings and of lists as well.
pub(super) fn arithmetic<'a>(operator: Binary, left: Value<'a>, right: Value<'a>) -> Evaluated<'a> {
    use Binary::{Add, Divide, Multiply, Remainder, Subtract};
    use Value::{Double, Int, UInt};
    let zero = matches!(right, Int(0) | UInt(0)) && matches!(operator, Divide | Remainder);
    let result = match (operator, &left, &right) {
        (_, Int(_), Int(_)) | (_, UInt(_), UInt(_)) if zero => {
            return Err(EvalError(format!("Division by zero of {}", left.display())));
        }
        (Add, Int(a), Int(b)) => a.checked_add(*b).map(Int),
        (Subtract, Int(a), Int(b)) => a.checked_sub(*b).map(Int),
        (Multiply, Int(a), Int(b)) => a.checked_mul(*b).map(Int),
        (Divide, Int(a), Int(b)) => a.checked_div(*b).map(Int),
        (Remainder, Int(a), Int(b)) => a.checked_rem(*b).map(Int),
        (Add, UInt(a), UInt(b)) => a.checked_add(*b).map(UInt),
        (Subtract, UInt(a), UInt(b)) => a.checked_sub(*b).map(UInt),
        (Multiply, UInt(a), UInt(b)) => a.checked_mul(*b).map(UInt),
        (Divide, UInt(a), UInt(b)) => a.checked_div(*b).map(UInt),
        (Remainder, UInt(a), UInt(b)) => a.checked_rem(*b).map(UInt),
        (Add, Double(a), Double(b)) => Some(Double(a + b)),
        (Subtract, Double(a), Double(b)) => Some(Double(a - b)),
        (Multiply, Double(a), Double(b)) => Some(Double(a * b)),
        (Divide, Double(a), Double(b)) => Some(Double(a / b)),
        (Add, Value::Text(a), Value::Text(b)) => Some([&**a, &**b].concat().into()),
        (Add, Value::List(a), Value::List(b)) => Some(Value::list(a.iter().chain(b.iter()).collect())),
        (Add, Value::List(a), Value::Map(b)) => Some(Value::list(a.iter().chain(b.keys()).collect())),
        _ => return Err(EvalError::overload(operator.name(), &[&left, &right], false)),
    };
    result.ok_or_else(|| {
        let (left, right) = (left.display(), right.display());
        EvalError(format!("Overflow from binary operator '{}': {left}, {right}", operator.name()))
    })
}

fn matches<'a>(text: &Value<'a>, pattern: &Value<'a>) -> Option<Evaluated<'a>> {
    let (Value::Text(text), Value::Text(pattern)) = (text, pattern) else { return None };
    Some(pattern::compile(pattern).map(|regex| Value::Bool(regex.is_match(text))))
}
