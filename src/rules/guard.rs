//! What a condition says without CEL: a cheap look at the plain comparisons that it begins with.
//!
//! Most conditions say no at their first comparison, such as `fact.credential == 'oauth'`. Compiling CEL only to learn
//! that costs more than everything else that is done with a small package. A guard says no only where CEL evaluates
//! the condition to false, and without an error; what it does not understand, it leaves to CEL.

use crate::facts::{Fact, ValueRef};
use osgi_config::Target;

/// How deep parentheses are looked into. Deeper ones are left to CEL.
const MAX_NESTING_DEPTH: usize = 4;

/// The part of a condition that needs no CEL.
#[derive(Debug, PartialEq)]
pub(super) enum Guard {
    /// All hold. Ends with the first that is not understood in full.
    All(Vec<Guard>),
    /// At least one holds.
    Any(Vec<Guard>),
    /// An attribute of the fact passes a test.
    Fact(String, Test),
    /// `target` is this one.
    Target(String),
    /// Left to CEL.
    Unknown,
}

/// A test of one value.
#[derive(Debug, PartialEq)]
pub(super) enum Test {
    /// `x`, which is a boolean, or `!x`.
    Is(bool),
    /// `x == literal`.
    Equal(Literal),
    /// `x != literal`.
    Different(Literal),
    /// `blank(x)` or `!blank(x)`.
    Blank(bool),
}

#[derive(Debug, PartialEq)]
pub(super) enum Literal {
    Null,
    Bool(bool),
    Text(String),
}

impl Guard {
    /// Reads conditions that must all hold, and are evaluated in this order. Never fails: mistakes are CEL's to find.
    pub(super) fn all<'t>(conditions: impl IntoIterator<Item = &'t str>) -> Self {
        all(conditions, 0)
    }

    /// False only if the condition is false on this fact.
    pub(super) fn may_hold(&self, fact: &Fact, target: Target) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.may_hold(fact, target)),
            Self::Any(parts) => parts.iter().any(|part| part.may_hold(fact, target)),
            Self::Fact(name, test) if name == "installed" => test.may_pass(ValueRef::Bool(fact.installed())),
            Self::Fact(name, test) => {
                // What is not among the attributes of the kind is another common one, or a mistake.
                let is_known = name == "error" || fact.kind().attributes().iter().any(|known| known.name == *name);
                !is_known || name == "properties" || test.may_pass(fact.attribute(name).unwrap_or(ValueRef::Null))
            }
            Self::Target(name) => target.name() == name,
            Self::Unknown => true,
        }
    }

    fn is_understood(&self) -> bool {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().all(Self::is_understood),
            Self::Fact(..) | Self::Target(_) => true,
            Self::Unknown => false,
        }
    }
}

impl Test {
    fn may_pass(&self, value: ValueRef<'_>) -> bool {
        match self {
            Self::Is(wanted) => !matches!(value, ValueRef::Bool(value) if value != *wanted),
            Self::Equal(literal) => literal.equals(value) != Some(false),
            Self::Different(literal) => literal.equals(value) != Some(true),
            Self::Blank(wanted) => {
                let blank = match value {
                    ValueRef::Null => true,
                    ValueRef::Text(text) => text.trim().is_empty(),
                    ValueRef::List(items) => items.is_empty(),
                    ValueRef::Map(map) => map.is_empty(),
                    _ => return true,
                };
                blank == *wanted
            }
        }
    }
}

impl Literal {
    /// Whether a value is equal to this literal, where that needs no conversion.
    fn equals(&self, value: ValueRef<'_>) -> Option<bool> {
        match (self, value) {
            (Self::Null, _) => Some(matches!(value, ValueRef::Null)),
            (_, ValueRef::Null) => Some(false),
            (Self::Bool(literal), ValueRef::Bool(value)) => Some(*literal == value),
            (Self::Text(literal), ValueRef::Text(value)) => Some(literal == value),
            _ => None,
        }
    }
}

/// Reads conditions of which each is looked at only if those before it hold, up to the first that is not understood:
/// where CEL would report an error, no later part may say no before it.
fn all<'t>(conditions: impl IntoIterator<Item = &'t str>, depth: usize) -> Guard {
    let mut parts = Vec::new();
    for condition in conditions {
        let part = read(condition, depth);
        let understood = part.is_understood();
        parts.push(part);
        if !understood {
            break;
        }
    }
    Guard::All(parts)
}

/// The parts of a condition that must all hold; the whole where they cannot be told apart.
pub(super) fn conjuncts(condition: &str) -> Vec<&str> {
    match split(condition) {
        Some(Parts::All(parts)) => parts,
        _ => vec![condition],
    }
}

fn read(text: &str, depth: usize) -> Guard {
    let text = text.trim();
    if depth > MAX_NESTING_DEPTH {
        return Guard::Unknown;
    }
    match split(text) {
        Some(Parts::Any(parts)) => {
            return Guard::Any(parts.into_iter().map(|part| read(part, depth + 1)).collect());
        }
        Some(Parts::All(parts)) => return all(parts, depth + 1),
        Some(Parts::One) => {}
        None => return Guard::Unknown,
    }
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    if let Some(inner) = inner {
        // In `(a)(b)` the parts do not balance by themselves, and `split` refuses them.
        return read(inner, depth + 1);
    }
    simple(text).unwrap_or(Guard::Unknown)
}

/// What a condition is put together from.
enum Parts<'t> {
    /// Parts with `||` between them.
    Any(Vec<&'t str>),
    /// Parts with `&&` between them.
    All(Vec<&'t str>),
    /// A condition without either.
    One,
}

/// The parts between the operators that stand in no parentheses or strings; `None` if this is not certain, as with
/// raw strings, comments, escapes and the conditional operator.
fn split(text: &str) -> Option<Parts<'_>> {
    let (mut depth, mut quote, mut before) = (0_usize, None, b' ');
    let (mut any, mut all) = (Vec::new(), Vec::new());
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match (quote, byte) {
            (_, b'\\') => return None,
            (Some(open), _) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'\'' | b'"') if is_wordlike(before) || before == byte => return None,
            (None, b'\'' | b'"') => quote = Some(byte),
            (None, b'(' | b'[' | b'{') => depth += 1,
            (None, b')' | b']' | b'}') => depth = depth.checked_sub(1)?,
            (None, b'/') if before == b'/' => return None,
            (None, b'?') if depth == 0 => return None,
            (None, b'|' | b'&') if depth == 0 && text.as_bytes().get(at + 1) == Some(&byte) => {
                if byte == b'|' { &mut any } else { &mut all }.push(at);
                bytes.next();
            }
            _ => {}
        }
        before = byte;
    }
    let parts = |operators: Vec<usize>| -> Option<Vec<&str>> {
        let starts = std::iter::once(0).chain(operators.iter().map(|at| at + 2));
        let ends = operators.iter().copied().chain([text.len()]);
        starts.zip(ends).map(|(start, end)| text.get(start..end)).collect()
    };
    match (depth, quote) {
        // `||` binds less.
        (0, None) if !any.is_empty() => parts(any).map(Parts::Any),
        (0, None) if !all.is_empty() => parts(all).map(Parts::All),
        (0, None) => Some(Parts::One),
        _ => None,
    }
}

/// Whether a byte can belong to a word before a string, such as the `r` of a raw one.
fn is_wordlike(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

fn simple(text: &str) -> Option<Guard> {
    for (operator, equal) in [("==", true), ("!=", false)] {
        let Some((left, right)) = text.split_once(operator) else { continue };
        let literal = literal(right.trim())?;
        return match (left.trim(), literal) {
            ("target", Literal::Text(name)) if equal => Some(Guard::Target(name)),
            (left, literal) => {
                let test = if equal { Test::Equal(literal) } else { Test::Different(literal) };
                Some(Guard::Fact(attribute(left)?, test))
            }
        };
    }
    let (wanted, rest) = match text.strip_prefix('!') {
        Some(rest) => (false, rest.trim_start()),
        None => (true, text),
    };
    match rest.strip_prefix("blank(").and_then(|rest| rest.strip_suffix(')')) {
        Some(argument) => Some(Guard::Fact(attribute(argument.trim())?, Test::Blank(wanted))),
        None => Some(Guard::Fact(attribute(rest)?, Test::Is(wanted))),
    }
}

/// The name in `fact.name`.
fn attribute(text: &str) -> Option<String> {
    let name = text.strip_prefix("fact.")?;
    let word = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    word.then(|| name.to_owned())
}

fn literal(text: &str) -> Option<Literal> {
    match text {
        "null" => return Some(Literal::Null),
        "true" => return Some(Literal::Bool(true)),
        "false" => return Some(Literal::Bool(false)),
        _ => {}
    }
    let inside = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    let inner = inside('\'').or_else(|| inside('"'))?;
    (!inner.contains(['\'', '"', '\\'])).then(|| Literal::Text(inner.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(name: &str, test: Test) -> Guard {
        Guard::Fact(name.to_owned(), test)
    }

    fn guard(condition: &str) -> Guard {
        super::read(condition, 0)
    }

    #[test]
    fn plain_comparisons_are_understood() {
        let text = |text: &str| Literal::Text(text.to_owned());
        assert_eq!(guard("fact.legacy"), is("legacy", Test::Is(true)));
        assert_eq!(guard("!fact.legacy"), is("legacy", Test::Is(false)));
        assert_eq!(guard(" !blank(fact.samples)\n"), is("samples", Test::Blank(false)));
        assert_eq!(guard("fact.error != null"), is("error", Test::Different(Literal::Null)));
        assert_eq!(guard("fact.host == 'a && b'"), is("host", Test::Equal(text("a && b"))));
        assert_eq!(guard("target == 'cloud'"), Guard::Target("cloud".to_owned()));
        let either = Guard::Any(vec![is("a", Test::Is(true)), is("b", Test::Is(false))]);
        assert_eq!(guard("fact.c && (fact.a || !fact.b)"), Guard::All(vec![is("c", Test::Is(true)), either]));
    }

    #[test]
    fn what_comes_after_something_that_is_not_understood_is_left_to_cel() {
        let parts = vec![is("a", Test::Is(true)), Guard::Unknown];
        assert_eq!(guard("fact.a && fact.b.size() > 0 && fact.c"), Guard::All(parts));
    }

    #[test]
    fn everything_else_is_left_to_cel() {
        for condition in [
            "",
            "fact.a ? fact.b : fact.c",
            "(fact.a)(fact.b)",
            "fact.a == r'x'",
            "fact.a == 'x\\'' && fact.b",
            "fact.a == '''x'''",
            "fact.a // && fact.b",
            "fact.a == fact.b",
            "fact.a.b == 'x'",
            "!!fact.a",
            "-fact.a",
            "fact.a == 'x' == true",
            "fact.a && (",
            "'x' in fact.list",
            "fact.path_1",
            "text(fact.a) == 'x'",
        ] {
            assert!(!guard(condition).is_understood(), "{condition}");
        }
        let deep = format!("{}fact.a{}", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(guard(&deep), Guard::Unknown);
    }
}
