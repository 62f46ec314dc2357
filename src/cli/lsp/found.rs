//! What the last check of a folder found, and what of it still holds while its files are edited.
//!
//! A check of the whole folder knows best: rules that count see all files there, and what one file refers to is found in
//! others. A check of one file is quick and knows the text that is not saved. What is shown of a file that is open is what
//! its own check finds now, without what the whole made silent, and with what only the whole could find.

use crate::rules::Finding;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use text_spans::SourceRange;

/// What tells findings of a file apart, wherever in it they are: rule and fingerprint.
type Key = (String, String);

fn key(finding: &Finding) -> Key {
    (finding.rule.to_string(), finding.fingerprint.clone())
}

/// The findings of a folder by file.
#[derive(Debug, Default)]
pub(super) struct Found {
    files: BTreeMap<PathBuf, Vec<Finding>>,
    /// The texts of the files that were open.
    texts: BTreeMap<PathBuf, Arc<str>>,
    compared: BTreeMap<PathBuf, Compared>,
}

/// How a check of a file alone differs from that of the folder, for the same text.
#[derive(Debug)]
struct Compared {
    text: Arc<str>,
    /// What the whole does not find.
    silent: BTreeSet<Key>,
    /// What only the whole finds.
    further: Vec<Finding>,
}

impl Found {
    /// The findings of a folder, and the texts that the files had that were open.
    pub(super) fn new(files: BTreeMap<PathBuf, Vec<Finding>>, texts: BTreeMap<PathBuf, Arc<str>>) -> Self {
        Self { files, texts, compared: BTreeMap::new() }
    }

    /// The files with findings.
    pub(super) fn files(&self) -> impl Iterator<Item = (&PathBuf, &Vec<Finding>)> {
        self.files.iter()
    }

    /// The findings of a file.
    pub(super) fn of(&self, path: &Path) -> &[Finding] {
        self.files.get(path).map(Vec::as_slice).unwrap_or_default()
    }

    /// What holds of a file whose text is now `text`, in which its own check finds `local`. `check` checks the file with
    /// another text.
    pub(super) fn with(
        &mut self,
        path: &Path,
        text: &Arc<str>,
        local: Vec<Finding>,
        check: impl FnOnce(&Arc<str>) -> Vec<Finding>,
    ) -> Vec<Finding> {
        if !self.compared.contains_key(path) {
            // A file that was not open then has been opened since, with what is on disk.
            let then = self.texts.get(path).unwrap_or(text);
            let alone = if then == text { local.clone() } else { check(then) };
            let compared = compare(then, &alone, self.of(path));
            self.compared.insert(path.to_owned(), compared);
        }
        let Some(Compared { text: then, silent, further }) = self.compared.get(path) else { return local };
        let moved = further.iter().filter_map(|finding| moved(finding, then, text));
        let kept = local.into_iter().filter(|finding| !silent.contains(&key(finding)));
        kept.chain(moved).collect()
    }
}

fn compare(text: &Arc<str>, alone: &[Finding], whole: &[Finding]) -> Compared {
    let keys = |findings: &[Finding]| findings.iter().map(key).collect::<BTreeSet<_>>();
    let (of_alone, of_whole) = (keys(alone), keys(whole));
    Compared {
        text: Arc::clone(text),
        silent: of_alone.difference(&of_whole).cloned().collect(),
        further: whole.iter().filter(|finding| !of_alone.contains(&key(finding))).cloned().collect(),
    }
}

/// The finding where its lines are in the new text; `None` if they are not what they were.
fn moved(finding: &Finding, old: &str, new: &str) -> Option<Finding> {
    let mark = finding.location.mark;
    let mut finding = finding.clone();
    if mark == SourceRange::FILE || old == new {
        return Some(finding);
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let before = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    if mark.end.line as usize <= before {
        return Some(finding);
    }
    let after = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    if (mark.start.line as usize) <= old.len() - after {
        return None;
    }
    let line = |line: u32| u32::try_from((line as usize + new.len()).checked_sub(old.len())?).ok();
    finding.location.mark.start.line = line(mark.start.line)?;
    finding.location.mark.end.line = line(mark.end.line)?;
    Some(finding)
}
