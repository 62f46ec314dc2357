//! Makes the edits of findings in memory, and those that other files need then.

use super::followers::{self, Followed, Step};
use super::plan::World;
use crate::edits::{self, Edit, Edited};
use crate::rules::{Finding, Fix};
use crate::scan::{Original, Overlay, moved};
use std::collections::{BTreeMap, BTreeSet};
use zip_audit::Place;

/// Edits files in overlays. What a file holds is read when it is needed, once.
pub(super) struct OverlayEditor<'a, W> {
    world: &'a W,
    originals: BTreeMap<Place, Original>,
    /// The places that were looked for, whether there is a file or not.
    looked_for: BTreeSet<Place>,
}

impl<'a, W: World> OverlayEditor<'a, W> {
    /// An editor that has read nothing yet.
    pub(super) fn new(world: &'a W) -> Self {
        Self { world, originals: BTreeMap::new(), looked_for: BTreeSet::new() }
    }

    /// What a file that was edited held before.
    pub(super) fn original(&self, place: &Place) -> Option<&Original> {
        self.originals.get(place)
    }

    /// The overlay with the edits of a finding made; otherwise why they cannot be made.
    pub(super) fn mend(&mut self, overlay: &Overlay, finding: &Finding) -> Result<Result<Overlay, String>, W::Error> {
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
    pub(super) fn prepare(&mut self, overlay: &Overlay, findings: &[Finding]) -> Result<(), W::Error> {
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
