//! `aemlint completions`, `aemlint man` and `aemlint schema`: made from the definitions of the command line and of files.

use super::args::{Cli, SchemaName};
use super::console::Console;
use crate::diagnostics::{UserError, did_you_mean};
use crate::policy;
use crate::rules::{self, AnswerKey, RuleSet};
use clap::CommandFactory;
use clap::builder::{PossibleValue, PossibleValuesParser};
use miette::Report;
use std::sync::LazyLock;

/// Prints the completion script of a shell.
///
/// # Errors
/// If standard output cannot be written.
pub(super) fn completions(shell: clap_complete::Shell, console: &Console) -> Result<u8, Report> {
    console.print(&script(shell)?)?;
    Ok(0)
}

/// The options and arguments whose values are names of rules and families.
const OF_NAMES: [&str; 3] = ["only", "select", "ignore"];

/// The built-in rules. Names of values have to live as long as the program.
static BUILT_IN: LazyLock<RuleSet> = LazyLock::new(RuleSet::builtin);
/// The keys of answers, each with the sign that its value follows.
static ANSWERS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let keys = AnswerKey::ALL.into_iter().filter(|key| *key != AnswerKey::Placeholder);
    keys.map(|key| format!("{}=", key.name())).collect()
});

fn script(shell: clap_complete::Shell) -> Result<Vec<u8>, Report> {
    let metas = BUILT_IN.metas()?;
    let rules: Vec<PossibleValue> =
        metas.iter().map(|meta| PossibleValue::new(&*meta.id).help(meta.title.as_ref())).collect();
    let families = BUILT_IN.families().into_iter().map(|family| PossibleValue::new(family).help("a family of rules"));
    let names: Vec<PossibleValue> = rules.iter().cloned().chain(families).collect();
    let answers: Vec<PossibleValue> = ANSWERS.iter().map(|answer| PossibleValue::new(answer.as_str())).collect();
    let known = |argument: clap::Arg| match argument.get_id().as_str() {
        "rule" => argument.value_parser(PossibleValuesParser::new(rules.clone())),
        "answers" => argument.value_parser(PossibleValuesParser::new(answers.clone())),
        id if OF_NAMES.contains(&id) => argument.value_parser(PossibleValuesParser::new(names.clone())),
        _ => argument,
    };
    let mut command = Cli::command().mut_subcommands(|subcommand| subcommand.mut_args(known));
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "aemlint", &mut script);
    Ok(script)
}

/// Prints the man page of aemlint, or of a subcommand, which may be one of another.
///
/// # Errors
/// If there is no such subcommand, or standard output cannot be written.
pub(super) fn man(page: &[String], console: &Console) -> Result<u8, Report> {
    console.print(&page_of(page)?)?;
    Ok(0)
}

/// Prints the JSON Schema of a file that aemlint reads or writes.
///
/// # Errors
/// If standard output cannot be written.
pub(super) fn schema(name: SchemaName, console: &Console) -> Result<u8, Report> {
    let made = |schema: &serde_json::Value| format!("{schema:#}\n");
    let text = match name {
        SchemaName::Config => made(&policy::config_schema()),
        SchemaName::Rule => made(&rules::rule_schema()),
        SchemaName::Report => include_str!("../../schemas/report-v1.schema.json").to_owned(),
        SchemaName::Facts => include_str!("../../schemas/facts-v1.schema.json").to_owned(),
        SchemaName::Diff => include_str!("../../schemas/diff-v1.schema.json").to_owned(),
    };
    console.print(text.as_bytes())?;
    Ok(0)
}

fn page_of(page: &[String]) -> Result<Vec<u8>, Report> {
    let mut command = Cli::command();
    command.build();
    for name in page {
        command = match command.find_subcommand(name) {
            Some(found) => found.clone(),
            None => {
                let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
                let hint = did_you_mean(name, names.iter().copied());
                let help =
                    if names.is_empty() { String::new() } else { format!("{hint}Name one of {}.", names.join(", ")) };
                return Err(UserError::plain(format!("there is no subcommand `{name}`"), help).into());
            }
        };
    }
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text).map_err(|error| UserError::plain(error.to_string(), ""))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap_complete::Shell;

    #[test]
    fn there_is_a_page_for_each_subcommand() {
        let of = |page: &[&str]| page_of(&page.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        for page in [&[][..], &["check"], &["facts"], &["explain"], &["rules", "list"]] {
            let text = String::from_utf8(of(page).unwrap()).unwrap();
            assert!(text.contains(".TH") && text.contains("aemlint"), "{page:?}");
        }
        let help = |page: &[&str]| of(page).unwrap_err().help().unwrap().to_string();
        assert!(help(&["chekc"]).starts_with("Did you mean `check`?"));
        assert!(help(&["rules", "lisst"]).starts_with("Did you mean `list`?"));
    }

    #[test]
    fn scripts_know_rules_families_and_answers() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = String::from_utf8(script(shell).unwrap()).unwrap();
            for name in ["missing-scope", "smart-tags", "keep-tenant=", "stdin-filename"] {
                assert!(script.contains(name), "{shell}: {name}");
            }
        }
    }
}
