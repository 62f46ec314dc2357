//! Runs the program under bounds, and checks what holds for every run, whatever the input.
#![allow(clippy::print_stderr, reason = "the costs are shown where they are asked for")]

use serde_json::Value;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A run that takes longer hangs. The normal cost of a case is some milliseconds; a busy machine and a debug build need room.
const HANG: Duration = Duration::from_secs(60);
/// The most memory that any run may hold, in KiB. Most stay below a tenth of it.
const MEMORY: u64 = 512 << 10;

/// Whether bombs have their full size.
pub fn full() -> bool {
    std::env::var_os("AEMLINT_HOSTILE_FULL").is_some()
}

/// The program: this build's, or the one that `AEMLINT_HOSTILE_PROGRAM` names, such as a released one.
fn program() -> PathBuf {
    std::env::var_os("AEMLINT_HOSTILE_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_aemlint").into(), PathBuf::from)
}

/// What a run printed.
#[derive(Debug)]
pub struct Run {
    /// The most memory that it held, in KiB; 0 where nobody counts it.
    pub peak: u64,
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs `aemlint` in a directory.
pub fn aemlint<S: AsRef<std::ffi::OsStr>>(directory: &Path, args: impl IntoIterator<Item = S>) -> Run {
    let mut command = Command::new(program());
    command.args(args).current_dir(directory).env_clear();
    bounded(command)
}

/// Runs a command of which `aemlint` is the process that stays, and checks the bounds and what it printed.
pub fn bounded(mut command: Command) -> Run {
    let scratch = tempfile::tempdir().unwrap();
    // Files rather than pipes: nobody has to read while the program runs.
    let (out, err) = (scratch.path().join("out"), scratch.path().join("err"));
    command.stdout(File::create(&out).unwrap()).stderr(File::create(&err).unwrap()).stdin(Stdio::null());
    let started = Instant::now();
    let mut child = command.spawn().unwrap();
    let (status, peak) = wait(&mut child, started);
    let text = |path| String::from_utf8(std::fs::read(path).unwrap()).expect("the output is UTF-8");
    let run = Run { peak, code: status.code().unwrap_or(-1), out: text(out), err: text(err) };
    if std::env::var_os("AEMLINT_HOSTILE_COSTS").is_some() {
        let name = std::thread::current().name().unwrap_or_default().to_owned();
        let cost = (started.elapsed().as_millis(), peak >> 10);
        eprintln!("{name}: {} ms, {} MiB, exit {}", cost.0, cost.1, run.code);
    }
    assert!(peak < MEMORY, "{} MiB of memory: {command:?}", peak >> 10);
    assert!((0..=3).contains(&run.code), "{command:?} ended with {status}:\n{}", run.err);
    assert!(!run.err.contains("internal error"), "{}", run.err);
    for text in [&run.out, &run.err] {
        // CSV has lines that end like that.
        let raw = text.replace("\r\n", "\n").chars().find(|&c| acts_on_a_terminal(c));
        assert!(raw.is_none(), "{command:?} printed {raw:?} raw:\n{text}");
    }
    run
}

/// Waits for the end; gives the status and the most memory that was resident, in KiB, or 0 where nobody counts it.
///
/// The kernel's own figure for a child that has ended (`ru_maxrss`) begins with the memory of the parent, which may have
/// made a bomb: so the running child is asked.
fn wait(child: &mut Child, started: Instant) -> (ExitStatus, u64) {
    let mut peak = 0;
    loop {
        if let Some(now) = peak_of(child.id()) {
            peak = peak.max(now);
        }
        if let Some(status) = child.try_wait().unwrap() {
            return (status, peak);
        }
        if started.elapsed() > HANG {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("the program hangs");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

#[cfg(target_os = "linux")]
fn peak_of(process: u32) -> Option<u64> {
    // Between fork and exec the child still is what its parent is.
    let running = std::fs::read_link(format!("/proc/{process}/exe")).ok()?;
    if !running.ends_with(program().file_name()?) {
        return None;
    }
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

#[cfg(not(target_os = "linux"))]
fn peak_of(_: u32) -> Option<u64> {
    None
}

/// Control characters of both blocks, and marks that change the direction or the look of what is around them.
pub fn acts_on_a_terminal(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A report in JSON.
#[derive(Debug)]
pub struct Report {
    /// As [`Run::peak`].
    pub peak: u64,
    /// Its length.
    pub bytes: usize,
    pub code: i32,
    pub json: Value,
}

impl Report {
    /// The rules of all findings, with repetitions.
    pub fn rules(&self) -> Vec<&str> {
        self.findings().iter().map(|finding| finding["rule"].as_str().unwrap()).collect()
    }

    pub fn findings(&self) -> &[Value] {
        self.json["findings"].as_array().unwrap()
    }

    pub fn has(&self, rule: &str) -> bool {
        self.rules().contains(&rule)
    }

    pub fn unread(&self) -> &[Value] {
        self.json["unread"].as_array().unwrap()
    }

    /// The limits that were reached.
    pub fn limits(&self) -> Vec<&str> {
        self.unread().iter().filter_map(|unread| unread["limit"].as_str()).collect()
    }
}

/// Checks an input and parses the report; what must agree in every report does.
pub fn check(directory: &Path, input: &str, more: &[&str]) -> Report {
    let run = aemlint(directory, [&["check", "--format", "json", "--no-config", input], more].concat());
    assert_ne!(run.code, 2, "{}", run.err);
    let json: Value = serde_json::from_str(&run.out).expect("the report is JSON");
    let report = Report { peak: run.peak, bytes: run.out.len(), code: run.code, json };
    assert_eq!(report.json["summary"]["exit_code"], run.code);
    let incomplete = !report.unread().is_empty();
    assert_eq!(incomplete, report.has("unread-content"), "unread things are findings: {}", run.out);
    assert_eq!(run.code == 3, incomplete, "exit 3 says that the audit is incomplete: {}", run.out);
    report
}

/// The classes of the contradictions in archives, and the reasons for what was not read, as facts show them.
pub fn classes(directory: &Path, input: &str) -> Vec<String> {
    let args = ["facts", "--no-config", "--kind", "archive_anomaly", input];
    let run = aemlint(directory, args);
    let facts = run.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut classes: Vec<_> = facts.map(|fact| fact["class"].as_str().unwrap().to_owned()).collect();
    classes.sort();
    classes.dedup();
    classes
}
