//! A folder of the editor with its project, what was found in it, and the check that is under way.

use super::found::Found;
use super::project::Project;
use crate::diagnostics::UserError;
use crate::rules::Finding;
use crate::scan::Overlay;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// The stack of a thread that checks a folder, in bytes: as much as the first thread of a process usually has.
const STACK_BYTES: usize = 8 << 20;

/// A folder.
#[derive(Default)]
pub(super) struct Workspace {
    /// The folder, absolute.
    pub(super) folder: PathBuf,
    /// Whether the editor has the folder open, rather than a single file in it. Then it is checked as a whole.
    pub(super) is_open: bool,
    /// What judges its files; `None` if its configuration was never without mistakes.
    pub(super) project: Option<Arc<Project>>,
    /// What the last check of the whole found.
    pub(super) found: Option<Found>,
    /// The files of the configuration that mistakes are shown in.
    pub(super) mistaken: BTreeSet<PathBuf>,
    /// Whether a check of the whole is to be started.
    pub(super) is_check_wanted: bool,
    /// Stops the check that is under way.
    stop: Option<Arc<AtomicBool>>,
    /// The number of the last check that was started.
    number: u64,
}

/// The end of a check of a folder.
pub(super) struct Checked {
    /// The folder.
    pub(super) folder: PathBuf,
    /// The number of the check.
    number: u64,
    /// The findings; `None` if it was stopped, or failed in a way that was said on standard error.
    pub(super) findings: Option<Result<Vec<Finding>, UserError>>,
    /// The texts of the files that were open.
    pub(super) texts: BTreeMap<PathBuf, Arc<str>>,
}

impl Workspace {
    /// The folder, nothing of which has been read.
    pub(super) fn new(folder: PathBuf, is_open: bool) -> Self {
        Self { folder, is_open, ..Self::default() }
    }

    /// How deep the folder is that holds a file; `None` if it lies elsewhere.
    pub(super) fn depth_around(&self, path: &Path) -> Option<usize> {
        path.starts_with(&self.folder).then(|| self.folder.components().count())
    }

    /// Starts a check of the whole with these unsaved texts, and stops the one before. `done` is called in the end.
    pub(super) fn start_check(
        &mut self,
        overlay: Overlay,
        texts: BTreeMap<PathBuf, Arc<str>>,
        done: impl FnOnce(Checked) + Send + 'static,
    ) {
        self.is_check_wanted = false;
        self.stop_check();
        let Some(project) = self.project.clone().filter(|_| self.is_open) else { return };
        let stop = Arc::new(AtomicBool::new(false));
        self.number += 1;
        let (folder, number) = (self.folder.clone(), self.number);
        self.stop = Some(Arc::clone(&stop));
        let check = move || {
            let findings = panic::catch_unwind(AssertUnwindSafe(|| project.check_folder(&overlay, &stop)));
            let findings = findings.ok().and_then(Result::transpose);
            done(Checked { folder, number, findings, texts });
        };
        // Where no thread can be started, what is known of single files has to do.
        let _ = thread::Builder::new().name("check".to_owned()).stack_size(STACK_BYTES).spawn(check);
    }

    /// Stops the check that is under way.
    pub(super) fn stop_check(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.store(true, Ordering::Relaxed);
        }
    }

    /// Whether no newer check was started.
    pub(super) fn is_latest(&self, checked: &Checked) -> bool {
        self.number == checked.number
    }

    /// Takes over what a check found. Returns the files that had findings before or have some now.
    pub(super) fn take(&mut self, findings: Vec<Finding>, texts: BTreeMap<PathBuf, Arc<str>>) -> BTreeSet<PathBuf> {
        let Some(project) = &self.project else { return BTreeSet::new() };
        let mut files: BTreeMap<PathBuf, Vec<Finding>> = BTreeMap::new();
        for finding in findings {
            files.entry(project.path(&finding.location.place)).or_default().push(finding);
        }
        let before = self.found.take();
        let before = before.iter().flat_map(Found::files).map(|(path, _)| path.clone());
        let touched = before.chain(files.keys().cloned()).collect();
        self.found = Some(Found::new(files, texts));
        touched
    }
}
