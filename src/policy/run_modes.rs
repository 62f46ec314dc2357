//! `exclusive` below `[run-modes]`: groups of run modes of which an instance has at most one.

use std::ops::Range;
use toml::Spanned;
use toml::de::DeValue;

/// A mistake in the groups: where, what is wrong, and what to write instead.
pub(super) struct GroupMistake {
    pub(super) span: Range<usize>,
    pub(super) message: String,
    pub(super) help: &'static str,
}

/// What to write, as the end of the sentence "write …".
pub(super) const EXPECTED: &str = "a list of groups of run modes, such as [[\"emea\", \"apac\"]]";

const TWO: &str = "Name two run modes or more in each group, such as [\"emea\", \"apac\"]: at most one of them is set.";
const NAME: &str =
    "Write one run mode as it stands in the name of a folder: `emea` for config.emea. The dot separates run modes.";
const GROUPS: &str = "Write a list of groups of run modes, such as [[\"emea\", \"apac\"]].";

/// Whether `name` can be a run mode: it can stand between the dots of the name of a folder.
fn is_run_mode(name: &str) -> bool {
    let separates = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '.' | ',' | '/' | '\\');
    !name.is_empty() && !name.contains(separates)
}

/// The groups, if there is no mistake in them.
pub(super) fn groups(value: &DeValue<'_>) -> Option<Vec<Vec<String>>> {
    let group = |group: &Spanned<DeValue<'_>>| -> Option<Vec<String>> {
        let modes = group.get_ref().as_array()?.iter().map(|mode| mode.get_ref().as_str().map(str::to_owned));
        modes.collect::<Option<Vec<_>>>().filter(|_| group_mistakes(group).is_empty())
    };
    value.as_array()?.iter().map(group).collect()
}

/// All mistakes in the groups.
pub(super) fn mistakes(value: &Spanned<DeValue<'_>>) -> Vec<GroupMistake> {
    match value.get_ref().as_array() {
        Some(groups) => groups.iter().flat_map(group_mistakes).collect(),
        None => vec![GroupMistake {
            span: value.span(),
            message: "`exclusive` is no list of groups".to_owned(),
            help: GROUPS,
        }],
    }
}

fn group_mistakes(group: &Spanned<DeValue<'_>>) -> Vec<GroupMistake> {
    let Some(modes) = group.get_ref().as_array() else {
        let message = "an item of `exclusive` is no group of run modes".to_owned();
        return vec![GroupMistake { span: group.span(), message, help: GROUPS }];
    };
    let mut names: Vec<&str> = Vec::new();
    let mut mistakes = Vec::new();
    for mode in modes.iter() {
        let message = match mode.get_ref().as_str() {
            Some("") => "a run mode of `exclusive` has no name".to_owned(),
            Some(name) if !is_run_mode(name) => format!("{name:?} is no name of a run mode"),
            Some(name) if names.contains(&name) => format!("the run mode {name:?} is twice in one group"),
            Some(name) => {
                names.push(name);
                continue;
            }
            None => "a run mode of `exclusive` is no string".to_owned(),
        };
        mistakes.push(GroupMistake { span: mode.span(), message, help: NAME });
    }
    if mistakes.is_empty() && names.len() < 2 {
        let message = "a group of `exclusive` has fewer than two run modes".to_owned();
        mistakes.push(GroupMistake { span: group.span(), message, help: TWO });
    }
    mistakes
}
