//! Code actions: what `aemlint fix` would do about a finding, as edits that the editor makes.
//!
//! The planner of `fix` decides here, too: an edit that would raise another finding is not offered, and a filter that covers
//! what is renamed follows. Nothing is written by the server.

use super::diagnostics::text_of;
use super::documents::{Document, uri_of};
use super::position::{Columns, Encoding};
use super::project::Project;
use crate::diagnostics::UserError;
use crate::edits::Edited;
use crate::fix::{self, Chosen, Judged, Left, Plan, Replacement, Surroundings, World, text_replacements};
use crate::rules::Finding;
use crate::scan::{self, Original, Overlay, sibling};
use lsp_types::{
    CodeActionKind, DeleteFile, DocumentChangeOperation, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, RenameFile, ResourceOp, TextDocumentEdit, TextEdit, Uri, WorkspaceEdit,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use zip_audit::Place;

/// The kind of the action that mends all that can be mended safely.
pub(super) const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.aemlint");

/// What a client can do with edits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct EditSupport {
    /// Edits of several documents in an order, with their versions.
    pub(super) document_changes: bool,
    /// Renaming files.
    pub(super) rename: bool,
    /// Deleting files.
    pub(super) delete: bool,
}

/// One file of a project, with the unsaved texts of all.
pub(super) struct EditedFile<'a> {
    /// The project.
    pub(super) project: &'a Project,
    /// The file.
    pub(super) path: &'a Path,
    /// The unsaved texts.
    pub(super) unsaved: &'a Overlay,
    /// The only finding to mend: rule and fingerprint. All if there is none.
    pub(super) only: Option<(&'a str, &'a str)>,
}

impl EditedFile<'_> {
    /// What mends the finding, or every finding that is mended without changing what works.
    ///
    /// # Errors
    /// Why it cannot be mended so, as a clause.
    pub(super) fn plan(&self, is_safe: bool) -> Result<Plan, String> {
        let chosen = Chosen { unsafe_fixes: !is_safe, only: Vec::new() };
        let plan = fix::plan(self, &chosen).map_err(|error| error.to_string())?;
        if !plan.mended.is_empty() {
            return Ok(plan);
        }
        let reason = plan.left.into_iter().find_map(|(_, left)| match left {
            Left::HeldBack(reason) => Some(reason),
            _ => None,
        });
        Err(reason.unwrap_or_else(|| "there is nothing to mend any more".to_owned()))
    }

    fn is_wanted(&self, finding: &Finding) -> bool {
        self.only.is_none_or(|(rule, fingerprint)| *finding.rule == *rule && finding.fingerprint == fingerprint)
    }
}

impl World for EditedFile<'_> {
    type Error = UserError;

    fn judge(&self, overlay: &Overlay) -> Result<Judged, UserError> {
        let mut combined = self.unsaved.clone();
        overlay.iter().for_each(|(place, edited)| combined.insert(place.clone(), edited.clone()));
        let judged = self.project.judge(&[self.path.to_owned()], &combined, None)?;
        let mut judged = judged.unwrap_or_default();
        judged.shown.retain(|finding| self.is_wanted(finding));
        Ok(judged)
    }

    fn originals(&self, places: &BTreeSet<Place>) -> Result<BTreeMap<Place, Original>, UserError> {
        let mut found = scan::originals(&[self.path.to_owned()], &self.project.options, places);
        for (place, edited) in self.unsaved.iter().filter(|(place, _)| places.contains(place)) {
            if let Edited::Content(bytes) = edited {
                found.insert(place.clone(), Original::Bytes(bytes.clone()));
            }
        }
        Ok(found)
    }

    fn refusal(&self, place: &Place) -> Option<String> {
        (!place.inside.is_empty()).then(|| "it lies in a package, which `aemlint fix` can mend".to_owned())
    }

    fn has_files_beside(&self, place: &Place) -> bool {
        Surroundings::of(place, &self.project.path(place)).has_others(place)
    }

    fn counts(&self, rule: &str) -> bool {
        self.project.rules.counts(rule)
    }
}

/// A plan as edits for the client.
///
/// # Errors
/// Why it cannot be made by the client, as a clause.
#[expect(clippy::mutable_key_type, reason = "the protocol has URIs as keys; they are compared by their text")]
pub(super) fn workspace_edit(
    plan: &Plan,
    project: &Project,
    documents: &BTreeMap<String, Document>,
    support: EditSupport,
    encoding: Encoding,
) -> Result<WorkspaceEdit, String> {
    let mut operations: Vec<DocumentChangeOperation> = Vec::new();
    let mut simple: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
    let no_uri = || "its path is no URI".to_owned();
    for file in &plan.files {
        let path = project.path(&file.place);
        let document = documents.values().find(|document| document.path == path);
        let uri = document.map(|document| document.uri.clone()).or_else(|| uri_of(&path)).ok_or_else(no_uri)?;
        let name = file.place.file.rsplit('/').next().unwrap_or(&file.place.file);
        if let Edited::Content(after) | Edited::Moved(_, after) = &file.edited {
            let (replacements, writes_secret) = text_replacements(name, &file.original, after);
            if writes_secret {
                return Err("it would write a secret; `aemlint fix --write` does that in the file itself".to_owned());
            }
            let text = document.map_or_else(|| text_of(&path), |document| document.text.to_string());
            let edits = text_edits(&replacements, &Columns::new(&text, encoding));
            if !edits.is_empty() {
                simple.insert(uri.clone(), edits.clone());
                let version = document.map(|document| document.version);
                operations.push(DocumentChangeOperation::Edit(TextDocumentEdit {
                    text_document: OptionalVersionedTextDocumentIdentifier { uri: uri.clone(), version },
                    edits: edits.into_iter().map(OneOf::Left).collect(),
                }));
            }
        }
        match &file.edited {
            Edited::Content(_) => {}
            Edited::Moved(..) if !support.rename => return Err("the editor cannot rename files".to_owned()),
            Edited::Gone if !support.delete => return Err("the editor cannot delete files".to_owned()),
            Edited::Moved(name, _) => {
                let target = Place::on_disk(sibling(&file.place.file, name));
                let new_uri = uri_of(&project.path(&target)).ok_or_else(no_uri)?;
                let rename = RenameFile { old_uri: uri, new_uri, options: None, annotation_id: None };
                operations.push(DocumentChangeOperation::Op(ResourceOp::Rename(rename)));
            }
            Edited::Gone => {
                operations.push(DocumentChangeOperation::Op(ResourceOp::Delete(DeleteFile { uri, options: None })));
            }
        }
    }
    if support.document_changes {
        let changes = Some(DocumentChanges::Operations(operations));
        return Ok(WorkspaceEdit { document_changes: changes, ..WorkspaceEdit::default() });
    }
    if operations.iter().any(|operation| matches!(operation, DocumentChangeOperation::Op(_))) {
        return Err("the editor makes no edits of several kinds at once".to_owned());
    }
    Ok(WorkspaceEdit { changes: Some(simple), ..WorkspaceEdit::default() })
}

fn text_edits(replacements: &[Replacement], columns: &Columns<'_>) -> Vec<TextEdit> {
    replacements.iter().map(|it| TextEdit::new(columns.range(it.range), it.text.clone())).collect()
}
