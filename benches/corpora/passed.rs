//! Which XML files the prefilter lets pass, and by what.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aemlint::internals::documents::{self, prefilter::FACTS};
use zip_audit::{File, Options, Visitor};

use crate::corpus::Corpus;

/// How many files pass by a reason, and how many by that one only.
#[derive(Clone, Copy, Default)]
struct Count {
    files: u64,
    alone: u64,
}

#[derive(Default)]
struct Counts {
    files: u64,
    bytes: u64,
    passed: u64,
    passed_bytes: u64,
    by_reason: BTreeMap<String, Count>,
    /// How often each needle stands in the files, and how often where it counts.
    by_needle: BTreeMap<String, (u64, u64)>,
}

#[derive(Default)]
struct Counter(Mutex<Counts>);

impl Visitor for Counter {
    fn wants(&self, name: &[u8]) -> bool {
        documents::wants(name)
    }

    fn file(&self, file: File<'_>) {
        let is_xml =
            file.name.get(file.name.len().saturating_sub(4)..).is_some_and(|end| end.eq_ignore_ascii_case(".xml"));
        if !is_xml || file.name.contains("META-INF/") {
            return;
        }
        let (reasons, occurrences) = (FACTS.reasons(file.bytes), FACTS.occurrences(file.bytes));
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.files += 1;
        counts.bytes += file.bytes.len() as u64;
        for found in occurrences {
            let (all, counting) = counts.by_needle.entry(found.needle.to_owned()).or_default();
            *all += found.all;
            *counting += found.counting;
        }
        if reasons.is_empty() {
            return;
        }
        counts.passed += 1;
        counts.passed_bytes += file.bytes.len() as u64;
        for reason in &reasons {
            let count = counts.by_reason.entry((*reason).to_owned()).or_default();
            count.files += 1;
            count.alone += u64::from(reasons.len() == 1);
        }
    }
}

fn count(corpus: &Corpus) -> Counts {
    let counter = Counter::default();
    zip_audit::walk(std::slice::from_ref(&corpus.path), &Options::default(), &counter);
    counter.0.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Prints how often each needle stands in the XML files of a corpus, as `src/documents/prefilter/frequencies.rs` has it.
pub(crate) fn print_frequencies(corpus: &Corpus) {
    let counts = count(corpus);
    println!("pub(super) const MEASURED_BYTES: u64 = {};", counts.bytes);
    for needle in FACTS.needles() {
        let (all, counting) = counts.by_needle.get(needle).copied().unwrap_or_default();
        println!("    of({needle:?}, {all}, {counting}),");
    }
}

/// Prints how many of the XML files of a corpus pass, by each literal and each way to write one.
pub(crate) fn print(corpus: &Corpus) {
    let counts = count(corpus);
    let share = |part: u64, all: u64| if all == 0 { 0.0 } else { part as f64 * 100.0 / all as f64 };
    println!(
        "passed: {} of {} XML files ({:.1} %), {:.1} % of their bytes",
        counts.passed,
        counts.files,
        share(counts.passed, counts.files),
        share(counts.passed_bytes, counts.bytes)
    );
    let mut reasons: Vec<(&String, &Count)> = counts.by_reason.iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(count.files));
    for (reason, count) in reasons {
        println!("  {:>7} by {reason}, {} by it alone", count.files, count.alone);
    }
}
