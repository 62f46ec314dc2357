//! A set of rules: the built-in ones and those of directories, each parsed and compiled when it is first needed.

use super::answers::AnswerKey;
use super::builtin::{BUILTIN, Builtin, BuiltinCase};
use super::expression::{Expression, Template};
use super::file::{self, Case, Meta, RuleFile};
use super::fix::{self, CompiledFix};
use super::fix_source;
use super::guard::Guard;
use super::mistakes;
use super::rule_text::RuleText;
use super::toml_reader::{File, Text};
use crate::diagnostics::UserError;
use crate::diagnostics::{did_you_mean, read_text};
use crate::facts::{Fact, Kind};
use osgi_config::Target;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Most bytes of a rule file, which can hold packages as examples.
const MAX_RULE_FILE_BYTES: u64 = 4 << 20;
/// How deep a directory of rules may be nested: `<family>/<id>.toml` needs one level.
const MAX_DIRECTORY_DEPTH: usize = 8;

/// Rules, sorted by id.
#[derive(Default)]
pub struct RuleSet {
    rules: Vec<Rule>,
}

/// A rule of the set. A built-in one is parsed and compiled when a fact turns up on which it may fire, its messages
/// when it does; one of a directory at once, so that its mistakes show.
pub(super) struct Rule {
    pub(super) id: Arc<str>,
    family: Arc<str>,
    pub(super) on: Vec<Kind>,
    needles: Vec<String>,
    text: &'static str,
    cases: &'static [BuiltinCase],
    guards: OnceLock<Vec<CaseGuard>>,
    file: OnceLock<Result<RuleFile, UserError>>,
    compiled: OnceLock<Result<Compiled, UserError>>,
}

/// What can be said of a case without CEL.
struct CaseGuard {
    on: Vec<Kind>,
    when: Guard,
}

/// The compiled expressions of a rule.
pub(super) struct Compiled {
    pub(super) cases: Vec<CompiledCase>,
    pub(super) per: Option<Expression>,
    pub(super) distinct: Option<Expression>,
    pub(super) expected_in: Option<CompiledExpectation>,
    related: OnceLock<Result<Option<Template>, UserError>>,
    fixes: OnceLock<Result<Vec<CompiledFix>, UserError>>,
}

/// The compiled expressions of `[expected-in]`.
pub(super) struct CompiledExpectation {
    pub(super) when: Option<Expression>,
    pub(super) texts: Texts,
}

/// The compiled expressions of a case.
pub(super) struct CompiledCase {
    pub(super) when: Vec<Expression>,
    texts: OnceLock<Result<Texts, UserError>>,
}

/// What a finding of a case says, compiled when there is one.
pub(super) struct Texts {
    pub(super) at: Vec<Template>,
    pub(super) message: Template,
    pub(super) advice: Option<Template>,
    pub(super) see: Option<Expression>,
}

/// What must occur in a file for some rule to fire, for a scanner that wants to skip the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needles {
    /// Literals, sorted: the rules that name needles fire only on files in which one of theirs occurs.
    pub literals: BTreeSet<String>,
    /// The kinds of facts that rules without needles look at. Facts of these kinds must be extracted from every file.
    pub open: BTreeSet<Kind>,
}

impl RuleSet {
    /// The built-in rules.
    pub fn builtin() -> Self {
        Self { rules: BUILTIN.iter().map(Rule::from).collect() }
    }

    /// The rules of the files `*.toml` below `directory`: `<family>/<id>.toml`, or `<id>.toml`, whose family is the
    /// name of the directory itself; or the one rule of a file. Every rule is parsed and compiled.
    ///
    /// # Errors
    /// See [`RuleSet::add_directory`].
    pub fn load(directory: &Path) -> Result<Self, UserError> {
        let mut set = Self::default();
        set.add_directory(directory)?;
        Ok(set)
    }

    /// Adds the rules of a directory to this set.
    ///
    /// # Errors
    /// A directory or file that cannot be read, and all mistakes in rule files, the id of another rule included.
    pub fn add_directory(&mut self, directory: &Path) -> Result<(), UserError> {
        let (top, files) = if directory.is_file() {
            (directory.parent().unwrap_or(Path::new("")), vec![directory.to_owned()])
        } else {
            (directory, rule_files(directory)?)
        };
        let own = top.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
        let own = own.unwrap_or_default();
        let texts = files.into_iter().map(|path| {
            let name = path.display().to_string();
            let text = read_text(&path, MAX_RULE_FILE_BYTES).map_err(|error| RuleText::unreadable(&name, &error))?;
            let below = path.strip_prefix(top).unwrap_or(&path).components();
            let below: Vec<_> = below.map(|name| name.as_os_str().to_string_lossy()).collect();
            Ok(RuleText::new(&own, &below.join("/"), name, text))
        });
        self.add_texts(&directory.display().to_string(), texts)
    }

    /// Adds rules whose text is at hand. `holder` is what holds them.
    ///
    /// # Errors
    /// A text that could not be read, none at all, and all mistakes in the rules, the id of another rule included.
    pub(crate) fn add_texts(
        &mut self,
        holder: &str,
        texts: impl IntoIterator<Item = Result<RuleText, UserError>>,
    ) -> Result<(), UserError> {
        let first_new = self.rules.len();
        let mut mistakes = Vec::new();
        for text in texts {
            let RuleText { family, id, name, text } = text?;
            match Rule::read(&family, &id, &name, &text) {
                Err(error) => mistakes.push(error),
                Ok(rule) if self.find(&rule.id).is_some() => {
                    let message = format!("there is another rule `{}`", rule.id);
                    let help = "Rename this file: the name without .toml is the id, unique over all families.";
                    let label = "the id is the name of this file";
                    mistakes.push(UserError::new((&name, &text), 0..0, message, label, help));
                }
                Ok(rule) => self.rules.push(rule),
            }
        }
        if let Some(error) = UserError::all(mistakes) {
            return Err(error);
        }
        if self.rules.len() == first_new {
            let message = format!("{holder} holds no rule file");
            return Err(UserError::plain(message, "Rules lie at <family>/<id>.toml below the directory."));
        }
        for rule in &self.rules[first_new..] {
            let file = rule.file()?;
            let unknown = |text: &&Text| text.value != "*" && self.find(&text.value).is_none();
            if let Some(text) = file.defers_to.iter().find(unknown) {
                let hint = did_you_mean(&text.value, self.ids());
                let help = format!("{hint}`defers-to` lists ids of rules, or \"*\" for every other rule.");
                let message = format!("there is no rule `{}`", text.value);
                let source = (file.name.as_str(), file.text.as_ref());
                return Err(UserError::new(source, text.span.clone(), message, "not known", help));
            }
        }
        self.rules.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(())
    }

    /// The ids, sorted.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.rules.iter().map(|rule| rule.id.as_ref())
    }

    /// Id and family of each rule, sorted by id. Parses none of them.
    pub fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.rules.iter().map(|rule| (rule.id.as_ref(), rule.family.as_ref()))
    }

    /// The families, sorted.
    pub fn families(&self) -> BTreeSet<&str> {
        self.rules.iter().map(|rule| rule.family.as_ref()).collect()
    }

    /// Keeps the rules for which `keep(id, family)` holds. A rule that is not kept makes no other rule silent.
    pub fn retain(&mut self, mut keep: impl FnMut(&str, &str) -> bool) {
        self.rules.retain(|rule| keep(&rule.id, &rule.family));
    }

    /// The rule with this id.
    ///
    /// # Errors
    /// An unknown id, with the nearest known one; a rule file with a mistake.
    pub fn rule(&self, id: &str) -> Result<&RuleFile, UserError> {
        let rule = self.find(id).ok_or_else(|| {
            let of_family: Vec<&str> = self.names().filter(|(_, family)| *family == id).map(|(id, _)| id).collect();
            if !of_family.is_empty() {
                let help = format!("Name one of its rules: {}.", of_family.join(", "));
                return UserError::plain(format!("`{id}` is a family of rules, not a rule"), help);
            }
            let hint = did_you_mean(id, self.ids());
            UserError::plain(format!("there is no rule `{id}`"), format!("{hint}`aemlint rules list` shows all rules."))
        })?;
        rule.file()
    }

    /// Whether the rule with this id counts.
    pub fn counts(&self, id: &str) -> bool {
        self.rule(id).is_ok_and(|rule| rule.counting.is_some())
    }

    /// Whether a fix of the rule with this id uses the answer to `key`.
    pub fn needs(&self, id: &str, key: AnswerKey) -> bool {
        self.rule(id).is_ok_and(|rule| fix_source::uses(&rule.fixes, key))
    }

    /// What the rule with this id says about itself.
    ///
    /// # Errors
    /// As [`RuleSet::rule`].
    pub fn meta(&self, id: &str) -> Result<&Meta, UserError> {
        self.rule(id).map(|rule| &rule.meta)
    }

    /// What the rules say about themselves, sorted by id. Parses all of them.
    ///
    /// # Errors
    /// The first mistake in a rule file.
    pub fn metas(&self) -> Result<Vec<&Meta>, UserError> {
        self.rules.iter().map(|rule| rule.file().map(|file| &file.meta)).collect()
    }

    /// The kinds of facts that some rule looks at.
    pub fn kinds(&self) -> BTreeSet<Kind> {
        self.rules.iter().flat_map(|rule| rule.on.iter().copied()).collect()
    }

    /// What must occur in a file for some rule to fire.
    pub fn needles(&self) -> Needles {
        let mut needles = Needles::default();
        for rule in &self.rules {
            if rule.needles.is_empty() {
                needles.open.extend(&rule.on);
            } else {
                needles.literals.extend(rule.needles.iter().cloned());
            }
        }
        needles
    }

    /// What may fail in the conditions of rules of the user's own, each a warning.
    pub fn warnings(&self) -> Vec<UserError> {
        let own = self.rules.iter().filter(|rule| rule.text.is_empty()).filter_map(|rule| rule.file().ok());
        own.filter_map(mistakes::warnings).collect()
    }

    /// Parses and compiles every rule.
    ///
    /// # Errors
    /// The first mistake in a rule file.
    pub fn compile_all(&self) -> Result<(), UserError> {
        self.rules.iter().try_for_each(Rule::compile_all)
    }

    pub(super) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    fn find(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id.as_ref() == id)
    }
}

impl Rule {
    fn read(family: &str, id: &str, name: &str, text: &str) -> Result<Self, UserError> {
        let file = file::read(family, id, File { name, text, built_in: false })?;
        let rule = Self {
            id: file.meta.id.clone(),
            family: file.meta.family.clone(),
            on: kinds_of(&file),
            needles: file.needles.clone(),
            text: "",
            cases: &[],
            guards: OnceLock::from(file.cases.iter().map(CaseGuard::from).collect::<Vec<_>>()),
            file: OnceLock::from(Ok(file)),
            compiled: OnceLock::new(),
        };
        let file = rule.file()?;
        match UserError::all(mistakes::in_expressions(file)) {
            Some(error) => Err(error),
            None => rule.compile_all().map(|()| rule),
        }
    }

    /// False only if none of the conditions of the rule holds on the fact. Compiles nothing.
    pub(super) fn may_fire(&self, fact: &Fact, target: Target) -> bool {
        let guards = self.guards.get_or_init(|| self.cases.iter().map(CaseGuard::from).collect());
        let may_hold = |case: &CaseGuard| case.on.contains(&fact.kind()) && case.when.may_hold(fact, target);
        guards.iter().any(may_hold) || self.expects_in(fact.kind())
    }

    /// Whether a fact of this kind can show that something is missing. No built-in rule says so.
    fn expects_in(&self, kind: Kind) -> bool {
        let file = self.file.get().and_then(|file| file.as_ref().ok()).filter(|file| !file.meta.built_in);
        let expected = file.and_then(|file| file.counting.as_ref()?.expected_in.as_ref());
        expected.is_some_and(|expected| expected.on.contains(&kind))
    }

    /// The parsed file.
    pub(super) fn file(&self) -> Result<&RuleFile, UserError> {
        // That of a directory was set when it was read.
        let read = || {
            let name = format!("rules/{}/{}.toml", self.family, self.id);
            file::read(&self.family, &self.id, File { name: &name, text: self.text, built_in: true })
        };
        let parsed = self.file.get_or_init(read);
        parsed.as_ref().map_err(Clone::clone)
    }

    /// The compiled conditions; everything else is compiled when it is asked for.
    pub(super) fn compiled(&self) -> Result<&Compiled, UserError> {
        self.compiled.get_or_init(|| compile(self.file()?)).as_ref().map_err(Clone::clone)
    }

    /// Compiles what is compiled late otherwise.
    fn compile_all(&self) -> Result<(), UserError> {
        let (file, compiled) = (self.file()?, self.compiled()?);
        for (case, compiled) in file.cases.iter().zip(&compiled.cases) {
            compiled.texts(file, case)?;
        }
        compiled.related(file)?;
        compiled.fixes(file).map(|_| ())
    }
}

impl Compiled {
    /// What the other places of a finding say.
    pub(super) fn related(&self, rule: &RuleFile) -> Result<Option<&Template>, UserError> {
        let compile = |text| Template::compile(rule.source(), text, &rule.meta.on, rule.counting.is_some());
        let related = self.related.get_or_init(|| rule.related.as_ref().map(compile).transpose());
        related.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }

    /// What mends the findings of the rule.
    pub(super) fn fixes(&self, rule: &RuleFile) -> Result<&[CompiledFix], UserError> {
        let fixes = self.fixes.get_or_init(|| fix::compile(rule.source(), &rule.fixes, &rule.meta.on));
        fixes.as_ref().map(Vec::as_slice).map_err(Clone::clone)
    }
}

impl CompiledCase {
    /// What a finding of this case says. `case` is the one that this was compiled from.
    pub(super) fn texts(&self, rule: &RuleFile, case: &Case) -> Result<&Texts, UserError> {
        self.texts.get_or_init(|| compile_texts(rule, case)).as_ref().map_err(Clone::clone)
    }
}

impl From<&BuiltinCase> for CaseGuard {
    fn from(case: &BuiltinCase) -> Self {
        Self { on: case.on.to_vec(), when: Guard::all(case.when.iter().copied()) }
    }
}

impl From<&Case> for CaseGuard {
    fn from(case: &Case) -> Self {
        Self { on: case.on.clone(), when: Guard::all(case.when.iter().map(|when| when.value.as_str())) }
    }
}

impl From<&'static Builtin> for Rule {
    fn from(builtin: &'static Builtin) -> Self {
        Self {
            id: builtin.id.into(),
            family: builtin.family.into(),
            on: builtin.on.to_vec(),
            needles: builtin.needles.iter().map(|&needle| needle.to_owned()).collect(),
            text: builtin.text,
            cases: builtin.cases,
            guards: OnceLock::new(),
            file: OnceLock::new(),
            compiled: OnceLock::new(),
        }
    }
}

/// The kinds of facts that a rule looks at, those of its `[expected-in]` included.
fn kinds_of(file: &RuleFile) -> Vec<Kind> {
    let expected = file.counting.as_ref().and_then(|counting| counting.expected_in.as_ref());
    let mut kinds = file.meta.on.clone();
    kinds.extend(expected.iter().flat_map(|expected| expected.on.iter().copied()));
    kinds.sort();
    kinds.dedup();
    kinds
}

fn compile(rule: &RuleFile) -> Result<Compiled, UserError> {
    let expression = |text: &Text, on: &[Kind]| Expression::compile(rule.source(), text, on, false);
    let mut cases = Vec::new();
    for case in &rule.cases {
        let when = case.when.iter().map(|text| expression(text, &case.on)).collect::<Result<_, _>>()?;
        cases.push(CompiledCase { when, texts: OnceLock::new() });
    }
    let key = |text: &Option<Text>| text.as_ref().map(|text| expression(text, &rule.meta.on)).transpose();
    let (per, distinct) = match &rule.counting {
        Some(counting) => (key(&counting.per)?, key(&counting.distinct)?),
        None => (None, None),
    };
    let expected_in = rule.counting.as_ref().and_then(|counting| counting.expected_in.as_ref());
    let expected_in = expected_in.map(|expected| {
        let message = Template::compile(rule.source(), &expected.message, &expected.on, true)?;
        Ok(CompiledExpectation {
            when: expected.when.as_ref().map(|text| expression(text, &expected.on)).transpose()?,
            texts: Texts { at: Vec::new(), message, advice: None, see: None },
        })
    });
    let expected_in = expected_in.transpose()?;
    Ok(Compiled { cases, per, distinct, expected_in, related: OnceLock::new(), fixes: OnceLock::new() })
}

fn compile_texts(rule: &RuleFile, case: &Case) -> Result<Texts, UserError> {
    let template = |text: &Text| Template::compile(rule.source(), text, &case.on, rule.counting.is_some());
    Ok(Texts {
        at: case.at.iter().map(template).collect::<Result<_, _>>()?,
        message: template(&case.message)?,
        advice: case.advice.as_ref().map(template).transpose()?,
        see: case.see.as_ref().map(|text| Expression::compile(rule.source(), text, &case.on, false)).transpose()?,
    })
}

/// The `*.toml` files below a directory, sorted. Symbolic links are not followed.
fn rule_files(directory: &Path) -> Result<Vec<PathBuf>, UserError> {
    let mut files = Vec::new();
    let mut todo = vec![(directory.to_owned(), 0)];
    while let Some((folder, depth)) = todo.pop() {
        let fail = |error: std::io::Error| {
            let message = format!("the rule directory {} cannot be read: {error}", folder.display());
            UserError::plain(message, "Name a directory that holds rule files, <family>/<id>.toml.")
        };
        for entry in std::fs::read_dir(&folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let kind = entry.file_type().map_err(fail)?;
            let path = entry.path();
            if kind.is_dir() && depth < MAX_DIRECTORY_DEPTH {
                todo.push((path, depth + 1));
            } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "toml") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
