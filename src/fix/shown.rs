//! The forms of a plan: as text for people, as a diff for `git apply`, as JSON for programs.

use super::diff::{self, FileDiff};
use super::followers;
use super::plan::{Left, Plan, PlannedFile};
use crate::edits::{Edit, Edited};
use crate::escape;
use crate::rules::{AnswerKey, Finding, Fix};
use crate::scan::moved;
use crate::secret::mask_shapes;
use config_edits::{Change, NewValue};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// A form of the plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    #[default]
    Text,
    /// For `git apply`.
    Diff,
    /// For programs.
    Json,
}

/// What is shown.
#[derive(Debug)]
pub(crate) struct Shown<'p> {
    /// The plan.
    pub(crate) plan: &'p Plan,
    /// Where the results were written, by the file on disk; empty for a plan that is not carried out.
    pub(crate) written: &'p BTreeMap<String, String>,
    /// Whether the plan was carried out.
    pub(crate) is_written: bool,
    /// Further things to do by hand, as sentences.
    pub(crate) to_do: &'p [String],
    /// The exit code.
    pub(crate) exit_code: u8,
}

/// The plan in a form.
pub(crate) fn render(shown: &Shown<'_>, form: Form) -> String {
    match form {
        Form::Text => text(shown),
        Form::Diff => patch(shown.plan),
        Form::Json => {
            let text = serde_json::to_string_pretty(&json(shown)).unwrap_or_default();
            escape::json(&text).into_owned() + "\n"
        }
    }
}

/// The diff of a planned file.
fn diff_of(file: &PlannedFile) -> FileDiff {
    let path = file.place.inside.last().unwrap_or(&file.place.file);
    let name = path.rsplit('/').next().unwrap_or(path);
    match &file.edited {
        Edited::Content(new) | Edited::Moved(_, new) => diff::diff(name, &file.original, new),
        Edited::Gone => diff::diff(name, &file.original, &[]),
    }
}

/// The place that a file has afterwards, if it is another one.
fn new_place(file: &PlannedFile) -> Option<String> {
    match &file.edited {
        Edited::Moved(name, _) => Some(moved(&file.place, name).to_string()),
        Edited::Content(_) | Edited::Gone => None,
    }
}

/// Whether a file is written in something that a line is one of in UTF-8.
fn is_plain(file: &PlannedFile) -> bool {
    std::str::from_utf8(&file.original).is_ok_and(|text| !text.contains('\0'))
}

/// Whether a text holds nothing that could steer a terminal.
fn is_harmless(text: &str) -> bool {
    text.chars().all(|c| matches!(c, '\n' | '\r' | '\t') || !c.is_control())
}

/// One or several diffs for `git apply`. What cannot be applied is named in a line that is no part of one.
fn patch(plan: &Plan) -> String {
    let mut out = String::new();
    for file in &plan.files {
        let place = file.place.to_string();
        let found = diff_of(file);
        let is_gone = file.edited == Edited::Gone;
        let reason = if !file.place.inside.is_empty() {
            Some("it lies in an archive")
        } else if found.is_masked {
            Some("a line that changes holds a secret, or stands beside one")
        } else if !is_plain(file) || !is_harmless(&found.hunks) {
            Some("it is not plain UTF-8 text")
        } else {
            None
        };
        let moved = new_place(file);
        match reason {
            Some(reason) => {
                let _ = writeln!(
                    out,
                    "# {}: {reason}; only `aemlint fix --write` can make this edit",
                    escape::terminal(&place)
                );
            }
            None => {
                out.push_str(&diff::header(&place, moved.as_deref(), is_gone, !found.hunks.is_empty()));
                out.push_str(&found.hunks);
            }
        }
    }
    out
}

fn text(shown: &Shown<'_>) -> String {
    let Shown { plan, is_written, .. } = shown;
    let mut out = String::new();
    let line = |text: &str| escape::terminal(&mask_shapes(text)).into_owned();
    for file in &plan.files {
        let place = file.place.to_string();
        let what = match (&file.edited, new_place(file)) {
            (Edited::Gone, _) => " is deleted".to_owned(),
            (_, Some(new)) => format!(" becomes {}", line(&new)),
            _ => String::new(),
        };
        let _ = writeln!(out, "{}{what}", line(&place));
        for finding in plan.mended.iter().filter(|finding| is_of(finding, file)) {
            let fix = finding.fix.as_ref();
            let class = if fix.is_some_and(|fix| fix.safe) { "safe" } else { "unsafe" };
            let title = fix.map(|fix| fix.title.as_str()).unwrap_or_default();
            let _ = writeln!(out, "  {} [{}, {class}]", line(title), finding.rule);
        }
        if followers::is_metadata(&file.place) {
            out.push_str("  Follow what is renamed or deleted, and clean up under the old name\n");
        } else if !plan.mended.iter().any(|finding| is_of(finding, file)) {
            out.push_str("  Follow what is renamed or deleted in the list of nodes\n");
        }
        if file.edited != Edited::Gone {
            for hunk in diff_of(file).hunks.lines() {
                let _ = writeln!(out, "  {}", escape::terminal(hunk.trim_end_matches('\r')));
            }
        }
        out.push('\n');
    }
    let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (finding, left) in &plan.left {
        let place = format!("{}:{}", finding.location.place, finding.location.mark.start.line);
        let entry = format!("{}: {}", finding.rule, line(&place));
        let (heading, entry) = match left {
            Left::NeedsAnswers(keys) => ("1Needs an answer", format!("{entry} ({})", needed(keys))),
            Left::Unsafe => ("2Can be mended with --unsafe-fixes", entry),
            Left::HeldBack(reason) => ("3Held back", format!("{entry}\n    {}", line(reason))),
            Left::NotChosen => ("4Can be mended, but was not asked for", entry),
            Left::NoFix => ("5Left to be mended by hand", entry),
        };
        groups.entry(heading.to_owned()).or_default().push(entry);
    }
    for (heading, entries) in groups {
        let _ = writeln!(out, "{}", heading.get(1..).unwrap_or_default());
        entries.iter().for_each(|entry| {
            let _ = writeln!(out, "  {entry}");
        });
        out.push('\n');
    }
    let keys = needed_keys(plan);
    if !keys.is_empty() {
        out.push_str("Answers\n");
        for key in keys {
            let _ = match key {
                AnswerKey::Placeholder => writeln!(
                    out,
                    "  --placeholders with --target cloud and --unsafe-fixes: secrets become placeholders"
                ),
                key => writeln!(out, "  --set {}=VALUE: {}", key.name(), key.takes()),
            };
        }
        out.push('\n');
    }
    let to_do = to_do(shown);
    if !plan.mended.is_empty() && !to_do.is_empty() {
        out.push_str("Left to do\n");
        to_do.iter().for_each(|sentence| {
            let _ = writeln!(out, "  - {}", line(sentence));
        });
        out.push('\n');
    }
    for (from, to) in shown.written.iter().filter(|(from, to)| from != to) {
        let _ = writeln!(out, "{} was written, from {}", line(to), line(from));
    }
    let _ = writeln!(out, "{}", summary(plan, *is_written));
    out
}

/// Whether a finding was mended in a file: under the name that the file had or has.
fn is_of(finding: &Finding, file: &PlannedFile) -> bool {
    let Some(Fix { place, .. }) = finding.fix.as_deref() else { return false };
    *place == file.place || new_place(file).is_some_and(|new| new == place.to_string())
}

fn needed(keys: &[AnswerKey]) -> String {
    let names: Vec<&str> = keys.iter().map(|key| key.name()).collect();
    format!("needs {}", names.join(" and "))
}

/// Every key that some finding needs.
fn needed_keys(plan: &Plan) -> BTreeSet<AnswerKey> {
    let keys = plan.left.iter().filter_map(|(_, left)| match left {
        Left::NeedsAnswers(keys) => Some(keys.clone()),
        _ => None,
    });
    keys.flatten().collect()
}

/// What is left to do by hand, each sentence once.
fn to_do(shown: &Shown<'_>) -> Vec<String> {
    let mut sentences: Vec<String> = shown.to_do.to_vec();
    let variables: BTreeSet<String> = shown.plan.mended.iter().flat_map(variables).collect();
    for variable in variables {
        sentences.push(format!("Set the secret variable {variable} of each environment in Cloud Manager."));
    }
    sentences.extend(
        shown.plan.mended.iter().filter_map(|finding| finding.fix.as_ref()).flat_map(|fix| fix.afterwards.clone()),
    );
    let mut seen = BTreeSet::new();
    sentences.into_iter().filter(|sentence| seen.insert(sentence.clone())).collect()
}

/// The variables that placeholders name which a finding was mended with.
fn variables(finding: &Finding) -> Vec<String> {
    let edits = finding.fix.iter().flat_map(|fix| &fix.edits);
    let values = edits.filter_map(|edit| match edit {
        Edit::Change(Change::Set { value: NewValue::Text(value) | NewValue::Only(value), .. }) => Some(value),
        _ => None,
    });
    let name = |value: &String| value.strip_prefix("$[secret:")?.strip_suffix(']').map(str::to_owned);
    values.filter_map(name).collect()
}

fn count(number: usize, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// The line that sums up.
pub(crate) fn summary(plan: &Plan, is_written: bool) -> String {
    let findings = |number| count(number, "finding", "findings");
    let left = plan.left.len();
    if plan.mended.is_empty() {
        return if left == 0 {
            "Nothing to mend".to_owned()
        } else {
            format!("Nothing was mended; {} left", findings(left))
        };
    }
    let (files, mended) = (count(plan.files.len(), "file", "files"), findings(plan.mended.len()));
    if is_written {
        format!("{mended} mended in {files}; {left} left")
    } else {
        format!("{mended} would be mended in {files}; {left} left. Nothing was written: --write does that")
    }
}

fn json(shown: &Shown<'_>) -> Value {
    let plan = shown.plan;
    let finding = |finding: &Finding| {
        json!({
            "rule": &*finding.rule,
            "message": finding.message,
            "file": &*finding.location.place.file,
            "inside": finding.location.place.inside.iter().map(|name| name.to_string()).collect::<Vec<_>>(),
            "line": finding.location.mark.start.line,
            "fingerprint": finding.fingerprint,
        })
    };
    let with = |mut object: Value, key: &str, value: Value| {
        object[key] = value;
        object
    };
    let mended = plan.mended.iter().map(|own| {
        let fix = own.fix.as_ref();
        let safe = fix.is_some_and(|fix| fix.safe);
        let title = fix.map(|fix| fix.title.clone()).unwrap_or_default();
        with(with(finding(own), "safe", safe.into()), "title", title.into())
    });
    let left = plan.left.iter().map(|(own, left)| {
        let (state, detail) = match left {
            Left::NoFix => ("no-fix", Value::Null),
            Left::NotChosen => ("not-chosen", Value::Null),
            Left::Unsafe => ("unsafe", Value::Null),
            Left::NeedsAnswers(keys) => ("needs-answer", keys.iter().map(|key| key.name()).collect()),
            Left::HeldBack(reason) => ("held-back", reason.clone().into()),
        };
        with(with(finding(own), "state", state.into()), "detail", detail)
    });
    let files = plan.files.iter().map(|file| {
        let found = diff_of(file);
        let edit = match &file.edited {
            Edited::Content(_) => "changed",
            Edited::Moved(..) => "renamed",
            Edited::Gone => "deleted",
        };
        json!({
            "file": &*file.place.file,
            "inside": file.place.inside.iter().map(|name| name.to_string()).collect::<Vec<_>>(),
            "edit": edit,
            "new_name": new_place(file),
            "diff": if file.edited == Edited::Gone { Value::Null } else { found.hunks.into() },
            "masked": found.is_masked,
        })
    });
    json!({
        "version": 1,
        "written": shown.is_written,
        "exit_code": shown.exit_code,
        "files": files.collect::<Vec<_>>(),
        "mended": mended.collect::<Vec<_>>(),
        "left": left.collect::<Vec<_>>(),
        "results": shown.written.iter().map(|(from, to)| json!({ "from": from, "to": to })).collect::<Vec<_>>(),
        "to_do": to_do(shown),
    })
}
