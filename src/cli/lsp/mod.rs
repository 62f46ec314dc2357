//! `aemlint lsp`: a language server on standard input and output.
//!
//! `transport` reads and writes frames, `server` keeps the order of the protocol, one message at a time. `session` is the
//! state: `client`, `documents` (the open files), `workspace` (the folders, with what was `found` in them), of which `project`
//! judges. `requests` answers questions. A file is checked when it is opened
//! or changed, a folder when one of its files is saved, on a thread of its own. `diagnostics` and `actions` put findings and
//! fixes into the words of the protocol, `position` counts columns. Nothing is ever written to disk.

mod actions;
mod client;
mod diagnostics;
mod documents;
mod event;
mod found;
mod position;
mod project;
mod requests;
mod server;
mod session;
mod transport;
mod workspace;

use super::args::Lsp;
use event::Event;
use miette::{IntoDiagnostic, Report};
use server::Server;
use std::io;
use std::sync::mpsc::{self, SyncSender};
use std::thread;
use transport::Frame;

/// Messages that are read ahead.
const MAX_WAITING_MESSAGES: usize = 256;

/// Runs until the client says `exit`, or is gone. The exit code is 0 after an orderly `shutdown`, else 1.
///
/// # Errors
/// If no thread can be started.
pub(super) fn run(args: &Lsp) -> Result<u8, Report> {
    let (sender, events) = mpsc::sync_channel(MAX_WAITING_MESSAGES);
    let for_reader = sender.clone();
    thread::Builder::new().name("reader".to_owned()).spawn(move || read(&for_reader)).into_diagnostic()?;
    let mut server = Server::new(args, io::stdout(), sender);
    Ok(u8::from(!server.run(&events)))
}

fn read(sender: &SyncSender<Event>) {
    let mut input = io::stdin().lock();
    loop {
        let frame = transport::read(&mut input).unwrap_or(Frame::End);
        let is_end = frame == Frame::End;
        if sender.send(Event::Frame(frame)).is_err() || is_end {
            return;
        }
    }
}
