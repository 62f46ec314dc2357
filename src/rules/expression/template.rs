//! Texts with values in them.

use super::compiled::Expression;
use super::environment::Environment;
use crate::diagnostics::UserError;
use crate::facts::{Fact, Kind};
use crate::rules::file::RuleFile;
use crate::rules::toml_reader::{File, Text};
use crate::secret::mask_shapes;

/// The longest part of a message that comes from one value, in characters.
const MAX_PART_CHARS: usize = 200;

/// A text with `{…}` parts that are expressions. `{{` and `}}` are braces.
pub(in crate::rules) struct Template(Vec<Piece>);

enum Piece {
    Text(String),
    Value(Box<Expression>),
}

impl Template {
    /// The expressions of its parts.
    pub(in crate::rules) fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.0.iter().filter_map(|piece| match piece {
            Piece::Value(expression) => Some(expression.as_ref()),
            Piece::Text(_) => None,
        })
    }

    /// Compiles the parts of `text`.
    pub(in crate::rules) fn compile(
        file: File<'_>,
        text: &Text,
        kinds: &[Kind],
        counting: bool,
    ) -> Result<Self, UserError> {
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

    /// The text with the values of its parts, each at a length that a line can hold.
    pub(in crate::rules) fn render(
        &self,
        rule: &RuleFile,
        environment: &Environment<'_>,
        fact: &Fact,
    ) -> Result<String, UserError> {
        let length = |piece: &Piece| match piece {
            Piece::Text(text) => text.len(),
            Piece::Value(_) => 48,
        };
        let mut rendered = String::with_capacity(self.0.iter().map(length).sum());
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => rendered.push_str(text),
                Piece::Value(expression) => {
                    let value = expression.evaluate(rule, environment, fact)?;
                    push_clipped(&mut rendered, &value.display());
                }
            }
        }
        Ok(rendered)
    }
}

/// Adds a value at a length that a line can hold. What of it has the shape of a secret is masked before: a part of one would
/// not be known any more.
fn push_clipped(text: &mut String, value: &str) {
    if value.char_indices().nth(MAX_PART_CHARS).is_none() {
        text.push_str(value);
        return;
    }
    let value = mask_shapes(value);
    match value.char_indices().nth(MAX_PART_CHARS) {
        Some((end, _)) => text.extend([&value[..end], "…"]),
        None => text.push_str(&value),
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
