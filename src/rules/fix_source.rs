//! The `[[fix]]` blocks of a rule file as they are written: the keys, and the strict reading of one.

use super::answers::AnswerKey;
use super::toml_reader::{Table, Text};
use crate::diagnostics::UserError;
use crate::diagnostics::{did_you_mean, list_words};

/// A `[[fix]]` block, with its CEL as text.
#[derive(Debug)]
pub(super) struct FixSource {
    pub(super) title: String,
    pub(super) when: Option<Text>,
    pub(super) safe: bool,
    pub(super) needs: Vec<Need>,
    /// Names of properties, templates where they have braces; and the values.
    pub(super) set: Vec<(Text, Text)>,
    pub(super) append: Vec<(Text, Text)>,
    pub(super) replace: Vec<(Text, Text)>,
    pub(super) remove: Vec<Text>,
    pub(super) rename: Option<Text>,
    pub(super) rename_properties: Vec<(Text, Text)>,
    pub(super) delete: bool,
    pub(super) repair: bool,
    pub(super) afterwards: Vec<Text>,
}

/// An answer that a fix needs: always, or where a condition holds.
#[derive(Debug)]
pub(super) struct Need {
    pub(super) key: AnswerKey,
    pub(super) when: Option<Text>,
}

/// Reads the `[[fix]]` blocks of a rule.
pub(super) fn read(top: &Table<'_, '_>) -> Result<Vec<FixSource>, UserError> {
    top.tables("fix")?.iter().map(fix).collect()
}

fn fix(table: &Table<'_, '_>) -> Result<FixSource, UserError> {
    let title = table.required("title", "Say in a few words what the fix does, such as \"Add the grant\".")?.value;
    let (set, append, replace) = (table.pairs("set")?, table.pairs("append")?, table.pairs("replace")?);
    let remove = table.strings("remove")?;
    // A text renames the file or node, a table its properties.
    let is_text = table.get("rename").is_some_and(|value| value.get_ref().as_str().is_some());
    let rename = if is_text { table.string("rename")? } else { None };
    let rename_properties = if is_text { Vec::new() } else { table.pairs("rename")? };
    let delete = table.boolean("delete")?.unwrap_or(false);
    let pairs = [&set, &append, &replace, &rename_properties].map(Vec::len);
    let others = pairs.iter().sum::<usize>() + remove.len() + usize::from(rename.is_some());
    let repair = table.boolean("repair")?.unwrap_or(false);
    if others == 0 && !delete && !repair {
        return Err(table.file.error(
            table.span.clone(),
            "a `[[fix]]` without an edit",
            "changes nothing",
            "Add `set`, `remove`, `append`, `replace`, `rename`, `delete` or `repair`.",
        ));
    }
    if delete && (others > 0 || repair) {
        return Err(table.file.error(
            table.key_span("delete"),
            "`delete` and other edits exclude each other",
            "nothing of the configuration is left",
            "Keep `delete` alone, or remove it.",
        ));
    }
    if repair && others > 0 {
        return Err(table.file.error(
            table.key_span("repair"),
            "`repair` and other edits exclude each other",
            "what is to be repaired cannot be edited yet",
            "Keep `repair` alone, or remove it: once the file is repaired, its other findings are mended.",
        ));
    }
    Ok(FixSource {
        title,
        when: table.string("when")?,
        safe: table.boolean("safe")?.unwrap_or(false),
        needs: needs(table)?,
        set,
        append,
        replace,
        remove,
        rename,
        rename_properties,
        delete,
        repair,
        afterwards: table.strings("afterwards")?,
    })
}

/// The keys, or a table of keys and the conditions under which they are needed.
fn needs(table: &Table<'_, '_>) -> Result<Vec<Need>, UserError> {
    if table.get("needs").is_some_and(|value| value.get_ref().as_table().is_some()) {
        let pairs = table.pairs("needs")?;
        return pairs
            .into_iter()
            .map(|(key, when)| Ok(Need { key: answer_key(table, &key)?, when: Some(when) }))
            .collect();
    }
    table.strings("needs")?.iter().map(|text| Ok(Need { key: answer_key(table, text)?, when: None })).collect()
}

fn answer_key(table: &Table<'_, '_>, text: &Text) -> Result<AnswerKey, UserError> {
    AnswerKey::from_name(&text.value).ok_or_else(|| {
        let names = AnswerKey::ALL.map(AnswerKey::name);
        let hint = did_you_mean(&text.value, names.iter().copied());
        let help = format!("{hint}What a fix can need is {}.", list_words(&names));
        table.file.error(
            text.span.clone(),
            format!("`{}` is nothing that a user can answer", text.value),
            "not known",
            help,
        )
    })
}

/// What a rule can mend, for its manual page.
pub(super) fn describe(fixes: &[FixSource]) -> String {
    let line = |fix: &FixSource| {
        let class = if fix.safe { "safe" } else { "only with `--unsafe-fixes`" };
        let needs: Vec<&str> = fix.needs.iter().map(|need| need.key.name()).collect();
        let needs = if needs.is_empty() { String::new() } else { format!(", needs {}", list_words(&needs)) };
        format!("- {} ({class}{needs})\n", fix.title)
    };
    fixes.iter().map(line).collect()
}

/// Whether one of the fixes uses the answer to `key`, needed or not.
pub(super) fn uses(fixes: &[FixSource], key: AnswerKey) -> bool {
    let quoted = format!("'{}'", key.name());
    let in_value = |(_, value): &(Text, Text)| value.value.contains(&quoted);
    fixes
        .iter()
        .any(|fix| fix.needs.iter().any(|need| need.key == key) || fix.set.iter().chain(&fix.append).any(in_value))
}
