//! Warnings on what in the expressions of a rule may fail, each with its place in the file.

use super::compiled::{explain, place_of};
use super::lower::Mistake;
use super::nullable;
use super::parse;
use super::template::Template;
use crate::diagnostics::UserError;
use crate::facts::Kind;
use crate::rules::toml_reader::{File, Text};
use std::ops::Range;

/// Looks for what may fail in the expressions of a rule, on facts of these kinds: functions that are called on what can be null.
#[derive(Clone)]
pub(in crate::rules) struct NullCheck<'f> {
    file: File<'f>,
    kinds: &'f [Kind],
    /// What is known not to be null where the next expression is evaluated.
    known: nullable::Known,
    counting: bool,
}

impl<'f> NullCheck<'f> {
    /// Where nothing is known yet. `counting` is whether texts know `count` and `values`.
    pub(in crate::rules) fn new(file: File<'f>, kinds: &'f [Kind], counting: bool) -> Self {
        Self { file, kinds, known: nullable::Known::new(), counting }
    }

    /// The warnings on a condition. What is looked through after it is evaluated only where it holds.
    pub(in crate::rules) fn condition(&mut self, text: &Text) -> Vec<UserError> {
        let warnings = self.expression(text);
        if let Ok(parsed) = parse::parse(&text.value) {
            nullable::establish(&parsed.tree, true, &mut self.known);
        }
        warnings
    }

    /// The warnings on an expression.
    pub(in crate::rules) fn expression(&self, text: &Text) -> Vec<UserError> {
        self.part(text, 0..text.value.len())
    }

    /// The warnings on the expressions in a text.
    pub(in crate::rules) fn template(&self, text: &Text) -> Vec<UserError> {
        // What cannot be compiled is a mistake, and no rule is made of it.
        let Ok(template) = Template::compile(self.file, text, self.kinds, self.counting) else { return Vec::new() };
        template.expressions().flat_map(|expression| self.part(text, expression.part())).collect()
    }

    fn part(&self, text: &Text, part: Range<usize>) -> Vec<UserError> {
        let source = text.value.get(part.clone()).unwrap_or_default();
        let Ok(parsed) = parse::parse(source) else { return Vec::new() };
        let mut found = Vec::new();
        nullable::find(&parsed.tree, self.kinds, &self.known, &mut found);
        let warning = |mistake: &Mistake<'_>| {
            let (message, label, help) = explain(&mistake.what, self.kinds);
            let place = place_of(&parsed, source, mistake);
            let place = text.place_of(part.start + place.start..part.start + place.end);
            self.file.error(place, message, label, help).into_warning()
        };
        found.iter().map(warning).collect()
    }
}
