//! Prints the results.

use crate::corpus::Corpus;
use crate::measure::{Program, Usage, median};

const MIB: f64 = 1_048_576.0;

fn wall(usage: &Usage) -> f64 {
    usage.wall.as_secs_f64() * 1e3
}

fn cpu(usage: &Usage) -> f64 {
    usage.cpu.as_secs_f64() * 1e3
}

fn peak(results: &[Usage]) -> f64 {
    results.iter().map(|usage| usage.peak).max().unwrap_or(0) as f64 / MIB
}

/// The median of the ratios to the first program, round by round.
fn ratio(results: &[Usage], floor: &[Usage], of: fn(&Usage) -> f64) -> f64 {
    median(results.iter().zip(floor).map(|(one, floor)| of(one) / of(floor)))
}

/// The main table of one corpus; the first program is the floor.
pub(crate) fn print(corpus: &Corpus, programs: &[Program], results: &[Vec<Usage>]) {
    println!("\n{}: {}", corpus.name, corpus.path.display());
    println!("{:<28} {:>9} {:>7} {:>9} {:>7} {:>9}", "", "wall ms", "x floor", "CPU ms", "x floor", "peak MiB");
    let floor = results.first().map(Vec::as_slice).unwrap_or_default();
    for (program, results) in programs.iter().zip(results) {
        if results.is_empty() {
            println!("{:<28} {:>9}", program.name, "failed");
            continue;
        }
        println!(
            "{:<28} {:>9.1} {:>7.2} {:>9.1} {:>7.2} {:>9.1}",
            program.name,
            median(results.iter().map(wall)),
            ratio(results, floor, wall),
            median(results.iter().map(cpu)),
            ratio(results, floor, cpu),
            peak(results),
        );
    }
    if let [_, _, many, one, ..] = results
        && !many.is_empty()
        && !one.is_empty()
    {
        println!("threads: {:.2} times as fast as with one", ratio(one, many, wall));
    }
}

/// One line of the growth series.
pub(crate) fn print_growth(entries: f64, programs: &[Program], results: &[Vec<Usage>]) {
    for (program, results) in programs.iter().zip(results).filter(|(_, results)| !results.is_empty()) {
        let wall = median(results.iter().map(wall));
        println!(
            "{entries:>9} entries, {:<17} {wall:>9.1} ms, {:>7.3} us an entry, {:>6.1} MiB",
            program.name,
            wall * 1e3 / entries,
            peak(results)
        );
    }
}

/// The cost of small runs; the first program does nothing.
pub(crate) fn print_start(programs: &[Program], results: &[Vec<Usage>]) {
    println!("\nstart");
    let nothing = median(results.iter().take(1).flatten().map(wall));
    for (program, results) in programs.iter().zip(results).filter(|(_, results)| !results.is_empty()) {
        let wall = median(results.iter().map(wall));
        println!("{:<30} {wall:>8.2} ms, {:>8.2} ms above, {:>6.1} MiB", program.name, wall - nothing, peak(results));
    }
}
