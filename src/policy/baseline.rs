//! The baseline: findings that were there on the day when aemlint came, recorded so that only new ones fail a run.
//!
//! A record is a rule and the fingerprint of a finding. The path is there for people who review the file; it is not
//! compared, so that a zip with another version number in its name keeps its records. The file is JSON with one record
//! a line, sorted, so that a change to it reads well in a review and merges well.

use super::files;
use super::schema::is_fingerprint;
use crate::diagnostics::{UserError, read_text};
use crate::escape;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The version of the file that is written, and the highest that is read.
const VERSION: u32 = 1;

/// Most bytes of the file: about 300,000 findings.
const MAX_BASELINE_BYTES: u64 = 64 << 20;

/// A finding as the baseline knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    /// Where it was, without line numbers.
    pub path: String,
    /// The rule's id.
    pub rule: String,
    /// The fingerprint of the finding.
    pub fingerprint: String,
    /// How many findings share it.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: u32,
}

fn one() -> u32 {
    1
}

#[allow(clippy::trivially_copy_pass_by_ref)] // The signature that serde asks for.
fn is_one(count: &u32) -> bool {
    *count == 1
}

/// A set of recorded findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Baseline {
    records: BTreeMap<(String, String), Record>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    #[serde(default)]
    #[allow(dead_code)] // There for people who open the file.
    comment: String,
    findings: Vec<Record>,
}

impl Baseline {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// If it cannot be read or is no baseline.
    pub(crate) fn read(path: &Path) -> Result<Self, UserError> {
        let text = read_text(path, MAX_BASELINE_BYTES).map_err(|error| {
            let message = format!("the baseline {} cannot be read: {error}", path.display());
            UserError::plain(message, "To make one, run `aemlint check` with --write-baseline FILE.")
        })?;
        Self::parse(&text).map_err(|reason| {
            let message = format!("{} is not a baseline: {reason}", path.display());
            UserError::plain(
                message,
                "To make it anew, delete the file and run `aemlint check` with --write-baseline FILE.",
            )
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let document: Document = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if document.version > VERSION {
            return Err(format!("it has version {}, and this aemlint knows version {VERSION}", document.version));
        }
        let wrong = document.findings.iter().find(|record| !is_fingerprint(&record.fingerprint));
        if let Some(record) = wrong {
            return Err(format!("the fingerprint of a record of `{}` is not 16 hexadecimal digits", record.rule));
        }
        Ok(document.findings.into_iter().collect())
    }

    /// Writes the file at `path`, as a whole or not at all.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(crate) fn write(&self, path: &Path) -> Result<(), UserError> {
        files::write(path, self.to_text().as_bytes()).map_err(|error| {
            let message = format!("the baseline {} cannot be written: {error}", path.display());
            UserError::plain(message, "Name a file in a directory that exists and that you may write to.")
        })
    }

    /// The text of the file.
    fn to_text(&self) -> String {
        let mut records: Vec<&Record> = self.records.values().collect();
        records.sort();
        let line = |record: &&Record| escape::json(&serde_json::to_string(record).unwrap_or_default()).into_owned();
        let lines: Vec<String> = records.iter().map(line).collect();
        let comment = "Findings that were there before. `aemlint check --write-baseline` with this file updates it.";
        let separator = if lines.is_empty() { "" } else { "\n" };
        format!(
            "{{\"version\": {VERSION},\n\"comment\": {},\n\"findings\": [{separator}{}{separator}]}}\n",
            serde_json::Value::from(comment),
            lines.join(",\n")
        )
    }

    /// The records, by rule and fingerprint.
    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    /// How many findings are recorded.
    pub(crate) fn len(&self) -> usize {
        self.records.values().map(|record| record.count as usize).sum()
    }

    /// Whether no finding is recorded.
    pub(crate) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Takes one finding off the record. `false` if none is left on it.
    pub(super) fn take(&mut self, rule: &str, fingerprint: &str) -> bool {
        let key = (rule.to_owned(), fingerprint.to_owned());
        let Some(record) = self.records.get_mut(&key) else { return false };
        record.count = record.count.saturating_sub(1);
        if record.count == 0 {
            self.records.remove(&key);
        }
        true
    }
}

impl FromIterator<Record> for Baseline {
    fn from_iter<T: IntoIterator<Item = Record>>(records: T) -> Self {
        let mut baseline = Self::default();
        baseline.extend(records);
        baseline
    }
}

impl Extend<Record> for Baseline {
    fn extend<T: IntoIterator<Item = Record>>(&mut self, records: T) {
        for record in records.into_iter().filter(|record| record.count > 0) {
            match self.records.entry((record.rule.clone(), record.fingerprint.clone())) {
                std::collections::btree_map::Entry::Vacant(entry) => drop(entry.insert(record)),
                std::collections::btree_map::Entry::Occupied(mut entry) => {
                    let known = entry.get_mut();
                    known.count = known.count.saturating_add(record.count);
                    // Of several places the first in order is shown, whatever order they came in.
                    if record.path < known.path {
                        known.path = record.path;
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(rule: &str, path: &str, fingerprint: &str) -> Record {
        Record { path: path.to_owned(), rule: rule.to_owned(), fingerprint: fingerprint.to_owned(), count: 1 }
    }

    #[test]
    fn the_file_has_a_line_for_each_record_and_reads_back() {
        let records = [
            record("b-rule", "z.zip!/a \"quoted\".config", "00000000000000b1"),
            record("a-rule", "a.config", "00000000000000a1"),
            record("a-rule", "a.config", "00000000000000a1"),
        ];
        let baseline: Baseline = records.into_iter().collect();
        let text = baseline.to_text();
        insta::assert_snapshot!(text, @r#"
        {"version": 1,
        "comment": "Findings that were there before. `aemlint check --write-baseline` with this file updates it.",
        "findings": [
        {"path":"a.config","rule":"a-rule","fingerprint":"00000000000000a1","count":2},
        {"path":"z.zip!/a \"quoted\".config","rule":"b-rule","fingerprint":"00000000000000b1"}
        ]}
        "#);
        assert_eq!(Baseline::parse(&text).unwrap(), baseline);
        assert_eq!(baseline.len(), 3);
        assert_eq!(Baseline::parse(&Baseline::default().to_text()).unwrap(), Baseline::default());
    }

    #[test]
    fn the_text_does_not_depend_on_the_order_of_findings() {
        let records = [
            record("r", "b", "00000000000000b1"),
            record("r", "a", "00000000000000b1"),
            record("q", "c", "00000000000000c1"),
        ];
        let forwards: Baseline = records.clone().into_iter().collect();
        let backwards: Baseline = records.into_iter().rev().collect();
        assert_eq!(forwards.to_text(), backwards.to_text());
    }

    #[test]
    fn a_record_is_taken_as_often_as_it_counts() {
        let mut baseline: Baseline =
            [record("r", "a", "00000000000000a1"), record("r", "b", "00000000000000a1")].into_iter().collect();
        assert!(baseline.take("r", "00000000000000a1"));
        assert!(!baseline.take("other", "00000000000000a1"));
        assert!(baseline.take("r", "00000000000000a1"));
        assert!(!baseline.take("r", "00000000000000a1"));
        assert!(baseline.is_empty());
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        for text in [
            "",
            "[]",
            "{\"version\": 2, \"findings\": []}",
            "{\"version\": 1}",
            "{\"version\": 1, \"findings\": [], \"x\": 1}",
        ] {
            assert!(Baseline::parse(text).is_err(), "{text}");
        }
        let short = r#"{"version": 1, "findings": [{"path": "a", "rule": "r", "fingerprint": "12"}]}"#;
        assert!(Baseline::parse(short).unwrap_err().contains("16 hexadecimal digits"));
        let error = Baseline::read(Path::new("no/such/file.json")).unwrap_err();
        assert!(error.to_string().contains("cannot be read"));
    }
}
