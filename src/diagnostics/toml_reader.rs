//! Reads values out of a parsed TOML table and says, on the file, what was expected where something else stands.

use super::user_error::UserError;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A string of the file, with its place.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Text {
    /// The string.
    pub(crate) value: String,
    /// The literal with its quotes.
    pub(crate) span: Range<usize>,
    /// Where the string itself starts, if the file spells it without escapes.
    pub(crate) content: Option<usize>,
}

impl Text {
    /// The place in the file of bytes of [`value`](Self::value).
    pub(crate) fn place_of(&self, part: Range<usize>) -> Range<usize> {
        match self.content {
            Some(start) => start + part.start..start + part.end.max(part.start + 1),
            None => self.span.clone(),
        }
    }
}

/// A file: its name and text.
#[derive(Clone, Copy)]
pub(crate) struct File<'t> {
    pub(crate) name: &'t str,
    pub(crate) text: &'t str,
    /// Whether it is part of the program: what is in it was tested.
    pub(crate) built_in: bool,
}

impl<'t> File<'t> {
    pub(crate) fn error(
        &self,
        span: Range<usize>,
        message: impl AsRef<str>,
        label: impl AsRef<str>,
        help: impl AsRef<str>,
    ) -> UserError {
        UserError::new((self.name, self.text), span, message, label, help)
    }

    fn text(&self, value: &str, span: Range<usize>) -> Text {
        let literal = self.text.get(span.clone()).unwrap_or_default();
        let skip = if literal.starts_with("'''\r\n") || literal.starts_with("\"\"\"\r\n") {
            5
        } else if literal.starts_with("'''\n") || literal.starts_with("\"\"\"\n") {
            4
        } else if literal.starts_with("'''") || literal.starts_with("\"\"\"") {
            3
        } else {
            1
        };
        let exact = literal.get(skip..).is_some_and(|rest| rest.starts_with(value));
        Text { value: value.to_owned(), content: exact.then_some(span.start + skip), span }
    }
}

/// A table of the file whose keys are known.
pub(crate) struct Table<'t, 'd> {
    pub(crate) file: File<'t>,
    pub(crate) span: Range<usize>,
    entries: &'d DeTable<'t>,
}

impl<'t, 'd> Table<'t, 'd> {
    /// The table at `span`.
    pub(crate) fn new(file: File<'t>, span: Range<usize>, entries: &'d DeTable<'t>) -> Self {
        Self { file, span, entries }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'d Spanned<DeValue<'t>>> {
        self.entries.iter().find(|(name, _)| name.get_ref().as_ref() == key).map(|(_, value)| value)
    }

    /// The place of a key, for mistakes about the key itself.
    pub(crate) fn key_span(&self, key: &str) -> Range<usize> {
        let found = self.entries.iter().find(|(name, _)| name.get_ref().as_ref() == key);
        found.map_or(self.span.clone(), |(name, _)| name.span())
    }

    fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &str) -> UserError {
        self.file.error(
            value.span(),
            format!("`{key}` is not {expected}"),
            format!("this is of type {}", value.get_ref().type_str()),
            format!("Write `{key}` as {expected}."),
        )
    }

    pub(crate) fn string(&self, key: &str) -> Result<Option<Text>, UserError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let text = value.get_ref().as_str().ok_or_else(|| self.wrong_type(key, value, "a string"))?;
        Ok(Some(self.file.text(text, value.span())))
    }

    pub(crate) fn required(&self, key: &str, why: &str) -> Result<Text, UserError> {
        self.string(key)?.filter(|text| !text.value.trim().is_empty()).ok_or_else(|| self.missing(key, why))
    }

    pub(crate) fn missing(&self, key: &str, why: &str) -> UserError {
        let span = self.get(key).map_or(self.span.clone(), Spanned::span);
        self.file.error(span, format!("`{key}` is missing or empty"), format!("no `{key}` here"), why)
    }

    /// A string, or a list of strings; empty if the key is absent.
    pub(crate) fn strings(&self, key: &str) -> Result<Vec<Text>, UserError> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let expected = "a string or a list of strings";
        if let Some(text) = value.get_ref().as_str() {
            return Ok(vec![self.file.text(text, value.span())]);
        }
        let items = value.get_ref().as_array().ok_or_else(|| self.wrong_type(key, value, expected))?;
        let text = |item: &Spanned<DeValue<'_>>| {
            let text = item.get_ref().as_str().ok_or_else(|| self.wrong_type(key, item, "a string"))?;
            Ok(self.file.text(text, item.span()))
        };
        items.iter().map(text).collect()
    }

    /// A table of strings, or nothing: each key with its value.
    pub(crate) fn pairs(&self, key: &str) -> Result<Vec<(Text, Text)>, UserError> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let expected = "a table of strings, `{ name = \"value\" }`";
        let entries = value.get_ref().as_table().ok_or_else(|| self.wrong_type(key, value, expected))?;
        let pair = |(name, value): (&Spanned<std::borrow::Cow<'_, str>>, &Spanned<DeValue<'_>>)| {
            let text = value.get_ref().as_str().ok_or_else(|| self.wrong_type(key, value, expected))?;
            Ok((self.file.text(name.get_ref(), name.span()), self.file.text(text, value.span())))
        };
        entries.iter().map(pair).collect()
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&self, key: &str) -> Result<Option<bool>, UserError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        value.get_ref().as_bool().map(Some).ok_or_else(|| self.wrong_type(key, value, "true or false"))
    }

    /// A count, at least 0.
    pub(crate) fn count(&self, key: &str) -> Result<Option<usize>, UserError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let number = value.get_ref().as_integer().and_then(|n| usize::from_str_radix(n.as_str(), n.radix()).ok());
        number.map(Some).ok_or_else(|| self.wrong_type(key, value, "a whole number, 0 or more"))
    }

    /// A number with or without a fraction.
    pub(crate) fn number(&self, key: &str) -> Result<Option<f32>, UserError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let digits = value.get_ref().as_float().map(|n| n.as_str());
        let digits = digits.or_else(|| value.get_ref().as_integer().map(|n| n.as_str()));
        let number = digits.and_then(|digits| digits.parse().ok());
        number.map(Some).ok_or_else(|| self.wrong_type(key, value, "a number"))
    }

    /// The table of `[key]`.
    pub(crate) fn table(&self, key: &str) -> Result<Option<Self>, UserError> {
        let Some(value) = self.get(key) else { return Ok(None) };
        let entries = value.get_ref().as_table().ok_or_else(|| self.wrong_type(key, value, "a table"))?;
        Ok(Some(Self::new(self.file, value.span(), entries)))
    }

    /// The tables of `[[key]]`.
    pub(crate) fn tables(&self, key: &str) -> Result<Vec<Self>, UserError> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let expected = format!("a list of tables, `[[{key}]]`");
        let items = value.get_ref().as_array().ok_or_else(|| self.wrong_type(key, value, &expected))?;
        let table = |item: &'d Spanned<DeValue<'t>>| {
            let entries = item.get_ref().as_table().ok_or_else(|| self.wrong_type(key, item, &expected))?;
            Ok(Self::new(self.file, item.span(), entries))
        };
        items.iter().map(table).collect()
    }
}
