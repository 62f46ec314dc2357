//! The examples of rules, scanned as files on disk are.

use super::{Grouping, Options, Sought, scan_files};
use crate::facts::Linked;
use crate::rules::{ExampleInput, RuleSet};
use jiff::Timestamp;
use zip_audit::Limits;

/// The facts of an example, as a scan for `rules` with no further option finds them.
///
/// # Errors
/// Why it cannot be scanned: a moment that is none, a path that does not lead into a directory.
pub fn facts_of_example(rules: &RuleSet, example: &ExampleInput) -> Result<Linked, String> {
    let now = match &example.now {
        None => Timestamp::now(),
        Some(now) => now.parse().map_err(|_| format!("`{now}` is no moment such as 2026-03-01T00:00:00Z"))?,
    };
    let options = Options {
        walk: zip_audit::Options {
            limits: Limits::default(),
            root: None,
            default_excludes: true,
            exclude: globset::GlobSet::empty(),
            threads: Some(1),
            search_packed: false,
            opener: None,
        },
        target: example.target,
        target_named: example.target_named,
        grouping: Grouping::default(),
        exclusive: Vec::new(),
        sought: Sought::by_rules(rules),
        allow_empty: true,
        digests: false,
        now,
    };
    let files = example.files.iter().map(|file| (file.file.clone(), file.content.clone()));
    let scanned = scan_files(files, &options).map_err(|error| error.to_string())?;
    Ok(Linked { facts: scanned.facts, installed: scanned.installed })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::ExampleFile;

    #[test]
    fn an_example_stays_in_its_directory() {
        let rules = RuleSet::builtin();
        for file in ["../x", "/x", "a/../../x"] {
            let files = vec![ExampleFile { file: file.to_owned(), content: Vec::new() }];
            let example =
                ExampleInput { files, target: osgi_config::Target::default(), target_named: false, now: None };
            assert!(facts_of_example(&rules, &example).unwrap_err().contains("no path below"), "{file}");
        }
    }
}
