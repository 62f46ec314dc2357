//! Runs a program and says what it took: wall time, CPU time and peak memory, its own children included.
//!
//! A process inherits the peak memory of the one that started it, so the programs are started by a small process: this
//! benchmark itself, with [`COMMAND`] as its argument.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use wait4::Wait4 as _;

/// The hidden first argument: `COMMAND RESULT STDOUT PROGRAM ARGUMENT…`.
pub(crate) const COMMAND: &str = "measure-one";

/// What one run took.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Usage {
    pub(crate) wall: Duration,
    /// User and system time of all threads and waited-for children.
    pub(crate) cpu: Duration,
    /// Bytes. Of several processes the largest.
    pub(crate) peak: u64,
    /// `None` when a signal ended it.
    pub(crate) code: Option<i32>,
}

/// A program to measure.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) name: String,
    pub(crate) command: Vec<OsString>,
    /// Exit codes that mean that it did its work.
    pub(crate) accepts: &'static [i32],
    /// Whether it is run in every round, or twice only because it takes long.
    pub(crate) quick: bool,
}

impl Program {
    /// Runs it once with its standard output in `stdout`.
    pub(crate) fn run(&self, stdout: &Path) -> io::Result<Usage> {
        let result = stdout.with_extension("usage");
        let started = Command::new(std::env::current_exe()?)
            .arg(COMMAND)
            .args([result.as_os_str(), stdout.as_os_str()])
            .args(&self.command)
            .stdin(Stdio::null())
            .status()?;
        if !started.success() {
            return Err(io::Error::other(format!("{} could not be started", self.name)));
        }
        serde_json::from_slice(&fs::read(result)?).map_err(io::Error::other)
    }

    pub(crate) fn accepts(&self, usage: Usage) -> bool {
        usage.code.is_some_and(|code| self.accepts.contains(&code))
    }
}

/// The small process: starts the program, waits, writes the [`Usage`].
pub(crate) fn measure_one(arguments: &[OsString]) -> io::Result<()> {
    let [result, stdout, program, arguments @ ..] = arguments else {
        return Err(io::Error::other("too few arguments"));
    };
    let start = Instant::now();
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(File::create(stdout)?)
        .stderr(File::create(Path::new(stdout).with_extension("stderr"))?)
        .spawn()?;
    let used = child.wait4()?;
    let usage = Usage {
        wall: start.elapsed(),
        cpu: used.rusage.utime + used.rusage.stime,
        peak: used.rusage.maxrss,
        code: used.status.code(),
    };
    fs::write(result, serde_json::to_vec(&usage).map_err(io::Error::other)?)
}

/// The middle one; of an even number the mean of the two.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.as_slice() {
        [] => f64::NAN,
        values if values.len() % 2 == 1 => values[middle],
        values => f64::midpoint(values[middle - 1], values[middle]),
    }
}

/// Whether `program` is on the path.
pub(crate) fn is_installed(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|paths| {
        std::env::split_paths(&paths).any(|folder| {
            folder.join(program).is_file() || folder.join(OsStr::new(program)).with_extension("exe").is_file()
        })
    })
}
