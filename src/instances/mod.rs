//! What an instance of AEM ends up with.
//!
//! A deployment holds many files, of which one instance uses some: its run modes decide which folders count, and of the
//! configurations of one PID that are left the most specific wins. Judgements about several files are made about
//! instances, not about the pile of files:
//!
//! 1. [`installation`]: which files are written to the repository at all – versions of one package, copies, modules that
//!    are alternatives, packages that overwrite each other.
//! 2. [`axes`] and [`universe`]: the instances that the run modes in play tell apart.
//! 3. [`installer`]: the winner of each PID on each of them, by the order in [`contest`].
//! 4. [`mod@together`]: on which of them more than so many things are active at once.
//! 5. [`mod@missing`]: on which of them something is active without what it needs.
//! 6. [`describe`]: what such a set of instances is called.
//!
//! Before all that, [`deployments`] decides which inputs end up in one AEM.
//!
//! Nothing here reads files or knows facts: paths, specifications and classes of equal content come from the caller.

mod alternatives;
pub(crate) mod assumption;
pub(crate) mod axes;
pub(crate) mod contest;
pub(crate) mod deployments;
pub(crate) mod describe;
pub(crate) mod installation;
pub(crate) mod installer;
#[cfg(test)]
mod installer_tests;
pub(crate) mod missing;
#[cfg(test)]
mod reference_tests;
#[cfg(test)]
mod testing;
pub(crate) mod together;
#[cfg(test)]
mod together_tests;
pub(crate) mod universe;
pub(crate) mod version;

pub(crate) use assumption::{Assumption, sentence_of};
pub(crate) use axes::{Axes, Mode, Relation};
pub(crate) use contest::{Candidate, Reason};
pub use deployments::Grouping;
pub(crate) use deployments::{Deployments, Holder, Part};
pub(crate) use describe::InstanceSet;
pub(crate) use installation::{Fate, Origin, OriginKind, Versions, Write, install};
pub(crate) use installer::{Configuration, Outcome, Standing, judge, judge_at, telling_ties};
pub(crate) use missing::{Gap, missing};
pub(crate) use together::{Activity, Conflict, FactActivity, together};
pub(crate) use universe::MAX_INSTANCES;

/// How sure it is that something happens on an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Certainty {
    /// It needs several assumptions, or an unusual one.
    Low,
    /// It needs one assumption.
    Medium,
    /// It needs none.
    High,
}
