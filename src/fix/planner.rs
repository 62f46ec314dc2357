//! Decides which edits are made. Everything is planned and checked in memory before the first byte is written.

use super::followers;
use super::overlay_editor::OverlayEditor;
use super::plan::{Chosen, Judged, Left, Plan, PlannedFile, World};
use crate::edits::{Edit, Edited, Subject};
use crate::rules::{Finding, Fix, UNREAD_RULE};
use crate::scan::{Original, Overlay};
use std::collections::{BTreeMap, BTreeSet};
use zip_audit::Place;

/// Rounds after which what is left is left: a finding can hide behind another.
const MAX_ROUNDS: usize = 100;
/// Edits that are made because another one made their findings visible, in one go.
const MAX_CHAIN: usize = 20;

/// Plans the edits.
///
/// # Errors
/// Whatever judging fails with.
pub(crate) fn plan<W: World>(world: &W, chosen: &Chosen) -> Result<Plan, W::Error> {
    let mut planner = Planner { world, chosen, editor: OverlayEditor::new(world), held: BTreeMap::new() };
    let first = State { overlay: Overlay::default(), judged: world.judge(&Overlay::default())?, mended: Vec::new() };
    let state = planner.rounds(first)?;
    Ok(planner.finish(state))
}

/// A state of the files.
struct State {
    overlay: Overlay,
    judged: Judged,
    mended: Vec<Finding>,
}

/// What tells a finding apart from others, as long as its file has its name.
type Key = (String, Place, String);

struct Planner<'a, W> {
    world: &'a W,
    chosen: &'a Chosen,
    editor: OverlayEditor<'a, W>,
    /// What is not mended, and why.
    held: BTreeMap<Key, String>,
}

impl<W: World> Planner<'_, W> {
    fn rounds(&mut self, mut state: State) -> Result<State, W::Error> {
        for _ in 0..MAX_ROUNDS {
            let picks = self.picks(&state, &state.judged.shown);
            if picks.is_empty() {
                break;
            }
            match self.settled(&state, picks.clone())? {
                Ok(next) => state = next,
                Err(_) if picks.len() > 1 => {
                    for pick in picks {
                        match self.settled(&state, vec![pick.clone()])? {
                            Ok(next) => state = next,
                            Err(reason) => self.hold(&state.overlay, &pick, reason),
                        }
                    }
                }
                Err(reason) => picks.iter().for_each(|pick| self.hold(&state.overlay, pick, reason.clone())),
            }
        }
        Ok(state)
    }

    fn hold(&mut self, overlay: &Overlay, finding: &Finding, reason: String) {
        self.held.insert(key(overlay, finding), reason);
    }

    /// The findings to mend next, as far as they do not touch each other.
    fn picks(&self, state: &State, findings: &[Finding]) -> Vec<Finding> {
        let mut by_file: BTreeMap<Place, Vec<&Finding>> = BTreeMap::new();
        for finding in findings {
            if let Some(fix) = &finding.fix
                && self.left(state, finding).is_none()
            {
                by_file.entry(fix.place.clone()).or_default().push(finding);
            }
        }
        by_file.into_values().flat_map(|findings| apart(&findings)).cloned().collect()
    }

    /// Why a finding is left; `None` if it is to be mended.
    fn left(&self, state: &State, finding: &Finding) -> Option<Left> {
        let Some(fix) = &finding.fix else { return Some(Left::NoFix) };
        if let Some(reason) = self.held.get(&key(&state.overlay, finding)) {
            return Some(Left::HeldBack(reason.clone()));
        }
        let only = &self.chosen.only;
        let is_chosen = |name: &String| **name == *finding.rule || **name == *finding.family;
        if !only.is_empty() && !only.iter().any(is_chosen) {
            return Some(Left::NotChosen);
        }
        if !fix.needs.is_empty() {
            return Some(Left::NeedsAnswers(fix.needs.clone()));
        }
        (!fix.safe && !self.chosen.unsafe_fixes).then_some(Left::Unsafe)
    }

    /// The state after these findings are mended, and those that become visible then. Otherwise why not: an edit cannot be
    /// made, or something is found that was not there.
    fn settled(&mut self, state: &State, picks: Vec<Finding>) -> Result<Result<State, String>, W::Error> {
        let mut overlay = state.overlay.clone();
        let mut mended = state.mended.clone();
        let mut picks = picks;
        for _ in 0..MAX_CHAIN {
            self.editor.prepare(&overlay, &picks)?;
            for pick in &picks {
                match self.editor.mend(&overlay, pick)? {
                    Ok(next) => overlay = next,
                    Err(reason) => return Ok(Err(reason)),
                }
            }
            mended.append(&mut picks);
            let judged = self.world.judge(&overlay)?;
            let own = mended.get(state.mended.len()..).unwrap_or_default();
            let new: Vec<Finding> = self.new_findings(state, own, &judged, &overlay).into_iter().cloned().collect();
            let next = State { overlay, judged, mended };
            if new.is_empty() {
                return Ok(Ok(next));
            }
            picks = self.picks(&next, &new);
            State { overlay, mended, .. } = next;
            if picks.is_empty() {
                return Ok(Err(new.first().map(would_raise).unwrap_or_default()));
            }
        }
        Ok(Err("its edits lead to ever more findings".to_owned()))
    }

    /// What is found after `mended` that was not there in `state`, or that is still there although it was mended.
    fn new_findings<'j>(
        &self,
        state: &State,
        mended: &[Finding],
        after: &'j Judged,
        overlay: &Overlay,
    ) -> Vec<&'j Finding> {
        let mut room: BTreeMap<(String, Option<Place>, u32), usize> = BTreeMap::new();
        let both = |overlay: &Overlay, finding: &Finding| {
            let rule = finding.rule.to_string();
            let place = (!self.world.counts(&rule)).then(|| overlay.origin(&finding.location.place));
            [(rule.clone(), None, finding.deployment), (rule, Some(place.unwrap_or_else(nowhere)), finding.deployment)]
        };
        for finding in &state.judged.all {
            both(&state.overlay, finding).into_iter().for_each(|key| *room.entry(key).or_default() += 1);
        }
        for finding in mended {
            for key in both(overlay, finding) {
                let left = room.entry(key).or_default();
                *left = left.saturating_sub(1);
            }
        }
        let mut new = Vec::new();
        for finding in &after.all {
            let keys = both(overlay, finding);
            let fits = keys.iter().all(|key| room.get(key).is_some_and(|left| *left > 0));
            if fits {
                keys.iter().for_each(|key| *room.entry(key.clone()).or_default() -= 1);
            } else {
                new.push(finding);
            }
        }
        new
    }

    fn finish(self, state: State) -> Plan {
        let left = state.judged.shown.iter();
        let left =
            left.map(|finding| (finding.clone(), self.left(&state, finding).unwrap_or(Left::NotChosen))).collect();
        let file = |(place, edited): (&Place, &Edited)| match self.editor.original(place) {
            Some(Original::Bytes(original)) => {
                Some(PlannedFile { place: place.clone(), original: original.clone(), edited: edited.clone() })
            }
            _ => None,
        };
        let mut files: Vec<PlannedFile> = state.overlay.iter().filter_map(file).collect();
        // A run that is cut off between two files is taken up again by the next one.
        files.sort_by_key(|file| !followers::is_metadata(&file.place));
        Plan { files, mended: state.mended, left, after: state.judged }
    }
}

/// Why an edit is taken back that makes a rule speak.
fn would_raise(finding: &Finding) -> String {
    let Finding { rule, message, .. } = finding;
    // What was not read cannot be accepted so.
    let way_out =
        if **rule == *UNREAD_RULE { String::new() } else { format!(" Where that is right, add --ignore {rule}.") };
    format!("it would raise {rule}: {message}{way_out}")
}

/// A place that no file has.
fn nowhere() -> Place {
    Place::on_disk("")
}

fn key(overlay: &Overlay, finding: &Finding) -> Key {
    (finding.rule.to_string(), overlay.origin(&finding.location.place), finding.fingerprint.clone())
}

/// Those of the findings of one file whose edits do not touch each other, from the last place to the first: what stands
/// before keeps its place then. A file is repaired before anything else is done in it, and renamed or deleted when nothing else
/// is to be done.
fn apart<'f>(findings: &[&'f Finding]) -> Vec<&'f Finding> {
    let with_fix: Vec<(&Finding, &Fix)> =
        findings.iter().filter_map(|finding| Some((*finding, finding.fix.as_deref()?))).collect();
    let is_whole = |fix: &Fix| fix.edits.iter().any(|edit| !matches!(edit, Edit::Change(_)));
    for first in [Edit::Delete, Edit::Repair] {
        if let Some((finding, _)) = with_fix.iter().find(|(_, fix)| fix.edits.contains(&first)) {
            return vec![finding];
        }
    }
    let mut parts: Vec<(&Finding, &Fix)> = with_fix.iter().copied().filter(|(_, fix)| !is_whole(fix)).collect();
    if parts.is_empty() {
        return with_fix.first().map(|(finding, _)| *finding).into_iter().collect();
    }
    parts.sort_by_key(|(_, fix)| std::cmp::Reverse(fix.subject.start()));
    let mut touched: BTreeSet<(u32, String)> = BTreeSet::new();
    let mut kept = Vec::new();
    for (finding, fix) in parts {
        let names = |subject: Subject, edit: &Edit| match edit {
            Edit::Change(change) => Some((subject.start(), change.name().to_ascii_lowercase())),
            Edit::Rename(_) | Edit::Delete | Edit::Repair => None,
        };
        let own: Vec<(u32, String)> = fix.edits.iter().filter_map(|edit| names(fix.subject, edit)).collect();
        if own.iter().all(|name| !touched.contains(name)) {
            touched.extend(own);
            kept.push(finding);
        }
    }
    kept
}
