//! The edits that mend a finding, as the `[[fix]]` blocks of its rule say.

use super::answers::{AnswerKey, Answers};
use super::expression::{Environment, Expression, Template, Value};
use super::file::RuleFile;
use super::fix_source::FixSource;
use super::toml_reader::{File, Text};
use crate::diagnostics::UserError;
use crate::edits::{Edit, Subject};
use crate::facts::{Fact, Kind};
use crate::secret::MASK;
use config_edits::{Change, NewValue};
use osgi_config::Target;
use zip_audit::Place;

/// What mends a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a few words.
    pub title: String,
    /// Whether it changes nothing that works today.
    pub safe: bool,
    /// What it needs to know and has no answer for. Without it there are no edits.
    pub needs: Vec<AnswerKey>,
    /// The file that it edits.
    pub place: Place,
    /// The repository path of what it edits.
    pub node: Option<String>,
    /// The configuration or node in the file that it edits.
    pub subject: Subject,
    /// The edits, all or none.
    pub edits: Vec<Edit>,
    /// What is left to be done by hand then, as sentences.
    pub afterwards: Vec<String>,
}

impl Fix {
    /// Whether it writes this text as the value of a property.
    pub fn writes(&self, text: &str) -> bool {
        let is_written = |edit: &Edit| match edit {
            Edit::Change(Change::Set { value: NewValue::Text(value) | NewValue::Only(value), .. }) => value == text,
            _ => false,
        };
        self.edits.iter().any(is_written)
    }
}

/// A `[[fix]]` block at work.
pub(super) struct CompiledFix {
    when: Option<Expression>,
    /// What is needed, and where: everywhere, or where a condition holds.
    needs: Vec<(AnswerKey, Option<Expression>)>,
    set: Vec<(Template, Expression)>,
    append: Vec<(Template, Expression)>,
    replace: Vec<(Template, Expression)>,
    remove: Vec<Template>,
    rename: Option<Expression>,
    rename_properties: Vec<(Template, Expression)>,
    afterwards: Vec<Template>,
}

/// Compiles the `[[fix]]` blocks of a rule on facts of these kinds.
pub(super) fn compile(file: File<'_>, fixes: &[FixSource], kinds: &[Kind]) -> Result<Vec<CompiledFix>, UserError> {
    let name = |text: &Text| Template::compile(file, text, kinds, false);
    let value = |text: &Text| Expression::compile_with_answers(file, text, kinds);
    let pairs = |pairs: &[(Text, Text)]| -> Result<Vec<(Template, Expression)>, UserError> {
        pairs.iter().map(|(key, text)| Ok((name(key)?, value(text)?))).collect()
    };
    let compile = |fix: &FixSource| {
        Ok(CompiledFix {
            when: fix.when.as_ref().map(value).transpose()?,
            needs: fix
                .needs
                .iter()
                .map(|need| Ok((need.key, need.when.as_ref().map(value).transpose()?)))
                .collect::<Result<_, UserError>>()?,
            set: pairs(&fix.set)?,
            append: pairs(&fix.append)?,
            replace: pairs(&fix.replace)?,
            remove: fix.remove.iter().map(name).collect::<Result<_, _>>()?,
            rename: fix.rename.as_ref().map(value).transpose()?,
            rename_properties: pairs(&fix.rename_properties)?,
            afterwards: fix.afterwards.iter().map(name).collect::<Result<_, _>>()?,
        })
    };
    fixes.iter().map(compile).collect()
}

/// What mends the finding of a rule on a fact: the first block whose condition holds and whose answers are there; if none
/// has all of them, the first whose condition holds.
///
/// # Errors
/// An expression that cannot be evaluated on the fact.
pub(super) fn of_finding(
    rule: &RuleFile,
    fixes: &[CompiledFix],
    fact: &Fact,
    target: Target,
    answers: &Answers,
) -> Result<Option<Fix>, UserError> {
    let mut unanswered = None;
    for (source, compiled) in rule.fixes.iter().zip(fixes) {
        let known = answers.of(fact);
        let environment = Environment::new(fact, target).with_answers(&known);
        if let Some(when) = &compiled.when
            && !when.holds(rule, &environment, fact)?
        {
            continue;
        }
        let mut missing = Vec::new();
        for (key, when) in compiled.needs.iter().filter(|(key, _)| !known.contains_key(key.name())) {
            if when.as_ref().map_or(Ok(true), |when| when.holds(rule, &environment, fact))? {
                missing.push(*key);
            }
        }
        let afterwards = compiled.afterwards.iter().map(|text| text.render(rule, &environment, fact));
        let afterwards: Vec<String> = afterwards.collect::<Result<_, _>>()?;
        let offer = |edits| Fix {
            title: source.title.clone(),
            safe: source.safe,
            needs: missing.clone(),
            place: fact.place.clone(),
            node: fact.path.clone(),
            subject: Subject::from(fact.mark),
            edits,
            afterwards: afterwards.clone(),
        };
        if !missing.is_empty() {
            unanswered = unanswered.or_else(|| Some(offer(Vec::new())));
            continue;
        }
        return Ok(edits(rule, source, compiled, &environment, fact)?.map(offer).or(unanswered));
    }
    Ok(unanswered)
}

/// The edits of a block; `None` if there is none, or if one of its values is not known in full: a secret, or a text that was
/// clipped. An edit whose value is null is left out.
fn edits(
    rule: &RuleFile,
    source: &FixSource,
    compiled: &CompiledFix,
    environment: &Environment<'_>,
    fact: &Fact,
) -> Result<Option<Vec<Edit>>, UserError> {
    let mut edits = Vec::new();
    let mut is_known = true;
    for name in &compiled.remove {
        edits.push(Edit::Change(Change::Remove { name: name.render(rule, environment, fact)? }));
    }
    let groups: [(&[(Template, Expression)], MakeChange); 4] = [
        (&compiled.set, set),
        (&compiled.append, append),
        (&compiled.replace, replace),
        (&compiled.rename_properties, rename),
    ];
    for (pairs, change) in groups {
        for (name, value) in pairs {
            let value = value.evaluate(rule, environment, fact)?;
            if matches!(value, Value::Null) {
                continue;
            }
            let change = change(name.render(rule, environment, fact)?, &value, fact.kind());
            is_known &= change.is_some();
            edits.extend(change.map(Edit::Change));
        }
    }
    if let Some(to) = &compiled.rename {
        let to = whole_text(&to.evaluate(rule, environment, fact)?);
        is_known &= to.is_some();
        edits.extend(to.map(Edit::Rename));
    }
    edits.extend(source.delete.then_some(Edit::Delete));
    edits.extend(source.repair.then_some(Edit::Repair));
    Ok((is_known && !edits.is_empty()).then_some(edits))
}

/// Makes a change of the property `name` with a value; `None` if the value does not say what is to be written.
type MakeChange = fn(name: String, value: &Value<'_>, kind: Kind) -> Option<Change>;

fn set(name: String, value: &Value<'_>, kind: Kind) -> Option<Change> {
    let value = match value {
        Value::Bool(value) => NewValue::Bool(*value),
        Value::List(_) => NewValue::Texts(whole_texts(value)?),
        // Such a fact is about one value of a property, which can have others.
        _ if matches!(kind, Kind::Endpoint | Kind::Secret) => NewValue::Only(whole_text(value)?),
        _ => NewValue::Text(whole_text(value)?),
    };
    Some(Change::Set { name, value })
}

fn append(name: String, value: &Value<'_>, _: Kind) -> Option<Change> {
    Some(Change::Append { name, items: whole_texts(value)? })
}

fn replace(name: String, value: &Value<'_>, _: Kind) -> Option<Change> {
    let [old, new] = <[String; 2]>::try_from(whole_texts(value)?).ok()?;
    Some(Change::Replace { name, old, new })
}

fn rename(name: String, value: &Value<'_>, _: Kind) -> Option<Change> {
    Some(Change::Rename { name, to: whole_text(value)? })
}

/// The texts of a list, or the only one.
fn whole_texts(value: &Value<'_>) -> Option<Vec<String>> {
    match value {
        Value::List(items) => items.iter().map(|item| whole_text(&item)).collect(),
        single => Some(vec![whole_text(single)?]),
    }
}

/// A text that nothing was hidden or cut from.
fn whole_text(value: &Value<'_>) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.to_string()),
        Value::Int(value) => Some(value.to_string()),
        _ => None,
    }
    .filter(|text| !text.contains(MASK) && !text.ends_with('…'))
}
