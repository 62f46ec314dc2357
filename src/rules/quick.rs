//! Evaluates the plain part of CEL without CEL: attributes of the fact compared and put together.
//!
//! Nearly all conditions and messages need no more, and the environment of CEL alone costs more than judging what a
//! small package holds. What is not understood is left to CEL, and so is everything that CEL may report an error for.

use super::scope::target_name;
use crate::facts::{COMMON, Fact, Value, ValueRef};
use crate::secret::MASK;
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators};
use osgi_config::Target;
use std::borrow::Cow;

/// How deep an expression is looked into. Deeper ones are left to CEL.
const DEEPEST: usize = 32;

/// A value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Quick<'a> {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A string.
    Text(Cow<'a, str>),
}

impl<'a> Quick<'a> {
    /// The string that a message shows.
    pub(super) fn display(self) -> Cow<'a, str> {
        match self {
            Self::Null => "(none)".into(),
            Self::Bool(true) => "true".into(),
            Self::Bool(false) => "false".into(),
            Self::Text(text) => text,
        }
    }
}

/// What CEL would say of an expression on a fact, if this can be told without it.
pub(super) fn evaluate<'a>(tree: &'a IdedExpr, fact: &'a Fact, target: Target) -> Option<Quick<'a>> {
    value(tree, &Seen { fact, target }, 0)
}

/// What an expression sees.
struct Seen<'a> {
    fact: &'a Fact,
    target: Target,
}

fn value<'a>(node: &'a IdedExpr, seen: &Seen<'a>, depth: usize) -> Option<Quick<'a>> {
    if depth > DEEPEST {
        return None;
    }
    match &node.expr {
        Expr::Literal(LiteralValue::Null) => Some(Quick::Null),
        Expr::Literal(LiteralValue::Boolean(value)) => Some(Quick::Bool(*value.inner())),
        Expr::Literal(LiteralValue::String(text)) => Some(Quick::Text(text.inner().into())),
        Expr::Ident(name) if name == "target" => Some(Quick::Text(target_name(seen.target).into())),
        Expr::Select(_) => attribute(node, seen),
        Expr::Call(call) => match &call.target {
            None => function(call, seen, depth + 1),
            Some(this) => method(call, this, seen, depth + 1),
        },
        _ => None,
    }
}

fn function<'a>(call: &'a CallExpr, seen: &Seen<'a>, depth: usize) -> Option<Quick<'a>> {
    let truth = |node| match value(node, seen, depth)? {
        Quick::Bool(value) => Some(value),
        _ => None,
    };
    match (call.func_name.as_str(), call.args.as_slice()) {
        (operators::LOGICAL_AND, [left, right]) => Some(Quick::Bool(truth(left)? && truth(right)?)),
        (operators::LOGICAL_OR, [left, right]) => Some(Quick::Bool(truth(left)? || truth(right)?)),
        (operators::LOGICAL_NOT, [operand]) => Some(Quick::Bool(!truth(operand)?)),
        (operators::CONDITIONAL, [condition, yes, no]) => value(if truth(condition)? { yes } else { no }, seen, depth),
        (operators::EQUALS, [left, right]) => equal(left, right, seen, depth).map(Quick::Bool),
        (operators::NOT_EQUALS, [left, right]) => Some(Quick::Bool(!equal(left, right, seen, depth)?)),
        (operators::ADD, [left, right]) => match (value(left, seen, depth)?, value(right, seen, depth)?) {
            (Quick::Text(left), Quick::Text(right)) => Some(Quick::Text(left + right)),
            _ => None,
        },
        (operators::IN, [item, list]) => match (value(item, seen, depth)?, named(list, seen)?) {
            (Quick::Text(item), ValueRef::List(all)) => {
                let texts: Option<Vec<&str>> = all.iter().map(Value::as_text).collect();
                Some(Quick::Bool(texts?.contains(&&*item)))
            }
            _ => None,
        },
        ("blank", [argument]) => blank(argument, seen, depth).map(Quick::Bool),
        ("text", [argument]) => match value(argument, seen, depth)? {
            Quick::Null => Some(Quick::Text("".into())),
            other => Some(Quick::Text(other.display())),
        },
        _ => None,
    }
}

fn method<'a>(call: &'a CallExpr, this: &'a IdedExpr, seen: &Seen<'a>, depth: usize) -> Option<Quick<'a>> {
    let text = |node| match value(node, seen, depth)? {
        Quick::Text(text) => Some(text),
        _ => None,
    };
    match (call.func_name.as_str(), call.args.as_slice()) {
        ("lowerAscii", []) => Some(Quick::Text(match text(this)? {
            text if text.bytes().any(|byte| byte.is_ascii_uppercase()) => text.to_ascii_lowercase().into(),
            text => text,
        })),
        ("trim", []) => Some(Quick::Text(match text(this)? {
            Cow::Borrowed(text) => text.trim().into(),
            Cow::Owned(text) => text.trim().to_owned().into(),
        })),
        ("startsWith", [part]) => Some(Quick::Bool(text(this)?.starts_with(&*text(part)?))),
        ("endsWith", [part]) => Some(Quick::Bool(text(this)?.ends_with(&*text(part)?))),
        ("contains", [part]) => Some(Quick::Bool(text(this)?.contains(&*text(part)?))),
        _ => None,
    }
}

fn equal(left: &IdedExpr, right: &IdedExpr, seen: &Seen<'_>, depth: usize) -> Option<bool> {
    match (value(left, seen, depth)?, value(right, seen, depth)?) {
        (Quick::Null, other) | (other, Quick::Null) => Some(other == Quick::Null),
        (Quick::Bool(left), Quick::Bool(right)) => Some(left == right),
        (Quick::Text(left), Quick::Text(right)) => Some(left == right),
        _ => None,
    }
}

fn blank(node: &IdedExpr, seen: &Seen<'_>, depth: usize) -> Option<bool> {
    match named(node, seen) {
        Some(ValueRef::List(items)) => return Some(items.is_empty()),
        Some(ValueRef::Map(members)) => return Some(members.is_empty()),
        _ => {}
    }
    Some(match value(node, seen, depth)? {
        Quick::Null => true,
        Quick::Bool(_) => false,
        Quick::Text(text) => text.trim().is_empty(),
    })
}

/// The field in `fact.field`.
fn field(node: &IdedExpr) -> Option<&str> {
    match &node.expr {
        Expr::Select(select) if !select.test => {
            matches!(&select.operand.expr, Expr::Ident(name) if name == "fact").then_some(select.field.as_str())
        }
        _ => None,
    }
}

/// The attribute that an expression is, if it is one of the kind's own.
fn named<'a>(node: &'a IdedExpr, seen: &Seen<'a>) -> Option<ValueRef<'a>> {
    let name = field(node).filter(|name| !COMMON.iter().any(|spec| spec.name == *name) && *name != "properties")?;
    let known = seen.fact.kind().attributes().iter().any(|known| known.name == name);
    known.then(|| seen.fact.attribute(name).unwrap_or(ValueRef::Null))
}

fn attribute<'a>(node: &'a IdedExpr, seen: &Seen<'a>) -> Option<Quick<'a>> {
    let optional = |text: Option<&'a str>| text.map_or(Quick::Null, |text| Quick::Text(text.into()));
    match field(node)? {
        "kind" => return Some(Quick::Text(seen.fact.kind().name().into())),
        "file" => return Some(Quick::Text((&*seen.fact.place.file).into())),
        "path" => return Some(optional(seen.fact.path.as_deref())),
        "installed" => return Some(Quick::Bool(seen.fact.installed())),
        "not_installed" => return Some(optional(seen.fact.not_installed.as_deref())),
        _ => {}
    }
    match named(node, seen)? {
        ValueRef::Null => Some(Quick::Null),
        ValueRef::Bool(value) => Some(Quick::Bool(value)),
        ValueRef::Text(text) => Some(Quick::Text(text.into())),
        ValueRef::Secret(_) => Some(Quick::Text(MASK.into())),
        ValueRef::Int(_) | ValueRef::Double(_) | ValueRef::List(_) | ValueRef::Map(_) => None,
    }
}
