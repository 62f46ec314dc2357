//! What mends findings as replacements in the texts of their files: for reports that suggest it, and for editors.

use super::diff::{Text, masks_of};
use crate::edits::{self, Edited};
use crate::rules::{Finding, Fix};
use config_edits::EditError;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use std::collections::BTreeMap;
use text_spans::{Lines, SourceRange, Span};
use zip_audit::Place;

/// What becomes of one file when a finding in it is mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileEdit {
    /// The file afterwards: its bytes, and its name if that is another one.
    pub(crate) edited: Edited,
    /// How its text becomes that of `edited`, from the first place to the last; nothing of a file that goes.
    pub(crate) replacements: Vec<Replacement>,
    /// Whether one of the replacements writes a secret, which a report must not show.
    pub(crate) writes_secret: bool,
}

/// A part of a text, and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The part, in the text before; empty where something is only added.
    pub range: SourceRange,
    /// What takes its place.
    pub text: String,
}

/// Mends a finding in the file `name`, the last segment of a path, with the content `bytes`. Other files are neither looked at
/// nor changed: whether something else is found afterwards, or a workspace filter has to follow, only a plan says.
///
/// # Errors
/// See [`EditError`]; of a fix that needs answers there is nothing to make.
pub(crate) fn edit_file(name: &str, bytes: &[u8], fix: &Fix) -> Result<FileEdit, EditError> {
    let edited = edits::apply(name, bytes, fix.subject, &fix.edits)?;
    let (replacements, writes_secret) = match &edited {
        Edited::Content(after) | Edited::Moved(_, after) => text_replacements(name, bytes, after),
        Edited::Gone => (Vec::new(), false),
    };
    Ok(FileEdit { edited, replacements, writes_secret })
}

/// How the text of the file `name` with the content `before` becomes that of `after`, from the first place to the last, and
/// whether that writes a secret.
pub(crate) fn text_replacements(name: &str, before: &[u8], after: &[u8]) -> (Vec<Replacement>, bool) {
    let (before, after) = (Text::of(name, before), Text::of(name, after));
    let masks = masks_of(name, &after);
    let (replacements, written): (Vec<Replacement>, Vec<Span>) = replacements(&before, &after).into_iter().unzip();
    let is_secret = |span: &Span| masks.iter().any(|mask| mask.start < span.end && span.start < mask.end);
    (replacements, written.iter().any(is_secret))
}

/// The smallest replacements that make a text another one, line by line, and where what they write is then.
fn replacements(before: &Text<'_>, after: &Text<'_>) -> Vec<(Replacement, Span)> {
    let (old_lines, new_lines) = (before.lines(), after.lines());
    let lines = Lines::new(before.as_str());
    let start_of = |lines: &[&str], line: usize| lines.iter().take(line).map(|line| line.len()).sum::<usize>();
    let mut found = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, &old_lines, &new_lines) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let old: String = old_lines.get(op.old_range()).unwrap_or_default().concat();
        let new: String = new_lines.get(op.new_range()).unwrap_or_default().concat();
        let (prefix, suffix) = common_ends(&old, &new);
        let start = start_of(&old_lines, op.old_range().start);
        let range = lines.mark(Span::new(start + prefix, start + old.len() - suffix));
        let text = new.get(prefix..new.len() - suffix).unwrap_or_default().to_owned();
        let written = start_of(&new_lines, op.new_range().start) + prefix;
        found.push((Replacement { range, text: text.clone() }, Span::new(written, written + text.len())));
    }
    found
}

/// How many bytes two texts have in common at their beginnings and, of the rest, at their ends.
fn common_ends(old: &str, new: &str) -> (usize, usize) {
    let common = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs.take_while(|(old, new)| old == new).map(|(c, _)| c.len_utf8()).sum()
    };
    let prefix = common(&mut old.chars().zip(new.chars()));
    let (old, new) = (old.get(prefix..).unwrap_or_default(), new.get(prefix..).unwrap_or_default());
    (prefix, common(&mut old.chars().rev().zip(new.chars().rev())))
}

/// Replacements by the findings that they mend.
#[derive(Clone, Debug, Default)]
pub struct Suggestions(BTreeMap<Key, Vec<Replacement>>);

/// Rule and place of a finding.
type Key = (String, Place, Span);

fn key(finding: &Finding) -> Key {
    (finding.rule.to_string(), finding.location.place.clone(), finding.location.mark.span)
}

/// The fix of a finding, if it can be suggested: it is safe, needs no answer, and edits a file of a tree.
fn suggested(finding: &Finding) -> Option<&Fix> {
    finding.fix.as_deref().filter(|fix| fix.safe && fix.needs.is_empty() && fix.place.inside.is_empty())
}

impl Suggestions {
    /// The suggestions for these findings. `read` gives the content of a file of a tree. There is none where a secret would be
    /// written.
    pub(crate) fn of<'f>(
        findings: impl IntoIterator<Item = &'f Finding>,
        read: impl Fn(&Place) -> Option<Vec<u8>>,
    ) -> Self {
        let mut contents: BTreeMap<&Place, Option<Vec<u8>>> = BTreeMap::new();
        let mut suggestions = Self::default();
        for finding in findings {
            let Some(fix) = suggested(finding) else { continue };
            let place = &fix.place;
            let Some(bytes) = contents.entry(place).or_insert_with(|| read(place)) else { continue };
            let name = place.file.rsplit('/').next().unwrap_or(&place.file);
            let Ok(edit) = edit_file(name, bytes, fix) else { continue };
            let is_text = matches!(edit.edited, Edited::Content(_)) && !edit.replacements.is_empty();
            if is_text && !edit.writes_secret {
                suggestions.0.insert(key(finding), edit.replacements);
            }
        }
        suggestions
    }

    /// What mends a finding; `None` if nothing was suggested for it.
    pub fn get(&self, finding: &Finding) -> Option<&[Replacement]> {
        self.0.get(&key(finding)).map(Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(name: &str, old: &str, new: &str) -> Vec<(String, String, String)> {
        let (before, after) = (Text::of(name, old.as_bytes()), Text::of(name, new.as_bytes()));
        let found: Vec<Replacement> = replacements(&before, &after).into_iter().map(|(found, _)| found).collect();
        let mut changed = old.to_owned();
        for replacement in found.iter().rev() {
            changed.replace_range(replacement.range.span.range(), &replacement.text);
        }
        assert_eq!(changed, new);
        let position = |at: text_spans::Position| format!("{}:{}", at.line, at.column);
        let shown = |found: Replacement| (position(found.range.start), position(found.range.end), found.text);
        found.into_iter().map(shown).collect()
    }

    #[test]
    fn only_what_differs_is_replaced() {
        let strings = |(a, b, c): (&str, &str, &str)| (a.to_owned(), b.to_owned(), c.to_owned());
        let old = "é=\"1\"\r\nb=\"2\"\r\nc=\"3\"";
        assert_eq!(made("a.config", old, &old.replace('1', "10")), [strings(("1:5", "1:5", "0"))]);
        assert_eq!(made("a.config", old, &old.replace("b=\"2\"\r\n", "")), [strings(("2:1", "3:1", ""))]);
        assert_eq!(made("a.config", old, &format!("{old}\r\nd=\"4\"")), [strings(("3:6", "3:6", "\r\nd=\"4\""))]);
        let both = old.replace('1', "x").replace('3', "y");
        assert_eq!(made("a.config", old, &both), [strings(("1:4", "1:5", "x")), strings(("3:4", "3:5", "y"))]);
        assert!(made("a.config", old, old).is_empty());
    }
}
