//! What is open in the editor, and the checks that follow from what happens there.

use super::super::args::Lsp;
use super::client::Client;
use super::diagnostics::{self, Link, Shown};
use super::documents::{Document, uri_of};
use super::event::Event;
use super::found::Found;
use super::position::Columns;
use super::project::{CONFIG_NAME, Project};
use super::workspace::{Checked, Workspace};
use crate::diagnostics::UserError;
use crate::edits::Edited;
use crate::facts::Whereabouts;
use crate::policy;
use crate::report::RuleInfo;
use crate::rules::Finding;
use crate::scan::Overlay;
use lsp_types::notification::PublishDiagnostics;
use lsp_types::{Diagnostic, PublishDiagnosticsParams, Uri};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// Everything that lasts from one message to the next.
pub(super) struct Session<'a, W> {
    pub(super) args: &'a Lsp,
    pub(super) client: Client<W>,
    /// The open files by URI.
    pub(super) documents: BTreeMap<String, Document>,
    /// The folders.
    pub(super) workspaces: Vec<Workspace>,
    /// What is shown of each file, by URI.
    pub(super) published: BTreeMap<String, Vec<Shown>>,
    /// The open files that are to be checked, by URI.
    unchecked: BTreeSet<String>,
    sender: SyncSender<Event>,
}

/// Runs a check; `None` if it panicked, which was said on standard error.
fn guarded<T>(check: impl FnOnce() -> T) -> Option<T> {
    panic::catch_unwind(AssertUnwindSafe(check)).ok()
}

impl<'a, W: Write> Session<'a, W> {
    /// A session in which nothing is open.
    pub(super) fn new(args: &'a Lsp, client: Client<W>, sender: SyncSender<Event>) -> Self {
        Self {
            args,
            client,
            documents: BTreeMap::new(),
            workspaces: Vec::new(),
            published: BTreeMap::new(),
            unchecked: BTreeSet::new(),
            sender,
        }
    }

    /// Adds a folder of the editor, and reads its configuration.
    pub(super) fn add_folder(&mut self, folder: &Path) {
        if let Some(index) = self.workspaces.iter().position(|workspace| workspace.folder == folder) {
            self.workspaces[index].is_open = true;
            return self.want_check(index);
        }
        self.workspaces.push(Workspace::new(folder.to_owned(), true));
        self.load(self.workspaces.len() - 1);
    }

    /// Forgets a folder that the editor has closed.
    pub(super) fn remove_folder(&mut self, folder: &Path) {
        let Some(index) = self.workspaces.iter().position(|workspace| workspace.folder == folder) else { return };
        let mut workspace = self.workspaces.remove(index);
        workspace.stop_check();
        let found = workspace.found.iter().flat_map(Found::files).map(|(path, _)| path);
        let files: Vec<_> = found.chain(&workspace.mistaken).cloned().collect();
        files.iter().for_each(|path| self.publish_closed(path, Vec::new()));
        self.unchecked.extend(self.documents.keys().cloned());
    }

    /// Reads configuration and rules of a folder anew. Where they have mistakes the old ones stay in force.
    pub(super) fn load(&mut self, index: usize) {
        let workspace = &self.workspaces[index];
        let folder = workspace.folder.clone();
        let args = self.args;
        let mistakes = match guarded(|| Project::load(&folder, args)) {
            Some(Ok(project)) => {
                self.workspaces[index].project = Some(Arc::new(project));
                BTreeMap::new()
            }
            Some(Err(report)) => {
                let shown: &str = &report.to_string();
                self.client.show_error(format!("aemlint: {shown}"));
                let file = policy::find(&folder).unwrap_or_else(|| folder.join(CONFIG_NAME));
                let mut mistakes: BTreeMap<_, Vec<Shown>> = BTreeMap::new();
                if let Some(error) = report.downcast_ref::<UserError>() {
                    for (path, shown) in diagnostics::of_error(error, &file, self.client.encoding) {
                        mistakes.entry(path).or_default().push(shown);
                    }
                }
                mistakes
            }
            None => BTreeMap::new(),
        };
        let before = std::mem::replace(&mut self.workspaces[index].mistaken, mistakes.keys().cloned().collect());
        let gone = before.into_iter().filter(|path| !mistakes.contains_key(path)).collect::<Vec<_>>();
        gone.iter().for_each(|path| self.publish_closed(path, Vec::new()));
        mistakes.into_iter().for_each(|(path, shown)| self.publish_closed(&path, shown));
        self.want_check(index);
        let own = self.documents.iter().filter(|(_, document)| document.path.starts_with(&folder));
        self.unchecked.extend(own.map(|(uri, _)| uri.clone()).collect::<Vec<_>>());
    }

    /// Notes that an open file is to be checked.
    pub(super) fn want_file(&mut self, uri: &Uri) {
        self.unchecked.insert(uri.as_str().to_owned());
    }

    /// Notes that the folder around a file is to be checked, or loaded anew if the file configures it.
    pub(super) fn file_changed(&mut self, path: &Path) {
        let around: Vec<usize> = (0..self.workspaces.len())
            .filter(|&index| {
                let workspace = &self.workspaces[index];
                let configures = workspace.project.as_ref().is_some_and(|project| project.is_configured_by(path));
                let is_named_so = path.file_name().is_some_and(|name| name == CONFIG_NAME);
                workspace.depth_around(path).is_some() || configures || is_named_so
            })
            .collect();
        for index in around {
            let project = self.workspaces[index].project.clone();
            let configures = project.as_ref().is_none_or(|project| project.is_configured_by(path));
            if configures || project.as_ref().is_some_and(|project| project.is_of_yesterday()) {
                self.load(index);
            } else if project.is_some_and(|project| project.reads(path) || !path.exists()) {
                self.want_check(index);
            }
        }
    }

    fn want_check(&mut self, index: usize) {
        self.workspaces[index].is_check_wanted = true;
    }

    /// Does one thing that is still to be done. Whether there was one.
    pub(super) fn do_next(&mut self) -> bool {
        if let Some(uri) = self.unchecked.pop_first() {
            self.check_file(&uri);
            return true;
        }
        let Some(index) = self.workspaces.iter().position(|workspace| workspace.is_check_wanted) else { return false };
        let texts = self.documents_of(index).map(|document| (document.path.clone(), Arc::clone(&document.text)));
        let texts = texts.collect();
        let overlay = self.overlay(index);
        let sender = self.sender.clone();
        // If the server has ended, nobody waits for the result.
        let done = move |checked| drop(sender.send(Event::Checked(Box::new(checked))));
        self.workspaces[index].start_check(overlay, texts, done);
        true
    }

    /// Checks a file at once, if that is still to be done.
    pub(super) fn catch_up(&mut self, uri: &Uri) {
        if self.unchecked.remove(uri.as_str()) {
            self.check_file(uri.as_str());
        }
    }

    /// The folder that judges a file: the innermost around it, else that of its repository, or its own.
    pub(super) fn workspace_of(&mut self, path: &Path) -> usize {
        let around = (0..self.workspaces.len())
            .filter_map(|index| Some((self.workspaces[index].depth_around(path)?, index)))
            .max();
        if let Some((_, index)) = around {
            return index;
        }
        let parent = path.parent().unwrap_or(path);
        let folder = policy::root_of(&[path.to_owned()], parent).unwrap_or_else(|| parent.to_owned());
        self.workspaces.push(Workspace::new(folder, false));
        let index = self.workspaces.len() - 1;
        self.load(index);
        index
    }

    fn documents_of(&self, index: usize) -> impl Iterator<Item = &Document> {
        let folder = &self.workspaces[index].folder;
        self.documents.values().filter(move |document| document.path.starts_with(folder))
    }

    /// The unsaved texts of a folder.
    pub(super) fn overlay(&self, index: usize) -> Overlay {
        let mut overlay = Overlay::default();
        let Some(project) = &self.workspaces[index].project else { return overlay };
        for document in self.documents_of(index) {
            overlay.insert(project.place(&document.path), Edited::Content(document.bytes()));
        }
        overlay
    }

    fn check_file(&mut self, uri: &str) {
        let Some(document) = self.documents.get(uri) else { return };
        let (path, text, version) = (document.path.clone(), Arc::clone(&document.text), document.version);
        let index = self.workspace_of(&path);
        if self.workspaces[index].mistaken.contains(&path) {
            return;
        }
        let Some(project) = self.workspaces[index].project.clone() else { return };
        let mut overlay = self.overlay(index);
        let checked = guarded(|| project.reads(&path).then(|| project.check_file(&path, &overlay)));
        let local = match checked {
            Some(None) => Vec::new(),
            Some(Some(Ok(findings))) => findings,
            Some(Some(Err(error))) => return self.client.log(format!("aemlint: {error}")),
            None => return self.client.log("aemlint: a check failed; what is shown of the file is older"),
        };
        let place = project.place(&path);
        let findings = match &mut self.workspaces[index].found {
            None => local,
            Some(found) => found.with(&path, &text, local, |text| {
                overlay.insert(place, Edited::Content(text.as_bytes().to_vec()));
                let checked = guarded(|| project.check_file(&path, &overlay));
                checked.and_then(Result::ok).unwrap_or_default()
            }),
        };
        let shown = self.shown(&project, &findings, &text);
        self.publish(uri, Some(version), shown);
    }

    /// The findings of a file with this text as they are shown.
    fn shown(&self, project: &Project, findings: &[Finding], text: &str) -> Vec<Shown> {
        let columns = Columns::new(text, self.client.encoding);
        let encoding = self.client.encoding;
        let link = |place: &Whereabouts| diagnostics::location(&project.path(&place.place), place, encoding);
        let link: Option<Link<'_>> = self.client.shows_related.then_some(&link);
        let shown = findings.iter().map(|finding| {
            let url = project.rules.meta(&finding.rule).ok().and_then(|meta| RuleInfo::from(meta).url);
            diagnostics::of_finding(finding, &columns, url.as_deref(), link)
        });
        shown.collect()
    }

    /// Takes over what a check of a folder found.
    pub(super) fn folder_checked(&mut self, checked: Checked) {
        let Some(index) = self.workspaces.iter().position(|workspace| workspace.folder == checked.folder) else {
            return;
        };
        if !self.workspaces[index].is_latest(&checked) {
            return;
        }
        let findings = match checked.findings {
            None => return,
            Some(Err(error)) => return self.client.log(format!("aemlint: {error}")),
            Some(Ok(findings)) => findings,
        };
        let touched = self.workspaces[index].take(findings, checked.texts);
        let open: BTreeMap<_, _> =
            self.documents.iter().map(|(uri, document)| (document.path.clone(), uri.clone())).collect();
        for path in touched.iter().filter(|path| !open.contains_key(*path)) {
            self.show_closed(index, path);
        }
        let own = open.into_iter().filter(|(path, _)| path.starts_with(&checked.folder));
        self.unchecked.extend(own.map(|(_, uri)| uri));
    }

    /// Shows what the last check of a folder found in a file that is not open.
    pub(super) fn show_closed(&mut self, index: usize, path: &Path) {
        let workspace = &self.workspaces[index];
        if workspace.mistaken.contains(path) {
            return;
        }
        let findings = workspace.found.as_ref().map(|found| found.of(path).to_vec()).unwrap_or_default();
        let shown = match &workspace.project {
            Some(project) if !findings.is_empty() => {
                let is_text = findings.iter().any(|finding| finding.location.place.inside.is_empty());
                let text = if is_text { diagnostics::text_of(path) } else { String::new() };
                self.shown(project, &findings, &text)
            }
            _ => Vec::new(),
        };
        self.publish_closed(path, shown);
    }

    /// Shows diagnostics of a file, wherever it came up.
    fn publish_closed(&mut self, path: &Path, shown: Vec<Shown>) {
        let open = self.documents.values().find(|document| document.path == path);
        let Some(uri) = open.map(|document| document.uri.clone()).or_else(|| uri_of(path)) else { return };
        if !shown.is_empty() || self.published.contains_key(uri.as_str()) {
            self.publish(uri.as_str(), None, shown);
        }
    }

    fn publish(&mut self, uri: &str, version: Option<i32>, shown: Vec<Shown>) {
        let Ok(parsed) = Uri::from_str(uri) else { return };
        let diagnostics: Vec<Diagnostic> = shown.iter().map(|shown| shown.diagnostic.clone()).collect();
        self.published.insert(uri.to_owned(), shown);
        if diagnostics.is_empty() && !self.documents.contains_key(uri) {
            self.published.remove(uri);
        }
        self.client.notify::<PublishDiagnostics>(PublishDiagnosticsParams::new(parsed, diagnostics, version));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_in_a_check_ends_only_the_check() {
        assert_eq!(guarded(|| 1), Some(1));
        assert_eq!(guarded(|| -> u32 { panic!("a check failed") }), None);
    }
}
