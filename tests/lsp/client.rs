//! An editor as far as the tests need one: it starts the server, talks to it, and makes the edits that it is offered.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long an answer may take; the machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    /// What was read and not yet looked for.
    waiting: Vec<Value>,
    number: i32,
}

impl Client {
    /// Starts the server in `directory`.
    pub fn start(directory: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_aemlint"))
            // The examples are single files: their secrets come from elsewhere.
            .args(["lsp", "--ignore", "missing-client-secret"])
            .args(arguments)
            .current_dir(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let input = child.stdin.take();
        Self { child, input, messages, waiting: Vec::new(), number: 0 }
    }

    /// Starts the server in `directory` and introduces an editor that can do all there is, with these folders.
    pub fn open(directory: &Path, arguments: &[&str], folders: &[&Path]) -> Self {
        let mut client = Self::start(directory, arguments);
        let result = client.initialize(&capabilities(), folders);
        assert_eq!(result["capabilities"]["positionEncoding"], "utf-16");
        client
    }

    pub fn initialize(&mut self, capabilities: &Value, folders: &[&Path]) -> Value {
        let folders: Vec<Value> = folders.iter().map(|folder| json!({"uri": uri(folder), "name": "folder"})).collect();
        let params =
            json!({"processId": null, "rootUri": null, "capabilities": capabilities, "workspaceFolders": folders});
        let result = self.request("initialize", params).unwrap();
        self.notify("initialized", json!({}));
        result
    }

    pub fn raw(&mut self, bytes: &[u8]) {
        self.input.as_mut().unwrap().write_all(bytes).unwrap();
    }

    pub fn send(&mut self, message: &Value) {
        let text = message.to_string();
        self.raw(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes());
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// The result of a request, or its error.
    pub fn request(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.number += 1;
        let id = self.number;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        let response = self
            .wait(&format!("the answer to {method}"), |message| message["id"] == id && message.get("method").is_none());
        match response.get("error") {
            Some(error) => Err(error.clone()),
            None => Ok(response["result"].clone()),
        }
    }

    /// The first message that is as wanted. Those before it are kept.
    pub fn wait(&mut self, what: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        let until = Instant::now() + PATIENCE;
        if let Some(at) = self.waiting.iter().position(&is_wanted) {
            return self.waiting.remove(at);
        }
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let message = self.messages.recv_timeout(left);
            let message = message.unwrap_or_else(|_| panic!("no {what}; but {:#?}", self.waiting));
            if is_wanted(&message) {
                return message;
            }
            self.waiting.push(message);
        }
    }

    /// Waits until the rules that are shown for a file are these, sorted.
    pub fn shown(&mut self, path: &Path, rules: &[&str]) -> Vec<Value> {
        let uri = uri(path);
        let is_of_file = |message: &Value| {
            message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == *uri
        };
        let message = self.wait(&format!("diagnostics {rules:?} of {uri}"), |message| {
            is_of_file(message) && codes(&message["params"]["diagnostics"]) == rules
        });
        // What was shown before has been replaced.
        self.waiting.retain(|message| !is_of_file(message));
        message["params"]["diagnostics"].as_array().unwrap().clone()
    }

    pub fn did_open(&mut self, path: &Path, text: &str) {
        let document = json!({"uri": uri(path), "languageId": "text", "version": 1, "text": text});
        self.notify("textDocument/didOpen", json!({"textDocument": document}));
    }

    pub fn did_change(&mut self, path: &Path, version: i32, changes: Value) {
        let document = json!({"uri": uri(path), "version": version});
        self.notify("textDocument/didChange", json!({"textDocument": document, "contentChanges": changes}));
    }

    pub fn did_save(&mut self, path: &Path) {
        self.notify("textDocument/didSave", json!({"textDocument": {"uri": uri(path)}}));
    }

    pub fn actions(&mut self, path: &Path, diagnostic: &Value, only: &[&str]) -> Vec<Value> {
        let mut context = json!({"diagnostics": [diagnostic]});
        if !only.is_empty() {
            context["only"] = json!(only);
        }
        let params = json!({"textDocument": {"uri": uri(path)}, "range": diagnostic["range"], "context": context});
        self.request("textDocument/codeAction", params).unwrap().as_array().unwrap().clone()
    }

    /// Ends the server as the protocol says, and returns its exit code.
    pub fn end(mut self) -> i32 {
        assert_eq!(self.request("shutdown", Value::Null), Ok(Value::Null));
        self.notify("exit", Value::Null);
        self.exit_code()
    }

    /// The exit code once the server has ended; nothing more is sent to it.
    pub fn exit_code(mut self) -> i32 {
        self.input = None;
        self.child.wait().unwrap().code().unwrap()
    }

    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

fn read(output: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(stated) = line.strip_prefix("Content-Length: ") {
            length = stated.trim().parse().unwrap();
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut bytes = vec![0; length];
    output.read_exact(&mut bytes).ok()?;
    Some(serde_json::from_slice(&bytes).unwrap())
}

pub fn capabilities() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-16", "utf-8"]},
        "workspace": {
            "workspaceEdit": {"documentChanges": true, "resourceOperations": ["create", "rename", "delete"]},
            "didChangeWatchedFiles": {"dynamicRegistration": true}
        },
        "textDocument": {
            "publishDiagnostics": {"relatedInformation": true},
            "codeAction": {"disabledSupport": true},
            "hover": {"contentFormat": ["markdown", "plaintext"]}
        }
    })
}

pub fn uri(path: &Path) -> String {
    url::Url::from_file_path(path).unwrap().to_string()
}

/// The rules of diagnostics, sorted.
pub fn codes(diagnostics: &Value) -> Vec<String> {
    let mut codes: Vec<String> = diagnostics
        .as_array()
        .unwrap()
        .iter()
        .map(|diagnostic| diagnostic["code"].as_str().unwrap_or("no code").to_owned())
        .collect();
    codes.sort();
    codes
}

/// The text with edits made as an editor makes them, columns in UTF-16.
pub fn edited(text: &str, edits: &Value) -> String {
    let mut edits: Vec<(usize, usize, &str)> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| {
            let at = |end: &str| {
                let position = &edit["range"][end];
                let line = position["line"].as_u64().unwrap() as usize;
                let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
                let mut left = position["character"].as_u64().unwrap() as usize;
                let rest = text[start..].chars();
                let before = rest.take_while(|c| {
                    let fits = left > 0;
                    left = left.saturating_sub(c.len_utf16());
                    fits
                });
                start + before.map(char::len_utf8).sum::<usize>()
            };
            (at("start"), at("end"), edit["newText"].as_str().unwrap())
        })
        .collect();
    edits.sort();
    let mut text = text.to_owned();
    for (start, end, new) in edits.into_iter().rev() {
        text.replace_range(start..end, new);
    }
    text
}
