//! The order of the protocol, and what is done with each message.

use super::super::args::Lsp;
use super::actions::FIX_ALL;
use super::client::{
    Client, Failure, INTERNAL_ERROR, INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, NOT_INITIALIZED, PARSE_ERROR,
};
use super::documents::{Document, path_of};
use super::event::Event;
use super::requests;
use super::session::Session;
use super::transport::Frame;
use crate::documents::EXTENSIONS;
use lsp_types::notification::{
    DidChangeTextDocument, DidChangeWatchedFiles, DidChangeWorkspaceFolders, DidCloseTextDocument, DidOpenTextDocument,
    DidSaveTextDocument, Exit, Initialized, Notification,
};
use lsp_types::request::{CodeActionRequest, HoverRequest, Initialize, RegisterCapability, Request, Shutdown};
use lsp_types::{
    CodeActionKind, CodeActionOptions, CodeActionProviderCapability, DidChangeWatchedFilesRegistrationOptions,
    FileSystemWatcher, GlobPattern, HoverProviderCapability, InitializeParams, InitializeResult, OneOf, Registration,
    RegistrationParams, SaveOptions, ServerCapabilities, ServerInfo, TextDocumentSyncCapability, TextDocumentSyncKind,
    TextDocumentSyncOptions, TextDocumentSyncSaveOptions, Uri, WorkspaceFoldersServerCapabilities,
    WorkspaceServerCapabilities,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io::Write;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError};

/// Where in the protocol client and server are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    New,
    Running,
    ShutDown,
    Ended,
}

/// The server.
pub(super) struct Server<'a, W> {
    session: Session<'a, W>,
    stage: Stage,
    /// The folders that are to be added when the client is ready.
    folders: Vec<PathBuf>,
}

impl<'a, W: Write> Server<'a, W> {
    /// A server that knows no client yet.
    pub(super) fn new(args: &'a Lsp, output: W, sender: SyncSender<Event>) -> Self {
        let session = Session::new(args, Client::new(output), sender);
        Self { session, stage: Stage::New, folders: Vec::new() }
    }

    /// Handles events until the end. Whether it was an orderly one.
    pub(super) fn run(&mut self, events: &Receiver<Event>) -> bool {
        let mut is_orderly = false;
        while self.stage != Stage::Ended && !self.session.client.is_gone {
            is_orderly = self.stage == Stage::ShutDown;
            let event = match events.try_recv() {
                Ok(event) => event,
                Err(TryRecvError::Disconnected) => break,
                // Checks wait until all that the client has sent is read: of many changes the last one counts.
                Err(TryRecvError::Empty) if self.stage == Stage::Running && self.session.do_next() => continue,
                Err(TryRecvError::Empty) => match events.recv() {
                    Ok(event) => event,
                    Err(_) => break,
                },
            };
            match event {
                Event::Frame(Frame::End) => break,
                Event::Frame(Frame::Malformed(why)) => {
                    self.session.client.respond(&Value::Null, Err(Failure::new(PARSE_ERROR, why)));
                }
                Event::Frame(Frame::Message(message)) => self.message(message),
                Event::Checked(checked) if self.stage == Stage::Running => self.session.folder_checked(*checked),
                Event::Checked(_) => {}
            }
        }
        self.session.workspaces.iter_mut().for_each(|workspace| workspace.stop_check());
        is_orderly
    }

    fn message(&mut self, mut message: Value) {
        let mut take = |name: &str| message.get_mut(name).map(Value::take);
        let (id, method, params) = (take("id"), take("method"), take("params").unwrap_or_default());
        match (id, method) {
            (Some(id), Some(Value::String(method))) if id.is_string() || id.is_number() => {
                let result = panic::catch_unwind(AssertUnwindSafe(|| self.request(&method, params)));
                let failed = || Err(Failure::new(INTERNAL_ERROR, "aemlint failed on this request"));
                self.session.client.respond(&id, result.unwrap_or_else(|_| failed()));
            }
            (None, Some(Value::String(method))) => {
                let handled = panic::catch_unwind(AssertUnwindSafe(|| self.notification(&method, params)));
                if handled.is_err() {
                    self.session.client.log(format!("aemlint failed on the notification {method:?}"));
                }
            }
            // The answer to a request of ours.
            (Some(_), None) => {}
            _ => {
                let failure = Failure::new(INVALID_REQUEST, "a message is neither request, notification nor response");
                self.session.client.respond(&Value::Null, Err(failure));
            }
        }
    }

    fn request(&mut self, method: &str, params: Value) -> Result<Value, Failure> {
        match (self.stage, method) {
            (Stage::New, Initialize::METHOD) => {
                let result = self.initialize(&parsed::<InitializeParams>(params)?);
                self.stage = Stage::Running;
                answer(result)
            }
            (Stage::New, _) => Err(Failure::new(NOT_INITIALIZED, "the first request is `initialize`")),
            (Stage::ShutDown | Stage::Ended, _) => Err(Failure::new(INVALID_REQUEST, "the server was shut down")),
            (Stage::Running, Initialize::METHOD) => {
                Err(Failure::new(INVALID_REQUEST, "the server is initialized already"))
            }
            (Stage::Running, Shutdown::METHOD) => {
                self.stage = Stage::ShutDown;
                self.session.workspaces.iter_mut().for_each(|workspace| workspace.stop_check());
                Ok(Value::Null)
            }
            (Stage::Running, HoverRequest::METHOD) => answer(requests::hover(&mut self.session, &parsed(params)?)),
            (Stage::Running, CodeActionRequest::METHOD) => {
                answer(requests::code_actions(&mut self.session, &parsed(params)?))
            }
            (Stage::Running, _) => Err(Failure::new(METHOD_NOT_FOUND, "this request is not known")),
        }
    }

    #[expect(deprecated, reason = "older clients name one root instead of folders")]
    fn initialize(&mut self, params: &InitializeParams) -> InitializeResult {
        self.session.client.learn(params);
        self.folders = match &params.workspace_folders {
            Some(folders) => folders.iter().filter_map(|folder| path_of(&folder.uri)).collect(),
            None => params.root_uri.iter().filter_map(path_of).collect(),
        };
        let sync = TextDocumentSyncOptions {
            open_close: Some(true),
            change: Some(TextDocumentSyncKind::INCREMENTAL),
            save: Some(TextDocumentSyncSaveOptions::SaveOptions(SaveOptions { include_text: Some(false) })),
            ..TextDocumentSyncOptions::default()
        };
        let actions = CodeActionOptions {
            code_action_kinds: Some(vec![CodeActionKind::QUICKFIX, FIX_ALL]),
            ..CodeActionOptions::default()
        };
        let folders =
            WorkspaceFoldersServerCapabilities { supported: Some(true), change_notifications: Some(OneOf::Left(true)) };
        let capabilities = ServerCapabilities {
            position_encoding: Some(self.session.client.encoding.kind()),
            text_document_sync: Some(TextDocumentSyncCapability::Options(sync)),
            hover_provider: Some(HoverProviderCapability::Simple(true)),
            code_action_provider: Some(CodeActionProviderCapability::Options(actions)),
            workspace: Some(WorkspaceServerCapabilities { workspace_folders: Some(folders), file_operations: None }),
            ..ServerCapabilities::default()
        };
        let version = Some(env!("CARGO_PKG_VERSION").to_owned());
        InitializeResult { capabilities, server_info: Some(ServerInfo { name: "aemlint".to_owned(), version }) }
    }

    fn notification(&mut self, method: &str, params: Value) {
        if method == Exit::METHOD {
            // Whether it is an orderly end is decided by what came before.
            self.stage = Stage::Ended;
            return;
        }
        if self.stage != Stage::Running {
            return;
        }
        // A notification has no answer: one that is not understood changes nothing.
        let handled = match method {
            Initialized::METHOD => {
                self.start();
                Ok(())
            }
            DidOpenTextDocument::METHOD => notified::<DidOpenTextDocument>(params).map(|it| {
                let document = it.text_document;
                self.open(document.uri, document.version, document.text);
            }),
            DidChangeTextDocument::METHOD => notified::<DidChangeTextDocument>(params).map(|it| {
                let encoding = self.session.client.encoding;
                if let Some(document) = self.session.documents.get_mut(it.text_document.uri.as_str()) {
                    document.change(it.text_document.version, &it.content_changes, encoding);
                    self.session.want_file(&it.text_document.uri);
                }
            }),
            DidSaveTextDocument::METHOD => notified::<DidSaveTextDocument>(params).map(|it| {
                if let Some(document) = self.session.documents.get_mut(it.text_document.uri.as_str()) {
                    document.is_unsaved = false;
                    let path = document.path.clone();
                    self.session.file_changed(&path);
                }
            }),
            DidCloseTextDocument::METHOD => {
                notified::<DidCloseTextDocument>(params).map(|it| self.close(&it.text_document.uri))
            }
            DidChangeWatchedFiles::METHOD => notified::<DidChangeWatchedFiles>(params).map(|it| {
                let is_open = |path: &PathBuf| self.session.documents.values().any(|document| document.path == *path);
                let changed = it.changes.iter().filter_map(|change| path_of(&change.uri));
                let changed: Vec<PathBuf> = changed.filter(|path| !is_open(path)).collect();
                changed.iter().for_each(|path| self.session.file_changed(path));
            }),
            DidChangeWorkspaceFolders::METHOD => notified::<DidChangeWorkspaceFolders>(params).map(|it| {
                let paths = |folders: &[lsp_types::WorkspaceFolder]| -> Vec<PathBuf> {
                    folders.iter().filter_map(|folder| path_of(&folder.uri)).collect()
                };
                paths(&it.event.removed).iter().for_each(|folder| self.session.remove_folder(folder));
                paths(&it.event.added).iter().for_each(|folder| self.session.add_folder(folder));
            }),
            _ => Ok(()),
        };
        if let Err(failure) = handled {
            self.session.client.log(format!("aemlint: {}: {method}", failure.message));
        }
    }

    /// Begins to work, once the client is ready for it.
    fn start(&mut self) {
        for folder in std::mem::take(&mut self.folders) {
            self.session.add_folder(&folder);
        }
        if !self.session.client.watches_files {
            return;
        }
        let extensions: Vec<&str> = EXTENSIONS.iter().map(|extension| &extension[1..]).collect();
        let globs = [format!("**/*.{{{}}}", extensions.join(",")), "**/*.toml".to_owned()];
        let watcher = |glob: String| FileSystemWatcher { glob_pattern: GlobPattern::String(glob), kind: None };
        let watchers = globs.into_iter().map(watcher).collect();
        let options = serde_json::to_value(DidChangeWatchedFilesRegistrationOptions { watchers });
        let registration = Registration {
            id: "files".to_owned(),
            method: DidChangeWatchedFiles::METHOD.to_owned(),
            register_options: options.ok(),
        };
        let registrations = vec![registration];
        self.session.client.request::<RegisterCapability>(RegistrationParams { registrations });
    }

    fn open(&mut self, uri: Uri, version: i32, text: String) {
        let Some(path) = path_of(&uri) else { return };
        let text: Arc<str> = text.into();
        self.session.want_file(&uri);
        let document = Document { uri: uri.clone(), path, version, text, is_unsaved: false };
        self.session.documents.insert(uri.as_str().to_owned(), document);
    }

    fn close(&mut self, uri: &Uri) {
        let Some(document) = self.session.documents.remove(uri.as_str()) else { return };
        let index = self.session.workspace_of(&document.path);
        // What was shown may be about a text that was given up.
        self.session.show_closed(index, &document.path);
        if document.is_unsaved {
            self.session.file_changed(&document.path);
        }
    }
}

/// The parameters of a request or notification. What is wrong with them is not quoted: they hold texts of files.
fn parsed<T: DeserializeOwned>(params: Value) -> Result<T, Failure> {
    serde_json::from_value(params).map_err(|_| Failure::new(INVALID_PARAMS, "the parameters are not understood"))
}

fn notified<N: Notification>(params: Value) -> Result<N::Params, Failure> {
    parsed(params)
}

fn answer(result: impl Serialize) -> Result<Value, Failure> {
    serde_json::to_value(result).map_err(|_| Failure::new(INTERNAL_ERROR, "the answer cannot be written"))
}
