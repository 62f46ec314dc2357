//! Facts about reading itself: what was not analysed, and what two readers of it can see differently.
//!
//! The archive reader and the readers of documents give causes; here, and only here, they become the words that reports
//! carry.

use super::about_file::about_file;
use super::fact::Fact;
use super::families::reading::{ArchiveAnomaly, Unread};
use zip_audit::{Anomaly, Limit, LimitKind, Place, UnreadCause};

/// What a scan did not analyse, and the ambiguities that it found, before they are facts.
#[derive(Clone, Debug, Default)]
pub struct Walked {
    /// What was not analysed.
    pub unread: Vec<NotAnalysed>,
    /// What two readers can see differently.
    pub ambiguous: Vec<Ambiguity>,
}

/// Something that was not analysed, or not as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnalysed {
    /// What it is.
    pub place: Place,
    /// Why.
    pub cause: Cause,
    /// The limit that was reached.
    pub limit: Option<Limit>,
    /// The input that led here.
    pub input: u32,
}

/// Why something was not analysed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It was not read, or not to its end.
    NotRead(UnreadCause),
    /// It was read, but not as what it is; a clause of the reader of documents, without any value from the file.
    NotUnderstood(String),
    /// There are more facts in it than are kept of one file.
    TooManyFacts,
    /// The facts of all files together need more memory than the limit; of this many files only the beginnings of values
    /// were kept.
    ValuesClipped(u64),
    /// The facts of all files together need more memory than the limit; this many files were left out.
    FactsLeftOut(u64),
    /// The findings need more memory than the limit; this many were left out.
    FindingsLeftOut(u64),
    /// A workspace filter with a pattern that cannot be evaluated.
    UndecidedPattern,
    /// The run modes of the configurations of its PID tell apart more instances than are judged.
    TooManyInstances,
    /// A bundle that could not be read: a word for why, and a clause.
    Bundle {
        /// The word, in kebab-case.
        name: &'static str,
        /// The clause, about `it`.
        reason: String,
    },
    /// An input without a package, a content tree or a configuration in it.
    NothingToJudge {
        /// Names of directories that were left out by default.
        names: Vec<String>,
        /// How many paths an exclude left out.
        excluded: u64,
    },
}

/// What two readers of a place can see differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ambiguity {
    place: Place,
    class: &'static str,
    detail: String,
    input: u32,
}

impl Cause {
    /// The word for it, in kebab-case.
    fn name(&self) -> &'static str {
        match self {
            Self::NotRead(cause) => cause.name(),
            Self::NotUnderstood(_) => "not-understood",
            Self::TooManyFacts => "too-many-facts",
            Self::ValuesClipped(_) => "values-clipped",
            Self::FactsLeftOut(_) => "facts-left-out",
            Self::FindingsLeftOut(_) => "findings-left-out",
            Self::UndecidedPattern => "undecided-pattern",
            Self::TooManyInstances => "too-many-instances",
            Self::Bundle { name, .. } => name,
            Self::NothingToJudge { .. } => "nothing-to-judge",
        }
    }
}

impl From<zip_audit::Unread> for NotAnalysed {
    fn from(unread: zip_audit::Unread) -> Self {
        let zip_audit::Unread { place, cause, limit, input } = unread;
        Self { place, cause: Cause::NotRead(cause), limit, input }
    }
}

impl From<Anomaly> for Ambiguity {
    fn from(anomaly: Anomaly) -> Self {
        let Anomaly { place, kind, detail, input } = anomaly;
        Self { place, class: kind.name(), detail, input }
    }
}

impl Ambiguity {
    /// One of this class.
    pub(crate) fn new(place: Place, class: &'static str, detail: String, input: u32) -> Self {
        Self { place, class, detail, input }
    }

    /// Where it is, which class it is of, and what was found.
    pub(crate) fn parts(&self) -> (&Place, &'static str, &str) {
        (&self.place, self.class, &self.detail)
    }

    /// An XML file with a document type definition of its own.
    pub fn internal_dtd(place: Place, input: u32) -> Self {
        let detail = "the file declares entities or default values of its own, which only some readers apply";
        Self { place, class: "internal-dtd", detail: detail.to_owned(), input }
    }
}

/// That this many findings on what a file on disk holds were left out.
pub fn findings_left_out(file: Place, deployment: u32, findings: u64, limit: Limit) -> Fact {
    let unread =
        NotAnalysed { place: file, cause: Cause::FindingsLeftOut(findings), limit: Some(limit), input: deployment };
    unread.fact()
}

/// That a fact could not be judged, for this reason.
pub fn not_judged(fact: &Fact, reason: &str) -> Fact {
    let data = Unread { cause: "not-judged".to_owned(), reason: reason.to_owned(), limit: None };
    Fact {
        mark: fact.mark,
        path: fact.path.clone(),
        excerpts: fact.excerpts.clone(),
        ..about_file(fact.place.clone(), fact.deployment, data)
    }
}

impl NotAnalysed {
    /// That of the values of a file only the beginnings were kept.
    pub(crate) fn clipped(place: Place, input: u32) -> Self {
        Self { place, cause: Cause::ValuesClipped(1), limit: None, input }
    }

    fn fact(self) -> Fact {
        let (cause, reason, limit) = (self.cause.name().to_owned(), reason(&self), self.limit.map(limit));
        about_file(self.place, self.input, Unread { cause, reason, limit })
    }
}

impl Walked {
    /// The facts, each once, in the order of places.
    pub(super) fn facts(self) -> Vec<Fact> {
        let reasons = self.unread.into_iter().map(|unread| {
            let (cause, reason, limit) = (unread.cause.name(), reason(&unread), unread.limit.map(limit));
            (unread.place, reason, limit, unread.input, cause)
        });
        let unread = distinct(reasons).into_iter().map(|(place, reason, limit, input, cause)| {
            about_file(place, input, Unread { cause: cause.to_owned(), reason, limit })
        });
        let classes =
            self.ambiguous.into_iter().map(|Ambiguity { place, class, detail, input }| (place, class, detail, input));
        let ambiguous = distinct(classes).into_iter().map(|(place, class, detail, input)| {
            about_file(place, input, ArchiveAnomaly { class: class.to_owned(), detail })
        });
        unread.chain(ambiguous).collect()
    }
}

fn distinct<T: Ord>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    items.dedup();
    items
}

/// Why it was not analysed, as a clause about `it`.
pub(crate) fn reason(unread: &NotAnalysed) -> String {
    let text = match &unread.cause {
        Cause::NotRead(cause) => return reason_not_read(cause, unread),
        Cause::NotUnderstood(clause) | Cause::Bundle { reason: clause, .. } => clause,
        Cause::NothingToJudge { names, excluded } => return nothing_to_judge(names, *excluded),
        Cause::TooManyFacts => "there is more to judge in it than is kept of one file; the rest was left out",
        Cause::ValuesClipped(1) => {
            "what is to be judged of all files together needs more memory than the limit; of its values only the \
             beginnings were kept"
        }
        Cause::ValuesClipped(files) => {
            return format!(
                "what is to be judged of all files together needs more memory than the limit; of the values of {files} \
                 files in it only the beginnings were kept"
            );
        }
        Cause::FactsLeftOut(1) => {
            "what is to be judged of all files together needs more memory than the limit; it was not judged"
        }
        Cause::FactsLeftOut(files) => {
            return format!(
                "what is to be judged of all files together needs more memory than the limit; {files} files in it were \
                 not judged, or not wholly"
            );
        }
        Cause::FindingsLeftOut(findings) => {
            return format!(
                "the findings need more memory than the limit; further {findings}, the least severe ones, were left out"
            );
        }
        Cause::UndecidedPattern => {
            "a pattern of this workspace filter uses a feature of Java's regular expressions that aemlint cannot \
             evaluate; the content that it decides about was taken as installed"
        }
        Cause::TooManyInstances => {
            "the run modes of the configurations of its PID tell apart more instances than are judged; on the others \
             it was not compared with them"
        }
    };
    text.to_owned()
}

/// That there is nothing to judge, and what was left out.
fn nothing_to_judge(names: &[String], excluded: u64) -> String {
    let mut text = "there is nothing to judge: no package, no content tree and no configuration".to_owned();
    if !names.is_empty() {
        let names = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
        text += &format!("; directories named {names} were left out by default");
    }
    match excluded {
        0 => {}
        1 => text += "; a path was left out by an exclude",
        paths => text += &format!("; {paths} paths were left out by an exclude"),
    }
    text
}

fn reason_not_read(cause: &UnreadCause, unread: &NotAnalysed) -> String {
    let nested = !unread.place.inside.is_empty();
    let text = match cause {
        UnreadCause::MoreEntries(count) => {
            return format!("{count} more entries of it were not read, or not to their end");
        }
        UnreadCause::UnknownMethod(method) => {
            return format!("it is packed by method {method}, which neither Java nor aemlint can read");
        }
        UnreadCause::NotAnArchive if nested => {
            "it is named like an archive but holds none; a package that was not fetched, or is damaged?"
        }
        UnreadCause::NestedTooDeep if unread.limit == Some((LimitKind::Depth, 0)) => "archives are not to be opened",
        cause => return cause_text(cause),
    };
    text.to_owned()
}

/// The words for a cause, as a clause about `it`.
pub fn cause_text(cause: &UnreadCause) -> String {
    let text = match cause {
        UnreadCause::CannotRead(error) => return format!("it cannot be read: {error}"),
        UnreadCause::CannotOpen(error) => return format!("it cannot be opened: {error}"),
        UnreadCause::CannotExamine(error) => return format!("it cannot be examined: {error}"),
        UnreadCause::CannotList(error) => return format!("the directory cannot be listed: {error}"),
        UnreadCause::MoreEntries(count) => return format!("{count} more entries of it were not read"),
        UnreadCause::MoreAnomalies(count) => {
            return format!("it contradicts itself in {count} more ways, for which there is no memory");
        }
        UnreadCause::UnknownMethod(method) => return format!("it is packed by method {method}"),
        UnreadCause::InternalError => "aemlint failed on it: an internal error, please report it",
        UnreadCause::Missing => "it does not exist",
        UnreadCause::NoContent => {
            "it is neither a content package (a zip archive) nor a file of a content tree (below jcr_root)"
        }
        UnreadCause::LfsPointer => "it is a pointer of Git LFS, and the file itself was not fetched",
        UnreadCause::OtherArchive => "it is an archive or a compressed file of a kind that is not looked into",
        UnreadCause::NotAnArchive => "it is named like an archive but holds none",
        UnreadCause::NestedTooDeep => "archives are nested deeper than the limit",
        UnreadCause::TooManyArchives => "there are more entries and archives than the limit",
        UnreadCause::TooManyEntries => "it has more entries than the limit leaves, the rest were not read",
        UnreadCause::DirectoryTooLarge => "its directory is too large, the rest of it was not read",
        UnreadCause::OutOfTime => "the run took longer than the limit; the rest was not read",
        UnreadCause::InflatedTooMuch => "more than the limit was inflated in this run; the rest was not read",
        UnreadCause::TooLarge => "it is larger than the limit; the rest of it was not read",
        UnreadCause::ArchiveTooLarge => "it inflates to more than the limit allows; the rest of it was not read",
        UnreadCause::NoMemory => "it does not fit into memory",
        UnreadCause::CutByMemory => "it does not fit into memory; the rest of it was not read",
        UnreadCause::NoMemoryForParents => "the archives around it could not be held in memory again",
        UnreadCause::TooManyNames => "its bytes stand under more names than it was read under",
        UnreadCause::SharedBytes => {
            "its entries share bytes, and what they inflate to together is far more than the archive can hold; some were not read"
        }
        UnreadCause::DamagedBytes => "too much of it inflates to nothing sound; the rest was not read",
        UnreadCause::NoEntryThere => "there is no entry where the directory says",
        UnreadCause::CutOff => "it is cut off at the end of the archive",
        UnreadCause::Encrypted => "it is encrypted; Java could not read it either",
        UnreadCause::DamagedData => "its packed data is damaged",
        UnreadCause::DamagedArchive => "its packed data is damaged; what comes before the damage was read",
        UnreadCause::WrongChecksum => "its checksum does not match: the content is damaged",
        UnreadCause::Changed => "it changed while it was read",
        UnreadCause::SymbolicLink => "it is a symbolic link, which is not followed",
        UnreadCause::NotRegular => "it is not a regular file",
    };
    text.to_owned()
}

/// A limit as reports show it: the option that raises it and its value, or what is fixed.
fn limit((kind, value): Limit) -> String {
    let option = match kind {
        LimitKind::Depth => "--max-depth",
        LimitKind::Entries => "--max-entries",
        LimitKind::Text => "--max-text-size",
        LimitKind::Inflated => "--max-inflated",
        LimitKind::Ratio => "--max-ratio",
        LimitKind::Memory => "--max-memory",
        LimitKind::Time => "--max-time",
        LimitKind::SharedBytes => return format!("{} MiB from shared bytes", value >> 20),
        LimitKind::DamagedBytes => return format!("{} MiB of damaged data", value >> 20),
    };
    format!("{option} {value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unread(place: Place, cause: Cause, limit: Option<Limit>) -> NotAnalysed {
        NotAnalysed { place, cause, limit, input: 0 }
    }

    fn said(fact: &Fact, name: &str) -> String {
        fact.attribute(name).and_then(crate::facts::ValueRef::as_text).unwrap_or("null").to_owned()
    }

    #[test]
    fn causes_become_the_words_of_reports_and_each_is_said_once() {
        let place = || Place::on_disk("a.zip");
        let deep = |limit| {
            let cause = Cause::NotRead(UnreadCause::NestedTooDeep);
            unread(place().entry("b.zip"), cause, Some((LimitKind::Depth, limit)))
        };
        let unread = vec![
            deep(16),
            unread(place(), Cause::NotRead(UnreadCause::NotAnArchive), None),
            unread(place().entry("c.zip"), Cause::NotRead(UnreadCause::NotAnArchive), None),
            deep(16),
            unread(place(), Cause::NotRead(UnreadCause::SharedBytes), Some((LimitKind::SharedBytes, 256 << 20))),
            unread(place().entry("0"), Cause::NotRead(UnreadCause::UnknownMethod(12)), None),
        ];
        let facts = Walked { unread, ambiguous: Vec::new() }.facts();
        let lines: Vec<String> = facts
            .iter()
            .map(|fact| format!("{}: {} ({})", fact.place, said(fact, "reason"), said(fact, "limit")))
            .collect();
        let expected = [
            "a.zip: it is named like an archive but holds none (null)",
            "a.zip: its entries share bytes, and what they inflate to together is far more than the archive can hold; some were not read (256 \
             MiB from shared bytes)",
            "a.zip!/0: it is packed by method 12, which neither Java nor aemlint can read (null)",
            "a.zip!/b.zip: archives are nested deeper than the limit (--max-depth 16)",
            "a.zip!/c.zip: it is named like an archive but holds none; a package that was not fetched, or is damaged? \
             (null)",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn every_cause_has_words_of_its_own() {
        let words: std::collections::BTreeSet<String> = UnreadCause::ALL.iter().map(cause_text).collect();
        assert_eq!(words.len(), UnreadCause::ALL.len());
        let limits: std::collections::BTreeSet<String> = LimitKind::ALL.iter().map(|&kind| limit((kind, 1))).collect();
        assert_eq!(limits.len(), LimitKind::ALL.len());
    }
}
