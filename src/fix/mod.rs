//! Mends findings: plans the edits that their rules offer, checks the result in memory, shows it and writes it.
//!
//! `planner` decides which edits are made: after every round all is scanned again with the edited files in the place of the
//! old ones, and an edit that adds a finding is taken back. `plan` says what a plan is; `overlay_editor` makes the edits in
//! memory, and `followers` lets filters and their copies follow what is renamed or deleted. `surroundings` says what must not
//! be touched. `answers` reads what only the user knows. `diff` makes unified diffs in which no secret is shown, `shown` the
//! forms of the plan. `write` puts files of trees in place, `package` and `package_output` do that with packages.
//! `ignores` plans the comments and entries that accept findings instead.
//! `suggestions` says what one finding in one file comes to: for reports, and for editors.

mod answers;
mod diff;
mod followers;
mod ignores;
mod overlay_editor;
mod package;
mod package_output;
mod plan;
mod planner;
mod shown;
mod suggestions;
mod surroundings;
#[cfg(test)]
mod testing;
mod write;

pub(crate) use answers::read as read_answers;
pub(crate) use ignores::{CommentPlan, PLACEHOLDER as IGNORE_PLACEHOLDER, plan_comments, with_entries};
pub(crate) use package_output::{Output, PackageOutput, stale_companions};
pub(crate) use plan::{Chosen, Judged, Left, Plan, PlannedFile, World};
pub(crate) use planner::plan;
pub(crate) use shown::{Form, Shown, render, summary};
pub(crate) use suggestions::{Replacement, Suggestions, text_replacements};
pub(crate) use surroundings::Surroundings;
pub(crate) use write::write_tree;
