//! What the editors of all formats have in common: values are replaced inside their quotes, and every change is read again.

use crate::change::{Change, EditError, NewValue};
use crate::replacement::{self, Replacement};
use crate::seen::{Names, Seen, SeenValue};
use osgi_config::Scalar;
use text_spans::Span;

/// What a text is of the value that it is written into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// An item of a list.
    Item,
    /// What is put behind a text.
    Rest,
}

/// A format that can be edited.
pub(crate) trait Editor {
    /// How names are compared.
    const NAMES: Names;

    /// The properties of the text; an error if its spans prove nothing.
    fn read(&self, text: &str) -> Result<Vec<Seen>, EditError>;

    /// What is written for `value` inside the quotes of a property that is there.
    fn escape(&self, text: &str, property: &Seen, value: &str, part: Part) -> String;

    /// What is written for `value` in the place of the whole value of a property.
    fn literal(&self, text: &str, near: Option<&Seen>, value: &NewValue) -> Option<String>;

    /// What stands between two items of a list by default, from the end of the first to the beginning of the second.
    fn between(&self) -> &'static str;

    /// What is replaced to add a property.
    fn add(&self, text: &str, seen: &[Seen], name: &str, value: &NewValue) -> Option<Vec<Replacement>>;

    /// What is replaced to remove a property.
    fn remove(&self, text: &str, seen: &[Seen], property: &Seen) -> Option<Vec<Replacement>>;

    /// What is written for a name.
    fn name(&self, name: &str) -> Option<String>;

    /// Whether every other reader of the format, which has no say in what is edited, reads all of the new text, if it read all
    /// of the old one.
    fn is_read_by_all(&self, _before: &str, _after: &str) -> bool {
        true
    }
}

/// Makes one change after the other, each on what the one before left.
pub(crate) fn edit(editor: &impl Editor, text: &str, changes: &[Change]) -> Result<String, EditError> {
    let mut text = text.to_owned();
    for change in changes {
        text = edit_once(editor, &text, change)?;
    }
    Ok(text)
}

fn edit_once<E: Editor>(editor: &E, text: &str, change: &Change) -> Result<String, EditError> {
    let not_expressible = || EditError::NotExpressible(change.name().to_owned());
    let before = editor.read(text)?;
    let (replacements, intended) = plan(editor, text, &before, change)?;
    if replacements.is_empty() {
        return Ok(text.to_owned());
    }
    let changed = replacement::apply(text, replacements).ok_or_else(not_expressible)?;
    let after = editor.read(&changed).map_err(|_| not_expressible())?;
    let is_right = is_as_intended::<E>(&before, &after, &intended) && editor.is_read_by_all(text, &changed);
    if is_right { Ok(changed) } else { Err(not_expressible()) }
}

/// What must be true of a property after a change.
struct Intended<'c> {
    /// The property that goes.
    gone: Option<&'c str>,
    /// The property that is there then, and what must be in it; of a value that moved, all of it.
    there: Option<(&'c str, Expected)>,
}

enum Expected {
    Texts(Vec<String>),
    Value(SeenValue),
}

fn plan<'c, E: Editor>(
    editor: &E,
    text: &str,
    seen: &[Seen],
    change: &'c Change,
) -> Result<(Vec<Replacement>, Intended<'c>), EditError> {
    let name = change.name();
    let not_expressible = || EditError::NotExpressible(name.to_owned());
    let known = E::NAMES.find(seen, name);
    let nothing = || (Vec::new(), Intended { gone: None, there: None });
    Ok(match (change, known) {
        (Change::Set { value: NewValue::Only(_), .. }, Some(property)) if property.item_spans.len() > 1 => {
            return Err(not_expressible());
        }
        (Change::Set { value, .. }, Some(property)) => {
            if property.value.shown() == value.texts() {
                return Ok(nothing());
            }
            let replacement = set(editor, text, property, value).ok_or_else(not_expressible)?;
            (vec![replacement], Intended { gone: None, there: Some((name, Expected::Texts(value.texts()))) })
        }
        (Change::Set { value, .. }, None) => {
            let added = editor.add(text, seen, name, value).ok_or_else(not_expressible)?;
            (added, Intended { gone: None, there: Some((name, Expected::Texts(value.texts()))) })
        }
        (Change::Replace { old, new, .. }, Some(property)) => {
            let (replacement, texts) = replace(editor, text, property, old, new).ok_or_else(not_expressible)?;
            (vec![replacement], Intended { gone: None, there: Some((name, Expected::Texts(texts))) })
        }
        (Change::Replace { .. }, None) => return Err(not_expressible()),
        (Change::Append { items, .. }, Some(property)) => {
            let (replacement, texts) = append(editor, text, property, items).ok_or_else(not_expressible)?;
            let expected = Expected::Texts(texts);
            (replacement.into_iter().collect(), Intended { gone: None, there: Some((name, expected)) })
        }
        (Change::Append { items, .. }, None) => {
            let value = NewValue::Text(items.join(", "));
            let added = editor.add(text, seen, name, &value).ok_or_else(not_expressible)?;
            (added, Intended { gone: None, there: Some((name, Expected::Texts(value.texts()))) })
        }
        (Change::Remove { .. }, Some(property)) => {
            let removed = editor.remove(text, seen, property).ok_or_else(not_expressible)?;
            (removed, Intended { gone: Some(name), there: None })
        }
        (Change::Rename { to, .. }, Some(property)) => {
            if E::NAMES.find(seen, to).is_some_and(|other| other != property) {
                return Err(EditError::NameTaken(to.clone()));
            }
            let replacement = Replacement::new(property.name_span, editor.name(to).ok_or_else(not_expressible)?);
            let there = Some((to.as_str(), Expected::Value(property.value.clone())));
            (vec![replacement], Intended { gone: Some(name), there })
        }
        (Change::Remove { .. } | Change::Rename { .. }, None) => nothing(),
    })
}

/// Replaces the value of a property that is there.
fn set(editor: &impl Editor, text: &str, property: &Seen, value: &NewValue) -> Option<Replacement> {
    let whole = || Some(Replacement::new(property.value_span, editor.literal(text, Some(property), value)?));
    let inside = |span: Span, written: String| Some(Replacement::new(span, written));
    let is_text = property.value.texts().is_some() && !matches!(property.value.type_name, "Boolean" | "boolean");
    match (property.value.list, value) {
        (false, NewValue::Bool(_)) if is_text || is_boolean(&property.value) => {
            inside(*property.item_spans.first()?, value.single()?.to_owned())
        }
        (false, NewValue::Text(new) | NewValue::Only(new)) if is_text => {
            inside(*property.item_spans.first()?, editor.escape(text, property, new, Part::Whole))
        }
        // A list of one in the place of a text is that text.
        (false, NewValue::Texts(texts)) if is_text && texts.len() == 1 => {
            inside(*property.item_spans.first()?, editor.escape(text, property, texts.first()?, Part::Whole))
        }
        (true, _) if is_text && !property.item_spans.is_empty() => {
            let texts = value.texts();
            if texts.is_empty() {
                return whole();
            }
            let between = between(editor, text, property);
            let items: Vec<String> = texts.iter().map(|item| editor.escape(text, property, item, Part::Item)).collect();
            inside(property.item_spans.first()?.to(*property.item_spans.last()?), items.join(&between))
        }
        (true, _) => {
            Some(Replacement::new(property.value_span, editor.literal(text, None, &NewValue::Texts(value.texts()))?))
        }
        _ => whole(),
    }
}

fn is_boolean(value: &SeenValue) -> bool {
    matches!(value.items.as_slice(), [Scalar::Bool(_)]) || matches!(value.type_name, "Boolean" | "boolean")
}

/// What stands between the items of a list: what stands between the first two, if nothing but the separator does.
fn between(editor: &impl Editor, text: &str, property: &Seen) -> String {
    let found = property.item_spans.windows(2).next().and_then(|pair| match pair {
        [first, second] => text.get(first.end as usize..second.start as usize),
        _ => None,
    });
    let is_plain = |between: &&str| between.chars().all(|c| c.is_ascii_whitespace() || matches!(c, ',' | '"' | '\\'));
    found.filter(is_plain).unwrap_or(editor.between()).to_owned()
}

/// Adds to the value of a property that is there. Gives what its texts are then.
fn append(
    editor: &impl Editor,
    text: &str,
    property: &Seen,
    items: &[String],
) -> Option<(Option<Replacement>, Vec<String>)> {
    let texts: Vec<String> = property.value.texts()?.into_iter().map(str::to_owned).collect();
    if property.value.list {
        let missing: Vec<&String> = items.iter().filter(|item| !texts.contains(item)).collect();
        let all: Vec<String> = texts.iter().chain(missing.iter().copied()).cloned().collect();
        let Some(last) = property.item_spans.last() else {
            let value = NewValue::Texts(all.clone());
            return Some((set(editor, text, property, &value), all));
        };
        let between = between(editor, text, property);
        let escaped = |item: &&String| between.clone() + &editor.escape(text, property, item, Part::Item);
        let written: String = missing.iter().map(escaped).collect();
        let replacement = (!written.is_empty()).then(|| Replacement::insert(last.end as usize, written));
        return Some((replacement, all));
    }
    let [old] = texts.as_slice() else { return None };
    let words: Vec<&str> = old.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty()).collect();
    let missing: Vec<&str> = items.iter().map(String::as_str).filter(|item| !words.contains(item)).collect();
    if missing.is_empty() {
        return Some((None, texts.clone()));
    }
    let separator = separator(old, words.len());
    let trimmed = old.trim_end();
    let lead = if trimmed.is_empty() {
        ""
    } else if trimmed.ends_with(',') {
        separator.trim_start_matches(',')
    } else {
        separator
    };
    let added = format!("{lead}{}", missing.join(separator));
    let part = if old.is_empty() { Part::Whole } else { Part::Rest };
    let at = property.item_spans.first()?.end as usize;
    let replacement = Replacement::insert(at, editor.escape(text, property, &added, part));
    Some((Some(replacement), vec![format!("{old}{added}")]))
}

/// Replaces a part of a value of a property that is there. Gives what its texts are then.
fn replace(
    editor: &impl Editor,
    text: &str,
    property: &Seen,
    old: &str,
    new: &str,
) -> Option<(Replacement, Vec<String>)> {
    let mut texts: Vec<String> = property.value.texts()?.into_iter().map(str::to_owned).collect();
    let mut holders =
        texts.iter_mut().zip(&property.item_spans).filter(|(item, _)| !old.is_empty() && item.contains(old));
    let (item, &span) = holders.next()?;
    if holders.next().is_some() || item.matches(old).count() > 1 {
        return None;
    }
    let whole = if property.value.list { Part::Item } else { Part::Whole };
    let begins = item.starts_with(old);
    *item = item.replacen(old, new, 1);
    let written = text.get(span.range())?;
    let old = editor.escape(text, property, old, Part::Rest);
    let replacement = match written.find(&old) {
        // Where it is written as it would be here, all else of the value keeps its form.
        Some(at) if written.matches(&old).count() == 1 => {
            let part = if begins { whole } else { Part::Rest };
            let start = span.start as usize + at;
            Replacement::new(Span::new(start, start + old.len()), editor.escape(text, property, new, part))
        }
        _ => Replacement::new(span, editor.escape(text, property, item, whole)),
    };
    Some((replacement, texts))
}

/// The separator between the words of a text.
fn separator(text: &str, words: usize) -> &'static str {
    if text.contains(',') && !text.contains(", ") {
        ","
    } else if text.contains(',') || words < 2 {
        ", "
    } else {
        " "
    }
}

/// Whether the change is as intended and every other property is as it was.
fn is_as_intended<E: Editor>(before: &[Seen], after: &[Seen], intended: &Intended<'_>) -> bool {
    let touched = |property: &&Seen| {
        let is = |name: &str| E::NAMES.equal(&property.name, name);
        intended.gone.is_some_and(is) || intended.there.as_ref().is_some_and(|(name, _)| is(name))
    };
    let others = |seen: &[Seen]| -> Vec<(String, SeenValue)> {
        let others = seen.iter().filter(|property| !touched(property));
        others.map(|property| (property.name.clone(), property.value.clone())).collect()
    };
    let gone = intended.gone.is_none_or(|name| {
        let renamed = intended.there.as_ref().is_some_and(|(to, _)| E::NAMES.equal(to, name));
        renamed || E::NAMES.find(after, name).is_none()
    });
    let there = intended.there.as_ref().is_none_or(|(name, expected)| {
        E::NAMES.find(after, name).is_some_and(|property| match expected {
            Expected::Texts(texts) => property.value.shown() == *texts,
            Expected::Value(value) => property.value == *value,
        })
    });
    gone && there && others(before) == others(after)
}

/// The property beside which a new one is put: the last of those whose names have most in common with the new one.
pub(crate) fn neighbour<'s>(seen: &'s [Seen], name: &str) -> Option<&'s Seen> {
    let common = |property: &Seen| {
        let parts = property.name.split('.').zip(name.split('.'));
        parts.take_while(|(a, b)| a == b).count()
    };
    seen.iter().max_by_key(|property| (common(property), property.value_span.start))
}
