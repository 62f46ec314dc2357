//! What to type instead, where a call cannot be understood.

use crate::escape;
use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::path::Path;

/// The error of a call, with the subcommand that was most likely meant where a path stands in its place.
pub(super) fn with_hint(mut error: Error) -> Error {
    if error.kind() != ErrorKind::InvalidSubcommand || error.get(ContextKind::SuggestedSubcommand).is_some() {
        return error;
    }
    let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand) else { return error };
    if looks_like_path(word) {
        let tip = format!("to judge it by the rules, run `aemlint check {}`", escape::terminal(word));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

fn looks_like_path(word: &str) -> bool {
    word.contains(['/', '\\', '.']) || Path::new(word).exists()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args::Cli;
    use clap::Parser;

    #[test]
    fn a_path_in_the_place_of_a_subcommand_is_explained() {
        let said = |word: &str| with_hint(Cli::try_parse_from(["aemlint", word]).unwrap_err()).to_string();
        for path in ["all.zip", ".", "ui/config", "src"] {
            assert!(said(path).contains(&format!("run `aemlint check {path}`")), "{}", said(path));
        }
        assert!(said("chek").contains("'check'") && !said("chek").contains("run `"), "{}", said("chek"));
        assert!(!said("nonsense").contains("run `"));
    }
}
