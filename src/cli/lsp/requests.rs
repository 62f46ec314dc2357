//! The answers to questions about a place in a file: the page of a rule, and what mends a finding.

use super::actions::{EditedFile, FIX_ALL, workspace_edit};
use super::diagnostics::Shown;
use super::documents::path_of;
use super::position::touches;
use super::project::Project;
use super::session::Session;
use crate::rules::{Finding, Fix, Style, manual_page, render_markdown};
use crate::scan::Overlay;
use lsp_types::{
    CodeAction, CodeActionDisabled, CodeActionKind, CodeActionOrCommand, CodeActionParams, Hover, HoverContents,
    HoverParams, MarkupContent, MarkupKind, Range,
};
use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Most findings at one place that are explained or mended at a time.
const MAX_FINDINGS_PER_PLACE: usize = 10;
/// The column at which pages without Markdown are wrapped.
const WIDTH: usize = 80;

/// The pages of the rules whose findings are at a place.
pub(super) fn hover<W: Write>(session: &mut Session<'_, W>, params: &HoverParams) -> Option<Hover> {
    let at = &params.text_document_position_params;
    session.catch_up(&at.text_document.uri);
    let path = path_of(&at.text_document.uri)?;
    let index = session.workspace_of(&path);
    let project = session.workspaces.get(index)?.project.clone()?;
    let here = Range::new(at.position, at.position);
    let shown = session.published.get(at.text_document.uri.as_str())?;
    let shown: Vec<&Shown> = shown.iter().filter(|shown| touches(shown.diagnostic.range, here)).collect();
    let first = shown.first()?;
    let rules: BTreeSet<&str> = shown.iter().filter_map(|shown| Some(&*shown.finding.as_ref()?.rule)).collect();
    let pages = rules.into_iter().take(MAX_FINDINGS_PER_PLACE).filter_map(|rule| project.rules.rule(rule).ok());
    let text = pages.map(manual_page).collect::<Vec<_>>().join("\n---\n\n");
    if text.is_empty() {
        return None;
    }
    let contents = if session.client.shows_markdown {
        MarkupContent { kind: MarkupKind::Markdown, value: text }
    } else {
        let value = render_markdown(&text, Style { width: WIDTH, color: false });
        MarkupContent { kind: MarkupKind::PlainText, value }
    };
    Some(Hover { contents: HoverContents::Markup(contents), range: Some(first.diagnostic.range) })
}

/// What mends findings in a range of a file.
pub(super) fn code_actions<W: Write>(
    session: &mut Session<'_, W>,
    params: &CodeActionParams,
) -> Option<Vec<CodeActionOrCommand>> {
    let uri = &params.text_document.uri;
    session.catch_up(uri);
    let path = path_of(uri)?;
    let index = session.workspace_of(&path);
    let project = session.workspaces.get(index)?.project.clone()?;
    let unsaved = session.overlay(index);
    let file = OfFile { session, project, path: &path, unsaved };
    let only = params.context.only.as_deref();
    let is_wanted = |kind: &CodeActionKind| only.is_none_or(|only| only.iter().any(|only| includes(only, kind)));
    let mut actions = Vec::new();
    if is_wanted(&CodeActionKind::QUICKFIX) {
        let shown = session.published.get(uri.as_str()).map(Vec::as_slice).unwrap_or_default();
        let here = shown.iter().filter(|shown| touches(shown.diagnostic.range, params.range));
        actions.extend(here.take(MAX_FINDINGS_PER_PLACE).filter_map(|shown| file.quick_fix(shown)));
    }
    // It is about the whole file: it is offered where it was asked for.
    if only.is_some() && is_wanted(&FIX_ALL) {
        actions.extend(file.fix_all());
    }
    Some(actions.into_iter().map(CodeActionOrCommand::CodeAction).collect())
}

/// Whether a kind of actions is another one, or one above it: `source` is above `source.fixAll`.
fn includes(above: &CodeActionKind, kind: &CodeActionKind) -> bool {
    let rest = kind.as_str().strip_prefix(above.as_str());
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || above.as_str().is_empty())
}

/// A file in which findings can be mended.
struct OfFile<'s, 'a, W> {
    session: &'s Session<'a, W>,
    project: Arc<Project>,
    path: &'s Path,
    unsaved: Overlay,
}

impl<W: Write> OfFile<'_, '_, W> {
    /// What mends a finding; if it cannot be mended from here, an action that says why, where the client shows such.
    fn quick_fix(&self, shown: &Shown) -> Option<CodeAction> {
        let finding = shown.finding.as_ref()?;
        let fix = finding.fix.as_ref()?;
        let planned = if fix.needs.is_empty() { self.edit(finding, fix) } else { Err(needs(fix)) };
        let unsafe_mark = if fix.safe { "" } else { " (unsafe: it can change what works today)" };
        let action = CodeAction {
            title: format!("aemlint: {}{unsafe_mark}", fix.title),
            kind: Some(CodeActionKind::QUICKFIX),
            diagnostics: Some(vec![shown.diagnostic.clone()]),
            ..CodeAction::default()
        };
        match planned {
            Ok(edit) => Some(CodeAction { edit: Some(edit), is_preferred: Some(fix.safe), ..action }),
            Err(reason) if self.session.client.shows_disabled => {
                Some(CodeAction { disabled: Some(CodeActionDisabled { reason }), ..action })
            }
            Err(_) => None,
        }
    }

    fn edit(&self, finding: &Finding, fix: &Fix) -> Result<lsp_types::WorkspaceEdit, String> {
        if self.project.rules.counts(&finding.rule) {
            return Err("it is about several files, which `aemlint fix` can mend".to_owned());
        }
        let only = Some((&*finding.rule, &*finding.fingerprint));
        self.planned(only, fix.safe)
    }

    /// What mends all that can be mended safely.
    fn fix_all(&self) -> Option<CodeAction> {
        let edit = self.planned(None, true).ok()?;
        Some(CodeAction {
            title: "aemlint: mend all that is safe to mend in this file".to_owned(),
            kind: Some(FIX_ALL),
            edit: Some(edit),
            ..CodeAction::default()
        })
    }

    fn planned(&self, only: Option<(&str, &str)>, is_safe: bool) -> Result<lsp_types::WorkspaceEdit, String> {
        let file = EditedFile { project: &self.project, path: self.path, unsaved: &self.unsaved, only };
        let plan = file.plan(is_safe)?;
        let client = &self.session.client;
        workspace_edit(&plan, &self.project, &self.session.documents, client.edits, client.encoding)
    }
}

/// What a fix needs to know, as a clause.
fn needs(fix: &Fix) -> String {
    let keys: Vec<&str> = fix.needs.iter().map(|key| key.name()).collect();
    format!("it needs answers; run `aemlint fix` with --set {}=VALUE", keys.join("=VALUE --set "))
}
