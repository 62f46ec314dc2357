//! The small language that expressions are lowered to.

use super::environment::Variable;
use super::pattern::Pattern;
use cel::common::ast::operators;

/// An expression whose names are resolved.
#[derive(Debug)]
pub(super) enum Expr {
    Null,
    Bool(bool),
    Int(i64),
    UInt(u64),
    Double(f64),
    Text(String),
    Variable(Variable),
    /// A variable of a macro: its number, counted from the outermost macro around.
    Local(usize),
    /// An attribute of the fact.
    Attribute(String),
    Select(Box<Expr>, String),
    Has(Box<Expr>, String),
    Not(Box<Expr>),
    Negate(Box<Expr>),
    NotStrictlyFalse(Box<Expr>),
    Conditional(Box<(Expr, Expr, Expr)>),
    Binary(Binary, Box<(Expr, Expr)>),
    /// A function, whether it is called as a method, and its arguments, the value that a method belongs to first.
    Call(&'static str, bool, Vec<Expr>),
    /// `matches` with a regular expression that is known.
    Matches(Box<Expr>, Box<Pattern>),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    Collect(Box<Collect>),
    Fold(Box<Fold>),
}

/// `map` and `filter`: gathers items for each item of a range.
#[derive(Debug)]
pub(super) struct Collect {
    pub(super) range: Expr,
    pub(super) guard: Option<Expr>,
    pub(super) items: Vec<Expr>,
}

/// `all`, `exists` and `exists_one`: goes on from one value to the next for each item of a range.
#[derive(Debug)]
pub(super) struct Fold {
    pub(super) range: Expr,
    pub(super) start: Expr,
    pub(super) condition: Expr,
    pub(super) step: Expr,
    pub(super) result: Expr,
    /// The value that decides in spite of an error: true for `exists`, false for `all`.
    pub(super) decides: Option<bool>,
}

/// An operator with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Binary {
    And,
    Or,
    Equal,
    Different,
    Less,
    AtMost,
    Greater,
    AtLeast,
    In,
    Index,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

const BINARY: &[(&str, Binary)] = &[
    (operators::LOGICAL_AND, Binary::And),
    (operators::LOGICAL_OR, Binary::Or),
    (operators::EQUALS, Binary::Equal),
    (operators::NOT_EQUALS, Binary::Different),
    (operators::LESS, Binary::Less),
    (operators::LESS_EQUALS, Binary::AtMost),
    (operators::GREATER, Binary::Greater),
    (operators::GREATER_EQUALS, Binary::AtLeast),
    (operators::IN, Binary::In),
    (operators::INDEX, Binary::Index),
    (operators::ADD, Binary::Add),
    (operators::SUBSTRACT, Binary::Subtract),
    (operators::MULTIPLY, Binary::Multiply),
    (operators::DIVIDE, Binary::Divide),
    (operators::MODULO, Binary::Remainder),
];

impl Binary {
    /// The operator that the parser calls by that name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        BINARY.iter().find(|(known, _)| *known == name).map(|(_, operator)| *operator)
    }

    /// The name in messages.
    pub(super) fn name(self) -> &'static str {
        BINARY.iter().find(|(_, operator)| *operator == self).map_or("", |(name, _)| name)
    }
}

#[cfg(test)]
impl Expr {
    /// Whether it looks at the properties of the fact, by themselves or as a member of the fact as a whole.
    pub(super) fn reads_properties(&self) -> bool {
        let mut todo = vec![self];
        while let Some(expression) = todo.pop() {
            match expression {
                Self::Variable(Variable::Fact) => return true,
                Self::Attribute(name) if name == "properties" => return true,
                Self::Select(operand, _) | Self::Has(operand, _) | Self::Matches(operand, _) => todo.push(operand),
                Self::Not(operand) | Self::Negate(operand) | Self::NotStrictlyFalse(operand) => todo.push(operand),
                Self::Conditional(parts) => todo.extend([&parts.0, &parts.1, &parts.2]),
                Self::Binary(_, operands) => todo.extend([&operands.0, &operands.1]),
                Self::Call(_, _, items) | Self::List(items) => todo.extend(items),
                Self::Map(entries) => todo.extend(entries.iter().flat_map(|(key, value)| [key, value])),
                Self::Collect(all) => todo.extend([&all.range].into_iter().chain(&all.guard).chain(&all.items)),
                Self::Fold(all) => todo.extend([&all.range, &all.start, &all.condition, &all.step, &all.result]),
                Self::Null | Self::Bool(_) | Self::Int(_) | Self::UInt(_) | Self::Double(_) | Self::Text(_) => {}
                Self::Variable(_) | Self::Local(_) | Self::Attribute(_) => {}
            }
        }
        false
    }
}
