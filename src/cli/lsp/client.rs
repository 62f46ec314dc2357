//! The client: what it can do, and what is sent to it.

use super::actions::EditSupport;
use super::position::Encoding;
use super::transport;
use lsp_types::notification::{LogMessage, Notification, ShowMessage};
use lsp_types::{
    InitializeParams, LogMessageParams, MarkupKind, MessageType, ResourceOperationKind, ShowMessageParams,
};
use serde_json::{Value, json};
use std::io::Write;

/// A message that is no JSON.
pub(super) const PARSE_ERROR: i32 = -32700;
/// A message that is no request, or one that is out of order.
pub(super) const INVALID_REQUEST: i32 = -32600;
/// A request that is not known.
pub(super) const METHOD_NOT_FOUND: i32 = -32601;
/// Parameters that are not as the protocol says.
pub(super) const INVALID_PARAMS: i32 = -32602;
/// A mistake of the server.
pub(super) const INTERNAL_ERROR: i32 = -32603;
/// A request before `initialize`.
pub(super) const NOT_INITIALIZED: i32 = -32002;

/// Why a request has no result.
#[derive(Debug)]
pub(super) struct Failure {
    /// One of the numbers of the protocol.
    pub(super) code: i32,
    /// What happened, for people.
    pub(super) message: String,
}

impl Failure {
    /// A failure.
    pub(super) fn new(code: i32, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// The client.
pub(super) struct Client<W> {
    output: W,
    /// The number of the last request to it.
    number: i32,
    /// Whether it has closed its side.
    pub(super) is_gone: bool,
    /// How columns are counted.
    pub(super) encoding: Encoding,
    /// What it can do with edits.
    pub(super) edits: EditSupport,
    /// Whether it shows further places of a diagnostic.
    pub(super) shows_related: bool,
    /// Whether it shows actions that cannot be done, with the reason.
    pub(super) shows_disabled: bool,
    /// Whether it shows Markdown.
    pub(super) shows_markdown: bool,
    /// Whether it can be asked to say which files change.
    pub(super) watches_files: bool,
}

impl<W: Write> Client<W> {
    /// A client of which nothing is known.
    pub(super) fn new(output: W) -> Self {
        Self {
            output,
            number: 0,
            is_gone: false,
            encoding: Encoding::Utf16,
            edits: EditSupport::default(),
            shows_related: false,
            shows_disabled: false,
            shows_markdown: false,
            watches_files: false,
        }
    }

    /// Takes over what the client says it can do.
    pub(super) fn learn(&mut self, params: &InitializeParams) {
        let capabilities = &params.capabilities;
        let general = capabilities.general.as_ref();
        self.encoding = Encoding::negotiate(general.and_then(|general| general.position_encodings.as_deref()));
        if let Some(workspace) = &capabilities.workspace {
            let watched = workspace.did_change_watched_files.as_ref();
            self.watches_files = watched.and_then(|watched| watched.dynamic_registration).unwrap_or(false);
            if let Some(edits) = &workspace.workspace_edit {
                let operations = edits.resource_operations.as_deref().unwrap_or_default();
                self.edits = EditSupport {
                    document_changes: edits.document_changes.unwrap_or(false),
                    rename: operations.contains(&ResourceOperationKind::Rename),
                    delete: operations.contains(&ResourceOperationKind::Delete),
                };
            }
        }
        if let Some(text) = &capabilities.text_document {
            let published = text.publish_diagnostics.as_ref();
            self.shows_related = published.and_then(|published| published.related_information).unwrap_or(false);
            self.shows_disabled =
                text.code_action.as_ref().and_then(|actions| actions.disabled_support).unwrap_or(false);
            let formats = text.hover.as_ref().and_then(|hover| hover.content_format.as_deref()).unwrap_or_default();
            self.shows_markdown = formats.contains(&MarkupKind::Markdown);
        }
    }

    fn send(&mut self, message: &Value) {
        self.is_gone |= transport::write(&mut self.output, message).is_err();
    }

    /// Answers a request.
    pub(super) fn respond(&mut self, id: &Value, result: Result<Value, Failure>) {
        let message = match result {
            Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
            Err(Failure { code, message }) => {
                json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
            }
        };
        self.send(&message);
    }

    /// Sends a notification.
    pub(super) fn notify<N: Notification>(&mut self, params: N::Params) {
        self.send(&json!({"jsonrpc": "2.0", "method": N::METHOD, "params": params}));
    }

    /// Sends a request, whose answer is not waited for.
    pub(super) fn request<R: lsp_types::request::Request>(&mut self, params: R::Params) {
        self.number += 1;
        let id = format!("aemlint/{}", self.number);
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": R::METHOD, "params": params}));
    }

    /// Writes a line into the log of the client.
    pub(super) fn log(&mut self, message: impl Into<String>) {
        self.notify::<LogMessage>(LogMessageParams { typ: MessageType::WARNING, message: message.into() });
    }

    /// Shows an error to the user.
    pub(super) fn show_error(&mut self, message: impl Into<String>) {
        self.notify::<ShowMessage>(ShowMessageParams { typ: MessageType::ERROR, message: message.into() });
    }
}
