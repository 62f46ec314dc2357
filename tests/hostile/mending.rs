//! `aemlint fix --write` on the same inputs: no crash, the input stays as it is, and what is ambiguous or not read to its end is
//! not changed.

use super::program::{self, aemlint};
use std::path::Path;

/// Tries to mend an input with every answer and unsafe fix; gives the place of the result, if there is one.
pub fn mend(directory: &Path, input: &str) -> Option<std::path::PathBuf> {
    let before = std::fs::read(directory.join(input)).unwrap();
    let out = directory.join("mended");
    std::fs::create_dir_all(&out).unwrap();
    let answers = ["region=emea", "org-id=0123456789ABCDEF01234567@AdobeOrg", "scope=openid, AdobeID"];
    let answers = answers.iter().flat_map(|answer| ["--set", answer]);
    let options = ["fix", "--write", "--no-config", "--unsafe-fixes", "--format", "json", "--output-dir", "mended"];
    // What is mended is found to have no secret, and to be covered by no filter.
    let ignored = ["--ignore", "missing-client-secret,inactive-configuration"];
    let run = aemlint(directory, options.into_iter().chain(ignored).chain(answers).chain([input]));
    assert_ne!(run.code, 2, "{}", run.err);
    assert_eq!(std::fs::read(directory.join(input)).unwrap(), before, "the input changed");
    let names: Vec<_> = std::fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(names.len() <= 1, "{names:?}");
    names.into_iter().next()
}

/// What is wrong with what becomes of an archive: `classes` are its contradictions, and `incomplete` says whether something in it
/// cannot be read.
pub fn fault(directory: &Path, input: &str, classes: &[&str], incomplete: bool) -> Option<String> {
    let Some(mended) = mend(directory, input) else {
        let is_clear = classes.is_empty() && !incomplete;
        return is_clear.then(|| "it was not mended".to_owned());
    };
    let name = format!("mended/{}", mended.file_name().unwrap().to_str().unwrap());
    let report = program::check(directory, &name, &[]);
    let now = program::classes(directory, &name);
    // Only archives without contradictions are written anew, those around and beside included.
    (now != classes || incomplete == report.unread().is_empty())
        .then(|| format!("contradictions {now:?} in what was mended: {:?}", report.rules()))
}
