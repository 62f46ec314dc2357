//! Evaluates lowered expressions.

use super::environment::{Environment, Variable};
use super::eval_error::{EvalError, Evaluated};
use super::functions;
use super::lowered::{Binary, Expr, Fold};
use super::value::{List, Map, Value};
use std::cmp::Ordering;
use std::sync::Arc;

/// The value of an expression.
pub(super) fn evaluate<'a>(expression: &'a Expr, environment: &Environment<'a>) -> Evaluated<'a> {
    Evaluator { environment: *environment, locals: Vec::new() }.value(expression)
}

struct Evaluator<'a> {
    environment: Environment<'a>,
    /// The variables of the macros around, outermost first.
    locals: Vec<Value<'a>>,
}

impl<'a> Evaluator<'a> {
    fn value(&mut self, expression: &'a Expr) -> Evaluated<'a> {
        match expression {
            Expr::Null => Ok(Value::Null),
            Expr::Bool(value) => Ok(Value::Bool(*value)),
            Expr::Int(value) => Ok(Value::Int(*value)),
            Expr::UInt(value) => Ok(Value::UInt(*value)),
            Expr::Double(value) => Ok(Value::Double(*value)),
            Expr::Text(text) => Ok(text.as_str().into()),
            Expr::Variable(variable) => self.variable(*variable),
            Expr::Local(slot) => {
                self.locals.get(*slot).cloned().ok_or_else(|| EvalError("no such variable".to_owned()))
            }
            Expr::Attribute(name) => {
                self.environment.attribute(name).ok_or_else(|| EvalError::no_key(&name.as_str().into()))
            }
            Expr::Select(operand, name) => select(&self.value(operand)?, name),
            Expr::Has(operand, name) => match self.value(operand)? {
                Value::Map(map) => Ok(Value::Bool(map.get(&name.as_str().into()).is_some())),
                other => Err(EvalError::overload("_._", &[&other, &Value::from("")], false)),
            },
            Expr::Not(operand) => match self.value(operand)? {
                Value::Bool(value) => Ok(Value::Bool(!value)),
                other => Err(EvalError::overload("!_", &[&other], false)),
            },
            Expr::Negate(operand) => functions::negate(self.value(operand)?),
            Expr::NotStrictlyFalse(operand) => Ok(Value::Bool(self.truth(operand).unwrap_or(true))),
            Expr::Conditional(parts) => {
                let (condition, yes, no) = &**parts;
                if self.truth(condition)? { self.value(yes) } else { self.value(no) }
            }
            Expr::Binary(operator, operands) => self.binary(*operator, &operands.0, &operands.1),
            Expr::Call(function, method, arguments) => {
                let arguments = arguments.iter().map(|a| self.value(a)).collect::<Result<Vec<_>, _>>()?;
                functions::call(function, *method, &arguments)
            }
            Expr::Matches(text, pattern) => {
                let text = self.value(text)?;
                pattern.is_match(&text).map(Value::Bool)
            }
            Expr::List(items) => {
                Ok(Value::list(items.iter().map(|item| self.value(item)).collect::<Result<Vec<_>, _>>()?))
            }
            Expr::Map(entries) => self.map(entries),
            Expr::Collect(collect) => self.in_scope(|this| {
                let items = this.items(&collect.range)?;
                let base = this.locals.len();
                let mut found = Vec::with_capacity(items.len());
                for item in items {
                    this.locals.truncate(base);
                    // The accumulator, which nothing else than the macro itself can name, has no value of its own.
                    this.locals.extend([Value::Null, item]);
                    if let Some(guard) = &collect.guard
                        && !this.truth(guard)?
                    {
                        continue;
                    }
                    for item in &collect.items {
                        found.push(this.value(item)?);
                    }
                }
                Ok(Value::list(found))
            }),
            Expr::Fold(fold) => self.in_scope(|this| this.fold(fold)),
        }
    }

    fn variable(&self, variable: Variable) -> Evaluated<'a> {
        self.environment.variable(variable).ok_or_else(|| EvalError(format!("Undeclared reference to '{variable:?}'")))
    }

    fn in_scope(&mut self, work: impl FnOnce(&mut Self) -> Evaluated<'a>) -> Evaluated<'a> {
        let base = self.locals.len();
        let result = work(self);
        self.locals.truncate(base);
        result
    }

    fn truth(&mut self, expression: &'a Expr) -> Result<bool, EvalError> {
        match self.value(expression)? {
            Value::Bool(value) => Ok(value),
            other => Err(EvalError::unexpected(&other, "bool")),
        }
    }

    /// What a macro goes through: the items of a list, the keys of a map.
    fn items(&mut self, range: &'a Expr) -> Result<Vec<Value<'a>>, EvalError> {
        match self.value(range)? {
            Value::List(list) => Ok(list.iter().collect()),
            Value::Map(map) => Ok(map.keys()),
            other => Err(EvalError::unexpected(&other, "iterable")),
        }
    }

    fn fold(&mut self, fold: &'a Fold) -> Evaluated<'a> {
        let start = self.value(&fold.start)?;
        let items = self.items(&fold.range)?;
        let base = self.locals.len();
        self.locals.extend([start, Value::Null]);
        // Of `all` and `exists` a later item may decide in spite of an error, as the operands of && and || may.
        let mut pending = None;
        for item in items {
            self.locals.truncate(base + 2);
            if !self.truth(&fold.condition)? {
                break;
            }
            self.locals[base + 1] = item;
            let step = self.value(&fold.step);
            self.locals.truncate(base + 2);
            match (step, fold.decides) {
                (Err(error), Some(_)) => pending = Some(error),
                (Err(error), None) => return Err(error),
                (Ok(value), Some(decides))
                    if pending.is_some() && !matches!(value, Value::Bool(found) if found == decides) => {}
                (Ok(value), _) => {
                    pending = None;
                    self.locals[base] = value;
                }
            }
        }
        match pending {
            Some(error) => Err(error),
            None => self.value(&fold.result),
        }
    }

    fn map(&mut self, entries: &'a [(Expr, Expr)]) -> Evaluated<'a> {
        let mut members: Vec<(Value<'a>, Value<'a>)> = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let key = self.value(key)?;
            if !key.is_key() || matches!(key, Value::Double(_)) {
                return Err(EvalError(format!("Unable to use value '{}' as a key", key.display())));
            }
            let value = self.value(value)?;
            if members.iter().any(|(known, _)| known.equals(&key)) {
                return Err(EvalError(format!("Failed with repeated key: {}", key.display())));
            }
            members.push((key, value));
        }
        Ok(Value::Map(Map::Own(Arc::new(members))))
    }

    fn binary(&mut self, operator: Binary, left: &'a Expr, right: &'a Expr) -> Evaluated<'a> {
        if let Binary::And | Binary::Or = operator {
            return self.logical(operator, left, right);
        }
        let (left, right) = (self.value(left)?, self.value(right)?);
        let order = |holds: fn(Ordering) -> bool| match left.compare(&right) {
            Some(order) => Ok(Value::Bool(holds(order))),
            None => Err(EvalError::overload(operator.name(), &[&left, &right], false)),
        };
        match operator {
            Binary::Equal => Ok(Value::Bool(left.equals(&right))),
            Binary::Different => Ok(Value::Bool(!left.equals(&right))),
            Binary::Less => order(Ordering::is_lt),
            Binary::AtMost => order(Ordering::is_le),
            Binary::Greater => order(Ordering::is_gt),
            Binary::AtLeast => order(Ordering::is_ge),
            Binary::In => contains(&right, &left).map(Value::Bool),
            Binary::Index => index(&left, &right),
            _ => functions::arithmetic(operator, left, right),
        }
    }

    /// `&&` and `||`: one operand may decide although the other is an error or no boolean.
    fn logical(&mut self, operator: Binary, left: &'a Expr, right: &'a Expr) -> Evaluated<'a> {
        let decides = operator == Binary::Or;
        let left = self.value(left);
        if let Ok(Value::Bool(value)) = left
            && value == decides
        {
            return Ok(Value::Bool(decides));
        }
        match (left, self.value(right)?) {
            (Ok(Value::Bool(_)), Value::Bool(right)) => Ok(Value::Bool(right)),
            (_, Value::Bool(right)) if right == decides => Ok(Value::Bool(decides)),
            (Ok(left), right) => Err(EvalError::overload(operator.name(), &[&left, &right], false)),
            (Err(error), _) => Err(error),
        }
    }
}

fn select<'a>(operand: &Value<'a>, name: &str) -> Evaluated<'a> {
    let key = Value::from(name);
    match operand {
        Value::Map(map) => map.get(&key).ok_or_else(|| EvalError::no_key(&key)),
        other => Err(EvalError::overload("_._", &[other, &key], false)),
    }
}

fn contains(container: &Value<'_>, item: &Value<'_>) -> Result<bool, EvalError> {
    match container {
        Value::List(list) => Ok(list.iter().any(|known| known.equals(item))),
        Value::Map(map) if item.is_key() => Ok(map.get(item).is_some()),
        _ => Err(EvalError::overload("@in", &[item, container], false)),
    }
}

fn index<'a>(value: &Value<'a>, key: &Value<'_>) -> Evaluated<'a> {
    match (value, key) {
        (Value::Map(map), key) if key.is_key() => map.get(key).ok_or_else(|| EvalError::no_key(key)),
        (Value::List(list), Value::Int(_) | Value::UInt(_) | Value::Double(_)) => at(list, key),
        _ => Err(EvalError::overload("_[_]", &[value, key], false)),
    }
}

/// An item of a list by any number without a fraction.
fn at<'a>(list: &List<'a>, key: &Value<'_>) -> Evaluated<'a> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let index = match key {
        Value::Int(index) => usize::try_from(*index).ok(),
        Value::UInt(index) => usize::try_from(*index).ok(),
        Value::Double(index) if index.fract() == 0.0 && *index >= 0.0 && *index < 9e15 => Some(*index as usize),
        _ => None,
    };
    index.and_then(|index| list.get(index)).ok_or_else(|| EvalError(format!("Index out of bounds: {}", key.display())))
}
