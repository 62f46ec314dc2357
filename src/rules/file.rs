//! The rule file: its keys, and the strict reading of one. CEL is left as text here; [`super::expression`] compiles it.

use super::example::{self, Example};
use super::fix_source::{self, FixSource};
use super::schema;
use super::severity::{Confidence, Severity};
use super::toml_reader::{File, Table, Text};
use crate::diagnostics::UserError;
use crate::diagnostics::{did_you_mean, list_words};
use crate::facts::Kind;
use std::sync::Arc;
use toml::de::DeTable;

/// What a rule says about itself, without its logic.
#[derive(Clone, Debug)]
pub struct Meta {
    /// The stem of the file: unique, kebab-case.
    pub id: Arc<str>,
    /// The folder of the file.
    pub family: Arc<str>,
    /// One line, without a period.
    pub title: Arc<str>,
    /// The level where no case says otherwise.
    pub level: Severity,
    /// The confidence where no case says otherwise.
    pub confidence: Confidence,
    /// CVSS-like number from 0.1 to 10.0; with it the rule is a security rule.
    pub security_severity: Option<f32>,
    /// The version of aemlint that had it first.
    pub since: Option<String>,
    /// Free words.
    pub tags: Vec<String>,
    /// The kinds of facts that it looks at.
    pub on: Vec<Kind>,
    /// Markdown with the headings "Why it matters" and "What to do".
    pub help: String,
    /// URLs.
    pub references: Vec<String>,
    /// Whether it is one of the rules that come with aemlint, which have a page each.
    pub built_in: bool,
}

/// A rule file, read and checked but for its CEL.
#[derive(Debug)]
pub struct RuleFile {
    /// What it says about itself.
    pub meta: Meta,
    /// Its examples.
    pub examples: Vec<Example>,
    pub(super) name: String,
    pub(super) text: Arc<str>,
    pub(super) fixes: Vec<FixSource>,
    pub(super) cases: Vec<Case>,
    pub(super) counting: Option<Counting>,
    pub(super) related: Option<Text>,
    pub(super) defers_to: Vec<Text>,
    pub(super) needles: Vec<String>,
}

impl RuleFile {
    /// The file that it was read from.
    pub(super) fn source(&self) -> File<'_> {
        File { name: &self.name, text: &self.text, built_in: self.meta.built_in }
    }
}

/// One way in which a rule fires. A rule without `[[case]]` has one.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) on: Vec<Kind>,
    /// All must hold.
    pub(super) when: Vec<Text>,
    /// Names of properties or attributes; templates where they have braces.
    pub(super) at: Vec<Text>,
    pub(super) message: Text,
    pub(super) advice: Option<Text>,
    pub(super) see: Option<Text>,
    pub(super) level: Severity,
    pub(super) confidence: Confidence,
}

/// What a counting rule allows.
#[derive(Debug)]
pub(super) struct Counting {
    pub(super) limit: Limit,
    pub(super) per: Option<Text>,
    pub(super) distinct: Option<Text>,
    pub(super) expected_in: Option<ExpectedIn>,
}

/// What shows that a deployment must have what is counted: a fact of one of these kinds on which the condition holds.
#[derive(Debug)]
pub(super) struct ExpectedIn {
    pub(super) on: Vec<Kind>,
    pub(super) when: Option<Text>,
    /// What is said of such a deployment that has none.
    pub(super) message: Text,
}

impl Limit {
    /// Whether a deployment without any such fact breaks it.
    pub(super) fn is_broken_by_none(self) -> bool {
        matches!(self, Self::AtLeast(number) | Self::Exactly(number) if number > 0)
    }
}

/// How many distinct ones a group may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// No instance has more.
    AtMost(usize),
    /// Some instance has as many.
    AtLeast(usize),
    /// Some instance has as many, and none has more.
    Exactly(usize),
}

/// The keys that a `[[case]]` takes over from the top of the file.
struct Defaults {
    on: Vec<Kind>,
    when: Option<Text>,
    at: Vec<Text>,
    message: Option<Text>,
    advice: Option<Text>,
    see: Option<Text>,
    level: Severity,
    confidence: Confidence,
}

/// The mistakes that were found so far in a file that is read on.
#[derive(Default)]
struct Found(Vec<UserError>);

impl Found {
    /// What was read; a mistake is kept for later.
    fn keep<T>(&mut self, read: Result<T, UserError>) -> Option<T> {
        read.map_err(|error| self.0.push(error)).ok()
    }
}

/// Reads the rule `id` of `family` from `file`.
///
/// # Errors
/// All mistakes that can be found without compiling expressions, each with its place: those in names, types and values of
/// keys, and if there is none the others.
pub(super) fn read(family: &str, id: &str, file: File<'_>) -> Result<RuleFile, UserError> {
    let File { name, text, built_in } = file;
    for (word, what) in [(id, "rule id"), (family, "family")] {
        if !is_kebab_case(word) {
            return Err(file.error(
                0..0,
                format!("`{word}` is not a {what}"),
                "taken from the path of this file",
                "A rule lies at <family>/<id>.toml. Both are lower-case words joined by hyphens, such as ims/missing-scope.toml.",
            ));
        }
    }
    let document = DeTable::parse(text).map_err(|error| {
        let help = "The file is not TOML. Quote strings, and close every quote and bracket.";
        let label = error.message().lines().next().unwrap_or_default().to_owned();
        file.error(error.span().unwrap_or(0..0), "the rule file cannot be read", label, help)
    })?;
    // Those of the built-in rules are checked by a test.
    if !built_in {
        schema::check(name, text, document.get_ref())?;
    }
    // The span of the document is the whole file; mistakes about missing keys point at its first line.
    let top = Table::new(file, 0..text.lines().next().map_or(0, str::len), document.get_ref());
    let title = top.required("title", "Say in one line, without a period, what the rule finds.")?;
    let level =
        level_of(&top)?.ok_or_else(|| top.missing("level", "Write level = \"error\", \"warning\" or \"note\"."))?;
    let confidence = confidence_of(&top)?.unwrap_or(Confidence::High);
    let defaults = Defaults::read(&top, level, confidence)?;
    let mut found = Found::default();
    let tables = top.tables("case")?;
    let cases: Vec<Option<Case>> = if tables.is_empty() {
        vec![found.keep(case(&top, &defaults, None))]
    } else {
        let own = |table| case(table, &defaults, Some(Defaults::read(table, level, confidence)?));
        tables.iter().map(|table| found.keep(own(table))).collect()
    };
    let cases: Vec<Case> = cases.into_iter().flatten().collect();
    let mut on: Vec<Kind> = cases.iter().flat_map(|case| case.on.iter().copied()).collect();
    on.sort();
    on.dedup();
    let counting = found.keep(counting(&top));
    let help = found.keep(help(&top));
    let references = found.keep(references(&top));
    let security_severity = found.keep(severity(&top));
    let examples = found.keep(example::read(&top));
    let fixes = found.keep(fix_source::read(&top));
    let all = (counting, help, references, security_severity, examples, fixes);
    let (Some(counting), Some(help), Some(references), Some(security_severity), Some(examples), Some(fixes)) = all
    else {
        return Err(UserError::all(found.0).unwrap_or_else(|| top.missing("title", "")));
    };
    if let Some(error) = UserError::all(found.0) {
        return Err(error);
    }
    let meta = Meta {
        id: id.into(),
        family: family.into(),
        title: title.value.into(),
        level,
        confidence,
        security_severity,
        since: top.string("since")?.map(|text| text.value),
        tags: values(top.strings("tags")?),
        on,
        help,
        references,
        built_in,
    };
    Ok(RuleFile {
        meta,
        examples,
        fixes,
        name: name.to_owned(),
        text: text.into(),
        cases,
        counting,
        related: top.string("related")?,
        defers_to: top.strings("defers-to")?,
        needles: values(top.strings("needles")?),
    })
}

impl Defaults {
    /// What a table says itself; `level` and `confidence` where it says nothing of them.
    fn read(table: &Table<'_, '_>, level: Severity, confidence: Confidence) -> Result<Self, UserError> {
        Ok(Self {
            on: kinds(table)?,
            when: table.string("when")?,
            at: table.strings("at")?,
            message: table.string("message")?,
            advice: table.string("advice")?,
            see: table.string("see")?,
            level: level_of(table)?.unwrap_or(level),
            confidence: confidence_of(table)?.unwrap_or(confidence),
        })
    }
}

fn level_of(table: &Table<'_, '_>) -> Result<Option<Severity>, UserError> {
    one_of(table, "level", &Severity::ALL, |level| level.name())
}

fn confidence_of(table: &Table<'_, '_>) -> Result<Option<Confidence>, UserError> {
    one_of(table, "confidence", &Confidence::ALL, |confidence| confidence.name())
}

/// Whether `word` is lower-case words and digits joined by single hyphens, beginning with a letter.
pub(super) fn is_kebab_case(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

fn values(texts: Vec<Text>) -> Vec<String> {
    texts.into_iter().map(|text| text.value).collect()
}

fn one_of<T: Copy>(
    table: &Table<'_, '_>,
    key: &str,
    allowed: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<Option<T>, UserError> {
    let Some(text) = table.string(key)? else { return Ok(None) };
    if let Some(found) = allowed.iter().copied().find(|&candidate| name(candidate) == text.value) {
        return Ok(Some(found));
    }
    let names: Vec<&str> = allowed.iter().map(|&candidate| name(candidate)).collect();
    let help = format!("Write one of {}.", list_words(&names));
    Err(table.file.error(text.span, format!("`{}` is not a {key}", text.value), "not known", help))
}

fn kinds(table: &Table<'_, '_>) -> Result<Vec<Kind>, UserError> {
    let kind = |text: Text| {
        Kind::from_name(&text.value).ok_or_else(|| {
            let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            let hint = did_you_mean(&text.value, names.iter().copied());
            let help = format!("{hint}The kinds of facts are {}.", list_words(&names));
            table.file.error(text.span, format!("`{}` is not a kind of fact", text.value), "not known", help)
        })
    };
    table.strings("on")?.into_iter().map(kind).collect()
}

fn case(table: &Table<'_, '_>, defaults: &Defaults, own: Option<Defaults>) -> Result<Case, UserError> {
    let own = own.unwrap_or_else(|| Defaults {
        on: Vec::new(),
        when: None,
        at: Vec::new(),
        message: None,
        advice: None,
        see: None,
        level: defaults.level,
        confidence: defaults.confidence,
    });
    let on = if own.on.is_empty() { defaults.on.clone() } else { own.on };
    if on.is_empty() {
        let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        let help = format!("Name the kind of fact that the rule looks at: {}.", list_words(&names));
        return Err(table.missing("on", &help));
    }
    let at = if own.at.is_empty() { defaults.at.clone() } else { own.at };
    let message = own.message.or_else(|| defaults.message.clone());
    Ok(Case {
        on,
        when: [defaults.when.clone(), own.when].into_iter().flatten().collect(),
        at,
        message: message.ok_or_else(|| {
            table.missing("message", "Say what is wrong, in one or two sentences that end with a period.")
        })?,
        advice: own.advice.or_else(|| defaults.advice.clone()),
        see: own.see.or_else(|| defaults.see.clone()),
        level: own.level,
        confidence: own.confidence,
    })
}

fn counting(top: &Table<'_, '_>) -> Result<Option<Counting>, UserError> {
    let mut limits = Vec::new();
    let at_most = Limit::AtMost as fn(usize) -> Limit;
    for (key, limit) in [("at-most", at_most), ("at-least", Limit::AtLeast), ("exactly", Limit::Exactly)] {
        limits.extend(top.count(key)?.map(|number| (key, limit(number))));
    }
    if let [(first, _), (second, _), ..] = limits.as_slice() {
        return Err(top.file.error(
            top.key_span(second),
            format!("`{first}` and `{second}` exclude each other"),
            "the second limit of this rule",
            "Keep one of the two.",
        ));
    }
    let (per, distinct) = (top.string("per")?, top.string("distinct")?);
    let Some((_, limit)) = limits.pop() else {
        let stray = ["per", "distinct", "expected-in"].into_iter().find(|key| top.get(key).is_some());
        return match stray {
            None => Ok(None),
            Some(key) => Err(top.file.error(
                top.key_span(key),
                format!("`{key}` stands in a rule that does not count"),
                "has no effect here",
                "Add `at-most = N`, `at-least = N` or `exactly = N`, or remove this key.",
            )),
        };
    };
    let expected_in = top.table("expected-in")?;
    if let Some(table) = &expected_in {
        let mistake = match (limit, &per) {
            (Limit::AtMost(_), _) => Some("`expected-in` stands in a rule that no deployment breaks by having too few"),
            (_, Some(_)) => {
                Some("`expected-in` and `per` exclude each other: which groups there should be is not known")
            }
            _ => None,
        };
        if let Some(message) = mistake {
            let help = "Count with `at-least` or `exactly` and without `per`, or remove `expected-in`.";
            return Err(top.file.error(table.span.clone(), message, "has no effect here", help));
        }
    }
    let expected_in = expected_in.map(|table| {
        let on = kinds(&table)?;
        if on.is_empty() {
            return Err(table.missing("on", "Name the kind of fact that shows such a deployment."));
        }
        let message = table.required("message", "Say what is missing, in one or two sentences.")?;
        Ok(ExpectedIn { on, when: table.string("when")?, message })
    });
    Ok(Some(Counting { limit, per, distinct, expected_in: expected_in.transpose()? }))
}

fn severity(top: &Table<'_, '_>) -> Result<Option<f32>, UserError> {
    let Some(severity) = top.number("security-severity")? else { return Ok(None) };
    if (0.1..=10.0).contains(&severity) {
        return Ok(Some(severity));
    }
    let span = top.get("security-severity").map_or(top.span.clone(), toml::Spanned::span);
    let help = "Write a number from 0.1 to 10.0: above 9.0 is critical, from 7.0 high, from 4.0 medium, below it low.";
    Err(top.file.error(span, "`security-severity` is out of range", "not from 0.1 to 10.0", help))
}

fn help(top: &Table<'_, '_>) -> Result<String, UserError> {
    let what = "Every rule explains itself under the headings \"## Why it matters\" and \"## What to do\".";
    let text = top.required("help", what)?;
    for heading in ["## Why it matters", "## What to do"] {
        if !text.value.lines().any(|line| line.trim_end() == heading) {
            let message = format!("the help has no heading \"{heading}\"");
            return Err(top.file.error(text.span, message, "not in this text", what));
        }
    }
    Ok(text.value.trim().to_owned())
}

fn references(top: &Table<'_, '_>) -> Result<Vec<String>, UserError> {
    let texts = top.strings("references")?;
    match texts.iter().find(|text| !text.value.starts_with("https://")) {
        None => Ok(values(texts)),
        Some(text) => Err(top.file.error(
            text.span.clone(),
            "a reference is not an https:// URL",
            "not an https:// URL",
            "Give the full address of a page, such as https://experienceleague.adobe.com/….",
        )),
    }
}
