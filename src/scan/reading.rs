//! What was read, before anything is decided about it: all that judging needs of files.

use super::inputs::Input;
use crate::documents::Location;
use crate::facts::extract::FileFacts;
use crate::facts::walked::{Cause, NotAnalysed, Walked};
use crate::ignore_comments::Comments;
use osgi_config::Target;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use zip_audit::{ContainerKind, Place};

/// The content modules of source trees, each with the input that it was found in.
pub(super) type Modules = BTreeSet<(u32, Arc<str>)>;

/// What was read of inputs.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// The inputs themselves, by their numbers.
    pub(crate) inputs: Vec<Place>,
    /// What every consumer of configurations sees alike.
    pub(crate) common: Extracted,
    /// What only this one sees so.
    pub(crate) special: Vec<(Target, Extracted)>,
    /// The content modules of source trees, each with the number of its input.
    pub(crate) modules: BTreeSet<(u32, Arc<str>)>,
    /// The ignore comments of files in source trees.
    pub(crate) comments: BTreeMap<Place, Comments>,
    /// The packages and trees that were read, where their digests were wanted.
    pub(crate) digests: Vec<Input>,
    /// The excludes that left something out, by their numbers.
    pub(crate) matched_excludes: Vec<usize>,
    /// What was seen and left out.
    pub(crate) seen: Seen,
}

/// What files say.
#[derive(Debug, Default)]
pub(crate) struct Extracted {
    /// The facts of each file.
    pub(crate) files: Vec<FileFacts>,
    /// What was not read, and what can be read differently.
    pub(crate) walked: Walked,
    /// Whether there is something to judge among them.
    pub(crate) is_judgeable: bool,
}

/// What was seen and left out, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Files and entries, archives not counted.
    pub(crate) files: u64,
    /// Directories and files that were left out, by default or by `--exclude`.
    pub(crate) excluded: u64,
    /// Of these the directories that were left out by default.
    pub(crate) excluded_by_default: u64,
    /// Names of directories that were left out by default and could hold something.
    pub(crate) excluded_names: Vec<String>,
}

impl Extracted {
    fn join(&mut self, other: Self) {
        self.files.extend(other.files);
        self.walked.unread.extend(other.walked.unread);
        self.walked.ambiguous.extend(other.walked.ambiguous);
        self.is_judgeable |= other.is_judgeable;
    }
}

impl Seen {
    fn join(&mut self, other: Self) {
        self.files += other.files;
        self.excluded += other.excluded;
        self.excluded_by_default += other.excluded_by_default;
        self.excluded_names.extend(other.excluded_names);
        self.excluded_names.sort_unstable();
        self.excluded_names.dedup();
    }
}

impl Reading {
    /// Keeps of what is special to some consumer that of this one, as common.
    pub(crate) fn settle_target(&mut self, target: Target) {
        for (of, part) in std::mem::take(&mut self.special) {
            if of == target {
                self.common.join(part);
            }
        }
    }

    /// Adds what was read of other inputs, which have the numbers that follow.
    pub(crate) fn join(&mut self, other: Self) {
        self.inputs.extend(other.inputs);
        self.common.join(other.common);
        self.special.extend(other.special);
        self.modules.extend(other.modules);
        self.comments.extend(other.comments);
        self.digests.extend(other.digests);
        self.seen.join(other.seen);
    }

    /// Whether it is a project: content modules of source trees, or packages that lie in one.
    pub(crate) fn is_project(&self) -> bool {
        let is_in_module = |file: &FileFacts| {
            file.container.kind == ContainerKind::Archive && Location::module_around(&file.container).is_some()
        };
        !self.modules.is_empty() || self.common.files.iter().any(is_in_module)
    }

    /// What to say of the inputs if there was nothing to judge in any of them. Of an input of which something is said to
    /// be unread there is no more to say.
    pub(crate) fn nothing_to_judge(&self) -> Vec<NotAnalysed> {
        if self.common.is_judgeable {
            return Vec::new();
        }
        let is_said = |unread: &&NotAnalysed| matches!(unread.cause, Cause::NotRead(_));
        let told: BTreeSet<u32> = self.common.walked.unread.iter().filter(is_said).map(|unread| unread.input).collect();
        let numbered = (0..).zip(&self.inputs).filter(|(input, _)| !told.contains(input));
        let not_analysed = |(input, place): (u32, &Place)| NotAnalysed {
            place: place.clone(),
            cause: Cause::NothingToJudge {
                names: self.seen.excluded_names.clone(),
                excluded: self.seen.excluded.saturating_sub(self.seen.excluded_by_default),
            },
            limit: None,
            input,
        };
        numbered.map(not_analysed).collect()
    }
}
