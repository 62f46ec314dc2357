//! Lowers parsed CEL to the small language that is evaluated, and checks names and types on the way.

use super::environment::Variable;
use super::functions::Pattern;
use super::types::Type;
use super::{FUNCTIONS, types};
use crate::facts::Kind;
use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr as Tree, IdedExpr, LiteralValue, operators};

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
    /// The name in messages.
    pub(super) fn name(self) -> &'static str {
        BINARY.iter().find(|(_, operator)| *operator == self).map_or("", |(name, _)| name)
    }
}

/// What is wrong with a node of an expression.
pub(super) struct Mistake<'t> {
    pub(super) node: &'t IdedExpr,
    pub(super) what: What,
}

/// A kind of mistake.
pub(super) enum What {
    UnknownVariable { name: String, known: Vec<String> },
    UnknownFunction { name: String },
    UnknownAttribute { name: String },
    NeverEqual { left: Type, right: Type },
    NotSupported { what: &'static str },
}

/// Lowers an expression on facts of these kinds.
pub(super) struct Lowering<'k> {
    pub(super) kinds: &'k [Kind],
    /// Whether `count` and `values` are known.
    pub(super) counting: bool,
    /// Whether types are checked.
    pub(super) types: bool,
    /// The variables of the macros around.
    locals: Vec<String>,
}

type Lowered<'t> = Result<(Expr, Type), Mistake<'t>>;

impl<'k> Lowering<'k> {
    pub(super) fn new(kinds: &'k [Kind], counting: bool, types: bool) -> Self {
        Self { kinds, counting, types, locals: Vec::new() }
    }

    /// The lowered form of an expression.
    pub(super) fn lower<'t>(&mut self, node: &'t IdedExpr) -> Lowered<'t> {
        let unsupported = |what| Err(Mistake { node, what: What::NotSupported { what } });
        match &node.expr {
            Tree::Literal(literal) => match literal {
                LiteralValue::Null => Ok((Expr::Null, Type::Any)),
                LiteralValue::Boolean(value) => Ok((Expr::Bool(*value.inner()), Type::Bool)),
                LiteralValue::Int(value) => Ok((Expr::Int(*value.inner()), Type::Number)),
                LiteralValue::UInt(value) => Ok((Expr::UInt(*value.inner()), Type::Number)),
                LiteralValue::Double(value) => Ok((Expr::Double(*value.inner()), Type::Number)),
                LiteralValue::String(text) => Ok((Expr::Text(text.inner().to_owned()), Type::Text)),
                LiteralValue::Bytes(_) => unsupported("bytes"),
            },
            Tree::Ident(name) => self.variable(node, name),
            Tree::Select(select) => {
                if !select.test && self.is_fact(&select.operand) {
                    return self.attribute(node, &select.field);
                }
                if self.is_fact(&select.operand) {
                    self.attribute(node, &select.field)?;
                }
                let operand = Box::new(self.lower(&select.operand)?.0);
                let field = select.field.clone();
                Ok(match select.test {
                    true => (Expr::Has(operand, field), Type::Bool),
                    false => (Expr::Select(operand, field), Type::Any),
                })
            }
            Tree::List(list) if list.optional_indices.is_empty() => {
                Ok((Expr::List(self.all(&list.elements)?), Type::List))
            }
            Tree::List(_) => unsupported("optional values"),
            Tree::Map(map) => {
                let mut entries = Vec::with_capacity(map.entries.len());
                for entry in &map.entries {
                    match &entry.expr {
                        EntryExpr::MapEntry(entry) if !entry.optional => {
                            entries.push((self.lower(&entry.key)?.0, self.lower(&entry.value)?.0));
                        }
                        _ => return unsupported("optional values"),
                    }
                }
                Ok((Expr::Map(entries), Type::Map))
            }
            Tree::Call(call) => self.call(node, call),
            Tree::Comprehension(all) => self.comprehension(node, all),
            Tree::Struct(_) | Tree::Unspecified => unsupported("messages"),
        }
    }

    fn all<'t>(&mut self, nodes: &'t [IdedExpr]) -> Result<Vec<Expr>, Mistake<'t>> {
        nodes.iter().map(|node| self.lower(node).map(|(expression, _)| expression)).collect()
    }

    fn is_fact(&self, node: &IdedExpr) -> bool {
        matches!(&node.expr, Tree::Ident(name) if name == "fact" && !self.locals.contains(name))
    }

    fn variable<'t>(&self, node: &'t IdedExpr, name: &str) -> Lowered<'t> {
        if let Some(slot) = self.locals.iter().rposition(|local| local == name) {
            return Ok((Expr::Local(slot), Type::Any));
        }
        match Variable::from_name(name, self.counting) {
            Some(variable) => Ok((Expr::Variable(variable), types::of_variable(variable))),
            None => {
                let known = ["fact", "target", "count", "values"].into_iter();
                let known = known.filter(|name| Variable::from_name(name, self.counting).is_some()).map(str::to_owned);
                let locals = self.locals.iter().filter(|name| !name.starts_with('@')).cloned();
                let what = What::UnknownVariable { name: name.to_owned(), known: known.chain(locals).collect() };
                Err(Mistake { node, what })
            }
        }
    }

    fn attribute<'t>(&self, node: &'t IdedExpr, name: &str) -> Lowered<'t> {
        match types::of_attribute(self.kinds, name) {
            Some(found) => Ok((Expr::Attribute(name.to_owned()), found)),
            None => Err(Mistake { node, what: What::UnknownAttribute { name: name.to_owned() } }),
        }
    }

    fn call<'t>(&mut self, node: &'t IdedExpr, call: &'t CallExpr) -> Lowered<'t> {
        let name = call.func_name.as_str();
        match (name, call.args.as_slice()) {
            (operators::CONDITIONAL, [condition, yes, no]) => {
                let condition = self.lower(condition)?.0;
                let ((yes, yes_type), (no, no_type)) = (self.lower(yes)?, self.lower(no)?);
                let found = if yes_type == no_type { yes_type } else { Type::Any };
                return Ok((Expr::Conditional(Box::new((condition, yes, no))), found));
            }
            (operators::LOGICAL_NOT, [operand]) => {
                return Ok((Expr::Not(Box::new(self.lower(operand)?.0)), Type::Bool));
            }
            (operators::NEGATE, [operand]) => {
                return Ok((Expr::Negate(Box::new(self.lower(operand)?.0)), Type::Number));
            }
            (operators::NOT_STRICTLY_FALSE, [operand]) => {
                return Ok((Expr::NotStrictlyFalse(Box::new(self.lower(operand)?.0)), Type::Bool));
            }
            (_, [left, right]) => {
                if let Some((_, operator)) = BINARY.iter().find(|(known, _)| *known == name) {
                    return self.binary(node, *operator, left, right);
                }
            }
            _ => {}
        }
        if matches!(name, operators::OPT_INDEX | operators::OPT_SELECT) {
            return Err(Mistake { node, what: What::NotSupported { what: "optional values" } });
        }
        let Some(name) = FUNCTIONS.iter().copied().find(|known| *known == name) else {
            return Err(Mistake { node, what: What::UnknownFunction { name: name.to_owned() } });
        };
        let method = call.target.is_some();
        let mut arguments = Vec::with_capacity(call.args.len() + 1);
        if let Some(target) = &call.target {
            arguments.push(self.lower(target)?.0);
        }
        arguments.extend(self.all(&call.args)?);
        let found = types::of_function(name);
        if name == "matches"
            && arguments.len() == 2
            && let Some(pattern) = arguments.pop()
        {
            match (pattern, arguments.pop()) {
                (Expr::Text(pattern), Some(text)) => {
                    return Ok((Expr::Matches(Box::new(text), Box::new(Pattern::new(pattern, method))), found));
                }
                (pattern, text) => arguments.extend(text.into_iter().chain([pattern])),
            }
        }
        Ok((Expr::Call(name, method, arguments), found))
    }

    fn binary<'t>(
        &mut self,
        node: &'t IdedExpr,
        operator: Binary,
        left: &'t IdedExpr,
        right: &'t IdedExpr,
    ) -> Lowered<'t> {
        let ((left, left_type), (right, right_type)) = (self.lower(left)?, self.lower(right)?);
        let comparing = matches!(operator, Binary::Equal | Binary::Different);
        if self.types && comparing && !left_type.can_equal(right_type) {
            return Err(Mistake { node, what: What::NeverEqual { left: left_type, right: right_type } });
        }
        let found = match operator {
            Binary::Index => Type::Any,
            Binary::Add | Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Remainder => {
                if left_type == right_type { left_type } else { Type::Any }
            }
            _ => Type::Bool,
        };
        Ok((Expr::Binary(operator, Box::new((left, right))), found))
    }

    /// A macro. Each has two variables: what it has gathered so far, which no expression can name, and the item.
    fn comprehension<'t>(&mut self, node: &'t IdedExpr, all: &'t ComprehensionExpr) -> Lowered<'t> {
        if all.iter_var2.is_some() {
            return Err(Mistake { node, what: What::NotSupported { what: "macros with two variables" } });
        }
        let range = self.lower(&all.iter_range)?.0;
        let start = self.lower(&all.accu_init)?.0;
        let depth = self.locals.len();
        self.locals.extend([all.accu_var.clone(), all.iter_var.clone()]);
        let condition = self.lower(&all.loop_cond)?.0;
        let step = self.lower(&all.loop_step)?.0;
        let result = self.lower(&all.result)?.0;
        self.locals.truncate(depth);
        let is_gathered = |expression: &Expr| matches!(expression, Expr::Local(slot) if *slot == depth);
        let gathers = matches!(&start, Expr::List(items) if items.is_empty())
            && matches!(condition, Expr::Bool(true))
            && is_gathered(&result);
        let step = if gathers {
            match gathered(step, depth) {
                Ok((guard, items)) => {
                    return Ok((Expr::Collect(Box::new(Collect { range, guard, items })), Type::List));
                }
                Err(step) => step,
            }
        } else {
            step
        };
        let decides = match &step {
            Expr::Binary(operator @ (Binary::And | Binary::Or), operands) if is_gathered(&operands.0) => {
                Some(*operator == Binary::Or)
            }
            _ => None,
        };
        Ok((Expr::Fold(Box::new(Fold { range, start, condition, step, result, decides })), Type::Any))
    }
}

/// The condition and the items of a step that only adds items to what is gathered in `slot`; any other step unchanged.
fn gathered(step: Expr, slot: usize) -> Result<(Option<Expr>, Vec<Expr>), Expr> {
    let is_slot = |expression: &Expr| matches!(expression, Expr::Local(found) if *found == slot);
    let adds = |expression: Expr| match expression {
        Expr::Binary(Binary::Add, operands) => match *operands {
            (left, Expr::List(items)) if is_slot(&left) => Ok(items),
            operands => Err(Expr::Binary(Binary::Add, Box::new(operands))),
        },
        other => Err(other),
    };
    match step {
        Expr::Conditional(parts) => match *parts {
            (guard, yes, no) if is_slot(&no) => match adds(yes) {
                Ok(items) => Ok((Some(guard), items)),
                Err(yes) => Err(Expr::Conditional(Box::new((guard, yes, no)))),
            },
            parts => Err(Expr::Conditional(Box::new(parts))),
        },
        step => adds(step).map(|items| (None, items)),
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
