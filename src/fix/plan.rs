//! Decides which edits are made. Everything is planned and checked in memory before the first byte is written.

use super::followers::{self, Followed, Step};
use crate::edits::{self, Edit, Edited, Subject};
use crate::rules::{AnswerKey, Finding, Fix, UNREAD_RULE};
use crate::scan::{Original, Overlay, moved};
use std::collections::{BTreeMap, BTreeSet};
use zip_audit::Place;

/// Rounds after which what is left is left: a finding can hide behind another.
const MAX_ROUNDS: usize = 100;
/// Edits that are made because another one made their findings visible, in one go.
const MAX_CHAIN: usize = 20;

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

/// Plans the edits.
///
/// # Errors
/// Whatever judging fails with.
pub(crate) fn plan<W: World>(world: &W, chosen: &Chosen) -> Result<Plan, W::Error> {
    let mut planner =
        Planner { world, chosen, originals: BTreeMap::new(), looked_for: BTreeSet::new(), held: BTreeMap::new() };
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
    originals: BTreeMap<Place, Original>,
    /// The places that were looked for, whether there is a file or not.
    looked_for: BTreeSet<Place>,
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
            self.prepare(&overlay, &picks)?;
            for pick in &picks {
                match self.mend(&overlay, pick)? {
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

    /// The overlay with the edits of a finding made; otherwise why they cannot be made.
    fn mend(&mut self, overlay: &Overlay, finding: &Finding) -> Result<Result<Overlay, String>, W::Error> {
        let Some(fix) = &finding.fix else { return Ok(Ok(overlay.clone())) };
        let origin = overlay.origin(&fix.place);
        if let Some(reason) = self.world.refusal(&origin) {
            return Ok(Err(reason));
        }
        let Some((name, bytes)) = self.content(overlay, &origin)? else {
            return Ok(Err("it cannot be said what the file holds".to_owned()));
        };
        let edited = match edits::apply(&name, &bytes, fix.subject, &fix.edits) {
            Ok(Edited::Content(content)) if content == bytes => {
                return Ok(Err("its edit changes nothing here".to_owned()));
            }
            Ok(Edited::Content(content)) if matches!(overlay.get(&origin), Some(Edited::Moved(..))) => {
                Edited::Moved(name.clone(), content)
            }
            Ok(edited) => edited,
            Err(error) => return Ok(Err(error.to_string())),
        };
        if let Edited::Moved(name, _) = &edited {
            let target = moved(&origin, name);
            if target != origin && self.content(overlay, &target)?.is_some() {
                return Ok(Err(format!("there is a file {name} already")));
            }
        }
        // What is below a node would be left without it.
        if edited == Edited::Gone && name == ".content.xml" && self.world.has_files_beside(&origin) {
            return Ok(Err("there are other files below the node, which would be left behind".to_owned()));
        }
        let mut next = overlay.clone();
        if let Some(step) = step(fix, &edited)
            && let Err(reason) = self.follow(&mut next, &origin, &step)?
        {
            return Ok(Err(reason));
        }
        next.insert(origin, edited);
        Ok(Ok(next))
    }

    /// Lets other files follow the node in the file `origin`, which takes a step.
    fn follow(&mut self, overlay: &mut Overlay, origin: &Place, step: &Step) -> Result<Result<(), String>, W::Error> {
        if step.fills_file && step.new.is_some() && self.content(overlay, &followers::companion(origin))?.is_some() {
            return Ok(
                Err("the file has properties of its own in a folder, which would have to move along".to_owned()),
            );
        }
        let mut changes: Vec<(Place, Followed)> = Vec::new();
        for metadata in followers::metadata(origin) {
            let Some((_, filter)) = self.content(overlay, &metadata.filter)? else { continue };
            let change = match followers::of_filter(&filter, step) {
                Ok(Some(change)) => change,
                Ok(None) => continue,
                Err(reason) => return Ok(Err(reason)),
            };
            if let Some((_, definition)) = self.content(overlay, &metadata.definition)? {
                changes.push((metadata.definition, followers::of_definition(&definition, &change, step)));
            }
            if let Some((_, manifest)) = self.content(overlay, &metadata.manifest)? {
                changes.push((metadata.manifest, followers::of_manifest(&manifest, &change, step)));
            }
            changes.push((metadata.filter, Ok(Some(change.content))));
        }
        if let Some(folder) = followers::folder_file(origin).filter(|_| step.fills_file)
            && let Some((_, list)) = self.content(overlay, &folder)?
        {
            changes.push((folder, followers::of_folder(&list, step)));
        }
        for (place, change) in changes {
            match change {
                Ok(None) => {}
                Ok(Some(changed)) => {
                    if let Some(reason) = self.world.refusal(&place) {
                        return Ok(Err(reason));
                    }
                    overlay.insert(place, Edited::Content(changed));
                }
                Err(reason) => return Ok(Err(reason)),
            }
        }
        Ok(Ok(()))
    }

    /// Reads what can be needed for these findings: their files, the filters around them, what has the name that one gets.
    fn prepare(&mut self, overlay: &Overlay, findings: &[Finding]) -> Result<(), W::Error> {
        let mut places = BTreeSet::new();
        for finding in findings {
            let Some(fix) = &finding.fix else { continue };
            let origin = overlay.origin(&fix.place);
            for edit in &fix.edits {
                match edit {
                    Edit::Rename(name) => {
                        places.extend(followers::places(&origin));
                        places.insert(moved(&origin, name));
                    }
                    Edit::Delete => places.extend(followers::places(&origin)),
                    Edit::Change(_) | Edit::Repair => {}
                }
            }
            places.insert(origin);
        }
        self.look_for(places)
    }

    fn look_for(&mut self, mut places: BTreeSet<Place>) -> Result<(), W::Error> {
        places.retain(|place| !self.looked_for.contains(place));
        if !places.is_empty() {
            self.originals.extend(self.world.originals(&places)?);
            self.looked_for.append(&mut places);
        }
        Ok(())
    }

    /// Name and content of a file, as the overlay has it; `None` if it is not there or not certain.
    fn content(&mut self, overlay: &Overlay, origin: &Place) -> Result<Option<(String, Vec<u8>)>, W::Error> {
        let path = origin.inside.last().unwrap_or(&origin.file);
        let name = path.rsplit('/').next().unwrap_or(path).to_owned();
        match overlay.get(origin) {
            Some(Edited::Gone) => return Ok(None),
            Some(Edited::Content(bytes)) => return Ok(Some((name, bytes.clone()))),
            Some(Edited::Moved(name, bytes)) => return Ok(Some((name.clone(), bytes.clone()))),
            None => {}
        }
        self.look_for(BTreeSet::from([origin.clone()]))?;
        Ok(match self.originals.get(origin) {
            Some(Original::Bytes(bytes)) => Some((name, bytes.clone())),
            _ => None,
        })
    }

    fn finish(self, state: State) -> Plan {
        let left = state.judged.shown.iter();
        let left =
            left.map(|finding| (finding.clone(), self.left(&state, finding).unwrap_or(Left::NotChosen))).collect();
        let file = |(place, edited): (&Place, &Edited)| match self.originals.get(place) {
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

/// What becomes of the node of a fix, if it gets another name or goes.
fn step(fix: &Fix, edited: &Edited) -> Option<Step> {
    let node = fix.node.as_deref()?;
    let fills_file = !matches!(edited, Edited::Content(_));
    fix.edits.iter().find_map(|edit| match edit {
        Edit::Rename(name) => Some(Step::of(node, Some(name), fills_file)),
        Edit::Delete => Some(Step::of(node, None, fills_file)),
        Edit::Change(_) | Edit::Repair => None,
    })
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
        findings.iter().filter_map(|finding| Some((*finding, finding.fix.as_ref()?))).collect();
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
