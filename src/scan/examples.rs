//! The examples of rules, scanned as files on disk are.

use super::{Options, Sought, scan_files};
use crate::facts::Linked;
use crate::rules::{ExampleInput, RuleSet};
use jiff::Timestamp;

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
        target: example.target,
        target_named: example.target_named,
        allow_empty: true,
        ..Options::new(Sought::by_rules(rules), now)
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
