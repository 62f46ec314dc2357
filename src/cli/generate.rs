//! `aemlint completions`, `aemlint man` and `aemlint schema`: made from the definitions of the command line and of files.

use super::args::{Cli, SchemaName};
use super::console::Console;
use crate::diagnostics::UserError;
use crate::policy;
use crate::rules;
use clap::CommandFactory;
use miette::Report;

/// Prints the completion script of a shell.
///
/// # Errors
/// If standard output cannot be written.
pub(super) fn completions(shell: clap_complete::Shell, console: &Console) -> Result<u8, Report> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "aemlint", &mut script);
    console.print(&script)?;
    Ok(0)
}

/// Prints the man page of aemlint, or of a subcommand.
///
/// # Errors
/// If there is no such subcommand, or standard output cannot be written.
pub(super) fn man(page: Option<&str>, console: &Console) -> Result<u8, Report> {
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

fn page_of(page: Option<&str>) -> Result<Vec<u8>, Report> {
    let mut command = Cli::command();
    command.build();
    let command = match page {
        None => command,
        Some(name) => match command.find_subcommand(name) {
            Some(found) => found.clone(),
            None => {
                let names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
                let help = format!("Name one of {}.", names.join(", "));
                return Err(UserError::plain(format!("there is no subcommand `{name}`"), help).into());
            }
        },
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(command).render(&mut text).map_err(|error| UserError::plain(error.to_string(), ""))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_page_for_each_subcommand() {
        for page in [None, Some("check"), Some("facts"), Some("explain")] {
            let text = String::from_utf8(page_of(page).unwrap()).unwrap();
            assert!(text.contains(".TH") && text.contains("aemlint"), "{page:?}");
        }
        let error = page_of(Some("chekc")).unwrap_err();
        assert!(error.help().unwrap().to_string().contains("check"));
    }
}
