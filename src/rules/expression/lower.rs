//! Lowers parsed CEL to the small language that is evaluated, and checks names and types on the way.

use super::environment::Variable;
use super::lowered::{Binary, Collect, Expr, Fold};
use super::pattern::{self, Pattern};
use super::types::{self, FUNCTIONS, Type};
use crate::facts::Kind;
use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr as Tree, IdedExpr, LiteralValue, operators};

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
    MayBeNull { name: String, function: String },
    WrongPattern { reason: String },
}

/// Lowers an expression on facts of these kinds.
pub(super) struct Lowering<'k> {
    pub(super) kinds: &'k [Kind],
    /// Whether `count` and `values` are known.
    pub(super) counting: bool,
    /// Whether `answer` is known.
    answers: bool,
    /// Whether types are checked.
    pub(super) types: bool,
    /// The variables of the macros around.
    locals: Vec<String>,
}

type Lowered<'t> = Result<(Expr, Type), Mistake<'t>>;

impl<'k> Lowering<'k> {
    pub(super) fn new(kinds: &'k [Kind], counting: bool, types: bool) -> Self {
        Self { kinds, counting, answers: false, types, locals: Vec::new() }
    }

    /// The same for an expression that sees answers.
    pub(super) fn with_answers(self, answers: bool) -> Self {
        Self { answers, ..self }
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
        let answer = (self.answers && name == "answer").then_some(Variable::Answer);
        match answer.or_else(|| Variable::from_name(name, self.counting)) {
            Some(variable) => Ok((Expr::Variable(variable), types::of_variable(variable))),
            None => {
                let known = ["fact", "target", "count", "values", "instances", "on_instances"].into_iter();
                let known = known.filter(|name| Variable::from_name(name, self.counting).is_some()).map(str::to_owned);
                let locals = self.locals.iter().filter(|name| !name.starts_with('@')).cloned();
                let known = known.chain(self.answers.then(|| "answer".to_owned())).chain(locals);
                let what = What::UnknownVariable { name: name.to_owned(), known: known.collect() };
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
                if let Some(operator) = Binary::from_name(name) {
                    return self.binary(node, operator, left, right);
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
                    // One that is always the same is wrong on every fact.
                    if let (true, Some(node), Err(reason)) =
                        (self.types, call.args.last(), pattern::reason_if_wrong(&pattern))
                    {
                        return Err(Mistake { node, what: What::WrongPattern { reason } });
                    }
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
