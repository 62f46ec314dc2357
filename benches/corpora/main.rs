//! `cargo bench --bench corpora`: the whole program against the floor and against what people use today.
//!
//! Generates the corpora (once), then runs the floor, `aemlint check` and the peers by turns, and prints medians and
//! ratios. See `docs/performance.md` for what the columns mean. Nothing here passes or fails by a time.
#![allow(missing_docs, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod content;
mod corpus;
mod floor;
mod measure;
mod passed;
mod peers;
mod recall;
mod table;
mod vocabulary;
mod zip;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

use clap::Parser;

use corpus::{Corpus, Kind};
use measure::{Program, Usage};

/// The program under test, built with the bench profile (which is the release profile).
const AEMLINT: &str = env!("CARGO_BIN_EXE_aemlint");

#[derive(Parser)]
#[command(about = "Measures aemlint against the floor and its peers")]
struct Options {
    /// Size of the corpora: 1 is full size (2.2 GB on disk), 0.1 a tenth of the packages and entries.
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// What to run (repeatable); by default the three corpora.
    #[arg(long, value_parser = ["code", "big", "container", "growth", "start"])]
    corpus: Vec<String>,
    /// Run the peers too: ugrep, unzip, bsdtar, python, java, whichever are installed. Takes minutes.
    #[arg(long)]
    peers: bool,
    /// Rounds of each quick program.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Threads of the floor and of aemlint.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Run `aemlint check` with a further option, such as --no-prefilter (repeatable).
    #[arg(long, allow_hyphen_values = true)]
    with: Vec<String>,
    /// Make the corpora of another seed, and of words that nothing was chosen with.
    #[arg(long)]
    held_out: bool,
    /// Run on the packages of a directory rather than on the corpora.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Only print which XML files pass the prefilter, and by what.
    #[arg(long)]
    passed: bool,
    /// Only print how often each literal stands in XML files, for `src/documents/prefilter/frequencies.rs`.
    #[arg(long)]
    frequencies: bool,
    /// Only generate the corpora.
    #[arg(long)]
    generate: bool,
    /// Where the corpora are kept.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/target/bench-corpora"))]
    cache: PathBuf,
    /// Given by cargo; without effect.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let done = match arguments.split_first() {
        Some((command, rest)) if command == measure::COMMAND => measure::measure_one(rest),
        Some((command, rest)) if command == "floor" => run_floor(rest),
        // Does nothing: what starting a process costs.
        Some((command, _)) if command == "nothing" => Ok(()),
        _ => run(&Options::parse()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("corpora: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run_floor(arguments: &[OsString]) -> io::Result<()> {
    let [threads, paths @ ..] = arguments else { return Err(io::Error::other("floor THREADS PATH…")) };
    let threads = threads.to_str().and_then(|number| number.parse().ok()).unwrap_or(1);
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    println!("{}", floor::run(&paths, threads)?);
    Ok(())
}

fn run(options: &Options) -> io::Result<()> {
    fs::create_dir_all(&options.cache)?;
    if let Some(path) = &options.dir {
        return compare(options, &corpus::existing(path));
    }
    let chosen: Vec<&str> = match options.corpus.as_slice() {
        [] => vec!["code", "big", "container"],
        names => names.iter().map(String::as_str).collect(),
    };
    for name in chosen {
        match name {
            "code" => main_table(options, Kind::Code)?,
            "big" => main_table(options, Kind::Big)?,
            "container" => main_table(options, Kind::Container)?,
            "growth" => growth(options)?,
            _ => start(options)?,
        }
    }
    Ok(())
}

/// Floor, aemlint with all and with one thread, aemlint without the prefilter, and the peers, on one corpus.
fn main_table(options: &Options, kind: Kind) -> io::Result<()> {
    let corpus = corpus::prepare(&options.cache, kind, options.scale, options.held_out)?;
    if options.generate { Ok(()) } else { compare(options, &corpus) }
}

fn compare(options: &Options, corpus: &Corpus) -> io::Result<()> {
    if options.frequencies {
        passed::print_frequencies(corpus);
        return Ok(());
    }
    if options.passed {
        passed::print(corpus);
        return Ok(());
    }
    let mut programs = vec![
        floor_of(corpus, options.threads)?,
        floor_of(corpus, 1)?,
        aemlint("aemlint", &corpus.path, options.threads, &options.with),
        aemlint("aemlint, 1 thread", &corpus.path, 1, &options.with),
        aemlint("aemlint --no-prefilter", &corpus.path, options.threads, &["--no-prefilter".to_owned()]),
    ];
    if options.peers {
        programs.extend(peers::installed(corpus, &options.cache)?);
    }
    let output = options.cache.join("output");
    let results = rounds(&programs, options.rounds, &output)?;
    table::print(corpus, &programs, &results);
    passed::print(corpus);
    recall::print(corpus, &output.join("2.out"))
}

/// One archive of more and more entries: the time per entry should not change.
fn growth(options: &Options) -> io::Result<()> {
    println!("\ngrowth, one archive");
    for thousands in [125, 250, 500, 1000] {
        let corpus = corpus::prepare(&options.cache, Kind::Entries(thousands), options.scale, options.held_out)?;
        if options.generate {
            continue;
        }
        let programs =
            [floor_of(&corpus, options.threads)?, aemlint("aemlint", &corpus.path, options.threads, &options.with)];
        let results = rounds(&programs, options.rounds.min(3), &options.cache.join("output"))?;
        let entries = (thousands * 1000) as f64 * options.scale;
        table::print_growth(entries, &programs, &results);
    }
    Ok(())
}

/// What a small run costs: a package of ten files against a process that does nothing, and a tree of 5,000 files.
fn start(options: &Options) -> io::Result<()> {
    let tiny = corpus::prepare(&options.cache, Kind::Tiny, 1.0, options.held_out)?;
    let tree = corpus::prepare(&options.cache, Kind::Tree(5000), 1.0, options.held_out)?;
    if options.generate {
        return Ok(());
    }
    let nothing = Program {
        name: "a process that does nothing".to_owned(),
        command: vec![std::env::current_exe()?.into(), "nothing".into()],
        accepts: &[0],
        quick: true,
    };
    let programs = [
        nothing,
        aemlint("aemlint, tiny package", &tiny.path.join("tiny.zip"), options.threads, &options.with),
        aemlint("aemlint, tree of 5,000 files", &tree.path, options.threads, &options.with),
    ];
    let output = options.cache.join("output");
    let results = rounds(&programs, options.rounds.max(15), &output)?;
    table::print_start(&programs, &results);
    recall::print(&tree, &output.join("2.out"))
}

fn floor_of(corpus: &Corpus, threads: usize) -> io::Result<Program> {
    let program = std::env::current_exe()?;
    Ok(Program {
        name: format!("floor, {threads} thread{}", if threads == 1 { "" } else { "s" }),
        command: vec![program.into(), "floor".into(), threads.to_string().into(), corpus.path.clone().into()],
        accepts: &[0],
        quick: true,
    })
}

fn aemlint(name: &str, path: &Path, threads: usize, with: &[String]) -> Program {
    let mut command: Vec<OsString> = vec![AEMLINT.into(), "check".into(), path.into()];
    command.extend(["--format", "json", "--no-config", "--no-progress", "--threads"].map(OsString::from));
    command.push(threads.to_string().into());
    command.extend(with.iter().map(OsString::from));
    Program { name: name.to_owned(), command, accepts: &[0, 1, 3], quick: true }
}

/// Runs the programs by turns, after one round that is not counted and warms the caches. The standard output of the
/// last run of each is in `output`. One that fails is not run again.
fn rounds(programs: &[Program], count: usize, output: &Path) -> io::Result<Vec<Vec<Usage>>> {
    fs::create_dir_all(output)?;
    let mut results = vec![Vec::new(); programs.len()];
    let mut failed = vec![false; programs.len()];
    for round in 0..=count {
        for (index, program) in programs.iter().enumerate() {
            if failed[index] || (!program.quick && round > 2) {
                continue;
            }
            let stdout = output.join(format!("{index}.out"));
            let usage = program.run(&stdout)?;
            if !program.accepts(usage) {
                failed[index] = true;
                let said = fs::read_to_string(stdout.with_extension("stderr")).unwrap_or_default();
                eprintln!(
                    "{}: exit code {:?}: {}",
                    program.name,
                    usage.code,
                    said.lines().next().unwrap_or("nothing on standard error")
                );
                results[index].clear();
            } else if round > 0 {
                results[index].push(usage);
            }
        }
    }
    Ok(results)
}
