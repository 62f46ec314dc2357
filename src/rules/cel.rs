//! CEL: what an expression of a rule sees, and how a mistake in one is shown on the rule file.
//!
//! An expression sees `fact` (a map of the common attributes and those of its kind, absent ones null), `target`
//! (`"aem-6.5"` or `"cloud"`), and in the messages of counting rules `count` and `values`. To the standard functions
//! and the string functions of CEL's extension library come four that take null: `blank(x)`, `text(x)`,
//! `get(map, key)` and `names(map)`.

use super::error::{RuleError, nearest};
use super::file::RuleFile;
use super::parser::{self, Parsed};
use super::quick::{self, Quick};
use super::scope::{Scope, View};
use super::toml_reader::{File, Text, list};
use crate::facts::{COMMON, Fact, Kind};
use cel::common::ast::{EntryExpr, Expr, IdedExpr};
use cel::common::types::{CelBool, CelList, CelMap, CelNull, CelString, DYN_TYPE};
use cel::common::value::CowVal;
use cel::objects::Key;
use cel::{Context, Env, ExecutionError, Value};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// The functions that an expression may call: CEL's own, the string extension, and ours.
const FUNCTIONS: &[&str] = &[
    "blank",
    "text",
    "get",
    "names",
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "matches",
    "has",
    "all",
    "exists",
    "exists_one",
    "map",
    "filter",
    "int",
    "uint",
    "double",
    "string",
    "bool",
    "type",
    "dyn",
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
    "format",
    "reverse",
];

/// The environment of all expressions.
pub(super) static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    // The names are free in the standard library, so none of these can fail; if a later version of the crate takes
    // one of them, the test of the functions fails.
    let _ = env.add_extension(cel::extensions::strings);
    let _ = env.add_extension(super::regexes::extension);
    let _ = env.add_overload("blank", "blank_dyn", vec![DYN_TYPE], blank);
    let _ = env.add_overload("text", "text_dyn", vec![DYN_TYPE], text);
    let _ = env.add_overload("get", "get_dyn_dyn", vec![DYN_TYPE, DYN_TYPE], get);
    let _ = env.add_overload("names", "names_dyn", vec![DYN_TYPE], names);
    Arc::new(env)
});

/// `blank(x)`: null, a string of blanks, an empty list or map.
fn blank<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    // Looked at where it is: converting a long list only to see that it is not empty would cost much.
    let value = args.first().ok_or_else(ExecutionError::missing_argument_or_target)?.as_ref();
    let blank = if let Some(text) = value.downcast_ref::<CelString<'_>>() {
        text.inner().trim().is_empty()
    } else if let Some(list) = value.downcast_ref::<CelList<'_>>() {
        list.inner().is_empty()
    } else if let Some(map) = value.downcast_ref::<CelMap<'_>>() {
        map.inner().is_empty()
    } else {
        value.downcast_ref::<CelNull>().is_some()
    };
    Ok(CowVal::owned(CelBool::from(blank)))
}

/// `text(x)`: the string; null as an empty one; anything else as a message shows it.
fn text<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let value = argument(&args, 0)?;
    let text = if value == Value::Null { String::new() } else { display(&value) };
    Ok(CowVal::owned(CelString::from(text)))
}

/// `get(map, key)`: the member, or null if there is none or the map is null itself.
fn get<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let (map, key) = (argument(&args, 0)?, argument(&args, 1)?);
    let found = match (&map, &key) {
        (Value::Map(map), Value::String(key)) => map.map.get(&Key::String(key.clone())).cloned(),
        _ => None,
    };
    match found {
        Some(value) => Ok(CowVal::Owned(value.try_into()?)),
        None => Ok(CowVal::owned(CelNull)),
    }
}

/// `names(map)`: the keys in alphabetical order. The order in which CEL itself goes through a map is not defined.
fn names<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let mut names: Vec<String> = match argument(&args, 0)? {
        Value::Map(map) => map.map.keys().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    names.sort();
    Ok(CowVal::Owned(Value::from(names).try_into()?))
}

fn argument(args: &[CowVal<'_, '_>], index: usize) -> Result<Value, ExecutionError> {
    let value = args.get(index).ok_or_else(ExecutionError::missing_argument_or_target)?;
    Value::try_from(value.as_ref())
}

/// The longest part of a message that comes from one value, in characters.
const LONGEST_PART: usize = 200;

/// How a message shows a value: strings raw, lists joined by a comma, nothing for null.
pub(super) fn display(value: &Value) -> String {
    match value {
        Value::Null => "(none)".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::UInt(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::String(value) => value.to_string(),
        Value::List(items) => items.iter().map(display).collect::<Vec<_>>().join(", "),
        Value::Map(map) => {
            let mut members: Vec<String> =
                map.map.iter().map(|(key, value)| format!("{key}: {}", display(value))).collect();
            members.sort();
            members.join(", ")
        }
        _ => String::new(),
    }
}

/// A compiled expression, with its place in the rule file.
pub(super) struct Expression {
    parsed: Parsed,
    /// The literal that the expression stands in.
    text: Text,
    /// Where in that literal it stands.
    part: Range<usize>,
    /// Whether it uses `fact` other than to name an attribute of it.
    whole_fact: bool,
}

impl Expression {
    /// Compiles the whole of `text`. `kinds` are the kinds of facts that `fact` can be of; `counting` is whether
    /// `count` and `values` are known.
    pub(super) fn compile(file: File<'_>, text: &Text, kinds: &[Kind], counting: bool) -> Result<Self, RuleError> {
        Self::compile_part(file, text, 0..text.value.len(), kinds, counting)
    }

    fn compile_part(
        file: File<'_>,
        text: &Text,
        part: Range<usize>,
        kinds: &[Kind],
        counting: bool,
    ) -> Result<Self, RuleError> {
        let source = text.value.get(part.clone()).unwrap_or_default();
        let parse = if file.built_in { parser::parse_known } else { parser::parse };
        let parsed = parse(source).map_err(|errors| {
            let (at, message) = errors
                .errors
                .first()
                .map_or((0, String::new()), |error| (offset_of(source, error.pos), error.msg.clone()));
            let at = part.start + at.min(source.len().saturating_sub(1));
            let message = message.lines().next().unwrap_or_default().to_owned();
            let help = "An expression is CEL, such as fact.credential == 'oauth' && fact.scopes.size() == 0. \
                        See https://cel.dev for the language.";
            file.error(text.place_of(at..at + 1), "the expression is not valid CEL", message, help)
        })?;
        let whole_fact = uses_whole_fact(&parsed.tree);
        let expression = Self { parsed, text: text.clone(), part, whole_fact };
        expression.check(file, kinds, counting)?;
        Ok(expression)
    }

    /// What it was compiled from, and the tree that was made of it.
    #[cfg(test)]
    pub(super) fn source_and_tree(&self) -> (&str, &IdedExpr) {
        (&self.text.value[self.part.clone()], &self.parsed.tree)
    }

    /// Checks every name: variables, functions, and attributes of `fact`.
    fn check(&self, file: File<'_>, kinds: &[Kind], counting: bool) -> Result<(), RuleError> {
        let mut bound = vec!["fact", "target"];
        if counting {
            bound.extend(["count", "values"]);
        }
        let nodes = nodes(&self.parsed.tree);
        for node in &nodes {
            if let Expr::Comprehension(all) = &node.expr {
                bound.extend([all.iter_var.as_str(), all.accu_var.as_str()]);
                bound.extend(all.iter_var2.as_deref());
            }
        }
        for node in &nodes {
            match &node.expr {
                Expr::Select(select) if matches!(&select.operand.expr, Expr::Ident(name) if name == "fact") => {
                    self.check_attribute(file, node, &select.field, kinds)?;
                }
                Expr::Ident(name) if !bound.contains(&name.as_str()) && !name.starts_with('@') => {
                    let bound: BTreeSet<&str> = bound.into_iter().collect();
                    let help = format!("An expression sees {}.", list(&bound.into_iter().collect::<Vec<_>>()));
                    return Err(self.error(file, node, format!("unknown variable `{name}`"), &help));
                }
                Expr::Call(call) if is_word(&call.func_name) && !FUNCTIONS.contains(&call.func_name.as_str()) => {
                    let hint = nearest(&call.func_name, FUNCTIONS.iter().copied());
                    let hint = hint.map(|name| format!("Did you mean `{name}`? ")).unwrap_or_default();
                    let help = format!("{hint}The functions are {}.", list(FUNCTIONS));
                    return Err(self.error(file, node, format!("unknown function `{}`", call.func_name), &help));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn check_attribute(&self, file: File<'_>, node: &IdedExpr, name: &str, kinds: &[Kind]) -> Result<(), RuleError> {
        let own = kinds.iter().flat_map(|kind| kind.attributes().iter().map(|spec| spec.name));
        let known = own.chain(COMMON.iter().map(|spec| spec.name));
        if known.clone().any(|known| known == name) {
            return Ok(());
        }
        let known: BTreeSet<&str> = known.collect();
        let hint =
            nearest(name, known.iter().copied()).map(|n| format!("Did you mean `fact.{n}`? ")).unwrap_or_default();
        let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
        let help =
            format!("{hint}A fact of kind {} has {}.", list(&kinds), list(&known.into_iter().collect::<Vec<_>>()));
        Err(self.error(file, node, format!("unknown attribute `fact.{name}`"), &help))
    }

    fn error(&self, file: File<'_>, node: &IdedExpr, message: String, help: &str) -> RuleError {
        let source = self.text.value.get(self.part.clone()).unwrap_or_default();
        let offset = |id| self.parsed.places.offset_for(id).map_or(0, |(start, _)| start as usize);
        // The parser counts characters. A selection stands at its dot, a call at its parenthesis.
        let (start, length) = match &node.expr {
            Expr::Select(select) => {
                let operand = offset(select.operand.id);
                (operand, (offset(node.id) + 1 + select.field.len()).saturating_sub(operand))
            }
            Expr::Call(call) => (offset(node.id).saturating_sub(call.func_name.len()), call.func_name.len()),
            Expr::Ident(name) => (offset(node.id), name.len()),
            _ => (offset(node.id), 1),
        };
        let byte = |chars: usize| source.char_indices().nth(chars).map_or(source.len(), |(at, _)| at);
        let part = self.part.start + byte(start)..self.part.start + byte(start + length.max(1));
        file.error(self.text.place_of(part), message, "not known", help)
    }

    /// The value of the expression where it can be told without CEL.
    pub(super) fn quick<'a>(&'a self, scope: &Scope<'a>) -> Option<Quick<'a>> {
        quick::evaluate(&self.parsed.tree, scope.fact(), scope.target())
    }

    /// The value of the expression.
    pub(super) fn evaluate(&self, rule: &RuleFile, scope: &Scope<'_>, fact: &Fact) -> Result<Value, RuleError> {
        let view = View { scope, whole: self.whole_fact };
        let mut context = Context::with_env(ENV.clone());
        context.set_variable_resolver(&view);
        Value::resolve(&self.parsed.tree, &context).map_err(|error| self.failed(rule, fact, &error.to_string()))
    }

    /// The value of a condition.
    pub(super) fn holds(&self, rule: &RuleFile, scope: &Scope<'_>, fact: &Fact) -> Result<bool, RuleError> {
        if let Some(Quick::Bool(holds)) = self.quick(scope) {
            return Ok(holds);
        }
        match self.evaluate(rule, scope, fact)? {
            Value::Bool(value) => Ok(value),
            other => Err(self.failed(rule, fact, &format!("the result is a {}, not true or false", other.type_of()))),
        }
    }

    fn failed(&self, rule: &RuleFile, fact: &Fact, reason: &str) -> RuleError {
        let file = rule.source();
        let part = self.part.start..self.part.end.max(self.part.start + 1);
        file.error(
            self.text.place_of(part),
            format!("the rule `{}` cannot judge a {} in {}", rule.meta.id, fact.kind().name(), fact.place),
            reason,
            "Attributes can be null: guard with blank(x), text(x) or get(map, 'key'). `aemlint facts` shows what a rule sees.",
        )
    }
}

/// Whether `fact` is used other than as in `fact.title`.
fn uses_whole_fact(root: &IdedExpr) -> bool {
    let is_fact = |expr: &Expr| matches!(expr, Expr::Ident(name) if name == "fact");
    let nodes = nodes(root);
    let members =
        nodes.iter().filter(|node| matches!(&node.expr, Expr::Select(select) if is_fact(&select.operand.expr)));
    nodes.iter().filter(|node| is_fact(&node.expr)).count() > members.count()
}

/// Every node of an expression, found without recursion.
fn nodes(root: &IdedExpr) -> Vec<&IdedExpr> {
    let mut found = Vec::new();
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        found.push(node);
        match &node.expr {
            Expr::Call(call) => todo.extend(call.target.iter().map(AsRef::as_ref).chain(&call.args)),
            Expr::Comprehension(all) => {
                todo.extend([&all.iter_range, &all.accu_init, &all.loop_cond, &all.loop_step, &all.result])
            }
            Expr::List(items) => todo.extend(&items.elements),
            Expr::Select(select) => todo.push(&select.operand),
            Expr::Map(map) => todo.extend(map.entries.iter().flat_map(|entry| entry_nodes(&entry.expr))),
            Expr::Struct(all) => todo.extend(all.entries.iter().flat_map(|entry| entry_nodes(&entry.expr))),
            Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => {}
        }
    }
    found
}

fn entry_nodes(entry: &EntryExpr) -> Vec<&IdedExpr> {
    match entry {
        EntryExpr::StructField(field) => vec![&field.value],
        EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
    }
}

fn is_word(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// The byte offset of a line and column as the CEL parser counts them, both from 1, columns in characters.
fn offset_of(source: &str, (line, column): (isize, isize)) -> usize {
    let before = usize::try_from(line - 1).unwrap_or(0);
    let start: usize = source.split_inclusive('\n').take(before).map(str::len).sum();
    let column = usize::try_from(column - 1).unwrap_or(0);
    let rest = source.get(start..).unwrap_or_default();
    start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
}

/// A text with `{…}` parts that are expressions. `{{` and `}}` are braces.
pub(super) struct Template(Vec<Piece>);

enum Piece {
    Text(String),
    Value(Box<Expression>),
}

impl Template {
    /// The expressions of its parts.
    #[cfg(test)]
    pub(super) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Value(expression) => Some(expression.as_ref()),
            Piece::Text(_) => None,
        })
    }

    /// Compiles the parts of `text`.
    pub(super) fn compile(file: File<'_>, text: &Text, kinds: &[Kind], counting: bool) -> Result<Self, RuleError> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        let mut rest = text.value.as_str();
        let stray = |at: usize, message: &str| {
            let help = "A part in braces is CEL, such as {fact.title}. Write {{ and }} for braces.";
            file.error(text.place_of(at..at + 1), message, "this brace", help)
        };
        while let Some(at) = rest.find(['{', '}']) {
            let position = text.value.len() - rest.len() + at;
            plain.push_str(&rest[..at]);
            let tail = &rest[at..];
            if let Some(after) = tail.strip_prefix("{{").or_else(|| tail.strip_prefix("}}")) {
                plain.push_str(&tail[..1]);
                rest = after;
                continue;
            }
            if tail.starts_with('}') {
                return Err(stray(position, "a closing brace without an opening one"));
            }
            let length = expression_length(&tail[1..])
                .ok_or_else(|| stray(position, "an opening brace without a closing one"))?;
            let part = position + 1..position + 1 + length;
            if !plain.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut plain)));
            }
            let expression = Expression::compile_part(file, text, part, kinds, counting)?;
            pieces.push(Piece::Value(Box::new(expression)));
            rest = &tail[length + 2..];
        }
        plain.push_str(rest);
        pieces.push(Piece::Text(plain));
        Ok(Self(pieces))
    }

    /// The text with the values of its parts, each clipped to a length that a line can hold.
    pub(super) fn render(&self, rule: &RuleFile, scope: &Scope<'_>, fact: &Fact) -> Result<String, RuleError> {
        let length = |piece: &Piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Value(_) => 48,
        };
        let mut rendered = String::with_capacity(self.0.iter().map(length).sum());
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => rendered.push_str(text),
                Piece::Value(expression) => {
                    let value = match expression.quick(scope) {
                        Some(value) => value.display(),
                        None => display(&expression.evaluate(rule, scope, fact)?).into(),
                    };
                    match value.char_indices().nth(LONGEST_PART) {
                        Some((end, _)) => rendered.extend([&value[..end], "…"]),
                        None => rendered.push_str(&value),
                    }
                }
            }
        }
        Ok(rendered)
    }
}

/// The length of the expression before the closing brace that ends it: braces in strings and of maps do not count.
fn expression_length(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '{') => depth += 1,
            (None, '}') if depth == 0 => return Some(at),
            (None, '}') => depth -= 1,
            (None, _) => {}
        }
    }
    None
}
