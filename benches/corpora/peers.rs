//! What people use today to look into packages. Each runs only where it is installed, and each is given the best case:
//! the same files by name where it can choose, all cores, a search for the planted text only.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

use crate::corpus::Corpus;
use crate::measure::{Program, is_installed};

/// What they search for, in any case: hosts are the same in any.
const PATTERN: &str = "adobe\\.io|adobelogin\\.com|brand-portal\\.adobe\\.com";
const GLOBS: [&str; 6] = ["*.xml", "*.config", "*.cfg", "*.json", "*.properties", "*.jar"];
const JAVA: &str = include_str!("ZipScan.java");
const PYTHON: &str = include_str!("zip_scan.py");

/// The peers that are installed, ready to run on `corpus`; `cache` holds what they need.
pub(crate) fn installed(corpus: &Corpus, cache: &Path) -> io::Result<Vec<Program>> {
    let mut peers = Vec::new();
    let mut add = |name: &str, command: Vec<OsString>, accepts| {
        peers.push(Program { name: name.to_owned(), command, accepts, quick: false });
    };
    let path = corpus.path.clone().into_os_string();
    if is_installed("ugrep") {
        let globs = GLOBS[..5].iter().map(|glob| format!("--include={glob}"));
        // Most docview files are called `.content.xml`, which is hidden by default.
        let options = ["ugrep", "-z", "--zmax=4", "--hidden", "-r", "-c", "-i", "-E", PATTERN];
        let mut command: Vec<OsString> = options.map(Into::into).into();
        command.extend(globs.map(OsString::from));
        command.push(path.clone());
        add("ugrep -z", command, &[0, 1]);
    } else {
        eprintln!("not installed: ugrep");
    }
    for (name, unpack, tool) in [
        ("unzip | rg", unpack_with("unzip -p \"$1\"", ""), "unzip"),
        ("bsdtar | rg", unpack_with("bsdtar -xOf \"$1\"", "--include="), "bsdtar"),
    ] {
        if !(is_installed(tool) && is_installed("rg")) {
            eprintln!("not installed: {name}");
            continue;
        }
        // Exit codes of the last command only: unzip says 11 where a pattern has no match.
        let one = format!("{unpack} 2>/dev/null | rg -c -a -i '{PATTERN}' || true");
        let all = "find \"$1\" -name '*.zip' -print0 | xargs -0 -n1 -P\"$2\" sh -c \"$3\" one";
        let threads = std::thread::available_parallelism()?.to_string();
        let mut command: Vec<OsString> = ["sh", "-c", all, "all"].map(Into::into).into();
        command.extend([path.clone(), threads.into(), one.into()]);
        add(name, command, &[0]);
    }
    if is_installed("python3") {
        let script = cache.join("zip_scan.py");
        fs::write(&script, PYTHON)?;
        add("python zipfile", vec!["python3".into(), script.into(), path.clone()], &[0]);
    } else {
        eprintln!("not installed: python3");
    }
    if is_installed("javac") && is_installed("java") {
        let source = cache.join("ZipScan.java");
        fs::write(&source, JAVA)?;
        let compiled = Command::new("javac").arg("-d").arg(cache).arg(&source).status()?;
        if !compiled.success() {
            return Err(io::Error::other("javac could not compile ZipScan.java"));
        }
        for (name, mode) in [("java ZipFile + StAX", "stax"), ("java ZipFile + contains", "contains")] {
            let class_path = cache.as_os_str().to_owned();
            add(name, vec!["java".into(), "-cp".into(), class_path, "ZipScan".into(), mode.into(), path.clone()], &[0]);
        }
    } else {
        eprintln!("not installed: a JDK (java and javac)");
    }
    Ok(peers)
}

fn unpack_with(command: &str, option: &str) -> String {
    GLOBS[..5].iter().fold(command.to_owned(), |command, glob| format!("{command} '{option}{glob}'"))
}
