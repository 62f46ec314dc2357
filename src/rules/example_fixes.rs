//! Runs the fixes of a rule on its bad examples: afterwards the rule must find nothing.

use super::answers::Answers;
use super::evaluate::evaluate_with_answers;
use super::example::ExampleInput;
use super::finding::Finding;
use super::set::RuleSet;
use crate::diagnostics::UserError;
use crate::edits::{self, Edited};
use crate::facts::Linked;
use config_edits::EditError;
use zip_audit::Limits;

/// How often the findings of a rule are mended before it is said that they stay.
const MAX_ROUNDS: usize = 10;

/// What is wrong with what the fixes of the rule `id` make of the bad form `example`, whose facts are `linked`. Nothing is, if
/// the rule has no fix for it.
///
/// # Errors
/// A rule file with a mistake.
pub(super) fn test(
    rules: &RuleSet,
    id: &str,
    mut example: ExampleInput,
    linked: &Linked,
    facts_of: &dyn Fn(&ExampleInput) -> Result<Linked, String>,
) -> Result<Option<String>, UserError> {
    let answers = Answers::samples();
    let own = |linked: &Linked, example: &ExampleInput| -> Result<Vec<Finding>, UserError> {
        let Linked { facts, installed } = linked;
        let judgement =
            evaluate_with_answers(rules, facts, installed, example.target, &answers, Limits::default().memory)?;
        if let Some(failed) = judgement.not_judged.into_iter().next() {
            return Err(failed.error);
        }
        Ok(judgement.findings.into_iter().filter(|finding| finding.rule.as_ref() == id).collect())
    };
    let mut findings = own(linked, &example)?;
    for _ in 0..MAX_ROUNDS {
        let fixable = findings.iter().find(|finding| finding.fix.as_ref().is_some_and(|fix| !fix.edits.is_empty()));
        let Some(finding) = fixable else { return Ok(None) };
        match mend(&mut example, finding) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(reason) => return Ok(Some(format!("cannot be mended by the fix: {reason}"))),
        }
        let linked = match facts_of(&example) {
            Ok(linked) => linked,
            Err(reason) => return Ok(Some(format!("cannot be read any more after the fix: {reason}"))),
        };
        findings = own(&linked, &example)?;
        if findings.is_empty() {
            return Ok(None);
        }
    }
    let message = findings.first().map(|finding| finding.message.clone()).unwrap_or_default();
    Ok(Some(format!("raises the rule after its fix, too: {message}")))
}

/// Makes the edits of a finding in the files of an example; `false` if what is wrong there is not one of the things that can be
/// repaired.
fn mend(example: &mut ExampleInput, finding: &Finding) -> Result<bool, String> {
    let Some(fix) = &finding.fix else { return Ok(false) };
    let place = &fix.place;
    // The files may lie in a directory of their own.
    let is_there =
        |file: &str| place.inside.is_empty() && (*place.file == *file || place.file.ends_with(&format!("/{file}")));
    let at = example.files.iter().position(|file| is_there(&file.file));
    let at = at.ok_or_else(|| format!("{place} is not a file of the example"))?;
    let file = &mut example.files[at];
    let (folder, name) = file.file.rsplit_once('/').unwrap_or(("", &file.file));
    let edited = match edits::apply(name, &file.content, fix.subject, &fix.edits) {
        Err(EditError::Unclear) => return Ok(false),
        edited => edited.map_err(|error| error.to_string())?,
    };
    match edited {
        Edited::Content(content) if content == file.content => return Err("it changes nothing".to_owned()),
        Edited::Content(content) => file.content = content,
        Edited::Moved(name, content) => {
            file.file = format!("{folder}/{name}");
            file.content = content;
        }
        Edited::Gone => {
            example.files.remove(at);
        }
    }
    Ok(true)
}
