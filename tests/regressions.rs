//! The fuzzer's checks without the fuzzer: on what it starts from, and on every input that ever broke a promise.
//!
//! An input that `fuzz/run` finds goes to `testdata/regressions/TARGET/`, named after what it broke.
#![allow(clippy::unwrap_used, clippy::print_stderr, reason = "it is a test that names what failed")]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

#[path = "support/invariants/mod.rs"]
mod invariants;
#[path = "support/seeds.rs"]
mod seeds;

/// Says which input it was that broke a promise, and goes on.
fn holds(check: invariants::Check, data: &[u8], name: &str) -> bool {
    let holds = catch_unwind(AssertUnwindSafe(|| check(data))).is_ok();
    if !holds {
        eprintln!("broken by {name}");
    }
    holds
}

#[test]
fn no_input_breaks_a_promise_again() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/regressions");
    let mut replayed = 0;
    let mut broken = 0;
    for &(target, check) in invariants::TARGETS {
        let Ok(files) = fs::read_dir(root.join(target)) else { continue };
        for file in files {
            let path = file.unwrap().path();
            replayed += 1;
            broken += usize::from(!holds(check, &fs::read(&path).unwrap(), &path.display().to_string()));
        }
    }
    assert!(replayed > 0, "the regression files are missing");
    assert_eq!(broken, 0, "of {replayed} inputs");
}

/// With `AEMLINT_SEEDS` set the seeds are written to that directory, which is how `fuzz/run` gets them.
#[test]
fn the_promises_hold_for_the_seeds() {
    let directory = std::env::var_os("AEMLINT_SEEDS");
    let mut broken = 0;
    for &(target, check) in invariants::TARGETS {
        let seeds = seeds::of(target);
        assert!(seeds.len() > 5, "{target} has no seeds");
        for (number, seed) in seeds.iter().enumerate() {
            if let Some(directory) = &directory {
                let folder = Path::new(directory).join(target);
                fs::create_dir_all(&folder).unwrap();
                fs::write(folder.join(format!("seed-{number:03}")), seed).unwrap();
            } else {
                broken += usize::from(!holds(check, seed, &format!("seed {number} of {target}")));
            }
        }
    }
    assert_eq!(broken, 0);
}
