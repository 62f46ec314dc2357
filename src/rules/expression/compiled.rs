//! Compiled expressions: what a condition or a part of a message becomes, and the mistakes that are reported on the way.

use super::environment::Environment;
use super::eval;
use super::lower::{Lowering, Mistake, What};
use super::lowered::Expr;
use super::parse::{self, Parsed};
use super::types::FUNCTIONS;
use super::value::Value;
use crate::diagnostics::list_words;
use crate::diagnostics::{UserError, nearest};
use crate::facts::{COMMON, Fact, Kind};
use crate::rules::file::RuleFile;
use crate::rules::toml_reader::{File, Text};
use cel::common::ast::{Expr as Tree, IdedExpr};
use std::collections::BTreeSet;
use std::ops::Range;

/// A compiled expression, with its place in the rule file.
pub(in crate::rules) struct Expression {
    lowered: Expr,
    /// The literal that the expression stands in.
    text: Text,
    /// Where in that literal it stands.
    part: Range<usize>,
}

impl Expression {
    /// Compiles the whole of `text`. `kinds` are the kinds of facts that `fact` can be of; `counting` is whether
    /// `count` and `values` are known.
    pub(in crate::rules) fn compile(
        file: File<'_>,
        text: &Text,
        kinds: &[Kind],
        counting: bool,
    ) -> Result<Self, UserError> {
        Self::compile_part(file, text, 0..text.value.len(), kinds, counting)
    }

    /// Compiles the whole of `text` for a fix: it sees `answer`, a map from the keys that the fix needs.
    pub(in crate::rules) fn compile_with_answers(
        file: File<'_>,
        text: &Text,
        kinds: &[Kind],
    ) -> Result<Self, UserError> {
        Self::compile_seeing(file, text, 0..text.value.len(), kinds, (false, true))
    }

    /// Compiles a part of `text`.
    pub(super) fn compile_part(
        file: File<'_>,
        text: &Text,
        part: Range<usize>,
        kinds: &[Kind],
        counting: bool,
    ) -> Result<Self, UserError> {
        Self::compile_seeing(file, text, part, kinds, (counting, false))
    }

    /// Compiles a part of `text` that sees `count` and `values`, or `answer`.
    fn compile_seeing(
        file: File<'_>,
        text: &Text,
        part: Range<usize>,
        kinds: &[Kind],
        (counting, answers): (bool, bool),
    ) -> Result<Self, UserError> {
        let source = text.value.get(part.clone()).unwrap_or_default();
        let parse = if file.built_in { parse::parse_known } else { parse::parse };
        let parsed = parse(source).map_err(|errors| {
            let (at, message) = errors
                .errors
                .first()
                .map_or((0, String::new()), |error| (offset_of(source, error.pos), error.msg.clone()));
            let at = part.start + at.min(source.len().saturating_sub(1));
            if is_single_equals(text.value.as_bytes(), at) {
                let help = "Two equal signs compare: fact.credential == 'oauth'.";
                return file.error(text.place_of(at..at + 1), "`=` compares nothing", "write `==`", help);
            }
            let message = message.lines().next().unwrap_or_default().to_owned();
            if source.contains('\\') && message.contains("token recognition error") {
                let help = "In a string of CEL a backslash begins an escape; in r'…' it means itself. Put the expression between \
                            ''' and ''', so that TOML leaves backslashes alone, too.";
                return file.error(text.place_of(at..at + 1), "the expression is not valid CEL", message, help);
            }
            let help = "An expression is CEL, such as fact.credential == 'oauth' && fact.scopes.size() == 0. \
                        See https://cel.dev for the language.";
            file.error(text.place_of(at..at + 1), "the expression is not valid CEL", message, help)
        })?;
        // Those of the built-in rules are checked by a test.
        let lowered = Lowering::new(kinds, counting, !file.built_in).with_answers(answers).lower(&parsed.tree);
        match lowered {
            Ok((lowered, _)) => Ok(Self { lowered, text: text.clone(), part }),
            Err(mistake) => {
                let (message, label, help) = explain(&mistake.what, kinds);
                let place = place_of(&parsed, source, &mistake);
                let place = part.start + place.start..part.start + place.end;
                Err(file.error(text.place_of(place), message, label, help))
            }
        }
    }

    /// Where it stands in its text.
    pub(super) fn part(&self) -> Range<usize> {
        self.part.clone()
    }

    /// What it was compiled from.
    #[cfg(test)]
    pub(in crate::rules) fn source(&self) -> &str {
        &self.text.value[self.part.clone()]
    }

    /// Whether it looks at the properties of the fact.
    #[cfg(test)]
    pub(in crate::rules) fn reads_properties(&self) -> bool {
        self.lowered.reads_properties()
    }

    /// The value of the expression.
    pub(in crate::rules) fn evaluate<'a>(
        &'a self,
        rule: &RuleFile,
        environment: &Environment<'a>,
        fact: &Fact,
    ) -> Result<Value<'a>, UserError> {
        eval::evaluate(&self.lowered, environment).map_err(|error| self.failed(rule, fact, &error.0))
    }

    /// The value of a condition.
    pub(in crate::rules) fn holds(
        &self,
        rule: &RuleFile,
        environment: &Environment<'_>,
        fact: &Fact,
    ) -> Result<bool, UserError> {
        match self.evaluate(rule, environment, fact)? {
            Value::Bool(value) => Ok(value),
            other => Err(self.failed(rule, fact, &format!("the result is a {}, not true or false", other.type_name()))),
        }
    }

    fn failed(&self, rule: &RuleFile, fact: &Fact, reason: &str) -> UserError {
        let file = rule.source();
        let part = self.part.start..self.part.end.max(self.part.start + 1);
        file.error(
            self.text.place_of(part),
            format!("the rule `{}` cannot judge a {} in {}", rule.meta.id, fact.kind().name(), fact.place),
            reason,
            if reason.contains("null") || reason.starts_with("No such key") {
                "Attributes can be null, and maps can lack a key: guard with blank(x), text(x) or get(map, 'key'). \
                 `aemlint facts` shows what a rule sees."
            } else {
                "`aemlint facts` shows what a rule sees."
            },
        )
    }
}

/// Whether there is an equal sign at `at` that is not part of another operator.
fn is_single_equals(text: &[u8], at: usize) -> bool {
    let byte = |at: Option<usize>| at.and_then(|at| text.get(at)).copied();
    let is_operator = |byte: Option<u8>| byte.is_some_and(|byte| b"=!<>".contains(&byte));
    byte(Some(at)) == Some(b'=') && !is_operator(byte(at.checked_sub(1))) && !is_operator(byte(at.checked_add(1)))
}

/// What a mistake is, what to write at its place, and what to do.
pub(super) fn explain(what: &What, kinds: &[Kind]) -> (String, String, String) {
    let hint = |name: Option<&str>| name.map(|name| format!("Did you mean `{name}`? ")).unwrap_or_default();
    let not_known = "not known".to_owned();
    match what {
        What::UnknownVariable { name, known } => {
            let known: BTreeSet<&str> = known.iter().map(String::as_str).collect();
            let help = format!("An expression sees {}.", list_words(&known.into_iter().collect::<Vec<_>>()));
            (format!("unknown variable `{name}`"), not_known, help)
        }
        What::UnknownFunction { name } => {
            let help = format!(
                "{}The functions are {}.",
                hint(nearest(name, FUNCTIONS.iter().copied())),
                list_words(FUNCTIONS)
            );
            (format!("unknown function `{name}`"), not_known, help)
        }
        What::UnknownAttribute { name } => {
            let specs = kinds.iter().flat_map(|kind| kind.attributes()).chain(COMMON);
            let known: BTreeSet<&str> = specs.map(|spec| spec.name).collect();
            let near = nearest(name, known.iter().copied()).map(|name| format!("fact.{name}"));
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
            let known = list_words(&known.into_iter().collect::<Vec<_>>());
            let help = format!("{}A fact of kind {} has {known}.", hint(near.as_deref()), list_words(&kinds));
            (format!("unknown attribute `fact.{name}`"), not_known, help)
        }
        What::NeverEqual { left, right } => {
            let help = "Values of different types are never equal. text(x) makes a string of any value.";
            let label = format!("{} and {}", left.name(), right.name());
            ("a comparison that always has the same result".to_owned(), label, help.to_owned())
        }
        What::MayBeNull { name, function } => {
            let is_operator = !function.starts_with(|c: char| c.is_ascii_alphabetic());
            let text =
                if is_operator { String::new() } else { format!(", or write text(fact.{name}), which is empty then") };
            let help = format!(
                "Where it is null the rule cannot judge the fact. Ask first, such as fact.{name} != null && …{text}."
            );
            let verb = if is_operator { "used" } else { "called" };
            (format!("`{function}` is {verb} on `fact.{name}`, which can be null"), "fails on null".to_owned(), help)
        }
        What::WrongPattern { reason } => {
            let help = "The syntax is that of RE2, without look-around. In '…' of CEL a backslash has to be doubled, in r'…' it means itself.";
            ("this is no regular expression".to_owned(), reason.clone(), help.to_owned())
        }
        What::NotSupported { what } => {
            let help =
                format!("Rules can do without {what}. See the guide to writing rules for what an expression may use.");
            (format!("CEL with {what}"), "not supported".to_owned(), help)
        }
    }
}

/// The bytes of `source` that a mistake is shown on.
pub(super) fn place_of(parsed: &Parsed, source: &str, mistake: &Mistake<'_>) -> Range<usize> {
    let offset = |node: &IdedExpr| parsed.places.offset_for(node.id).map_or(0, |(start, _)| start as usize);
    let node = mistake.node;
    // The parser counts characters. A selection stands at its dot, a call at its parenthesis.
    let (start, length) = match &node.expr {
        Tree::Select(select) => {
            let operand = offset(&select.operand);
            (operand, (offset(node) + 1 + select.field.len()).saturating_sub(operand))
        }
        Tree::Call(_) if matches!(mistake.what, What::NeverEqual { .. }) => (offset(node), 2),
        Tree::Call(call) if call.func_name.starts_with('_') => (offset(node), call.func_name.trim_matches('_').len()),
        Tree::Call(call) => (offset(node).saturating_sub(call.func_name.len()), call.func_name.len()),
        Tree::Ident(name) => (offset(node), name.len()),
        _ => (offset(node), 1),
    };
    let byte = |chars: usize| source.char_indices().nth(chars).map_or(source.len(), |(at, _)| at);
    byte(start)..byte(start + length.max(1))
}

/// The byte offset of a line and column as the CEL parser counts them, both from 1, columns in characters.
fn offset_of(source: &str, (line, column): (isize, isize)) -> usize {
    let before = usize::try_from(line - 1).unwrap_or(0);
    let start: usize = source.split_inclusive('\n').take(before).map(str::len).sum();
    let column = usize::try_from(column - 1).unwrap_or(0);
    let rest = source.get(start..).unwrap_or_default();
    start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
}
