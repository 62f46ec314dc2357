//! What to type instead, where a call cannot be understood.

use crate::escape;
use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::path::Path;

/// Words of other programs in the place of a subcommand, and what does that here.
const SUBCOMMANDS: [(&str, &str); 13] = [
    ("analyse", "check"),
    ("analyze", "check"),
    ("audit", "check"),
    ("lint", "check"),
    ("scan", "check"),
    ("validate", "check"),
    ("verify", "check"),
    ("compare", "diff"),
    ("config", "check --show-settings"),
    ("list", "inventory"),
    ("migrate", "fix"),
    ("rule", "explain"),
    ("version", "--version"),
];

/// Options of other programs, and what does that here.
const OPTIONS: [(&str, &str); 13] = [
    ("--add-noqa", "use --add-ignore"),
    ("--dry-run", "leave it out: without --write nothing is written"),
    ("--exit-zero", "use --fail-on never"),
    ("--fix", "use `aemlint fix`"),
    ("--ignore-noqa", "use --no-ignores"),
    ("--json", "use --format json"),
    ("--level", "use --min-severity"),
    ("--no-exit-codes", "use --fail-on never"),
    ("--output-format", "use --format"),
    ("--sarif", "use --format sarif"),
    ("--stdin", "use the path `-` with --stdin-filename NAME"),
    ("-f", "use --format"),
    ("-o", "use --output FORMAT=FILE, such as --output html=report.html"),
];

/// The error of a call, with what was most likely meant: the subcommand for a path that stands in its place, or what does
/// here what a word of another program does there.
pub(super) fn with_hint(mut error: Error) -> Error {
    let tip = match error.kind() {
        ErrorKind::InvalidSubcommand => context(&error, ContextKind::InvalidSubcommand).and_then(tip_for_subcommand),
        ErrorKind::MissingRequiredArgument if error.to_string().contains("<RULE>") => {
            Some("`aemlint rules list` names all rules".to_owned())
        }
        ErrorKind::UnknownArgument => context(&error, ContextKind::InvalidArg).and_then(tip_for_option),
        _ => None,
    };
    let is_told =
        error.get(ContextKind::SuggestedSubcommand).or_else(|| error.get(ContextKind::SuggestedArg)).is_some();
    // What lies there was meant, however like a subcommand its name is.
    let is_there = || context(&error, ContextKind::InvalidSubcommand).is_some_and(|word| Path::new(word).exists());
    if let Some(tip) = tip.filter(|_| !is_told || is_there()) {
        error.remove(ContextKind::SuggestedSubcommand);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

fn context(error: &Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind) {
        Some(ContextValue::String(word)) => Some(word),
        _ => None,
    }
}

fn tip_for_subcommand(word: &str) -> Option<String> {
    if let Some((_, known)) = SUBCOMMANDS.iter().find(|(other, _)| *other == word) {
        return Some(format!("use `aemlint {known}`"));
    }
    let shown = || escape::terminal(word);
    looks_like_path(word).then(|| format!("to judge it by the rules, run `aemlint check {}`", shown()))
}

fn tip_for_option(word: &str) -> Option<String> {
    OPTIONS.iter().find(|(other, _)| *other == word).map(|(_, tip)| (*tip).to_owned())
}

fn looks_like_path(word: &str) -> bool {
    word.contains(['/', '\\', '.']) || Path::new(word).exists()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Cli;
    use clap::Parser;

    fn said(words: &[&str]) -> String {
        with_hint(Cli::try_parse_from(["aemlint"].iter().chain(words)).unwrap_err()).to_string()
    }

    #[test]
    fn a_path_in_the_place_of_a_subcommand_is_explained() {
        for path in ["all.zip", ".", "ui/config", "src"] {
            assert!(said(&[path]).contains(&format!("run `aemlint check {path}`")), "{}", said(&[path]));
        }
        assert!(said(&["chek"]).contains("'check'") && !said(&["chek"]).contains("run `"), "{}", said(&["chek"]));
        assert!(said(&["explain"]).contains("aemlint rules list"), "{}", said(&["explain"]));
        assert!(!said(&["nonsense"]).contains("run `"));
        assert!(said(&["docs"]).contains("run `aemlint check docs`"), "{}", said(&["docs"]));
    }

    #[test]
    fn words_of_other_programs_are_explained() {
        for (word, known) in SUBCOMMANDS {
            let said = said(&[word]);
            assert!(said.contains(&format!("`aemlint {known}`")) || said.contains("similar"), "{said}");
        }
        for (option, tip) in OPTIONS {
            let said = said(&["check", option]);
            assert!(said.contains(tip) || said.contains("similar"), "{said}");
        }
    }
}
