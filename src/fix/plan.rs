//! What a plan of edits is made of, and what it is made on.

use crate::edits::Edited;
use crate::rules::{AnswerKey, Finding};
use crate::scan::{Original, Overlay};
use std::collections::{BTreeMap, BTreeSet};
use zip_audit::Place;

/// What is planned on: the inputs, and how they are judged.
pub(crate) trait World {
    /// Why nothing can be judged.
    type Error;

    /// The findings with some files taken to be other than they are.
    fn judge(&self, overlay: &Overlay) -> Result<Judged, Self::Error>;

    /// The files at these places.
    fn originals(&self, places: &BTreeSet<Place>) -> Result<BTreeMap<Place, Original>, Self::Error>;

    /// Why the file at a place must not be edited, as a clause; `None` if it may.
    fn refusal(&self, place: &Place) -> Option<String>;

    /// Whether there are other files in the folder of the file at a place, at any depth.
    fn has_files_beside(&self, place: &Place) -> bool;

    /// Whether a rule counts: then its finding can move from one place to another.
    fn counts(&self, rule: &str) -> bool;
}

/// What is found in a state of the files.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// All findings.
    pub(crate) all: Vec<Finding>,
    /// Those that count: neither accepted nor below the threshold.
    pub(crate) shown: Vec<Finding>,
    /// Whether something was not analysed.
    pub(crate) is_incomplete: bool,
}

/// Which edits are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chosen {
    /// Also those that can change what works today.
    pub(crate) unsafe_fixes: bool,
    /// Only those of these rules and families; all if there is none.
    pub(crate) only: Vec<String>,
}

/// A file that is to be edited.
#[derive(Clone, Debug)]
pub(crate) struct PlannedFile {
    /// Where it is.
    pub(crate) place: Place,
    /// What it holds.
    pub(crate) original: Vec<u8>,
    /// What becomes of it.
    pub(crate) edited: Edited,
}

/// Why a finding is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Left {
    /// Its rule has no fix for it.
    NoFix,
    /// The fix was not asked for.
    NotChosen,
    /// The fix can change what works today.
    Unsafe,
    /// The fix needs answers.
    NeedsAnswers(Vec<AnswerKey>),
    /// The fix cannot be made, or would make something else worse; a clause.
    HeldBack(String),
}

/// What is to be done, and what is left.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// The files, filters and their copies before what they cover.
    pub(crate) files: Vec<PlannedFile>,
    /// What is mended: each finding as it was, with its fix.
    pub(crate) mended: Vec<Finding>,
    /// What is left, and why.
    pub(crate) left: Vec<(Finding, Left)>,
    /// What is found afterwards.
    pub(crate) after: Judged,
}
