//! Finds functions that are called on what can be null without asking first. On a fact that lacks the attribute such a condition
//! has no value, and the rule cannot judge it.

use super::lower::{Mistake, What};
use crate::facts::Kind;
use cel::common::ast::{EntryExpr, Expr as Tree, IdedExpr, LiteralValue, operators};
use std::collections::BTreeSet;

/// The functions that fail on null.
const FAIL_ON_NULL: &[&str] = &[
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "charAt",
    "indexOf",
    "lastIndexOf",
    "join",
    "lowerAscii",
    "upperAscii",
    "trim",
    "replace",
    "split",
    "substring",
    "reverse",
    "int",
    "uint",
    "double",
];

/// The operators that fail on null, on either side.
const OPERATORS: &[&str] = &[
    operators::LESS,
    operators::LESS_EQUALS,
    operators::GREATER,
    operators::GREATER_EQUALS,
    operators::ADD,
    operators::SUBSTRACT,
    operators::MULTIPLY,
    operators::DIVIDE,
    operators::MODULO,
];

/// Attributes that are known not to be null.
pub(super) type Known = BTreeSet<String>;

/// Looks through an expression on facts of these kinds. `known` are attributes that are not null where it is evaluated.
pub(super) fn find<'t>(node: &'t IdedExpr, kinds: &[Kind], known: &Known, found: &mut Vec<Mistake<'t>>) {
    let mut each =
        |nodes: &mut dyn Iterator<Item = &'t IdedExpr>| nodes.for_each(|node| find(node, kinds, known, found));
    match &node.expr {
        Tree::Call(call) => match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND, [left, right]) => after(left, true, right, kinds, known, found),
            (operators::LOGICAL_OR, [left, right]) => after(left, false, right, kinds, known, found),
            (operators::CONDITIONAL, [condition, yes, no]) => {
                after(condition, true, yes, kinds, known, found);
                find(no, kinds, &with(known, condition, false), found);
            }
            (name, arguments) => {
                each(&mut call.target.iter().map(|target| &**target).chain(arguments));
                let subjects: Vec<&IdedExpr> = if OPERATORS.contains(&name) {
                    arguments.iter().collect()
                } else if FAIL_ON_NULL.contains(&name) {
                    call.target.as_deref().or(arguments.first()).into_iter().collect()
                } else {
                    Vec::new()
                };
                let may_be_null = |attribute: &&str| {
                    !known.contains(*attribute)
                        && kinds.iter().any(|kind| kind.attribute(attribute).is_some_and(|spec| spec.nullable))
                };
                for attribute in subjects.into_iter().filter_map(attribute_of).filter(may_be_null) {
                    let function = name.trim_matches('_').to_owned();
                    found.push(Mistake { node, what: What::MayBeNull { name: attribute.to_owned(), function } });
                }
            }
        },
        Tree::Select(select) => each(&mut std::iter::once(&*select.operand)),
        Tree::List(list) => each(&mut list.elements.iter()),
        Tree::Map(map) => {
            let values = map.entries.iter().filter_map(|entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => Some(&entry.value),
                EntryExpr::StructField(_) => None,
            });
            each(&mut { values });
        }
        Tree::Comprehension(all) => {
            each(&mut [&all.iter_range, &all.loop_cond, &all.loop_step, &all.result].into_iter());
        }
        Tree::Ident(_) | Tree::Literal(_) | Tree::Struct(_) | Tree::Unspecified => {}
    }
}

/// Looks through `first`, and through what is evaluated only where `first` is `holds`.
fn after<'t>(
    first: &'t IdedExpr,
    holds: bool,
    then: &'t IdedExpr,
    kinds: &[Kind],
    known: &Known,
    found: &mut Vec<Mistake<'t>>,
) {
    find(first, kinds, known, found);
    find(then, kinds, &with(known, first, holds), found);
}

fn with(known: &Known, condition: &IdedExpr, holds: bool) -> Known {
    let mut known = known.clone();
    establish(condition, holds, &mut known);
    known
}

/// Adds the attributes that are not null where a condition is `holds`.
pub(super) fn establish(condition: &IdedExpr, holds: bool, known: &mut Known) {
    if let Some(attribute) = attribute_of(condition).filter(|_| holds) {
        known.insert(attribute.to_owned());
    }
    let Tree::Call(call) = &condition.expr else { return };
    match (call.func_name.as_str(), call.args.as_slice()) {
        (operators::LOGICAL_AND, both @ [_, _]) if holds => both.iter().for_each(|it| establish(it, true, known)),
        (operators::LOGICAL_OR, both @ [_, _]) if !holds => both.iter().for_each(|it| establish(it, false, known)),
        (operators::LOGICAL_NOT, [operand]) => establish(operand, !holds, known),
        (operators::NOT_EQUALS, [left, right]) => unless_null(left, right, holds, known),
        (operators::EQUALS, [left, right]) => unless_null(left, right, !holds, known),
        (name, both @ [_, _]) if holds && OPERATORS.contains(&name) => {
            known.extend(both.iter().filter_map(attribute_of).map(str::to_owned));
        }
        ("blank", [operand]) if !holds => known.extend(attribute_of(operand).map(str::to_owned)),
        // Null is in no list that is written out, and text(null) has no beginning to speak of.
        (operators::IN, [operand, _]) if holds => known.extend(attribute_of(operand).map(str::to_owned)),
        (_, _) if holds => {
            if let Some(Tree::Call(inner)) = call.target.as_deref().map(|target| &target.expr)
                && inner.func_name == "text"
            {
                known.extend(inner.args.first().and_then(attribute_of).map(str::to_owned));
            }
        }
        _ => {}
    }
}

/// Of a comparison that says that two values differ, if one is null; or that they are equal, if one is a literal but null.
fn unless_null(left: &IdedExpr, right: &IdedExpr, differ: bool, known: &mut Known) {
    for (value, other) in [(left, right), (right, left)] {
        let is_null = matches!(other.expr, Tree::Literal(LiteralValue::Null));
        let is_literal = matches!(other.expr, Tree::Literal(_));
        if is_literal && is_null == differ {
            known.extend(attribute_of(value).map(str::to_owned));
        }
    }
}

/// The name in `fact.name`.
fn attribute_of(node: &IdedExpr) -> Option<&str> {
    let Tree::Select(select) = &node.expr else { return None };
    let is_fact = matches!(&select.operand.expr, Tree::Ident(name) if name == "fact");
    (is_fact && !select.test).then_some(select.field.as_str())
}
